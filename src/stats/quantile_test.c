#include "stats/quantile.h"

#include <math.h>

#include "base/test.h"
#include "stats/normal.h"

TEST(quantiles_of_no_values_are_no_numbers)
{
    double out = 7;
    struct estimate estimate;
    struct quantile_ranks ranks;
    CHECK(quantile_value(NULL, 0, 0.5, QUANTILE_LINEAR, &out) == ERR_NOT_FOUND);
    CHECK(quantile_interval(NULL, 0, 0.5, 0.95, &estimate) == ERR_NOT_FOUND);
    CHECK(quantile_ranks(0, 0.5, 0.95, &ranks) == ERR_NOT_FOUND);
    CHECK(out == 7);
}

TEST(quantiles_outside_0_to_1_are_refused)
{
    static const double one[] = { 3 };
    double out;
    struct quantile_ranks ranks;
    CHECK(quantile_value(one, 1, 1.01, QUANTILE_LINEAR, &out) == ERR_INVALID);
    CHECK(quantile_value(one, 1, nan(""), QUANTILE_LINEAR, &out) == ERR_INVALID);
    CHECK(quantile_ranks(10, 1, 0.95, &ranks) == ERR_INVALID);
    CHECK(quantile_ranks(-1, 0.5, 0.95, &ranks) == ERR_INVALID);
    CHECK(quantile_ranks(10, 0.5, 0, &ranks) == ERR_INVALID);
}

TEST(quantiles_0_and_1_are_the_extremes_for_every_type)
{
    double values[] = { 9, -2, 4, 4, 1 };
    quantile_sort(values, 5);
    static const enum quantile_type types[] = { QUANTILE_INVERTED_CDF, QUANTILE_LINEAR,
                                                QUANTILE_MEDIAN_UNBIASED };
    for (size_t i = 0; i < 3; i++) {
        double low;
        double high;
        CHECK(quantile_value(values, 5, 0, types[i], &low) == OK);
        CHECK(quantile_value(values, 5, 1, types[i], &high) == OK);
        CHECK(low <= -2 && high >= 9);
    }
}

TEST(type_1_takes_the_whole_rank_although_the_product_rounds_up)
{
    double values[100];
    for (int i = 0; i < 100; i++) values[i] = i + 1;
    for (int rank = 1; rank <= 100; rank++) {
        double out;
        CHECK(quantile_value(values, 100, rank / 100.0, QUANTILE_INVERTED_CDF, &out) == OK);
        CHECK(fabs(out - rank) < 1e-12);
    }
}

/* Tries every pair of ranks. */
static double best_coverage(int64_t count, double p, int64_t width)
{
    double best = 0;
    for (int64_t first = 0; first + width - 1 <= count; first++) {
        double sum = 0;
        for (int64_t k = first; k < first + width; k++) sum += binomial_probability(k, count, p);
        best = fmax(best, sum);
    }
    return best;
}

TEST(rank_intervals_reach_the_level_and_no_narrower_one_does)
{
    static const double shares[] = { 0.5, 0.9, 0.03 };
    for (int64_t count = 1; count <= 45; count++) {
        for (size_t i = 0; i < 3; i++) {
            struct quantile_ranks ranks;
            CHECK(quantile_ranks(count, shares[i], 0.95, &ranks) == OK);
            int64_t width = ranks.upper - ranks.lower;
            CHECK(ranks.coverage >= 0.95);
            CHECK(fabs(best_coverage(count, shares[i], width) - ranks.coverage) < 1e-12);
            CHECK(best_coverage(count, shares[i], width - 1) < 0.95);
        }
    }
}

TEST(of_two_rank_intervals_of_the_median_the_lower_is_taken)
{
    for (int64_t count = 1; count <= 400; count++) {
        struct quantile_ranks ranks;
        CHECK(quantile_ranks(count, 0.5, 0.95, &ranks) == OK);
        CHECK(ranks.lower + ranks.upper == count || ranks.lower + ranks.upper == count + 1);
    }
}

TEST(a_sample_too_small_for_a_limit_has_an_infinite_one)
{
    static const double values[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    struct estimate estimate;
    CHECK(quantile_interval(values, 8, 0.9, 0.95, &estimate) == OK);
    CHECK(isinf(estimate.interval.high) && estimate.interval.low <= estimate.value);
    CHECK(quantile_interval(values, 8, 0.5, 0.95, &estimate) == OK);
    CHECK(estimate.interval.low >= 1 && estimate.interval.high <= 8);
    CHECK(quantile_interval(values, 1, 0.5, 0.95, &estimate) == OK);
    CHECK(isinf(estimate.interval.low) && isinf(estimate.interval.high));
}

TEST(ranks_of_a_billion_values_are_near_the_normal_ones)
{
    struct quantile_ranks ranks;
    CHECK(quantile_ranks(1000000000, 0.5, 0.95, &ranks) == OK);
    CHECK(llabs(ranks.lower - 499969010) <= 2);
    CHECK(llabs(ranks.upper - 500030990) <= 2);
}
