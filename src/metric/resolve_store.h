/* A query as it was asked becomes a plan: names are looked up, times worked out.
 *
 * Owner: the thread of the reader and the view.
 */
#pragma once

#include "base/json.h"
#include "metric/query.h"
#include "metric/query_run.h"

struct reader; /* store/store.h */

struct resolve {
    struct reader *reader;
    struct arena *arena;
    struct facts_view *view;
    int64_t now_ms;
    struct json_problems *problems; /* what is wrong with the query goes here */
    struct str pointer;             /* of the query in the request */
    struct str zone;                /* used if the query names none */
};

/* ERR_INVALID if something was noted in the problems. */
enum err query_resolve(const struct resolve *resolve, const struct metric_query *query,
                       struct query_plan *out);
/* The tests of a filter alone. */
enum err filter_resolve(const struct resolve *resolve, const struct query_filter *filter,
                        const struct filter_test **out, size_t *count);
