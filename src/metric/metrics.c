#include "metric/durations.h"
#include "metric/metric.h"

#include <math.h>

const char *const UNIT_NAMES[] = { "count", "seconds", "share", "score" };
const char *const COUNTS_NAMES[] = { "interactions", "conversations", "answers" };
const char *const BETTER_NAMES[] = { "higher", "lower", "neither" };

extern const struct metric METRIC_INTERACTIONS, METRIC_CONVERSATIONS_OPENED,
    METRIC_CONVERSATIONS_SOLVED, METRIC_CONVERSATIONS_REOPENED, METRIC_BACKLOG,
    METRIC_FIRST_REPLY_TIME, METRIC_RESOLUTION_TIME, METRIC_WAIT_TIME, METRIC_HANDLE_TIME,
    METRIC_CSAT, METRIC_NPS, METRIC_CES, METRIC_SLA_MET;

const struct metric *const METRICS[] = {
    &METRIC_INTERACTIONS,
    &METRIC_CONVERSATIONS_OPENED,
    &METRIC_CONVERSATIONS_SOLVED,
    &METRIC_CONVERSATIONS_REOPENED,
    &METRIC_BACKLOG,
    &METRIC_FIRST_REPLY_TIME,
    &METRIC_RESOLUTION_TIME,
    &METRIC_WAIT_TIME,
    &METRIC_HANDLE_TIME,
    &METRIC_CSAT,
    &METRIC_NPS,
    &METRIC_CES,
    &METRIC_SLA_MET,
};
const size_t METRICS_COUNT = sizeof(METRICS) / sizeof(METRICS[0]);

const struct metric *metric_find(struct str id)
{
    for (size_t i = 0; i < METRICS_COUNT; i++) {
        if (str_equal(str_from(METRICS[i]->id), id)) return METRICS[i];
    }
    return NULL;
}

size_t metric_statistics_count(const struct metric *metric)
{
    size_t count = 0;
    while (count < sizeof(metric->statistics) / sizeof(metric->statistics[0]) &&
           metric->statistics[count].name) {
        count++;
    }
    return count;
}

const struct metric_statistic *metric_statistic_find(const struct metric *metric, struct str name)
{
    if (!name.data) return &metric->statistics[0];
    size_t count = metric_statistics_count(metric);
    for (size_t i = 0; i < count; i++) {
        if (str_equal(str_from(metric->statistics[i].name), name)) return &metric->statistics[i];
    }
    return NULL;
}

void metric_merge(struct metric_state *into, const struct metric_state *from, struct arena *arena)
{
    into->count += from->count;
    into->part += from->part;
    into->rest += from->rest;
    moments_merge(&into->moments, &from->moments);
    durations_merge(&into->durations, &from->durations, arena);
    for (size_t i = 0; i < METRIC_EXCLUSIONS_MAX; i++) into->excluded[i] += from->excluded[i];
}

void metric_number_set(struct metric_number *number, enum err err, const struct estimate *estimate)
{
    if (err) {
        number->reason = "no_data";
        return;
    }
    number->has_value = true;
    number->value = estimate->value;
    number->interval = estimate->interval;
    number->has_interval = isfinite(estimate->interval.low) || isfinite(estimate->interval.high);
}
