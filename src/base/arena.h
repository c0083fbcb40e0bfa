/* Memory that is freed all at once: one arena per request, job or module.
 *
 * What a function allocates from an arena lives exactly as long as that arena, so
 * nobody frees anything one by one. Running out of memory ends the process: sizes
 * that come from outside are bounded before they reach an arena.
 *
 * Owner: one thread at a time.
 */
#pragma once

#include <stdalign.h>
#include <stddef.h>

#include "base/str.h"

struct arena;

struct arena *arena_open(void);
/* Frees all but one block, so that a reused arena stops asking the system for memory. */
void arena_reset(struct arena *arena);
void arena_close(struct arena *arena);

/* Bytes taken since the last reset, unused ends of blocks included. */
size_t arena_size(const struct arena *arena);

/* Never returns NULL. The memory is zeroed and aligned for any type. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);
/* The copy is followed by a zero byte that `size` does not count. */
struct str arena_copy(struct arena *arena, struct str text);

#define arena_array(arena, type, count) ((type *)arena_alloc((arena), (count), sizeof(type)))
#define arena_new(arena, type) arena_array((arena), type, 1)
