#include "stats/proportion.h"

#include <math.h>
#include <stdbool.h>

#include "stats/mover.h"
#include "stats/normal.h"

static const double FISHER_SLACK = 1 + 1e-7;
static const double EXPECTED_MIN = 5;

static enum err proportion_check(struct proportion of)
{
    if (of.count < 0 || of.count > of.total) return ERR_INVALID;
    return of.total == 0 ? ERR_NOT_FOUND : OK;
}

static enum err pair_check(struct proportion before, struct proportion after)
{
    enum err err = proportion_check(before);
    return err ? err : proportion_check(after);
}

static double share_of(struct proportion of)
{
    return (double)of.count / (double)of.total;
}

static struct estimate wilson(double share, double n, double z, const char *method)
{
    double square = z * z / n;
    double centre = (share + square / 2) / (1 + square);
    double half = z * sqrt((share * (1 - share) + square / 4) / n) / (1 + square);
    return (struct estimate){
        .value = share,
        .interval = { .low = share <= 0 ? 0 : fmax(0, centre - half),
                      .high = share >= 1 ? 1 : fmin(1, centre + half),
                      .method = method },
    };
}

enum err proportion_wilson(struct proportion of, double level, struct estimate *out)
{
    enum err err = proportion_check(of);
    if (err) return err;
    return proportion_wilson_weighted(share_of(of), (double)of.total, level, out);
}

enum err proportion_wilson_weighted(double share, double effective_count, double level,
                                    struct estimate *out)
{
    if (!interval_level_is_valid(level)) return ERR_INVALID;
    if (!(share >= 0 && share <= 1) || !(effective_count >= 0)) return ERR_INVALID;
    if (effective_count == 0) return ERR_NOT_FOUND;

    *out = wilson(share, effective_count, normal_z(level), "wilson");
    return OK;
}

/* Limits from two beta distributions: `shift` is 1 for Clopper-Pearson, 1/2 for Jeffreys. */
static enum err beta_interval(struct proportion of, double level, double shift,
                              struct interval *out)
{
    enum err err = proportion_check(of);
    if (err) return err;
    if (!interval_level_is_valid(level)) return ERR_INVALID;

    double tail = (1 - level) / 2;
    double yes = (double)of.count;
    double no = (double)(of.total - of.count);
    double other = 1 - shift;
    out->low = of.count == 0 ? 0 : beta_quantile(tail, yes + other, no + shift);
    out->high = of.count == of.total ? 1 : beta_quantile(1 - tail, yes + shift, no + other);
    return OK;
}

enum err proportion_clopper_pearson(struct proportion of, double level, struct estimate *out)
{
    struct interval interval = { .method = "clopper_pearson" };
    enum err err = beta_interval(of, level, 1, &interval);
    if (err) return err;
    *out = (struct estimate){ .value = share_of(of), .interval = interval };
    return OK;
}

enum err proportion_jeffreys(struct proportion of, double level, struct estimate *out)
{
    struct interval interval = { .method = "jeffreys" };
    enum err err = beta_interval(of, level, 0.5, &interval);
    if (err) return err;
    *out = (struct estimate){ .value = share_of(of), .interval = interval };
    return OK;
}

enum err proportion_change(struct proportion before, struct proportion after, double level,
                           struct estimate *out)
{
    struct estimate first;
    enum err err = proportion_wilson(before, level, &first);
    if (err) return err;
    struct estimate second;
    err = proportion_wilson(after, level, &second);
    if (err) return err;

    *out = mover_difference(first, second);
    out->interval.method = "newcombe";
    return OK;
}

enum err proportion_pooled_z(struct proportion before, struct proportion after,
                             struct proportion_test *out)
{
    enum err err = pair_check(before, after);
    if (err) return err;

    double n1 = (double)before.total;
    double n2 = (double)after.total;
    double pooled = ((double)before.count + (double)after.count) / (n1 + n2);
    if (pooled <= 0 || pooled >= 1) return ERR_NOT_FOUND;

    double z =
        (share_of(after) - share_of(before)) / sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
    *out = (struct proportion_test){ .z = z, .p = normal_two_sided(z) };
    return OK;
}

/* Tables with the margins of an observed one, named by their first cell. */
struct tables {
    double first;  /* total of the first row */
    double second; /* total of the second row */
    double column; /* total of the first column */
};

/* P(cell + 1) / P(cell). */
static double table_ratio(const struct tables *of, double cell)
{
    return (of->first - cell) * (of->column - cell) /
           ((cell + 1) * (of->second - of->column + cell + 1));
}

static double tables_mode(const struct tables *of)
{
    double mode = floor((of->column + 1) * (of->first + 1) / (of->first + of->second + 2));
    return fmin(fmax(mode, fmax(0, of->column - of->second)), fmin(of->first, of->column));
}

/* A walk over the tables from the likeliest one outwards. Weights are relative to its weight of 1
 * and fall to 0 some 40 standard deviations away, which ends a walk over millions early. */
struct walk {
    const struct tables *of;
    double cell;
    double weight;
};

static void walk_up(struct walk *walk)
{
    walk->weight *= table_ratio(walk->of, walk->cell);
    walk->cell++;
}

static void walk_down(struct walk *walk)
{
    walk->cell--;
    walk->weight /= table_ratio(walk->of, walk->cell);
}

static double table_weight(struct walk from, double cell)
{
    while (from.cell < cell) {
        walk_up(&from);
    }
    while (from.cell > cell) {
        walk_down(&from);
    }
    return from.weight;
}

static double fisher_p(const struct tables *of, double observed)
{
    struct walk mode = { .of = of, .cell = tables_mode(of), .weight = 1 };
    double lowest = fmax(0, of->column - of->second);
    double limit = table_weight(mode, observed) * FISHER_SLACK;
    double all = 0;
    double extreme = 0;
    for (struct walk up = mode; up.weight > 0; walk_up(&up)) {
        all += up.weight;
        if (up.weight <= limit) extreme += up.weight;
    }
    struct walk down = mode;
    while (down.cell > lowest && down.weight > 0) {
        walk_down(&down);
        all += down.weight;
        if (down.weight <= limit) extreme += down.weight;
    }
    return fmin(1, extreme / all);
}

enum err proportion_fisher(struct proportion before, struct proportion after, double *out_p)
{
    enum err err = pair_check(before, after);
    if (err) return err;

    struct tables tables = { .first = (double)before.total,
                             .second = (double)after.total,
                             .column = (double)before.count + (double)after.count };
    *out_p = fisher_p(&tables, (double)before.count);
    return OK;
}

static bool expected_cells_suffice(struct proportion before, struct proportion after)
{
    double smaller = (double)(before.total < after.total ? before.total : after.total);
    double all = (double)before.total + (double)after.total;
    double yes = (double)before.count + (double)after.count;
    return smaller * fmin(yes, all - yes) / all >= EXPECTED_MIN;
}

enum err proportion_change_p(struct proportion before, struct proportion after, double *out_p)
{
    enum err err = pair_check(before, after);
    if (err) return err;
    if (!expected_cells_suffice(before, after)) return proportion_fisher(before, after, out_p);

    struct proportion_test test;
    err = proportion_pooled_z(before, after, &test);
    if (err) return err;
    *out_p = test.p;
    return OK;
}

enum err proportion_goodman(const int64_t *counts, size_t count, double level, struct estimate *out)
{
    if (!interval_level_is_valid(level)) return ERR_INVALID;
    double total = 0;
    for (size_t i = 0; i < count; i++) {
        if (counts[i] < 0) return ERR_INVALID;
        total += (double)counts[i];
    }
    if (total == 0) return ERR_NOT_FOUND;

    double z = normal_z(1 - (1 - level) / (double)count);
    for (size_t i = 0; i < count; i++) {
        out[i] = wilson((double)counts[i] / total, total, z, "goodman");
    }
    return OK;
}
