#include "metric/resolve_store.h"

#include <stdarg.h>
#include <stdio.h>

#include "metric/label_store.h"
#include "metric/range.h"
#include "store/dimension.h"
#include "store/feed.h"

/* Notes a fault of a member of the query; returns ERR_INVALID to be returned. */
__attribute__((format(printf, 5, 6))) static enum err fault(const struct resolve *resolve,
                                                            struct str pointer, const char *name,
                                                            const char *code, const char *format,
                                                            ...)
{
    enum { DETAIL_MAX = 200 };
    char text[DETAIL_MAX] = "";
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    struct json_form form = { .problems = resolve->problems, .pointer = pointer };
    json_form_fault(&form, name, code, "%s", text);
    return ERR_INVALID;
}

static enum err resolve_zone(const struct resolve *resolve, const struct metric_query *query,
                             const struct zone **out)
{
    struct str name = query->zone.data ? query->zone : resolve->zone;
    enum err err = zone_load(resolve->arena, name, out);
    if (err != ERR_NOT_FOUND && err != ERR_INVALID) return err;
    return fault(resolve, resolve->pointer, "zone", "unknown_value",
                 "There is no such time zone; name one as in Europe/Berlin.");
}

/* A range as it stands in one object of the request. */
struct asked_period {
    struct str pointer;
    struct str from;
    struct str to;
};

static enum err resolve_period(const struct resolve *resolve, const struct asked_period *asked,
                               const struct query_plan *plan, struct period *out)
{
    static const char HOW[] = "Give a time as in 2026-03-01T09:30:00Z, now-30d or now/d.";
    struct period period;
    if (range_time(asked->from, plan->zone, plan->now_ms, RANGE_FROM, &period.from_ms)) {
        return fault(resolve, asked->pointer, "from", "invalid_time", "%s", HOW);
    }
    if (range_time(asked->to, plan->zone, plan->now_ms, RANGE_TO, &period.to_ms)) {
        return fault(resolve, asked->pointer, "to", "invalid_time", "%s", HOW);
    }
    if (period.from_ms >= period.to_ms) {
        return fault(resolve, asked->pointer, "to", "out_of_range",
                     "The end must lie after the beginning.");
    }
    *out = period;
    return OK;
}

/* T is the last moment known then, and the definition of now. */
static enum err resolve_as_of(const struct resolve *resolve, const struct metric_query *query,
                              struct query_plan *plan)
{
    if (!query->as_of.data) return OK;
    int64_t at_ms = 0;
    if (range_time(query->as_of, plan->zone, plan->now_ms, RANGE_FROM, &at_ms)) {
        return fault(resolve, resolve->pointer, "as_of", "invalid_time",
                     "Give a time as in 2026-03-01T09:30:00Z or now-30d.");
    }
    if (at_ms > plan->now_ms) {
        return fault(resolve, resolve->pointer, "as_of", "out_of_range",
                     "Nothing is known yet of the future.");
    }
    int64_t seq = 0;
    enum err err = feed_seq_at(resolve->reader, resolve->arena, at_ms, &seq);
    if (err) return err;
    plan->now_ms = at_ms;
    if (seq < plan->seq) plan->seq = seq;
    return OK;
}

static enum err resolve_compare(const struct resolve *resolve, const struct metric_query *query,
                                struct query_plan *plan)
{
    plan->has_previous = query->compare != COMPARE_NONE;
    if (query->compare == COMPARE_CUSTOM) {
        struct buf pointer = buf_open(resolve->arena, resolve->pointer.size + 16);
        buf_add(&pointer, resolve->pointer);
        buf_add(&pointer, STR("/compare"));
        struct asked_period asked = { buf_view(&pointer), query->compare_from, query->compare_to };
        return resolve_period(resolve, &asked, plan, &plan->previous);
    }
    plan->previous = period_before(plan->zone, plan->period, query->compare == COMPARE_YEAR,
                                   query->match_weekdays);
    return OK;
}

static enum err resolve_dimension(const struct resolve *resolve, struct str pointer,
                                  const char *member, struct str name, int *out)
{
    enum dimension dimension = DIMENSION_CHANNEL;
    enum err err = dimension_find(resolve->reader, resolve->arena, name, &dimension);
    *out = (int)dimension;
    if (err != ERR_NOT_FOUND) return err;
    return fault(resolve, pointer, member, "unknown_value",
                 "GET /api/v1/dimensions lists the dimensions.");
}

static enum err resolve_values(const struct resolve *resolve, const struct filter_step *step,
                               int dimension, uint64_t *codes)
{
    for (size_t i = 0; i < step->values_count; i++) {
        int64_t id = 0;
        enum err err = label_find(resolve->reader, resolve->arena, dimension, step->values[i], &id);
        if (err == ERR_INVALID) {
            return fault(resolve, step->pointer, "values", "unknown_value",
                         "GET /api/v1/dimensions/%.*s/values lists the values.",
                         STR_ARG(step->dimension));
        }
        if (err) return err;
        uint16_t code = facts_dimension_code(resolve->view, dimension, id);
        if (id != 0 && code != 0) codes[code / 64] |= (uint64_t)1 << code % 64;
    }
    return OK;
}

static enum err resolve_step(const struct resolve *resolve, const struct filter_step *step,
                             struct filter_test *out)
{
    *out = (struct filter_test){ .op = step->op, .parts = step->parts };
    if (step->op == FILTER_AND || step->op == FILTER_OR) return OK;
    enum err err =
        resolve_dimension(resolve, step->pointer, "dim", step->dimension, &out->dimension);
    if (err) return err;
    uint64_t *codes = arena_array(resolve->arena, uint64_t, FILTER_WORDS);
    if (step->op == FILTER_HAS_NONE) {
        codes[0] = 1;
    } else {
        err = resolve_values(resolve, step, out->dimension, codes);
    }
    for (size_t i = 0; step->op == FILTER_IS_NOT && i < FILTER_WORDS; i++) codes[i] = ~codes[i];
    out->codes = codes;
    return err;
}

enum err filter_resolve(const struct resolve *resolve, const struct query_filter *filter,
                        const struct filter_test **out, size_t *count)
{
    struct filter_test *tests = arena_array(resolve->arena, struct filter_test, filter->count + 1);
    for (size_t i = 0; i < filter->count; i++) {
        enum err err = resolve_step(resolve, &filter->steps[i], &tests[i]);
        if (err) return err;
    }
    *out = tests;
    *count = filter->count;
    return OK;
}

static enum err resolve_by(const struct resolve *resolve, const struct metric_query *query,
                           struct query_plan *plan)
{
    plan->by_count = query->by_count;
    for (size_t i = 0; i < query->by_count; i++) {
        enum err err =
            resolve_dimension(resolve, resolve->pointer, "by", query->by[i], &plan->by[i]);
        if (err) return err;
    }
    return OK;
}

enum err query_resolve(const struct resolve *resolve, const struct metric_query *query,
                       struct query_plan *out)
{
    struct query_plan plan = {
        .metric = query->metric,
        .statistic = query->statistic,
        .view = resolve->view,
        .seq = resolve->view->seq,
        .now_ms = resolve->now_ms,
        .has_interval = query->has_interval,
        .interval = query->interval,
    };
    enum err err = resolve_zone(resolve, query, &plan.zone);
    if (!err) err = resolve_as_of(resolve, query, &plan);
    struct asked_period asked = { resolve->pointer, query->from, query->to };
    if (!err) err = resolve_period(resolve, &asked, &plan, &plan.period);
    if (!err) err = resolve_compare(resolve, query, &plan);
    if (!err) err = filter_resolve(resolve, &query->filter, &plan.tests, &plan.tests_count);
    if (!err) err = resolve_by(resolve, query, &plan);
    if (!err) *out = plan;
    return err;
}
