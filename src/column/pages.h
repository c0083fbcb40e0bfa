/* A growing list of pointers that one thread fills and others read without a lock, and the memory
 * that must outlive its last reader.
 *
 * Owner: one writer. Any thread may read an index it learned of through something published later.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/publish.h"

struct retired_arena;

/* Arenas that were replaced. Each is freed once no reader of its time is left. */
struct retired {
    uint64_t generation; /* goes up with each arena */
    struct retired_arena *arenas;
};

void retire(struct retired *retired, struct arena *arena);
/* Frees those of a generation up to `unused`. */
void retired_free(struct retired *retired, uint64_t unused);

/* Zero-initialised: empty. */
struct pages {
    struct publish items; /* struct publish[capacity] */
    struct arena *arena;  /* of the items */
    size_t count;
    size_t capacity;
};

/* The writer's. */
void pages_add(struct pages *pages, struct retired *retired, void *page);
void pages_replace(struct pages *pages, size_t index, void *page);
void pages_close(struct pages *pages);
/* Any thread. */
void *pages_get(const struct pages *pages, size_t index);
