#include <string.h>
#include <time.h>

#include "base/fuzz.h"
#include "base/time.h"

static const int64_t FIRST_MS = -62167219200000; /* 0000-01-01 */
static const int64_t LAST_MS = 253402300799999;  /* the end of 9999 */

enum { DATE_SIZE = sizeof("2026-03-01") - 1, TIME_SIZE = sizeof("09:30:00") - 1, LEAP_SECOND = 60 };

static void must(bool holds)
{
    if (!holds) __builtin_trap();
}

/* The same by the C library, for a text that time_parse took. */
static int64_t by_library(struct str text)
{
    char copy[64] = { 0 };
    char last = text.data[text.size - 1];
    size_t offset_size = last == 'Z' || last == 'z' ? 1 : sizeof("+00:00") - 1;
    struct str offset = { .data = text.data + text.size - offset_size, .size = offset_size };
    memcpy(copy, text.data, DATE_SIZE);
    copy[DATE_SIZE] = ' ';
    memcpy(copy + DATE_SIZE + 1, text.data + DATE_SIZE + 1, TIME_SIZE);
    memcpy(copy + DATE_SIZE + 1 + TIME_SIZE, last == 'z' ? "Z" : offset.data, offset.size);

    struct tm tm = { 0 };
    const char *end = strptime(copy, "%Y-%m-%d %H:%M:%S%z", &tm);
    must(end && *end == '\0');
    int64_t offset_s = tm.tm_gmtoff;
    tm.tm_gmtoff = 0;
    if (tm.tm_sec == LEAP_SECOND) tm.tm_sec--;
    int64_t at_ms = ((int64_t)timegm(&tm) - offset_s) * MS_PER_SECOND;

    int64_t worth = 100;
    const char *digit = text.data + DATE_SIZE + 1 + TIME_SIZE + 1;
    for (; digit < offset.data && worth > 0; digit++) {
        at_ms += (*digit - '0') * worth;
        worth /= 10;
    }
    return at_ms;
}

static void check_text(struct str text)
{
    int64_t at_ms = 0;
    if (time_parse(text, &at_ms) != OK) return;
    must(text.size >= sizeof("2026-03-01T09:30:00Z") - 1);
    must(at_ms == by_library(text));
}

static void check_instant(int64_t at_ms)
{
    char text[TIME_TEXT_SIZE];
    size_t size = time_write(at_ms, text);
    must(size == TIME_TEXT_SIZE || size == TIME_TEXT_SIZE - 4);
    int64_t clamped = at_ms < FIRST_MS ? FIRST_MS : at_ms > LAST_MS ? LAST_MS : at_ms;
    int64_t back;
    must(time_parse((struct str){ .data = text, .size = size }, &back) == OK);
    must(back == clamped);
}

FUZZ(data, size)
{
    check_text((struct str){ .data = (const char *)data, .size = size });
    int64_t at_ms;
    if (size < sizeof(at_ms)) return 0;
    memcpy(&at_ms, data, sizeof(at_ms));
    check_instant(at_ms);
    check_instant(at_ms % LAST_MS);
    return 0;
}
