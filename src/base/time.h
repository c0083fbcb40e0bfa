/* The clock. Times are milliseconds since 1970, UTC, in `int64_t`. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { MS_PER_SECOND = 1000, MS_PER_MINUTE = 60000, MS_PER_HOUR = 3600000, MS_PER_DAY = 86400000 };

int64_t time_now_ms(void);
/* Never goes back; for measuring and for deadlines inside the process. */
int64_t time_monotonic_ms(void);

enum { TIME_TEXT_SIZE = 24 }; /* 2026-03-01T09:30:00.000Z */

/* RFC 3339 in UTC, with milliseconds only if there are any. Returns the characters written, not
 * terminated. The year is clamped to 0000-9999. */
size_t time_write(int64_t at_ms, char out[TIME_TEXT_SIZE]);
/* RFC 3339 with any offset; a leap second counts as the second before. ERR_INVALID for anything
 * else, 31 February included. */
enum err time_parse(struct str text, int64_t *out);

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar (Howard Hinnant's
 * algorithm), and back. Month 1 to 12, day 1 to 31; the date must exist. */
int64_t time_days_from_civil(int64_t year, int month, int day);
void time_civil_from_days(int64_t days, int64_t *year, int *month, int *day);
/* 28 to 31; 0 if there is no such month. */
int time_days_in_month(int64_t year, int month);
