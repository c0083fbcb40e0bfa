#include "stats/mean.h"

#include <assert.h>
#include <math.h>

#include "stats/normal.h"

static const double VALUE_MAX = 1e150; /* so that squares stay finite */

void sum_add(struct sum *sum, double value)
{
    double total = sum->total + value;
    if (fabs(sum->total) >= fabs(value)) {
        sum->rest += (sum->total - total) + value;
    } else {
        sum->rest += (value - total) + sum->total;
    }
    sum->total = total;
}

void sum_add_product(struct sum *sum, double a, double b)
{
    double product = a * b;
    sum_add(sum, product);
    sum_add(sum, fma(a, b, -product));
}

double sum_value(const struct sum *sum)
{
    return sum->total + sum->rest;
}

void moments_add(struct moments *moments, double value, int64_t weight)
{
    assert(fabs(value) <= VALUE_MAX);
    double times = (double)weight;
    double square = value * value;
    moments->count += weight;
    sum_add_product(&moments->values, value, times);
    sum_add_product(&moments->squares, square, times);
    sum_add_product(&moments->squares, fma(value, value, -square), times);
}

void moments_merge(struct moments *into, const struct moments *from)
{
    into->count += from->count;
    sum_add(&into->values, from->values.total);
    sum_add(&into->values, from->values.rest);
    sum_add(&into->squares, from->squares.total);
    sum_add(&into->squares, from->squares.rest);
}

enum err moments_mean(const struct moments *of, double *out)
{
    if (of->count < 0) return ERR_INVALID;
    if (of->count == 0) return ERR_NOT_FOUND;
    *out = sum_value(&of->values) / (double)of->count;
    return OK;
}

enum err moments_variance(const struct moments *of, double *out)
{
    if (of->count < 0) return ERR_INVALID;
    if (of->count < 2) return ERR_NOT_FOUND;

    /* Sum of (x - m)^2 for the rounded mean m, multiplied out with nothing lost to cancelling:
     * sum x^2 - 2 m sum x + n m^2. What the rounding of m adds is below the last digit. */
    double n = (double)of->count;
    double mean = sum_value(&of->values) / n;
    double square = mean * mean;
    struct sum sum = of->squares;
    sum_add_product(&sum, -2 * mean, of->values.total);
    sum_add_product(&sum, -2 * mean, of->values.rest);
    sum_add_product(&sum, n, square);
    sum_add_product(&sum, n, fma(mean, mean, -square));
    *out = fmax(0, sum_value(&sum)) / (n - 1);
    return OK;
}

enum err mean_interval(const struct moments *of, double level, struct estimate *out)
{
    if (!interval_level_is_valid(level)) return ERR_INVALID;
    double mean;
    enum err err = moments_mean(of, &mean);
    if (err) return err;

    double half = HUGE_VAL;
    if (of->count > 1) {
        double variance;
        err = moments_variance(of, &variance);
        if (err) return err;
        double n = (double)of->count;
        half = -student_quantile((1 - level) / 2, n - 1) * sqrt(variance / n);
    }
    *out = (struct estimate){
        .value = mean,
        .interval = { mean - half, mean + half, .method = "student_t" },
    };
    return OK;
}

/* What one side adds to the variance of the difference. */
struct welch_side {
    double mean;
    double variance; /* of the mean */
    double freedom;
};

static enum err welch_side(const struct moments *of, struct welch_side *out)
{
    struct welch_side side = { .freedom = (double)of->count - 1 };
    enum err err = moments_mean(of, &side.mean);
    if (err) return err;
    if (of->count > 1) {
        err = moments_variance(of, &side.variance);
        if (err) return err;
        side.variance /= (double)of->count;
    }
    *out = side;
    return OK;
}

static double welch_half(const struct welch_side *a, const struct welch_side *b, double level)
{
    if (a->freedom < 1 || b->freedom < 1) return HUGE_VAL;
    double variance = a->variance + b->variance;
    if (variance == 0) return 0;

    double share = a->variance / variance;
    double freedom = 1 / (share * share / a->freedom + (1 - share) * (1 - share) / b->freedom);
    return -student_quantile((1 - level) / 2, freedom) * sqrt(variance);
}

enum err mean_change(const struct moments *before, const struct moments *after, double level,
                     struct estimate *out)
{
    if (!interval_level_is_valid(level)) return ERR_INVALID;
    struct welch_side first;
    enum err err = welch_side(before, &first);
    if (err) return err;
    struct welch_side second;
    err = welch_side(after, &second);
    if (err) return err;

    double value = second.mean - first.mean;
    double half = welch_half(&first, &second, level);
    *out = (struct estimate){
        .value = value,
        .interval = { value - half, value + half, .method = "welch_t" },
    };
    return OK;
}
