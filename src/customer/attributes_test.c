#include "customer/attributes.h"

#include "base/test.h"

static bool merges(const char *stored, const char *change, const char *expected)
{
    struct arena *arena = arena_open();
    struct str out = STR("unset");
    enum err err = attributes_merge(arena, stored ? str_from(stored) : (struct str){ 0 },
                                    str_from(change), &out);
    bool is_so = err == OK && (expected ? str_equal(out, str_from(expected)) : !out.data);
    arena_close(arena);
    return is_so;
}

/* What a form with these attributes gives; NULL if it is refused. */
static bool reads(const char *body, const char *expected)
{
    struct arena *arena = arena_open();
    struct json_problems problems;
    struct json_form form;
    const struct json *root = NULL;
    struct str out = { 0 };
    json_problems_init(&problems, arena);
    CHECK(json_parse(arena, str_from(body), 1 << 20, NULL, &root) == OK);
    json_form_begin(&form, &problems, root, STR(""));
    bool is_read = attributes_form(&form, "attributes", &out);
    json_form_end(&form);
    bool is_so = expected ? is_read && problems.count == 0 && str_equal(out, str_from(expected))
                          : !is_read && problems.count == 1;
    arena_close(arena);
    return is_so;
}

TEST(attributes_are_texts_numbers_and_flags)
{
    CHECK(reads("{\"attributes\":{\"a\":\"x\",\"b\":1,\"c\":true,\"d\":null,\"e\":0.5}}",
                "{\"a\":\"x\",\"b\":1,\"c\":true,\"e\":0.5}"));
    CHECK(reads("{\"attributes\":{}}", "{}"));
    CHECK(reads("{\"attributes\":{\"a\":[1]}}", NULL));
    CHECK(reads("{\"attributes\":{\"a\":{}}}", NULL));
    CHECK(reads("{\"attributes\":{\"\":1}}", NULL));
    CHECK(reads("{\"attributes\":[]}", NULL));
}

TEST(more_than_64_attributes_are_refused)
{
    struct arena *arena = arena_open();
    struct buf buf = buf_open(arena, 4096);
    buf_add(&buf, STR("{\"attributes\":{\"a0\":0"));
    for (int i = 1; i <= ATTRIBUTE_NAMES_MAX; i++) buf_printf(&buf, ",\"a%d\":0", i);
    buf_add(&buf, STR("}}"));
    buf_add_char(&buf, '\0');
    CHECK(reads(buf_view(&buf).data, NULL));
    arena_close(arena);
}

TEST(a_change_of_attributes_replaces_adds_and_takes_away)
{
    CHECK(merges("{\"a\":1,\"b\":2}", "{\"b\":3,\"c\":4}", "{\"a\":1,\"b\":3,\"c\":4}"));
    CHECK(merges("{\"a\":1,\"b\":2}", "{\"a\":null}", "{\"b\":2}"));
    CHECK(merges(NULL, "{\"a\":1}", "{\"a\":1}"));
    CHECK(merges("{\"a\":1}", "{\"a\":null,\"z\":null}", NULL));
}
