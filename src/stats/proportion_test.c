#include "stats/proportion.h"

#include <math.h>

#include "base/test.h"
#include "stats/normal.h"

static bool near(double got, double expected)
{
    return fabs(got - expected) <= 1e-9;
}

static struct proportion of(int64_t count, int64_t total)
{
    return (struct proportion){ .count = count, .total = total };
}

TEST(no_answers_have_no_share)
{
    struct estimate estimate = { .value = 7 };
    CHECK(proportion_wilson(of(0, 0), 0.95, &estimate) == ERR_NOT_FOUND);
    CHECK(proportion_clopper_pearson(of(0, 0), 0.95, &estimate) == ERR_NOT_FOUND);
    CHECK(proportion_jeffreys(of(0, 0), 0.95, &estimate) == ERR_NOT_FOUND);
    CHECK(proportion_change(of(0, 0), of(1, 2), 0.95, &estimate) == ERR_NOT_FOUND);
    CHECK(proportion_change(of(1, 2), of(0, 0), 0.95, &estimate) == ERR_NOT_FOUND);
    CHECK(proportion_goodman((const int64_t[]){ 0, 0 }, 2, 0.95, &estimate) == ERR_NOT_FOUND);
    CHECK(estimate.value == 7);
}

TEST(impossible_counts_and_levels_are_refused)
{
    struct estimate estimate;
    double p;
    CHECK(proportion_wilson(of(3, 2), 0.95, &estimate) == ERR_INVALID);
    CHECK(proportion_wilson(of(-1, 2), 0.95, &estimate) == ERR_INVALID);
    CHECK(proportion_wilson(of(1, 2), 1, &estimate) == ERR_INVALID);
    CHECK(proportion_wilson(of(1, 2), nan(""), &estimate) == ERR_INVALID);
    CHECK(proportion_jeffreys(of(1, 2), 0, &estimate) == ERR_INVALID);
    CHECK(proportion_wilson_weighted(1.1, 20, 0.95, &estimate) == ERR_INVALID);
    CHECK(proportion_goodman((const int64_t[]){ 1, -1 }, 2, 0.95, &estimate) == ERR_INVALID);
    CHECK(proportion_fisher(of(3, 2), of(1, 2), &p) == ERR_INVALID);
}

/* Every interval of one proportion holds its value, stays in [0, 1] and mirrors. */
static void check_interval(enum err (*interval)(struct proportion of, double level,
                                                struct estimate *out),
                           struct proportion share)
{
    struct estimate yes;
    struct estimate no;
    struct estimate wider;
    CHECK(interval(share, 0.95, &yes) == OK);
    CHECK(interval(of(share.total - share.count, share.total), 0.95, &no) == OK);
    CHECK(interval(share, 0.99, &wider) == OK);
    CHECK(0 <= yes.interval.low && yes.interval.low <= yes.value);
    CHECK(yes.value <= yes.interval.high && yes.interval.high <= 1);
    CHECK(near(yes.interval.low, 1 - no.interval.high));
    CHECK(wider.interval.low <= yes.interval.low && yes.interval.high <= wider.interval.high);
    CHECK(yes.interval.low < yes.interval.high);
    CHECK((yes.interval.low <= 0) == (share.count == 0));
    CHECK((yes.interval.high >= 1) == (share.count == share.total));
}

TEST(intervals_of_a_share_hold_it_stay_in_range_and_mirror)
{
    for (int64_t total = 1; total <= 40; total++) {
        for (int64_t count = 0; count <= total; count++) {
            check_interval(proportion_wilson, of(count, total));
            check_interval(proportion_clopper_pearson, of(count, total));
            check_interval(proportion_jeffreys, of(count, total));
        }
    }
    check_interval(proportion_wilson, of(1, 1000000000));
    check_interval(proportion_clopper_pearson, of(3, 1000000));
}

TEST(clopper_pearson_covers_at_least_its_level)
{
    enum { TOTAL = 23 };
    for (int i = 0; i < 51; i++) {
        double share = 0.01 + 0.0197 * i;
        double covered = 0;
        for (int64_t k = 0; k <= TOTAL; k++) {
            struct estimate estimate;
            CHECK(proportion_clopper_pearson(of(k, TOTAL), 0.9, &estimate) == OK);
            if (estimate.interval.low <= share && share <= estimate.interval.high) {
                covered += binomial_probability(k, TOTAL, share);
            }
        }
        CHECK(covered >= 0.9);
    }
}

TEST(weighted_wilson_with_equal_weights_is_wilson)
{
    struct estimate plain;
    struct estimate weighted;
    CHECK(proportion_wilson(of(54, 75), 0.95, &plain) == OK);
    CHECK(proportion_wilson_weighted(0.72, 75, 0.95, &weighted) == OK);
    CHECK(near(plain.interval.low, weighted.interval.low));
    CHECK(near(plain.interval.high, weighted.interval.high));
}

TEST(a_change_reversed_changes_sign)
{
    struct estimate up;
    struct estimate down;
    CHECK(proportion_change(of(48, 80), of(56, 70), 0.95, &up) == OK);
    CHECK(proportion_change(of(56, 70), of(48, 80), 0.95, &down) == OK);
    CHECK(near(up.value, -down.value));
    CHECK(near(up.interval.low, -down.interval.high));
    CHECK(near(up.interval.high, -down.interval.low));
}

TEST(fisher_meets_the_tea_tasting_lady)
{
    double p;
    CHECK(proportion_fisher(of(3, 4), of(1, 4), &p) == OK);
    CHECK(near(p, 34.0 / 70));
    CHECK(proportion_fisher(of(4, 4), of(0, 4), &p) == OK);
    CHECK(near(p, 2.0 / 70));
    CHECK(proportion_fisher(of(0, 9), of(0, 7), &p) == OK);
    CHECK(near(p, 1));
}

static double choose_log(double n, double k)
{
    int sign;
    return lgamma_r(n + 1, &sign) - lgamma_r(k + 1, &sign) - lgamma_r(n - k + 1, &sign);
}

TEST(fisher_counts_the_equally_likely_table_of_the_other_side)
{
    for (int64_t total = 1; total <= 60; total++) {
        double tail = 0;
        for (int64_t k = 0; 2 * k < total; k++) {
            double n = (double)total;
            tail += exp(2 * choose_log(n, (double)k) - choose_log(2 * n, n));
            double p;
            CHECK(proportion_fisher(of(k, total), of(total - k, total), &p) == OK);
            CHECK(near(p, 2 * tail));
        }
    }
}

TEST(fisher_agrees_with_pooled_z_for_many_and_ends_early_for_millions)
{
    struct proportion_test test;
    double p;
    CHECK(proportion_pooled_z(of(500000, 1000000), of(501000, 1000000), &test) == OK);
    CHECK(proportion_fisher(of(500000, 1000000), of(501000, 1000000), &p) == OK);
    CHECK(fabs(p / test.p - 1) < 0.01);
    CHECK(proportion_fisher(of(0, 1000000), of(1000000, 1000000), &p) == OK);
    CHECK(p >= 0 && p < 1e-300);
}

TEST(the_p_value_of_a_change_is_exact_for_small_cells)
{
    struct proportion_test test;
    double p;
    double exact;
    CHECK(proportion_change_p(of(1, 20), of(4, 20), &p) == OK);
    CHECK(proportion_fisher(of(1, 20), of(4, 20), &exact) == OK);
    CHECK(near(p, exact));
    CHECK(proportion_change_p(of(54, 75), of(70, 80), &p) == OK);
    CHECK(proportion_pooled_z(of(54, 75), of(70, 80), &test) == OK);
    CHECK(near(p, test.p));
    CHECK(proportion_pooled_z(of(20, 20), of(9, 9), &test) == ERR_NOT_FOUND);
    CHECK(proportion_change_p(of(20, 20), of(9, 9), &p) == OK);
    CHECK(near(p, 1));
}
