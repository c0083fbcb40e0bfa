#include "base/str.h"

#include <stdint.h>
#include <string.h>

struct str str_from(const char *text)
{
    return (struct str){ .data = text, .size = text ? strlen(text) : 0 };
}

bool str_equal(struct str a, struct str b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

int str_compare(struct str a, struct str b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common > 0 ? memcmp(a.data, b.data, common) : 0;
    if (order != 0) return order;
    return (a.size > b.size) - (a.size < b.size);
}

bool str_starts(struct str text, struct str prefix)
{
    if (prefix.size > text.size) return false;
    return prefix.size == 0 || memcmp(text.data, prefix.data, prefix.size) == 0;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str text)
{
    while (text.size > 0 && is_space(text.data[0])) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && is_space(text.data[text.size - 1])) text.size--;
    return text;
}

struct str str_cut(struct str *rest, char separator)
{
    const char *found = rest->size > 0 ? memchr(rest->data, separator, rest->size) : NULL;
    struct str head = *rest;
    if (!found) {
        *rest = (struct str){ .data = rest->data + rest->size, .size = 0 };
        return head;
    }
    head.size = (size_t)(found - rest->data);
    *rest = (struct str){ .data = found + 1, .size = rest->size - head.size - 1 };
    return head;
}

/* Bytes of the sequence that starts here, 0 if it is malformed (Unicode 15, table 3-7). */
static size_t utf8_sequence(const unsigned char *bytes, size_t size)
{
    unsigned char first = bytes[0];
    if (first < 0x80) return first == 0 ? 0 : 1;
    size_t need = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || size < need) return 0;
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (bytes[1] < low || bytes[1] > high) return 0;
    for (size_t i = 2; i < need; i++) {
        if ((bytes[i] & 0xC0) != 0x80) return 0;
    }
    return need;
}

bool str_is_utf8(struct str text)
{
    const unsigned char *bytes = (const unsigned char *)text.data;
    size_t at = 0;
    while (at < text.size) {
        uint64_t eight;
        if (text.size - at >= sizeof(eight)) { /* eight plain bytes at once */
            memcpy(&eight, bytes + at, sizeof(eight));
            uint64_t zeros = (eight - 0x0101010101010101u) & ~eight;
            if (((eight | zeros) & 0x8080808080808080u) == 0) {
                at += sizeof(eight);
                continue;
            }
        }
        size_t length = utf8_sequence(bytes + at, text.size - at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}
