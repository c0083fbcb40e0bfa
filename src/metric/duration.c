#include <math.h>

#include "base/time.h"
#include "metric/durations.h"
#include "metric/families.h"
#include "stats/mover.h"
#include "stats/quantile.h"

static void add_one(const struct metric_rows *rows, size_t i, struct metric_state *state)
{
    int64_t duration_ms = rows->values[i];
    int64_t sign = rows->signs[i];
    bool is_open = rows->states[i] == FACT_OPEN;
    if (is_open) duration_ms = rows->now_ms - duration_ms;
    if (duration_ms < 0) duration_ms = 0;

    state->count += sign;
    if (is_open) state->part += sign;
    if (rows->states[i] == FACT_CENSORED) state->rest += sign;
    durations_add(&state->durations, rows->arena, duration_ms, rows->states[i] == FACT_EVENT, sign);
}

void duration_add(const struct metric_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        add_one(rows, i, rows->all ? rows->all : rows->into[i]);
    }
}

void duration_settle(struct metric_state *state, struct arena *scratch)
{
    durations_settle(&state->durations, scratch);
}

static void quantile_of_events(const struct metric_state *state,
                               const struct metric_statistic *statistic, struct arena *arena,
                               struct metric_number *out)
{
    size_t count;
    const double *events = durations_events(&state->durations, arena, &count);
    out->n = (int64_t)count;
    number_leave_out(out, statistic->open_name, state->part);
    number_leave_out(out, statistic->censored_name, state->rest);
    struct estimate estimate;
    enum err err = quantile_interval(events, count, statistic->p, METRIC_LEVEL, &estimate);
    metric_number_set(out, err, &estimate);
}

static void survival_quantile_of(const struct survival *curve,
                                 const struct metric_statistic *statistic,
                                 struct metric_number *out)
{
    struct survival_quantile quantile;
    if (survival_quantile(curve, statistic->p, METRIC_LEVEL, SURVIVAL_LOG_LOG, &quantile)) {
        out->reason = "no_data";
        return;
    }
    out->interval = quantile.interval;
    out->has_interval = isfinite(quantile.interval.low);
    if (!quantile.is_reached) {
        out->reason = "not_reached";
        return;
    }
    out->has_value = true;
    out->value = quantile.time;
}

static void mean_of_events(const struct metric_state *state, struct arena *arena,
                           struct metric_number *out)
{
    if (state->count < MEAN_COUNT_MIN) {
        out->reason = "too_few";
        return;
    }
    size_t count;
    const double *events = durations_events(&state->durations, arena, &count);
    struct moments moments = { 0 };
    for (size_t i = 0; i < count; i++) moments_add(&moments, events[i], 1);
    struct estimate estimate;
    enum err err = mean_interval(&moments, METRIC_LEVEL, &estimate);
    metric_number_set(out, err, &estimate);
}

void duration_value(const struct metric_state *state, const struct metric_statistic *statistic,
                    struct arena *arena, struct metric_number *out)
{
    if (number_is_empty(state, out)) return;
    if (statistic->kind == STATISTIC_QUANTILE) {
        quantile_of_events(state, statistic, arena, out);
        return;
    }
    if (statistic->kind == STATISTIC_MEAN) {
        mean_of_events(state, arena, out);
        return;
    }
    size_t count;
    struct survival_observation *items = durations_observe(&state->durations, arena, &count);
    struct survival curve;
    if (survival_fit(arena, items, count, &curve)) {
        out->reason = "no_data";
    } else if (statistic->kind == STATISTIC_SURVIVAL_QUANTILE) {
        survival_quantile_of(&curve, statistic, out);
    } else if (!(curve.time_max > 0)) {
        struct estimate none = { 0, { 0, 0, "greenwood" } };
        metric_number_set(out, OK, &none);
    } else {
        struct estimate mean;
        enum err err = survival_restricted_mean(&curve, curve.time_max, METRIC_LEVEL, &mean);
        metric_number_set(out, err, &mean);
    }
}

void duration_compare(const struct metric_side *before, const struct metric_side *after,
                      const struct metric_statistic *statistic, struct metric_change *out)
{
    (void)statistic;
    out->has_value = true;
    out->estimate =
        mover_difference((struct estimate){ before->number->value, before->number->interval },
                         (struct estimate){ after->number->value, after->number->interval });
}
