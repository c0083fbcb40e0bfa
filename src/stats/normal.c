#include "stats/normal.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

enum { TERMS_MAX = 1000000, STEPS_MAX = 1200 };

static const double TERM_MIN = 1e-16; /* relative; smaller terms change no digit */
static const double STEP_MIN = 1e-14; /* relative; where the search for a quantile ends */
static const double TINY = 1e-300;    /* stands for 0 in Lentz's method */

double normal_cdf(double z)
{
    return 0.5 * erfc(-z / M_SQRT2);
}

double normal_two_sided(double z)
{
    return erfc(fabs(z) / M_SQRT2);
}

enum { AS241_COUNT = 8 };

struct as241 {
    double above[AS241_COUNT]; /* coefficients of the powers 0 to 7 */
    double below[AS241_COUNT];
};

static const struct as241 AS241_CENTRE = {
    .above = { 3.387132872796366608, 133.14166789178437745, 1971.5909503065514427,
               13731.693765509461125, 45921.953931549871457, 67265.770927008700853,
               33430.575583588128105, 2509.0809287301226727 },
    .below = { 1.0, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077,
               21213.794301586595867, 39307.89580009271061, 28729.085735721942674,
               5226.495278852545925 },
};
static const struct as241 AS241_MIDDLE = {
    .above = { 1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055,
               3.64784832476320460504, 1.27045825245236838258, 0.24178072517745061177,
               0.0227238449892691845833, 7.7454501427834140764e-4 },
    .below = { 1.0, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455,
               0.14810397642748007459, 0.0151986665636164571966, 5.475938084995344946e-4,
               1.05075007164441684324e-9 },
};
static const struct as241 AS241_TAIL = {
    .above = { 6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358,
               0.29656057182850489123, 0.026532189526576123093, 0.0012426609473880784386,
               2.71155556874348757815e-5, 2.01033439929228813265e-7 },
    .below = { 1.0, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525,
               7.868691311456132591e-4, 1.8463183175100546818e-5, 1.4215117583164458887e-7,
               2.04426310338993978564e-15 },
};

static double as241_ratio(const struct as241 *part, double r)
{
    double above = 0;
    double below = 0;
    for (size_t i = AS241_COUNT; i-- > 0;) {
        above = above * r + part->above[i];
        below = below * r + part->below[i];
    }
    return above / below;
}

double normal_quantile(double p)
{
    assert(p > 0 && p < 1);
    double q = p - 0.5;
    if (fabs(q) <= 0.425) return q * as241_ratio(&AS241_CENTRE, 0.180625 - q * q);

    double r = sqrt(-log(q < 0 ? p : 1 - p));
    double z = r <= 5 ? as241_ratio(&AS241_MIDDLE, r - 1.6) : as241_ratio(&AS241_TAIL, r - 5);
    return q < 0 ? -z : z;
}

double normal_z(double level)
{
    return -normal_quantile((1 - level) / 2);
}

/* ln(n!) less Stirling's approximation of it, n > 0 (Loader 2000). */
static double stirling_error(double n)
{
    if (n > 15) {
        double square = n * n;
        double tail = 1.0 / 1680 - 1.0 / 1188 / square;
        return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - tail / square) / square) / square) / n;
    }
    int sign; /* lgamma keeps the sign in a global, which threads would share */
    return lgamma_r(n + 1, &sign) - (n + 0.5) * log(n) + n - 0.5 * log(2 * M_PI);
}

/* x ln(x/mean) + mean - x, without cancelling near the mean (Loader 2000). */
static double deviance(double x, double mean)
{
    if (fabs(x - mean) >= 0.1 * (x + mean)) return x * log(x / mean) + mean - x;

    double v = (x - mean) / (x + mean);
    double sum = (x - mean) * v;
    double term = 2 * x * v;
    for (int i = 3; i < TERMS_MAX; i += 2) {
        term *= v * v;
        double next = sum + term / i;
        if (next == sum) break;
        sum = next;
    }
    return sum;
}

/* Gamma(a+b+1) / (Gamma(a+1) Gamma(b+1)) x^a (1-x)^b, for a, b > 0 and 0 < x < 1. */
static double binomial_term(double a, double b, double x)
{
    double n = a + b;
    double exponent = stirling_error(n) - stirling_error(a) - stirling_error(b) -
                      deviance(a, n * x) - deviance(b, n * (1 - x));
    return exp(exponent) * sqrt(n / (2 * M_PI * a * b));
}

double binomial_probability(int64_t k, int64_t trials, double p)
{
    assert(k >= 0 && k <= trials && p >= 0 && p <= 1);
    if (p == 0) return k == 0;
    if (p == 1) return k == trials;
    if (k == 0) return exp((double)trials * log1p(-p));
    if (k == trials) return exp((double)trials * log(p));
    return binomial_term((double)k, (double)(trials - k), p);
}

/* x^shape e^-x / Gamma(shape+1), for x, shape > 0. */
static double poisson_term(double shape, double x)
{
    return exp(-stirling_error(shape) - deviance(shape, x)) / sqrt(2 * M_PI * shape);
}

static double away_from_zero(double x)
{
    return fabs(x) < TINY ? TINY : x;
}

/* The continued fraction of I_x(a, b), for x below (a+1)/(a+b+2), where it converges fast. */
static double beta_fraction(double x, double a, double b)
{
    double c = 1;
    double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
    double result = d;
    for (int m = 1; m < TERMS_MAX; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        result *= d * c;

        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        result *= d * c;
        if (fabs(d * c - 1) <= TERM_MIN * 3) break;
    }
    return result;
}

double beta_cdf(double x, double a, double b)
{
    assert(x >= 0 && x <= 1 && a > 0 && b > 0);
    if (x == 0 || x == 1) return x;

    double term = binomial_term(a, b, x);
    if (x < (a + 1) / (a + b + 2)) return term * b / (a + b) * beta_fraction(x, a, b);
    return 1 - term * a / (a + b) * beta_fraction(1 - x, b, a);
}

static double gamma_series(double x, double shape)
{
    double term = 1;
    double sum = 1;
    for (int i = 1; i < TERMS_MAX && term > sum * TERM_MIN; i++) {
        term *= x / (shape + i);
        sum += term;
    }
    return poisson_term(shape, x) * sum;
}

static double gamma_fraction(double x, double shape)
{
    double b = x + 1 - shape;
    double c = 1 / TINY;
    double d = 1 / away_from_zero(b);
    double result = d;
    for (int i = 1; i < TERMS_MAX; i++) {
        double a = -i * (i - shape);
        b += 2;
        d = 1 / away_from_zero(a * d + b);
        c = away_from_zero(b + a / c);
        result *= d * c;
        if (fabs(d * c - 1) <= TERM_MIN * 3) break;
    }
    return poisson_term(shape, x) * shape * result;
}

double gamma_cdf(double x, double shape)
{
    assert(x >= 0 && shape > 0);
    if (x == 0) return 0;
    return x < shape + 1 ? gamma_series(x, shape) : 1 - gamma_fraction(x, shape);
}

double gamma_tail(double x, double shape)
{
    assert(x >= 0 && shape > 0);
    if (x == 0) return 1;
    return x < shape + 1 ? 1 - gamma_series(x, shape) : gamma_fraction(x, shape);
}

/* A distribution over (0, high): beta with two shapes, gamma with one. */
struct distribution {
    double (*cdf)(const struct distribution *of, double x);
    double (*density)(const struct distribution *of, double x);
    double a;
    double b;
    double high;
};

/* Newton's method, kept inside a bracket that every step narrows. */
static double quantile_search(const struct distribution *of, double p, double guess)
{
    double low = 0;
    double high = of->high;
    double x = guess;
    for (int i = 0; i < STEPS_MAX; i++) {
        double excess = of->cdf(of, x) - p;
        if (excess == 0) return x;
        if (excess > 0) high = x;
        if (excess < 0) low = x;

        double next = x - excess / of->density(of, x);
        if (!(next > low && next < high)) next = isinf(high) ? 2 * x : low + (high - low) / 2;
        if (fabs(next - x) <= STEP_MIN * next) return next;
        x = next;
    }
    return x;
}

static double beta_cdf_of(const struct distribution *of, double x)
{
    return beta_cdf(x, of->a, of->b);
}

static double beta_density_of(const struct distribution *of, double x)
{
    return binomial_term(of->a, of->b, x) * of->a * of->b / ((of->a + of->b) * x * (1 - x));
}

double beta_quantile(double p, double a, double b)
{
    assert(p > 0 && p < 1 && a > 0 && b > 0);
    struct distribution beta = { beta_cdf_of, beta_density_of, .a = a, .b = b, .high = 1 };
    return quantile_search(&beta, p, a / (a + b));
}

static double gamma_cdf_of(const struct distribution *of, double x)
{
    return gamma_cdf(x, of->a);
}

static double gamma_density_of(const struct distribution *of, double x)
{
    return poisson_term(of->a, x) * of->a / x;
}

double gamma_quantile(double p, double shape)
{
    assert(p > 0 && p < 1 && shape > 0);
    struct distribution gamma = { gamma_cdf_of, gamma_density_of, .a = shape, .high = HUGE_VAL };
    return quantile_search(&gamma, p, shape);
}

/* T^2 / (freedom + T^2) is beta distributed. Near 1 its complement is looked up instead, for the
 * difference from 1 is what decides. */
double student_quantile(double p, double freedom)
{
    assert(p > 0 && p < 1 && freedom > 0);
    if (p == 0.5) return 0;

    double tail = 2 * (p < 0.5 ? p : 1 - p);
    double rest = beta_quantile(tail, freedom / 2, 0.5);
    double share = rest > 0.5 ? beta_quantile(1 - tail, 0.5, freedom / 2) : 1 - rest;
    double t = sqrt(freedom * share / (rest > 0.5 ? 1 - share : rest));
    return p < 0.5 ? -t : t;
}

double chi_square_quantile(double p, double freedom)
{
    return 2 * gamma_quantile(p, freedom / 2);
}

double chi_square_tail(double x, double freedom)
{
    return gamma_tail(x / 2, freedom / 2);
}
