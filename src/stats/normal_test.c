#include "stats/normal.h"

#include <math.h>
#include <stddef.h>

#include "base/test.h"

static bool near(double got, double expected, double tolerance)
{
    return fabs(got - expected) <= tolerance * fmax(1, fabs(expected));
}

TEST(normal_quantile_gives_the_usual_z)
{
    CHECK(near(normal_quantile(0.975), 1.959963984540054, 1e-15));
    CHECK(near(normal_z(0.95), 1.959963984540054, 1e-14));
    CHECK(near(normal_z(0.99), 2.5758293035489004, 1e-14));
    CHECK(near(normal_two_sided(1.959963984540054), 0.05, 1e-14));
    CHECK(normal_quantile(0.5) == 0);
}

TEST(normal_quantile_undoes_the_cdf_in_all_three_parts)
{
    for (int i = 0; i < 114; i++) {
        double z = -37 + 0.37 * i;
        double p = normal_cdf(z);
        CHECK(near(normal_quantile(p), z, 1e-10));
        if (z < 0) CHECK(fabs(normal_cdf(normal_quantile(p)) / p - 1) < 1e-12);
    }
}

TEST(gamma_cdf_of_shape_one_is_the_exponential)
{
    double x = 1e-6;
    for (int i = 0; i < 33; i++) {
        x *= 1.7;
        CHECK(near(gamma_cdf(x, 1), -expm1(-x), 1e-14));
        CHECK(fabs(gamma_tail(x, 1) / exp(-x) - 1) < 1e-13);
    }
    CHECK(gamma_cdf(0, 3) == 0);
    CHECK(gamma_tail(0, 3) == 1);
}

TEST(gamma_cdf_counts_poisson_events)
{
    double sum = 0;
    double term = exp(-7.5);
    for (int k = 0; k < 40; k++) {
        sum += term;
        CHECK(near(gamma_tail(7.5, k + 1), sum, 1e-13));
        term *= 7.5 / (k + 1);
    }
}

TEST(beta_cdf_sums_binomial_probabilities)
{
    enum { TRIALS = 37 };
    double above = 0;
    for (int64_t k = TRIALS; k > 0; k--) {
        above += binomial_probability(k, TRIALS, 0.3);
        CHECK(near(beta_cdf(0.3, (double)k, (double)(TRIALS - k + 1)), above, 1e-14));
    }
    CHECK(beta_cdf(0, 2, 3) == 0);
    CHECK(beta_cdf(1, 2, 3) == 1);
}

TEST(binomial_probability_is_right_at_the_ends)
{
    CHECK(near(binomial_probability(0, 10, 0.2), pow(0.8, 10), 1e-15));
    CHECK(near(binomial_probability(10, 10, 0.2), pow(0.2, 10), 1e-20));
    CHECK(binomial_probability(0, 5, 0) == 1);
    CHECK(binomial_probability(4, 5, 1) == 0);
    CHECK(near(binomial_probability(2, 4, 0.5), 0.375, 1e-15));
}

TEST(student_quantile_meets_its_closed_forms)
{
    for (int i = 0; i < 27; i++) {
        double p = 0.001 + 0.0371 * i;
        CHECK(near(student_quantile(p, 1), tan(M_PI * (p - 0.5)), 1e-12));
        CHECK(near(student_quantile(p, 2), (2 * p - 1) * sqrt(0.5 / (p * (1 - p))), 1e-12));
    }
    CHECK(near(student_quantile(0.975, 10), 2.2281388519862747, 1e-13));
    CHECK(near(student_quantile(0.975, 1e9), 1.959963984540054, 1e-8));
    CHECK(student_quantile(0.5, 3) == 0);
}

TEST(chi_square_quantile_meets_its_closed_forms)
{
    double z = normal_quantile(0.975);
    CHECK(near(chi_square_quantile(0.95, 1), z * z, 1e-13));
    CHECK(near(chi_square_quantile(0.95, 2), -2 * log(0.05), 1e-13));
    CHECK(near(chi_square_quantile(0.95, 10), 18.307038053275146, 1e-13));
    CHECK(near(chi_square_tail(18.307038053275146, 10), 0.05, 1e-13));
}

TEST(quantiles_undo_their_cdf_for_small_and_large_shapes)
{
    static const double shapes[] = { 0.5, 1, 3.7, 250, 1e6 };
    static const double shares[] = { 1e-9, 0.025, 0.5, 0.975, 0.999999 };
    for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
        for (size_t j = 0; j < sizeof(shares) / sizeof(*shares); j++) {
            double p = shares[j];
            double gamma = gamma_quantile(p, shapes[i]);
            CHECK(fabs(gamma_cdf(gamma, shapes[i]) / p - 1) < 1e-9);
            double beta = beta_quantile(p, shapes[i], 2.5 * shapes[i]);
            CHECK(fabs(beta_cdf(beta, shapes[i], 2.5 * shapes[i]) / p - 1) < 1e-9);
        }
    }
}
