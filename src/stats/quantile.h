/* Quantiles of values that are all known; of those still running, see stats/survival.h. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "stats/interval.h"

/* Numbers as in Hyndman & Fan 1996, The American Statistician 50:361-365. */
enum quantile_type {
    QUANTILE_INVERTED_CDF = 1,
    QUANTILE_LINEAR = 7, /* what we show: the default of spreadsheets, R and numpy */
    QUANTILE_MEDIAN_UNBIASED = 8
};

/* Into ascending order, in place. No value is NaN. O(n log n). */
void quantile_sort(double *values, size_t count);

/* Of ascending values, 0 <= p <= 1, in their unit. ERR_NOT_FOUND without values, ERR_INVALID for
 * another p. */
enum err quantile_value(const double *sorted, size_t count, double p, enum quantile_type type,
                        double *out);

/* Ranks from 1; 0 stands for minus infinity and count + 1 for infinity, where the sample is too
 * small for a limit. */
struct quantile_ranks {
    int64_t lower;
    int64_t upper;
    double coverage; /* at least the level */
};

/* The narrowest pair of ranks whose values enclose the quantile with P(X_(lower) <= Q < X_(upper))
 * of at least `level`; of equally narrow pairs the likeliest, then the lower. From the binomial
 * distribution of how many values lie below (David & Nagaraja 2003, 7.1), so it holds for any
 * continuous distribution. O(sqrt n). ERR_NOT_FOUND if count is 0, ERR_INVALID unless 0 < p < 1. */
enum err quantile_ranks(int64_t count, double p, double level, struct quantile_ranks *out);

/* The value of type 7 with the limits at these ranks. Method "order_statistics". */
enum err quantile_interval(const double *sorted, size_t count, double p, double level,
                           struct estimate *out);
