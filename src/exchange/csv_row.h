/* Rows of a table become interactions, as the map says. Pure.
 */
#pragma once

#include "base/arena.h"
#include "base/csv.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/zone.h"
#include "capture/capture.h"
#include "exchange/csv_map.h"
#include "exchange/import.h"

/* A map whose columns were found in a table. */
struct csv_plan;

/* What the plan is made for. All must outlive it. */
struct csv_table {
    const struct str *header; /* the columns' names */
    size_t header_count;
    const struct zone *zone;
    struct hash file; /* of its bytes: for the ids of rows that have none */
};

/* ERR_INVALID if a column of the map is missing; then `reason` is a sentence. */
enum err csv_plan_make(struct arena *arena, const struct csv_map *map,
                       const struct csv_table *table, struct csv_plan **out, struct str *reason);

enum row_verdict { ROW_TAKEN, ROW_SKIPPED, ROW_REFUSED };

/* `out` and `why` point into `arena`, not into the record. `why` is filled if the row is refused.
 */
enum row_verdict csv_row_read(const struct csv_plan *plan, struct arena *arena,
                              const struct csv_record *record, struct capture_in *out,
                              struct import_refusal *why);
