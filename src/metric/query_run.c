#include "metric/query_run.h"

#include <assert.h>

#include "metric/select.h"

enum { SLOTS_FIRST = 256, CODE_BITS = 16 };

/* States of one group: what came before the first bucket, for levels, then each bucket. */
struct group {
    uint64_t key; /* its codes */
    struct metric_state *states;
};

struct scan {
    const struct query_plan *plan;
    struct arena *arena;
    struct arena *scratch; /* for one state at a time */
    struct period period;
    const int64_t *bounds; /* of buckets: one more than there are */
    size_t buckets;
    size_t bucket; /* of the row before: the next is likely in the same */
    struct group *groups;
    size_t groups_count;
    size_t groups_capacity;
    uint32_t *slots; /* hash table of groups, plus one */
    size_t slots_count;
    struct selection *selection;
    int64_t *at_ms; /* of the selected rows, as the following */
    int64_t *values;
    int64_t *signs;
    int64_t *states;
    uint64_t *keys;
    struct metric_state **into;
};

/* ---- buckets ---- */

static enum err bounds_make(struct scan *scan)
{
    const struct query_plan *plan = scan->plan;
    struct period period = scan->period;
    scan->buckets = 1;
    if (!plan->has_interval) {
        int64_t *bounds = arena_array(scan->arena, int64_t, 2);
        bounds[0] = period.from_ms;
        bounds[1] = period.to_ms;
        scan->bounds = bounds;
        return OK;
    }
    int64_t *bounds = arena_array(scan->arena, int64_t, QUERY_BUCKETS_MAX + 1);
    size_t count = 0;
    int64_t start = zone_floor(plan->zone, plan->interval, period.from_ms);
    for (; start < period.to_ms; start = zone_next(plan->zone, plan->interval, start)) {
        if (count == QUERY_BUCKETS_MAX) return ERR_LIMIT;
        bounds[count++] = start;
    }
    bounds[count] = start;
    scan->bounds = bounds;
    scan->buckets = count;
    return OK;
}

static size_t bucket_of(struct scan *scan, int64_t at_ms)
{
    const int64_t *bounds = scan->bounds;
    if (at_ms >= bounds[scan->bucket] && at_ms < bounds[scan->bucket + 1]) return scan->bucket;
    size_t low = 0;
    size_t high = scan->buckets - 1;
    while (low < high) {
        size_t middle = low + (high - low + 1) / 2;
        if (bounds[middle] <= at_ms) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    scan->bucket = low;
    return low;
}

/* ---- groups ---- */

static size_t slot_of(uint64_t key, size_t slots_count)
{
    uint64_t mixed = key * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed >> 32) & (slots_count - 1);
}

static uint32_t *slot_find(const struct scan *scan, uint64_t key)
{
    size_t slot = slot_of(key, scan->slots_count);
    while (scan->slots[slot] && scan->groups[scan->slots[slot] - 1].key != key) {
        slot = (slot + 1) & (scan->slots_count - 1);
    }
    return &scan->slots[slot];
}

static void groups_grow(struct scan *scan)
{
    size_t capacity = scan->groups_capacity ? scan->groups_capacity * 2 : SLOTS_FIRST / 2;
    struct group *groups = arena_array(scan->arena, struct group, capacity);
    for (size_t i = 0; i < scan->groups_count; i++) groups[i] = scan->groups[i];
    scan->groups = groups;
    scan->groups_capacity = capacity;
    scan->slots_count = capacity * 2;
    scan->slots = arena_array(scan->arena, uint32_t, scan->slots_count);
    for (size_t i = 0; i < scan->groups_count; i++) {
        *slot_find(scan, groups[i].key) = (uint32_t)i + 1;
    }
}

/* NULL if there are too many. */
static struct group *group_take(struct scan *scan, uint64_t key)
{
    uint32_t *slot = slot_find(scan, key);
    if (*slot) return &scan->groups[*slot - 1];
    if ((scan->groups_count + 1) * (scan->buckets + 1) > QUERY_CELLS_MAX) return NULL;
    if (scan->groups_count == scan->groups_capacity) {
        groups_grow(scan);
        slot = slot_find(scan, key);
    }
    *slot = (uint32_t)scan->groups_count + 1;
    struct group *group = &scan->groups[scan->groups_count++];
    group->key = key;
    group->states = arena_array(scan->arena, struct metric_state, scan->buckets + 1);
    return group;
}

/* ---- scanning ---- */

static void keys_read(struct scan *scan, const struct fact_segment *segment)
{
    for (size_t i = 0; i < scan->selection->count; i++) scan->keys[i] = 0;
    for (size_t k = 0; k < scan->plan->by_count; k++) {
        select_column(scan->selection, segment, FACT_DIMENSION + scan->plan->by[k], scan->values);
        for (size_t i = 0; i < scan->selection->count; i++) {
            scan->keys[i] = scan->keys[i] << CODE_BITS | (uint64_t)scan->values[i];
        }
    }
}

/* The state of each selected row. */
static enum err states_find(struct scan *scan, const struct fact_segment *segment)
{
    select_column(scan->selection, segment, FACT_AT, scan->at_ms);
    keys_read(scan, segment);
    struct group *group = NULL;
    for (size_t i = 0; i < scan->selection->count; i++) {
        if (!group || group->key != scan->keys[i]) group = group_take(scan, scan->keys[i]);
        if (!group) return ERR_LIMIT;
        bool is_before = scan->at_ms[i] < scan->period.from_ms;
        scan->into[i] = &group->states[is_before ? 0 : bucket_of(scan, scan->at_ms[i]) + 1];
    }
    return OK;
}

/* One state for everything: no groups, no buckets, and levels end where flows would. */
static struct metric_state *single_state(struct scan *scan)
{
    if (scan->plan->by_count > 0 || scan->buckets > 1) return NULL;
    return &scan->groups[0].states[1];
}

static enum err segment_add(struct scan *scan, const struct fact_segment *segment)
{
    const struct metric *metric = scan->plan->metric;
    struct metric_state *single = single_state(scan);
    enum err err = single ? OK : states_find(scan, segment);
    if (err) return err;
    select_column(scan->selection, segment, FACT_VALUE, scan->values);
    select_column(scan->selection, segment, FACT_SIGN, scan->signs);
    select_column(scan->selection, segment, FACT_STATE, scan->states);
    metric->add(&(struct metric_rows){
        .metric = metric,
        .count = scan->selection->count,
        .values = scan->values,
        .signs = scan->signs,
        .states = scan->states,
        .all = single,
        .into = scan->into,
        .now_ms = scan->plan->now_ms,
        .arena = scan->arena,
    });
    return OK;
}

/* Facts before the period count for levels. */
static struct period scan_period(const struct scan *scan)
{
    struct period period = scan->period;
    if (scan->plan->metric->is_level) period.from_ms = INT64_MIN;
    return period;
}

static enum err measure_scan(struct scan *scan, enum measure measure)
{
    const struct query_plan *plan = scan->plan;
    size_t count = facts_segment_count(plan->view, measure);
    for (size_t i = 0; i < count; i++) {
        if (plan->is_gone && plan->is_gone(plan->context)) return ERR_BUSY;
        struct fact_segment segment;
        facts_segment(plan->view, measure, i, &segment);
        select_rows(scan->selection, plan, scan_period(scan), &segment);
        if (scan->selection->count == 0) continue;
        enum err err = segment_add(scan, &segment);
        if (err) return err;
    }
    return OK;
}

static enum err scan_begin(struct scan *scan)
{
    struct arena *arena = scan->arena;
    enum err err = bounds_make(scan);
    if (err) return err;
    scan->selection = arena_new(arena, struct selection);
    scan->at_ms = arena_array(arena, int64_t, FACT_SEGMENT_ROWS);
    scan->values = arena_array(arena, int64_t, FACT_SEGMENT_ROWS);
    scan->signs = arena_array(arena, int64_t, FACT_SEGMENT_ROWS);
    scan->states = arena_array(arena, int64_t, FACT_SEGMENT_ROWS);
    scan->keys = arena_array(arena, uint64_t, FACT_SEGMENT_ROWS);
    scan->into = arena_array(arena, struct metric_state *, FACT_SEGMENT_ROWS);
    groups_grow(scan);
    if (scan->plan->by_count == 0) group_take(scan, 0);
    return OK;
}

/* ---- who is left out ---- */

/* A bit for each conversation that has a fact of the measure. */
static uint64_t *conversations_with(struct scan *scan, enum measure measure)
{
    const struct query_plan *plan = scan->plan;
    uint64_t *bits =
        arena_array(scan->arena, uint64_t, (size_t)facts_conversation_count(plan->view) / 64 + 1);
    size_t count = facts_segment_count(plan->view, measure);
    for (size_t i = 0; i < count; i++) {
        struct fact_segment segment;
        facts_segment(plan->view, measure, i, &segment);
        const struct column *columns = segment.columns;
        column_read(&columns[FACT_CONVERSATION], 0, segment.rows, scan->values);
        bool in_seq = segment.seq_max <= plan->seq;
        if (!in_seq) column_read(&columns[FACT_SEQ], 0, segment.rows, scan->states);
        for (size_t k = 0; k < segment.rows; k++) {
            if (!in_seq && scan->states[k] > plan->seq) continue;
            bits[scan->values[k] / 64] |= (uint64_t)1 << (scan->values[k] % 64);
        }
    }
    return bits;
}

/* Adds the sign of each selected row, unless its conversation's bit is set. */
static void exclusion_add(struct scan *scan, const struct fact_segment *segment, size_t exclusion,
                          const uint64_t *bits, int64_t factor)
{
    struct metric_state *single = single_state(scan);
    select_column(scan->selection, segment, FACT_SIGN, scan->signs);
    if (bits) select_column(scan->selection, segment, FACT_CONVERSATION, scan->values);
    for (size_t i = 0; i < scan->selection->count; i++) {
        uint64_t number = bits ? (uint64_t)scan->values[i] : 0;
        if (bits && bits[number / 64] >> (number % 64) & 1) continue;
        struct metric_state *state = single ? single : scan->into[i];
        state->excluded[exclusion] += factor * scan->signs[i];
    }
}

static enum err exclusion_scan(struct scan *scan, size_t index, enum measure measure,
                               const uint64_t *bits, int64_t factor)
{
    const struct query_plan *plan = scan->plan;
    size_t count = facts_segment_count(plan->view, measure);
    for (size_t i = 0; i < count; i++) {
        if (plan->is_gone && plan->is_gone(plan->context)) return ERR_BUSY;
        struct fact_segment segment;
        facts_segment(plan->view, measure, i, &segment);
        select_rows(scan->selection, plan, scan_period(scan), &segment);
        if (scan->selection->count == 0) continue;
        enum err err = single_state(scan) ? OK : states_find(scan, &segment);
        if (err) return err;
        exclusion_add(scan, &segment, index, bits, factor);
    }
    return OK;
}

static enum err exclusions_scan(struct scan *scan)
{
    const struct metric *metric = scan->plan->metric;
    for (size_t i = 0; i < METRIC_EXCLUSIONS_MAX && metric->exclusions[i].name; i++) {
        const struct metric_exclusion *exclusion = &metric->exclusions[i];
        const uint64_t *bits = NULL;
        if (exclusion->by_conversation) bits = conversations_with(scan, exclusion->without);
        enum err err = exclusion_scan(scan, i, exclusion->of, bits, 1);
        if (!err && !bits) err = exclusion_scan(scan, i, exclusion->without, NULL, -1);
        if (err) return err;
    }
    return OK;
}

/* ---- numbers ---- */

static struct metric_number number_of(const struct query_plan *plan,
                                      const struct metric_state *state, struct arena *scratch)
{
    const struct metric *metric = plan->metric;
    struct metric_number number = { 0 };
    metric->value(state, plan->statistic, scratch, &number);
    for (size_t i = 0; i < METRIC_EXCLUSIONS_MAX && metric->exclusions[i].name; i++) {
        if (state->excluded[i] <= 0) continue;
        number.excluded[number.excluded_count++] =
            (struct metric_excluded){ metric->exclusions[i].name, state->excluded[i] };
    }
    bool is_part = plan->by_count > 0 || plan->tests_count > 0;
    if (is_part && number.n > 0 && number.n < metric->people_min) {
        number.has_value = false;
        number.has_interval = false;
        number.reason = "too_few";
    }
    return number;
}

static bool may_drill(const struct query_plan *plan, const struct metric_number *number)
{
    bool is_part = plan->by_count > 0 || plan->tests_count > 0;
    return number->n > 0 && !(is_part && number->n < plan->metric->people_min);
}

static void cell_fill(const struct scan *scan, const struct metric_state *state,
                      const struct metric_state *before, struct query_cell *cell)
{
    const struct query_plan *plan = scan->plan;
    struct arena *scratch = scan->scratch;
    cell->number = number_of(plan, state, scratch);
    cell->has_drill = may_drill(plan, &cell->number);
    if (cell->has_previous) {
        static const struct metric_state EMPTY = { 0 };
        if (!before) before = &EMPTY;
        cell->previous = number_of(plan, before, scratch);
        if (cell->number.has_value && cell->previous.has_value) {
            struct metric_side from = { before, &cell->previous };
            struct metric_side to = { state, &cell->number };
            plan->metric->compare(&from, &to, plan->statistic, &cell->change);
        }
    }
    arena_reset(scratch);
}

/* States of levels add up from bucket to bucket. */
static void levels_sum(const struct scan *scan, struct metric_state *states)
{
    if (!scan->plan->metric->is_level) return;
    for (size_t i = 1; i <= scan->buckets; i++) {
        scan->plan->metric->merge(&states[i], &states[i - 1], scan->arena);
    }
}

static void state_settle(const struct scan *scan, struct metric_state *state)
{
    if (scan->plan->metric->settle) scan->plan->metric->settle(state, scan->scratch);
    arena_reset(scan->scratch);
}

static struct metric_state state_of_all(const struct scan *scan, const struct metric_state *states)
{
    if (scan->plan->metric->is_level || scan->buckets == 1) return states[scan->buckets];
    struct metric_state all = { 0 };
    for (size_t i = 1; i <= scan->buckets; i++) {
        scan->plan->metric->merge(&all, &states[i], scan->arena);
    }
    state_settle(scan, &all);
    return all;
}

/* A bucket is as the calendar cuts it; its first and last may lie in the period in part only. */
static struct period bucket_period(const struct scan *scan, size_t bucket)
{
    struct period period = { scan->bounds[bucket], scan->bounds[bucket + 1] };
    if (period.from_ms < scan->period.from_ms) period.from_ms = scan->period.from_ms;
    if (period.to_ms > scan->period.to_ms) period.to_ms = scan->period.to_ms;
    return period;
}

static bool bucket_is_complete(const struct scan *scan, size_t bucket)
{
    return scan->bounds[bucket] >= scan->period.from_ms &&
           scan->bounds[bucket + 1] <= scan->period.to_ms &&
           scan->bounds[bucket + 1] <= scan->plan->now_ms;
}

static void series_fill(const struct scan *scan, const struct metric_state *states,
                        const struct scan *previous, const struct metric_state *before,
                        struct query_row *row)
{
    row->series = arena_array(scan->arena, struct query_cell, scan->buckets);
    for (size_t i = 0; i < scan->buckets; i++) {
        struct query_cell *cell = &row->series[i];
        cell->period = bucket_period(scan, i);
        cell->is_complete = bucket_is_complete(scan, i);
        cell->has_previous = previous && i < previous->buckets;
        if (cell->has_previous) cell->previous_period = bucket_period(previous, i);
        const struct metric_state *then = cell->has_previous && before ? &before[i + 1] : NULL;
        cell_fill(scan, &states[i + 1], then, cell);
    }
}

/* `before` are the states of the same group in the previous period, NULL if it has none there. */
static void row_fill(const struct scan *scan, struct metric_state *states,
                     const struct scan *previous, struct metric_state *before,
                     struct query_row *row)
{
    const struct query_plan *plan = scan->plan;
    row->total.period = scan->period;
    row->total.is_complete = scan->period.to_ms <= plan->now_ms;
    row->total.has_previous = previous != NULL;
    if (previous) row->total.previous_period = previous->period;

    struct metric_state all = state_of_all(scan, states);
    struct metric_state all_before = { 0 };
    if (before) all_before = state_of_all(previous, before);
    cell_fill(scan, &all, previous ? &all_before : NULL, &row->total);
    if (plan->has_interval) series_fill(scan, states, previous, before, row);
}

static struct metric_state *states_of_whole(const struct scan *scan)
{
    struct metric_state *states = arena_array(scan->arena, struct metric_state, scan->buckets + 1);
    for (size_t g = 0; g < scan->groups_count; g++) {
        for (size_t i = 0; i <= scan->buckets; i++) {
            scan->plan->metric->merge(&states[i], &scan->groups[g].states[i], scan->arena);
        }
    }
    for (size_t i = 0; i <= scan->buckets; i++) state_settle(scan, &states[i]);
    return states;
}

static enum err scan_run(struct scan *scan, bool with_exclusions)
{
    enum err err = scan_begin(scan);
    if (!err) err = measure_scan(scan, scan->plan->metric->measure);
    if (!err && with_exclusions) err = exclusions_scan(scan);
    if (err) return err;
    for (size_t g = 0; g < scan->groups_count; g++) {
        struct metric_state *states = scan->groups[g].states;
        for (size_t i = 0; i <= scan->buckets; i++) state_settle(scan, &states[i]);
        levels_sum(scan, states);
    }
    return OK;
}

static void groups_fill(const struct scan *scan, const struct scan *previous,
                        struct query_result *result)
{
    const struct query_plan *plan = scan->plan;
    result->groups = arena_array(scan->arena, struct query_row, scan->groups_count + 1);
    result->groups_count = scan->groups_count;
    for (size_t g = 0; g < scan->groups_count; g++) {
        struct query_row *row = &result->groups[g];
        uint64_t key = scan->groups[g].key;
        for (size_t k = plan->by_count; k-- > 0; key >>= CODE_BITS) row->codes[k] = (uint16_t)key;
        struct metric_state *before = NULL;
        if (previous) {
            uint32_t slot = *slot_find(previous, scan->groups[g].key);
            if (slot) before = previous->groups[slot - 1].states;
        }
        row_fill(scan, scan->groups[g].states, previous, before, row);
    }
}

static void result_fill(const struct scan *scan, const struct scan *previous,
                        struct query_result *out)
{
    const struct query_plan *plan = scan->plan;
    *out = (struct query_result){ .buckets = plan->has_interval ? scan->buckets : 0 };
    if (plan->by_count == 0) {
        struct metric_state *before = previous ? previous->groups[0].states : NULL;
        row_fill(scan, scan->groups[0].states, previous, before, &out->whole);
        return;
    }
    /* The parts together name nobody: the whole is shown as one. */
    struct query_plan whole = *plan;
    whole.by_count = 0;
    struct scan of_whole = *scan;
    of_whole.plan = &whole;
    struct metric_state *before = previous ? states_of_whole(previous) : NULL;
    row_fill(&of_whole, states_of_whole(scan), previous, before, &out->whole);
    groups_fill(scan, previous, out);
}

enum err query_run(const struct query_plan *plan, struct arena *arena, struct query_result *out)
{
    assert(plan->seq <= plan->view->seq);
    struct arena *scratch = arena_open();
    struct scan scan = { .plan = plan, .arena = arena, .scratch = scratch, .period = plan->period };
    struct scan previous = scan;
    previous.period = plan->previous;
    enum err err = scan_run(&scan, true);
    if (!err && plan->has_previous) err = scan_run(&previous, false);
    if (!err) result_fill(&scan, plan->has_previous ? &previous : NULL, out);
    arena_close(scratch);
    return err;
}
