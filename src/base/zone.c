#include "base/zone.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "base/zone_table.h"

/* ---- files ---- */

#define ZONE_FOLDER "/usr/share/zoneinfo/"

enum { NAME_SIZE_MAX = 64, PATH_SIZE = 128, FILE_SIZE_MAX = 256 * 1024 };

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+';
}

/* Without points in it a name can neither leave the folder nor name one of the tables beside the
 * zones. Some files there are no zones all the same. */
static bool is_zone_name(struct str name)
{
    static const char *const NO_ZONES[] = { "localtime", "posixrules", "leapseconds", "Factory" };
    if (name.size == 0 || name.size > NAME_SIZE_MAX) return false;
    if (str_starts(name, STR("right/")) || str_starts(name, STR("posix/"))) return false;
    for (size_t i = 0; i < sizeof(NO_ZONES) / sizeof(NO_ZONES[0]); i++) {
        if (str_equal(name, str_from(NO_ZONES[i]))) return false;
    }
    while (name.size > 0) {
        struct str part = str_cut(&name, '/');
        if (part.size == 0) return false;
        for (size_t i = 0; i < part.size; i++) {
            if (!is_name_char(part.data[i])) return false;
        }
    }
    return name.data[-1] != '/';
}

/* The first bytes of a file of the zone folder, at most FILE_SIZE_MAX. */
static enum err read_bytes(struct arena *arena, struct str name, struct str *out)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), ZONE_FOLDER "%.*s", STR_ARG(name));
    FILE *file = fopen(path, "rbe");
    if (!file) return ERR_NOT_FOUND;
    char *bytes = arena_array(arena, char, FILE_SIZE_MAX);
    size_t size = fread(bytes, 1, FILE_SIZE_MAX, file);
    bool failed = ferror(file) != 0; /* a folder such as "Europe" can be opened, not read */
    (void)fclose(file);
    if (failed) return ERR_NOT_FOUND;
    *out = (struct str){ .data = bytes, .size = size };
    return OK;
}

enum err zone_load(struct arena *arena, struct str name, const struct zone **out)
{
    if (!is_zone_name(name)) return ERR_NOT_FOUND;
    struct arena *scratch = arena_open();
    struct str bytes;
    enum err err = read_bytes(scratch, name, &bytes);
    if (!err) {
        err = zone_parse(arena, bytes, name, out);
        if (err) log_error("zone", "name=%.*s err=%s", STR_ARG(name), err_name(err));
    }
    arena_close(scratch);
    return err;
}

struct str zone_version(struct arena *arena)
{
    const struct str prefix = STR("# version ");
    struct arena *scratch = arena_open();
    struct str bytes;
    struct str version = STR("unknown");
    if (read_bytes(scratch, STR("tzdata.zi"), &bytes) == OK) {
        struct str line = str_trim(str_cut(&bytes, '\n'));
        if (str_starts(line, prefix)) {
            version = arena_copy(arena, (struct str){ .data = line.data + prefix.size,
                                                      .size = line.size - prefix.size });
        }
    }
    arena_close(scratch);
    return version;
}

struct str zone_name(const struct zone *zone)
{
    return zone->name;
}

/* ---- instants and wall clocks ---- */

enum {
    S_PER_MINUTE = 60,
    S_PER_HOUR = 3600,
    S_PER_DAY = 86400,
    DAYS_PER_WEEK = 7,
    MONTHS_PER_QUARTER = 3,
    MONTHS_PER_YEAR = 12,
    OFFSET_S_MAX = 26 * S_PER_HOUR, /* no clock is further from UTC */
    YEAR_MAX = 280000               /* within AT_MAX_MS */
};

/* 285,000 years from 1970: instants beyond it are taken for it, and so no sum can overflow. */
static const int64_t AT_MAX_MS = (int64_t)1 << 53;

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t clamped(int64_t at_ms)
{
    if (at_ms > AT_MAX_MS) return AT_MAX_MS;
    return at_ms < -AT_MAX_MS ? -AT_MAX_MS : at_ms;
}

struct civil zone_civil(const struct zone *zone, int64_t at_ms)
{
    enum { THURSDAY = 3 }; /* 1970 began on one */
    at_ms = clamped(at_ms);
    int64_t at_s = floor_div(at_ms, MS_PER_SECOND);
    int32_t offset_s = zone_period_at(zone, at_s).offset_s;
    int64_t days = floor_div(at_s + offset_s, S_PER_DAY);
    int64_t of_day_s = at_s + offset_s - days * S_PER_DAY;
    struct civil civil = {
        .hour = (int)(of_day_s / S_PER_HOUR),
        .minute = (int)(of_day_s % S_PER_HOUR / S_PER_MINUTE),
        .second = (int)(of_day_s % S_PER_MINUTE),
        .ms = (int)(at_ms - at_s * MS_PER_SECOND),
        .weekday =
            (int)(days + THURSDAY - DAYS_PER_WEEK * floor_div(days + THURSDAY, DAYS_PER_WEEK)),
        .offset_s = offset_s,
    };
    time_civil_from_days(days, &civil.year, &civil.month, &civil.day);
    return civil;
}

/* Goes through the periods in which a clock could show `local_s` (seconds since 1970 as the clock
 * counts them). In a gap the clock of before the change goes on: hence the time is shifted by it.
 */
static int64_t instant_of(const struct zone *zone, int64_t local_s, enum zone_fold fold)
{
    int64_t found_s = 0;
    int64_t gap_s = 0;
    bool has_found = false;
    bool has_gap = false;
    int64_t at_s = local_s - OFFSET_S_MAX;
    while (at_s <= local_s + OFFSET_S_MAX) {
        struct zone_period period = zone_period_at(zone, at_s);
        int64_t candidate_s = local_s - period.offset_s;
        if (candidate_s >= period.begin_s && candidate_s < period.end_s) {
            if (!has_found || fold == ZONE_LATER) found_s = candidate_s;
            has_found = true;
        }
        if (candidate_s >= period.end_s && !has_gap) {
            int64_t next_offset_s = zone_period_at(zone, period.end_s).offset_s;
            has_gap = local_s - next_offset_s < period.end_s;
            gap_s = candidate_s;
        }
        if (period.end_s == INT64_MAX) break;
        at_s = period.end_s;
    }
    assert(has_found || has_gap);
    return has_found ? found_s : gap_s;
}

static bool civil_exists(const struct civil *civil)
{
    if (civil->year < -YEAR_MAX || civil->year > YEAR_MAX) return false;
    if (civil->day < 1 || civil->day > time_days_in_month(civil->year, civil->month)) return false;
    if (civil->hour < 0 || civil->hour >= S_PER_DAY / S_PER_HOUR) return false;
    if (civil->minute < 0 || civil->minute >= S_PER_MINUTE) return false;
    if (civil->second < 0 || civil->second >= S_PER_MINUTE) return false;
    return civil->ms >= 0 && civil->ms < MS_PER_SECOND;
}

enum err zone_instant(const struct zone *zone, const struct civil *civil, enum zone_fold fold,
                      int64_t *out)
{
    if (!civil_exists(civil)) return ERR_INVALID;
    int64_t local_s = time_days_from_civil(civil->year, civil->month, civil->day) * S_PER_DAY +
                      civil->hour * (int64_t)S_PER_HOUR + civil->minute * (int64_t)S_PER_MINUTE +
                      civil->second;
    *out = instant_of(zone, local_s, fold) * MS_PER_SECOND + civil->ms;
    return OK;
}

/* ---- intervals ---- */

static int64_t clock_step_s(enum zone_interval interval)
{
    switch (interval) {
    case ZONE_15_MINUTES: return 15 * (int64_t)S_PER_MINUTE;
    case ZONE_30_MINUTES: return 30 * (int64_t)S_PER_MINUTE;
    case ZONE_HOUR: return S_PER_HOUR;
    case ZONE_DAY:
    case ZONE_WEEK:
    case ZONE_MONTH:
    case ZONE_QUARTER:
    case ZONE_YEAR: return 0;
    }
    assert(false && "an enum zone_interval outside its range");
    return 0;
}

struct span {
    int64_t begin_s;
    int64_t end_s;
};

/* Quarters, halves and whole hours of the wall clock, cut where the clock is changed. */
static struct span clock_span(const struct zone *zone, int64_t step_s, int64_t at_s)
{
    struct zone_period period = zone_period_at(zone, at_s);
    int64_t begin_s = floor_div(at_s + period.offset_s, step_s) * step_s - period.offset_s;
    int64_t end_s = begin_s + step_s;
    return (struct span){
        .begin_s = begin_s > period.begin_s ? begin_s : period.begin_s,
        .end_s = end_s < period.end_s ? end_s : period.end_s,
    };
}

/* The first instant whose clock shows that day's midnight or later: the change itself where
 * midnight is in a gap, the first of two midnights where it is repeated. */
static int64_t day_begin(const struct zone *zone, int64_t days)
{
    int64_t local_s = days * S_PER_DAY;
    int64_t at_s = local_s - OFFSET_S_MAX;
    for (;;) {
        struct zone_period period = zone_period_at(zone, at_s);
        int64_t candidate_s = local_s - period.offset_s;
        if (candidate_s < at_s) return at_s;
        if (candidate_s < period.end_s) return candidate_s;
        at_s = period.end_s;
    }
}

/* Days since 1970 of the first day of the interval `steps` after the one that holds `days`. */
static int64_t calendar_floor(enum zone_interval interval, int64_t days, int steps)
{
    enum { THURSDAY = 3 };
    if (interval == ZONE_DAY) return days + steps;
    if (interval == ZONE_WEEK) {
        int64_t week = floor_div(days + THURSDAY, DAYS_PER_WEEK) + steps;
        return week * DAYS_PER_WEEK - THURSDAY;
    }
    int64_t months_per_step = interval == ZONE_MONTH     ? 1
                              : interval == ZONE_QUARTER ? MONTHS_PER_QUARTER
                                                         : MONTHS_PER_YEAR;
    int64_t year;
    int month;
    int day;
    time_civil_from_days(days, &year, &month, &day);
    int64_t index = floor_div(year * MONTHS_PER_YEAR + month - 1, months_per_step) + steps;
    int64_t months = index * months_per_step;
    year = floor_div(months, MONTHS_PER_YEAR);
    return time_days_from_civil(year, (int)(months - year * MONTHS_PER_YEAR) + 1, 1);
}

/* A repeated midnight belongs to the new day already, and a day that a country left out is empty:
 * so the interval is looked for from the one that the clock shows. */
static struct span calendar_span(const struct zone *zone, enum zone_interval interval, int64_t at_s)
{
    int32_t offset_s = zone_period_at(zone, at_s).offset_s;
    int64_t days = calendar_floor(interval, floor_div(at_s + offset_s, S_PER_DAY), 0);
    struct span span = { .begin_s = day_begin(zone, days), .end_s = INT64_MIN };
    while (span.end_s <= at_s) {
        days = calendar_floor(interval, days, 1);
        int64_t next_s = day_begin(zone, days);
        if (next_s <= at_s) span.begin_s = next_s;
        span.end_s = next_s;
    }
    return span;
}

static struct span span_at(const struct zone *zone, enum zone_interval interval, int64_t at_ms)
{
    int64_t at_s = floor_div(clamped(at_ms), MS_PER_SECOND);
    int64_t step_s = clock_step_s(interval);
    return step_s > 0 ? clock_span(zone, step_s, at_s) : calendar_span(zone, interval, at_s);
}

int64_t zone_floor(const struct zone *zone, enum zone_interval interval, int64_t at_ms)
{
    return span_at(zone, interval, at_ms).begin_s * MS_PER_SECOND;
}

int64_t zone_next(const struct zone *zone, enum zone_interval interval, int64_t start_ms)
{
    return span_at(zone, interval, start_ms).end_s * MS_PER_SECOND;
}
