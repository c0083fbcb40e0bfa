#include "base/words.h"

#include <stdbool.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/log.h"

/* Folding makes a character at most 18 UTF-16 units long (U+FDFA); ICU counts in int32_t. */
enum { INPUT_MAX = 64 * 1024 * 1024 };

struct units {
    UChar *data;
    int32_t size;
};

/* What ICU refuses here is a damaged installation, for the text was checked before. */
static void must_work(UErrorCode status)
{
    if (U_FAILURE(status)) log_fatal("words", "icu=%s", u_errorName(status));
}

static struct units from_utf8(struct arena *arena, struct str text)
{
    UErrorCode status = U_ZERO_ERROR;
    struct units units = { .data = arena_array(arena, UChar, text.size) };
    u_strFromUTF8(units.data, (int32_t)text.size, &units.size, text.data, (int32_t)text.size,
                  &status);
    must_work(status);
    return units;
}

static struct units normalized(struct arena *arena, const UNormalizer2 *form, struct units in)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t capacity = in.size + in.size / 2 + 32;
    struct units out = { .data = arena_array(arena, UChar, (size_t)capacity) };
    out.size = unorm2_normalize(form, in.data, in.size, out.data, capacity, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR) {
        status = U_ZERO_ERROR;
        capacity = out.size;
        out.data = arena_array(arena, UChar, (size_t)capacity);
        out.size = unorm2_normalize(form, in.data, in.size, out.data, capacity, &status);
    }
    must_work(status);
    return out;
}

/* Accents and the points of Hebrew and Arabic go. Marks that make another letter stay: nukta (7),
 * kana voicing (8), virama (9) and the vowels and tones of Thai, Lao and Tibetan (84 to 132). */
static bool is_accent(UChar32 c)
{
    enum { POINTS_FIRST = 10, POINTS_LAST = 36, ACCENTS_FIRST = 200 };
    int class = u_getCombiningClass(c);
    return (class >= POINTS_FIRST && class <= POINTS_LAST) || class >= ACCENTS_FIRST || class == 1;
}

/* ICU's macros for this do not compile under our warnings. */
static UChar32 next_character(const UChar *units, int32_t *at, int32_t end)
{
    UChar32 c = units[(*at)++];
    if ((c & ~0x3FF) == 0xD800 && *at < end) { /* the first of a pair */
        c = (c - 0xD800) * 0x400 + (units[(*at)++] - 0xDC00) + 0x10000;
    }
    return c;
}

static void remove_accents(struct units *units)
{
    int32_t to = 0;
    int32_t from = 0;
    while (from < units->size) {
        int32_t begin = from;
        if (is_accent(next_character(units->data, &from, units->size))) continue;
        while (begin < from) units->data[to++] = units->data[begin++];
    }
    units->size = to;
}

static struct units fold(struct arena *arena, struct str text)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *folded = unorm2_getNFKCCasefoldInstance(&status);
    const UNormalizer2 *apart = unorm2_getNFDInstance(&status);
    const UNormalizer2 *joined = unorm2_getNFCInstance(&status);
    must_work(status);
    struct units units =
        normalized(arena, apart, normalized(arena, folded, from_utf8(arena, text)));
    remove_accents(&units);
    return normalized(arena, joined, units);
}

/* ---- output ---- */

struct output {
    char *data;
    size_t size; /* whole words, and the spaces between them */
    size_t size_max;
    size_t pending; /* bytes after `size`: a space and the word being written */
    bool is_full;
};

static void word_end(struct output *output)
{
    if (!output->is_full) output->size += output->pending;
    output->pending = 0;
}

static size_t utf8_write(UChar32 c, char out[4])
{
    static const unsigned char FIRST[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    size_t size = (size_t)U8_LENGTH(c);
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    out[0] = (char)(FIRST[size] | c);
    return size;
}

static void word_add(struct output *output, UChar32 c)
{
    if (output->is_full) return;
    if (output->pending == 0 && output->size > 0) {
        output->data[output->size] = ' ';
        output->pending = 1;
    }
    char text[4];
    size_t size = utf8_write(c, text);
    if (output->size + output->pending + size > output->size_max) {
        output->is_full = true;
        return;
    }
    memcpy(output->data + output->size + output->pending, text, size);
    output->pending += size;
}

static bool is_apostrophe(UChar32 c)
{
    return c == '\'' || c == 0x2019;
}

/* One of ICU's words. Its inner points, commas and underlines part it, so that "example.com" is
 * found by "example"; an apostrophe does not: "don't" is "dont". */
static void put_word(struct output *output, struct units units, int32_t from, int32_t end)
{
    while (from < end) {
        UChar32 c = next_character(units.data, &from, end);
        if (u_isalnum(c) || (U_GET_GC_MASK(c) & (U_GC_M_MASK | U_GC_N_MASK))) {
            word_add(output, c);
        } else if (!is_apostrophe(c)) {
            word_end(output);
        }
    }
    word_end(output);
}

static void cut_by_icu(struct arena *arena, struct str text, struct output *output)
{
    struct units units = fold(arena, text);
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *words = ubrk_open(UBRK_WORD, "", units.data, units.size, &status);
    must_work(status);
    int32_t from = ubrk_first(words);
    int32_t end = ubrk_next(words);
    while (end != UBRK_DONE && !output->is_full) {
        if (ubrk_getRuleStatus(words) >= UBRK_WORD_NONE_LIMIT) put_word(output, units, from, end);
        from = end;
        end = ubrk_next(words);
    }
    ubrk_close(words);
}

enum err words_fold(struct arena *arena, struct str text, size_t size_max, struct str *out)
{
    if (!str_is_utf8(text)) return ERR_INVALID;
    if (text.size > INPUT_MAX) { /* cut before a character, not in it */
        text.size = INPUT_MAX;
        while (((unsigned char)text.data[text.size] & 0xC0) == 0x80) text.size--;
    }
    struct output output = {
        .data = arena_array(arena, char, size_max + 1),
        .size_max = size_max,
    };
    if (text.size > 0) cut_by_icu(arena, text, &output);
    *out = (struct str){ .data = output.data, .size = output.size };
    return OK;
}
