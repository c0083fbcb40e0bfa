#include "metric/families.h"

const struct metric METRIC_CES = {
    .id = "ces",
    .version = 1,
    .name = "Customer effort",
    .meaning =
        "Answers to \"You made it easy for me to handle my issue\", 1 to 7, where 7 is little"
        " effort (version 2.0 of the question).",
    .population = "answers by the time they were given",
    .formula = "mean answer; share: answers of 5, 6 or 7 / answers",
    .traps = { "Version 1.0 of the question runs the other way: never pool them.",
               "Several answers of one customer count as several." },
    .counts = COUNTS_ANSWERS,
    .better = BETTER_HIGHER,
    .statistics = { { .name = "mean",
                      .meaning = "Mean answer, 1 to 7, from ten answers on.",
                      .unit = UNIT_SCORE,
                      .kind = STATISTIC_MEAN },
                    { .name = "share",
                      .meaning = "Share of the three best answers.",
                      .unit = UNIT_SHARE,
                      .kind = STATISTIC_SHARE } },
    .measure = MEASURE_CES,
    .has_numerator = true,
    .numerator_min = 5,
    .people_min = 5,
    .add = share_add,
    .merge = metric_merge,
    .value = share_value,
    .compare = share_compare,
};
