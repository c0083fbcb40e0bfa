#include "stats/quantile.h"

#include <math.h>
#include <stdlib.h>

#include "stats/normal.h"

/* Ranks computed from p * n can miss a whole number by this much of rounding. */
static const double RANK_SLACK = 4e-15;

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

void quantile_sort(double *values, size_t count)
{
    if (count > 1) qsort(values, count, sizeof(*values), compare);
}

/* The rank, from 1, of which a fraction of type 7 or 8 speaks. */
static double rank_between(double n, double p, enum quantile_type type)
{
    if (type == QUANTILE_LINEAR) return (n - 1) * p + 1;
    return (n + 1.0 / 3) * p + 1.0 / 3;
}

enum err quantile_value(const double *sorted, size_t count, double p, enum quantile_type type,
                        double *out)
{
    if (!(p >= 0 && p <= 1)) return ERR_INVALID;
    if (count == 0) return ERR_NOT_FOUND;

    double n = (double)count;
    if (type == QUANTILE_INVERTED_CDF) {
        double rank = fmin(n, fmax(1, ceil(n * p * (1 - RANK_SLACK))));
        *out = sorted[(size_t)rank - 1];
        return OK;
    }
    double rank = fmin(n, fmax(1, rank_between(n, p, type)));
    double whole = floor(rank);
    size_t index = (size_t)whole - 1;
    double low = sorted[index];
    double high = index + 1 < count ? sorted[index + 1] : low;
    *out = low + (rank - whole) * (high - low);
    return OK;
}

/* A window of values of the binomial count of values below the quantile. It grows from the mode to
 * the likelier side, so at every width it is the likeliest window of that width. */
struct window {
    int64_t first;
    int64_t last;
    double below; /* probability of first - 1 */
    double above; /* probability of last + 1 */
    double sum;
};

static void window_grow(struct window *window, int64_t count, double odds)
{
    /* Equal probabilities differ by rounding; the slack makes the lower side win then. */
    if (window->first > 0 && window->below >= window->above * (1 - 1e-9)) {
        window->first--;
        window->sum += window->below;
        double k = (double)window->first;
        window->below *= k / ((double)count - k + 1) / odds;
    } else {
        window->last++;
        window->sum += window->above;
        double k = (double)window->last;
        window->above *= ((double)count - k) / (k + 1) * odds;
    }
}

enum err quantile_ranks(int64_t count, double p, double level, struct quantile_ranks *out)
{
    if (!(p > 0 && p < 1) || count < 0 || !interval_level_is_valid(level)) return ERR_INVALID;
    if (count == 0) return ERR_NOT_FOUND;

    double odds = p / (1 - p);
    int64_t mode = (int64_t)fmin((double)count, floor(((double)count + 1) * p));
    struct window window = {
        .first = mode,
        .last = mode,
        .below = mode > 0 ? binomial_probability(mode - 1, count, p) : 0,
        .above = mode < count ? binomial_probability(mode + 1, count, p) : 0,
        .sum = binomial_probability(mode, count, p),
    };
    while (window.sum < level && (window.first > 0 || window.last < count)) {
        window_grow(&window, count, odds);
    }

    *out = (struct quantile_ranks){
        .lower = window.first,
        .upper = window.last + 1,
        .coverage = fmin(1, window.sum),
    };
    return OK;
}

enum err quantile_interval(const double *sorted, size_t count, double p, double level,
                           struct estimate *out)
{
    double value;
    enum err err = quantile_value(sorted, count, p, QUANTILE_LINEAR, &value);
    if (err) return err;
    struct quantile_ranks ranks;
    err = quantile_ranks((int64_t)count, p, level, &ranks);
    if (err) return err;

    double low = ranks.lower < 1 ? -HUGE_VAL : sorted[ranks.lower - 1];
    double high = ranks.upper > (int64_t)count ? HUGE_VAL : sorted[ranks.upper - 1];
    *out = (struct estimate){
        .value = value,
        .interval = { low, high, .method = "order_statistics" },
    };
    return OK;
}
