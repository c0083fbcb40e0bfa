#include "metric/range.h"

#include "base/parse.h"
#include "base/time.h"

enum { AMOUNT_MAX = 100000, MONTHS_PER_YEAR = 12, DAYS_PER_WEEK = 7 };

/* Beyond this no calendar of ours reaches: the end of the year 9999. */
static const int64_t TIME_MAX_MS = INT64_C(253402300799999);

enum unit { UNIT_MINUTE, UNIT_HOUR, UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_YEAR };

struct unit_row {
    struct str name;
    enum unit unit;
};

static const struct unit_row UNITS[] = {
    { STR_INIT("m"), UNIT_MINUTE }, { STR_INIT("h"), UNIT_HOUR },  { STR_INIT("d"), UNIT_DAY },
    { STR_INIT("w"), UNIT_WEEK },   { STR_INIT("M"), UNIT_MONTH }, { STR_INIT("mo"), UNIT_MONTH },
    { STR_INIT("y"), UNIT_YEAR },
};

static enum err unit_find(struct str name, enum unit *out)
{
    for (size_t i = 0; i < sizeof(UNITS) / sizeof(UNITS[0]); i++) {
        if (!str_equal(UNITS[i].name, name)) continue;
        *out = UNITS[i].unit;
        return OK;
    }
    return ERR_INVALID;
}

/* -1 for what no calendar of ours holds: nobody asks for the year 0. */
static int64_t instant(const struct zone *zone, const struct civil *civil)
{
    int64_t at_ms = 0;
    enum err err = zone_instant(zone, civil, ZONE_EARLIER, &at_ms);
    return err ? -1 : at_ms;
}

int64_t range_add_days(const struct zone *zone, int64_t at_ms, int64_t days)
{
    struct civil civil = zone_civil(zone, at_ms);
    int64_t day = time_days_from_civil(civil.year, civil.month, civil.day) + days;
    time_civil_from_days(day, &civil.year, &civil.month, &civil.day);
    return instant(zone, &civil);
}

int64_t range_add_months(const struct zone *zone, int64_t at_ms, int64_t months)
{
    struct civil civil = zone_civil(zone, at_ms);
    int64_t month = civil.year * MONTHS_PER_YEAR + civil.month - 1 + months;
    if (month < 0) return -1;
    civil.year = month / MONTHS_PER_YEAR;
    civil.month = (int)(month % MONTHS_PER_YEAR) + 1;
    int days = time_days_in_month(civil.year, civil.month);
    if (civil.day > days) civil.day = days;
    return instant(zone, &civil);
}

int64_t range_days(const struct zone *zone, int64_t from_ms, int64_t to_ms)
{
    struct civil from = zone_civil(zone, from_ms);
    struct civil to = zone_civil(zone, to_ms);
    return time_days_from_civil(to.year, to.month, to.day) -
           time_days_from_civil(from.year, from.month, from.day);
}

static int64_t add(const struct zone *zone, int64_t at_ms, int64_t amount, enum unit unit)
{
    switch (unit) {
    case UNIT_MINUTE: return at_ms + amount * MS_PER_MINUTE;
    case UNIT_HOUR: return at_ms + amount * MS_PER_HOUR;
    case UNIT_DAY: return range_add_days(zone, at_ms, amount);
    case UNIT_WEEK: return range_add_days(zone, at_ms, amount * DAYS_PER_WEEK);
    case UNIT_MONTH: return range_add_months(zone, at_ms, amount);
    case UNIT_YEAR: break;
    }
    return range_add_months(zone, at_ms, amount * MONTHS_PER_YEAR);
}

static int64_t round_to(const struct zone *zone, int64_t at_ms, enum unit unit, enum range_end end)
{
    if (unit == UNIT_MINUTE) {
        int64_t start = at_ms - at_ms % MS_PER_MINUTE;
        return end == RANGE_FROM || start == at_ms ? start : start + MS_PER_MINUTE;
    }
    static const enum zone_interval INTERVALS[] = {
        [UNIT_MINUTE] = ZONE_15_MINUTES, [UNIT_HOUR] = ZONE_HOUR,   [UNIT_DAY] = ZONE_DAY,
        [UNIT_WEEK] = ZONE_WEEK,         [UNIT_MONTH] = ZONE_MONTH, [UNIT_YEAR] = ZONE_YEAR,
    };
    int64_t start = zone_floor(zone, INTERVALS[unit], at_ms);
    return end == RANGE_FROM ? start : zone_next(zone, INTERVALS[unit], start);
}

/* "-30d" or "+1h" at the front of `*rest` is taken off it. */
static enum err take_offset(struct str *rest, int64_t *amount, enum unit *unit)
{
    int64_t sign = rest->data[0] == '-' ? -1 : 1;
    size_t digits = 1;
    while (digits < rest->size && rest->data[digits] >= '0' && rest->data[digits] <= '9') digits++;
    size_t end = digits;
    while (end < rest->size && rest->data[end] != '/' && rest->data[end] != '-' &&
           rest->data[end] != '+') {
        end++;
    }
    if (parse_int((struct str){ rest->data + 1, digits - 1 }, 0, AMOUNT_MAX, amount)) {
        return ERR_INVALID;
    }
    enum err err = unit_find((struct str){ rest->data + digits, end - digits }, unit);
    if (err) return err;
    *amount *= sign;
    *rest = (struct str){ rest->data + end, rest->size - end };
    return OK;
}

static enum err relative_time(struct str rest, const struct zone *zone, int64_t at_ms,
                              enum range_end end, int64_t *out)
{
    while (rest.size > 0) {
        enum unit unit;
        if (rest.data[0] == '/') {
            enum err err = unit_find((struct str){ rest.data + 1, rest.size - 1 }, &unit);
            if (err) return err;
            at_ms = round_to(zone, at_ms, unit, end);
            break;
        }
        if (rest.data[0] != '-' && rest.data[0] != '+') return ERR_INVALID;
        int64_t amount;
        enum err err = take_offset(&rest, &amount, &unit);
        if (err) return err;
        at_ms = add(zone, at_ms, amount, unit);
        if (at_ms < 0 || at_ms > TIME_MAX_MS) return ERR_INVALID;
    }
    *out = at_ms;
    return OK;
}

enum err range_time(struct str text, const struct zone *zone, int64_t now_ms, enum range_end end,
                    int64_t *out)
{
    static const struct str NOW = STR_INIT("now");
    int64_t at_ms;
    enum err err = OK;
    if (str_starts(text, NOW)) {
        struct str rest = { text.data + NOW.size, text.size - NOW.size };
        err = relative_time(rest, zone, now_ms, end, &at_ms);
    } else {
        err = time_parse(text, &at_ms);
    }
    if (err) return err;
    if (at_ms < 0 || at_ms > TIME_MAX_MS) return ERR_INVALID;
    *out = at_ms;
    return OK;
}
