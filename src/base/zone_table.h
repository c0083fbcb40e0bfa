/* The table of a TZif file: which offset holds when. Only base/zone*.c reads it. Times are seconds
 * since 1970, UTC.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/zone.h"
#include "base/zone_rule.h"

struct zone_change {
    int64_t at_s;
    int32_t offset_s; /* from then on */
};

struct zone {
    struct str name;
    int32_t offset_first_s;      /* before the first change */
    struct zone_change *changes; /* ascending; each differs in offset from the one before */
    size_t changes_count;
    bool has_rule;
    int64_t rule_from_s; /* the last change of the table, or INT64_MIN if there is no table */
    struct zone_rule rule;
};

/* The period that holds `at_s`. Its neighbours have other offsets. */
struct zone_period zone_period_at(const struct zone *zone, int64_t at_s);
