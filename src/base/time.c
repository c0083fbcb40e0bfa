#include "base/time.h"

#include <assert.h>
#include <stdbool.h>
#include <time.h>

enum { NS_PER_MS = 1000000, HOURS_PER_DAY = 24, PER_SIXTY = 60 };

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / NS_PER_MS;
}

int64_t time_now_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

int64_t time_monotonic_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

/* The algorithm counts years from March, in eras of 400 years. */
enum { DAYS_PER_ERA = 146097, YEARS_PER_ERA = 400, DAYS_TO_1970 = 719468 };

int64_t time_days_from_civil(int64_t year, int month, int day)
{
    assert(month >= 1 && month <= 12);
    assert(day >= 1 && day <= 31);
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - (YEARS_PER_ERA - 1)) / YEARS_PER_ERA;
    int64_t year_of_era = year - era * YEARS_PER_ERA;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

void time_civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    days += DAYS_TO_1970;
    int64_t era = (days >= 0 ? days : days - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int64_t day_of_era = days - era * DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * from_march + 2) / 5 + 1);
    *month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
    *year = year_of_era + era * YEARS_PER_ERA + (*month <= 2);
}

int time_days_in_month(int64_t year, int month)
{
    static const int DAYS[] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (month < 1 || month > 12) return 0;
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % YEARS_PER_ERA == 0);
    return month == 2 && is_leap ? DAYS[month] + 1 : DAYS[month];
}

/* ---- RFC 3339 ---- */

static const int64_t WRITE_MIN_MS = -62167219200000; /* 0000-01-01T00:00:00Z */
static const int64_t WRITE_MAX_MS = 253402300799999; /* 9999-12-31T23:59:59.999Z */

static char *put_digits(char *at, int64_t number, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        at[i] = (char)('0' + number % 10);
        number /= 10;
    }
    return at + count;
}

size_t time_write(int64_t at_ms, char out[TIME_TEXT_SIZE])
{
    if (at_ms < WRITE_MIN_MS) at_ms = WRITE_MIN_MS;
    if (at_ms > WRITE_MAX_MS) at_ms = WRITE_MAX_MS;
    int64_t of_day = at_ms % MS_PER_DAY;
    if (of_day < 0) of_day += MS_PER_DAY;
    int64_t year;
    int month;
    int day;
    time_civil_from_days((at_ms - of_day) / MS_PER_DAY, &year, &month, &day);

    char *at = put_digits(out, year, 4);
    *at++ = '-';
    at = put_digits(at, month, 2);
    *at++ = '-';
    at = put_digits(at, day, 2);
    *at++ = 'T';
    at = put_digits(at, of_day / MS_PER_HOUR, 2);
    *at++ = ':';
    at = put_digits(at, of_day / MS_PER_MINUTE % PER_SIXTY, 2);
    *at++ = ':';
    at = put_digits(at, of_day / MS_PER_SECOND % PER_SIXTY, 2);
    int64_t ms = of_day % MS_PER_SECOND;
    if (ms > 0) {
        *at++ = '.';
        at = put_digits(at, ms, 3);
    }
    *at++ = 'Z';
    return (size_t)(at - out);
}

static bool take_char(struct str *rest, char upper, char lower)
{
    if (rest->size == 0 || (rest->data[0] != upper && rest->data[0] != lower)) return false;
    rest->data++;
    rest->size--;
    return true;
}

static bool take_digits(struct str *rest, size_t count, int max, int *out)
{
    if (rest->size < count) return false;
    int number = 0;
    for (size_t i = 0; i < count; i++) {
        char c = rest->data[i];
        if (c < '0' || c > '9') return false;
        number = number * 10 + (c - '0');
    }
    rest->data += count;
    rest->size -= count;
    *out = number;
    return number <= max;
}

/* The digits after the point; those beyond milliseconds are read and dropped. */
static bool take_fraction(struct str *rest, int64_t *out_ms)
{
    *out_ms = 0;
    if (!take_char(rest, '.', '.')) return true;
    int64_t worth = MS_PER_SECOND / 10;
    size_t count = 0;
    while (rest->size > 0 && rest->data[0] >= '0' && rest->data[0] <= '9') {
        *out_ms += (rest->data[0] - '0') * worth;
        worth /= 10;
        rest->data++;
        rest->size--;
        count++;
    }
    return count > 0;
}

static bool take_offset(struct str *rest, int64_t *out_ms)
{
    *out_ms = 0;
    if (take_char(rest, 'Z', 'z')) return true;
    int64_t sign = 1;
    if (take_char(rest, '-', '-')) {
        sign = -1;
    } else if (!take_char(rest, '+', '+')) {
        return false;
    }
    int hours;
    int minutes;
    if (!take_digits(rest, 2, HOURS_PER_DAY - 1, &hours) || !take_char(rest, ':', ':')) {
        return false;
    }
    if (!take_digits(rest, 2, PER_SIXTY - 1, &minutes)) return false;
    *out_ms = sign * (hours * (int64_t)MS_PER_HOUR + minutes * (int64_t)MS_PER_MINUTE);
    return true;
}

static bool take_date(struct str *rest, int64_t *out_days)
{
    enum { YEAR_MAX = 9999, MONTH_MAX = 12, DAY_MAX = 31 };
    int year;
    int month;
    int day;
    if (!take_digits(rest, 4, YEAR_MAX, &year) || !take_char(rest, '-', '-')) return false;
    if (!take_digits(rest, 2, MONTH_MAX, &month) || !take_char(rest, '-', '-')) return false;
    if (!take_digits(rest, 2, DAY_MAX, &day)) return false;
    if (day < 1 || day > time_days_in_month(year, month)) return false;
    *out_days = time_days_from_civil(year, month, day);
    return true;
}

enum err time_parse(struct str text, int64_t *out)
{
    int64_t days;
    int hour;
    int minute;
    int second;
    int64_t ms;
    int64_t offset_ms;
    if (!take_date(&text, &days) || !take_char(&text, 'T', 't')) return ERR_INVALID;
    if (!take_digits(&text, 2, HOURS_PER_DAY - 1, &hour)) return ERR_INVALID;
    if (!take_char(&text, ':', ':')) return ERR_INVALID;
    if (!take_digits(&text, 2, PER_SIXTY - 1, &minute)) return ERR_INVALID;
    if (!take_char(&text, ':', ':')) return ERR_INVALID;
    if (!take_digits(&text, 2, PER_SIXTY, &second)) return ERR_INVALID;
    if (!take_fraction(&text, &ms) || !take_offset(&text, &offset_ms)) return ERR_INVALID;
    if (text.size > 0) return ERR_INVALID;

    int64_t minute_ms = days * MS_PER_DAY + hour * (int64_t)MS_PER_HOUR +
                        minute * (int64_t)MS_PER_MINUTE - offset_ms;
    if (second == PER_SIXTY) { /* leap seconds end a day of UTC, no other minute has one */
        int64_t next = minute_ms + MS_PER_MINUTE;
        if (next % MS_PER_DAY != 0) return ERR_INVALID;
        second = PER_SIXTY - 1;
    }
    *out = minute_ms + second * (int64_t)MS_PER_SECOND + ms;
    return OK;
}
