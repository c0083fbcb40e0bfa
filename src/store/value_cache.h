/* Texts of dimensions and their ids, so that the usual interaction needs no query for them.
 *
 * Holds what is committed or was read or written in the running batch; cleared whenever something
 * is undone. Bounded: when full it starts anew.
 *
 * Owner: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct value_cache;

/* The struct lives in `arena`. */
struct value_cache *value_cache_open(struct arena *arena);
void value_cache_close(struct value_cache *cache);
void value_cache_clear(struct value_cache *cache);

/* `space` keeps kinds of texts apart: a dimension, or VALUE_CACHE_NAMES for dimensions' own names.
 */
enum { VALUE_CACHE_NAMES = 255 };
bool value_cache_find(const struct value_cache *cache, int space, struct str text, int64_t *out);
void value_cache_add(struct value_cache *cache, int space, struct str text, int64_t id);
