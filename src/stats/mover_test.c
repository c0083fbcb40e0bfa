#include "stats/mover.h"

#include <math.h>

#include "base/test.h"

TEST(mover_adds_the_distances_to_the_limits_as_squares)
{
    struct estimate before = { .value = 10, .interval = { .low = 7, .high = 14 } };
    struct estimate after = { .value = 20, .interval = { .low = 17, .high = 24 } };
    struct estimate change = mover_difference(before, after);
    CHECK(change.value == 10);
    CHECK(fabs(change.interval.low - 5) < 1e-12);
    CHECK(fabs(change.interval.high - 15) < 1e-12);
}

TEST(mover_without_a_limit_has_none)
{
    struct estimate before = { .value = 10, .interval = { .low = 7, .high = HUGE_VAL } };
    struct estimate after = { .value = 20, .interval = { .low = 17, .high = 24 } };
    struct estimate change = mover_difference(before, after);
    CHECK(isinf(change.interval.low) && change.interval.low < 0);
    CHECK(fabs(change.interval.high - 15) < 1e-12);
}
