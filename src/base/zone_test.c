#include "base/zone.h"

#include <string.h>

#include "base/test.h"
#include "base/time.h"

static const struct zone *load(struct arena *arena, const char *name)
{
    const struct zone *zone = NULL;
    enum err err = zone_load(arena, str_from(name), &zone);
    CHECK(err == OK);
    return zone;
}

static int64_t utc(const char *text)
{
    int64_t at_ms = 0;
    enum err err = time_parse(str_from(text), &at_ms);
    CHECK(err == OK);
    return at_ms;
}

/* "2026-03-08T02:30:00" as a clock on the wall shows it. */
static struct civil wall(const char *text)
{
    char with_zone[32];
    snprintf(with_zone, sizeof(with_zone), "%sZ", text);
    int64_t at_ms = utc(with_zone);
    struct civil civil = { 0 };
    int64_t of_day_ms = (at_ms % MS_PER_DAY + MS_PER_DAY) % MS_PER_DAY;
    civil.hour = (int)(of_day_ms / MS_PER_HOUR);
    civil.minute = (int)(of_day_ms / MS_PER_MINUTE % 60);
    civil.second = (int)(of_day_ms / MS_PER_SECOND % 60);
    time_civil_from_days((at_ms - of_day_ms) / MS_PER_DAY, &civil.year, &civil.month, &civil.day);
    return civil;
}

/* The clock of the zone shows `shown` at that instant. */
static bool shows(const struct zone *zone, const char *at, const char *shown)
{
    struct civil is = zone_civil(zone, utc(at));
    struct civil wanted = wall(shown);
    return is.year == wanted.year && is.month == wanted.month && is.day == wanted.day &&
           is.hour == wanted.hour && is.minute == wanted.minute && is.second == wanted.second;
}

static bool means(const struct zone *zone, const char *shown, const char *earlier,
                  const char *later)
{
    struct civil civil = wall(shown);
    int64_t first = 0;
    int64_t second = 0;
    return zone_instant(zone, &civil, ZONE_EARLIER, &first) == OK &&
           zone_instant(zone, &civil, ZONE_LATER, &second) == OK && first == utc(earlier) &&
           second == utc(later);
}

TEST(zone_new_york_loses_an_hour_in_spring)
{
    struct arena *arena = arena_open();
    const struct zone *zone = load(arena, "America/New_York");
    CHECK(shows(zone, "2026-03-08T06:59:59Z", "2026-03-08T01:59:59"));
    CHECK(shows(zone, "2026-03-08T07:00:00Z", "2026-03-08T03:00:00"));
    CHECK(means(zone, "2026-03-08T01:59:59", "2026-03-08T06:59:59Z", "2026-03-08T06:59:59Z"));
    CHECK(means(zone, "2026-03-08T02:30:00", "2026-03-08T07:30:00Z", "2026-03-08T07:30:00Z"));
    CHECK(means(zone, "2026-03-08T03:00:00", "2026-03-08T07:00:00Z", "2026-03-08T07:00:00Z"));
    arena_close(arena);
}

TEST(zone_new_york_has_an_hour_twice_in_autumn)
{
    struct arena *arena = arena_open();
    const struct zone *zone = load(arena, "America/New_York");
    CHECK(shows(zone, "2026-11-01T05:30:00Z", "2026-11-01T01:30:00"));
    CHECK(shows(zone, "2026-11-01T06:30:00Z", "2026-11-01T01:30:00"));
    CHECK(means(zone, "2026-11-01T01:30:00", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"));
    CHECK(means(zone, "2026-11-01T00:59:59", "2026-11-01T04:59:59Z", "2026-11-01T04:59:59Z"));
    CHECK(means(zone, "2026-11-01T02:00:00", "2026-11-01T07:00:00Z", "2026-11-01T07:00:00Z"));
    arena_close(arena);
}

TEST(zone_london_gap_is_shifted_by_its_length)
{
    struct arena *arena = arena_open();
    const struct zone *zone = load(arena, "Europe/London");
    CHECK(means(zone, "2026-03-29T01:15:00", "2026-03-29T01:15:00Z", "2026-03-29T01:15:00Z"));
    arena_close(arena);
}

TEST(zone_lord_howe_changes_by_half_an_hour)
{
    struct arena *arena = arena_open();
    const struct zone *zone = load(arena, "Australia/Lord_Howe");
    CHECK(shows(zone, "2026-04-04T14:59:00Z", "2026-04-05T01:59:00"));
    CHECK(shows(zone, "2026-04-04T15:00:00Z", "2026-04-05T01:30:00"));
    CHECK(means(zone, "2026-04-05T01:45:00", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"));
    CHECK(means(zone, "2026-10-04T02:15:00", "2026-10-03T15:45:00Z", "2026-10-03T15:45:00Z"));
    CHECK(shows(zone, "2026-10-03T15:45:00Z", "2026-10-04T02:45:00"));
    arena_close(arena);
}

TEST(zone_offsets_need_not_be_whole_hours)
{
    struct arena *arena = arena_open();
    const struct zone *zone = load(arena, "Asia/Kathmandu");
    CHECK(shows(zone, "2026-01-01T00:00:00Z", "2026-01-01T05:45:00"));
    CHECK(zone_civil(zone, utc("2026-01-01T00:00:00Z")).offset_s == 20700);
    CHECK(shows(load(arena, "Pacific/Chatham"), "2026-07-01T00:00:00Z", "2026-07-01T12:45:00"));
    arena_close(arena);
}

TEST(zone_rules_are_those_of_today)
{
    struct arena *arena = arena_open();
    /* Egypt has summer time again since 2023, Mexico none since 2022, Kazakhstan one hour since
     * 2024, Paraguay summer time for ever since 2024. */
    CHECK(shows(load(arena, "Africa/Cairo"), "2026-07-01T12:00:00Z", "2026-07-01T15:00:00"));
    CHECK(shows(load(arena, "Africa/Cairo"), "2026-01-01T12:00:00Z", "2026-01-01T14:00:00"));
    CHECK(shows(load(arena, "America/Mexico_City"), "2026-07-01T12:00:00Z", "2026-07-01T06:00:00"));
    CHECK(shows(load(arena, "Asia/Almaty"), "2026-07-01T12:00:00Z", "2026-07-01T17:00:00"));
    CHECK(shows(load(arena, "America/Asuncion"), "2026-07-01T12:00:00Z", "2026-07-01T09:00:00"));
    arena_close(arena);
}

TEST(zone_knows_negative_summer_time)
{
    struct arena *arena = arena_open();
    const struct zone *zone = load(arena, "Europe/Dublin");
    CHECK(shows(zone, "2026-07-01T12:00:00Z", "2026-07-01T13:00:00"));
    CHECK(shows(zone, "2026-01-01T12:00:00Z", "2026-01-01T12:00:00"));
    CHECK(shows(zone, "2070-07-01T12:00:00Z", "2070-07-01T13:00:00"));
    arena_close(arena);
}

TEST(zone_after_its_table_follows_the_footer)
{
    struct arena *arena = arena_open();
    const struct zone *zone = load(arena, "America/New_York");
    CHECK(shows(zone, "2060-03-14T06:59:59Z", "2060-03-14T01:59:59"));
    CHECK(shows(zone, "2060-03-14T07:00:00Z", "2060-03-14T03:00:00"));
    CHECK(shows(zone, "2060-11-07T06:00:00Z", "2060-11-07T01:00:00"));
    CHECK(means(zone, "2060-11-07T01:30:00", "2060-11-07T05:30:00Z", "2060-11-07T06:30:00Z"));
    CHECK(shows(zone, "2400-07-01T12:00:00Z", "2400-07-01T08:00:00"));
    CHECK(shows(zone, "9999-12-31T23:00:00Z", "9999-12-31T18:00:00"));
    CHECK(shows(load(arena, "Africa/Cairo"), "2060-10-28T20:59:59Z", "2060-10-28T23:59:59"));
    CHECK(shows(load(arena, "Africa/Cairo"), "2060-10-28T21:00:00Z", "2060-10-28T23:00:00"));
    CHECK(shows(load(arena, "America/Nuuk"), "2060-03-28T00:59:59Z", "2060-03-27T22:59:59"));
    CHECK(shows(load(arena, "America/Nuuk"), "2060-03-28T01:00:00Z", "2060-03-28T00:00:00"));
    arena_close(arena);
}

TEST(zone_before_its_first_transition_shows_local_mean_time)
{
    struct arena *arena = arena_open();
    const struct zone *zone = load(arena, "America/New_York");
    CHECK(zone_civil(zone, utc("1800-01-01T00:00:00Z")).offset_s == -17762);
    CHECK(shows(zone, "1800-01-01T12:00:00Z", "1800-01-01T07:03:58"));
    CHECK(means(zone, "1800-01-01T07:03:58", "1800-01-01T12:00:00Z", "1800-01-01T12:00:00Z"));
    CHECK(shows(load(arena, "UTC"), "0001-01-01T12:00:00Z", "0001-01-01T12:00:00"));
    arena_close(arena);
}

TEST(zone_civil_tells_weekday_and_milliseconds)
{
    struct arena *arena = arena_open();
    const struct zone *zone = load(arena, "Europe/Berlin");
    struct civil civil = zone_civil(zone, utc("2026-03-01T23:30:00.007Z"));
    CHECK(civil.day == 2 && civil.weekday == 0 && civil.ms == 7 && civil.offset_s == 3600);
    CHECK(zone_civil(zone, utc("2026-03-01T22:30:00Z")).weekday == 6);
    CHECK(zone_civil(zone, -1).ms == 999);
    CHECK(zone_civil(load(arena, "UTC"), 0).weekday == 3);
    CHECK(zone_civil(load(arena, "UTC"), -1).weekday == 2);
    arena_close(arena);
}

TEST(zone_instant_refuses_dates_that_do_not_exist)
{
    struct arena *arena = arena_open();
    const struct zone *zone = load(arena, "Europe/Berlin");
    static const struct civil BAD[] = {
        { .year = 2026, .month = 2, .day = 31 },
        { .year = 2026, .month = 2, .day = 29 },
        { .year = 2026, .month = 0, .day = 1 },
        { .year = 2026, .month = 13, .day = 1 },
        { .year = 2026, .month = 1, .day = 0 },
        { .year = 2026, .month = 1, .day = 32 },
        { .year = 2026, .month = 1, .day = 1, .hour = 24 },
        { .year = 2026, .month = 1, .day = 1, .hour = 25 },
        { .year = 2026, .month = 1, .day = 1, .hour = -1 },
        { .year = 2026, .month = 1, .day = 1, .minute = 60 },
        { .year = 2026, .month = 1, .day = 1, .second = 60 },
        { .year = 2026, .month = 1, .day = 1, .second = -1 },
        { .year = 2026, .month = 1, .day = 1, .ms = 1000 },
        { .year = INT64_MAX, .month = 1, .day = 1 },
        { .year = INT64_MIN, .month = 1, .day = 1 },
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        int64_t at_ms = 99;
        CHECK(zone_instant(zone, &BAD[i], ZONE_EARLIER, &at_ms) == ERR_INVALID);
        CHECK(at_ms == 99);
    }
    arena_close(arena);
}

TEST(zone_survives_the_ends_of_time)
{
    struct arena *arena = arena_open();
    const struct zone *zone = load(arena, "America/New_York");
    static const int64_t ENDS[] = { INT64_MIN, INT64_MIN + 1, INT64_MAX - 1, INT64_MAX };
    for (size_t i = 0; i < sizeof(ENDS) / sizeof(ENDS[0]); i++) {
        CHECK(zone_civil(zone, ENDS[i]).month >= 1);
        for (int interval = ZONE_15_MINUTES; interval <= ZONE_YEAR; interval++) {
            int64_t begin_ms = zone_floor(zone, (enum zone_interval)interval, ENDS[i]);
            CHECK(zone_next(zone, (enum zone_interval)interval, begin_ms) > begin_ms);
        }
    }
    arena_close(arena);
}

TEST(zone_unknown_names_are_errors_and_cannot_leave_the_folder)
{
    static const char *const BAD[] = {
        "",
        "Mars/Olympus",
        "europe/berlin",
        "Europe",
        "Europe/",
        "/UTC",
        "Europe//Berlin",
        "../zoneinfo/UTC",
        "./UTC",
        "zone.tab",
        "tzdata.zi",
        "/etc/localtime",
        "localtime",
        "posixrules",
        "right/Europe/Berlin",
        "posix/Europe/Berlin",
        "leapseconds",
        "Factory",
        "Europe/../../../../../etc/passwd",
        "UTC ",
        "EST5EDT,M3.2.0,M11.1.0",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        const struct zone *zone = NULL;
        CHECK(zone_load(arena, str_from(BAD[i]), &zone) == ERR_NOT_FOUND);
        CHECK(zone == NULL);
    }
    const struct zone *zone = NULL;
    CHECK(zone_load(arena, (struct str){ "UTC\0x", 5 }, &zone) == ERR_NOT_FOUND);
    CHECK(str_equal(zone_name(load(arena, "Etc/GMT+5")), STR("Etc/GMT+5")));
    arena_close(arena);
}

TEST(zone_version_is_the_one_of_the_system)
{
    struct arena *arena = arena_open();
    struct str version = zone_version(arena);
    CHECK(version.size == 5 && str_starts(version, STR("20")));
    arena_close(arena);
}

/* ---- intervals ---- */

static bool spans(const struct zone *zone, enum zone_interval interval, const char *at,
                  const char *begin, const char *end)
{
    return zone_floor(zone, interval, utc(at)) == utc(begin) &&
           zone_next(zone, interval, utc(begin)) == utc(end);
}

TEST(zone_days_have_23_or_25_hours_when_clocks_change)
{
    struct arena *arena = arena_open();
    const struct zone *york = load(arena, "America/New_York");
    CHECK(spans(york, ZONE_DAY, "2026-03-08T20:00:00Z", "2026-03-08T05:00:00Z",
                "2026-03-09T04:00:00Z"));
    CHECK(spans(york, ZONE_DAY, "2026-11-01T06:30:00Z", "2026-11-01T04:00:00Z",
                "2026-11-02T05:00:00Z"));
    const struct zone *howe = load(arena, "Australia/Lord_Howe");
    CHECK(spans(howe, ZONE_DAY, "2026-04-05T00:00:00Z", "2026-04-04T13:00:00Z",
                "2026-04-05T13:30:00Z"));
    arena_close(arena);
}

TEST(zone_repeated_hour_is_two_intervals)
{
    struct arena *arena = arena_open();
    const struct zone *york = load(arena, "America/New_York");
    CHECK(spans(york, ZONE_HOUR, "2026-11-01T05:30:00Z", "2026-11-01T05:00:00Z",
                "2026-11-01T06:00:00Z"));
    CHECK(spans(york, ZONE_HOUR, "2026-11-01T06:30:00Z", "2026-11-01T06:00:00Z",
                "2026-11-01T07:00:00Z"));
    const struct zone *howe = load(arena, "Australia/Lord_Howe");
    CHECK(spans(howe, ZONE_HOUR, "2026-04-04T14:45:00Z", "2026-04-04T14:00:00Z",
                "2026-04-04T15:00:00Z"));
    CHECK(spans(howe, ZONE_HOUR, "2026-04-04T15:15:00Z", "2026-04-04T15:00:00Z",
                "2026-04-04T15:30:00Z"));
    CHECK(spans(howe, ZONE_30_MINUTES, "2026-04-04T15:15:00Z", "2026-04-04T15:00:00Z",
                "2026-04-04T15:30:00Z"));
    arena_close(arena);
}

TEST(zone_hours_follow_the_clock_on_the_wall)
{
    struct arena *arena = arena_open();
    const struct zone *zone = load(arena, "Asia/Kathmandu");
    CHECK(spans(zone, ZONE_HOUR, "2026-01-01T00:10:00Z", "2025-12-31T23:15:00Z",
                "2026-01-01T00:15:00Z"));
    CHECK(spans(zone, ZONE_30_MINUTES, "2026-01-01T00:10:00Z", "2025-12-31T23:45:00Z",
                "2026-01-01T00:15:00Z"));
    CHECK(spans(zone, ZONE_15_MINUTES, "2026-01-01T00:10:00Z", "2026-01-01T00:00:00Z",
                "2026-01-01T00:15:00Z"));
    CHECK(spans(zone, ZONE_DAY, "2026-01-01T00:10:00Z", "2025-12-31T18:15:00Z",
                "2026-01-01T18:15:00Z"));
    arena_close(arena);
}

TEST(zone_weeks_months_quarters_and_years_begin_at_local_midnight)
{
    struct arena *arena = arena_open();
    const struct zone *zone = load(arena, "Europe/Berlin");
    const char *at = "2026-03-29T12:00:00Z"; /* a Sunday, the day of the change */
    CHECK(spans(zone, ZONE_WEEK, at, "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"));
    CHECK(spans(zone, ZONE_MONTH, at, "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"));
    CHECK(spans(zone, ZONE_QUARTER, at, "2025-12-31T23:00:00Z", "2026-03-31T22:00:00Z"));
    CHECK(spans(zone, ZONE_YEAR, at, "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z"));
    CHECK(spans(zone, ZONE_MONTH, "2025-12-31T23:00:00Z", "2025-12-31T23:00:00Z",
                "2026-01-31T23:00:00Z"));
    CHECK(spans(zone, ZONE_MONTH, "2025-12-31T22:59:59Z", "2025-11-30T23:00:00Z",
                "2025-12-31T23:00:00Z"));
    CHECK(spans(zone, ZONE_QUARTER, "2025-12-31T22:59:59Z", "2025-09-30T22:00:00Z",
                "2025-12-31T23:00:00Z"));
    arena_close(arena);
}

TEST(zone_day_without_midnight_begins_at_the_change)
{
    struct arena *arena = arena_open();
    const struct zone *zone = load(arena, "Africa/Cairo"); /* 24 April 2026, 00:00 is 01:00 */
    CHECK(spans(zone, ZONE_DAY, "2026-04-24T12:00:00Z", "2026-04-23T22:00:00Z",
                "2026-04-24T21:00:00Z"));
    CHECK(spans(zone, ZONE_DAY, "2026-04-23T21:59:59Z", "2026-04-22T22:00:00Z",
                "2026-04-23T22:00:00Z"));
    arena_close(arena);
}

TEST(zone_day_with_two_midnights_begins_at_the_first)
{
    struct arena *arena = arena_open();
    const struct zone *zone = load(arena, "America/St_Johns"); /* 00:01 became 23:01 */
    CHECK(shows(zone, "2006-10-29T02:30:30Z", "2006-10-29T00:00:30"));
    CHECK(shows(zone, "2006-10-29T02:31:00Z", "2006-10-28T23:01:00"));
    CHECK(spans(zone, ZONE_DAY, "2006-10-29T02:31:00Z", "2006-10-29T02:30:00Z",
                "2006-10-30T03:30:00Z"));
    CHECK(spans(zone, ZONE_DAY, "2006-10-29T02:29:59Z", "2006-10-28T02:30:00Z",
                "2006-10-29T02:30:00Z"));
    arena_close(arena);
}

TEST(zone_day_that_a_country_left_out_is_no_interval)
{
    struct arena *arena = arena_open();
    const struct zone *zone = load(arena, "Pacific/Apia"); /* no 30 December 2011 */
    CHECK(spans(zone, ZONE_DAY, "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z",
                "2011-12-30T10:00:00Z"));
    CHECK(spans(zone, ZONE_DAY, "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z",
                "2011-12-31T10:00:00Z"));
    CHECK(shows(zone, "2011-12-30T10:00:00Z", "2011-12-31T00:00:00"));
    arena_close(arena);
}

TEST(zone_intervals_follow_each_other_without_holes)
{
    static const char *const NAMES[] = {
        "America/New_York",  "Australia/Lord_Howe",
        "Africa/Cairo",      "Pacific/Apia",
        "America/St_Johns",  "Africa/Casablanca",
        "Antarctica/Troll",  "Europe/Dublin",
        "Asia/Kathmandu",    "America/Nuuk",
        "America/Toronto",   "Africa/Monrovia",
        "Asia/Gaza",         "UTC",
        "Pacific/Kwajalein", "Asia/Manila",
    };
    static const char *const FROM[] = { "1840-12-25T00:00:00Z", "1919-01-01T00:00:00Z",
                                        "1993-01-01T00:00:00Z", "2011-01-01T00:00:00Z",
                                        "2026-01-01T00:00:00Z", "2099-06-01T00:00:00Z" };
    struct arena *arena = arena_open();
    int wrong = 0;
    for (size_t n = 0; n < sizeof(NAMES) / sizeof(NAMES[0]); n++) {
        const struct zone *zone = load(arena, NAMES[n]);
        for (size_t f = 0; f < 8 * sizeof(FROM) / sizeof(FROM[0]); f++) {
            enum zone_interval interval = (enum zone_interval)(f % 8);
            int64_t from_ms = utc(FROM[f / 8]) + 1234567;
            int64_t begin_ms = zone_floor(zone, interval, from_ms);
            wrong += begin_ms > from_ms;
            for (int i = 0; i < 800; i++) {
                int64_t end_ms = zone_next(zone, interval, begin_ms);
                wrong += end_ms <= begin_ms;
                wrong += zone_floor(zone, interval, begin_ms) != begin_ms;
                wrong += zone_floor(zone, interval, end_ms - 1) != begin_ms;
                wrong += zone_floor(zone, interval, begin_ms + (end_ms - begin_ms) / 2) != begin_ms;
                begin_ms = end_ms;
            }
        }
    }
    CHECK(wrong == 0);
    arena_close(arena);
}
