#include "base/time.h"

#include <string.h>

#include "base/test.h"

static bool reads(const char *text, int64_t wanted_ms)
{
    int64_t at_ms = -1;
    return time_parse(str_from(text), &at_ms) == OK && at_ms == wanted_ms;
}

static bool writes(int64_t at_ms, const char *wanted)
{
    char text[TIME_TEXT_SIZE];
    size_t size = time_write(at_ms, text);
    return size == strlen(wanted) && memcmp(text, wanted, size) == 0;
}

TEST(time_parse_reads_rfc_3339)
{
    CHECK(reads("1970-01-01T00:00:00Z", 0));
    CHECK(reads("2026-03-01T09:30:00Z", 1772357400000));
    CHECK(reads("2026-03-01t09:30:00z", 1772357400000));
    CHECK(reads("2026-03-01T09:30:00.5Z", 1772357400500));
    CHECK(reads("2026-03-01T09:30:00.123456789Z", 1772357400123));
    CHECK(reads("2026-03-01T09:30:00.0009Z", 1772357400000));
    CHECK(reads("2026-03-01T15:15:00+05:45", 1772357400000));
    CHECK(reads("2026-02-28T23:30:00-10:00", 1772357400000));
    CHECK(reads("2026-03-01T09:30:00-00:00", 1772357400000));
    CHECK(reads("1969-12-31T23:59:59.999Z", -1));
    CHECK(reads("0000-01-01T00:00:00Z", -62167219200000));
    CHECK(reads("9999-12-31T23:59:59.999Z", 253402300799999));
    CHECK(reads("2024-02-29T00:00:00Z", 1709164800000));
    CHECK(reads("2000-02-29T00:00:00Z", 951782400000));
    CHECK(reads("2026-03-01T00:00:00+23:59", 1772236860000));
}

TEST(time_parse_takes_a_leap_second_for_the_second_before)
{
    CHECK(reads("2016-12-31T23:59:60Z", 1483228799000));
    CHECK(reads("2016-12-31T23:59:60.250Z", 1483228799250));
    CHECK(reads("2016-12-31T15:59:60-08:00", 1483228799000));
    int64_t at_ms;
    CHECK(time_parse(STR("2016-12-31T22:59:60Z"), &at_ms) == ERR_INVALID);
    CHECK(time_parse(STR("2016-12-31T23:58:60Z"), &at_ms) == ERR_INVALID);
    CHECK(time_parse(STR("2016-12-31T23:59:61Z"), &at_ms) == ERR_INVALID);
}

TEST(time_parse_refuses_everything_else)
{
    static const char *const BAD[] = {
        "",
        "2026-03-01",
        "2026-03-01T09:30Z",
        "2026-03-01T09:30:00",
        "2026-03-01 09:30:00Z",
        " 2026-03-01T09:30:00Z",
        "2026-03-01T09:30:00Z ",
        "2026-02-31T09:30:00Z",
        "2026-02-29T09:30:00Z",
        "1900-02-29T09:30:00Z",
        "2026-00-01T09:30:00Z",
        "2026-13-01T09:30:00Z",
        "2026-04-31T09:30:00Z",
        "2026-04-00T09:30:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T09:60:00Z",
        "2026-03-01T09:30:00.Z",
        "2026-03-01T09:30:00,5Z",
        "2026-03-01T09:30:00+0100",
        "2026-03-01T09:30:00+01",
        "2026-03-01T09:30:00+24:00",
        "2026-03-01T09:30:00+01:60",
        "2026-03-01T09:30:00+1:00",
        "2026-3-1T09:30:00Z",
        "26-03-01T09:30:00Z",
        "+2026-03-01T09:30:00Z",
        "-026-03-01T09:30:00Z",
        "12026-03-01T09:30:00Z",
        "2026-03-01T09:30:0xZ",
        "2026-03-01T-9:30:00Z",
        "1772357400",
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        int64_t at_ms = 99;
        CHECK(time_parse(str_from(BAD[i]), &at_ms) == ERR_INVALID);
        CHECK(at_ms == 99);
    }
}

TEST(time_write_shows_milliseconds_only_if_there_are_any)
{
    CHECK(writes(0, "1970-01-01T00:00:00Z"));
    CHECK(writes(1772357400000, "2026-03-01T09:30:00Z"));
    CHECK(writes(1772357400050, "2026-03-01T09:30:00.050Z"));
    CHECK(writes(-1, "1969-12-31T23:59:59.999Z"));
    CHECK(writes(951782399999, "2000-02-28T23:59:59.999Z"));
}

TEST(time_write_stays_within_four_digits_of_year)
{
    CHECK(writes(-62167219200000, "0000-01-01T00:00:00Z"));
    CHECK(writes(-62167219200001, "0000-01-01T00:00:00Z"));
    CHECK(writes(INT64_MIN, "0000-01-01T00:00:00Z"));
    CHECK(writes(253402300800000, "9999-12-31T23:59:59.999Z"));
    CHECK(writes(INT64_MAX, "9999-12-31T23:59:59.999Z"));
}

TEST(every_day_of_ten_thousand_years_has_one_date)
{
    int64_t days = time_days_from_civil(0, 1, 1);
    int wrong = 0;
    CHECK(days == -719528);
    for (int64_t year = 0; year < 10000; year++) {
        for (int month = 1; month <= 12; month++) {
            int length = time_days_in_month(year, month);
            for (int day = 1; day <= length; day += day == 1 ? length - 1 : 1) {
                int64_t back_year;
                int back_month;
                int back_day;
                int64_t wanted = days + day - 1;
                bool is_right = time_days_from_civil(year, month, day) == wanted;
                time_civil_from_days(wanted, &back_year, &back_month, &back_day);
                is_right = is_right && back_year == year && back_month == month && back_day == day;
                wrong += !is_right;
            }
            days += length;
        }
    }
    CHECK(wrong == 0);
    CHECK(days == time_days_from_civil(10000, 1, 1));
}

TEST(time_days_in_month_knows_leap_years)
{
    CHECK(time_days_in_month(2024, 2) == 29);
    CHECK(time_days_in_month(2026, 2) == 28);
    CHECK(time_days_in_month(1900, 2) == 28);
    CHECK(time_days_in_month(2000, 2) == 29);
    CHECK(time_days_in_month(0, 2) == 29);
    CHECK(time_days_in_month(-4, 2) == 29);
    CHECK(time_days_in_month(2026, 4) == 30);
    CHECK(time_days_in_month(2026, 0) == 0);
    CHECK(time_days_in_month(2026, 13) == 0);
}

TEST(the_clocks_agree_with_each_other)
{
    int64_t wall_ms = time_now_ms();
    int64_t first_ms = time_monotonic_ms();
    CHECK(wall_ms > 1704067200000);
    CHECK(time_monotonic_ms() >= first_ms);
}
