#include "metric/families.h"

const struct metric METRIC_CONVERSATIONS_OPENED = {
    .id = "conversations_opened",
    .version = 1,
    .name = "Conversations opened",
    .meaning =
        "Conversations that began in the time; spam and those merged into another are not counted.",
    .population = "conversations by their beginning",
    .formula = "number of conversations",
    .traps = { "The interval is that of a Poisson process; contacts arrive in clumps, so the truth "
               "is wider." },
    .counts = COUNTS_CONVERSATIONS,
    .better = BETTER_NEITHER,
    .statistics = { { .name = "count",
                      .meaning = "How many.",
                      .unit = UNIT_COUNT,
                      .kind = STATISTIC_COUNT } },
    .measure = MEASURE_OPENED,
    .add = count_add,
    .merge = metric_merge,
    .value = count_value,
    .compare = count_compare,
};
