/* A column of whole numbers, either growing or packed.
 *
 * A growing column belongs to one writer; its numbers have 8, 16, 32 or 64 bits, and memory is
 * taken only when a number differs from the first. A packed one is immutable and takes the bits
 * that its range needs, none if all numbers are equal. Both are read alike, by any thread: rows
 * that were written before their count was published are complete.
 *
 * Owner: the writer, until it publishes a row.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/publish.h"

struct column {
    int64_t constant; /* every number, while there are no data */
    int64_t base;     /* added to each stored number */
    unsigned bits;    /* of a stored number: 8, 16, 32, 64, or 1 to 57 when packed */
    struct publish data;
};

/* ---- reading, any thread ---- */

void column_read(const struct column *column, size_t first, size_t count, int64_t *out);
int64_t column_at(const struct column *column, size_t row);
/* False only if no row can hold the number. Of packed columns. */
bool column_may_hold(const struct column *column, int64_t number);

/* ---- growing, the writer ---- */

/* `bits` is 8, 16, 32 or 64; numbers from `base` on, or any with 64 bits and base 0. */
void column_init(struct column *column, unsigned bits, int64_t base);
/* `row` is one more than the last, below `rows_max`; memory for all of them comes from `arena`. */
void column_append(struct column *column, struct arena *arena, size_t row, size_t rows_max,
                   int64_t number);

/* ---- packing, the writer ---- */

/* What column_pack needs: a multiple of 8. Sets the packed column's range. */
size_t column_plan(struct column *packed, const int64_t *numbers, size_t count);
/* Fills `memory`, zeroed, of the planned size, and hands it to the column. */
void column_pack(struct column *packed, const int64_t *numbers, size_t count, void *memory);
