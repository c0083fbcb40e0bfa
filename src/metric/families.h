/* How metrics of one kind add up and become a number; each metric names the functions it takes.
 *
 * Pure.
 */
#pragma once

#include "metric/metric.h"

/* How many. */
void count_add(const struct metric_rows *rows);
void count_value(const struct metric_state *state, const struct metric_statistic *statistic,
                 struct arena *arena, struct metric_number *out);
void count_compare(const struct metric_side *before, const struct metric_side *after,
                   const struct metric_statistic *statistic, struct metric_change *out);

/* How many of how many, and the mean of the same values. A mean of fewer than MEAN_COUNT_MIN is
 * not shown. */
void share_add(const struct metric_rows *rows);
void share_value(const struct metric_state *state, const struct metric_statistic *statistic,
                 struct arena *arena, struct metric_number *out);
void share_compare(const struct metric_side *before, const struct metric_side *after,
                   const struct metric_statistic *statistic, struct metric_change *out);

/* How long. What still lasts is as old as it is now, and censored. */
void duration_add(const struct metric_rows *rows);
void duration_settle(struct metric_state *state, struct arena *scratch);
void duration_value(const struct metric_state *state, const struct metric_statistic *statistic,
                    struct arena *arena, struct metric_number *out);
void duration_compare(const struct metric_side *before, const struct metric_side *after,
                      const struct metric_statistic *statistic, struct metric_change *out);

/* What every family does with a state without observations. */
bool number_is_empty(const struct metric_state *state, struct metric_number *out);
void number_leave_out(struct metric_number *number, const char *name, int64_t count);
