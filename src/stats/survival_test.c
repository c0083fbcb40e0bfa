#include "stats/survival.h"

#include <math.h>

#include "base/test.h"
#include "stats/normal.h"

enum { OBSERVATIONS_MAX = 400 };

struct sample {
    struct survival_observation items[OBSERVATIONS_MAX];
    size_t count;
};

static void put(struct sample *sample, double duration, bool is_event, int64_t weight)
{
    sample->items[sample->count++] = (struct survival_observation){ duration, weight, is_event };
}

static bool near(double got, double expected)
{
    return fabs(got - expected) <= 1e-9 * fmax(1, fabs(expected));
}

/* A small linear congruential generator: the same numbers in every run. */
static uint32_t draw(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525U + 1013904223U;
    return (*state >> 16) % below;
}

TEST(no_durations_have_no_curve)
{
    struct arena *arena = arena_open();
    struct survival curve = { .count = 7 };
    CHECK(survival_fit(arena, NULL, 0, &curve) == ERR_NOT_FOUND);
    struct sample sample = { 0 };
    put(&sample, 3, true, 1);
    put(&sample, 3, true, -1);
    CHECK(survival_fit(arena, sample.items, sample.count, &curve) == ERR_NOT_FOUND);
    CHECK(curve.count == 7);
    arena_close(arena);
}

TEST(durations_that_cannot_be_are_refused)
{
    struct arena *arena = arena_open();
    struct survival curve;
    const double bad[] = { -1, nan(""), HUGE_VAL };
    for (size_t i = 0; i < 3; i++) {
        struct sample sample = { 0 };
        put(&sample, bad[i], true, 1);
        CHECK(survival_fit(arena, sample.items, 1, &curve) == ERR_INVALID);
    }
    struct sample taken = { 0 };
    put(&taken, 3, true, 2);
    put(&taken, 3, false, -1);
    CHECK(survival_fit(arena, taken.items, 2, &curve) == ERR_INVALID);
    arena_close(arena);
}

TEST(a_curve_without_censoring_is_the_empirical_one)
{
    struct arena *arena = arena_open();
    struct sample sample = { 0 };
    uint32_t state = 1;
    double sum = 0;
    for (int i = 0; i < 200; i++) {
        double duration = 1 + draw(&state, 50);
        sum += duration;
        put(&sample, duration, true, 1);
    }
    struct survival curve;
    CHECK(survival_fit(arena, sample.items, sample.count, &curve) == OK);
    CHECK(curve.count == 200 && curve.events == 200);
    for (int half = 0; half < 120; half++) {
        double time = half / 2.0;
        int beyond = 0;
        for (size_t i = 0; i < sample.count; i++) beyond += sample.items[i].duration > time;
        double share = beyond / 200.0;
        struct survival_point point;
        CHECK(survival_at(&curve, time, 0.95, &point) == OK);
        CHECK(near(point.survival, share));
        CHECK(near(point.se, sqrt(share * (1 - share) / 200)));
    }
    struct estimate mean;
    CHECK(survival_restricted_mean(&curve, 1000, 0.95, &mean) == OK);
    CHECK(near(mean.value, sum / 200));

    double squares = 0;
    for (size_t i = 0; i < sample.count; i++) {
        squares += pow(sample.items[i].duration - mean.value, 2);
    }
    CHECK(near(mean.interval.high - mean.value, normal_z(0.95) * sqrt(squares) / 200));
    arena_close(arena);
}

TEST(curves_fall_and_their_intervals_hold_them)
{
    struct arena *arena = arena_open();
    for (uint32_t seed = 1; seed <= 30; seed++) {
        uint32_t state = seed;
        struct sample sample = { 0 };
        for (uint32_t i = 0; i < 5 + seed * 10; i++) {
            put(&sample, draw(&state, 40), draw(&state, 3) > 0, 1 + draw(&state, 3));
        }
        struct survival curve;
        CHECK(survival_fit(arena, sample.items, sample.count, &curve) == OK);
        double last = 1;
        for (int time = 0; time <= curve.time_max; time++) {
            struct survival_point point;
            CHECK(survival_at(&curve, time, 0.95, &point) == OK);
            CHECK(0 <= point.survival && point.survival <= last);
            CHECK(0 <= point.interval.low && point.interval.low <= point.survival);
            CHECK(point.survival <= point.interval.high && point.interval.high <= 1);
            last = point.survival;
        }
        double before = 0;
        for (int i = 1; i < 20; i++) {
            double p = i / 20.0;
            struct survival_quantile quantile;
            CHECK(survival_quantile(&curve, p, 0.95, SURVIVAL_LOG_LOG, &quantile) == OK);
            CHECK(quantile.time >= before);
            CHECK(quantile.interval.low <= quantile.time);
            CHECK(quantile.time <= quantile.interval.high);
            before = quantile.time;
        }
    }
    arena_close(arena);
}

TEST(a_weight_counts_as_often_as_it_says_and_can_take_back)
{
    struct arena *arena = arena_open();
    struct sample listed = { 0 };
    struct sample weighted = { 0 };
    for (int i = 0; i < 3; i++) put(&listed, 2, true, 1);
    for (int i = 0; i < 2; i++) put(&listed, 5, false, 1);
    put(&listed, 7, true, 1);
    put(&weighted, 7, true, 1);
    put(&weighted, 6, true, -1);
    put(&weighted, 2, true, 3);
    put(&weighted, 5, false, 2);
    put(&weighted, 6, true, 1);
    struct survival a;
    struct survival b;
    CHECK(survival_fit(arena, listed.items, listed.count, &a) == OK);
    CHECK(survival_fit(arena, weighted.items, weighted.count, &b) == OK);
    CHECK(a.count == 6 && b.count == 6 && a.steps_count == 2 && b.steps_count == 2);
    CHECK(near(a.steps[0].survival, 0.5) && near(b.steps[0].survival, 0.5));
    CHECK(a.steps[1].survival <= 0 && b.steps[1].survival <= 0);
    arena_close(arena);
}

TEST(open_conversations_raise_the_median_above_that_of_the_closed)
{
    struct arena *arena = arena_open();
    struct sample sample = { 0 };
    static const double closed[] = { 1, 2, 3, 4, 6 };
    static const double open[] = { 5, 8, 10, 20, 30 };
    for (size_t i = 0; i < 5; i++) {
        put(&sample, closed[i], true, 1);
        put(&sample, open[i], false, 1);
    }
    struct survival curve;
    struct survival_quantile median;
    CHECK(survival_fit(arena, sample.items, sample.count, &curve) == OK);
    CHECK(survival_quantile(&curve, 0.5, 0.95, SURVIVAL_LOG_LOG, &median) == OK);
    CHECK(median.is_reached && near(median.time, 6));
    struct survival_quantile ninetieth;
    CHECK(survival_quantile(&curve, 0.9, 0.95, SURVIVAL_LOG_LOG, &ninetieth) == OK);
    CHECK(!ninetieth.is_reached && near(ninetieth.time, 30) && isinf(ninetieth.interval.high));
    struct estimate mean;
    CHECK(survival_restricted_mean(&curve, 31, 0.95, &mean) == ERR_NOT_FOUND);
    CHECK(survival_restricted_mean(&curve, 30, 0.95, &mean) == OK);
    CHECK(mean.interval.low < mean.value && mean.value < mean.interval.high);
    struct survival_point point;
    CHECK(survival_at(&curve, 31, 0.95, &point) == ERR_NOT_FOUND);
    CHECK(survival_at(&curve, 0, 0.95, &point) == OK && near(point.survival, 1));
    CHECK(survival_at(&curve, 0, 1, &point) == ERR_INVALID);
    CHECK(survival_quantile(&curve, 0, 0.95, SURVIVAL_LOG_LOG, &median) == ERR_INVALID);
    arena_close(arena);
}

TEST(events_come_before_censorings_of_the_same_time)
{
    struct arena *arena = arena_open();
    struct sample sample = { 0 };
    put(&sample, 3, false, 1);
    put(&sample, 3, true, 1);
    struct survival curve;
    CHECK(survival_fit(arena, sample.items, sample.count, &curve) == OK);
    CHECK(curve.steps[0].at_risk == 2 && near(curve.steps[0].survival, 0.5));
    arena_close(arena);
}

TEST(a_half_that_rounding_left_a_hair_above_is_still_the_median)
{
    struct arena *arena = arena_open();
    for (int count = 2; count <= 200; count += 2) {
        struct sample sample = { 0 };
        for (int i = 1; i <= count; i++) put(&sample, i, true, 1);
        struct survival curve;
        struct survival_quantile median;
        CHECK(survival_fit(arena, sample.items, sample.count, &curve) == OK);
        CHECK(survival_quantile(&curve, 0.5, 0.95, SURVIVAL_LOG_LOG, &median) == OK);
        CHECK(near(median.time, count / 2.0));
    }
    arena_close(arena);
}

TEST(one_event_says_nothing_about_the_limits_of_the_median)
{
    struct arena *arena = arena_open();
    struct sample sample = { 0 };
    put(&sample, 9, true, 1);
    struct survival curve;
    struct survival_quantile median;
    CHECK(survival_fit(arena, sample.items, sample.count, &curve) == OK);
    CHECK(survival_quantile(&curve, 0.5, 0.95, SURVIVAL_LOG_LOG, &median) == OK);
    CHECK(near(median.time, 9) && median.interval.low <= 0 && isinf(median.interval.high));
    arena_close(arena);
}

/* How often the interval of the median of `count` events holds the true one: as many events lie
 * below that as heads fall in `count` tosses, and the times here are the ranks. */
static double median_coverage(int count, enum survival_scale scale)
{
    struct arena *arena = arena_open();
    struct sample sample = { 0 };
    for (int i = 1; i <= count; i++) put(&sample, i, true, 1);
    struct survival curve;
    struct survival_quantile median;
    CHECK(survival_fit(arena, sample.items, sample.count, &curve) == OK);
    CHECK(survival_quantile(&curve, 0.5, 0.95, scale, &median) == OK);
    double covered = 0;
    for (int below = 0; below <= count; below++) {
        if (median.interval.low <= below && below < median.interval.high) {
            covered += binomial_probability(below, count, 0.5);
        }
    }
    arena_close(arena);
    return covered;
}

TEST(the_interval_of_the_median_covers_about_its_level_on_the_log_log_scale_only)
{
    for (int count = 5; count <= 100; count++) {
        CHECK(median_coverage(count, SURVIVAL_LOG_LOG) > 0.92);
    }
    CHECK(near(median_coverage(5, SURVIVAL_LOG_LOG), 1 - 1.0 / 32));
    CHECK(near(median_coverage(5, SURVIVAL_LOG), 1 - 6.0 / 32));
}

TEST(nothing_but_open_conversations_is_a_flat_curve)
{
    struct arena *arena = arena_open();
    struct sample sample = { 0 };
    put(&sample, 9, false, 4);
    struct survival curve;
    struct survival_quantile median;
    struct estimate mean;
    CHECK(survival_fit(arena, sample.items, sample.count, &curve) == OK);
    CHECK(curve.events == 0 && curve.count == 4);
    CHECK(survival_quantile(&curve, 0.5, 0.95, SURVIVAL_LOG_LOG, &median) == OK);
    CHECK(!median.is_reached && near(median.interval.low, 9) && isinf(median.interval.high));
    CHECK(survival_restricted_mean(&curve, 9, 0.95, &mean) == OK && near(mean.value, 9));
    arena_close(arena);
}

/* The first step at which the curve's own limit has fallen to 1 - p, looked up one by one. */
static double first_below(const struct survival *curve, double p, bool is_lower)
{
    for (size_t i = 0; i < curve->steps_count; i++) {
        struct survival_point point;
        if (survival_at(curve, curve->steps[i].time, 0.95, &point)) return -1;
        double limit = is_lower ? point.interval.low : point.interval.high;
        if (limit <= 1 - p + 1e-11) return curve->steps[i].time;
    }
    return HUGE_VAL;
}

TEST(the_interval_of_a_quantile_is_that_found_step_by_step_however_long_the_curve)
{
    static const double SHARES[] = { 0.1, 0.5, 0.9 };
    struct arena *arena = arena_open();
    uint32_t state = 77;
    for (size_t count = 20; count <= 5000; count = count * 5 / 2) {
        struct survival_observation *items = arena_array(arena, struct survival_observation, count);
        for (size_t i = 0; i < count; i++) {
            items[i] = (struct survival_observation){ .duration = 1 + draw(&state, 900000),
                                                      .weight = 1,
                                                      .is_event = draw(&state, 5) > 0 };
        }
        struct survival curve;
        CHECK(survival_fit(arena, items, count, &curve) == OK);
        for (size_t k = 0; k < sizeof(SHARES) / sizeof(SHARES[0]); k++) {
            struct survival_quantile quantile;
            double p = SHARES[k];
            CHECK(survival_quantile(&curve, p, 0.95, SURVIVAL_LOG_LOG, &quantile) == OK);
            double low = first_below(&curve, p, true);
            double high = first_below(&curve, p, false);
            CHECK(isinf(low) || near(quantile.interval.low, low));
            CHECK(isinf(high) ? isinf(quantile.interval.high) : near(quantile.interval.high, high));
        }
    }
    arena_close(arena);
}
