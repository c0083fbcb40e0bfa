/* Means with their t-intervals, from sums that can be merged and taken back.
 *
 * The state holds compensated sums (Neumaier 1974) of the values and of their exact squares rather
 * than Welford's running mean: a correction takes a value back with weight -1, partial states meet
 * in any order, some with more taken back than added, and the result must not depend on it.
 * The variance has 12 right digits all the same down to a spread of a millionth of the mean.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "stats/interval.h"

/* Zero-initialised: empty. */
struct sum {
    double total;
    double rest; /* what rounding took from the total */
};

void sum_add(struct sum *sum, double value);
/* Exact product of the two, added. */
void sum_add_product(struct sum *sum, double a, double b);
double sum_value(const struct sum *sum);

/* Below this many values a mean is not worth showing: show the counts. */
enum { MEAN_COUNT_MIN = 10 };

/* Zero-initialised: no values. */
struct moments {
    int64_t count; /* sum of the weights */
    struct sum values;
    struct sum squares;
};

/* `value` is finite, at most 1e150 in size; `weight` is how often it occurs, negative to take it
 * back. */
void moments_add(struct moments *moments, double value, int64_t weight);
void moments_merge(struct moments *into, const struct moments *from);

/* ERR_NOT_FOUND without values, ERR_INVALID if more was taken back than added. */
enum err moments_mean(const struct moments *of, double *out);
/* Of the sample, with n - 1 below. ERR_NOT_FOUND below 2 values. */
enum err moments_variance(const struct moments *of, double *out);

/* Mean and Student's t-interval; the limits are infinite for one value. In the unit of the values.
 * Errors as moments_mean, and ERR_INVALID for an impossible level. */
enum err mean_interval(const struct moments *of, double level, struct estimate *out);

/* after - before, with Welch's interval and Satterthwaite's degrees of freedom; the limits are
 * infinite if either has one value only. */
enum err mean_change(const struct moments *before, const struct moments *after, double level,
                     struct estimate *out);
