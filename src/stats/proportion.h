/* Shares: how many of how many, the interval of one, the change between two.
 *
 * Shares are 0 to 1. Store the two counts, never the share: roll-ups add counts and divide once.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "stats/interval.h"

struct proportion {
    int64_t count; /* those with the property */
    int64_t total;
};

/* All of them: ERR_NOT_FOUND if a total is 0, ERR_INVALID if a count is negative or above its
 * total, or if the level is none. */

/* The default. Wilson 1927; Newcombe 1998, Statistics in Medicine 17:857-872, method 3. Inside
 * [0, 1]; exactly 0 below if nobody has the property, exactly 1 above if all have it. */
enum err proportion_wilson(struct proportion of, double level, struct estimate *out);

/* Wilson for a weighted share with Kish's effective count (sum w)^2 / sum w^2, which need not be
 * whole. ERR_NOT_FOUND if it is 0, ERR_INVALID if the share is outside [0, 1]. */
enum err proportion_wilson_weighted(double share, double effective_count, double level,
                                    struct estimate *out);

/* Guaranteed coverage, hence wider: for contracts that ask for it. Clopper & Pearson 1934. */
enum err proportion_clopper_pearson(struct proportion of, double level, struct estimate *out);

/* Equal-tailed posterior of the Jeffreys prior, with the limits 0 and 1 for none and all.
 * Brown, Cai & DasGupta 2001. */
enum err proportion_jeffreys(struct proportion of, double level, struct estimate *out);

/* after - before, from -1 to 1: Newcombe 1998, Statistics in Medicine 17:873-890, method 10. */
enum err proportion_change(struct proportion before, struct proportion after, double level,
                           struct estimate *out);

struct proportion_test {
    double z; /* positive if `after` is higher */
    double p; /* two-sided */
};

/* The z-test with pooled variance. ERR_NOT_FOUND also if nobody or everybody has the property on
 * both sides, for then nothing varies. Right only where every expected cell is at least 5. */
enum err proportion_pooled_z(struct proportion before, struct proportion after,
                             struct proportion_test *out);

/* Fisher's exact test, two-sided: the sum over the tables not more likely than this one, with the
 * usual slack of 1e-7 for rounding. Below 1e-300 it may be 0. */
enum err proportion_fisher(struct proportion before, struct proportion after, double *out_p);

/* The p-value of a change: pooled z where every expected cell is at least 5, else Fisher. */
enum err proportion_change_p(struct proportion before, struct proportion after, double *out_p);

/* Simultaneous intervals for the shares of `count` categories: all of them hold together at the
 * level. Wilson with chi-square of 1 at 1 - (1 - level)/count; Goodman 1965, Technometrics
 * 7:247-254. ERR_NOT_FOUND if the counts sum to 0 or `count` is 0. Fills `out[0..count)`. */
enum err proportion_goodman(const int64_t *counts, size_t count, double level,
                            struct estimate *out);
