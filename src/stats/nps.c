#include "stats/nps.h"

#include <math.h>
#include <stdbool.h>

#include "stats/mover.h"
#include "stats/normal.h"

static const double POINTS = 100;
static const double ADDED_ANSWERS = 3; /* Bonett & Price: this many in all, */
static const double ADDED_EACH = 0.75; /* of which so many promoters and so many detractors */

enum { BISECTIONS = 60 }; /* of an interval of 2: down to the last bits of a double */

static enum err nps_check(struct nps of)
{
    if (of.promoters < 0 || of.passives < 0 || of.detractors < 0) return ERR_INVALID;
    if (of.promoters == 0 && of.passives == 0 && of.detractors == 0) return ERR_NOT_FOUND;
    return OK;
}

static enum err nps_check_at(struct nps of, double level)
{
    enum err err = nps_check(of);
    if (err) return err;
    return interval_level_is_valid(level) ? OK : ERR_INVALID;
}

static double answers(struct nps of)
{
    return (double)of.promoters + (double)of.passives + (double)of.detractors;
}

static double net(struct nps of)
{
    return ((double)of.promoters - (double)of.detractors) / answers(of);
}

enum err nps_value(struct nps of, double *out_points)
{
    enum err err = nps_check(of);
    if (err) return err;
    *out_points = POINTS * net(of);
    return OK;
}

enum err nps_wald(struct nps of, double level, struct estimate *out)
{
    enum err err = nps_check_at(of, level);
    if (err) return err;

    double n = answers(of);
    double value = net(of);
    double spread = ((double)of.promoters + (double)of.detractors) / n - value * value;
    double half = normal_z(level) * sqrt(fmax(0, spread) / n);
    *out = (struct estimate){
        .value = POINTS * value,
        .interval = { POINTS * (value - half), POINTS * (value + half), .method = "wald" },
    };
    return OK;
}

enum err nps_adjusted(struct nps of, struct nps_adjusted *out)
{
    enum err err = nps_check(of);
    if (err) return err;

    double n = answers(of) + ADDED_ANSWERS;
    double promoters = ((double)of.promoters + ADDED_EACH) / n;
    double detractors = ((double)of.detractors + ADDED_EACH) / n;
    double centre = promoters - detractors;
    double variance = (promoters + detractors - centre * centre) / n;
    *out = (struct nps_adjusted){ .points = POINTS * centre, .se_points = POINTS * sqrt(variance) };
    return OK;
}

enum err nps_adjusted_wald(struct nps of, double level, struct estimate *out)
{
    enum err err = nps_check_at(of, level);
    if (err) return err;
    struct nps_adjusted adjusted;
    err = nps_adjusted(of, &adjusted);
    if (err) return err;

    double half = normal_z(level) * adjusted.se_points;
    *out = (struct estimate){
        .value = POINTS * net(of),
        .interval = { .low = fmax(-POINTS, adjusted.points - half),
                      .high = fmin(POINTS, adjusted.points + half),
                      .method = "adjusted_wald" },
    };
    return OK;
}

/* Tango's statistic for the difference `delta`: it falls as delta grows from -1 to 1. The share of
 * the second discordant count is its maximum likelihood estimate given delta, the larger root of a
 * quadratic, taken in the form that does not cancel. */
static double tango(struct nps of, double delta)
{
    double b = (double)of.promoters;
    double c = (double)of.detractors;
    double n = answers(of);
    double square = 2 * n;
    double linear = -b - c + (2 * n - b + c) * delta;
    double constant = -c * delta * (1 - delta);
    double root = sqrt(fmax(0, linear * linear - 4 * square * constant));
    double share = linear > 0 ? 2 * constant / (-linear - root) : (root - linear) / (2 * square);

    double above = b - c - n * delta;
    double variance = n * (2 * share + delta * (1 - delta));
    if (variance <= 0) return above == 0 ? 0 : copysign(HUGE_VAL, above);
    return above / sqrt(variance);
}

/* Where the statistic passes `target`: at an end if it never does, which is right, for then all are
 * promoters or all detractors. */
static double tango_limit(struct nps of, double target)
{
    double low = -1;
    double high = 1;
    for (int i = 0; i < BISECTIONS; i++) {
        double middle = low + (high - low) / 2;
        if (tango(of, middle) > target) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low + (high - low) / 2;
}

enum err nps_score(struct nps of, double level, struct estimate *out)
{
    enum err err = nps_check_at(of, level);
    if (err) return err;

    double z = normal_z(level);
    *out = (struct estimate){
        .value = POINTS * net(of),
        .interval = { .low = POINTS * tango_limit(of, z),
                      .high = POINTS * tango_limit(of, -z),
                      .method = "tango_score" },
    };
    return OK;
}

enum err nps_interval(struct nps of, double level, struct estimate *out)
{
    if (answers(of) < NPS_SCORE_BELOW) return nps_score(of, level, out);
    return nps_adjusted_wald(of, level, out);
}

enum err nps_change_mover(struct nps before, struct nps after, double level, struct estimate *out)
{
    struct estimate first;
    enum err err = nps_score(before, level, &first);
    if (err) return err;
    struct estimate second;
    err = nps_score(after, level, &second);
    if (err) return err;
    *out = mover_difference(first, second);
    return OK;
}

enum err nps_change_adjusted(struct nps before, struct nps after, double level,
                             struct nps_adjusted_change *out)
{
    enum err err = nps_check_at(before, level);
    if (err) return err;
    struct nps_adjusted first;
    err = nps_adjusted(before, &first);
    if (err) return err;
    struct nps_adjusted second;
    err = nps_adjusted(after, &second);
    if (err) return err;

    double points = second.points - first.points;
    double se_points = hypot(first.se_points, second.se_points);
    double z = points / se_points;
    double half = normal_z(level) * se_points;
    *out = (struct nps_adjusted_change){
        .points = points,
        .se_points = se_points,
        .z = z,
        .p = normal_two_sided(z),
        .estimate = { .value = POINTS * (net(after) - net(before)),
                      .interval = { points - half, points + half, .method = "adjusted_wald" } },
    };
    return OK;
}

enum err nps_change(struct nps before, struct nps after, double level, struct estimate *out)
{
    bool is_small = answers(before) < NPS_SCORE_BELOW || answers(after) < NPS_SCORE_BELOW;
    if (is_small) return nps_change_mover(before, after, level, out);

    struct nps_adjusted_change change;
    enum err err = nps_change_adjusted(before, after, level, &change);
    if (err) return err;
    *out = change.estimate;
    return OK;
}
