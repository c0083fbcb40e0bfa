/* What metric tests share: a made-up history of events, and the same numbers worked out from it
 * slowly and plainly. Test code only.
 */
#pragma once

#include "metric/query_run.h"

struct event; /* store/event.h */

enum { HISTORY_CONVERSATIONS = 60, HISTORY_DAYS = 70 };

struct history {
    struct event *events;
    size_t count;
    int64_t from_ms;
    int64_t to_ms;
};

/* The same seed gives the same history, of that many events. */
struct history history_make(struct arena *arena, uint64_t seed, size_t count);
uint64_t history_random(uint64_t *state, uint64_t below);

/* One condition: the value of a dimension; 0: none. */
struct model_condition {
    int dimension;
    int64_t value;
    bool is_not;
};

struct model_question {
    const struct metric *metric;
    const struct metric_statistic *statistic;
    struct period period;
    int64_t seq;
    int64_t now_ms;
    const struct model_condition *conditions; /* all must hold */
    size_t conditions_count;
};

struct model_answer {
    int64_t n;
    bool has_value;
    double value;
    int64_t numerator;
    int64_t excluded; /* by the metric's first exclusion */
};

struct model_answer model_answer(struct arena *arena, const struct history *history,
                                 const struct model_question *question);
