#include "metric/families.h"

const struct metric METRIC_INTERACTIONS = {
    .id = "interactions",
    .version = 1,
    .name = "Interactions",
    .meaning = "Everything captured in the time: messages, calls, visits, purchases, reviews, "
               "answers and notes, in any direction.",
    .population = "interactions by the time they happened",
    .formula = "number of interactions",
    .traps = { "The interval is that of a Poisson process; contacts arrive in clumps, so the truth "
               "is wider." },
    .counts = COUNTS_INTERACTIONS,
    .better = BETTER_NEITHER,
    .statistics = { { .name = "count",
                      .meaning = "How many.",
                      .unit = UNIT_COUNT,
                      .kind = STATISTIC_COUNT } },
    .measure = MEASURE_INTERACTION,
    .add = count_add,
    .merge = metric_merge,
    .value = count_value,
    .compare = count_compare,
};
