/* A run of rows of one table: growing, or packed and immutable.
 *
 * Owner: the writer of the facts; any thread reads the rows that were published.
 */
#pragma once

#include "column/facts.h"

struct segment {
    struct arena *arena; /* everything of it, itself included */
    bool is_packed;
    int64_t at_min; /* of packed ones */
    int64_t at_max;
    int64_t seq_max;
    struct column columns[FACT_COLUMNS];
};

struct segment *segment_open(void);
void segment_append(struct segment *segment, size_t row, const struct fact *fact);
void segment_read(const struct segment *segment, size_t row, struct fact *out);
/* A packed copy of the first `rows`. */
struct segment *segment_pack(const struct segment *segment, size_t rows);
