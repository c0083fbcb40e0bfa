/* Distributions: the normal, beta, gamma, Student, chi-square and binomial functions that the
 * intervals are made of. Pure arithmetic, safe from any thread.
 *
 * Accuracy: about 1e-14 relative for the normal quantile, 1e-12 for the others up to shapes of
 * 1e6; time grows with the square root of the shape. Arguments outside the stated domain are bugs
 * and end the program, so callers check what comes from outside first.
 */
#pragma once

#include <stdint.h>

/* P(Z <= z). */
double normal_cdf(double z);
/* The z with P(Z <= z) = p, 0 < p < 1: Wichura 1988, algorithm AS 241 (PPND16). */
double normal_quantile(double p);
/* The z of a two-sided interval: 1.96 for 0.95. 0 < level < 1. */
double normal_z(double level);
/* P(|Z| >= |z|): the p-value of a z-test. */
double normal_two_sided(double z);

/* The regularised incomplete beta function I_x(a, b): 0 <= x <= 1, a > 0, b > 0.
 * Continued fraction (DLMF 8.17.22) by Lentz's method. */
double beta_cdf(double x, double a, double b);
/* The x with I_x(a, b) = p, 0 < p < 1. */
double beta_quantile(double p, double a, double b);

/* The regularised incomplete gamma function P(shape, x): x >= 0, shape > 0. Series (DLMF 8.11.4)
 * below the mean, continued fraction (DLMF 8.9.2) above it. */
double gamma_cdf(double x, double shape);
/* 1 - gamma_cdf, exact where that difference would cancel. */
double gamma_tail(double x, double shape);
/* The x with P(shape, x) = p, 0 < p < 1. */
double gamma_quantile(double p, double shape);

/* The t with P(T <= t) = p, 0 < p < 1; `freedom` > 0 need not be whole. */
double student_quantile(double p, double freedom);

/* The x with P(X <= x) = p, 0 < p < 1. */
double chi_square_quantile(double p, double freedom);
/* P(X >= x): the p-value of a chi-square test. x >= 0. */
double chi_square_tail(double x, double freedom);

/* P(K = k) of `trials` with probability p; 0 <= k <= trials, 0 <= p <= 1. Loader 2000, so it
 * neither underflows early nor cancels for millions of trials. */
double binomial_probability(int64_t k, int64_t trials, double p);
