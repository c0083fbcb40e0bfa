/* How long until: the Kaplan-Meier curve, for durations of which some are still running.
 *
 * An open conversation, a caller who was answered before giving up, a live subscription are
 * censored: known to last at least so long. Durations are >= 0, in any unit the caller keeps to.
 * At ties events come before censorings. Intervals of the curve are symmetric in
 * log(-log S) (Kalbfleisch & Prentice 1980), so they stay inside [0, 1].
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "stats/interval.h"

struct survival_observation {
    double duration;
    int64_t weight; /* how many of it; negative takes back what another one counted */
    bool is_event;  /* it ended; false: it was still running */
};

/* The curve falls at the times of events only. */
struct survival_step {
    double time;
    int64_t at_risk;
    int64_t events;
    double survival;        /* share that lasts longer than `time` */
    double hazard_variance; /* Greenwood's sum of d / (n (n - d)); infinite once all have ended */
};

struct survival {
    const struct survival_step *steps;
    size_t steps_count;
    int64_t count; /* events plus censored */
    int64_t events;
    double time_max; /* the longest duration seen: "> max age" if a quantile lies beyond it */
};

/* Sorts `observations` in place, O(n log n); the steps lie in the arena, one per distinct time of
 * an event. ERR_NOT_FOUND if the weights sum to 0. ERR_INVALID if a duration is negative or not
 * finite, or if more was taken back than counted at a duration. */
enum err survival_fit(struct arena *arena, struct survival_observation *observations, size_t count,
                      struct survival *out);

struct survival_point {
    double survival;
    double se;                /* Greenwood's; 0 once all have ended */
    struct interval interval; /* method "log_log" */
};

/* The curve at `time` >= 0. Where everyone has ended the upper limit of the step before holds on.
 * ERR_NOT_FOUND beyond time_max, unless everyone has ended. */
enum err survival_at(const struct survival *of, double time, double level,
                     struct survival_point *out);

/* On which scale the limits that a quantile's interval is read from are symmetric: log(-log S), as
 * the curve's own, is what we show. log S is the default of R's survfit, to compare with it: of 5
 * events it covers the median in 81 % of samples only, the other in 97 %. */
enum survival_scale { SURVIVAL_LOG_LOG, SURVIVAL_LOG };

struct survival_quantile {
    bool is_reached;          /* false: fewer than p of them ended; `time` is then time_max */
    double time;              /* the first by which a share p has ended */
    struct interval interval; /* Brookmeyer & Crowley 1982; `high` is infinite where the upper limit
                                 never falls so far; method "brookmeyer_crowley" */
};

/* The duration by which a share p (0 < p < 1) has ended: 0.5 for the median. ERR_INVALID else. */
enum err survival_quantile(const struct survival *of, double p, double level,
                           enum survival_scale scale, struct survival_quantile *out);

/* The mean duration up to `horizon` > 0, the area under the curve: what to show beside a median
 * that is not reached. Normal interval from its Greenwood variance; method "greenwood".
 * ERR_NOT_FOUND if the horizon lies beyond time_max and somebody was still running then. */
enum err survival_restricted_mean(const struct survival *of, double horizon, double level,
                                  struct estimate *out);
