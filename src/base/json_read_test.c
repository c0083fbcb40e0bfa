#include <string.h>

#include "base/json.h"
#include "base/test.h"

enum { SIZE_MAX_HERE = 1 << 20 };

static enum err reads(struct arena *arena, struct str text, struct json_fault *fault)
{
    const struct json *value = NULL;
    enum err err = json_parse(arena, text, SIZE_MAX_HERE, fault, &value);
    CHECK((err == OK) == (value != NULL));
    return err;
}

static const struct json *parsed(struct arena *arena, const char *text)
{
    const struct json *value = NULL;
    CHECK(json_parse(arena, str_from(text), SIZE_MAX_HERE, NULL, &value) == OK);
    return value;
}

TEST(json_reads_every_kind_of_value)
{
    struct arena *arena = arena_open();
    const struct json *root = parsed(arena, " {\"a\":null,\"b\":[true,false],\"c\":-7,\"d\":2.5e1,"
                                            "\"e\":\"x\\u00e9\\n\",\"f\":{},\"g\":[]} ");
    CHECK(root->kind == JSON_OBJECT && root->object.count == 7);
    CHECK(json_member(root, "a")->kind == JSON_NULL);
    const struct json *array = json_member(root, "b");
    CHECK(array->kind == JSON_ARRAY && array->array.count == 2);
    CHECK(array->array.items[0].kind == JSON_BOOL && array->array.items[0].boolean);
    CHECK(array->array.items[1].kind == JSON_BOOL && !array->array.items[1].boolean);
    CHECK(json_member(root, "c")->kind == JSON_INT && json_member(root, "c")->integer == -7);
    CHECK(json_member(root, "d")->kind == JSON_REAL && json_member(root, "d")->real == 25);
    CHECK(json_member(root, "e")->kind == JSON_TEXT);
    CHECK(str_equal(json_member(root, "e")->text, STR("x\xC3\xA9\n")));
    CHECK(json_member(root, "f")->kind == JSON_OBJECT && json_member(root, "f")->object.count == 0);
    CHECK(json_member(root, "g")->kind == JSON_ARRAY && json_member(root, "g")->array.count == 0);
    CHECK(json_member(root, "h") == NULL);
    CHECK(json_member(array, "a") == NULL);
    CHECK(json_member(NULL, "a") == NULL);
    arena_close(arena);
}

TEST(json_takes_any_kind_at_the_top)
{
    struct arena *arena = arena_open();
    CHECK(parsed(arena, "3")->integer == 3);
    CHECK(str_equal(parsed(arena, "\"a\"")->text, STR("a")));
    CHECK(parsed(arena, "null")->kind == JSON_NULL);
    CHECK(parsed(arena, "\"\"")->text.size == 0);
    arena_close(arena);
}

TEST(json_keeps_members_in_the_order_of_the_text)
{
    struct arena *arena = arena_open();
    const struct json *root = parsed(arena, "{\"z\":1,\"a\":2,\"m\":3,\"\":4}");
    static const char *const NAMES[] = { "z", "a", "m", "" };
    for (size_t i = 0; i < 4; i++) {
        CHECK(str_equal(root->object.members[i].name, str_from(NAMES[i])));
        CHECK(root->object.members[i].value.integer == (int64_t)i + 1);
    }
    arena_close(arena);
}

TEST(json_reads_integers_to_the_last_and_refuses_larger_ones)
{
    struct arena *arena = arena_open();
    CHECK(parsed(arena, "9223372036854775807")->integer == INT64_MAX);
    CHECK(parsed(arena, "-9223372036854775808")->integer == INT64_MIN);
    static const char *const LARGE[] = { "9223372036854775808", "-9223372036854775809", "[1e400]",
                                         "123456789012345678901234567890", "-1e309" };
    for (size_t i = 0; i < sizeof(LARGE) / sizeof(LARGE[0]); i++) {
        struct json_fault fault = { 0 };
        CHECK(reads(arena, str_from(LARGE[i]), &fault) == ERR_INVALID);
        CHECK(fault.reason && strcmp(fault.reason, "number too large") == 0);
    }
    CHECK(parsed(arena, "1e-400")->real == 0);
    CHECK(parsed(arena, "1.7976931348623157e308")->real > 1e308);
    arena_close(arena);
}

static struct str nested(struct arena *arena, size_t depth, const char *open, const char *close)
{
    struct buf buf = buf_open(arena, 10 * depth + 10);
    for (size_t i = 0; i < depth; i++) buf_add(&buf, str_from(open));
    buf_add(&buf, STR("1"));
    for (size_t i = 0; i < depth; i++) buf_add(&buf, str_from(close));
    return buf_view(&buf);
}

TEST(json_takes_64_levels_and_refuses_one_more_or_a_hundred_thousand)
{
    struct arena *arena = arena_open();
    struct json_fault fault = { 0 };
    CHECK(reads(arena, nested(arena, 64, "[", "]"), &fault) == OK);
    CHECK(reads(arena, nested(arena, 64, "{\"a\":", "}"), &fault) == OK);
    CHECK(reads(arena, nested(arena, 65, "[", "]"), &fault) == ERR_LIMIT);
    CHECK(fault.offset == 64);
    CHECK(strstr(fault.reason, "64") != NULL);
    CHECK(reads(arena, nested(arena, 65, "{\"a\":", "}"), &fault) == ERR_LIMIT);
    CHECK(reads(arena, nested(arena, 100000, "[", ""), &fault) == ERR_LIMIT);
    CHECK(reads(arena, nested(arena, 100000, "{\"a\":", "}"), &fault) == ERR_LIMIT);
    arena_close(arena);
}

TEST(json_counts_no_brackets_inside_strings)
{
    struct arena *arena = arena_open();
    struct buf buf = buf_open(arena, 1000);
    buf_add(&buf, STR("[\"\\\""));
    for (int i = 0; i < 100; i++) buf_add_char(&buf, '[');
    buf_add(&buf, STR("\\\\\",{\"{{{\\\"{{\":1}]"));
    CHECK(reads(arena, buf_view(&buf), NULL) == OK);
    arena_close(arena);
}

TEST(json_many_siblings_are_not_depth)
{
    struct arena *arena = arena_open();
    struct buf buf = buf_open(arena, SIZE_MAX_HERE);
    buf_add_char(&buf, '[');
    for (int i = 0; i < 50000; i++) buf_add(&buf, i ? STR(",[{}]") : STR("[{}]"));
    buf_add_char(&buf, ']');
    const struct json *root = NULL;
    CHECK(json_parse(arena, buf_view(&buf), SIZE_MAX_HERE, NULL, &root) == OK);
    CHECK(root->array.count == 50000);
    CHECK(root->array.items[49999].array.items[0].kind == JSON_OBJECT);
    arena_close(arena);
}

TEST(json_longer_than_allowed_is_a_limit)
{
    struct arena *arena = arena_open();
    const struct json *root;
    struct json_fault fault = { 0 };
    CHECK(json_parse(arena, STR("[1,2]"), 5, &fault, &root) == OK);
    CHECK(json_parse(arena, STR("[1,2] "), 5, &fault, &root) == ERR_LIMIT);
    CHECK(strcmp(fault.reason, "too long") == 0);
    arena_close(arena);
}

TEST(json_says_what_is_wrong_and_where)
{
    static const struct {
        struct str text;
        const char *reason;
        size_t offset_min;
        size_t offset_max;
    } CASES[] = {
        { { "", 0 }, "empty", 0, 0 },
        { { "   ", 3 }, "ends too early", 0, 3 },
        { { "{\"a\":1,\"b\":2,\"a\":3}", 19 }, "duplicate key", 13, 17 },
        { { "[1,\"a\xFF\"]", 8 }, "not UTF-8", 5, 5 },
        { { "[\"\xED\xA0\x80\"]", 7 }, "not UTF-8", 2, 2 },
        { { "[\"\xC3", 3 }, "not UTF-8", 2, 2 },
        { { "[\"a\0b\"]", 7 }, "holds NUL", 3, 3 },
        { { "[\"a\\u0000b\"]", 12 }, "holds NUL", 2, 11 },
        { { "{\"a\\u0000\":1}", 13 }, "holds NUL", 1, 10 },
        { { "[1,2", 4 }, "ends too early", 3, 4 },
        { { "{\"a\":\"b", 7 }, "ends too early", 5, 7 },
        { { "[1] 2", 5 }, "goes on after its end", 3, 5 },
        { { "[1,]", 4 }, "malformed", 2, 4 },
        { { "{a:1}", 5 }, "malformed", 0, 3 },
        { { "[01]", 4 }, "malformed", 0, 3 },
        { { "['a']", 5 }, "malformed", 0, 3 },
        { { "[NaN]", 5 }, "malformed", 0, 5 },
        { { "[\"\\x\"]", 6 }, "malformed", 1, 5 },
        { { "[\"\\ud800\"]", 10 }, "malformed", 1, 10 },
        { { "[\"a\nb\"]", 7 }, "malformed", 1, 5 },
        { { "]", 1 }, "malformed", 0, 1 },
    };
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct json_fault fault = { 0 };
        CHECK(reads(arena, CASES[i].text, &fault) == ERR_INVALID);
        CHECK(str_equal(str_from(fault.reason), str_from(CASES[i].reason)));
        CHECK(fault.offset >= CASES[i].offset_min && fault.offset <= CASES[i].offset_max);
    }
    CHECK(reads(arena, STR("[1,"), NULL) == ERR_INVALID);
    arena_close(arena);
}

TEST(json_finds_bad_utf8_anywhere_in_a_long_text)
{
    struct arena *arena = arena_open();
    char text[400];
    for (size_t at = 2; at < sizeof(text) - 2; at++) {
        memset(text, 'x', sizeof(text));
        text[0] = '[';
        text[1] = '"';
        text[sizeof(text) - 2] = '"';
        text[sizeof(text) - 1] = ']';
        text[at] = '\x80';
        struct json_fault fault = { 0 };
        CHECK(reads(arena, (struct str){ .data = text, .size = sizeof(text) }, &fault) ==
              ERR_INVALID);
        CHECK(fault.offset == at);
    }
    arena_close(arena);
}

TEST(json_keeps_no_pointer_into_the_text)
{
    struct arena *arena = arena_open();
    char text[] = "{\"name\":\"value\"}";
    const struct json *root = NULL;
    CHECK(json_parse(arena, (struct str){ .data = text, .size = sizeof(text) - 1 }, 100, NULL,
                     &root) == OK);
    memset(text, 'x', sizeof(text));
    CHECK(str_equal(json_member(root, "name")->text, STR("value")));
    arena_close(arena);
}
