#include "metric/answer.h"

#include <assert.h>
#include <stdlib.h>

#include "metric/token.h"

/* ---- groups ---- */

void answer_choose_groups(struct answer *answer)
{
    const struct query_result *result = &answer->result;
    answer->groups = arena_array(answer->arena, struct answer_group, result->groups_count + 1);
    answer->groups_count = 0;
    for (size_t i = 0; i < result->groups_count; i++) {
        const struct query_cell *total = &result->groups[i].total;
        bool is_empty = total->number.n == 0 && total->previous.n == 0;
        if (is_empty || total->number.n < answer->query->min_n) continue;
        answer->groups[answer->groups_count++].row = &result->groups[i];
    }
}

static const struct metric_number *number_of(const void *group)
{
    return &((const struct answer_group *)group)->row->total.number;
}

/* The codes: an order that does not depend on how the groups were found. */
static int compare_codes(const void *a, const void *b)
{
    const struct query_row *left = ((const struct answer_group *)a)->row;
    const struct query_row *right = ((const struct answer_group *)b)->row;
    for (size_t i = 0; i < QUERY_BY_MAX; i++) {
        if (left->codes[i] != right->codes[i]) return left->codes[i] < right->codes[i] ? -1 : 1;
    }
    return 0;
}

static int compare_n(const void *a, const void *b)
{
    int64_t left = number_of(a)->n;
    int64_t right = number_of(b)->n;
    if (left != right) return left < right ? -1 : 1;
    return compare_codes(a, b);
}

static int compare_n_down(const void *a, const void *b)
{
    if (number_of(a)->n == number_of(b)->n) return compare_codes(a, b);
    return compare_n(b, a);
}

static int compare_value(const void *a, const void *b)
{
    const struct metric_number *left = number_of(a);
    const struct metric_number *right = number_of(b);
    if (left->has_value != right->has_value) return left->has_value ? -1 : 1;
    if (!left->has_value || !(left->value < right->value || left->value > right->value)) {
        return compare_codes(a, b);
    }
    return left->value < right->value ? -1 : 1;
}

static int compare_value_down(const void *a, const void *b)
{
    const struct metric_number *left = number_of(a);
    const struct metric_number *right = number_of(b);
    if (!left->has_value || !right->has_value) return compare_value(a, b);
    if (!(left->value < right->value || left->value > right->value)) return compare_codes(a, b);
    return left->value < right->value ? 1 : -1;
}

static int compare_labels(const void *a, const void *b)
{
    const struct answer_group *left = a;
    const struct answer_group *right = b;
    for (size_t i = 0; i < QUERY_BY_MAX; i++) {
        int by = str_compare(left->labels[i].label, right->labels[i].label);
        if (by != 0) return by;
    }
    return compare_codes(a, b);
}

void answer_order_groups(struct answer *answer)
{
    static int (*const ORDERS[])(const void *a, const void *b) = {
        [ORDER_N_DOWN] = compare_n_down, [ORDER_N] = compare_n,
        [ORDER_VALUE] = compare_value,   [ORDER_VALUE_DOWN] = compare_value_down,
        [ORDER_LABEL] = compare_labels,
    };
    if (answer->groups_count == 0) return;
    qsort(answer->groups, answer->groups_count, sizeof(*answer->groups),
          ORDERS[answer->query->order]);
}

void answer_cut_groups(struct answer *answer)
{
    if (answer->groups_count <= answer->query->limit) return;
    answer->groups_count = answer->query->limit;
    answer->is_truncated = true;
}

/* ---- numbers ---- */

static void write_interval(struct json_writer *writer, const struct metric_number *number)
{
    if (!number->has_interval) {
        json_put_null(writer, "ci");
        return;
    }
    json_object_begin(writer, "ci");
    json_put_real(writer, "low", number->interval.low);
    json_put_real(writer, "high", number->interval.high);
    json_put_real(writer, "level", METRIC_LEVEL);
    json_put_text(writer, "method", str_from(number->interval.method));
    json_object_end(writer);
}

static void write_value(struct json_writer *writer, const struct metric_number *number)
{
    if (number->has_value) {
        json_put_real(writer, "value", number->value);
    } else {
        json_put_null(writer, "value");
    }
}

static void write_previous(struct json_writer *writer, const struct query_cell *cell)
{
    if (!cell->has_previous) {
        json_put_null(writer, "previous");
        json_put_null(writer, "delta");
        return;
    }
    json_object_begin(writer, "previous");
    write_value(writer, &cell->previous);
    json_put_int(writer, "n", cell->previous.n);
    write_interval(writer, &cell->previous);
    json_put_time(writer, "from", cell->previous_period.from_ms);
    json_put_time(writer, "to", cell->previous_period.to_ms);
    json_put_text_or_null(writer, "reason", str_from(cell->previous.reason));
    json_object_end(writer);
    if (!cell->change.has_value) {
        json_put_null(writer, "delta");
        return;
    }
    const struct interval *interval = &cell->change.estimate.interval;
    json_object_begin(writer, "delta");
    json_put_real(writer, "value", cell->change.estimate.value);
    json_object_begin(writer, "ci");
    json_put_real(writer, "low", interval->low);
    json_put_real(writer, "high", interval->high);
    json_put_real(writer, "level", METRIC_LEVEL);
    json_put_text(writer, "method", str_from(interval->method));
    json_object_end(writer);
    json_object_end(writer);
}

static void write_drill(struct json_writer *writer, const struct answer *answer,
                        const struct query_cell *cell, const struct answer_group *group)
{
    if (!cell->has_drill) {
        json_put_null(writer, "drill");
        return;
    }
    struct token token = {
        .metric = answer->plan.metric,
        .statistic = answer->plan.statistic,
        .period = cell->period,
        .seq = answer->plan.seq,
        .now_ms = answer->plan.now_ms,
        .filter = answer->query->filter,
    };
    for (size_t i = 0; group && i < answer->query->by_count; i++) {
        token.groups[token.groups_count++] =
            (struct query_group){ answer->query->by[i], group->labels[i].value };
    }
    struct buf url = buf_open(answer->arena, TOKEN_SIZE_MAX + 256);
    buf_add(&url, answer->prefix);
    buf_add(&url, STR("/api/v1/query/drill?q="));
    buf_add(&url, drill_token_write(answer->arena, &token));
    json_put_text(writer, "drill", buf_view(&url));
}

static void write_number(struct json_writer *writer, const struct answer *answer,
                         const struct query_cell *cell, const struct answer_group *group)
{
    const struct query_plan *plan = &answer->plan;
    json_object_begin(writer, "number");
    write_value(writer, &cell->number);
    json_put_text(writer, "unit", str_from(UNIT_NAMES[plan->statistic->unit]));
    json_put_int(writer, "n", cell->number.n);
    write_interval(writer, &cell->number);
    write_previous(writer, cell);
    json_put_bool(writer, "complete", cell->is_complete);
    json_object_begin(writer, "excluded");
    for (size_t i = 0; i < cell->number.excluded_count; i++) {
        json_put_int(writer, cell->number.excluded[i].name, cell->number.excluded[i].count);
    }
    json_object_end(writer);
    json_put_text_or_null(writer, "reason", str_from(cell->number.reason));
    json_object_begin(writer, "definition");
    json_put_text(writer, "id", str_from(plan->metric->id));
    json_put_int(writer, "version", plan->metric->version);
    json_object_end(writer);
    write_drill(writer, answer, cell, group);
    json_object_end(writer);
}

static void write_row(struct json_writer *writer, const struct answer *answer,
                      const struct query_row *row, const struct answer_group *group)
{
    write_number(writer, answer, &row->total, group);
    if (!answer->plan.has_interval) return;
    json_array_begin(writer, "series");
    for (size_t i = 0; i < answer->result.buckets; i++) {
        json_object_begin(writer, NULL);
        json_put_time(writer, "start", row->series[i].period.from_ms);
        json_put_time(writer, "end", row->series[i].period.to_ms);
        write_number(writer, answer, &row->series[i], group);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void write_groups(struct json_writer *writer, const struct answer *answer)
{
    json_array_begin(writer, "groups");
    for (size_t g = 0; g < answer->groups_count; g++) {
        const struct answer_group *group = &answer->groups[g];
        json_object_begin(writer, NULL);
        json_array_begin(writer, "by");
        for (size_t i = 0; i < answer->query->by_count; i++) {
            json_object_begin(writer, NULL);
            json_put_text(writer, "dim", answer->query->by[i]);
            json_put_text_or_null(writer, "value", group->labels[i].value);
            json_put_text_or_null(writer, "label", group->labels[i].label);
            json_object_end(writer);
        }
        json_array_end(writer);
        write_row(writer, answer, group->row, group);
        json_object_end(writer);
    }
    json_array_end(writer);
}

void answer_write(struct json_writer *writer, const char *name, const struct answer *answer)
{
    const struct query_plan *plan = &answer->plan;
    json_object_begin(writer, name);
    json_put_text(writer, "metric", str_from(plan->metric->id));
    json_put_text(writer, "statistic", str_from(plan->statistic->name));
    json_put_time(writer, "from", plan->period.from_ms);
    json_put_time(writer, "to", plan->period.to_ms);
    json_put_text(writer, "zone", zone_name(plan->zone));
    json_put_int(writer, "seq", plan->seq);
    json_put_time(writer, "as_of", plan->now_ms);
    write_row(writer, answer, &answer->result.whole, NULL);
    if (plan->by_count > 0) write_groups(writer, answer);
    json_put_bool(writer, "overlapping", false);
    json_put_bool(writer, "truncated", answer->is_truncated);
    json_object_end(writer);
}
