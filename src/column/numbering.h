/* Long ids as short numbers: 1, 2, 3, … in the order of their first appearance; 0 is "none".
 *
 * Owner: one writer takes numbers. Any thread may turn a number it got through a published row back
 * into the id.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "column/pages.h"

enum { NUMBERING_PAGE = 512 };

/* Zero-initialised: empty. */
struct numbering {
    struct pages ids; /* of int64_t[NUMBERING_PAGE] */
    _Atomic uint32_t count;
    struct arena *slots_arena;
    uint32_t *slots; /* the writer's hash table of numbers */
    size_t slots_count;
};

/* The number of the id, a new one if it has none. Id 0 has number 0. With `max` numbers given, new
 * ids get `max + 1`. Pages come from `arena`; what readers may still see goes to `retired`. */
uint32_t numbering_take(struct numbering *numbering, struct arena *arena, struct retired *retired,
                        int64_t id, uint32_t max);
/* 0 if the id has none. The writer's. */
uint32_t numbering_find(const struct numbering *numbering, int64_t id);
void numbering_close(struct numbering *numbering);

/* Any thread. */
int64_t numbering_id(const struct numbering *numbering, uint32_t number);
uint32_t numbering_count(const struct numbering *numbering);
/* As numbering_find, by looking at all of them. */
uint32_t numbering_search(const struct numbering *numbering, int64_t id);
size_t numbering_memory(const struct numbering *numbering);
