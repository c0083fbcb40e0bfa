#include "column/column.h"

#include "base/test.h"

enum { ROWS = 700 };

/* A small generator of its own, so that each run sees the same numbers. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void fill(int64_t *numbers, unsigned bits, int64_t base, uint64_t *state)
{
    uint64_t mask = bits == 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
    for (size_t i = 0; i < ROWS; i++) {
        numbers[i] = (int64_t)((uint64_t)base + (next_random(state) & mask));
    }
    if (bits == 0) return;
    numbers[3] = base;
    numbers[ROWS - 1] = (int64_t)((uint64_t)base + mask);
}

static bool holds(const struct column *column, const int64_t *numbers)
{
    int64_t out[ROWS];
    column_read(column, 0, ROWS, out);
    for (size_t i = 0; i < ROWS; i++) {
        if (out[i] != numbers[i] || column_at(column, i) != numbers[i]) return false;
    }
    column_read(column, 100, 50, out);
    return out[0] == numbers[100] && out[49] == numbers[149];
}

TEST(a_packed_column_gives_back_numbers_of_any_range)
{
    struct arena *arena = arena_open();
    uint64_t state = 88172645463325252U;
    int64_t numbers[ROWS];
    bool all = true;
    bool small = true;
    for (unsigned bits = 0; bits <= 64; bits++) {
        fill(numbers, bits, bits == 64 ? 0 : -40 - (int64_t)bits * 1000000007, &state);
        struct column packed;
        size_t size = column_plan(&packed, numbers, ROWS);
        column_pack(&packed, numbers, ROWS, size ? arena_alloc(arena, size, 1) : NULL);
        all = all && holds(&packed, numbers);
        small = small && size <= (bits > 57 ? 64U : bits) * ROWS / 8 + 16;
    }
    CHECK(all);
    CHECK(small);
    arena_close(arena);
}

TEST(a_packed_column_knows_which_numbers_it_cannot_hold)
{
    struct arena *arena = arena_open();
    int64_t numbers[] = { 100, 103, 107, 101 };
    struct column packed;
    size_t size = column_plan(&packed, numbers, 4);
    column_pack(&packed, numbers, 4, arena_alloc(arena, size, 1));
    CHECK(column_may_hold(&packed, 100) && column_may_hold(&packed, 107));
    CHECK(!column_may_hold(&packed, 99) && !column_may_hold(&packed, 108));

    int64_t equal[] = { 5, 5 };
    CHECK(column_plan(&packed, equal, 2) == 0);
    column_pack(&packed, equal, 2, NULL);
    CHECK(column_may_hold(&packed, 5) && !column_may_hold(&packed, 6));
    arena_close(arena);
}

TEST(a_growing_column_takes_memory_only_for_a_second_number)
{
    struct arena *arena = arena_open();
    static const unsigned WIDTHS[] = { 8, 16, 32, 64 };
    for (size_t w = 0; w < 4; w++) {
        struct column column;
        column_init(&column, WIDTHS[w], WIDTHS[w] == 8 ? -1 : 0);
        for (size_t i = 0; i < 10; i++) column_append(&column, arena, i, ROWS, 7);
        CHECK(!publish_get(&column.data));
        CHECK(column_at(&column, 9) == 7);
        column_append(&column, arena, 10, ROWS, 100);
        column_append(&column, arena, 11, ROWS, 0);
        CHECK(column_at(&column, 9) == 7);
        CHECK(column_at(&column, 10) == 100);
        CHECK(column_at(&column, 11) == 0);
    }
    struct column signs;
    column_init(&signs, 8, -1);
    column_append(&signs, arena, 0, ROWS, 1);
    column_append(&signs, arena, 1, ROWS, -1);
    CHECK(column_at(&signs, 0) == 1 && column_at(&signs, 1) == -1);
    arena_close(arena);
}
