#include "metric/event_follow.h"

#include "base/test.h"
#include "base/time.h"
#include "metric/measure.h"
#include "metric/query_run.h"
#include "store/event.h"

static const int64_t BEGUN_MS = 1772438400000; /* 2 March 2026 08:00 UTC */

/* Facts, and the events that make them, one after the other. */
struct desk {
    struct arena *arena;
    struct facts *facts;
    struct event_facts *into;
    struct event_values values;
    int64_t seq;
};

static struct desk desk_open(void)
{
    struct desk desk = { .arena = arena_open(), .facts = facts_open(MEASURES) };
    desk.into = event_facts_open(desk.arena, desk.facts);
    return desk;
}

static void desk_close(struct desk *desk)
{
    facts_close(desk->facts);
    arena_close(desk->arena);
}

static void emit(struct desk *desk, enum event_kind kind, int64_t hours)
{
    struct event event = { .seq = ++desk->seq,
                           .at_ms = BEGUN_MS + hours * MS_PER_HOUR,
                           .kind = kind,
                           .customer_id = 7,
                           .conversation_id = 5,
                           .values = desk->values.items,
                           .values_count = desk->values.count };
    event_facts_add(desk->into, desk->arena, &event);
    facts_publish(desk->facts, desk->seq);
    desk->values.count = 0;
}

static void open_it(struct desk *desk)
{
    event_put(&desk->values, DIMENSION_TEAM, 20);
    event_put(&desk->values, FIELD_STATE, MEASURED_NEW);
    event_put(&desk->values, FIELD_OPENED_AT_MS, BEGUN_MS);
    emit(desk, EVENT_CONVERSATION_CREATED, 0);
}

static void move_to(struct desk *desk, int64_t from, int64_t to, int64_t hours)
{
    event_put(&desk->values, DIMENSION_TEAM, 20);
    event_put(&desk->values, FIELD_STATE_FROM, from);
    event_put(&desk->values, FIELD_STATE, to);
    event_put_zero(&desk->values, FIELD_ELAPSED_MS, hours * MS_PER_HOUR);
    emit(desk, EVENT_CONVERSATION_STATE_CHANGED, hours);
}

static struct metric_number number_of(struct desk *desk, const char *metric, const char *statistic)
{
    struct facts_view view;
    struct query_plan plan = { .metric = metric_find(str_from(metric)),
                               .view = &view,
                               .now_ms = BEGUN_MS + 100 * MS_PER_HOUR,
                               .period = { BEGUN_MS, BEGUN_MS + 101 * MS_PER_HOUR } };
    struct query_result result = { 0 };
    plan.statistic = metric_statistic_find(plan.metric, str_from(statistic));
    CHECK(facts_view_begin(desk->facts, &view) == OK);
    plan.seq = view.seq;
    CHECK(query_run(&plan, desk->arena, &result) == OK);
    facts_view_end(&view);
    return result.whole.total.number;
}

static bool hours_are(const struct metric_number *number, double hours)
{
    double difference = number->value - hours * 3600;
    return number->has_value && difference < 1e-6 && difference > -1e-6;
}

TEST(a_source_that_knows_the_solving_better_corrects_it)
{
    struct desk desk = desk_open();
    open_it(&desk);
    move_to(&desk, MEASURED_NEW, MEASURED_SOLVED, 30);
    struct metric_number number = number_of(&desk, "resolution_time", "solved_only");
    CHECK(number.n == 1 && hours_are(&number, 30));

    event_put(&desk.values, FIELD_STATE, MEASURED_SOLVED);
    event_put_zero(&desk.values, FIELD_ELAPSED_MS, 12 * MS_PER_HOUR);
    event_put_zero(&desk.values, FIELD_SLA_MET, 0);
    emit(&desk, EVENT_FACT_CORRECTED, 12);
    number = number_of(&desk, "resolution_time", "solved_only");
    CHECK(number.n == 1 && hours_are(&number, 12));
    number = number_of(&desk, "sla_met", "share");
    CHECK(number.n == 1 && number.has_value && number.value < 1e-9);

    event_put(&desk.values, FIELD_STATE, MEASURED_CLOSED);
    event_put_zero(&desk.values, FIELD_ELAPSED_MS, 40 * MS_PER_HOUR);
    event_put_zero(&desk.values, FIELD_SLA_MET, 1);
    emit(&desk, EVENT_FACT_CORRECTED, 40);
    number = number_of(&desk, "resolution_time", "solved_only");
    CHECK(number.n == 0 && number.excluded_count == 1 && number.excluded[0].count == 1);
    number = number_of(&desk, "resolution_time", "median");
    CHECK(number.n == 1 && !number.has_value);
    number = number_of(&desk, "sla_met", "share");
    CHECK(number.n == 1 && number.value > 1 - 1e-9);
    desk_close(&desk);
}

TEST(reopening_neither_restarts_nor_takes_back_a_resolution)
{
    struct desk desk = desk_open();
    open_it(&desk);
    move_to(&desk, MEASURED_NEW, MEASURED_SOLVED, 10);
    move_to(&desk, MEASURED_SOLVED, 2, 20);
    struct metric_number number = number_of(&desk, "resolution_time", "solved_only");
    CHECK(number.n == 1 && hours_are(&number, 10));
    CHECK(number_of(&desk, "backlog", "count").n == 1);
    CHECK(number_of(&desk, "conversations_reopened", "count").n == 1);
    move_to(&desk, 2, MEASURED_SOLVED, 30);
    number = number_of(&desk, "resolution_time", "solved_only");
    CHECK(number.n == 1 && hours_are(&number, 10));
    CHECK(number_of(&desk, "backlog", "count").n == 0);
    CHECK(number_of(&desk, "conversations_solved", "count").n == 2);
    desk_close(&desk);
}

TEST(closing_unsolved_censors_and_reopening_lets_it_run_again)
{
    struct desk desk = desk_open();
    open_it(&desk);
    move_to(&desk, MEASURED_NEW, MEASURED_CLOSED, 10);
    struct metric_number number = number_of(&desk, "resolution_time", "solved_only");
    CHECK(number.n == 0 && number.excluded_count == 1);
    CHECK(str_equal(str_from(number.excluded[0].name), STR("closed_unsolved")));
    move_to(&desk, MEASURED_CLOSED, 2, 20);
    number = number_of(&desk, "resolution_time", "solved_only");
    CHECK(str_equal(str_from(number.excluded[0].name), STR("not_solved_yet")));
    move_to(&desk, 2, MEASURED_SOLVED, 50);
    number = number_of(&desk, "resolution_time", "solved_only");
    CHECK(number.n == 1 && number.excluded_count == 0 && hours_are(&number, 50));
    desk_close(&desk);
}

TEST(spam_counts_nowhere_and_comes_back_whole)
{
    struct desk desk = desk_open();
    open_it(&desk);
    event_put(&desk.values, FIELD_IS_FIRST, 1);
    emit(&desk, EVENT_INTERACTION_CAPTURED, 1);
    CHECK(number_of(&desk, "first_reply_time", "median").n == 1);
    move_to(&desk, MEASURED_NEW, MEASURED_SPAM, 2);
    CHECK(number_of(&desk, "conversations_opened", "count").n == 0);
    CHECK(number_of(&desk, "first_reply_time", "median").n == 0);
    CHECK(number_of(&desk, "resolution_time", "median").n == 0);
    CHECK(number_of(&desk, "backlog", "count").n == 0);
    CHECK(number_of(&desk, "interactions", "count").n == 1);
    move_to(&desk, MEASURED_SPAM, 2, 3);
    CHECK(number_of(&desk, "conversations_opened", "count").n == 1);
    CHECK(number_of(&desk, "first_reply_time", "median").n == 1);
    CHECK(number_of(&desk, "resolution_time", "median").n == 1);
    CHECK(number_of(&desk, "backlog", "count").n == 1);
    CHECK(number_of(&desk, "conversations_reopened", "count").n == 0);
    desk_close(&desk);
}

/* Taken back and made anew at one moment it counts as nothing there, but it still stands. */
TEST(a_correction_reaches_a_backlog_that_moved_to_where_it_was)
{
    struct desk desk = desk_open();
    open_it(&desk);
    event_put(&desk.values, DIMENSION_TEAM, 20);
    emit(&desk, EVENT_CONVERSATION_ASSIGNED, 5);
    event_put_zero(&desk.values, FIELD_DIMENSION, DIMENSION_PRODUCT);
    event_put(&desk.values, FIELD_VALUE, 40);
    emit(&desk, EVENT_FACT_CORRECTED, 6);
    move_to(&desk, MEASURED_NEW, MEASURED_SOLVED, 10);

    struct facts_view view;
    struct query_plan plan = { .metric = metric_find(STR("backlog")),
                               .view = &view,
                               .now_ms = BEGUN_MS + 100 * MS_PER_HOUR,
                               .by = { DIMENSION_PRODUCT },
                               .by_count = 1 };
    plan.statistic = &plan.metric->statistics[0];
    CHECK(facts_view_begin(desk.facts, &view) == OK);
    plan.seq = view.seq;
    for (int64_t hours = 1; hours < 12; hours++) {
        struct query_result result = { 0 };
        plan.period = (struct period){ BEGUN_MS, BEGUN_MS + hours * MS_PER_HOUR };
        CHECK(query_run(&plan, desk.arena, &result) == OK);
        for (size_t g = 0; g < result.groups_count; g++) {
            bool is_product = result.groups[g].codes[0] != 0;
            CHECK(result.groups[g].total.number.n == (is_product && hours <= 10));
        }
    }
    facts_view_end(&view);
    desk_close(&desk);
}

TEST(a_conversation_without_a_message_of_the_customer_is_left_out_and_counted)
{
    struct desk desk = desk_open();
    open_it(&desk);
    struct metric_number number = number_of(&desk, "first_reply_time", "median");
    CHECK(number.n == 0 && !number.has_value);
    CHECK(str_equal(str_from(number.reason), STR("no_data")));
    CHECK(number.excluded_count == 1 && number.excluded[0].count == 1);
    CHECK(str_equal(str_from(number.excluded[0].name), STR("no_customer_message")));
    desk_close(&desk);
}

/* ---- days of 23 and 25 hours ---- */

TEST(a_day_on_which_the_clocks_change_is_one_bucket_and_the_repeated_hour_two)
{
    struct desk desk = desk_open();
    const struct zone *berlin;
    int64_t from_ms = 0;
    int64_t to_ms = 0;
    CHECK(zone_load(desk.arena, STR("Europe/Berlin"), &berlin) == OK);
    CHECK(time_parse(STR("2026-10-24T22:00:00Z"), &from_ms) == OK);
    CHECK(time_parse(STR("2026-10-25T23:00:00Z"), &to_ms) == OK);
    for (int64_t at_ms = from_ms; at_ms < to_ms; at_ms += MS_PER_HOUR) {
        emit(&desk, EVENT_INTERACTION_CAPTURED, (at_ms - BEGUN_MS) / MS_PER_HOUR);
    }
    struct facts_view view;
    CHECK(facts_view_begin(desk.facts, &view) == OK);
    struct query_plan plan = { .metric = METRICS[0],
                               .statistic = &METRICS[0]->statistics[0],
                               .view = &view,
                               .seq = view.seq,
                               .now_ms = to_ms,
                               .period = { from_ms, to_ms },
                               .zone = berlin,
                               .has_interval = true,
                               .interval = ZONE_DAY };
    struct query_result result;
    CHECK(query_run(&plan, desk.arena, &result) == OK);
    CHECK(result.buckets == 1 && result.whole.series[0].number.n == 25);
    CHECK(result.whole.series[0].is_complete && result.whole.total.is_complete);
    plan.interval = ZONE_HOUR;
    CHECK(query_run(&plan, desk.arena, &result) == OK);
    CHECK(result.buckets == 25);
    for (size_t i = 0; i < result.buckets; i++) CHECK(result.whole.series[i].number.n == 1);

    plan.interval = ZONE_DAY;
    plan.now_ms = to_ms - 1;
    CHECK(query_run(&plan, desk.arena, &result) == OK);
    CHECK(!result.whole.series[0].is_complete && !result.whole.total.is_complete);
    facts_view_end(&view);
    desk_close(&desk);
}

TEST(every_metric_says_what_it_is)
{
    for (size_t i = 0; i < METRICS_COUNT; i++) {
        const struct metric *metric = METRICS[i];
        CHECK(metric->id && metric->version > 0 && metric->name && metric->meaning);
        CHECK(metric->population && metric->formula && metric->traps[0]);
        CHECK(metric->add && metric->merge && metric->value && metric->compare);
        CHECK(metric_find(str_from(metric->id)) == metric);
        CHECK(metric_statistics_count(metric) > 0 && metric->statistics[0].meaning);
        CHECK(metric->measure < MEASURES);
    }
    CHECK(!metric_find(STR("luck")));
}

/* A state of no rows is no number, one of many is the same in one piece and in two. */
TEST(states_of_separate_rows_add_up)
{
    enum { ROWS = 40 };
    int64_t values[ROWS];
    int64_t signs[ROWS];
    int64_t states[ROWS] = { FACT_EVENT };
    struct arena *arena = arena_open();
    for (int i = 0; i < ROWS; i++) {
        values[i] = i % 11;
        signs[i] = 1;
    }
    for (size_t m = 0; m < METRICS_COUNT; m++) {
        const struct metric *metric = METRICS[m];
        struct metric_state whole = { 0 };
        struct metric_state halves[2] = { { 0 }, { 0 } };
        struct metric_rows rows = { .metric = metric,
                                    .values = values,
                                    .signs = signs,
                                    .states = states,
                                    .all = &whole,
                                    .count = ROWS,
                                    .arena = arena };
        metric->add(&rows);
        rows.count = ROWS / 2;
        rows.all = &halves[0];
        metric->add(&rows);
        rows.values += ROWS / 2;
        rows.all = &halves[1];
        metric->add(&rows);
        metric->merge(&halves[0], &halves[1], arena);
        if (metric->settle) {
            metric->settle(&halves[0], arena);
            metric->settle(&whole, arena);
        }
        struct metric_number one = { 0 };
        struct metric_number two = { 0 };
        struct metric_number none = { 0 };
        struct metric_state empty = { 0 };
        metric->value(&whole, &metric->statistics[0], arena, &one);
        metric->value(&halves[0], &metric->statistics[0], arena, &two);
        metric->value(&empty, &metric->statistics[0], arena, &none);
        double difference = one.value - two.value;
        CHECK(one.has_value && two.has_value && one.n == ROWS && two.n == ROWS);
        CHECK(difference < 1e-9 && difference > -1e-9);
        CHECK(none.n == 0 && none.has_value == (metric->statistics[0].unit == UNIT_COUNT));
    }
    arena_close(arena);
}
