#include "base/zone_rule.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/time.h"

enum {
    S_PER_MINUTE = 60,
    S_PER_HOUR = 3600,
    S_PER_DAY = 86400,
    DAYS_PER_WEEK = 7,
    OFFSET_HOURS_MAX = 24,
    DAY_HOURS_MAX = 167 /* RFC 8536, 3.3.1 */
};

/* ---- reading ---- */

static bool take(struct str *rest, char c)
{
    if (rest->size == 0 || rest->data[0] != c) return false;
    rest->data++;
    rest->size--;
    return true;
}

static bool take_number(struct str *rest, int min, int max, int *out)
{
    enum { DIGITS_MAX = 3 };
    int number = 0;
    size_t count = 0;
    while (count < rest->size && count < DIGITS_MAX && rest->data[count] >= '0' &&
           rest->data[count] <= '9') {
        number = number * 10 + (rest->data[count] - '0');
        count++;
    }
    if (count == 0 || number < min || number > max) return false;
    rest->data += count;
    rest->size -= count;
    *out = number;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The abbreviation is not used, so it is only skipped: EST or <+0530>. */
static bool take_abbreviation(struct str *rest)
{
    enum { LETTERS_MIN = 3 };
    if (take(rest, '<')) {
        size_t before = rest->size;
        struct str name = str_cut(rest, '>');
        return name.size >= LETTERS_MIN && name.size < before;
    }
    size_t count = 0;
    while (count < rest->size && is_letter(rest->data[count])) count++;
    rest->data += count;
    rest->size -= count;
    return count >= LETTERS_MIN;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct str *rest, int hours_max, int *out_s)
{
    int sign = 1;
    if (take(rest, '-')) {
        sign = -1;
    } else {
        (void)take(rest, '+');
    }
    int hours;
    int minutes = 0;
    int seconds = 0;
    if (!take_number(rest, 0, hours_max, &hours)) return false;
    if (take(rest, ':')) {
        if (!take_number(rest, 0, 59, &minutes)) return false;
        if (take(rest, ':') && !take_number(rest, 0, 59, &seconds)) return false;
    }
    *out_s = sign * (hours * S_PER_HOUR + minutes * S_PER_MINUTE + seconds);
    return true;
}

static bool take_day(struct str *rest, struct zone_day *out)
{
    *out = (struct zone_day){ .kind = ZONE_DAY_OF_YEAR, .second_s = 2 * S_PER_HOUR };
    bool is_right;
    if (take(rest, 'J')) {
        out->kind = ZONE_DAY_OF_YEAR_NO_LEAP;
        is_right = take_number(rest, 1, 365, &out->day);
    } else if (take(rest, 'M')) {
        out->kind = ZONE_DAY_OF_MONTH;
        is_right = take_number(rest, 1, 12, &out->month) && take(rest, '.') &&
                   take_number(rest, 1, 5, &out->week) && take(rest, '.') &&
                   take_number(rest, 0, DAYS_PER_WEEK - 1, &out->weekday);
    } else {
        is_right = take_number(rest, 0, 365, &out->day);
    }
    if (!is_right) return false;
    return !take(rest, '/') || take_time(rest, DAY_HOURS_MAX, &out->second_s);
}

enum err zone_rule_parse(struct str text, struct zone_rule *out)
{
    struct zone_rule rule = { 0 };
    int west_s;
    if (!take_abbreviation(&text) || !take_time(&text, OFFSET_HOURS_MAX, &west_s)) {
        return ERR_CORRUPT;
    }
    rule.standard_s = -west_s;
    if (text.size > 0) {
        west_s -= S_PER_HOUR;
        if (!take_abbreviation(&text)) return ERR_CORRUPT;
        if (text.size > 0 && text.data[0] != ',' && !take_time(&text, OFFSET_HOURS_MAX, &west_s)) {
            return ERR_CORRUPT;
        }
        rule.summer_s = -west_s;
        if (!take(&text, ',') || !take_day(&text, &rule.start)) return ERR_CORRUPT;
        if (!take(&text, ',') || !take_day(&text, &rule.end)) return ERR_CORRUPT;
        if (text.size > 0) return ERR_CORRUPT;
        rule.has_summer = rule.summer_s != rule.standard_s;
    }
    *out = rule;
    return OK;
}

/* ---- asking ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days since 1970. */
static int64_t day_in(const struct zone_day *day, int64_t year)
{
    enum { MARCH_1 = 60, THURSDAY = 4 }; /* 1970 began on a Thursday */
    int64_t january_1 = time_days_from_civil(year, 1, 1);
    if (day->kind == ZONE_DAY_OF_YEAR) return january_1 + day->day;
    if (day->kind == ZONE_DAY_OF_YEAR_NO_LEAP) {
        bool is_after = day->day >= MARCH_1 && time_days_in_month(year, 2) == 29;
        return january_1 + day->day - 1 + is_after;
    }
    int64_t first = time_days_from_civil(year, day->month, 1);
    int64_t first_weekday =
        first + THURSDAY - DAYS_PER_WEEK * floor_div(first + THURSDAY, DAYS_PER_WEEK);
    int64_t skip = (day->weekday - first_weekday + DAYS_PER_WEEK) % DAYS_PER_WEEK;
    skip += (day->week - 1) * DAYS_PER_WEEK;
    while (skip >= time_days_in_month(year, day->month)) skip -= DAYS_PER_WEEK;
    return first + skip;
}

struct event {
    int64_t at_s;
    int32_t offset_s; /* from then on */
    bool is_start;
};

/* At one instant the end stands before the start: so summer time that lasts all the year, as in
 * "EST5EDT,0/0,J365/25", has no gaps. */
static int event_order(const void *a, const void *b)
{
    const struct event *left = a;
    const struct event *right = b;
    if (left->at_s != right->at_s) return left->at_s < right->at_s ? -1 : 1;
    return (int)left->is_start - (int)right->is_start;
}

/* A rule's day may lie a week outside its year, so the years before and after count too. */
enum { YEARS_AROUND = 2, EVENTS_MAX = 2 * (2 * YEARS_AROUND + 1) };

static void collect(const struct zone_rule *rule, int64_t year, struct event events[EVENTS_MAX])
{
    size_t count = 0;
    for (int64_t y = year - YEARS_AROUND; y <= year + YEARS_AROUND; y++) {
        int64_t start_s = day_in(&rule->start, y) * S_PER_DAY + rule->start.second_s;
        int64_t end_s = day_in(&rule->end, y) * S_PER_DAY + rule->end.second_s;
        events[count++] = (struct event){ start_s - rule->standard_s, rule->summer_s, true };
        events[count++] = (struct event){ end_s - rule->summer_s, rule->standard_s, false };
    }
    qsort(events, count, sizeof(*events), event_order);
}

static bool is_overtaken(const struct event events[EVENTS_MAX], size_t index)
{
    return events[index + 1].at_s == events[index].at_s;
}

struct zone_period zone_rule_period(const struct zone_rule *rule, int64_t at_s)
{
    struct zone_period period = { INT64_MIN, INT64_MAX, rule->standard_s };
    if (!rule->has_summer) return period;

    int64_t year;
    int month;
    int day;
    time_civil_from_days(floor_div(at_s + rule->standard_s, S_PER_DAY), &year, &month, &day);
    struct event events[EVENTS_MAX] = { 0 };
    collect(rule, year, events);

    /* The first and the last event lack a neighbour that could overtake them. */
    size_t i = 0;
    while (i + 1 < EVENTS_MAX && is_overtaken(events, i)) i++;
    period.offset_s = events[i].offset_s;
    for (i++; i + 1 < EVENTS_MAX; i++) {
        if (is_overtaken(events, i) || events[i].offset_s == period.offset_s) continue;
        if (events[i].at_s > at_s) {
            period.end_s = events[i].at_s;
            break;
        }
        period.begin_s = events[i].at_s;
        period.offset_s = events[i].offset_s;
    }
    return period;
}
