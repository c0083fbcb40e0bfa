#include "base/time.h"
#include "metric/query_run.h"
#include "metric/range.h"

enum { DAYS_PER_WEEK = 7, WEEKS_PER_YEAR = 52, MONTHS_PER_YEAR = 12 };

static int64_t time_of_day(const struct zone *zone, int64_t at_ms)
{
    struct civil civil = zone_civil(zone, at_ms);
    int64_t whole_ms = (int64_t)civil.hour * MS_PER_HOUR + (int64_t)civil.minute * MS_PER_MINUTE;
    return whole_ms + (int64_t)civil.second * MS_PER_SECOND + civil.ms;
}

static struct period move_days(const struct zone *zone, struct period period, int64_t days)
{
    return (struct period){ range_add_days(zone, period.from_ms, -days),
                            range_add_days(zone, period.to_ms, -days) };
}

static struct period move_months(const struct zone *zone, struct period period, int64_t months)
{
    return (struct period){ range_add_months(zone, period.from_ms, -months),
                            range_add_months(zone, period.to_ms, -months) };
}

/* How many whole months the period is; 0 if it is none. */
static int64_t whole_months(const struct zone *zone, struct period period)
{
    if (zone_floor(zone, ZONE_MONTH, period.from_ms) != period.from_ms) return 0;
    if (zone_floor(zone, ZONE_MONTH, period.to_ms) != period.to_ms) return 0;
    struct civil from = zone_civil(zone, period.from_ms);
    struct civil to = zone_civil(zone, period.to_ms);
    return (to.year - from.year) * MONTHS_PER_YEAR + to.month - from.month;
}

struct period period_before(const struct zone *zone, struct period period, bool by_year,
                            bool match_weekdays)
{
    if (by_year) {
        if (match_weekdays) return move_days(zone, period, WEEKS_PER_YEAR * DAYS_PER_WEEK);
        return move_months(zone, period, MONTHS_PER_YEAR);
    }
    int64_t length_ms = period.to_ms - period.from_ms;
    if (match_weekdays) {
        int64_t days = range_days(zone, period.from_ms, period.to_ms);
        if (time_of_day(zone, period.to_ms) > time_of_day(zone, period.from_ms)) days++;
        int64_t weeks = (days + DAYS_PER_WEEK - 1) / DAYS_PER_WEEK;
        return move_days(zone, period, (weeks > 0 ? weeks : 1) * DAYS_PER_WEEK);
    }
    int64_t months = whole_months(zone, period);
    if (months > 0) return move_months(zone, period, months);
    if (time_of_day(zone, period.from_ms) == time_of_day(zone, period.to_ms)) {
        return move_days(zone, period, range_days(zone, period.from_ms, period.to_ms));
    }
    return (struct period){ period.from_ms - length_ms, period.from_ms };
}
