#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "metric/query_run.h"
#include "metric/select.h"

struct item {
    int64_t at_ms;
    int64_t value;
    int64_t interaction;
    uint32_t conversation;
    uint32_t row; /* in the table */
    int8_t sign;
    int8_t state;
};

struct items {
    struct item *items;
    size_t count;
    size_t capacity;
    bool has_taken_back;
};

struct columns {
    int64_t at_ms[FACT_SEGMENT_ROWS];
    int64_t values[FACT_SEGMENT_ROWS];
    int64_t signs[FACT_SEGMENT_ROWS];
    int64_t states[FACT_SEGMENT_ROWS];
    int64_t conversations[FACT_SEGMENT_ROWS];
    int64_t interactions[FACT_SEGMENT_ROWS];
};

static void reserve(struct items *items, struct arena *arena, size_t more)
{
    if (items->count + more <= items->capacity) return;
    size_t capacity = items->capacity * 2 + more;
    struct item *grown = arena_array(arena, struct item, capacity);
    if (items->count > 0) memcpy(grown, items->items, items->count * sizeof(*grown));
    items->items = grown;
    items->capacity = capacity;
}

/* Whether a fact of that state and value is in what is listed. */
static bool is_listed(const struct query_plan *plan, bool numerator, int64_t state, int64_t value)
{
    if (plan->statistic->kind == STATISTIC_QUANTILE && state != FACT_EVENT) return false;
    return !numerator || value >= plan->metric->numerator_min;
}

static void items_add(struct items *items, const struct columns *columns, size_t i, size_t row)
{
    if (columns->signs[i] < 0) items->has_taken_back = true;
    items->items[items->count++] = (struct item){
        .at_ms = columns->at_ms[i],
        .value = columns->values[i],
        .interaction = columns->interactions[i],
        .conversation = (uint32_t)columns->conversations[i],
        .row = (uint32_t)row,
        .sign = (int8_t)columns->signs[i],
        .state = (int8_t)columns->states[i],
    };
}

static enum err items_read(const struct query_plan *plan, struct arena *arena, bool numerator,
                           struct items *items)
{
    struct selection *selection = arena_new(arena, struct selection);
    struct columns *columns = arena_new(arena, struct columns);
    struct period period = plan->period;
    if (plan->metric->is_level) period.from_ms = INT64_MIN;
    size_t count = facts_segment_count(plan->view, plan->metric->measure);
    for (size_t i = 0; i < count; i++) {
        if (plan->is_gone && plan->is_gone(plan->context)) return ERR_BUSY;
        struct fact_segment segment;
        facts_segment(plan->view, plan->metric->measure, i, &segment);
        select_rows(selection, plan, period, &segment);
        if (selection->count == 0) continue;
        select_column(selection, &segment, FACT_AT, columns->at_ms);
        select_column(selection, &segment, FACT_VALUE, columns->values);
        select_column(selection, &segment, FACT_SIGN, columns->signs);
        select_column(selection, &segment, FACT_STATE, columns->states);
        select_column(selection, &segment, FACT_CONVERSATION, columns->conversations);
        select_column(selection, &segment, FACT_INTERACTION, columns->interactions);
        reserve(items, arena, selection->count);
        for (size_t k = 0; k < selection->count; k++) {
            if (!is_listed(plan, numerator, columns->states[k], columns->values[k])) continue;
            size_t row = selection->is_all ? k : selection->rows[k];
            items_add(items, columns, k, segment.first_row + row);
        }
    }
    return OK;
}

static int order(int64_t left, int64_t right)
{
    return (left > right) - (left < right);
}

static int conversation_compare(const struct item *left, const struct item *right)
{
    return order(left->conversation, right->conversation);
}

/* What is taken back is equal in all of these. */
static int fact_compare(const struct item *left, const struct item *right)
{
    int by = conversation_compare(left, right);
    if (!by) by = order(left->interaction, right->interaction);
    if (!by) by = order(left->at_ms, right->at_ms);
    if (!by) by = order(left->state, right->state);
    return by ? by : order(left->value, right->value);
}

static int level_order(const void *a, const void *b)
{
    const struct item *left = a;
    const struct item *right = b;
    int by = conversation_compare(left, right);
    if (!by) by = order(left->at_ms, right->at_ms);
    return by ? by : order(left->row, right->row);
}

static int fact_order(const void *a, const void *b)
{
    const struct item *left = a;
    const struct item *right = b;
    int by = fact_compare(left, right);
    return by ? by : order(left->row, right->row);
}

static int newest_order(const void *a, const void *b)
{
    const struct item *left = a;
    const struct item *right = b;
    int by = order(right->at_ms, left->at_ms);
    return by ? by : order(right->row, left->row);
}

static bool is_same(const struct item *left, const struct item *right, bool is_level)
{
    return (is_level ? conversation_compare(left, right) : fact_compare(left, right)) == 0;
}

/* Of a run of equal facts, keeps as many as are left, the last ones. Returns how many. */
static size_t run_keep(struct item *into, const struct item *run, size_t count)
{
    size_t taken = 0;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) taken += run[i].sign < 0;
    for (size_t i = 0; i < count; i++) {
        if (run[i].sign < 0) continue;
        if (taken == 0) into[kept++] = run[i];
        if (taken > 0) taken--;
    }
    return kept;
}

static void take_back(struct items *items, bool is_level)
{
    struct item *all = items->items;
    qsort(all, items->count, sizeof(*all), is_level ? level_order : fact_order);
    size_t kept = 0;
    for (size_t start = 0, end; start < items->count; start = end) {
        end = start + 1;
        while (end < items->count && is_same(&all[start], &all[end], is_level)) end++;
        kept += run_keep(all + kept, all + start, end - start);
    }
    items->count = kept;
}

static void newest_first(struct items *items)
{
    bool is_ascending = true;
    for (size_t i = 1; i < items->count && is_ascending; i++) {
        is_ascending = newest_order(&items->items[i - 1], &items->items[i]) > 0;
    }
    if (!is_ascending) {
        qsort(items->items, items->count, sizeof(*items->items), newest_order);
        return;
    }
    for (size_t i = 0; i < items->count / 2; i++) {
        struct item swap = items->items[i];
        items->items[i] = items->items[items->count - 1 - i];
        items->items[items->count - 1 - i] = swap;
    }
}

static struct drill_row row_of(const struct query_plan *plan, const struct item *item)
{
    struct fact_segment segment;
    facts_segment(plan->view, plan->metric->measure, item->row / FACT_SEGMENT_ROWS, &segment);
    size_t row = item->row % FACT_SEGMENT_ROWS;
    return (struct drill_row){
        .at_ms = item->at_ms,
        .seq = column_at(&segment.columns[FACT_SEQ], row),
        .value = item->value,
        .state = (enum fact_state)item->state,
        .customer_id = facts_customer_id(plan->view,
                                         (uint32_t)column_at(&segment.columns[FACT_CUSTOMER], row)),
        .conversation_id = facts_conversation_id(plan->view, item->conversation),
        .interaction_id = item->interaction,
    };
}

enum err query_drill(const struct query_plan *plan, struct arena *arena,
                     const struct drill_page *page, struct drill_rows *out)
{
    assert(!page->numerator || plan->metric->has_numerator);
    struct items items = { 0 };
    struct arena *scratch = arena_open();
    enum err err = items_read(plan, scratch, page->numerator, &items);
    if (!err) {
        if (items.has_taken_back) take_back(&items, plan->metric->is_level);
        if (items.count > 0) newest_first(&items);
        struct drill_rows rows = { .total = items.count };
        if (page->offset < items.count) rows.count = items.count - page->offset;
        if (rows.count > page->count_max) rows.count = page->count_max;
        rows.items = arena_array(arena, struct drill_row, rows.count + 1);
        for (size_t i = 0; i < rows.count; i++) {
            rows.items[i] = row_of(plan, &items.items[page->offset + i]);
        }
        *out = rows;
    }
    arena_close(scratch);
    return err;
}
