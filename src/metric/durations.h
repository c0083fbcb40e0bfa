/* Many durations, of which some are censored and some taken back, in the space of a word each.
 *
 * Pure. Memory comes from the arena given.
 */
#pragma once

#include "metric/metric.h"
#include "stats/survival.h"

/* `duration_ms` is at least 0; `sign` 1 adds one, -1 takes one back. */
void durations_add(struct durations *durations, struct arena *arena, int64_t duration_ms,
                   bool is_event, int64_t sign);
void durations_merge(struct durations *into, const struct durations *from, struct arena *arena);
/* Sorts them and drops what was taken back together with what took it. */
void durations_settle(struct durations *durations, struct arena *scratch);

/* Ascending, equal ones as one with a weight, in seconds. They must be settled. */
struct survival_observation *durations_observe(const struct durations *durations,
                                               struct arena *arena, size_t *count);
/* The events alone, likewise. */
double *durations_events(const struct durations *durations, struct arena *arena, size_t *count);
