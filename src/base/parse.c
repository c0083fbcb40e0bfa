#include "base/parse.h"

#include <locale.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

enum err parse_int(struct str text, int64_t min, int64_t max, int64_t *out)
{
    bool is_negative = text.size > 0 && text.data[0] == '-';
    if (is_negative) {
        text.data++;
        text.size--;
    }
    if (text.size == 0) return ERR_INVALID;

    /* Counted downwards, for there is one more negative number. */
    int64_t number = 0;
    bool too_big = false;
    for (size_t i = 0; i < text.size; i++) {
        if (!is_digit(text.data[i])) return ERR_INVALID;
        int digit = text.data[i] - '0';
        if (number < (INT64_MIN + digit) / 10) too_big = true;
        if (!too_big) number = number * 10 - digit;
    }
    if (too_big || (!is_negative && number == INT64_MIN)) return ERR_LIMIT;
    if (!is_negative) number = -number;
    if (number < min || number > max) return ERR_LIMIT;
    *out = number;
    return OK;
}

static size_t digits_at(struct str text, size_t at)
{
    size_t count = 0;
    while (at + count < text.size && is_digit(text.data[at + count])) count++;
    return count;
}

/* strtod also reads "inf", "0x1p3", " 1" and "1e": the text is checked first. */
static bool is_real(struct str text)
{
    size_t at = text.size > 0 && text.data[0] == '-' ? 1 : 0;
    size_t count = digits_at(text, at);
    if (count == 0) return false;
    at += count;
    if (at < text.size && text.data[at] == '.') {
        count = digits_at(text, at + 1);
        if (count == 0) return false;
        at += 1 + count;
    }
    if (at < text.size && (text.data[at] == 'e' || text.data[at] == 'E')) {
        at++;
        if (at < text.size && (text.data[at] == '+' || text.data[at] == '-')) at++;
        count = digits_at(text, at);
        if (count == 0) return false;
        at += count;
    }
    return at == text.size;
}

enum err parse_real(struct str text, double *out)
{
    char copy[PARSE_REAL_SIZE_MAX + 1];
    if (!is_real(text)) return ERR_INVALID;
    if (text.size > PARSE_REAL_SIZE_MAX) return ERR_LIMIT;
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';

    locale_t plain =
        newlocale(LC_ALL_MASK, "C", (locale_t)0); /* glibc's own, nothing is allocated */
    double number = strtod_l(copy, NULL, plain);
    freelocale(plain);
    if (!isfinite(number)) return ERR_LIMIT;
    *out = number;
    return OK;
}

enum err parse_bool(struct str text, bool *out)
{
    bool is_true = str_equal(text, STR("true"));
    if (!is_true && !str_equal(text, STR("false"))) return ERR_INVALID;
    *out = is_true;
    return OK;
}
