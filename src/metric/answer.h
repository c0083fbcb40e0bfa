/* The answer to a query as the API gives it: every number in its one shape. Pure. */
#pragma once

#include "base/json.h"
#include "metric/label_store.h"
#include "metric/query_run.h"

struct answer_group {
    const struct query_row *row;
    struct label labels[QUERY_BY_MAX];
};

struct answer {
    const struct metric_query *query;
    struct query_plan plan;
    struct query_result result;
    struct answer_group *groups; /* those that are shown */
    size_t groups_count;
    bool is_truncated;
    struct str prefix; /* of URLs */
    struct arena *arena;
};

/* The groups worth showing: something is in them, and at least min_n. */
void answer_choose_groups(struct answer *answer);
/* Into the query's order; groups without a value come last. Labels are needed for ORDER_LABEL. */
void answer_order_groups(struct answer *answer);
/* Leaves as many as the query's limit. */
void answer_cut_groups(struct answer *answer);

/* `name` NULL inside an array or at the top. */
void answer_write(struct json_writer *writer, const char *name, const struct answer *answer);
