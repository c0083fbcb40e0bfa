/* The product's own survival curve on waits that come from its API: `node test/eval.mjs` builds and
 * feeds this. Lines "SECONDS 0|1" on standard input, 1 for one that ended; JSON on standard output.
 *
 * Patience has giving up as its event and being answered as censored, the other way round than
 * wait_time, so no query expresses it yet. */
#include <inttypes.h>
#include <stdio.h>

#include "base/arena.h"
#include "stats/survival.h"

enum { WAITS_MAX = 1000000 };

static const double LEVEL = 0.95;
static const int TIMES[] = { 5, 10, 15, 20, 30, 60, 90, 120, 180, 240, 300, 600 };
enum { TIMES_COUNT = sizeof(TIMES) / sizeof(TIMES[0]), HORIZON = 600 };

static int show(struct arena *arena, struct survival *waits)
{
    struct survival_quantile median;
    struct estimate mean;
    if (survival_quantile(waits, 0.5, LEVEL, SURVIVAL_LOG, &median)) return 1;
    if (survival_restricted_mean(waits, HORIZON, LEVEL, &mean)) return 1;
    (void)arena;
    printf("{\"n\":%" PRId64 ",\"events\":%" PRId64 ",\"median\":%.17g,\"median_ci\":[%.17g,%.17g]",
           waits->count, waits->events, median.time, median.interval.low, median.interval.high);
    printf(",\"rmst_600\":%.17g,\"S\":{", mean.value);
    for (int i = 0; i < TIMES_COUNT; i++) {
        struct survival_point point;
        if (survival_at(waits, TIMES[i], LEVEL, &point)) return 1;
        printf("%s\"%d\":%.17g", i > 0 ? "," : "", TIMES[i], point.survival);
    }
    printf("},\"se\":{");
    for (int i = 0; i < TIMES_COUNT; i++) {
        struct survival_point point;
        if (survival_at(waits, TIMES[i], LEVEL, &point)) return 1;
        printf("%s\"%d\":%.17g", i > 0 ? "," : "", TIMES[i], point.se);
    }
    printf("}}\n");
    return 0;
}

int main(void)
{
    struct arena *arena = arena_open();
    struct survival_observation *waits = arena_array(arena, struct survival_observation, WAITS_MAX);
    size_t count = 0;
    double seconds;
    int is_event;
    while (count < WAITS_MAX && scanf("%lf %d", &seconds, &is_event) == 2) {
        waits[count++] =
            (struct survival_observation){ .duration = seconds, .weight = 1, .is_event = is_event };
    }
    struct survival curve;
    int code = survival_fit(arena, waits, count, &curve) ? 1 : show(arena, &curve);
    arena_close(arena);
    return code;
}
