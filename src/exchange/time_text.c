#include "exchange/time_text.h"

#include <assert.h>
#include <stdbool.h>
#include <strings.h>

#include "base/time.h"

enum {
    YEAR_DIGITS = 4,
    FIRST_OF_1900 = 69,
    YEAR_1900 = 1900,
    YEAR_2000 = 2000,
    HALF_DAY = 12,
    MONTHS = 12,
    SHORT_NAME_SIZE = 3,
    MS_DIGITS = 3,
    EPOCH_DIGITS_MAX = 11,
    MINUTES_PER_HOUR = 60,
    HOURS_PER_DAY = 24
};

static const char *const MONTH_NAMES[MONTHS] = { "january",   "february", "march",    "april",
                                                 "may",       "june",     "july",     "august",
                                                 "september", "october",  "november", "december" };

struct reading {
    struct str rest;
    struct civil civil;
    bool is_twelve_hours;
    bool is_afternoon;
    bool has_offset;
    bool has_epoch;
    int64_t offset_ms;
    int64_t epoch_s;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static void skip(struct str *text, size_t count)
{
    text->data += count;
    text->size -= count;
}

const char *time_format_fault(struct str format)
{
    bool has_date = false;
    if (format.size > TIME_FORMAT_SIZE_MAX) return "is longer than 64 characters";
    for (size_t i = 0; i < format.size; i++) {
        if (format.data[i] != '%') continue;
        if (++i == format.size) return "ends in a lone percent sign";
        char c = format.data[i];
        if (!memchr("YymbdHIpMSfzs%", c, sizeof("YymbdHIpMSfzs%") - 1)) {
            return "has a conversion that is not one of %Y %y %m %b %d %H %I %p %M %S %f %z %s %%";
        }
        if (c == 'Y' || c == 'y' || c == 's') has_date = true;
    }
    return has_date ? NULL : "has no year: %Y, %y or %s";
}

static enum err number(struct reading *reading, size_t digits_min, size_t digits_max, int64_t *out)
{
    int64_t value = 0;
    size_t count = 0;
    struct str rest = reading->rest;
    while (count < digits_max && count < rest.size && is_digit(rest.data[count])) {
        value = value * 10 + (rest.data[count++] - '0');
    }
    if (count < digits_min) return ERR_INVALID;
    skip(&reading->rest, count);
    *out = value;
    return OK;
}

static enum err small(struct reading *reading, int *out)
{
    int64_t value;
    enum err err = number(reading, 1, 2, &value);
    if (!err) *out = (int)value;
    return err;
}

static enum err year(struct reading *reading, bool is_short)
{
    size_t digits = is_short ? 2 : YEAR_DIGITS;
    int64_t value;
    enum err err = number(reading, digits, digits, &value);
    if (err) return err;
    if (is_short) value += value >= FIRST_OF_1900 ? YEAR_1900 : YEAR_2000;
    reading->civil.year = value;
    return OK;
}

static enum err month_name(struct reading *reading)
{
    struct str *rest = &reading->rest;
    for (int i = 0; i < MONTHS; i++) {
        struct str whole = str_from(MONTH_NAMES[i]);
        size_t size = whole.size;
        if (rest->size < size || strncasecmp(rest->data, whole.data, size) != 0) {
            size = SHORT_NAME_SIZE;
        }
        if (rest->size < size || strncasecmp(rest->data, whole.data, size) != 0) continue;
        skip(rest, size);
        reading->civil.month = i + 1;
        return OK;
    }
    return ERR_INVALID;
}

static enum err half_of_day(struct reading *reading)
{
    struct str *rest = &reading->rest;
    if (rest->size < 2 || (rest->data[1] != 'M' && rest->data[1] != 'm')) return ERR_INVALID;
    char c = rest->data[0];
    if (c != 'A' && c != 'a' && c != 'P' && c != 'p') return ERR_INVALID;
    reading->is_afternoon = c == 'P' || c == 'p';
    skip(rest, 2);
    return OK;
}

/* Digits below a millisecond are dropped. */
static enum err fraction(struct reading *reading)
{
    struct str *rest = &reading->rest;
    int ms = 0;
    size_t count = 0;
    for (; count < rest->size && is_digit(rest->data[count]); count++) {
        if (count < MS_DIGITS) ms = ms * 10 + (rest->data[count] - '0');
    }
    if (count == 0) return ERR_INVALID;
    for (size_t i = count; i < MS_DIGITS; i++) ms *= 10;
    skip(rest, count);
    reading->civil.ms = ms;
    return OK;
}

static enum err offset(struct reading *reading)
{
    struct str *rest = &reading->rest;
    if (rest->size == 0) return ERR_INVALID;
    char sign = rest->data[0];
    skip(rest, 1);
    reading->has_offset = true;
    if (sign == 'Z' || sign == 'z') return OK;
    if (sign != '+' && sign != '-') return ERR_INVALID;
    int64_t hours;
    int64_t minutes;
    enum err err = number(reading, 2, 2, &hours);
    if (!err && rest->size > 0 && rest->data[0] == ':') skip(rest, 1);
    if (!err) err = number(reading, 2, 2, &minutes);
    if (err || hours >= HOURS_PER_DAY || minutes >= MINUTES_PER_HOUR) return ERR_INVALID;
    reading->offset_ms = hours * MS_PER_HOUR + minutes * MS_PER_MINUTE;
    if (sign == '-') reading->offset_ms = -reading->offset_ms;
    return OK;
}

static enum err epoch(struct reading *reading)
{
    bool is_negative = reading->rest.size > 0 && reading->rest.data[0] == '-';
    if (is_negative) skip(&reading->rest, 1);
    enum err err = number(reading, 1, EPOCH_DIGITS_MAX, &reading->epoch_s);
    if (is_negative) reading->epoch_s = -reading->epoch_s;
    reading->has_epoch = true;
    return err;
}

static enum err literal(struct reading *reading, char c)
{
    struct str *rest = &reading->rest;
    if (rest->size == 0 || rest->data[0] != c) return ERR_INVALID;
    skip(rest, 1);
    return OK;
}

static enum err white_space(struct reading *reading)
{
    struct str *rest = &reading->rest;
    if (rest->size == 0 || !is_space(rest->data[0])) return ERR_INVALID;
    while (rest->size > 0 && is_space(rest->data[0])) skip(rest, 1);
    return OK;
}

static enum err convert(struct reading *reading, char conversion)
{
    struct civil *civil = &reading->civil;
    switch (conversion) {
    case 'Y': return year(reading, false);
    case 'y': return year(reading, true);
    case 'm': return small(reading, &civil->month);
    case 'b': return month_name(reading);
    case 'd': return small(reading, &civil->day);
    case 'I': reading->is_twelve_hours = true; return small(reading, &civil->hour);
    case 'H': return small(reading, &civil->hour);
    case 'p': return half_of_day(reading);
    case 'M': return small(reading, &civil->minute);
    case 'S': return small(reading, &civil->second);
    case 'f': return fraction(reading);
    case 'z': return offset(reading);
    case 's': return epoch(reading);
    default: return literal(reading, conversion);
    }
}

static enum err instant(struct reading *reading, const struct zone *zone, int64_t *out)
{
    struct civil *civil = &reading->civil;
    if (reading->has_epoch) {
        *out = reading->epoch_s * MS_PER_SECOND + civil->ms;
        return OK;
    }
    if (reading->is_twelve_hours) {
        if (civil->hour < 1 || civil->hour > HALF_DAY) return ERR_INVALID;
        civil->hour = civil->hour % HALF_DAY + (reading->is_afternoon ? HALF_DAY : 0);
    }
    if (!reading->has_offset) return zone_instant(zone, civil, ZONE_EARLIER, out);

    bool exists = civil->month >= 1 && civil->day >= 1 &&
                  civil->day <= time_days_in_month(civil->year, civil->month) &&
                  civil->hour < HOURS_PER_DAY && civil->minute < MINUTES_PER_HOUR &&
                  civil->second < MINUTES_PER_HOUR;
    if (!exists) return ERR_INVALID;
    *out = time_days_from_civil(civil->year, civil->month, civil->day) * MS_PER_DAY +
           (int64_t)civil->hour * MS_PER_HOUR + (int64_t)civil->minute * MS_PER_MINUTE +
           (int64_t)civil->second * MS_PER_SECOND + civil->ms - reading->offset_ms;
    return OK;
}

enum err time_text_read(struct str format, struct str text, const struct zone *zone, int64_t *out)
{
    assert(!time_format_fault(format));
    struct reading reading = { .rest = str_trim(text), .civil = { .month = 1, .day = 1 } };
    for (size_t i = 0; i < format.size; i++) {
        char c = format.data[i];
        enum err err;
        if (c == '%') {
            err = convert(&reading, format.data[++i]);
        } else {
            err = is_space(c) ? white_space(&reading) : literal(&reading, c);
        }
        if (err) return err;
    }
    if (reading.rest.size > 0) return ERR_INVALID;
    return instant(&reading, zone, out);
}
