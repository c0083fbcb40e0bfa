#include "metric/families.h"

const struct metric METRIC_CONVERSATIONS_REOPENED = {
    .id = "conversations_reopened",
    .version = 1,
    .name = "Conversations reopened",
    .meaning = "How often a solved or closed conversation became unsolved again in the time.",
    .population = "reopenings by their time",
    .formula = "number of changes from solved or closed to an unsolved state",
    .traps = { "The interval is that of a Poisson process; contacts arrive in clumps, so the truth "
               "is wider." },
    .counts = COUNTS_CONVERSATIONS,
    .better = BETTER_LOWER,
    .statistics = { { .name = "count",
                      .meaning = "How many.",
                      .unit = UNIT_COUNT,
                      .kind = STATISTIC_COUNT } },
    .measure = MEASURE_REOPENED,
    .add = count_add,
    .merge = metric_merge,
    .value = count_value,
    .compare = count_compare,
};
