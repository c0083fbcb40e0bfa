#include "metric/query.h"

#include <stdio.h>
#include <string.h>

#include "base/test.h"
#include "metric/token.h"

enum { JSON_MAX = 64 * 1024 };

/* The query in `text`; the pointer of its first fault, if it has one. */
static struct metric_query read(struct arena *arena, const char *text, struct str *fault)
{
    struct metric_query query = { 0 };
    const struct json *root = NULL;
    struct json_problems problems;
    json_problems_init(&problems, arena);
    CHECK(json_parse(arena, str_from(text), JSON_MAX, NULL, &root) == OK);
    struct json_form form;
    json_form_begin(&form, &problems, root, STR(""));
    query_read(&form, arena, &query);
    json_form_end(&form);
    *fault = problems.count > 0 ? problems.items[0].pointer : (struct str){ 0 };
    return query;
}

static bool faults(struct arena *arena, const char *text, const char *pointer)
{
    struct str fault;
    read(arena, text, &fault);
    return str_equal(fault, str_from(pointer));
}

static struct str filter_text(struct arena *arena, const struct query_filter *filter)
{
    struct buf buf = buf_open(arena, JSON_MAX);
    struct json_writer writer = { .buf = &buf };
    query_filter_write(&writer, NULL, filter);
    return buf_view(&buf);
}

#define TIMES "\"from\":\"now-1d\",\"to\":\"now\""

TEST(a_query_says_everything_it_can)
{
    struct arena *arena = arena_open();
    struct str fault;
    struct metric_query query =
        read(arena,
             "{\"metric\":\"wait_time\",\"statistic\":\"p90\"," TIMES ",\"interval\":\"1mo\","
             "\"by\":[\"team\",\"plan\"],\"compare\":{\"from\":\"now-9d\",\"to\":\"now-8d\"},"
             "\"match_weekdays\":true,\"as_of\":\"now-1h\",\"zone\":\"Asia/Tokyo\","
             "\"order\":\"-value\",\"limit\":7,\"min_n\":30}",
             &fault);
    CHECK(!fault.data);
    CHECK(query.metric == metric_find(STR("wait_time")));
    CHECK(str_equal(str_from(query.statistic->name), STR("p90")));
    CHECK(query.has_interval && query.interval == ZONE_MONTH);
    CHECK(query.by_count == 2 && str_equal(query.by[1], STR("plan")));
    CHECK(query.compare == COMPARE_CUSTOM && str_equal(query.compare_to, STR("now-8d")));
    CHECK(query.match_weekdays && query.order == ORDER_VALUE_DOWN);
    CHECK(query.limit == 7 && query.min_n == 30 && str_equal(query.zone, STR("Asia/Tokyo")));
    arena_close(arena);
}

TEST(what_a_query_leaves_out_has_a_standard)
{
    struct arena *arena = arena_open();
    struct str fault;
    struct metric_query query = read(arena, "{\"metric\":\"nps\"," TIMES "}", &fault);
    CHECK(!fault.data && query.statistic == &query.metric->statistics[0]);
    CHECK(!query.has_interval && query.filter.count == 0 && query.by_count == 0);
    CHECK(query.compare == COMPARE_NONE && query.limit == QUERY_LIMIT && !query.zone.data);
    query = read(arena, "{\"metric\":\"nps\"," TIMES ",\"compare\":\"year\"}", &fault);
    CHECK(!fault.data && query.compare == COMPARE_YEAR);
    arena_close(arena);
}

TEST(a_filter_is_written_as_it_was_read)
{
    static const char *const FILTERS[] = {
        "{\"dim\":\"team\",\"op\":\"has_none\"}",
        "{\"dim\":\"team\",\"op\":\"in\",\"values\":[\"a\",\"b\"]}",
        "{\"and\":[{\"dim\":\"x\",\"op\":\"is\",\"values\":[\"1\"]}]}",
        "{\"or\":[{\"and\":[{\"dim\":\"x\",\"op\":\"is\",\"values\":[\"1\"]},{\"dim\":\"y\",\"op\":"
        "\"is_not\",\"values\":[\"2\"]}]},{\"or\":[{\"and\":[{\"dim\":\"z\",\"op\":\"has_none\"}]}"
        "]},{\"dim\":\"w\",\"op\":\"has_none\"}]}",
    };
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof(FILTERS) / sizeof(FILTERS[0]); i++) {
        char text[1000];
        struct str fault;
        (void)snprintf(text, sizeof(text), "{\"metric\":\"nps\"," TIMES ",\"filter\":%s}",
                       FILTERS[i]);
        struct metric_query query = read(arena, text, &fault);
        CHECK(!fault.data);
        CHECK(str_equal(filter_text(arena, &query.filter), str_from(FILTERS[i])));
    }
    arena_close(arena);
}

/* {"and":[{"and":[… one condition …]}]} */
static const char *nested(struct arena *arena, size_t depth)
{
    struct buf buf = buf_open(arena, JSON_MAX);
    buf_add(&buf, STR("{\"metric\":\"nps\"," TIMES ",\"filter\":"));
    for (size_t i = 0; i < depth; i++) buf_add(&buf, STR("{\"and\":["));
    buf_add(&buf, STR("{\"dim\":\"team\",\"op\":\"has_none\"}"));
    for (size_t i = 0; i < depth; i++) buf_add(&buf, STR("]}"));
    buf_add(&buf, STR("}"));
    buf_add_char(&buf, '\0');
    return buf_view(&buf).data;
}

/* An `or` of so many parts, each as deep as a filter may be. */
static const char *wide(struct arena *arena, size_t count, bool is_deep)
{
    struct buf buf = buf_open(arena, JSON_MAX);
    buf_add(&buf, STR("{\"metric\":\"nps\"," TIMES ",\"filter\":{\"or\":["));
    for (size_t i = 0; i < count; i++) {
        if (i > 0) buf_add_char(&buf, ',');
        for (size_t k = 1; is_deep && k < QUERY_DEPTH_MAX; k++) buf_add(&buf, STR("{\"and\":["));
        buf_add(&buf, STR("{\"dim\":\"team\",\"op\":\"has_none\"}"));
        for (size_t k = 1; is_deep && k < QUERY_DEPTH_MAX; k++) buf_add(&buf, STR("]}"));
    }
    buf_add(&buf, STR("]}}"));
    buf_add_char(&buf, '\0');
    return buf_view(&buf).data;
}

TEST(a_filter_has_limits)
{
    struct arena *arena = arena_open();
    struct str fault;
    CHECK(read(arena, nested(arena, QUERY_DEPTH_MAX), &fault).filter.count == QUERY_DEPTH_MAX + 1);
    CHECK(!fault.data);
    read(arena, nested(arena, QUERY_DEPTH_MAX + 1), &fault);
    CHECK(fault.data != NULL);
    CHECK(read(arena, wide(arena, QUERY_LEAVES_MAX, false), &fault).filter.count ==
          QUERY_LEAVES_MAX + 1);
    CHECK(!fault.data);
    CHECK(read(arena, wide(arena, QUERY_LEAVES_MAX, true), &fault).filter.count ==
          QUERY_LEAVES_MAX * QUERY_DEPTH_MAX + 1);
    CHECK(!fault.data);
    read(arena, wide(arena, QUERY_LEAVES_MAX + 1, false), &fault);
    CHECK(fault.data != NULL);

    struct buf buf = buf_open(arena, JSON_MAX);
    buf_add(&buf, STR("{\"metric\":\"nps\"," TIMES
                      ",\"filter\":{\"dim\":\"a\",\"op\":\"in\",\"values\":[\"v\""));
    for (int i = 0; i < QUERY_VALUES_MAX; i++) buf_add(&buf, STR(",\"v\""));
    buf_add(&buf, STR("]}}"));
    buf_add_char(&buf, '\0');
    CHECK(faults(arena, buf_view(&buf).data, "/filter/values"));
    arena_close(arena);
}

#define WITH(member) "{\"metric\":\"nps\"," TIMES "," member "}"

TEST(each_fault_of_a_query_is_named_by_its_place)
{
    struct arena *arena = arena_open();
    CHECK(faults(arena, "{\"metric\":\"nps\",\"to\":\"now\"}", "/from"));
    CHECK(faults(arena, "{\"metric\":\"nps\",\"from\":\"now\"}", "/to"));
    CHECK(faults(arena, "{\"metric\":7," TIMES "}", "/metric"));
    CHECK(faults(arena, WITH("\"interval\":\"2d\""), "/interval"));
    CHECK(faults(arena, WITH("\"by\":[\"a\",\"b\",\"c\",\"d\"]"), "/by"));
    CHECK(faults(arena, WITH("\"by\":[\"a\",\"a\"]"), "/by"));
    CHECK(faults(arena, WITH("\"by\":[1]"), "/by"));
    CHECK(faults(arena, WITH("\"by\":\"team\""), "/by"));
    CHECK(faults(arena, WITH("\"compare\":\"best\""), "/compare"));
    CHECK(faults(arena, WITH("\"compare\":{\"from\":\"now\"}"), "/compare/to"));
    CHECK(faults(arena, WITH("\"order\":\"random\""), "/order"));
    CHECK(faults(arena, WITH("\"limit\":0"), "/limit"));
    CHECK(faults(arena, WITH("\"limit\":1001"), "/limit"));
    CHECK(faults(arena, WITH("\"min_n\":-1"), "/min_n"));
    CHECK(faults(arena, WITH("\"filter\":[]"), "/filter"));
    CHECK(faults(arena, WITH("\"filter\":{\"and\":[]}"), "/filter/and"));
    CHECK(faults(arena, WITH("\"filter\":{\"op\":\"has_none\"}"), "/filter/dim"));
    CHECK(faults(arena, WITH("\"filter\":{\"dim\":\"a\"}"), "/filter/op"));
    CHECK(faults(arena, WITH("\"filter\":{\"dim\":\"a\",\"op\":\"is\"}"), "/filter/values"));
    CHECK(faults(arena, WITH("\"filter\":{\"dim\":\"a\",\"op\":\"is\",\"values\":[1]}"),
                 "/filter/values"));
    CHECK(faults(arena, WITH("\"filter\":{\"dim\":\"a\",\"op\":\"is\",\"values\":[\"1\",\"2\"]}"),
                 "/filter/values"));
    CHECK(faults(arena, WITH("\"filter\":{\"or\":[{\"dim\":\"a\",\"op\":\"like\"}]}"),
                 "/filter/or/0/op"));
    CHECK(faults(arena, WITH("\"filter\":{\"dim\":\"a\",\"op\":\"has_none\",\"and\":1}"),
                 "/filter/and"));
    arena_close(arena);
}

/* ---- the link to what is behind a number ---- */

TEST(a_link_holds_the_whole_question)
{
    struct arena *arena = arena_open();
    struct str fault;
    struct metric_query query = read(
        arena, WITH("\"filter\":{\"dim\":\"plan\",\"op\":\"is\",\"values\":[\"\xC3\xA4 \\\"b\"]}"),
        &fault);
    struct token token = {
        .metric = query.metric,
        .statistic = query.statistic,
        .period = { 1000, 2000 },
        .seq = 77,
        .now_ms = 3000,
        .filter = query.filter,
        .groups = { { STR("team"), STR("tea_x") }, { STR("plan"), { 0 } } },
        .groups_count = 2,
    };
    struct token got;
    struct str text = drill_token_write(arena, &token);
    CHECK(drill_token_read(arena, text, &got) == OK);
    CHECK(got.metric == token.metric && got.statistic == token.statistic);
    CHECK(got.period.from_ms == 1000 && got.period.to_ms == 2000);
    CHECK(got.seq == 77 && got.now_ms == 3000);
    struct str filter = filter_text(arena, &got.filter);
    CHECK(str_equal(filter, STR("{\"and\":[{\"dim\":\"plan\",\"op\":\"is\",\"values\":[\"\xC3\xA4 "
                                "\\\"b\"]},{\"dim\":\"team\",\"op\":\"is\",\"values\":[\"tea_x\"]},"
                                "{\"dim\":\"plan\",\"op\":\"has_none\"}]}")));
    arena_close(arena);
}

TEST(a_link_that_was_cut_or_changed_is_refused)
{
    struct arena *arena = arena_open();
    struct token token = { .metric = METRICS[0],
                           .statistic = &METRICS[0]->statistics[0],
                           .period = { 1000, 2000 } };
    struct str text = drill_token_write(arena, &token);
    struct token got = { .seq = 4711 };
    for (size_t i = 0; i < text.size; i++) {
        CHECK(drill_token_read(arena, (struct str){ text.data, i }, &got) == ERR_INVALID);
    }
    CHECK(drill_token_read(arena, STR("!!!!"), &got) == ERR_INVALID);
    CHECK(drill_token_read(arena, (struct str){ 0 }, &got) == ERR_INVALID);
    CHECK(drill_token_read(arena, STR("e30"), &got) == ERR_INVALID); /* {} */
    CHECK(got.seq == 4711);
    token.period = (struct period){ 2000, 2000 };
    CHECK(drill_token_read(arena, drill_token_write(arena, &token), &got) == ERR_INVALID);
    arena_close(arena);
}
