#include "stats/survival.h"

#include <math.h>
#include <stdlib.h>

#include "stats/mean.h"
#include "stats/normal.h"

/* The curve is a product of many ratios: a half may come out a hair above it. */
static const double LEVEL_SLACK = 1e-11;

static int compare(const void *a, const void *b)
{
    const struct survival_observation *left = a;
    const struct survival_observation *right = b;
    return (left->duration > right->duration) - (left->duration < right->duration);
}

static bool is_sorted(const struct survival_observation *observations, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (observations[i - 1].duration > observations[i].duration) return false;
    }
    return true;
}

/* All observations of one duration. */
struct tie {
    double time;
    int64_t events;
    int64_t censored;
};

/* The tie that begins at `*next`, which is moved behind it. */
static struct tie tie_read(const struct survival_observation *sorted, size_t count, size_t *next)
{
    struct tie tie = { .time = sorted[*next].duration };
    for (; *next < count && sorted[*next].duration <= tie.time; (*next)++) {
        if (sorted[*next].is_event) {
            tie.events += sorted[*next].weight;
        } else {
            tie.censored += sorted[*next].weight;
        }
    }
    return tie;
}

/* What the curve needs to know beforehand. */
struct totals {
    int64_t count;
    size_t steps;
    double time_max;
};

static enum err totals_read(const struct survival_observation *sorted, size_t count,
                            struct totals *out)
{
    struct totals totals = { 0 };
    for (size_t next = 0; next < count;) {
        struct tie tie = tie_read(sorted, count, &next);
        if (tie.events < 0 || tie.censored < 0) return ERR_INVALID;
        if (tie.events == 0 && tie.censored == 0) continue;
        totals.count += tie.events + tie.censored;
        totals.steps += tie.events > 0;
        totals.time_max = tie.time;
    }
    *out = totals;
    return totals.count == 0 ? ERR_NOT_FOUND : OK;
}

static struct survival_step step_after(const struct survival_step *before, const struct tie *tie,
                                       int64_t at_risk)
{
    double n = (double)at_risk;
    double d = (double)tie->events;
    return (struct survival_step){
        .time = tie->time,
        .at_risk = at_risk,
        .events = tie->events,
        .survival = before->survival * (n - d) / n,
        .hazard_variance = before->hazard_variance + d / (n * (n - d)),
    };
}

enum err survival_fit(struct arena *arena, struct survival_observation *observations, size_t count,
                      struct survival *out)
{
    for (size_t i = 0; i < count; i++) {
        if (!(observations[i].duration >= 0) || isinf(observations[i].duration)) return ERR_INVALID;
    }
    if (!is_sorted(observations, count)) {
        qsort(observations, count, sizeof(*observations), compare);
    }
    struct totals totals;
    enum err err = totals_read(observations, count, &totals);
    if (err) return err;

    struct survival_step *steps = arena_array(arena, struct survival_step, totals.steps + 1);
    struct survival curve = { .steps = steps, .count = totals.count, .time_max = totals.time_max };
    struct survival_step last = { .survival = 1 };
    int64_t at_risk = totals.count;
    for (size_t next = 0; next < count;) {
        struct tie tie = tie_read(observations, count, &next);
        if (tie.events > 0) {
            last = step_after(&last, &tie, at_risk);
            steps[curve.steps_count++] = last;
        }
        curve.events += tie.events;
        at_risk -= tie.events + tie.censored;
    }
    *out = curve;
    return OK;
}

/* How many steps lie at `time` or before it. */
static size_t steps_until(const struct survival *of, double time)
{
    size_t low = 0;
    size_t high = of->steps_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (of->steps[middle].time <= time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* S^exp(+-z sqrt(sum) / |ln S|); the step must not be the one at which all have ended. */
static struct interval log_log_interval(const struct survival_step *step, double z)
{
    double power = exp(z * sqrt(step->hazard_variance) / -log(step->survival));
    return (struct interval){
        .low = pow(step->survival, power),
        .high = pow(step->survival, 1 / power),
        .method = "log_log",
    };
}

/* S exp(+-z sqrt(sum)); likewise. */
static struct interval log_interval(const struct survival_step *step, double z)
{
    double factor = exp(z * sqrt(step->hazard_variance));
    return (struct interval){
        .low = step->survival / factor,
        .high = fmin(1, step->survival * factor),
        .method = "log",
    };
}

static bool all_ended(const struct survival *of, size_t steps_count)
{
    return steps_count > 0 && of->steps[steps_count - 1].survival <= 0;
}

/* The limits after the first `steps_count` steps. The step at which all have ended has no upper
 * limit of its own, so the one before it holds on. */
static struct interval interval_after(const struct survival *of, size_t steps_count, double z,
                                      enum survival_scale scale)
{
    bool has_ended = all_ended(of, steps_count);
    size_t last = has_ended ? steps_count - 1 : steps_count;
    struct interval interval = { .low = 1, .high = 1, .method = "log_log" };
    if (last > 0 && scale == SURVIVAL_LOG) interval = log_interval(&of->steps[last - 1], z);
    if (last > 0 && scale == SURVIVAL_LOG_LOG) interval = log_log_interval(&of->steps[last - 1], z);
    if (has_ended) interval.low = 0;
    return interval;
}

enum err survival_at(const struct survival *of, double time, double level,
                     struct survival_point *out)
{
    if (!(time >= 0) || !interval_level_is_valid(level)) return ERR_INVALID;
    size_t steps = steps_until(of, time);
    bool has_ended = all_ended(of, steps);
    if (time > of->time_max && !has_ended) return ERR_NOT_FOUND;

    struct survival_point point = {
        .survival = 1,
        .interval = interval_after(of, steps, normal_z(level), SURVIVAL_LOG_LOG),
    };
    if (steps > 0) point.survival = of->steps[steps - 1].survival;
    if (steps > 0 && !has_ended) {
        point.se = point.survival * sqrt(of->steps[steps - 1].hazard_variance);
    }
    *out = point;
    return OK;
}

enum limit { LIMIT_LOW, LIMIT_HIGH };

/* What limits of the curve to follow, and down to where. */
struct crossing {
    double target;
    double z;
    enum survival_scale scale;
};

/* False if the lower limit may reach the target somewhere from step `first` to `last`. It costs as
 * much as one step: S falls and the variance grows from step to step, so the worst of both bounds
 * the limit at every step between. */
static bool stays_above(const struct survival *of, const struct crossing *at, size_t first,
                        size_t last)
{
    static const double MARGIN = 1 + 1e-9; /* for rounding */
    const struct survival_step *end = &of->steps[last];
    if (end->survival <= 0) return false;
    double target = at->target + LEVEL_SLACK;
    double spread = at->z * sqrt(end->hazard_variance);
    if (at->scale == SURVIVAL_LOG) return end->survival / exp(spread) > target * MARGIN;
    double begun = -log(of->steps[first].survival);
    return -log(end->survival) * exp(spread / begun) * MARGIN < -log(target);
}

/* The first step from `start` on at which that limit of the curve has fallen to the target. */
static size_t limit_crossing(const struct survival *of, const struct crossing *at, enum limit limit,
                             size_t start)
{
    enum { RUN = 16 };
    for (size_t i = start; i < of->steps_count; i++) {
        bool may_skip = limit == LIMIT_LOW && i % RUN == 0 && i + RUN <= of->steps_count;
        if (may_skip && stays_above(of, at, i, i + RUN - 1)) {
            i += RUN - 1;
            continue;
        }
        struct interval interval = interval_after(of, i + 1, at->z, at->scale);
        double value = limit == LIMIT_LOW ? interval.low : interval.high;
        if (value <= at->target + LEVEL_SLACK) return i;
    }
    return of->steps_count;
}

/* `reached` is the step at which the curve itself has fallen to the target: the upper limit cannot
 * have done so before. */
static struct interval crossing_interval(const struct survival *of, const struct crossing *at,
                                         size_t reached)
{
    struct interval interval = { of->time_max, HUGE_VAL, .method = "brookmeyer_crowley" };
    size_t low = limit_crossing(of, at, LIMIT_LOW, 0);
    if (low == of->steps_count) return interval;

    /* Where the very first event ended all, nothing speaks against any earlier time. */
    interval.low = all_ended(of, 1) ? 0 : of->steps[low].time;
    size_t high = limit_crossing(of, at, LIMIT_HIGH, reached);
    if (high < of->steps_count) interval.high = of->steps[high].time;
    return interval;
}

enum err survival_quantile(const struct survival *of, double p, double level,
                           enum survival_scale scale, struct survival_quantile *out)
{
    if (!(p > 0 && p < 1) || !interval_level_is_valid(level)) return ERR_INVALID;

    struct crossing at = { .target = 1 - p, .z = normal_z(level), .scale = scale };
    size_t low = 0;
    size_t high = of->steps_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (of->steps[middle].survival <= at.target + LEVEL_SLACK) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    bool is_reached = low < of->steps_count;
    *out = (struct survival_quantile){
        .is_reached = is_reached,
        .time = is_reached ? of->steps[low].time : of->time_max,
        .interval = crossing_interval(of, &at, low),
    };
    return OK;
}

enum err survival_restricted_mean(const struct survival *of, double horizon, double level,
                                  struct estimate *out)
{
    if (!(horizon > 0) || isinf(horizon) || !interval_level_is_valid(level)) return ERR_INVALID;
    size_t steps = steps_until(of, horizon);
    if (horizon > of->time_max && !all_ended(of, steps)) return ERR_NOT_FOUND;

    struct sum area = { 0 }; /* under the curve, from the step to the horizon */
    double variance = 0;
    double end = horizon;
    for (size_t i = steps; i-- > 0;) {
        const struct survival_step *step = &of->steps[i];
        sum_add_product(&area, end - step->time, step->survival);
        end = step->time;
        double n = (double)step->at_risk;
        double d = (double)step->events;
        double rest = sum_value(&area);
        if (n > d) variance += rest * rest * d / (n * (n - d));
    }
    sum_add(&area, end);

    double mean = sum_value(&area);
    double half = normal_z(level) * sqrt(variance);
    *out = (struct estimate){
        .value = mean,
        .interval = { fmax(0, mean - half), fmin(horizon, mean + half), .method = "greenwood" },
    };
    return OK;
}
