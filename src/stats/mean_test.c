#include "stats/mean.h"

#include <math.h>
#include <stddef.h>

#include "base/test.h"

static bool near(double got, double expected)
{
    return fabs(got - expected) <= 1e-12 * fmax(1, fabs(expected));
}

static struct moments moments_of(const double *values, size_t count)
{
    struct moments moments = { 0 };
    for (size_t i = 0; i < count; i++) moments_add(&moments, values[i], 1);
    return moments;
}

TEST(sums_keep_what_rounding_takes)
{
    struct sum sum = { 0 };
    sum_add(&sum, 1);
    sum_add(&sum, 1e100);
    sum_add(&sum, 1);
    sum_add(&sum, -1e100);
    CHECK(sum_value(&sum) == 2);
}

TEST(the_mean_of_no_values_is_no_number)
{
    struct moments none = { 0 };
    struct estimate estimate;
    double out;
    CHECK(moments_mean(&none, &out) == ERR_NOT_FOUND);
    CHECK(mean_interval(&none, 0.95, &estimate) == ERR_NOT_FOUND);
    struct moments one = moments_of((const double[]){ 4 }, 1);
    CHECK(mean_change(&none, &one, 0.95, &estimate) == ERR_NOT_FOUND);
    CHECK(mean_change(&one, &none, 0.95, &estimate) == ERR_NOT_FOUND);
    CHECK(mean_interval(&one, 2, &estimate) == ERR_INVALID);
}

TEST(one_value_has_a_mean_without_limits)
{
    struct moments one = moments_of((const double[]){ 4 }, 1);
    struct moments two = moments_of((const double[]){ 4, 6 }, 2);
    struct estimate estimate;
    double out;
    CHECK(mean_interval(&one, 0.95, &estimate) == OK);
    CHECK(near(estimate.value, 4));
    CHECK(isinf(estimate.interval.low) && isinf(estimate.interval.high));
    CHECK(moments_variance(&one, &out) == ERR_NOT_FOUND);
    CHECK(mean_change(&one, &two, 0.95, &estimate) == OK);
    CHECK(near(estimate.value, 1));
    CHECK(isinf(estimate.interval.low) && isinf(estimate.interval.high));
}

TEST(variance_keeps_its_digits_far_from_zero)
{
    struct moments far = moments_of((const double[]){ 1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16 }, 4);
    double out;
    CHECK(moments_variance(&far, &out) == OK);
    CHECK(near(out, 30));
    far = moments_of((const double[]){ 1.7e12 + 0.25, 1.7e12 + 0.5, 1.7e12 + 0.75 }, 3);
    CHECK(moments_variance(&far, &out) == OK);
    CHECK(near(out, 0.0625));
}

TEST(variance_keeps_its_digits_when_the_sum_has_lost_them)
{
    enum { COUNT = 100000 };
    const double step = 1000 + 1.0 / 256; /* exact at 1.7e9, lost in a sum of 1.7e14 */
    struct moments moments = { 0 };
    for (int i = 0; i < COUNT; i++) moments_add(&moments, 1.7e9 + step * (i % 5), 1);
    double out;
    CHECK(moments_variance(&moments, &out) == OK);
    CHECK(near(out, 2 * step * step * COUNT / (COUNT - 1)));
}

TEST(what_is_taken_back_leaves_no_trace_in_any_order)
{
    static const double values[] = { 0.1, 3e7, 0.7, 12.5, 1e-3 };
    struct moments kept = moments_of((const double[]){ 0.1, 0.7, 1e-3 }, 3);
    struct moments added = moments_of(values, 5);
    struct moments taken = { 0 };
    moments_add(&taken, 3e7, -1);
    moments_add(&taken, 12.5, -1);
    moments_merge(&taken, &added);
    CHECK(taken.count == 3);

    double expected;
    double out;
    CHECK(moments_variance(&kept, &expected) == OK);
    CHECK(moments_variance(&taken, &out) == OK);
    CHECK(near(out, expected));
    moments_add(&taken, 0.1, -4);
    CHECK(moments_mean(&taken, &out) == ERR_INVALID);
}

TEST(a_weight_counts_as_often_as_it_says)
{
    struct moments listed = moments_of((const double[]){ 2.1, 2.1, 2.1, 5 }, 4);
    struct moments weighted = { 0 };
    moments_add(&weighted, 2.1, 3);
    moments_add(&weighted, 5, 1);
    struct estimate a;
    struct estimate b;
    CHECK(mean_interval(&listed, 0.95, &a) == OK);
    CHECK(mean_interval(&weighted, 0.95, &b) == OK);
    CHECK(near(a.value, b.value) && near(a.interval.low, b.interval.low));
}

TEST(welch_meets_the_textbook_and_needs_no_equal_variances)
{
    /* Sleep of Student 1908 as two independent groups; R: t.test(extra ~ group). */
    struct moments first =
        moments_of((const double[]){ 0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0 }, 10);
    struct moments second =
        moments_of((const double[]){ 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4 }, 10);
    struct estimate change;
    CHECK(mean_change(&first, &second, 0.95, &change) == OK);
    CHECK(near(change.value, 1.58));
    CHECK(fabs(change.interval.low + 0.2054832) < 1e-7);
    CHECK(fabs(change.interval.high - 3.3654832) < 1e-7);
}

TEST(values_without_spread_have_an_interval_without_width)
{
    struct moments same = moments_of((const double[]){ 4, 4, 4 }, 3);
    struct estimate estimate;
    CHECK(mean_interval(&same, 0.95, &estimate) == OK);
    CHECK(near(estimate.interval.low, 4) && near(estimate.interval.high, 4));
    CHECK(mean_change(&same, &same, 0.95, &estimate) == OK);
    CHECK(near(estimate.interval.low, 0) && near(estimate.interval.high, 0));
}
