#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/test.h"

static bool wrote(const struct buf *buf, const char *wanted)
{
    return str_equal(buf_view(buf), str_from(wanted));
}

TEST(json_writer_puts_commas_and_names_where_they_belong)
{
    struct arena *arena = arena_open();
    struct buf buf = buf_open(arena, 10000);
    struct json_writer writer = { .buf = &buf };
    json_object_begin(&writer, NULL);
    json_put_int(&writer, "a", -5);
    json_object_begin(&writer, "b");
    json_object_end(&writer);
    json_array_begin(&writer, "c");
    json_put_bool(&writer, NULL, true);
    json_put_null(&writer, NULL);
    json_array_begin(&writer, NULL);
    json_array_end(&writer);
    json_object_begin(&writer, NULL);
    json_put_text(&writer, "d", STR("e"));
    json_object_end(&writer);
    json_array_end(&writer);
    json_put_name(&writer, STR("f\"g"));
    json_put_real(&writer, NULL, 0.25);
    json_put_raw(&writer, "h", STR("[1,2]"));
    json_put_bool(&writer, "i", false);
    json_object_end(&writer);
    CHECK(wrote(&buf, "{\"a\":-5,\"b\":{},\"c\":[true,null,[],{\"d\":\"e\"}],\"f\\\"g\":0.25,"
                      "\"h\":[1,2],\"i\":false}"));
    arena_close(arena);
}

TEST(json_writer_writes_null_for_what_is_not_there)
{
    struct arena *arena = arena_open();
    struct buf buf = buf_open(arena, 10000);
    struct json_writer writer = { .buf = &buf };
    json_array_begin(&writer, NULL);
    json_put_text_or_null(&writer, NULL, (struct str){ 0 });
    json_put_text_or_null(&writer, NULL, STR(""));
    json_put_time(&writer, NULL, 0);
    json_put_time(&writer, NULL, 1772357400000);
    json_put_id(&writer, NULL, ID_CUSTOMER, 0);
    json_put_id(&writer, NULL, ID_CUSTOMER, 33);
    json_put_real(&writer, NULL, (double)NAN);
    json_put_real(&writer, NULL, -(double)INFINITY);
    json_put_real(&writer, NULL, -0.0);
    json_array_end(&writer);
    CHECK(wrote(
        &buf, "[null,\"\",null,\"2026-03-01T09:30:00Z\",null,\"cus_0000000000011\",null,null,0]"));
    arena_close(arena);
}

TEST(json_writer_escapes_what_must_be_and_nothing_else)
{
    struct arena *arena = arena_open();
    struct buf buf = buf_open(arena, 10000);
    struct json_writer writer = { .buf = &buf };
    json_put_text(&writer, NULL,
                  STR("a\"b\\c/d\b\f\n\r\t\x01\x1f\x7f \xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"));
    CHECK(wrote(
        &buf,
        "\"a\\\"b\\\\c/d\\b\\f\\n\\r\\t\\u0001\\u001f\x7f \xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""));
    arena_close(arena);
}

TEST(json_writer_mends_text_that_is_not_utf8)
{
    struct arena *arena = arena_open();
    struct buf buf = buf_open(arena, 10000);
    struct json_writer writer = { .buf = &buf };
    json_put_text(&writer, NULL, (struct str){ "a\xFF\"\0\xC3\xA9\xE2\x82", 8 });
    CHECK(wrote(&buf, "\"a\xEF\xBF\xBD\\\"\\u0000\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD\""));
    arena_close(arena);
}

TEST(json_text_of_any_bytes_reads_back_the_same)
{
    struct arena *arena = arena_open();
    for (int round = 0; round < 3000; round++) {
        char text[64];
        unsigned char random[sizeof(text) + 1];
        random_bytes(random, sizeof(random));
        size_t size = random[sizeof(text)] % sizeof(text);
        static const char COMMON[] = "\"\\\n\t\x01 abc/\x7f{}[]";
        for (size_t i = 0; i < size; i++) text[i] = COMMON[random[i] % (sizeof(COMMON) - 1)];

        struct buf buf = buf_open(arena, 10000);
        struct json_writer writer = { .buf = &buf };
        json_put_text(&writer, NULL, (struct str){ .data = text, .size = size });
        const struct json *back = NULL;
        CHECK(json_parse(arena, buf_view(&buf), 10000, NULL, &back) == OK);
        CHECK(back && str_equal(back->text, (struct str){ .data = text, .size = size }));
        arena_reset(arena);
    }
    arena_close(arena);
}

TEST(json_tree_is_written_as_it_was_read)
{
    static const char *const TEXTS[] = {
        "null",
        "[]",
        "{}",
        "{\"a\":[1,[2,{\"b\":null}],\"x\\ny\",[],{}],\"c\":0.1,\"d\":true,\"e\":{\"f\":{\"g\":-1}}"
        "}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]"
        "]]]]]]]"
        "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    };
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        const struct json *value = NULL;
        CHECK(json_parse(arena, str_from(TEXTS[i]), 10000, NULL, &value) == OK);
        struct buf buf = buf_open(arena, 10000);
        struct json_writer writer = { .buf = &buf };
        json_put_json(&writer, NULL, value);
        CHECK(wrote(&buf, TEXTS[i]));
    }
    struct buf buf = buf_open(arena, 10000);
    struct json_writer writer = { .buf = &buf };
    const struct json *value = NULL;
    CHECK(json_parse(arena, STR("[1]"), 100, NULL, &value) == OK);
    json_object_begin(&writer, NULL);
    json_put_json(&writer, "a", value);
    json_put_json(&writer, "b", value);
    json_object_end(&writer);
    CHECK(wrote(&buf, "{\"a\":[1],\"b\":[1]}"));
    arena_close(arena);
}
