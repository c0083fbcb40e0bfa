#include "stats/rate.h"

#include <math.h>

#include "stats/mover.h"
#include "stats/normal.h"
#include "stats/proportion.h"

enum err rate_interval(struct rate of, double level, struct estimate *out)
{
    if (of.events < 0 || !(of.exposure >= 0) || isinf(of.exposure)) return ERR_INVALID;
    if (!interval_level_is_valid(level)) return ERR_INVALID;
    if (of.exposure == 0) return ERR_NOT_FOUND;

    double tail = (1 - level) / 2;
    double events = (double)of.events;
    double low = of.events == 0 ? 0 : gamma_quantile(tail, events);
    double high = gamma_quantile(1 - tail, events + 1);
    *out = (struct estimate){
        .value = events / of.exposure,
        .interval = { low / of.exposure, high / of.exposure, .method = "garwood" },
    };
    return OK;
}

enum err rate_count(int64_t events, double level, struct estimate *out)
{
    return rate_interval((struct rate){ .events = events, .exposure = 1 }, level, out);
}

enum err rate_difference(struct rate before, struct rate after, double level, struct estimate *out)
{
    struct estimate first;
    enum err err = rate_interval(before, level, &first);
    if (err) return err;
    struct estimate second;
    err = rate_interval(after, level, &second);
    if (err) return err;

    *out = mover_difference(first, second);
    out->interval.method = "mover_garwood";
    return OK;
}

static double odds(double share)
{
    return share < 1 ? share / (1 - share) : HUGE_VAL;
}

enum err rate_ratio(struct rate before, struct rate after, double level, struct estimate *out)
{
    struct estimate first;
    enum err err = rate_interval(before, level, &first);
    if (err) return err;
    struct estimate second;
    err = rate_interval(after, level, &second);
    if (err) return err;
    if (before.events == 0) return ERR_NOT_FOUND;

    struct proportion later = { .count = after.events, .total = before.events + after.events };
    struct estimate share;
    err = proportion_clopper_pearson(later, level, &share);
    if (err) return err;

    double scale = before.exposure / after.exposure;
    *out = (struct estimate){
        .value = second.value / first.value,
        .interval = { .low = odds(share.interval.low) * scale,
                      .high = odds(share.interval.high) * scale,
                      .method = "conditional" },
    };
    return OK;
}
