#include "metric/families.h"

const struct metric METRIC_SLA_MET = {
    .id = "sla_met",
    .version = 1,
    .name = "Promises kept",
    .meaning =
        "Of the conversations for which it is known whether their promise (SLA) was kept, the"
        " share that kept it.",
    .population = "conversations with a known outcome, by the time it became known",
    .formula = "kept / (kept + broken)",
    .traps = { "What is still running is in neither count." },
    .counts = COUNTS_CONVERSATIONS,
    .better = BETTER_HIGHER,
    .statistics = { { .name = "share",
                      .meaning = "Share of promises kept.",
                      .unit = UNIT_SHARE,
                      .kind = STATISTIC_SHARE } },
    .measure = MEASURE_SLA,
    .has_numerator = true,
    .numerator_min = 1,
    .exclusions = { { "solved_without_promise", MEASURE_SOLVED, MEASURE_SLA, true } },
    .add = share_add,
    .merge = metric_merge,
    .value = share_value,
    .compare = share_compare,
};
