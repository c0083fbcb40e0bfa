/* The POSIX TZ text that ends a TZif file: the rule for the years after its table. Only
 * base/zone*.c reads it. Times are seconds since 1970, UTC.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* A day of every year. */
struct zone_day {
    enum { ZONE_DAY_OF_YEAR_NO_LEAP, ZONE_DAY_OF_YEAR, ZONE_DAY_OF_MONTH } kind;
    int day;      /* of the year: 1 to 365 without 29 February, or 0 to 365 with it */
    int month;    /* 1 to 12 */
    int week;     /* 1 to 5, 5 is the last */
    int weekday;  /* 0 Sunday to 6 Saturday */
    int second_s; /* after the midnight that begins the day, a week either way */
};

struct zone_rule {
    int32_t standard_s; /* east of Greenwich */
    int32_t summer_s;
    bool has_summer;
    struct zone_day start; /* by the standard clock */
    struct zone_day end;   /* by the summer clock */
};

/* A stretch of time under one offset. INT64_MIN and INT64_MAX are open ends. */
struct zone_period {
    int64_t begin_s;
    int64_t end_s;
    int32_t offset_s;
};

/* "EST5EDT,M3.2.0,M11.1.0". ERR_CORRUPT if it is none. */
enum err zone_rule_parse(struct str text, struct zone_rule *out);
/* The period that holds `at_s`. Its neighbours have other offsets. */
struct zone_period zone_rule_period(const struct zone_rule *rule, int64_t at_s);
