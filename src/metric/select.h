/* Which rows of a segment belong to a query: by time, event and filter. Pure. */
#pragma once

#include "metric/query_run.h"

enum { SELECT_MASKS = QUERY_DEPTH_MAX + 2 };

/* Working memory for one segment after the other. */
struct selection {
    size_t count;
    bool is_all;                      /* every row of the segment */
    uint16_t rows[FACT_SEGMENT_ROWS]; /* unless is_all */
    int64_t numbers[FACT_SEGMENT_ROWS];
    unsigned char masks[SELECT_MASKS][FACT_SEGMENT_ROWS];
};

/* Selects rows with from_ms <= at < to_ms of events up to plan->seq that pass the filter. */
void select_rows(struct selection *selection, const struct query_plan *plan, struct period period,
                 const struct fact_segment *segment);
/* The column's numbers of the selected rows; `out` holds FACT_SEGMENT_ROWS. */
void select_column(struct selection *selection, const struct fact_segment *segment, int column,
                   int64_t *out);
