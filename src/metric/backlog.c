#include "metric/families.h"

const struct metric METRIC_BACKLOG = {
    .id = "backlog",
    .version = 1,
    .name = "Backlog",
    .meaning = "Conversations that stood unsolved at the end of the time: new, open, pending, on "
               "hold or snoozed.",
    .population = "conversations unsolved at the end of the bucket",
    .formula =
        "conversations that became unsolved before the end, less those that stopped being so",
    .traps = { "A level, not a flow: days do not add up, and the total is that at the end. The "
               "interval is that of a count; two levels share conversations, so the interval of "
               "their change is too wide." },
    .counts = COUNTS_CONVERSATIONS,
    .better = BETTER_LOWER,
    .statistics = { { .name = "count",
                      .meaning = "How many.",
                      .unit = UNIT_COUNT,
                      .kind = STATISTIC_COUNT } },
    .measure = MEASURE_BACKLOG,
    .is_level = true,
    .add = count_add,
    .merge = metric_merge,
    .value = count_value,
    .compare = count_compare,
};
