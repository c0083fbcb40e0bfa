#include "base/buf.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/parse.h"
#include "base/test.h"

static bool builds(struct buf *buf, const char *wanted)
{
    struct str text;
    return buf_done(buf, &text) == OK && str_equal(text, str_from(wanted));
}

TEST(buf_joins_what_is_added)
{
    struct arena *arena = arena_open();
    struct buf buf = buf_open(arena, 1000);
    CHECK(builds(&buf, ""));
    CHECK(arena_size(arena) == 0);
    buf_add(&buf, STR("a"));
    buf_add(&buf, (struct str){ 0 });
    buf_add_char(&buf, '-');
    buf_add_int(&buf, 42);
    buf_printf(&buf, "<%s|%d>", "x", -7);
    CHECK(builds(&buf, "a-42<x|-7>"));
    arena_close(arena);
}

TEST(buf_past_its_maximum_says_so_once_and_keeps_the_beginning)
{
    struct arena *arena = arena_open();
    struct buf buf = buf_open(arena, 5);
    buf_add(&buf, STR("abc"));
    struct str text;
    CHECK(buf_done(&buf, &text) == OK);
    buf_add(&buf, STR("defg"));
    buf_add_char(&buf, 'h');
    buf_add_int(&buf, 1);
    CHECK(buf_done(&buf, &text) == ERR_LIMIT);
    CHECK(str_equal(buf_view(&buf), STR("abcde")));
    arena_close(arena);
}

TEST(buf_takes_exactly_its_maximum)
{
    struct arena *arena = arena_open();
    struct buf buf = buf_open(arena, 100000);
    for (int i = 0; i < 100000; i++) buf_add_char(&buf, (char)('a' + i % 26));
    struct str text;
    CHECK(buf_done(&buf, &text) == OK);
    CHECK(text.size == 100000);
    for (size_t i = 0; i < text.size; i++) CHECK(text.data[i] == (char)('a' + i % 26));
    buf_add_char(&buf, '!');
    CHECK(buf_done(&buf, &text) == ERR_LIMIT);
    struct buf none = buf_open(arena, 0);
    buf_add_char(&none, '!');
    CHECK(buf_done(&none, &text) == ERR_LIMIT);
    CHECK(buf_view(&none).size == 0);
    arena_close(arena);
}

TEST(buf_printf_writes_long_text_whole)
{
    struct arena *arena = arena_open();
    char long_text[3000];
    memset(long_text, 'z', sizeof(long_text));
    long_text[sizeof(long_text) - 1] = '\0';
    struct buf buf = buf_open(arena, 10000);
    buf_printf(&buf, "[%s]", long_text);
    struct str text = buf_view(&buf);
    CHECK(text.size == sizeof(long_text) + 1);
    CHECK(text.data[0] == '[' && text.data[1] == 'z' && text.data[text.size - 1] == ']');
    arena_close(arena);
}

TEST(buf_writes_every_size_of_whole_number)
{
    static const struct {
        int64_t number;
        const char *text;
    } CASES[] = {
        { 0, "0" },
        { -1, "-1" },
        { 1000000, "1000000" },
        { INT64_MAX, "9223372036854775807" },
        { INT64_MIN, "-9223372036854775808" },
    };
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct buf buf = buf_open(arena, 100);
        buf_add_int(&buf, CASES[i].number);
        CHECK(builds(&buf, CASES[i].text));
    }
    arena_close(arena);
}

TEST(buf_writes_real_numbers_short)
{
    static const struct {
        double number;
        const char *text;
    } CASES[] = {
        { 0, "0" },
        { -0.0, "-0" },
        { 0.1, "0.1" },
        { -2.5, "-2.5" },
        { 1.0 / 3, "0.3333333333333333" },
        { 73.05, "73.05" },
        { 0.000001, "0.000001" },
        { 1e21, "1e+21" },
        { 5e-324, "5e-324" },
        { DBL_MAX, "1.7976931348623157e+308" },
        { 9007199254740991.0, "9007199254740991" },
        { 0.1 + 0.2, "0.30000000000000004" },
    };
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct buf buf = buf_open(arena, 100);
        buf_add_real(&buf, CASES[i].number);
        CHECK(builds(&buf, CASES[i].text));
    }
    arena_close(arena);
}

TEST(buf_real_numbers_read_back_as_the_same_bits)
{
    struct arena *arena = arena_open();
    for (int i = 0; i < 20000; i++) {
        double number;
        if (i % 2 == 0) {
            random_bytes(&number, sizeof(number));
        } else {
            uint32_t parts[2];
            random_bytes(parts, sizeof(parts));
            number = (double)parts[0] / (1 + parts[1] % 1000000);
        }
        if (!(number >= -DBL_MAX && number <= DBL_MAX)) continue;
        struct buf buf = buf_open(arena, 100);
        buf_add_real(&buf, number);
        double back = 0;
        CHECK(parse_real(buf_view(&buf), &back) == OK);
        CHECK(back == number && signbit(back) == signbit(number));
        if (i % 1000 == 0) arena_reset(arena);
    }
    arena_close(arena);
}
