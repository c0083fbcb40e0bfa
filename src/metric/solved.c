#include "metric/families.h"

const struct metric METRIC_CONVERSATIONS_SOLVED = {
    .id = "conversations_solved",
    .version = 1,
    .name = "Conversations solved",
    .meaning = "How often a conversation was solved in the time, each time after a reopening too.",
    .population = "solvings by their time, with the team and agent that solved",
    .formula = "number of changes from an unsolved state to solved",
    .traps = { "The interval is that of a Poisson process; contacts arrive in clumps, so the truth "
               "is wider." },
    .counts = COUNTS_CONVERSATIONS,
    .better = BETTER_HIGHER,
    .statistics = { { .name = "count",
                      .meaning = "How many.",
                      .unit = UNIT_COUNT,
                      .kind = STATISTIC_COUNT } },
    .measure = MEASURE_SOLVED,
    .add = count_add,
    .merge = metric_merge,
    .value = count_value,
    .compare = count_compare,
};
