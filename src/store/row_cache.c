#include "store/row_cache.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"

struct place {
    uint32_t epoch;    /* 0, or of another clearing: free */
    uint16_t key_size; /* 0: free */
    uint16_t value_size;
};

/* A place is followed by its key and its value. */
struct row_cache {
    struct row_cache_size size;
    size_t step;
    struct arena *arena;
    char *places;
    uint32_t epoch;
};

struct row_cache *row_cache_open(struct arena *arena, struct row_cache_size size)
{
    struct row_cache *cache = arena_new(arena, struct row_cache);
    size_t step = sizeof(struct place) + size.key_max + size.value_max;
    cache->size = size;
    cache->step =
        (step + alignof(struct place) - 1) / alignof(struct place) * alignof(struct place);
    cache->arena = arena_open();
    cache->epoch = 1;
    return cache;
}

void row_cache_close(struct row_cache *cache)
{
    if (cache) arena_close(cache->arena);
}

static struct place *place_of(const struct row_cache *cache, struct str key)
{
    size_t index = (size_t)(hash_fast(key) % cache->size.places);
    return (struct place *)(void *)(cache->places + index * cache->step);
}

static char *key_of(struct place *place)
{
    return (char *)(place + 1);
}

static char *value_of(const struct row_cache *cache, struct place *place)
{
    return key_of(place) + cache->size.key_max;
}

static bool can_hold(const struct row_cache *cache, struct str key)
{
    return key.size > 0 && key.size <= cache->size.key_max;
}

static bool holds(const struct row_cache *cache, struct place *place, struct str key)
{
    return place->epoch == cache->epoch && place->key_size == key.size &&
           memcmp(key_of(place), key.data, key.size) == 0;
}

bool row_cache_find(const struct row_cache *cache, struct str key, void *out, size_t size)
{
    if (!cache->places || !can_hold(cache, key)) return false;
    struct place *place = place_of(cache, key);
    if (!holds(cache, place, key)) return false;
    assert(place->value_size == size);
    memcpy(out, value_of(cache, place), size);
    return true;
}

void row_cache_put(struct row_cache *cache, struct str key, const void *value, size_t size)
{
    assert(size <= cache->size.value_max);
    if (!can_hold(cache, key)) return;
    if (!cache->places) {
        cache->places = arena_array(cache->arena, char, cache->step * cache->size.places);
    }
    struct place *place = place_of(cache, key);
    place->key_size = (uint16_t)key.size;
    place->value_size = (uint16_t)size;
    place->epoch = cache->epoch;
    memcpy(key_of(place), key.data, key.size);
    memcpy(value_of(cache, place), value, size);
}

void row_cache_drop(struct row_cache *cache, struct str key)
{
    if (!cache->places || !can_hold(cache, key)) return;
    struct place *place = place_of(cache, key);
    if (holds(cache, place, key)) place->key_size = 0;
}

void row_cache_clear(struct row_cache *cache)
{
    if (++cache->epoch != 0) return;
    arena_reset(cache->arena); /* once in four billion clearings: an old epoch must not come back */
    cache->places = NULL;
    cache->epoch = 1;
}
