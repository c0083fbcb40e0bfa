/* Time zones, read from the system's TZif files (RFC 8536) with their 64-bit data and POSIX
 * footer. Every question about local time goes through here: `localtime` is not for servers, and
 * ICU's rules are older than the system's.
 *
 * An unknown zone is an error, never GMT. A zone is immutable; any thread may read it.
 */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct zone;

/* A wall-clock reading. */
struct civil {
    int64_t year;
    int month;    /* 1 to 12 */
    int day;      /* 1 to 31 */
    int hour;     /* 0 to 23 */
    int minute;   /* 0 to 59 */
    int second;   /* 0 to 59 */
    int ms;       /* 0 to 999 */
    int weekday;  /* 0 Monday to 6 Sunday; set by zone_civil, ignored by zone_instant */
    int offset_s; /* east of Greenwich; set by zone_civil, ignored by zone_instant */
};

/* Which of two instants a repeated hour means. In a gap both give the time after it, shifted by
 * the gap. */
enum zone_fold { ZONE_EARLIER, ZONE_LATER };

/* `name` is an IANA name ("Europe/Berlin", "UTC"); it may not leave the zone folder.
 * ERR_NOT_FOUND for an unknown one, ERR_CORRUPT for a damaged file. The zone lives in `arena`. */
enum err zone_load(struct arena *arena, struct str name, const struct zone **out);
/* The bytes of a TZif file. ERR_CORRUPT if they are none. */
enum err zone_parse(struct arena *arena, struct str bytes, struct str name,
                    const struct zone **out);
struct str zone_name(const struct zone *zone);
/* "2026c": the version of the system's rules, "unknown" if it does not say. Lives in `arena`. */
struct str zone_version(struct arena *arena);

struct civil zone_civil(const struct zone *zone, int64_t at_ms);
/* ERR_INVALID if there is no such date or time of day (31 February, 25:00), or if it is more than
 * 280,000 years away. */
enum err zone_instant(const struct zone *zone, const struct civil *civil, enum zone_fold fold,
                      int64_t *out);

enum zone_interval {
    ZONE_15_MINUTES,
    ZONE_30_MINUTES,
    ZONE_HOUR,
    ZONE_DAY,
    ZONE_WEEK, /* from Monday */
    ZONE_MONTH,
    ZONE_QUARTER,
    ZONE_YEAR
};

/* The start of the interval that holds `at_ms`, and of the one after it. A day has 23 or 25 hours
 * when the clocks change; the repeated hour is two intervals. A day begins with the first instant
 * at which the clock shows it: at the change if midnight is skipped, at the first midnight of two.
 * Hours and less follow the clock on the wall and are cut where it is changed. */
int64_t zone_floor(const struct zone *zone, enum zone_interval interval, int64_t at_ms);
int64_t zone_next(const struct zone *zone, enum zone_interval interval, int64_t start_ms);
