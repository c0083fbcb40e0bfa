#include "column/column.h"

#include <assert.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "packed numbers are read as words");

/* With more bits a number and its offset within a byte would not fit into one word. */
enum { PACKED_BITS_MAX = 57, WORD_SIZE = 8, WORD_BITS = 64, BYTE_BITS = 8, BYTE_SHIFT = 3 };

static uint64_t mask_of(unsigned bits)
{
    return bits >= WORD_BITS ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
}

static void read_packed(const unsigned char *data, const struct column *column, size_t first,
                        size_t count, int64_t *out)
{
    unsigned bits = column->bits;
    uint64_t mask = mask_of(bits);
    uint64_t position = (uint64_t)first * bits;
    for (size_t i = 0; i < count; i++) {
        uint64_t word;
        memcpy(&word, data + (position >> BYTE_SHIFT), sizeof(word));
        out[i] = column->base + (int64_t)((word >> (position % BYTE_BITS)) & mask);
        position += bits;
    }
}

static void read_data(const void *data, const struct column *column, size_t first, size_t count,
                      int64_t *out)
{
    int64_t base = column->base;
    if (column->bits == 64) {
        memcpy(out, (const int64_t *)data + first, count * sizeof(*out));
    } else if (column->bits == 32) {
        const uint32_t *numbers = (const uint32_t *)data + first;
        for (size_t i = 0; i < count; i++) out[i] = base + numbers[i];
    } else if (column->bits == 16) {
        const uint16_t *numbers = (const uint16_t *)data + first;
        for (size_t i = 0; i < count; i++) out[i] = base + numbers[i];
    } else if (column->bits == 8) {
        const uint8_t *numbers = (const uint8_t *)data + first;
        for (size_t i = 0; i < count; i++) out[i] = base + numbers[i];
    } else {
        read_packed(data, column, first, count, out);
    }
}

void column_read(const struct column *column, size_t first, size_t count, int64_t *out)
{
    const void *data = publish_get(&column->data);
    if (data) {
        read_data(data, column, first, count, out);
    } else {
        for (size_t i = 0; i < count; i++) out[i] = column->constant;
    }
}

int64_t column_at(const struct column *column, size_t row)
{
    int64_t number;
    column_read(column, row, 1, &number);
    return number;
}

bool column_may_hold(const struct column *column, int64_t number)
{
    if (!publish_get(&column->data)) return column->constant == number;
    if (column->bits == WORD_BITS) return true;
    return number >= column->base &&
           (uint64_t)number - (uint64_t)column->base <= mask_of(column->bits);
}

void column_init(struct column *column, unsigned bits, int64_t base)
{
    assert(bits == 8 || bits == 16 || bits == 32 || (bits == 64 && base == 0));
    *column = (struct column){ .bits = bits, .base = base };
}

static void store(void *data, const struct column *column, size_t row, int64_t number)
{
    uint64_t stored = (uint64_t)number - (uint64_t)column->base;
    assert(stored <= mask_of(column->bits));
    if (column->bits == 64) {
        ((uint64_t *)data)[row] = stored;
    } else if (column->bits == 32) {
        ((uint32_t *)data)[row] = (uint32_t)stored;
    } else if (column->bits == 16) {
        ((uint16_t *)data)[row] = (uint16_t)stored;
    } else {
        ((uint8_t *)data)[row] = (uint8_t)stored;
    }
}

void column_append(struct column *column, struct arena *arena, size_t row, size_t rows_max,
                   int64_t number)
{
    assert(row < rows_max);
    void *data = publish_get(&column->data);
    if (data) {
        store(data, column, row, number);
        return;
    }
    if (row == 0) column->constant = number;
    if (number == column->constant) return;

    data = arena_alloc(arena, rows_max, column->bits / BYTE_BITS);
    for (size_t i = 0; i < row; i++) store(data, column, i, column->constant);
    store(data, column, row, number);
    publish_set(&column->data, data);
}

size_t column_plan(struct column *packed, const int64_t *numbers, size_t count)
{
    assert(count > 0);
    int64_t low = numbers[0];
    int64_t high = numbers[0];
    for (size_t i = 1; i < count; i++) {
        if (numbers[i] < low) low = numbers[i];
        if (numbers[i] > high) high = numbers[i];
    }
    *packed = (struct column){ .constant = low, .base = low };
    uint64_t range = (uint64_t)high - (uint64_t)low;
    if (range == 0) return 0;

    while (range >> packed->bits) {
        packed->bits++;
        if (packed->bits == WORD_BITS) break;
    }
    if (packed->bits > PACKED_BITS_MAX) {
        packed->bits = WORD_BITS;
        packed->base = 0;
    }
    size_t size = (count * packed->bits + BYTE_BITS - 1) / BYTE_BITS;
    /* Reading takes whole words, the last one of them beyond the end. */
    return (size + 2 * WORD_SIZE - 1) / WORD_SIZE * WORD_SIZE;
}

static void write_packed(const struct column *packed, const int64_t *numbers, size_t count,
                         uint64_t *words)
{
    uint64_t word = 0;
    unsigned used = 0; /* bits of the word */
    for (size_t i = 0; i < count; i++) {
        uint64_t stored = (uint64_t)numbers[i] - (uint64_t)packed->base;
        word |= stored << used;
        used += packed->bits;
        if (used < WORD_BITS) continue;
        *words++ = word;
        used -= WORD_BITS;
        word = stored >> (packed->bits - used);
    }
    *words = word;
}

void column_pack(struct column *packed, const int64_t *numbers, size_t count, void *memory)
{
    unsigned bits = packed->bits;
    if (bits == 0) return;
    if (bits == 8 || bits == 16 || bits == 32 || bits == 64) {
        for (size_t i = 0; i < count; i++) store(memory, packed, i, numbers[i]);
    } else {
        write_packed(packed, numbers, count, memory);
    }
    publish_set(&packed->data, memory);
}
