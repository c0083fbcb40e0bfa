#include "base/parse.h"

#include <string.h>

#include "base/test.h"

TEST(parse_int_reads_whole_numbers_within_their_limits)
{
    int64_t number = 0;
    CHECK(parse_int(STR("0"), 0, 10, &number) == OK && number == 0);
    CHECK(parse_int(STR("-7"), -10, 10, &number) == OK && number == -7);
    CHECK(parse_int(STR("007"), 0, 10, &number) == OK && number == 7);
    CHECK(parse_int(STR("9223372036854775807"), INT64_MIN, INT64_MAX, &number) == OK);
    CHECK(number == INT64_MAX);
    CHECK(parse_int(STR("-9223372036854775808"), INT64_MIN, INT64_MAX, &number) == OK);
    CHECK(number == INT64_MIN);
}

TEST(parse_int_tells_too_large_from_no_number)
{
    static const char *const LARGE[] = { "11", "-1", "9223372036854775808", "-9223372036854775809",
                                         "99999999999999999999999999" };
    for (size_t i = 0; i < sizeof(LARGE) / sizeof(LARGE[0]); i++) {
        int64_t number = 99;
        CHECK(parse_int(str_from(LARGE[i]), 0, 10, &number) == ERR_LIMIT);
        CHECK(number == 99);
    }
    CHECK(parse_int(STR("9223372036854775808"), INT64_MIN, INT64_MAX, &(int64_t){ 0 }) ==
          ERR_LIMIT);
    CHECK(parse_int(STR("-9223372036854775809"), INT64_MIN, INT64_MAX, &(int64_t){ 0 }) ==
          ERR_LIMIT);
    static const char *const BAD[] = { "",    "-",   "+1",       " 1",
                                       "1 ",  "1.0", "1e3",      "0x1",
                                       "--1", "1,0", "\xD9\xA1", "99999999999999999999x" };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        int64_t number = 99;
        CHECK(parse_int(str_from(BAD[i]), 0, 10, &number) == ERR_INVALID);
        CHECK(number == 99);
    }
}

TEST(parse_real_reads_decimals_of_every_form)
{
    static const struct {
        const char *text;
        double number;
    } CASES[] = {
        { "0", 0 },         { "-2.5", -2.5 },
        { "1e3", 1000 },    { "1E+3", 1000 },
        { "25e-1", 2.5 },   { "00.10", 0.1 },
        { "1e-400", 0 },    { "0.1", 0.1 },
        { "1e308", 1e308 }, { "12345678901234567890", 12345678901234567890.0 },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        double number = 99;
        CHECK(parse_real(str_from(CASES[i].text), &number) == OK);
        CHECK(number == CASES[i].number);
    }
}

TEST(parse_real_refuses_what_is_not_plain_and_finite)
{
    static const char *const BAD[] = { "",    "-",   ".5", "5.", "1e", "1e+",  "inf",   "nan",
                                       "0x1", "1,5", " 1", "1 ", "+1", "1.e3", "1.2.3", "1e1.5" };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        double number = 99;
        CHECK(parse_real(str_from(BAD[i]), &number) == ERR_INVALID);
        CHECK(number == 99);
    }
    double number = 99;
    CHECK(parse_real(STR("1e309"), &number) == ERR_LIMIT);
    CHECK(parse_real(STR("-1e999999999"), &number) == ERR_LIMIT);
    char digits[500];
    memset(digits, '1', sizeof(digits));
    CHECK(parse_real((struct str){ .data = digits, .size = sizeof(digits) }, &number) == ERR_LIMIT);
    CHECK(number == 99);
}

TEST(parse_bool_knows_two_words)
{
    bool is_true = false;
    CHECK(parse_bool(STR("true"), &is_true) == OK && is_true);
    CHECK(parse_bool(STR("false"), &is_true) == OK && !is_true);
    CHECK(parse_bool(STR("True"), &is_true) == ERR_INVALID);
    CHECK(parse_bool(STR("1"), &is_true) == ERR_INVALID);
    CHECK(parse_bool(STR(""), &is_true) == ERR_INVALID);
}
