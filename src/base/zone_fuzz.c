#include "base/buf.h"
#include "base/fuzz.h"
#include "base/time.h"
#include "base/zone.h"

static void must(bool holds)
{
    if (!holds) __builtin_trap();
}

struct bytes {
    const uint8_t *data;
    size_t size;
};

static int64_t take(struct bytes *bytes, size_t count)
{
    uint64_t number = 0;
    for (size_t i = 0; i < count && bytes->size > 0; i++) {
        number = number << 8 | *bytes->data++;
        bytes->size--;
    }
    return (int64_t)number;
}

static void add_big(struct buf *buf, int64_t number, int size)
{
    for (int i = size - 1; i >= 0; i--) buf_add_char(buf, (char)((uint64_t)number >> (8 * i)));
}

/* Random bytes are hardly ever a TZif file: here they choose what is in one, and the rest of them
 * is its footer. */
static struct str make(struct arena *arena, struct bytes *bytes)
{
    enum { RESERVED = 15, TYPES = 4, STEP_S_MAX = 1 << 24 };
    struct buf buf = buf_open(arena, 1 << 20);
    for (int block = 0; block < 2; block++) {
        int64_t count = block == 0 ? 0 : take(bytes, 1) % 16;
        buf_add(&buf, STR("TZif3"));
        for (int i = 0; i < RESERVED + 3 * 4; i++) buf_add_char(&buf, 0);
        add_big(&buf, count, 4);
        add_big(&buf, TYPES, 4);
        add_big(&buf, 4, 4);
        int64_t at_s = block == 0 ? 0 : take(bytes, 5) - ((int64_t)1 << 39);
        for (int64_t i = 0; i < count; i++) {
            add_big(&buf, at_s, 8);
            at_s += 1 + take(bytes, 3) % STEP_S_MAX;
        }
        for (int64_t i = 0; i < count; i++) buf_add_char(&buf, (char)(take(bytes, 1) % TYPES));
        for (int i = 0; i < TYPES; i++) {
            add_big(&buf, block == 0 ? 0 : take(bytes, 3) % 183599 - 89999, 4);
            add_big(&buf, 0, 2);
        }
        for (int i = 0; i < 4; i++) buf_add_char(&buf, 0);
    }
    buf_add_char(&buf, '\n');
    buf_add(&buf, (struct str){ .data = (const char *)bytes->data, .size = bytes->size });
    buf_add_char(&buf, '\n');
    return buf_view(&buf);
}

/* What the clock shows at an instant must mean that instant, or another one a fold away. */
static void check_clock(const struct zone *zone, int64_t at_ms)
{
    struct civil civil = zone_civil(zone, at_ms);
    int64_t earlier;
    int64_t later;
    must(zone_instant(zone, &civil, ZONE_EARLIER, &earlier) == OK);
    must(zone_instant(zone, &civil, ZONE_LATER, &later) == OK);
    must(earlier <= at_ms && at_ms <= later);
    struct civil first = zone_civil(zone, earlier);
    struct civil second = zone_civil(zone, later);
    must(first.day == civil.day && first.minute == civil.minute && first.second == civil.second);
    must(second.day == civil.day && second.minute == civil.minute && second.second == civil.second);
    must(earlier != later || civil.offset_s == first.offset_s);
}

/* Intervals hold what they were asked for, and each begins where the one before ends. */
static void check_intervals(const struct zone *zone, int64_t at_ms)
{
    for (int i = ZONE_15_MINUTES; i <= ZONE_YEAR; i++) {
        enum zone_interval interval = (enum zone_interval)i;
        int64_t begin = zone_floor(zone, interval, at_ms);
        int64_t end = zone_next(zone, interval, begin);
        must(begin <= at_ms && at_ms < end);
        must(zone_floor(zone, interval, begin) == begin);
        must(zone_floor(zone, interval, end - 1) == begin);
        must(zone_floor(zone, interval, end) == end);
        must(zone_floor(zone, interval, begin - 1) < begin);
        must(zone_next(zone, interval, begin - 1) == begin);
    }
}

static void check_at(const struct zone *zone, int64_t at_ms)
{
    check_clock(zone, at_ms);
    check_intervals(zone, at_ms);
}

FUZZ(data, size)
{
    struct arena *arena = arena_open();
    struct bytes bytes = { .data = data, .size = size };
    const struct zone *zone = NULL;
    int64_t choice = take(&bytes, 1);
    int64_t at_ms = take(&bytes, 6) - ((int64_t)1 << 47); /* 4,000 years either way */
    struct str file = { .data = (const char *)bytes.data, .size = bytes.size };
    if (choice % 4 != 0) file = make(arena, &bytes);
    enum err err = zone_parse(arena, file, STR("Fuzz"), &zone);
    must(err == OK || (err == ERR_CORRUPT && !zone));
    if (!err) {
        check_at(zone, at_ms);
        int64_t begin = zone_floor(zone, ZONE_15_MINUTES, at_ms);
        for (int i = 0; i < 4; i++) { /* walk on, so that changes of the clock are met */
            begin = zone_next(zone, i % 2 ? ZONE_DAY : ZONE_MONTH, begin);
            check_at(zone, begin);
        }
    }
    arena_close(arena);
    return 0;
}
