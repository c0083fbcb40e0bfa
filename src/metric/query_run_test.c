#include "metric/query_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test.h"
#include "base/time.h"
#include "metric/event_follow.h"
#include "metric/measure.h"
#include "metric/testing.h"
#include "store/event.h"

enum { EVENTS = 2500, QUESTIONS = 60 };

static struct facts *facts_of(struct arena *arena, const struct history *history)
{
    struct facts *facts = facts_open(MEASURES);
    struct event_facts *into = event_facts_open(arena, facts);
    for (size_t i = 0; i < history->count; i++) {
        event_facts_add(into, arena, &history->events[i]);
    }
    facts_publish(facts, (int64_t)history->count);
    return facts;
}

/* A filter of conditions that must all hold, as a plan has it. */
static void plan_filter(struct arena *arena, struct query_plan *plan,
                        const struct model_condition *conditions, size_t count)
{
    if (count == 0) return;
    struct filter_test *tests = arena_array(arena, struct filter_test, count + 1);
    tests[0] = (struct filter_test){ .op = FILTER_AND, .parts = count };
    for (size_t i = 0; i < count; i++) {
        uint64_t *codes = arena_array(arena, uint64_t, FILTER_WORDS);
        uint16_t code =
            facts_dimension_code(plan->view, conditions[i].dimension, conditions[i].value);
        if (code || conditions[i].value == 0) codes[code / 64] |= (uint64_t)1 << code % 64;
        for (size_t k = 0; conditions[i].is_not && k < FILTER_WORDS; k++) codes[k] = ~codes[k];
        tests[i + 1] = (struct filter_test){ .op = FILTER_IS,
                                             .dimension = conditions[i].dimension,
                                             .codes = codes };
    }
    plan->tests = tests;
    plan->tests_count = count + 1;
}

/* What is known of a number: all, all and what is behind it, or what it is compared with. */
enum part { NUMBER, NUMBER_AND_DRILL, PREVIOUS };

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * (1 + fabs(a));
}

static int64_t first_excluded(const struct query_plan *plan, const struct metric_number *number)
{
    for (size_t i = 0; i < number->excluded_count; i++) {
        if (number->excluded[i].name == plan->metric->exclusions[0].name) {
            return number->excluded[i].count;
        }
    }
    return 0;
}

struct check {
    struct arena *arena;
    const struct history *history;
    struct query_plan *plan;
    const struct model_condition *conditions;
    size_t conditions_count;
    bool is_part;
    int64_t wrong;
    int64_t compared;
};

/* The number against the model's, and the drill-down against the number. */
static void check_number(struct check *check, struct period period,
                         const struct metric_number *number, enum part part)
{
    const struct query_plan *plan = check->plan;
    struct model_answer expected = model_answer(check->arena, check->history,
                                                &(struct model_question){
                                                    .metric = plan->metric,
                                                    .statistic = plan->statistic,
                                                    .period = period,
                                                    .seq = plan->seq,
                                                    .now_ms = plan->now_ms,
                                                    .conditions = check->conditions,
                                                    .conditions_count = check->conditions_count,
                                                });
    check->compared++;
    bool is_hidden = check->is_part && expected.n > 0 && expected.n < plan->metric->people_min;
    bool right = number->n == expected.n;
    if (part != PREVIOUS) right = right && first_excluded(plan, number) == expected.excluded;
    right = right && number->has_value == (expected.has_value && !is_hidden);
    right = right && (!number->has_value || near(number->value, expected.value));
    if (!right) {
        check->wrong++;
        printf("%s/%s n=%lld expected=%lld value=%g expected=%g excluded=%lld expected=%lld\n",
               plan->metric->id, plan->statistic->name, (long long)number->n, (long long)expected.n,
               number->value, expected.value, (long long)first_excluded(plan, number),
               (long long)expected.excluded);
    }
    if (part != NUMBER_AND_DRILL) return;
    struct query_plan drill = *plan;
    drill.period = period;
    drill.by_count = 0;
    plan_filter(check->arena, &drill, check->conditions, check->conditions_count);
    struct drill_page page = { .count_max = 10 };
    struct drill_rows rows = { 0 };
    enum err err = query_drill(&drill, check->arena, &page, &rows);
    right = !err && (int64_t)rows.total == expected.n;
    right = right && rows.count == (rows.total < 10 ? rows.total : 10);
    for (size_t i = 1; right && i < rows.count; i++) {
        right = rows.items[i - 1].at_ms >= rows.items[i].at_ms;
    }
    if (right && plan->metric->has_numerator) {
        page.numerator = true;
        err = query_drill(&drill, check->arena, &page, &rows);
        right = !err && (int64_t)rows.total == expected.numerator;
    }
    if (!right) check->wrong++;
}

static void check_group(struct check *check, const struct query_row *row, size_t conditions)
{
    const struct query_plan *plan = check->plan;
    struct model_condition *all =
        arena_array(check->arena, struct model_condition, conditions + plan->by_count + 1);
    if (conditions > 0) memcpy(all, check->conditions, conditions * sizeof(*all));
    for (size_t k = 0; k < plan->by_count; k++) {
        all[conditions + k] = (struct model_condition){
            plan->by[k], facts_dimension_id(plan->view, plan->by[k], row->codes[k]), false
        };
    }
    struct check group = *check;
    group.conditions = all;
    group.conditions_count = conditions + plan->by_count;
    group.is_part = true;
    check_number(&group, row->total.period, &row->total.number, NUMBER_AND_DRILL);
    check->wrong = group.wrong;
    check->compared = group.compared;
}

static void check_plan(struct check *check, const struct query_result *result)
{
    const struct query_plan *plan = check->plan;
    check_number(check, plan->period, &result->whole.total.number, NUMBER_AND_DRILL);
    if (plan->has_previous) {
        check_number(check, plan->previous, &result->whole.total.previous, PREVIOUS);
    }
    for (size_t i = 0; i < result->buckets; i++) {
        const struct query_cell *cell = &result->whole.series[i];
        check_number(check, cell->period, &cell->number, i % 7 ? NUMBER : NUMBER_AND_DRILL);
        if (cell->has_previous) {
            check_number(check, cell->previous_period, &cell->previous, PREVIOUS);
        }
    }
    int64_t sum = 0;
    size_t step = 1 + result->groups_count / 8;
    for (size_t g = 0; g < result->groups_count; g++) {
        sum += result->groups[g].total.number.n;
        if (g % step == 0) check_group(check, &result->groups[g], check->conditions_count);
    }
    if (plan->by_count > 0 && sum != result->whole.total.number.n) check->wrong++;
}

static struct query_plan random_plan(const struct history *history, struct facts_view *view,
                                     const struct zone *zone, const struct metric *metric,
                                     uint64_t *state)
{
    static const int DIMENSIONS_USED[] = { DIMENSION_TEAM, DIMENSION_AGENT, DIMENSION_PRODUCT,
                                           DIMENSION_CHANNEL, DIMENSION_OWN_FIRST };
    uint64_t length = (uint64_t)(history->to_ms - history->from_ms);
    int64_t from = history->from_ms + (int64_t)history_random(state, length / 2);
    struct query_plan plan = {
        .metric = metric,
        .statistic = &metric->statistics[history_random(state, metric_statistics_count(metric))],
        .view = view,
        .seq = view->seq,
        .now_ms = history->to_ms + MS_PER_DAY,
        .period = { from, from + 1 + (int64_t)history_random(state, length / 2) },
        .zone = zone,
        .has_interval = history_random(state, 2),
        .interval = history_random(state, 2) ? ZONE_DAY : ZONE_WEEK,
        .by_count = history_random(state, 3),
        .has_previous = history_random(state, 3) == 0,
    };
    if (history_random(state, 3) == 0) {
        plan.seq = 1 + (int64_t)history_random(state, history->count);
        plan.now_ms = history->events[plan.seq - 1].known_ms;
    }
    plan.by[0] = DIMENSIONS_USED[history_random(state, 5)];
    plan.by[1] = plan.by[0] == DIMENSION_PRIORITY ? DIMENSION_TEAM : DIMENSION_PRIORITY;
    plan.previous = period_before(zone, plan.period, false, history_random(state, 2));
    return plan;
}

static void check_random(struct arena *arena, struct check *check, const struct history *history,
                         struct facts_view *view, const struct metric *metric, uint64_t *state)
{
    static const struct model_condition CHOICES[] = {
        { DIMENSION_TEAM, 201, false },    { DIMENSION_TEAM, 0, false },
        { DIMENSION_TEAM, 202, true },     { DIMENSION_CHANNEL, 101, false },
        { DIMENSION_PRODUCT, 400, true },  { DIMENSION_PRODUCT, 402, false },
        { DIMENSION_PRIORITY, 2, true },   { DIMENSION_AGENT, 0, true },
        { DIMENSION_OWN_FIRST, 0, false }, { DIMENSION_CHANNEL, 77, false },
    };
    const struct zone *zone;
    if (zone_load(arena, STR("Europe/Berlin"), &zone)) {
        CHECK(false);
        return;
    }
    struct query_plan plan = random_plan(history, view, zone, metric, state);
    size_t count = history_random(state, 3);
    struct model_condition conditions[2] = { CHOICES[history_random(state, 10)],
                                             CHOICES[history_random(state, 10)] };
    plan_filter(arena, &plan, conditions, count);
    struct check one = *check;
    one.plan = &plan;
    one.conditions = conditions;
    one.conditions_count = count;
    one.is_part = count > 0;
    struct query_result result;
    if (query_run(&plan, arena, &result)) {
        one.wrong++;
    } else {
        check_plan(&one, &result);
    }
    check->wrong = one.wrong;
    check->compared = one.compared;
}

TEST(every_number_is_what_a_slow_model_of_the_history_says)
{
    struct arena *keep = arena_open();
    struct arena *arena = arena_open();
    struct history history = history_make(keep, 20251025, EVENTS);
    struct facts *facts = facts_of(keep, &history);
    struct facts_view view;
    CHECK(facts_view_begin(facts, &view) == OK);
    uint64_t state = 4242;
    struct check check = { .arena = arena, .history = &history };
    for (size_t i = 0; i < QUESTIONS; i++) {
        check_random(arena, &check, &history, &view, METRICS[i % METRICS_COUNT], &state);
        arena_reset(arena);
    }
    CHECK(check.wrong == 0);
    CHECK(check.compared > QUESTIONS * 5);
    facts_view_end(&view);
    facts_close(facts);
    arena_close(arena);
    arena_close(keep);
}
