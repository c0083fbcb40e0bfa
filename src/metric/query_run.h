/* A query, worked out over a view of the facts: pure, so any thread may run it.
 *
 * Names have become numbers and times instants (metric/resolve_store.h makes the plan).
 */
#pragma once

#include "base/zone.h"
#include "column/facts.h"
#include "metric/query.h"

/* A step of a filter over codes; in Polish order, as struct filter_step. */
struct filter_test {
    enum filter_op op; /* AND, OR; every other one is a test of codes */
    size_t parts;
    int dimension;
    const uint64_t *codes; /* a bit for each code that passes; FACT_CODES bits */
};

enum { FILTER_WORDS = (FACT_CODES + 63) / 64 };

struct period {
    int64_t from_ms; /* included */
    int64_t to_ms;   /* not included */
};

struct query_plan {
    const struct metric *metric;
    const struct metric_statistic *statistic;
    struct facts_view *view;
    int64_t seq;    /* facts of later events do not count */
    int64_t now_ms; /* what lasts has lasted until then */
    struct period period;
    bool has_previous;
    struct period previous;
    const struct zone *zone;
    bool has_interval;
    enum zone_interval interval;
    const struct filter_test *tests;
    size_t tests_count;
    int by[QUERY_BY_MAX];
    size_t by_count;
    /* Looked at between segments; true ends the run. May be NULL. */
    bool (*is_gone)(const void *context);
    const void *context;
};

/* One number with everything that belongs to it. */
struct query_cell {
    struct period period;
    struct metric_number number;
    bool is_complete; /* false: it still runs, or is part of a bucket only */
    bool has_previous;
    struct period previous_period;
    struct metric_number previous;
    struct metric_change change;
    bool has_drill;
};

struct query_row {
    uint16_t codes[QUERY_BY_MAX];
    struct query_cell total;
    struct query_cell *series; /* one for each bucket */
};

struct query_result {
    struct query_row whole;
    size_t buckets; /* 0: no interval */
    struct query_row *groups;
    size_t groups_count;
};

enum { QUERY_BUCKETS_MAX = 10000, QUERY_CELLS_MAX = 200000 };

/* ERR_LIMIT if there are more buckets or more groups times buckets than that, ERR_BUSY if the asker
 * is gone. The result lies in `arena`. */
enum err query_run(const struct query_plan *plan, struct arena *arena, struct query_result *out);

/* What a number is compared with: the time before of the same length, or a year before; whole days,
 * weeks and months stay whole. `match_weekdays` moves it to the same days of the week. */
struct period period_before(const struct zone *zone, struct period period, bool by_year,
                            bool match_weekdays);

/* The facts behind a number: the population, taken-back ones left out, newest first. */
struct drill_row {
    int64_t at_ms;
    int64_t seq;
    int64_t value;
    enum fact_state state;
    int64_t customer_id;
    int64_t conversation_id;
    int64_t interaction_id;
};

struct drill_page {
    bool numerator; /* only those that have the property a share counts */
    size_t offset;
    size_t count_max;
};

struct drill_rows {
    struct drill_row *items;
    size_t count;
    size_t total; /* of all pages */
};

/* ERR_BUSY as query_run. */
enum err query_drill(const struct query_plan *plan, struct arena *arena,
                     const struct drill_page *page, struct drill_rows *out);
