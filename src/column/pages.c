#include "column/pages.h"

#include <assert.h>

enum { CAPACITY_FIRST = 16 };

/* Lies in the arena that it names, so it is freed with it. */
struct retired_arena {
    struct arena *arena;
    uint64_t generation;
    struct retired_arena *next;
};

void retire(struct retired *retired, struct arena *arena)
{
    struct retired_arena *entry = arena_new(arena, struct retired_arena);
    *entry = (struct retired_arena){ arena, ++retired->generation, retired->arenas };
    retired->arenas = entry;
}

void retired_free(struct retired *retired, uint64_t unused)
{
    struct retired_arena **place = &retired->arenas;
    while (*place) {
        struct retired_arena *entry = *place;
        if (entry->generation > unused) {
            place = &entry->next;
        } else {
            *place = entry->next;
            arena_close(entry->arena);
        }
    }
}

static void pages_grow(struct pages *pages, struct retired *retired)
{
    size_t capacity = pages->capacity ? pages->capacity * 2 : CAPACITY_FIRST;
    struct arena *arena = arena_open();
    struct publish *items = arena_array(arena, struct publish, capacity);
    for (size_t i = 0; i < pages->count; i++) publish_set(&items[i], pages_get(pages, i));
    publish_set(&pages->items, items);
    if (pages->arena) retire(retired, pages->arena);
    pages->arena = arena;
    pages->capacity = capacity;
}

void pages_add(struct pages *pages, struct retired *retired, void *page)
{
    if (pages->count == pages->capacity) pages_grow(pages, retired);
    pages_replace(pages, pages->count++, page);
}

void pages_replace(struct pages *pages, size_t index, void *page)
{
    assert(index < pages->count);
    struct publish *items = publish_get(&pages->items);
    publish_set(&items[index], page);
}

void pages_close(struct pages *pages)
{
    arena_close(pages->arena);
}

void *pages_get(const struct pages *pages, size_t index)
{
    const struct publish *items = publish_get(&pages->items);
    return publish_get(&items[index]);
}
