#include "column/numbering.h"

#include <assert.h>
#include <stdatomic.h>

enum { SLOTS_FIRST = 64 };

/* A power of two of slots; ids order by time, so their low bits alone would cluster. */
static size_t slot_of(int64_t id, size_t slots_count)
{
    uint64_t mixed = (uint64_t)id * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed ^ (mixed >> 32)) & (slots_count - 1);
}

static uint32_t *slot_find(const struct numbering *numbering, int64_t id)
{
    size_t slot = slot_of(id, numbering->slots_count);
    while (numbering->slots[slot] && numbering_id(numbering, numbering->slots[slot]) != id) {
        slot = (slot + 1) & (numbering->slots_count - 1);
    }
    return &numbering->slots[slot];
}

static void slots_grow(struct numbering *numbering)
{
    size_t count = numbering->slots_count ? numbering->slots_count * 2 : SLOTS_FIRST;
    struct arena *old = numbering->slots_arena;
    numbering->slots_arena = arena_open();
    numbering->slots = arena_array(numbering->slots_arena, uint32_t, count);
    numbering->slots_count = count;
    arena_close(old);
    uint32_t numbers = numbering_count(numbering);
    for (uint32_t number = 1; number <= numbers; number++) {
        *slot_find(numbering, numbering_id(numbering, number)) = number;
    }
}

uint32_t numbering_take(struct numbering *numbering, struct arena *arena, struct retired *retired,
                        int64_t id, uint32_t max)
{
    if (id == 0) return 0;
    uint32_t count = numbering_count(numbering);
    if (((size_t)count + 1) * 4 > numbering->slots_count * 3) slots_grow(numbering);
    uint32_t *slot = slot_find(numbering, id);
    uint32_t known = *slot;
    if (known) return known;
    if (count >= max) return max + 1;

    if (count % NUMBERING_PAGE == 0) {
        pages_add(&numbering->ids, retired, arena_array(arena, int64_t, NUMBERING_PAGE));
    }
    int64_t *page = pages_get(&numbering->ids, count / NUMBERING_PAGE);
    page[count % NUMBERING_PAGE] = id;
    *slot = count + 1;
    atomic_store_explicit(&numbering->count, count + 1, memory_order_release);
    return count + 1;
}

uint32_t numbering_find(const struct numbering *numbering, int64_t id)
{
    if (id == 0 || numbering->slots_count == 0) return 0;
    return *slot_find(numbering, id);
}

void numbering_close(struct numbering *numbering)
{
    arena_close(numbering->slots_arena);
    pages_close(&numbering->ids);
}

int64_t numbering_id(const struct numbering *numbering, uint32_t number)
{
    if (number == 0) return 0;
    const int64_t *page = pages_get(&numbering->ids, (number - 1) / NUMBERING_PAGE);
    return page[(number - 1) % NUMBERING_PAGE];
}

uint32_t numbering_count(const struct numbering *numbering)
{
    return atomic_load_explicit(&((struct numbering *)(size_t)numbering)->count,
                                memory_order_acquire);
}

uint32_t numbering_search(const struct numbering *numbering, int64_t id)
{
    if (id == 0) return 0;
    uint32_t count = numbering_count(numbering);
    for (uint32_t number = 1; number <= count; number++) {
        if (numbering_id(numbering, number) == id) return number;
    }
    return 0;
}

size_t numbering_memory(const struct numbering *numbering)
{
    return numbering->slots_count * sizeof(uint32_t) + numbering->ids.capacity * sizeof(void *);
}
