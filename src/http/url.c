#include "http/url.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

enum err url_decode(struct arena *arena, struct str raw, struct str *out)
{
    if (raw.size > 0 && memchr(raw.data, '%', raw.size)) {
        char *text = arena_array(arena, char, raw.size);
        size_t size = 0;
        for (size_t i = 0; i < raw.size; i++) {
            char c = raw.data[i];
            if (c == '%') {
                if (raw.size - i <= 2) return ERR_INVALID;
                int high = hex_digit(raw.data[i + 1]);
                int low = hex_digit(raw.data[i + 2]);
                if (high < 0 || low < 0) return ERR_INVALID;
                c = (char)(high * 16 + low);
                i += 2;
            }
            text[size++] = c;
        }
        raw = (struct str){ .data = text, .size = size };
    }
    if (!str_is_utf8(raw)) return ERR_INVALID;
    *out = raw;
    return OK;
}

static bool has_encoded_slash(struct str raw)
{
    for (size_t i = 0; i + 2 < raw.size; i++) {
        if (raw.data[i] != '%' || raw.data[i + 1] != '2') continue;
        if (raw.data[i + 2] == 'f' || raw.data[i + 2] == 'F') return true;
    }
    return false;
}

static bool is_plain_segment(struct str segment)
{
    return segment.size > 0 && !str_equal(segment, STR(".")) && !str_equal(segment, STR(".."));
}

enum err url_path(struct arena *arena, struct str raw, struct str *out)
{
    if (raw.size == 0 || raw.size > URL_PATH_MAX || raw.data[0] != '/') return ERR_INVALID;
    if (has_encoded_slash(raw)) return ERR_INVALID;

    struct str path;
    enum err err = url_decode(arena, raw, &path);
    if (err) return err;
    for (size_t i = 0; i < path.size; i++) {
        unsigned char c = (unsigned char)path.data[i];
        if (c < 0x20 || c == 0x7F || c == '\\') return ERR_INVALID;
    }
    struct str rest = { .data = path.data + 1, .size = path.size - 1 };
    while (rest.size > 0) {
        struct str segment = str_cut(&rest, '/');
        if (!is_plain_segment(segment)) return ERR_INVALID;
    }
    *out = path;
    return OK;
}
