#include "base/str.h"

#include "base/test.h"

TEST(str_compare_orders_by_bytes_and_then_by_length)
{
    CHECK(str_compare(STR("a"), STR("b")) < 0);
    CHECK(str_compare(STR("b"), STR("a")) > 0);
    CHECK(str_compare(STR("a"), STR("ab")) < 0);
    CHECK(str_compare(STR("ab"), STR("a")) > 0);
    CHECK(str_compare(STR("\xC3"), STR("z")) > 0);
    CHECK(str_compare(STR(""), STR("")) == 0);
    CHECK(str_compare((struct str){ 0 }, STR("")) == 0);
}

TEST(str_equal_and_starts_know_empty_and_null_views)
{
    CHECK(str_equal((struct str){ 0 }, STR("")));
    CHECK(!str_equal(STR("a"), STR("")));
    CHECK(!str_equal(STR("ab"), STR("ac")));
    CHECK(str_starts(STR("abc"), STR("")));
    CHECK(str_starts(STR("abc"), STR("abc")));
    CHECK(!str_starts(STR("ab"), STR("abc")));
    CHECK(!str_starts((struct str){ 0 }, STR("a")));
    CHECK(str_from(NULL).size == 0);
    CHECK(str_from("four").size == 4);
}

TEST(str_trim_removes_ascii_space_at_both_ends_only)
{
    CHECK(str_equal(str_trim(STR(" \t\r\n a b \v\f")), STR("a b")));
    CHECK(str_trim(STR("  \n ")).size == 0);
    CHECK(str_trim((struct str){ 0 }).size == 0);
    CHECK(str_equal(str_trim(STR("\xC2\xA0x")), STR("\xC2\xA0x")));
}

TEST(str_cut_gives_the_parts_one_by_one)
{
    struct str rest = STR("a,,b");
    CHECK(str_equal(str_cut(&rest, ','), STR("a")));
    CHECK(str_equal(str_cut(&rest, ','), STR("")));
    CHECK(str_equal(str_cut(&rest, ','), STR("b")));
    CHECK(rest.size == 0);
    CHECK(str_cut(&rest, ',').size == 0);
}

TEST(str_is_utf8_takes_well_formed_text)
{
    CHECK(str_is_utf8(STR("")));
    CHECK(str_is_utf8(STR("plain text that is longer than eight bytes")));
    CHECK(
        str_is_utf8(STR("\xC2\x80 \xDF\xBF \xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80 \xEF\xBF\xBF")));
    CHECK(str_is_utf8(STR("\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF")));
}

TEST(str_is_utf8_refuses_everything_else_at_any_place)
{
    static const struct str BAD[] = {
        { "\0", 1 },
        { "\x80", 1 },
        { "\xC0\x80", 2 },
        { "\xC1\xBF", 2 },
        { "\xC2", 1 },
        { "\xC2\x41", 2 },
        { "\xE0\x9F\xBF", 3 },
        { "\xED\xA0\x80", 3 },
        { "\xE2\x82", 2 },
        { "\xE2\x82\x41", 3 },
        { "\xF0\x8F\xBF\xBF", 4 },
        { "\xF4\x90\x80\x80", 4 },
        { "\xF5\x80\x80\x80", 4 },
        { "\xFF", 1 },
        { "\xF0\x90\x80", 3 },
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        for (size_t before = 0; before < 18; before++) {
            for (size_t after = 0; after < 10; after += 9) {
                char text[40];
                size_t size = 0;
                for (size_t k = 0; k < before; k++) text[size++] = 'x';
                for (size_t k = 0; k < BAD[i].size; k++) text[size++] = BAD[i].data[k];
                for (size_t k = 0; k < after; k++) text[size++] = 'y';
                CHECK(!str_is_utf8((struct str){ .data = text, .size = size }));
            }
        }
    }
}
