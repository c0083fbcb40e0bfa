#include "customer/identity.h"

#include <stdbool.h>
#include <string.h>

enum { PHONE_DIGITS_MIN = 3, PHONE_DIGITS_MAX = 15, LOCAL_PART_MAX = 64 };

const char *const IDENTITY_KIND_NAMES[] = { "email",  "phone",  "external_id",
                                            "cookie", "handle", NULL };

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

static bool is_plain(struct str text)
{
    if (text.size == 0 || text.size > IDENTITY_TEXT_MAX || !str_is_utf8(text)) return false;
    for (size_t i = 0; i < text.size; i++) {
        if (is_control(text.data[i])) return false;
    }
    return true;
}

/* ASCII only: in an address no other letters have a case that all mail servers agree on. */
static struct str lower(struct arena *arena, struct str text)
{
    char *out = arena_array(arena, char, text.size);
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        out[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    return (struct str){ .data = out, .size = text.size };
}

/* Labels of letters, digits and hyphens with dots between them; bytes above ASCII are letters. */
static bool is_domain(struct str text)
{
    if (text.size == 0) return false;
    char before = '.';
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
        bool is_inner = (c == '-' || c == '_' || c == '.') && before != '.';
        if (!is_word && !is_inner) return false;
        before = c;
    }
    return before != '.';
}

static enum err normalise_email(struct arena *arena, struct str text, struct str *out)
{
    const char *at = memrchr(text.data, '@', text.size);
    if (!at) return ERR_INVALID;
    size_t local = (size_t)(at - text.data);
    if (local == 0 || local > LOCAL_PART_MAX) return ERR_INVALID;
    for (size_t i = 0; i < local; i++) {
        if (strchr(" @<>,;:()[]\\\"", text.data[i])) return ERR_INVALID;
    }
    struct str address = lower(arena, text);
    struct str domain = { .data = address.data + local + 1, .size = address.size - local - 1 };
    if (!is_domain(domain)) return ERR_INVALID;
    *out = address;
    return OK;
}

static enum err normalise_phone(struct arena *arena, struct str text, struct str *out)
{
    struct str rest = text;
    if (str_starts(rest, STR("tel:"))) rest = (struct str){ rest.data + 4, rest.size - 4 };
    char *number = arena_array(arena, char, rest.size + 1);
    size_t size = 0;
    size_t digits_from = 0;
    if (rest.size > 0 && rest.data[0] == '+') {
        number[size++] = '+';
        rest = (struct str){ rest.data + 1, rest.size - 1 };
    } else if (str_starts(rest, STR("00"))) {
        number[size++] = '+';
        rest = (struct str){ rest.data + 2, rest.size - 2 };
    }
    digits_from = size;
    for (size_t i = 0; i < rest.size; i++) {
        struct str here = { rest.data + i, rest.size - i };
        char c = rest.data[i];
        if (digits_from > 0 && size > digits_from && str_starts(here, STR("(0)"))) {
            i += 2;
        } else if (c >= '0' && c <= '9') {
            number[size++] = c;
        } else if (!strchr(" -./()", c)) {
            return ERR_INVALID;
        }
    }
    size_t digits = size - digits_from;
    if (digits < PHONE_DIGITS_MIN || digits > PHONE_DIGITS_MAX) return ERR_INVALID;
    /* No country's code begins with 0: such a number would change when it is normalised again. */
    if (number[digits_from] == '0' && (digits_from > 0 || number[1] == '0')) return ERR_INVALID;
    *out = (struct str){ .data = number, .size = size };
    return OK;
}

static enum err normalise_handle(struct arena *arena, struct str text, struct str *out)
{
    struct str name = text;
    while (name.size > 0 && (name.data[0] == '@' || name.data[0] == ' ')) {
        name = (struct str){ name.data + 1, name.size - 1 };
    }
    if (name.size == 0) return ERR_INVALID;
    *out = lower(arena, name);
    return OK;
}

enum err identity_normalise(struct arena *arena, enum identity_kind kind, struct str text,
                            struct str *out)
{
    struct str trimmed = str_trim(text);
    if (!is_plain(trimmed)) return ERR_INVALID;
    switch (kind) {
    case IDENTITY_EMAIL: return normalise_email(arena, trimmed, out);
    case IDENTITY_PHONE: return normalise_phone(arena, trimmed, out);
    case IDENTITY_HANDLE: return normalise_handle(arena, trimmed, out);
    case IDENTITY_EXTERNAL:
    case IDENTITY_COOKIE: *out = trimmed; return OK;
    case IDENTITY_KIND_END: break;
    }
    return ERR_INVALID;
}

const char *identity_advice(enum identity_kind kind)
{
    switch (kind) {
    case IDENTITY_EMAIL:
        return "Give one e-mail address such as ana@example.org, without a name around it.";
    case IDENTITY_PHONE:
        return "Give a phone number of 3 to 15 digits, such as +49 30 901820, without an "
               "extension.";
    case IDENTITY_EXTERNAL:
    case IDENTITY_COOKIE:
    case IDENTITY_HANDLE:
    case IDENTITY_KIND_END: break;
    }
    return "Give 1 to 254 bytes of text without control characters.";
}

enum err identity_parse(struct arena *arena, struct str text, enum identity_kind *kind,
                        struct str *out)
{
    struct str rest = text;
    struct str name = str_cut(&rest, ':');
    for (int i = 0; IDENTITY_KIND_NAMES[i]; i++) {
        if (!str_equal(name, str_from(IDENTITY_KIND_NAMES[i]))) continue;
        enum identity_kind found = (enum identity_kind)(i + 1);
        enum err err = identity_normalise(arena, found, rest, out);
        if (err) return err;
        *kind = found;
        return OK;
    }
    return ERR_INVALID;
}
