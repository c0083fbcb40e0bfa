#include "stats/rate.h"

#include <math.h>
#include <stddef.h>

#include "base/test.h"

static bool near(double got, double expected)
{
    return fabs(got - expected) <= 1e-9;
}

TEST(a_count_of_zero_is_a_number_with_an_upper_limit)
{
    struct estimate estimate;
    CHECK(rate_count(0, 0.95, &estimate) == OK);
    CHECK(estimate.value == 0 && estimate.interval.low == 0);
    CHECK(near(estimate.interval.high, -log(0.025)));
}

TEST(a_rate_over_no_exposure_is_no_number)
{
    struct estimate estimate;
    struct rate none = { .events = 0, .exposure = 0 };
    struct rate some = { .events = 3, .exposure = 2 };
    CHECK(rate_interval(none, 0.95, &estimate) == ERR_NOT_FOUND);
    CHECK(rate_difference(none, some, 0.95, &estimate) == ERR_NOT_FOUND);
    CHECK(rate_ratio(some, none, 0.95, &estimate) == ERR_NOT_FOUND);
    CHECK(rate_count(-1, 0.95, &estimate) == ERR_INVALID);
    CHECK(rate_interval((struct rate){ 3, -1 }, 0.95, &estimate) == ERR_INVALID);
    CHECK(rate_interval((struct rate){ 3, nan("") }, 0.95, &estimate) == ERR_INVALID);
    CHECK(rate_interval(some, 95, &estimate) == ERR_INVALID);
}

TEST(garwood_meets_the_churn_of_37_in_412_5_months)
{
    struct estimate estimate;
    CHECK(rate_interval((struct rate){ 37, 412.5 }, 0.95, &estimate) == OK);
    CHECK(near(estimate.value, 0.08969696969696969));
    CHECK(near(estimate.interval.low, 0.06315494440510552));
    CHECK(near(estimate.interval.high, 0.1236354573137717));
}

static double poisson(int64_t k, double mean)
{
    int sign;
    return exp((double)k * log(mean) - mean - lgamma_r((double)k + 1, &sign));
}

static double difference_coverage(double before, double after)
{
    enum { EVENTS_MAX = 60 };
    double covered = 0;
    for (int64_t i = 0; i < EVENTS_MAX; i++) {
        for (int64_t j = 0; j < EVENTS_MAX; j++) {
            struct estimate estimate;
            CHECK(rate_difference((struct rate){ i, 1 }, (struct rate){ j, 1 }, 0.95, &estimate) ==
                  OK);
            if (estimate.interval.low <= after - before &&
                after - before <= estimate.interval.high) {
                covered += poisson(i, before) * poisson(j, after);
            }
        }
    }
    return covered;
}

TEST(the_interval_of_a_difference_of_counts_covers_at_least_its_level)
{
    CHECK(difference_coverage(0.5, 0.5) >= 0.95);
    CHECK(difference_coverage(1, 4) >= 0.95);
    CHECK(difference_coverage(20, 12) >= 0.95);
    CHECK(difference_coverage(20, 20) < 0.99);
}

TEST(a_ratio_reversed_is_the_inverse)
{
    struct rate before = { .events = 12, .exposure = 3 };
    struct rate after = { .events = 30, .exposure = 5 };
    struct estimate up;
    struct estimate down;
    CHECK(rate_ratio(before, after, 0.95, &up) == OK);
    CHECK(rate_ratio(after, before, 0.95, &down) == OK);
    CHECK(near(up.value, 1.5));
    CHECK(near(up.interval.low, 1 / down.interval.high));
    CHECK(near(up.interval.high, 1 / down.interval.low));
    CHECK(up.interval.low < 1.5 && 1.5 < up.interval.high);
}

TEST(a_ratio_to_nothing_is_no_number)
{
    struct rate none = { .events = 0, .exposure = 3 };
    struct rate some = { .events = 5, .exposure = 3 };
    struct estimate estimate;
    CHECK(rate_ratio(none, some, 0.95, &estimate) == ERR_NOT_FOUND);
    CHECK(rate_ratio(some, none, 0.95, &estimate) == OK);
    CHECK(estimate.value == 0 && estimate.interval.low == 0 && estimate.interval.high < 1.1);
}
