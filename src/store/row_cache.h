/* What was read of a few rows that come again and again, found by a key of bytes.
 *
 * Each key has one place; another key with the same place takes it. So it never grows, and finding
 * costs one comparison. Holds what is committed or was written in the running batch; whoever
 * changes the rows drops or clears, and an undoing clears all.
 *
 * Owner: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

struct row_cache;

struct row_cache_size {
    size_t places;
    size_t key_max; /* bytes; a longer key is not kept */
    size_t value_max;
};

/* The struct lives in `arena`; places are allocated at the first put. */
struct row_cache *row_cache_open(struct arena *arena, struct row_cache_size size);
void row_cache_close(struct row_cache *cache);

/* Fills `out` with the `size` bytes that were put. */
bool row_cache_find(const struct row_cache *cache, struct str key, void *out, size_t size);
void row_cache_put(struct row_cache *cache, struct str key, const void *value, size_t size);
void row_cache_drop(struct row_cache *cache, struct str key);
void row_cache_clear(struct row_cache *cache);
