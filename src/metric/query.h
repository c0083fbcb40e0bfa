/* A question about a metric, as it was asked: read from JSON, with limits. Pure: names are looked
 * up and times worked out by whoever runs it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/zone.h"
#include "metric/metric.h"

enum {
    QUERY_DEPTH_MAX = 8,
    QUERY_LEAVES_MAX = 64,
    QUERY_VALUES_MAX = 256, /* of all leaves together */
    QUERY_BY_MAX = 3,
    QUERIES_MAX = 32,
    QUERY_LIMIT_MAX = 1000,
    QUERY_LIMIT = 50
};

enum filter_op { FILTER_AND, FILTER_OR, FILTER_IS, FILTER_IS_NOT, FILTER_IN, FILTER_HAS_NONE };

/* A step of a filter. Steps stand in Polish order: AND and OR before their parts, so the whole can
 * be read, written and evaluated without recursion. */
struct filter_step {
    enum filter_op op;
    size_t parts; /* of AND and OR, at least 1 */
    struct str dimension;
    const struct str *values;
    size_t values_count;
    struct str pointer; /* in the request, for faults */
};

struct query_filter {
    const struct filter_step *steps;
    size_t count; /* 0: everything */
};

enum query_compare { COMPARE_NONE, COMPARE_PREVIOUS, COMPARE_YEAR, COMPARE_CUSTOM };
enum query_order { ORDER_N_DOWN, ORDER_N, ORDER_VALUE, ORDER_VALUE_DOWN, ORDER_LABEL };

/* One value of a dimension that a drill-down is narrowed to; without data: none. */
struct query_group {
    struct str dimension;
    struct str value;
};

struct metric_query {
    const struct metric *metric;
    const struct metric_statistic *statistic;
    struct str from;
    struct str to;
    bool has_interval;
    enum zone_interval interval;
    struct query_filter filter;
    struct str by[QUERY_BY_MAX];
    size_t by_count;
    enum query_compare compare;
    struct str compare_from;
    struct str compare_to;
    bool match_weekdays;
    struct str as_of; /* no data: now */
    struct str zone;  /* no data: the workspace's */
    enum query_order order;
    size_t limit;
    int64_t min_n;
};

/* Reads a form that was begun; faults go to its problems, and the caller ends it. `pointer` is the
 * place of the object in the request. */
void query_read(struct json_form *form, struct arena *arena, struct metric_query *out);
/* Parts of it: the members metric and statistic, and filter. */
void query_read_metric(struct json_form *form, const struct metric **metric,
                       const struct metric_statistic **statistic);
void query_read_filter(struct json_form *form, struct arena *arena, struct query_filter *out);
/* The filter as JSON, as it was read. Nothing if there is none. */
void query_filter_write(struct json_writer *writer, const char *name,
                        const struct query_filter *filter);

extern const char *const QUERY_INTERVALS[]; /* by enum zone_interval; ends with NULL */
