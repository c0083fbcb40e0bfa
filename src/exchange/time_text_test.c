#include "exchange/time_text.h"

#include "base/arena.h"
#include "base/test.h"

static int64_t read_in(const char *zone_text, const char *format, const char *text)
{
    struct arena *arena = arena_open();
    const struct zone *zone;
    int64_t at_ms = -1;
    CHECK(zone_load(arena, str_from(zone_text), &zone) == OK);
    if (time_text_read(str_from(format), str_from(text), zone, &at_ms)) at_ms = -1;
    arena_close(arena);
    return at_ms;
}

static int64_t read_utc(const char *format, const char *text)
{
    return read_in("UTC", format, text);
}

TEST(a_time_is_read_as_its_format_says)
{
    CHECK(read_utc("%d/%m/%Y %H:%M", "29/2/2016 01:23") == 1456708980000);
    CHECK(read_utc("%Y-%m-%d %H:%M:%S", "2016-02-29 01:23:00") == 1456708980000);
    CHECK(read_utc("%y%m%d %H:%M:%S", "990101 0:00:31") == 915148831000);
    CHECK(read_utc("%b %d, %Y %I:%M %p", "February 29, 2016 1:23 AM") == 1456708980000);
    CHECK(read_utc("%d %b %y %H:%M", "29 feb 16 01:23") == 1456708980000);
    CHECK(read_utc("%s", "1456708980") == 1456708980000);
    CHECK(read_utc("%Y-%m-%dT%H:%M:%S.%f", "2016-02-29T01:23:00.25") == 1456708980250);
    CHECK(read_utc("%Y%%%m", "2016%3") == 1456790400000);
}

TEST(two_digits_of_a_year_turn_over_at_69)
{
    CHECK(read_utc("%y-%m-%d", "69-01-01") == -31536000000);
    CHECK(read_utc("%y-%m-%d", "68-01-01") == 3092601600000);
}

TEST(noon_and_midnight_of_twelve_hours)
{
    CHECK(read_utc("%Y-%m-%d %I:%M %p", "1970-01-02 12:00 AM") == 86400000);
    CHECK(read_utc("%Y-%m-%d %I:%M %p", "1970-01-02 12:00 pm") == 129600000);
    CHECK(read_utc("%Y-%m-%d %I:%M %p", "1970-01-02 13:00 pm") == -1);
}

TEST(a_time_without_an_offset_is_the_zones)
{
    CHECK(read_in("Europe/Berlin", "%Y-%m-%d %H:%M", "2024-07-01 12:00") == 1719828000000);
    CHECK(read_in("Europe/Berlin", "%Y-%m-%d %H:%M %z", "2024-07-01 12:00 +0000") == 1719835200000);
    CHECK(read_in("Europe/Berlin", "%Y-%m-%d %H:%M%z", "2024-07-01 12:00Z") == 1719835200000);
    CHECK(read_in("Europe/Berlin", "%Y-%m-%d %H:%M%z", "2024-07-01 12:00-01:30") == 1719840600000);
}

TEST(a_day_that_does_not_exist_is_refused)
{
    CHECK(read_utc("%d/%m/%Y %H:%M", "31/2/2016 10:00") == -1);
    CHECK(read_utc("%d/%m/%Y %H:%M", "29/2/2015 10:00") == -1);
    CHECK(read_utc("%d/%m/%Y %H:%M", "1/13/2016 10:00") == -1);
    CHECK(read_utc("%d/%m/%Y %H:%M", "0/1/2016 10:00") == -1);
    CHECK(read_utc("%d/%m/%Y %H:%M", "1/1/2016 24:00") == -1);
    CHECK(read_utc("%d/%m/%Y %H:%M", "1/1/2016 10:60") == -1);
    CHECK(read_utc("%d/%m/%Y %H:%M%z", "31/2/2016 10:00Z") == -1);
}

TEST(a_text_that_is_longer_or_shorter_than_its_format_is_refused)
{
    CHECK(read_utc("%Y-%m-%d", "2016-02-29 10:00") == -1);
    CHECK(read_utc("%Y-%m-%d %H:%M", "2016-02-29") == -1);
    CHECK(read_utc("%Y-%m-%d", "") == -1);
    CHECK(read_utc("%Y-%m-%d", "16-02-29") == -1);
    CHECK(read_utc("%Y-%m-%d %z", "2016-02-29 +1") == -1);
    CHECK(read_utc("%b %Y", "Smarch 2016") == -1);
}

TEST(a_format_needs_a_year_and_known_conversions)
{
    CHECK(!time_format_fault(STR("%d/%m/%Y")));
    CHECK(!time_format_fault(STR("%s")));
    CHECK(time_format_fault(STR("%d/%m")));
    CHECK(time_format_fault(STR("%Q %Y")));
    CHECK(time_format_fault(STR("%Y %")));
    CHECK(time_format_fault(STR("")));
}
