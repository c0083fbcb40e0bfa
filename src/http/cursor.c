#include <string.h>

#include "base/hash.h"
#include "http/request.h"

/* Three numbers as hexadecimal text. The third proves that it was made for this order: it is no
 * secret, for a forged cursor shows nothing that its maker may not read anyway. */
enum { DIGITS = 16, CHECK_DIGITS = 8, CURSOR_SIZE = DIGITS + DIGITS + CHECK_DIGITS };

static const char HEX[] = "0123456789abcdef";

static void put_hex(char *out, size_t digits, uint64_t number)
{
    for (size_t i = digits; i > 0; i--) {
        out[i - 1] = HEX[number & 15];
        number >>= 4;
    }
}

static enum err take_hex(const char *text, size_t digits, uint64_t *out)
{
    uint64_t number = 0;
    for (size_t i = 0; i < digits; i++) {
        const char *digit = memchr(HEX, text[i], sizeof(HEX) - 1);
        if (!digit) return ERR_INVALID;
        number = number << 4 | (uint64_t)(digit - HEX);
    }
    *out = number;
    return OK;
}

static uint32_t check_of(const char *order, const char *numbers)
{
    struct str text = { .data = numbers, .size = DIGITS + DIGITS };
    struct hash hash = hash_of_two(str_from(order), text);
    uint32_t check;
    memcpy(&check, hash.bytes, sizeof(check));
    return check;
}

struct str cursor_write(struct arena *arena, const char *order, struct cursor cursor)
{
    char *text = arena_array(arena, char, CURSOR_SIZE);
    put_hex(text, DIGITS, (uint64_t)cursor.value);
    put_hex(text + DIGITS, DIGITS, (uint64_t)cursor.id);
    put_hex(text + DIGITS + DIGITS, CHECK_DIGITS, check_of(order, text));
    return (struct str){ .data = text, .size = CURSOR_SIZE };
}

enum err cursor_parse(struct str text, const char *order, struct cursor *out)
{
    if (text.size != CURSOR_SIZE) return ERR_INVALID;
    uint64_t value;
    uint64_t id;
    uint64_t check;
    enum err err = take_hex(text.data, DIGITS, &value);
    if (!err) err = take_hex(text.data + DIGITS, DIGITS, &id);
    if (!err) err = take_hex(text.data + DIGITS + DIGITS, CHECK_DIGITS, &check);
    if (err) return err;
    if (check != check_of(order, text.data)) return ERR_INVALID;
    *out = (struct cursor){ .value = (int64_t)value, .id = (int64_t)id };
    return OK;
}
