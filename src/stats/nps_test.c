#include "stats/nps.h"

#include <math.h>

#include "base/str.h"
#include "base/test.h"

static bool near(double got, double expected)
{
    return fabs(got - expected) <= 1e-6;
}

static struct nps of(int64_t promoters, int64_t passives, int64_t detractors)
{
    return (struct nps){ promoters, passives, detractors };
}

TEST(nps_of_no_answers_is_no_number)
{
    double points = 7;
    struct estimate estimate;
    CHECK(nps_value(of(0, 0, 0), &points) == ERR_NOT_FOUND);
    CHECK(nps_interval(of(0, 0, 0), 0.95, &estimate) == ERR_NOT_FOUND);
    CHECK(nps_change(of(0, 0, 0), of(1, 0, 0), 0.95, &estimate) == ERR_NOT_FOUND);
    CHECK(nps_change(of(20, 0, 0), of(0, 0, 0), 0.95, &estimate) == ERR_NOT_FOUND);
    CHECK(nps_value(of(1, -1, 0), &points) == ERR_INVALID);
    CHECK(nps_interval(of(30, 1, 0), 1.5, &estimate) == ERR_INVALID);
    CHECK(points == 7);
}

TEST(nps_score_intervals_hold_the_score_and_mirror)
{
    for (int64_t promoters = 0; promoters <= 9; promoters++) {
        for (int64_t passives = 0; passives <= 9; passives++) {
            for (int64_t detractors = promoters ? 0 : 1; detractors <= 9; detractors++) {
                struct estimate good;
                struct estimate bad;
                CHECK(nps_score(of(promoters, passives, detractors), 0.95, &good) == OK);
                CHECK(nps_score(of(detractors, passives, promoters), 0.95, &bad) == OK);
                CHECK(-100 <= good.interval.low && good.interval.low <= good.value);
                CHECK(good.value <= good.interval.high && good.interval.high <= 100);
                CHECK(near(good.interval.low, -bad.interval.high));
                CHECK(good.interval.high - good.interval.low > 1);
            }
        }
    }
}

TEST(nps_of_passives_only_is_zero_and_uncertain)
{
    struct estimate estimate;
    CHECK(nps_score(of(0, 5, 0), 0.95, &estimate) == OK);
    CHECK(near(estimate.value, 0));
    CHECK(estimate.interval.low < -30 && estimate.interval.high > 30);
}

TEST(nps_shows_the_score_interval_below_ten_answers_only)
{
    struct estimate estimate;
    CHECK(nps_interval(of(5, 2, 2), 0.95, &estimate) == OK);
    CHECK(str_equal(str_from(estimate.interval.method), STR("tango_score")));
    CHECK(nps_interval(of(5, 3, 2), 0.95, &estimate) == OK);
    CHECK(str_equal(str_from(estimate.interval.method), STR("adjusted_wald")));
    CHECK(nps_change(of(5, 3, 1), of(50, 3, 2), 0.95, &estimate) == OK);
    CHECK(str_equal(str_from(estimate.interval.method), STR("mover")));
    CHECK(nps_change(of(5, 3, 2), of(50, 3, 2), 0.95, &estimate) == OK);
    CHECK(str_equal(str_from(estimate.interval.method), STR("adjusted_wald")));
}

TEST(nps_adjusted_wald_and_score_agree_for_many_answers)
{
    struct estimate wald;
    struct estimate score;
    CHECK(nps_adjusted_wald(of(500000, 300000, 200000), 0.95, &wald) == OK);
    CHECK(nps_score(of(500000, 300000, 200000), 0.95, &score) == OK);
    CHECK(fabs(wald.interval.low - score.interval.low) < 1e-3);
    CHECK(fabs(wald.interval.high - score.interval.high) < 1e-3);
}

TEST(nps_score_of_a_billion_passives_and_one_detractor_mirrors)
{
    struct estimate good;
    struct estimate bad;
    CHECK(nps_score(of(1, 1000000000, 0), 0.95, &good) == OK);
    CHECK(nps_score(of(0, 1000000000, 1), 0.95, &bad) == OK);
    CHECK(fabs(good.interval.low + bad.interval.high) <= 1e-6 * fabs(good.interval.low));
    CHECK(fabs(good.interval.high + bad.interval.low) <= 1e-6 * good.interval.high);
    CHECK(good.interval.low < 0 && good.interval.high > 1e-7);
}
