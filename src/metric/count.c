#include "metric/families.h"
#include "stats/rate.h"

bool number_is_empty(const struct metric_state *state, struct metric_number *out)
{
    out->n = state->count;
    if (state->count > 0) return false;
    out->n = 0;
    out->reason = "no_data";
    return true;
}

void number_leave_out(struct metric_number *number, const char *name, int64_t count)
{
    if (!name || count <= 0) return;
    number->excluded[number->excluded_count++] = (struct metric_excluded){ name, count };
}

void count_add(const struct metric_rows *rows)
{
    if (rows->all) {
        int64_t count = 0;
        for (size_t i = 0; i < rows->count; i++) count += rows->signs[i];
        rows->all->count += count;
    } else {
        for (size_t i = 0; i < rows->count; i++) rows->into[i]->count += rows->signs[i];
    }
}

/* Nothing is a number here: nothing happened while we watched. */
static int64_t count_of(const struct metric_state *state)
{
    return state->count > 0 ? state->count : 0;
}

void count_value(const struct metric_state *state, const struct metric_statistic *statistic,
                 struct arena *arena, struct metric_number *out)
{
    (void)statistic;
    (void)arena;
    struct estimate estimate;
    out->n = count_of(state);
    enum err err = rate_count(out->n, METRIC_LEVEL, &estimate);
    metric_number_set(out, err, &estimate);
}

void count_compare(const struct metric_side *before, const struct metric_side *after,
                   const struct metric_statistic *statistic, struct metric_change *out)
{
    (void)statistic;
    struct rate from = { count_of(before->state), 1 };
    struct rate to = { count_of(after->state), 1 };
    out->has_value = rate_difference(from, to, METRIC_LEVEL, &out->estimate) == OK;
}
