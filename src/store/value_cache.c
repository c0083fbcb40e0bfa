#include "store/value_cache.h"

#include <assert.h>

#include "base/hash.h"

enum { SLOTS = 32768, ENTRIES_MAX = SLOTS / 2 };

struct entry {
    struct str text; /* no data: free */
    int64_t id;
    int space;
};

struct value_cache {
    struct arena *arena; /* of the texts and the slots */
    struct entry *slots;
    size_t count;
};

struct value_cache *value_cache_open(struct arena *arena)
{
    struct value_cache *cache = arena_new(arena, struct value_cache);
    cache->arena = arena_open();
    return cache;
}

void value_cache_close(struct value_cache *cache)
{
    if (cache) arena_close(cache->arena);
}

void value_cache_clear(struct value_cache *cache)
{
    arena_reset(cache->arena);
    cache->slots = NULL;
    cache->count = 0;
}

static size_t slot_of(const struct value_cache *cache, int space, struct str text)
{
    size_t slot = (size_t)((hash_fast(text) + (uint64_t)space * 0x9E3779B97F4A7C15u) % SLOTS);
    while (cache->slots[slot].text.data) {
        const struct entry *entry = &cache->slots[slot];
        if (entry->space == space && str_equal(entry->text, text)) break;
        slot = (slot + 1) % SLOTS;
    }
    return slot;
}

bool value_cache_find(const struct value_cache *cache, int space, struct str text, int64_t *out)
{
    if (!cache->slots) return false;
    const struct entry *entry = &cache->slots[slot_of(cache, space, text)];
    if (!entry->text.data) return false;
    *out = entry->id;
    return true;
}

void value_cache_add(struct value_cache *cache, int space, struct str text, int64_t id)
{
    if (cache->count == ENTRIES_MAX) value_cache_clear(cache);
    if (!cache->slots) cache->slots = arena_array(cache->arena, struct entry, SLOTS);
    struct entry *entry = &cache->slots[slot_of(cache, space, text)];
    if (!entry->text.data) cache->count++;
    *entry = (struct entry){ .text = arena_copy(cache->arena, text), .id = id, .space = space };
    assert(cache->count <= ENTRIES_MAX);
}
