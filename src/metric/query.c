#include "metric/query.h"

#include <assert.h>

enum { NAME_MAX_SIZE = 64, TIME_MAX_SIZE = 64, VALUE_MAX_SIZE = 200, ZONE_MAX_SIZE = 64 };

const char *const QUERY_INTERVALS[] = { "15m", "30m", "1h", "1d", "1w", "1mo", "1q", "1y", NULL };

static const char *const COMPARES[] = { "previous", "year", NULL };
static const char *const ORDERS[] = { "-n", "n", "value", "-value", "label", NULL };
static const char *const OPS[] = { "is", "is_not", "in", "has_none", NULL };

/* Where reading stands in a list of parts. */
struct level {
    const struct json *items;
    size_t count;
    size_t next;
    struct str pointer;
};

struct filter_reader {
    struct arena *arena;
    struct json_problems *problems;
    struct filter_step *steps;
    size_t steps_count;
    size_t leaves;
    size_t values;
    struct level levels[QUERY_DEPTH_MAX];
    size_t depth;
    bool has_failed;
};

enum { STEPS_MAX = (QUERY_LEAVES_MAX + 1) * (QUERY_DEPTH_MAX + 1) };

static void fault(struct filter_reader *reader, struct json_form *form, const char *name,
                  const char *code, const char *text)
{
    json_form_fault(form, name, code, "%s", text);
    reader->has_failed = true;
}

static struct filter_step *step_add(struct filter_reader *reader, enum filter_op op,
                                    struct str pointer)
{
    assert(reader->steps_count < STEPS_MAX);
    struct filter_step *step = &reader->steps[reader->steps_count++];
    *step = (struct filter_step){ .op = op, .pointer = pointer };
    return step;
}

static void read_values(struct filter_reader *reader, struct json_form *form,
                        struct filter_step *step)
{
    const struct json *items;
    size_t count;
    if (!json_form_array(form, "values", QUERY_VALUES_MAX, &items, &count)) {
        json_form_require(form, "values");
        reader->has_failed = true;
        return;
    }
    reader->values += count;
    if (count == 0 || reader->values > QUERY_VALUES_MAX) {
        fault(reader, form, "values", "out_of_range",
              "Give at least one value, and at most 256 in the whole filter.");
        return;
    }
    if (step->op != FILTER_IN && count != 1) {
        fault(reader, form, "values", "out_of_range", "Give one value, or use \"in\".");
        return;
    }
    struct str *values = arena_array(reader->arena, struct str, count);
    for (size_t i = 0; i < count; i++) {
        if (items[i].kind != JSON_TEXT || items[i].text.size > VALUE_MAX_SIZE) {
            fault(reader, form, "values", "wrong_type", "Values are short texts.");
            return;
        }
        values[i] = items[i].text;
    }
    step->values = values;
    step->values_count = count;
}

static void read_leaf(struct filter_reader *reader, struct json_form *form, struct str pointer)
{
    if (++reader->leaves > QUERY_LEAVES_MAX) {
        fault(reader, form, NULL, "too_many", "A filter holds at most 64 conditions.");
        return;
    }
    int op = 0;
    struct str dimension;
    if (!json_form_text(form, "dim", NAME_MAX_SIZE, &dimension)) {
        json_form_require(form, "dim");
        reader->has_failed = true;
    }
    if (!json_form_choice(form, "op", OPS, &op)) {
        json_form_require(form, "op");
        reader->has_failed = true;
    }
    if (reader->has_failed) return;
    struct filter_step *step = step_add(reader, (enum filter_op)(FILTER_IS + op), pointer);
    step->dimension = dimension;
    if (step->op != FILTER_HAS_NONE) read_values(reader, form, step);
}

/* True if the object is an AND or an OR: then its parts are the next level. */
static bool read_parts(struct filter_reader *reader, struct json_form *form, struct str pointer,
                       const char *name, enum filter_op op)
{
    const struct json *items;
    size_t count;
    if (!json_form_array(form, name, QUERY_LEAVES_MAX, &items, &count)) return false;
    if (count == 0) {
        fault(reader, form, name, "out_of_range", "Give at least one condition.");
    } else if (reader->depth == QUERY_DEPTH_MAX) {
        fault(reader, form, name, "too_many", "A filter is at most 8 levels deep.");
    } else {
        step_add(reader, op, pointer)->parts = count;
        reader->levels[reader->depth++] = (struct level){
            .items = items,
            .count = count,
            .pointer = json_form_pointer(form, name),
        };
    }
    return true;
}

static struct str item_pointer(struct arena *arena, struct str list, size_t index)
{
    enum { NUMBER_SIZE_MAX = 24 };
    struct buf buf = buf_open(arena, list.size + NUMBER_SIZE_MAX);
    buf_add(&buf, list);
    buf_add_char(&buf, '/');
    buf_add_int(&buf, (int64_t)index);
    return buf_view(&buf);
}

static void read_node(struct filter_reader *reader, const struct json *node, struct str pointer)
{
    struct json_form form;
    size_t problems = reader->problems->count;
    json_form_begin(&form, reader->problems, node, pointer);
    if (node->kind == JSON_OBJECT && !read_parts(reader, &form, pointer, "and", FILTER_AND) &&
        !read_parts(reader, &form, pointer, "or", FILTER_OR)) {
        read_leaf(reader, &form, pointer);
    }
    json_form_end(&form);
    if (reader->problems->count > problems) reader->has_failed = true;
}

/* Steps are bounded: each AND or OR on a path has a leaf below it, at most QUERY_DEPTH_MAX above.
 */
void query_read_filter(struct json_form *form, struct arena *arena, struct query_filter *out)
{
    const struct json *root;
    if (!json_form_any(form, "filter", &root) || root->kind == JSON_NULL) return;
    struct filter_reader *reader = arena_new(arena, struct filter_reader);
    reader->arena = arena;
    reader->problems = form->problems;
    reader->steps = arena_array(arena, struct filter_step, STEPS_MAX);
    read_node(reader, root, json_form_pointer(form, "filter"));
    while (reader->depth > 0 && !reader->has_failed) {
        struct level *level = &reader->levels[reader->depth - 1];
        if (level->next == level->count) {
            reader->depth--;
            continue;
        }
        size_t index = level->next++;
        read_node(reader, &level->items[index], item_pointer(arena, level->pointer, index));
    }
    if (reader->has_failed) return;
    *out = (struct query_filter){ reader->steps, reader->steps_count };
}

static void read_by(struct json_form *form, struct metric_query *query)
{
    const struct json *items;
    size_t count;
    if (!json_form_array(form, "by", QUERY_BY_MAX, &items, &count)) return;
    for (size_t i = 0; i < count; i++) {
        if (items[i].kind != JSON_TEXT || items[i].text.size > NAME_MAX_SIZE) {
            json_form_fault(form, "by", "wrong_type", "Name dimensions, as in [\"team\"].");
            return;
        }
        for (size_t k = 0; k < i; k++) {
            if (!str_equal(query->by[k], items[i].text)) continue;
            json_form_fault(form, "by", "out_of_range", "Name each dimension once.");
            return;
        }
        query->by[i] = items[i].text;
    }
    query->by_count = count;
}

static void read_compare(struct json_form *form, struct metric_query *query)
{
    const struct json *compare;
    if (!json_form_any(form, "compare", &compare) || compare->kind == JSON_NULL) return;
    if (compare->kind == JSON_OBJECT) {
        struct json_form range;
        if (!json_form_object(form, "compare", &range)) return;
        query->compare = COMPARE_CUSTOM;
        json_form_require(&range, "from");
        json_form_require(&range, "to");
        json_form_text(&range, "from", TIME_MAX_SIZE, &query->compare_from);
        json_form_text(&range, "to", TIME_MAX_SIZE, &query->compare_to);
        json_form_end(&range);
        return;
    }
    int choice;
    if (!json_form_choice(form, "compare", COMPARES, &choice)) return;
    query->compare = choice == 0 ? COMPARE_PREVIOUS : COMPARE_YEAR;
}

void query_read_metric(struct json_form *form, const struct metric **metric,
                       const struct metric_statistic **statistic)
{
    struct str id;
    if (!json_form_text(form, "metric", NAME_MAX_SIZE, &id)) {
        json_form_require(form, "metric");
        return;
    }
    struct str name = { 0 };
    if (!json_form_text(form, "statistic", NAME_MAX_SIZE, &name)) name = (struct str){ 0 };
    *metric = metric_find(id);
    if (!*metric) {
        json_form_fault(form, "metric", "unknown_value", "GET /api/v1/metrics lists the metrics.");
        return;
    }
    *statistic = metric_statistic_find(*metric, name);
    if (*statistic) return;
    json_form_fault(form, "statistic", "unknown_value",
                    "GET /api/v1/metrics lists the statistics of each metric.");
}

void query_read(struct json_form *form, struct arena *arena, struct metric_query *out)
{
    struct metric_query query = { .limit = QUERY_LIMIT };
    query_read_metric(form, &query.metric, &query.statistic);
    json_form_require(form, "from");
    json_form_require(form, "to");
    json_form_text(form, "from", TIME_MAX_SIZE, &query.from);
    json_form_text(form, "to", TIME_MAX_SIZE, &query.to);
    int choice;
    query.has_interval = json_form_choice(form, "interval", QUERY_INTERVALS, &choice);
    if (query.has_interval) query.interval = (enum zone_interval)choice;
    query_read_filter(form, arena, &query.filter);
    read_by(form, &query);
    read_compare(form, &query);
    json_form_bool(form, "match_weekdays", &query.match_weekdays);
    json_form_text(form, "as_of", TIME_MAX_SIZE, &query.as_of);
    json_form_text(form, "zone", ZONE_MAX_SIZE, &query.zone);
    if (json_form_choice(form, "order", ORDERS, &choice)) query.order = (enum query_order)choice;
    int64_t number;
    if (json_form_int(form, "limit", 1, QUERY_LIMIT_MAX, &number)) query.limit = (size_t)number;
    if (json_form_int(form, "min_n", 0, INT32_MAX, &number)) query.min_n = number;
    *out = query;
}

static void write_leaf(struct json_writer *writer, const char *name, const struct filter_step *step)
{
    json_object_begin(writer, name);
    json_put_text(writer, "dim", step->dimension);
    json_put_text(writer, "op", str_from(OPS[step->op - FILTER_IS]));
    if (step->op != FILTER_HAS_NONE) {
        json_array_begin(writer, "values");
        for (size_t i = 0; i < step->values_count; i++) {
            json_put_text(writer, NULL, step->values[i]);
        }
        json_array_end(writer);
    }
    json_object_end(writer);
}

void query_filter_write(struct json_writer *writer, const char *name,
                        const struct query_filter *filter)
{
    size_t open[QUERY_DEPTH_MAX + 1]; /* parts still to come, for each list that is open */
    size_t depth = 0;
    for (size_t i = 0; i < filter->count; i++) {
        const struct filter_step *step = &filter->steps[i];
        const char *member = i == 0 ? name : NULL;
        if (depth > 0) open[depth - 1]--;
        if (step->op == FILTER_AND || step->op == FILTER_OR) {
            assert(depth <= QUERY_DEPTH_MAX);
            json_object_begin(writer, member);
            json_array_begin(writer, step->op == FILTER_AND ? "and" : "or");
            open[depth++] = step->parts;
            continue;
        }
        write_leaf(writer, member, step);
        for (; depth > 0 && open[depth - 1] == 0; depth--) {
            json_array_end(writer);
            json_object_end(writer);
        }
    }
}
