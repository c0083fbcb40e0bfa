#include "base/buf.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY_FIRST = 256, NUMBER_SIZE = 40 };

struct buf buf_open(struct arena *arena, size_t size_max)
{
    return (struct buf){ .arena = arena, .size_max = size_max };
}

static void grow(struct buf *buf, size_t need)
{
    size_t capacity = buf->capacity ? buf->capacity : CAPACITY_FIRST;
    while (capacity < need) capacity = capacity > buf->size_max / 2 ? buf->size_max : capacity * 2;
    if (capacity > buf->size_max) capacity = buf->size_max;

    char *data = arena_array(buf->arena, char, capacity);
    if (buf->size > 0) memcpy(data, buf->data, buf->size);
    buf->data = data;
    buf->capacity = capacity;
}

void buf_add(struct buf *buf, struct str text)
{
    size_t space = buf->size_max - buf->size;
    if (text.size > space) {
        buf->overflowed = true;
        text.size = space;
    }
    if (text.size == 0) return;
    if (buf->size + text.size > buf->capacity) grow(buf, buf->size + text.size);
    memcpy(buf->data + buf->size, text.data, text.size);
    buf->size += text.size;
}

void buf_add_char(struct buf *buf, char c)
{
    if (buf->size < buf->capacity) {
        buf->data[buf->size++] = c;
        return;
    }
    buf_add(buf, (struct str){ .data = &c, .size = 1 });
}

void buf_add_int(struct buf *buf, int64_t number)
{
    char text[NUMBER_SIZE];
    size_t at = sizeof(text);
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) text[--at] = '-';
    buf_add(buf, (struct str){ .data = text + at, .size = sizeof(text) - at });
}

/* Most numbers people see have few decimals. An integer below 2^53 divided by a small power of ten
 * is rounded once, exactly as reading the decimal text is: so the text reads back the same. */
static bool add_short_decimal(struct buf *buf, double number)
{
    static const double POWERS[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6 };
    enum { POWERS_COUNT = sizeof(POWERS) / sizeof(POWERS[0]) };
    const double exact_max = 9007199254740992.0; /* 2^53 */

    double size = fabs(number);
    for (int decimals = 0; decimals < POWERS_COUNT; decimals++) {
        double scaled = nearbyint(size * POWERS[decimals]);
        if (scaled >= exact_max) return false;
        if (scaled / POWERS[decimals] != size) continue;

        int64_t digits = (int64_t)scaled;
        int64_t unit = (int64_t)POWERS[decimals];
        if (signbit(number)) buf_add_char(buf, '-');
        buf_add_int(buf, digits / unit);
        if (decimals > 0) buf_add_char(buf, '.');
        for (int64_t rest = digits % unit; unit > 1; rest %= unit) {
            unit /= 10;
            buf_add_char(buf, (char)('0' + rest / unit));
        }
        return true;
    }
    return false;
}

void buf_add_real(struct buf *buf, double number)
{
    enum { DIGITS_SURE = 15, DIGITS_MAX = 17 };
    assert(isfinite(number));
    if (add_short_decimal(buf, number)) return;

    char text[NUMBER_SIZE];
    int size = 0;
    int digits_first = fabs(number) < DBL_MIN ? 1 : DIGITS_SURE; /* subnormals hold fewer digits */
    for (int digits = digits_first; digits <= DIGITS_MAX; digits++) {
        size = snprintf(text, sizeof(text), "%.*g", digits, number);
        if (strtod(text, NULL) == number) break;
    }
    assert(size > 0 && (size_t)size < sizeof(text));
    buf_add(buf, (struct str){ .data = text, .size = (size_t)size });
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    int need = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    assert(need >= 0);
    size_t size = (size_t)need;
    if (size < sizeof(text)) {
        buf_add(buf, (struct str){ .data = text, .size = size });
        return;
    }
    /* vsnprintf wants room for its terminator, so it does not write into the buf itself. */
    char *all = arena_array(buf->arena, char, size + 1);
    va_start(args, format);
    vsnprintf(all, size + 1, format, args);
    va_end(args);
    buf_add(buf, (struct str){ .data = all, .size = size });
}

struct str buf_view(const struct buf *buf)
{
    if (buf->size == 0) return STR("");
    return (struct str){ .data = buf->data, .size = buf->size };
}

enum err buf_done(const struct buf *buf, struct str *out)
{
    if (buf->overflowed) return ERR_LIMIT;
    *out = buf_view(buf);
    return OK;
}
