#include "stats/nps.h"
#include "metric/families.h"

enum { PROMOTER_MIN = 9, DETRACTOR_MAX = 6 };

static void nps_add(const struct metric_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct metric_state *state = rows->all ? rows->all : rows->into[i];
        state->count += rows->signs[i];
        if (rows->values[i] >= PROMOTER_MIN) state->part += rows->signs[i];
        if (rows->values[i] <= DETRACTOR_MAX) state->rest += rows->signs[i];
    }
}

static struct nps nps_of(const struct metric_state *state)
{
    return (struct nps){
        .promoters = state->part,
        .passives = state->count - state->part - state->rest,
        .detractors = state->rest,
    };
}

static void nps_number(const struct metric_state *state, const struct metric_statistic *statistic,
                       struct arena *arena, struct metric_number *out)
{
    (void)statistic;
    (void)arena;
    if (number_is_empty(state, out)) return;
    struct estimate estimate;
    enum err err = nps_interval(nps_of(state), METRIC_LEVEL, &estimate);
    metric_number_set(out, err, &estimate);
}

static void nps_compare(const struct metric_side *before, const struct metric_side *after,
                        const struct metric_statistic *statistic, struct metric_change *out)
{
    (void)statistic;
    enum err err =
        nps_change(nps_of(before->state), nps_of(after->state), METRIC_LEVEL, &out->estimate);
    out->has_value = err == OK;
}

const struct metric METRIC_NPS = {
    .id = "nps",
    .version = 1,
    .name = "Net Promoter Score",
    .meaning = "Answers to how likely one is to recommend, 0 to 10: the share of 9 and 10 less the"
               " share of 0 to 6, in points from -100 to 100.",
    .population = "answers by the time they were given",
    .formula = "100 (promoters - detractors) / answers",
    .traps = { "A change of 10 points needs hundreds of answers to be more than chance.",
               "Several answers of one customer count as several." },
    .counts = COUNTS_ANSWERS,
    .better = BETTER_HIGHER,
    .statistics = { { .name = "score",
                      .meaning = "Promoters less detractors, in points.",
                      .unit = UNIT_SCORE,
                      .kind = STATISTIC_NET } },
    .measure = MEASURE_NPS,
    .people_min = 5,
    .add = nps_add,
    .merge = metric_merge,
    .value = nps_number,
    .compare = nps_compare,
};
