#include "base/zone_table.h"

#include <string.h>

#include "base/buf.h"
#include "base/test.h"

static void add_big(struct buf *buf, int64_t number, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--) buf_add_char(buf, (char)((uint64_t)number >> (8 * i)));
}

struct made {
    size_t times_count;
    int64_t times[4];
    char types[4];
    int64_t offsets_s[2];
    int64_t leaps_count;
    const char *footer;
};

/* A TZif file of two types, its version 1 block empty. */
static struct str make(struct arena *arena, const struct made *made)
{
    struct buf buf = buf_open(arena, 10000);
    buf_add(&buf, STR("TZif2"));
    for (int i = 0; i < 15 + 4 * 4; i++) buf_add_char(&buf, 0);
    add_big(&buf, 1, 4);
    add_big(&buf, 1, 4);
    for (int i = 0; i < 7; i++) buf_add_char(&buf, 0);
    buf_add(&buf, STR("TZif2"));
    for (int i = 0; i < 15 + 4 * 2; i++) buf_add_char(&buf, 0);
    add_big(&buf, made->leaps_count, 4);
    add_big(&buf, (int64_t)made->times_count, 4);
    add_big(&buf, 2, 4);
    add_big(&buf, 4, 4);
    for (size_t i = 0; i < made->times_count; i++) add_big(&buf, made->times[i], 8);
    buf_add(&buf, (struct str){ .data = made->types, .size = made->times_count });
    for (int i = 0; i < 2; i++) {
        add_big(&buf, made->offsets_s[i], 4);
        add_big(&buf, 0, 2);
    }
    buf_add(&buf, (struct str){ "ABC\0", 4 });
    buf_printf(&buf, "\n%s\n", made->footer);
    struct str bytes = { 0 };
    CHECK(buf_done(&buf, &bytes) == OK);
    return bytes;
}

static enum err parses(struct arena *arena, const struct made *made)
{
    const struct zone *zone = NULL;
    return zone_parse(arena, make(arena, made), STR("Made"), &zone);
}

static const struct made GOOD = {
    .times_count = 3,
    .times = { -1000, 0, 1000 },
    .types = { 1, 0, 1 },
    .offsets_s = { 3600, 7200 },
    .footer = "ABC-2",
};

TEST(zone_table_is_read_as_it_stands)
{
    struct arena *arena = arena_open();
    const struct zone *zone = NULL;
    CHECK(zone_parse(arena, make(arena, &GOOD), STR("Made"), &zone) == OK);
    static const struct zone_period WANTED[] = {
        { INT64_MIN, -1000, 3600 }, { -1000, 0, 7200 }, { 0, 1000, 3600 }, { 1000, INT64_MAX, 7200 }
    };
    static const int64_t ASKED[] = { -1001, -1000, 999, 1000 };
    for (size_t i = 0; i < 4; i++) {
        struct zone_period period = zone_period_at(zone, ASKED[i]);
        CHECK(period.begin_s == WANTED[i].begin_s && period.end_s == WANTED[i].end_s);
        CHECK(period.offset_s == WANTED[i].offset_s);
    }
    arena_close(arena);
}

TEST(zone_table_cut_anywhere_is_corrupt)
{
    struct arena *arena = arena_open();
    struct str bytes = make(arena, &GOOD);
    for (size_t size = 0; size < bytes.size; size++) {
        const struct zone *zone = NULL;
        struct str cut = { .data = bytes.data, .size = size };
        CHECK(zone_parse(arena, cut, STR("Made"), &zone) == ERR_CORRUPT);
        CHECK(zone == NULL);
    }
    arena_close(arena);
}

TEST(zone_table_that_breaks_a_rule_is_corrupt)
{
    struct arena *arena = arena_open();
    struct made made = GOOD;
    CHECK(parses(arena, &made) == OK);
    made.times[1] = -1000;
    CHECK(parses(arena, &made) == ERR_CORRUPT);
    made = GOOD;
    made.times[2] = INT64_MAX;
    CHECK(parses(arena, &made) == ERR_CORRUPT);
    made = GOOD;
    made.types[1] = 2;
    CHECK(parses(arena, &made) == ERR_CORRUPT);
    made = GOOD;
    made.offsets_s[1] = 93600;
    CHECK(parses(arena, &made) == ERR_CORRUPT);
    made = GOOD;
    made.offsets_s[1] = -90000;
    CHECK(parses(arena, &made) == ERR_CORRUPT);
    made = GOOD;
    made.leaps_count = 1;
    CHECK(parses(arena, &made) == ERR_CORRUPT);
    made = GOOD;
    made.footer = "nonsense";
    CHECK(parses(arena, &made) == ERR_CORRUPT);
    arena_close(arena);
}

TEST(zone_table_without_a_footer_keeps_its_last_offset)
{
    struct arena *arena = arena_open();
    struct made made = GOOD;
    made.footer = "";
    const struct zone *zone = NULL;
    CHECK(zone_parse(arena, make(arena, &made), STR("Made"), &zone) == OK);
    CHECK(zone_period_at(zone, (int64_t)1 << 40).offset_s == 7200);
    arena_close(arena);
}

TEST(zone_table_that_is_empty_leaves_all_time_to_the_rule)
{
    struct arena *arena = arena_open();
    struct made made = GOOD;
    made.times_count = 0;
    made.footer = "EST5EDT,M3.2.0,M11.1.0";
    const struct zone *zone = NULL;
    CHECK(zone_parse(arena, make(arena, &made), STR("Made"), &zone) == OK);
    struct zone_period summer = zone_period_at(zone, 1782907200); /* 2026-07-01T12:00Z */
    CHECK(summer.offset_s == -14400);
    CHECK(summer.begin_s == 1772953200); /* 2026-03-08T07:00Z */
    CHECK(summer.end_s == 1793512800);   /* 2026-11-01T06:00Z */
    CHECK(zone_period_at(zone, summer.begin_s - 1).offset_s == -18000);
    made.footer = "";
    CHECK(zone_parse(arena, make(arena, &made), STR("Made"), &zone) == OK);
    CHECK(zone_period_at(zone, 0).offset_s == 3600);
    arena_close(arena);
}

/* ---- rules ---- */

static int32_t offset_by(const char *text, int64_t at_s)
{
    struct zone_rule rule;
    enum err err = zone_rule_parse(str_from(text), &rule);
    CHECK(err == OK);
    return zone_rule_period(&rule, at_s).offset_s;
}

TEST(zone_rule_counts_days_in_each_of_the_three_ways)
{
    /* 2024 is a leap year. Its day 60 is 1 March by J60, and 29 February + 1 by 60 as well. */
    const int64_t march_1 = 1709251200;
    CHECK(offset_by("AAA0BBB,J60/0,J300", march_1 - 1) == 0);
    CHECK(offset_by("AAA0BBB,J60/0,J300", march_1) == 3600);
    CHECK(offset_by("AAA0BBB,60/0,J300", march_1 - 1) == 0);
    CHECK(offset_by("AAA0BBB,60/0,J300", march_1) == 3600);
    CHECK(offset_by("AAA0BBB,59/0,J300", march_1 - 86400) == 3600);
    CHECK(offset_by("AAA0BBB,J59/0,J300", march_1 - 86400 - 1) == 3600);
    CHECK(offset_by("AAA0BBB,M3.1.5/0,J300", march_1 - 1) == 0); /* the first Friday of March */
    CHECK(offset_by("AAA0BBB,M3.1.5/0,J300", march_1) == 3600);
    CHECK(offset_by("AAA0BBB,M2.5.4/0,J300", march_1 - 86400 - 1) == 0); /* the last Thursday */
    CHECK(offset_by("AAA0BBB,M2.5.4/0,J300", march_1 - 86400) == 3600);
}

TEST(zone_rule_may_be_summer_all_the_year)
{
    struct zone_rule rule;
    CHECK(zone_rule_parse(STR("EST5EDT,0/0,J365/25"), &rule) == OK);
    for (int64_t at_s = -4000000000; at_s < 8000000000; at_s += 12345678) {
        struct zone_period period = zone_rule_period(&rule, at_s);
        CHECK(period.offset_s == -14400);
        CHECK(period.begin_s == INT64_MIN && period.end_s == INT64_MAX);
    }
}

TEST(zone_rule_periods_hold_what_was_asked_and_have_other_neighbours)
{
    static const char *const RULES[] = {
        "EST5EDT,M3.2.0,M11.1.0",
        "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
        "IST-1GMT0,M10.5.0,M3.5.0/1",
        "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
        "AAA-3BBB-5,M12.5.0/167,M1.1.0/-167",
        "AAA24BBB-24,J1/-167,365/167",
        "AAA0BBB-0:00:01,0/0,J365/24",
    };
    for (size_t i = 0; i < sizeof(RULES) / sizeof(RULES[0]); i++) {
        struct zone_rule rule;
        CHECK(zone_rule_parse(str_from(RULES[i]), &rule) == OK);
        for (int64_t at_s = -9000000000; at_s < 9000000000; at_s += 1234567) {
            struct zone_period period = zone_rule_period(&rule, at_s);
            CHECK(period.begin_s <= at_s && at_s < period.end_s);
            struct zone_period next = zone_rule_period(&rule, period.end_s);
            CHECK(next.begin_s == period.end_s && next.offset_s != period.offset_s);
        }
    }
}

TEST(zone_rule_that_is_malformed_is_corrupt)
{
    static const char *const BAD[] = {
        "",
        "E5",
        "EST",
        "EST25",
        "EST5:60",
        "EST5EDT",
        "EST5EDT,",
        "EST5EDT,M3.2.0",
        "EST5EDT,M3.2.0,",
        "EST5EDT,M3.2.0,M11.1.0,",
        "EST5EDT,M13.2.0,M11.1.0",
        "EST5EDT,M3.6.0,M11.1.0",
        "EST5EDT,M3.0.0,M11.1.0",
        "EST5EDT,M3.2.7,M11.1.0",
        "EST5EDT,M3.2,M11.1.0",
        "EST5EDT,J0,M11.1.0",
        "EST5EDT,J366,M11.1.0",
        "EST5EDT,366,M11.1.0",
        "EST5EDT,M3.2.0/168,M11.1.0",
        "EST5EDT,M3.2.0/-168,M11.1.0",
        "EST5 EDT,M3.2.0,M11.1.0",
        "<EST5EDT,M3.2.0,M11.1.0",
        "<E>5",
        "EST5EDT,M3.2.0,M11.1.0 ",
        ":America/New_York",
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        struct zone_rule rule;
        CHECK(zone_rule_parse(str_from(BAD[i]), &rule) == ERR_CORRUPT);
    }
}
