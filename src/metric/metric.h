/* A number people steer by: a named, versioned definition that turns facts into a value with its
 * interval.
 *
 * A metric is one constant in a file of its own and one line in metrics.c; the API, the picker, the
 * documentation and exports read that table. States of separate rows add up, so buckets become
 * totals and segments may be scanned in any order. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "column/facts.h"
#include "metric/measure.h"
#include "stats/interval.h"
#include "stats/mean.h"

enum metric_unit { UNIT_COUNT, UNIT_SECONDS, UNIT_SHARE, UNIT_SCORE };
enum metric_counts { COUNTS_INTERACTIONS, COUNTS_CONVERSATIONS, COUNTS_ANSWERS };
enum metric_better { BETTER_HIGHER, BETTER_LOWER, BETTER_NEITHER };

extern const char *const UNIT_NAMES[];   /* by enum metric_unit */
extern const char *const COUNTS_NAMES[]; /* by enum metric_counts */
extern const char *const BETTER_NAMES[]; /* by enum metric_better */

static const double METRIC_LEVEL = 0.95; /* of every interval */

/* How one number is made of a state. */
enum statistic_kind {
    STATISTIC_COUNT,
    STATISTIC_SHARE,
    STATISTIC_NET,
    STATISTIC_MEAN,
    STATISTIC_QUANTILE,          /* of events alone */
    STATISTIC_SURVIVAL_QUANTILE, /* Kaplan-Meier, with what still lasts */
    STATISTIC_RESTRICTED_MEAN    /* likewise, up to the longest time seen */
};

struct metric_statistic {
    const char *name; /* in the API: never changes */
    const char *meaning;
    enum metric_unit unit;
    enum statistic_kind kind;
    double p; /* of quantiles */
    /* What a quantile of events alone leaves out: what still lasts, and what was censored. */
    const char *open_name;
    const char *censored_name;
};

/* Rows of one measure that were selected, and the state that each belongs to. */
struct metric;
struct metric_state;
struct metric_rows {
    const struct metric *metric;
    size_t count;
    const int64_t *values;
    const int64_t *signs;
    const int64_t *states;            /* enum fact_state */
    struct metric_state *all;         /* where every row goes, or NULL */
    struct metric_state *const *into; /* else one for each row */
    int64_t now_ms;                   /* what lasts has lasted until then */
    struct arena *arena;              /* of the states */
};

/* Durations with their kind, packed so that they sort as numbers (metric/durations.h). */
struct durations {
    uint64_t *keys;
    size_t count;
    size_t capacity;
    bool is_settled; /* ascending, nothing in it taken back by another */
};

enum { METRIC_EXCLUSIONS_MAX = 2, METRIC_TEXTS_MAX = 4 };

/* Zero-initialised: nothing was added. */
struct metric_state {
    int64_t count; /* the population */
    int64_t part;  /* of shares, who has the property; of net scores, promoters; of times, open */
    int64_t rest;  /* of net scores, detractors; of times, censored */
    struct moments moments;
    struct durations durations;
    int64_t excluded[METRIC_EXCLUSIONS_MAX]; /* by the metric's exclusions */
};

/* Who is left out, known by comparing two measures: facts of `of` for whose conversation there is
 * no fact of `without`, or as many facts as there are more of the one than of the other. */
struct metric_exclusion {
    const char *name; /* NULL: no more */
    enum measure of;
    enum measure without;
    bool by_conversation;
};

struct metric_excluded {
    const char *name;
    int64_t count;
};

struct metric_number {
    bool has_value;
    bool has_interval;
    double value; /* in the statistic's unit */
    struct interval interval;
    int64_t n;
    const char *reason; /* "no_data", "too_few", "not_reached"; NULL if there is a value */
    struct metric_excluded excluded[METRIC_EXCLUSIONS_MAX + 2];
    size_t excluded_count;
};

/* A state and what `value` made of it. */
struct metric_side {
    const struct metric_state *state;
    const struct metric_number *number;
};

struct metric_change {
    bool has_value;
    struct estimate estimate; /* limits may be infinite */
};

struct metric {
    const char *id; /* in the API: never changes */
    int version;    /* goes up when the same facts give another number */
    const char *name;
    const char *meaning;    /* one sentence, with what is counted in and out */
    const char *population; /* what n counts */
    const char *formula;
    const char *traps[METRIC_TEXTS_MAX]; /* ends with NULL */
    enum metric_counts counts;
    enum metric_better better;
    struct metric_statistic statistics[METRIC_TEXTS_MAX + 1]; /* the first is standard */
    enum measure measure;
    bool is_level;         /* what stands at the end of a bucket, not what happened in it */
    bool has_numerator;    /* a share: values of numerator_min and more have the property */
    int64_t numerator_min; /* in the measure's unit */
    int64_t people_min;    /* parts of a whole with fewer answers are not shown; 0: no limit */
    struct metric_exclusion exclusions[METRIC_EXCLUSIONS_MAX];

    void (*add)(const struct metric_rows *rows);
    void (*merge)(struct metric_state *into, const struct metric_state *from, struct arena *arena);
    /* Puts a state to which no more rows come in its shortest form. NULL: it has only one. */
    void (*settle)(struct metric_state *state, struct arena *scratch);
    /* Fills value, interval, n, reason and what the statistic itself leaves out. */
    void (*value)(const struct metric_state *state, const struct metric_statistic *statistic,
                  struct arena *arena, struct metric_number *out);
    /* after - before; not called unless both have a value. */
    void (*compare)(const struct metric_side *before, const struct metric_side *after,
                    const struct metric_statistic *statistic, struct metric_change *out);
};

extern const struct metric *const METRICS[];
extern const size_t METRICS_COUNT;

/* NULL if there is none. */
const struct metric *metric_find(struct str id);
/* NULL if it has none of that name; without a name the standard one. */
const struct metric_statistic *metric_statistic_find(const struct metric *metric, struct str name);
size_t metric_statistics_count(const struct metric *metric);

/* The usual merge: counts, sums and durations add up. */
void metric_merge(struct metric_state *into, const struct metric_state *from, struct arena *arena);
/* For `value`: the estimate unless `err`, which becomes a reason. */
void metric_number_set(struct metric_number *number, enum err err, const struct estimate *estimate);
