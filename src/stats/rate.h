/* Counts of independent events, and events per exposure (time, contacts, person-months).
 *
 * These intervals are those of a Poisson process. Contacts arrive in clumps: on real centres the
 * variance is two to three times Poisson within a day, so an interval for volume made here is too
 * narrow by its root; it is the least uncertainty, not all of it.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "stats/interval.h"

struct rate {
    int64_t events;  /* 0 is a number here: nothing happened while we watched */
    double exposure; /* in any unit; the rate is per one of it */
};

/* All of them: ERR_NOT_FOUND if an exposure is 0 (nobody watched), ERR_INVALID if something is
 * negative or the level is none. */

/* Exact: Garwood 1936, from the gamma distribution. Method "garwood". */
enum err rate_interval(struct rate of, double level, struct estimate *out);

/* The same for a bare count. */
enum err rate_count(int64_t events, double level, struct estimate *out);

/* after - before: MOVER (Zou & Donner 2008) on the two exact intervals, so it errs on the wide
 * side. Method "mover_garwood". For bare counts give both the exposure 1. */
enum err rate_difference(struct rate before, struct rate after, double level, struct estimate *out);

/* after / before: given the sum of both, the later count is binomial (Przyborowski & Wilenski
 * 1940), so the limits are those of Clopper and Pearson carried over. ERR_NOT_FOUND also if
 * nothing happened before: the ratio is then no number. Method "conditional". */
enum err rate_ratio(struct rate before, struct rate after, double level, struct estimate *out);
