/* Times as people write them in a query: RFC 3339, or `now`, `now-30d`, `now/d`, `now-7d/d`.
 *
 * Units are m, h, d, w, M or mo (months) and y. Minutes and hours are elapsed time; from days on it
 * is the calendar of the zone, so `now-1d` is the same time of day yesterday. `/d` rounds: down for
 * the beginning of a range, up to the end of that day for its end. Weeks begin on Monday. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "base/zone.h"

enum range_end { RANGE_FROM, RANGE_TO };

/* ERR_INVALID unless `text` is such a time between the years 1970 and 9999. */
enum err range_time(struct str text, const struct zone *zone, int64_t now_ms, enum range_end end,
                    int64_t *out);
/* The same time of day so many days later; a day that has no such time takes the next. */
int64_t range_add_days(const struct zone *zone, int64_t at_ms, int64_t days);
/* The same day and time so many months later; a shorter month ends the day earlier. */
int64_t range_add_months(const struct zone *zone, int64_t at_ms, int64_t months);
/* The days on the calendar between two times. */
int64_t range_days(const struct zone *zone, int64_t from_ms, int64_t to_ms);
