#include "metric/range.h"

#include <stdio.h>

#include "base/test.h"
#include "base/time.h"
#include "metric/query_run.h"

static int64_t at(const char *text)
{
    int64_t at_ms = -1;
    CHECK(time_parse(str_from(text), &at_ms) == OK);
    return at_ms;
}

static const struct zone *zone_of(struct arena *arena, const char *name)
{
    const struct zone *zone = NULL;
    CHECK(zone_load(arena, str_from(name), &zone) == OK);
    return zone;
}

static bool is(const struct zone *zone, const char *now, const char *text, enum range_end end,
               const char *expected)
{
    int64_t got = 0;
    return range_time(str_from(text), zone, at(now), end, &got) == OK && got == at(expected);
}

TEST(a_range_is_written_as_time_or_relative_to_now)
{
    struct arena *arena = arena_open();
    const struct zone *utc = zone_of(arena, "UTC");
    const char *now = "2026-03-11T10:20:30Z"; /* a Wednesday */
    CHECK(is(utc, now, "2026-03-01T09:30:00+02:00", RANGE_FROM, "2026-03-01T07:30:00Z"));
    CHECK(is(utc, now, "now", RANGE_FROM, now));
    CHECK(is(utc, now, "now-90m", RANGE_FROM, "2026-03-11T08:50:30Z"));
    CHECK(is(utc, now, "now-30d", RANGE_FROM, "2026-02-09T10:20:30Z"));
    CHECK(is(utc, now, "now-2w", RANGE_FROM, "2026-02-25T10:20:30Z"));
    CHECK(is(utc, now, "now-1M", RANGE_FROM, "2026-02-11T10:20:30Z"));
    CHECK(is(utc, now, "now-1mo", RANGE_FROM, "2026-02-11T10:20:30Z"));
    CHECK(is(utc, now, "now-1y", RANGE_FROM, "2025-03-11T10:20:30Z"));
    CHECK(is(utc, now, "now-1d+2h", RANGE_FROM, "2026-03-10T12:20:30Z"));
    arena_close(arena);
}

TEST(rounding_goes_down_for_a_beginning_and_up_for_an_end)
{
    struct arena *arena = arena_open();
    const struct zone *utc = zone_of(arena, "UTC");
    const char *now = "2026-03-11T10:20:30Z";
    CHECK(is(utc, now, "now/d", RANGE_FROM, "2026-03-11T00:00:00Z"));
    CHECK(is(utc, now, "now/d", RANGE_TO, "2026-03-12T00:00:00Z"));
    CHECK(is(utc, now, "now-7d/d", RANGE_FROM, "2026-03-04T00:00:00Z"));
    CHECK(is(utc, now, "now/w", RANGE_FROM, "2026-03-09T00:00:00Z"));
    CHECK(is(utc, now, "now-1M/M", RANGE_FROM, "2026-02-01T00:00:00Z"));
    CHECK(is(utc, now, "now-1M/M", RANGE_TO, "2026-03-01T00:00:00Z"));
    CHECK(is(utc, now, "now/y", RANGE_TO, "2027-01-01T00:00:00Z"));
    CHECK(is(utc, now, "now/h", RANGE_FROM, "2026-03-11T10:00:00Z"));
    CHECK(is(utc, now, "now/m", RANGE_FROM, "2026-03-11T10:20:00Z"));
    CHECK(is(utc, now, "now/m", RANGE_TO, "2026-03-11T10:21:00Z"));
    CHECK(is(utc, "2026-03-11T10:20:00Z", "now/m", RANGE_TO, "2026-03-11T10:20:00Z"));
    arena_close(arena);
}

TEST(days_are_days_of_the_calendar_when_the_clocks_change)
{
    struct arena *arena = arena_open();
    const struct zone *berlin = zone_of(arena, "Europe/Berlin");
    /* 25 October 2026 has 25 hours, 29 March 2026 has 23. */
    CHECK(is(berlin, "2026-10-25T22:30:00Z", "now/d", RANGE_FROM, "2026-10-24T22:00:00Z"));
    CHECK(is(berlin, "2026-10-25T22:30:00Z", "now/d", RANGE_TO, "2026-10-25T23:00:00Z"));
    CHECK(is(berlin, "2026-03-29T12:00:00Z", "now/d", RANGE_FROM, "2026-03-28T23:00:00Z"));
    CHECK(is(berlin, "2026-03-29T12:00:00Z", "now-1d", RANGE_FROM, "2026-03-28T13:00:00Z"));
    CHECK(is(berlin, "2026-03-29T12:00:00Z", "now-24h", RANGE_FROM, "2026-03-28T12:00:00Z"));
    CHECK(is(berlin, "2026-03-31T12:00:00Z", "now-1M", RANGE_FROM, "2026-02-28T13:00:00Z"));
    arena_close(arena);
}

TEST(what_is_no_time_is_refused)
{
    static const char *const WRONG[] = {
        "",
        "no",
        "nowx",
        "now-",
        "now-d",
        "now-1",
        "now-1x",
        "now/",
        "now/x",
        "now/d/d",
        "now-1d/",
        "now--1d",
        "now 1d",
        "yesterday",
        "now-1d2h",
        "now/d-1d",
        "-1d",
        "2026-02-30T00:00:00Z",
        "now-1000000d",
        "now-99999y",
        "1969-12-31T23:59:59Z",
    };
    struct arena *arena = arena_open();
    const struct zone *utc = zone_of(arena, "UTC");
    for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++) {
        int64_t got = 4711;
        enum err err =
            range_time(str_from(WRONG[i]), utc, at("2026-03-11T10:20:30Z"), RANGE_FROM, &got);
        if (err != ERR_INVALID) printf("%s\n", WRONG[i]);
        CHECK(err == ERR_INVALID && got == 4711);
    }
    arena_close(arena);
}

static bool compares(const struct zone *zone, bool by_year, bool match_weekdays,
                     const char *const times[4])
{
    struct period before =
        period_before(zone, (struct period){ at(times[0]), at(times[1]) }, by_year, match_weekdays);
    return before.from_ms == at(times[2]) && before.to_ms == at(times[3]);
}

TEST(a_period_is_compared_with_the_one_before_it_or_a_year_ago)
{
    static const char *const THIRTY[] = { "2026-03-01T10:00:00Z", "2026-03-31T10:00:00Z",
                                          "2026-01-30T10:00:00Z", "2026-03-01T10:00:00Z" };
    static const char *const MONTH[] = { "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z",
                                         "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z" };
    static const char *const HOURS[] = { "2026-03-01T10:00:00Z", "2026-03-01T13:00:00Z",
                                         "2026-03-01T07:00:00Z", "2026-03-01T10:00:00Z" };
    static const char *const YEAR[] = { "2026-03-01T00:00:00Z", "2026-03-08T00:00:00Z",
                                        "2025-03-01T00:00:00Z", "2025-03-08T00:00:00Z" };
    static const char *const WEEKDAYS[] = { "2026-03-01T10:00:00Z", "2026-03-31T10:00:00Z",
                                            "2026-01-25T10:00:00Z", "2026-02-24T10:00:00Z" };
    static const char *const YEAR_DAYS[] = { "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z",
                                             "2025-03-03T00:00:00Z", "2025-03-10T00:00:00Z" };
    struct arena *arena = arena_open();
    const struct zone *utc = zone_of(arena, "UTC");
    CHECK(compares(utc, false, false, THIRTY));
    CHECK(compares(utc, false, false, MONTH));
    CHECK(compares(utc, false, false, HOURS));
    CHECK(compares(utc, true, false, YEAR));
    CHECK(compares(utc, false, true, WEEKDAYS));
    CHECK(compares(utc, true, true, YEAR_DAYS));
    arena_close(arena);
}

TEST(a_day_of_25_hours_is_compared_with_the_whole_day_before)
{
    static const char *const LONG[] = { "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z",
                                        "2026-10-23T22:00:00Z", "2026-10-24T22:00:00Z" };
    struct arena *arena = arena_open();
    CHECK(compares(zone_of(arena, "Europe/Berlin"), false, false, LONG));
    arena_close(arena);
}
