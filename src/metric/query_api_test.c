#include "metric/query_api.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/test.h"
#include "base/time.h"
#include "http/testing.h"
#include "metric/facts_follow.h"
#include "store/event.h"

enum { REQUEST_MAX = 32 * 1024, TEAM_A = 201, TEAM_B = 202, CHANNEL = 101, CUSTOMER = 301 };

static const char BEGUN[] = "2026-03-02T08:00:00Z"; /* a Monday */

/* ---- a small contact centre ---- */

static const struct query CHANNEL_INSERT = {
    .sql = "INSERT INTO channel (id, name, kind, is_configured, created_at_ms, version)"
           " VALUES ($1, 'mail', 2, 1, 0, 1)",
};
static const struct query TEAM_INSERT = {
    .sql = "INSERT INTO team (id, name, created_at_ms, version) VALUES ($1, $2, 0, 1)",
};
static const struct query CUSTOMER_INSERT = {
    .sql = "INSERT INTO customer (id, name, created_at_ms, updated_at_ms, root_id, version)"
           " VALUES ($1, 'A customer', 0, 0, $1, 1)",
};
static const struct query CONVERSATION_INSERT = {
    .sql = "INSERT INTO conversation (id, customer_id, channel_id, state, priority, subject,"
           " created_at_ms, activity_at_ms, interaction_count, reassignment_count, reopen_count,"
           " version) VALUES ($1, $2, $3, 2, 2, 'A subject', 0, 0, 0, 0, 0, 1)",
};

static void tell(struct tx *tx, enum event_kind kind, int64_t at_ms, int64_t conversation_id,
                 struct event_values *values)
{
    tx_event(tx,
             &(struct event){ .kind = kind,
                              .at_ms = at_ms,
                              .customer_id = CUSTOMER,
                              .conversation_id = conversation_id,
                              .interaction_id =
                                  kind == EVENT_CONVERSATION_CREATED ? 0 : 9000 + at_ms % 1000000,
                              .values = values->items,
                              .values_count = values->count });
    values->count = 0;
}

/* An answer of a customer on that day, of the team's work. */
static void tell_answer(struct tx *tx, int64_t day, int64_t team_id, int64_t score)
{
    struct event_values values = { 0 };
    int64_t begun_ms = 0;
    enum err err = time_parse(str_from(BEGUN), &begun_ms);
    if (err) begun_ms = 0;
    event_put(&values, DIMENSION_CHANNEL, CHANNEL);
    event_put(&values, DIMENSION_TEAM, team_id);
    event_put(&values, FIELD_QUESTION, 2);
    event_put_zero(&values, FIELD_SCORE, score);
    tell(tx, EVENT_ANSWER_RECEIVED, begun_ms + day * MS_PER_DAY, 0, &values);
}

static void tell_conversation(struct tx *tx, int64_t id, int64_t at_ms)
{
    struct event_values values = { 0 };
    event_put(&values, DIMENSION_CHANNEL, CHANNEL);
    event_put(&values, FIELD_STATE, 1);
    event_put(&values, FIELD_OPENED_AT_MS, at_ms);
    tell(tx, EVENT_CONVERSATION_CREATED, at_ms, id, &values);
    event_put(&values, DIMENSION_CHANNEL, CHANNEL);
    event_put(&values, DIMENSION_KIND, 1);
    event_put(&values, DIMENSION_DIRECTION, 1);
    event_put(&values, FIELD_IS_FIRST, 1);
    tell(tx, EVENT_INTERACTION_CAPTURED, at_ms, id, &values);
}

static enum err fill(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    (void)in;
    (void)out;
    enum err err = tx_write(tx, &CHANNEL_INSERT, ARGS(value_int(CHANNEL)));
    if (!err) err = tx_write(tx, &TEAM_INSERT, ARGS(value_int(TEAM_A), value_text(STR("Billing"))));
    if (!err) err = tx_write(tx, &TEAM_INSERT, ARGS(value_int(TEAM_B), value_text(STR("Sales"))));
    if (!err) err = tx_write(tx, &CUSTOMER_INSERT, ARGS(value_int(CUSTOMER)));
    if (!err) {
        err = tx_write(tx, &CONVERSATION_INSERT,
                       ARGS(value_int(401), value_int(CUSTOMER), value_int(CHANNEL)));
    }
    if (err) return err;
    for (int64_t i = 0; i < 8; i++) tell_answer(tx, i % 3, TEAM_A, i < 6 ? 5 : 2);
    for (int64_t i = 0; i < 3; i++) tell_answer(tx, 1, TEAM_B, 4);
    int64_t begun_ms = 0;
    err = time_parse(str_from(BEGUN), &begun_ms);
    tell_conversation(tx, 401, begun_ms);
    tell_conversation(tx, 402, begun_ms + MS_PER_DAY);
    return err;
}

static const struct command FILL = { .name = "test_fill", .run = fill };

static void use_metric_routes(struct server_settings *settings)
{
    settings->routes = METRIC_ROUTES;
}

static struct testing_server *centre_open(struct arena *arena)
{
    struct testing_server *testing = testing_server_open(use_metric_routes);
    CHECK(facts_follow_start(testing->workspace) == OK);
    struct actor nobody = { 0 };
    CHECK(writer_call(testing->workspace->writer, arena, &FILL, nobody, NULL, NULL) == OK);
    return testing;
}

static void centre_close(struct testing_server *testing)
{
    facts_follow_stop(testing->workspace);
    testing_server_close(testing);
}

/* ---- asking ---- */

struct reply {
    int status;
    const struct json *root;
};

static struct reply ask(struct testing_server *testing, struct arena *arena, const char *who,
                        const char *method, struct str path, const char *body)
{
    struct buf buf = buf_open(arena, REQUEST_MAX);
    buf_printf(&buf, "%s %.*s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", method,
               STR_ARG(path));
    buf_printf(&buf, "Authorization: Bearer %s\r\n", who);
    if (body) {
        buf_printf(&buf, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body));
    }
    buf_add(&buf, STR("\r\n"));
    if (body) buf_add(&buf, str_from(body));
    struct str text = testing_exchange(testing, buf_view(&buf));
    struct reply reply = { .status = testing_status(text) };
    const char *end = text.data ? memmem(text.data, text.size, "\r\n\r\n", 4) : NULL;
    if (!end) return reply;
    struct str json = { end + 4, text.size - (size_t)(end + 4 - text.data) };
    struct json_fault fault;
    if (json_parse(arena, json, json.size + 1, &fault, &reply.root)) reply.root = NULL;
    return reply;
}

static struct reply query(struct testing_server *testing, struct arena *arena, const char *body)
{
    return ask(testing, arena, "analyst", "POST", STR("/api/v1/query"), body);
}

/* "groups/0/number/n": members and indices down a tree; NULL if there is none. */
static const struct json *at(const struct json *root, const char *path)
{
    struct str rest = str_from(path);
    while (root && rest.size > 0) {
        struct str part = str_cut(&rest, '/');
        char name[64];
        (void)snprintf(name, sizeof(name), "%.*s", STR_ARG(part));
        if (root->kind == JSON_ARRAY) {
            size_t index = (size_t)(name[0] - '0');
            root = index < root->array.count ? &root->array.items[index] : NULL;
        } else {
            root = json_member(root, name);
        }
    }
    return root;
}

static double real_at(const struct json *root, const char *path)
{
    const struct json *found = at(root, path);
    if (!found) return -4711;
    if (found->kind == JSON_INT) return (double)found->integer;
    return found->kind == JSON_REAL ? found->real : -4711;
}

static bool is_real(const struct json *root, const char *path, double expected)
{
    return fabs(real_at(root, path) - expected) < 1e-9;
}

static bool is_null(const struct json *root, const char *path)
{
    const struct json *found = at(root, path);
    return found && found->kind == JSON_NULL;
}

static bool is_text(const struct json *root, const char *path, const char *expected)
{
    const struct json *found = at(root, path);
    return found && found->kind == JSON_TEXT && str_equal(found->text, str_from(expected));
}

static struct str text_at(const struct json *root, const char *path)
{
    const struct json *found = at(root, path);
    return found && found->kind == JSON_TEXT ? found->text : (struct str){ 0 };
}

/* ---- tests ---- */

TEST(a_number_comes_in_its_one_shape)
{
    struct arena *arena = arena_open();
    struct testing_server *testing = centre_open(arena);
    struct reply reply = query(testing, arena,
                               "{\"metric\":\"csat\",\"from\":\"2026-03-01T00:00:00Z\","
                               "\"to\":\"2026-03-08T00:00:00Z\",\"compare\":\"previous\"}");
    CHECK(reply.status == 200);
    CHECK(is_text(reply.root, "metric", "csat") && is_text(reply.root, "statistic", "share"));
    CHECK(is_text(reply.root, "zone", "UTC"));
    CHECK(is_real(reply.root, "number/n", 11) && is_real(reply.root, "number/value", 9.0 / 11));
    CHECK(is_text(reply.root, "number/unit", "share"));
    CHECK(is_text(reply.root, "number/ci/method", "wilson"));
    CHECK(is_real(reply.root, "number/ci/level", 0.95));
    CHECK(real_at(reply.root, "number/ci/low") > 0.5);
    CHECK(is_null(reply.root, "number/previous/value"));
    CHECK(is_real(reply.root, "number/previous/n", 0));
    CHECK(is_text(reply.root, "number/previous/reason", "no_data"));
    CHECK(is_text(reply.root, "number/previous/from", "2026-02-22T00:00:00Z"));
    CHECK(is_null(reply.root, "number/delta") && is_null(reply.root, "number/reason"));
    CHECK(at(reply.root, "number/complete")->boolean);
    CHECK(is_text(reply.root, "number/definition/id", "csat"));
    CHECK(is_real(reply.root, "number/definition/version", 1));
    CHECK(at(reply.root, "number/excluded")->kind == JSON_OBJECT);
    centre_close(testing);
    arena_close(arena);
}

TEST(groups_with_few_answers_are_not_shown_nor_opened)
{
    struct arena *arena = arena_open();
    struct testing_server *testing = centre_open(arena);
    struct reply reply = query(testing, arena,
                               "{\"metric\":\"csat\",\"from\":\"2026-03-01T00:00:00Z\","
                               "\"to\":\"2026-03-08T00:00:00Z\",\"by\":[\"team\"]}");
    CHECK(reply.status == 200);
    CHECK(at(reply.root, "groups")->array.count == 2);
    CHECK(is_text(reply.root, "groups/0/by/0/label", "Billing"));
    CHECK(is_real(reply.root, "groups/0/number/value", 0.75));
    CHECK(is_text(reply.root, "groups/1/by/0/label", "Sales"));
    CHECK(is_null(reply.root, "groups/1/number/value"));
    CHECK(is_text(reply.root, "groups/1/number/reason", "too_few"));
    CHECK(is_null(reply.root, "groups/1/number/drill"));
    CHECK(is_real(reply.root, "groups/1/number/n", 3));

    /* Filtering is no way around it. */
    struct str sales = text_at(reply.root, "groups/1/by/0/value");
    struct buf buf = buf_open(arena, 1000);
    buf_printf(&buf,
               "{\"metric\":\"csat\",\"from\":\"2026-03-01T00:00:00Z\",\"to\":"
               "\"2026-03-08T00:00:00Z\",\"filter\":{\"dim\":\"team\",\"op\":\"is\",\"values\":"
               "[\"%.*s\"]}}",
               STR_ARG(sales));
    buf_add_char(&buf, '\0');
    reply = query(testing, arena, buf_view(&buf).data);
    CHECK(reply.status == 200 && is_null(reply.root, "number/value"));
    CHECK(is_null(reply.root, "number/drill"));
    centre_close(testing);
    arena_close(arena);
}

TEST(what_is_behind_a_number_is_exactly_its_population)
{
    struct arena *arena = arena_open();
    struct testing_server *testing = centre_open(arena);
    struct reply reply = query(testing, arena,
                               "{\"metric\":\"csat\",\"from\":\"2026-03-01T00:00:00Z\",\"to\":"
                               "\"2026-03-08T00:00:00Z\",\"by\":[\"team\"],\"interval\":\"1d\"}");
    struct str link = text_at(reply.root, "groups/0/number/drill");
    CHECK(str_starts(link, STR("/api/v1/query/drill?q=")));
    struct reply rows = ask(testing, arena, "analyst", "GET", link, NULL);
    CHECK(rows.status == 200 && is_real(rows.root, "total", 8));
    CHECK(at(rows.root, "data")->array.count == 8);
    CHECK(is_text(rows.root, "data/0/unit", "score"));

    struct buf part = buf_open(arena, link.size + 100);
    buf_add(&part, link);
    buf_add(&part, STR("&numerator=true&limit=4"));
    rows = ask(testing, arena, "analyst", "GET", buf_view(&part), NULL);
    CHECK(is_real(rows.root, "total", 6) && at(rows.root, "data")->array.count == 4);
    CHECK(at(rows.root, "has_more")->boolean);
    buf_add(&part, STR("&cursor="));
    buf_add(&part, text_at(rows.root, "next_cursor"));
    rows = ask(testing, arena, "analyst", "GET", buf_view(&part), NULL);
    CHECK(at(rows.root, "data")->array.count == 2 && !at(rows.root, "has_more")->boolean);

    link = text_at(reply.root, "series/3/number/drill");
    rows = ask(testing, arena, "analyst", "GET", link, NULL);
    CHECK(is_real(reply.root, "series/3/number/n", real_at(rows.root, "total")));
    CHECK(ask(testing, arena, "nobody", "GET", link, NULL).status == 401);
    CHECK(ask(testing, arena, "agent", "GET", link, NULL).status == 403);
    centre_close(testing);
    arena_close(arena);
}

TEST(rows_behind_a_number_name_customers_only_to_those_who_may_see_names)
{
    struct arena *arena = arena_open();
    struct testing_server *testing = centre_open(arena);
    struct reply reply = query(testing, arena,
                               "{\"metric\":\"first_reply_time\",\"from\":"
                               "\"2026-03-01T00:00:00Z\",\"to\":\"2026-03-02T12:00:00Z\"}");
    CHECK(is_real(reply.root, "number/n", 1) && is_null(reply.root, "number/value"));
    CHECK(is_text(reply.root, "number/reason", "not_reached"));
    struct str link = text_at(reply.root, "number/drill");
    struct reply rows = ask(testing, arena, "admin", "GET", link, NULL);
    CHECK(is_text(rows.root, "data/0/customer/name", "A customer"));
    CHECK(is_text(rows.root, "data/0/conversation/subject", "A subject"));
    CHECK(is_text(rows.root, "data/0/conversation/state", "open"));
    CHECK(is_text(rows.root, "data/0/conversation/channel/name", "mail"));
    CHECK(is_text(rows.root, "data/0/unit", "seconds"));
    CHECK(at(rows.root, "data/0/censored")->boolean);
    rows = ask(testing, arena, "analyst", "GET", link, NULL);
    CHECK(rows.status == 200 && is_null(rows.root, "data/0/customer/name"));
    CHECK(is_null(rows.root, "data/0/conversation/subject"));
    centre_close(testing);
    arena_close(arena);
}

TEST(several_queries_are_answered_in_one_reply)
{
    struct arena *arena = arena_open();
    struct testing_server *testing = centre_open(arena);
    struct reply reply =
        query(testing, arena,
              "{\"queries\":[{\"metric\":\"interactions\",\"from\":\"2026-03-01T00:00:00Z\","
              "\"to\":\"2026-03-08T00:00:00Z\"},{\"metric\":\"backlog\",\"from\":"
              "\"2026-03-01T00:00:00Z\",\"to\":\"2026-03-03T00:00:00Z\",\"interval\":\"1d\"}]}");
    CHECK(reply.status == 200);
    CHECK(is_real(reply.root, "results/0/number/value", 2));
    CHECK(is_real(reply.root, "results/1/number/value", 1));
    CHECK(is_real(reply.root, "results/1/series/0/number/value", 0));
    CHECK(is_real(reply.root, "results/1/series/1/number/value", 1));
    centre_close(testing);
    arena_close(arena);
}

static bool is_refused(struct testing_server *testing, struct arena *arena, const char *body,
                       const char *pointer)
{
    struct reply reply = query(testing, arena, body);
    return reply.status == 400 && is_text(reply.root, "errors/0/pointer", pointer);
}

#define RANGE "\"from\":\"now-7d\",\"to\":\"now\""

TEST(a_wrong_query_is_refused_with_the_place_of_its_fault)
{
    struct arena *arena = arena_open();
    struct testing_server *t = centre_open(arena);
    CHECK(is_refused(t, arena, "{" RANGE "}", "/metric"));
    CHECK(is_refused(t, arena, "{\"metric\":\"luck\"," RANGE "}", "/metric"));
    CHECK(
        is_refused(t, arena, "{\"metric\":\"nps\",\"statistic\":\"p90\"," RANGE "}", "/statistic"));
    CHECK(is_refused(t, arena, "{\"metric\":\"nps\",\"from\":\"soon\",\"to\":\"now\"}", "/from"));
    CHECK(is_refused(t, arena, "{\"metric\":\"nps\",\"from\":\"now\",\"to\":\"now-1d\"}", "/to"));
    CHECK(is_refused(t, arena, "{\"metric\":\"nps\",\"by\":[\"mood\"]," RANGE "}", "/by"));
    CHECK(is_refused(t, arena, "{\"metric\":\"nps\",\"zone\":\"Mars/Base\"," RANGE "}", "/zone"));
    CHECK(is_refused(t, arena, "{\"metric\":\"nps\",\"as_of\":\"now+1d\"," RANGE "}", "/as_of"));
    CHECK(is_refused(t, arena, "{\"metric\":\"nps\",\"colour\":1," RANGE "}", "/colour"));
    CHECK(is_refused(t, arena,
                     "{\"metric\":\"nps\",\"filter\":{\"and\":[{\"dim\":\"mood\",\"op\":"
                     "\"has_none\"}]}," RANGE "}",
                     "/filter/and/0/dim"));
    CHECK(is_refused(t, arena,
                     "{\"metric\":\"nps\",\"filter\":{\"dim\":\"kind\",\"op\":\"is\",\"values\":"
                     "[\"telegram\"]}," RANGE "}",
                     "/filter/values"));
    CHECK(is_refused(t, arena,
                     "{\"metric\":\"nps\",\"compare\":{\"from\":\"now-9d\",\"to\":\"never\"}," RANGE
                     "}",
                     "/compare/to"));
    CHECK(is_refused(t, arena, "{\"queries\":[{\"metric\":\"nps\",\"from\":\"x\",\"to\":\"now\"}]}",
                     "/queries/0/from"));
    CHECK(is_refused(t, arena,
                     "{\"metric\":\"nps\",\"interval\":\"15m\",\"from\":\"now-1y\",\"to\":\"now\"}",
                     ""));
    CHECK(ask(t, arena, "analyst", "GET", STR("/api/v1/query/drill?q=abc"), NULL).status == 400);
    CHECK(ask(t, arena, "analyst", "GET", STR("/api/v1/query/drill"), NULL).status == 400);
    centre_close(t);
    arena_close(arena);
}

TEST(the_catalogue_lists_metrics_dimensions_and_their_values)
{
    struct arena *arena = arena_open();
    struct testing_server *testing = centre_open(arena);
    struct reply reply = ask(testing, arena, "analyst", "GET", STR("/api/v1/metrics"), NULL);
    CHECK(reply.status == 200 && at(reply.root, "data")->array.count == 13);
    CHECK(is_text(reply.root, "data/0/id", "interactions"));
    CHECK(is_text(reply.root, "data/0/standard_statistic", "count"));
    CHECK(is_text(reply.root, "data/0/counts", "interactions"));
    CHECK(at(reply.root, "data/0/dimensions")->array.count == DIMENSION_FIXED_COUNT);
    CHECK(is_text(reply.root, "data/5/id", "first_reply_time"));
    CHECK(is_text(reply.root, "data/5/statistics/3", "replied_only"));
    CHECK(is_text(reply.root, "data/5/better", "lower"));

    reply = ask(testing, arena, "analyst", "GET", STR("/api/v1/dimensions"), NULL);
    CHECK(is_text(reply.root, "data/1/name", "team") && is_text(reply.root, "data/1/kind", "rows"));
    struct str teams = STR("/api/v1/dimensions/team/values?text=b");
    reply = ask(testing, arena, "analyst", "GET", teams, NULL);
    CHECK(at(reply.root, "data")->array.count == 1 &&
          is_text(reply.root, "data/0/label", "Billing"));
    struct str kinds = STR("/api/v1/dimensions/direction/values");
    reply = ask(testing, arena, "analyst", "GET", kinds, NULL);
    CHECK(at(reply.root, "data")->array.count == 3 && is_text(reply.root, "data/0/value", "in"));
    struct str none = STR("/api/v1/dimensions/mood/values");
    CHECK(ask(testing, arena, "analyst", "GET", none, NULL).status == 404);
    centre_close(testing);
    arena_close(arena);
}
