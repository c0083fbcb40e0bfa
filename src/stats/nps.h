/* Net scores: the share of promoters less the share of detractors, in points from -100 to 100.
 *
 * For NPS on 0 to 10 (promoters 9 and 10, detractors 0 to 6) and for every other trinomial net, as
 * CES 2.0's. Which answer counts as what is for the caller to say. Values are not rounded.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "stats/interval.h"

struct nps {
    int64_t promoters;
    int64_t passives;
    int64_t detractors;
};

/* All of them: ERR_NOT_FOUND without answers (silence is not a score of zero), ERR_INVALID for a
 * negative count or an impossible level. The value is always the raw score. */

/* 100 (promoters - detractors) / n. */
enum err nps_value(struct nps of, double *out_points);

/* What to show: the score interval below NPS_SCORE_BELOW answers, else adjusted Wald. */
enum { NPS_SCORE_BELOW = 10 };
enum err nps_interval(struct nps of, double level, struct estimate *out);

/* Adjusted Wald: 3/4, 3/2 and 3/4 answers are added. Bonett & Price 2012; recommended by Rocks
 * 2016. Cut off at -100 and 100; for one answer the raw score can lie outside. */
enum err nps_adjusted_wald(struct nps of, double level, struct estimate *out);

/* Tango 1998's score interval for paired proportions, with promoters and detractors as the two
 * discordant counts: covers rightly at every n. */
enum err nps_score(struct nps of, double level, struct estimate *out);

/* Plain Wald. Too narrow for few answers and for good scores: only to compare with others. */
enum err nps_wald(struct nps of, double level, struct estimate *out);

/* The middle of the adjusted Wald interval before it is cut off, and its standard error. */
struct nps_adjusted {
    double points;
    double se_points;
};
enum err nps_adjusted(struct nps of, struct nps_adjusted *out);

/* What to show for a change, after - before, in points from -200 to 200; the value is the raw
 * difference. MOVER on score limits if either has fewer than NPS_SCORE_BELOW answers, else the
 * adjusted difference. */
enum err nps_change(struct nps before, struct nps after, double level, struct estimate *out);

/* MOVER on score limits: stats/mover.h. */
enum err nps_change_mover(struct nps before, struct nps after, double level, struct estimate *out);

struct nps_adjusted_change {
    double points; /* the difference of the adjusted scores: the middle of the interval */
    double se_points;
    double z;
    double p; /* two-sided */
    struct estimate estimate;
};

/* The difference of two adjusted scores, with its z-test. */
enum err nps_change_adjusted(struct nps before, struct nps after, double level,
                             struct nps_adjusted_change *out);
