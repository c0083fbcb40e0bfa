#include "metric/families.h"
#include "stats/proportion.h"

static void add_one(struct metric_state *state, const struct metric *metric, int64_t value,
                    int64_t sign)
{
    state->count += sign;
    if (value >= metric->numerator_min) state->part += sign;
    moments_add(&state->moments, (double)value, sign);
}

void share_add(const struct metric_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct metric_state *state = rows->all ? rows->all : rows->into[i];
        add_one(state, rows->metric, rows->values[i], rows->signs[i]);
    }
}

void share_value(const struct metric_state *state, const struct metric_statistic *statistic,
                 struct arena *arena, struct metric_number *out)
{
    (void)arena;
    if (number_is_empty(state, out)) return;
    struct estimate estimate;
    enum err err;
    if (statistic->kind == STATISTIC_SHARE) {
        err = proportion_wilson((struct proportion){ state->part, state->count }, METRIC_LEVEL,
                                &estimate);
    } else if (state->count < MEAN_COUNT_MIN) {
        out->reason = "too_few";
        return;
    } else {
        err = mean_interval(&state->moments, METRIC_LEVEL, &estimate);
    }
    metric_number_set(out, err, &estimate);
}

void share_compare(const struct metric_side *before, const struct metric_side *after,
                   const struct metric_statistic *statistic, struct metric_change *out)
{
    enum err err;
    if (statistic->kind == STATISTIC_SHARE) {
        err = proportion_change((struct proportion){ before->state->part, before->state->count },
                                (struct proportion){ after->state->part, after->state->count },
                                METRIC_LEVEL, &out->estimate);
    } else {
        err = mean_change(&before->state->moments, &after->state->moments, METRIC_LEVEL,
                          &out->estimate);
    }
    out->has_value = err == OK;
}
