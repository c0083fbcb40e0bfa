#include "capture/capture_store.h"

#include "base/test.h"
#include "base/time.h"
#include "conversation/conversation_store.h"
#include "store/feed.h"
#include "store/testing.h"
#include "survey/answer_store.h"

static const struct actor SYSTEM = { .kind = ACTOR_SYSTEM };
static const int64_t NINE = 1772355600000; /* 2026-03-01T09:00:00Z */

struct fixture {
    struct workspace *workspace;
    struct arena *arena;
};

static struct fixture fixture_open(void)
{
    struct fixture fixture = { .workspace = testing_workspace_open(), .arena = arena_open() };
    CHECK(writer_call(fixture.workspace->writer, fixture.arena, &SURVEY_PREPARE, SYSTEM, NULL,
                      NULL) == OK);
    return fixture;
}

static void fixture_close(struct fixture *fixture)
{
    testing_workspace_close(fixture->workspace);
    arena_close(fixture->arena);
}

static enum err capture(struct fixture *fixture, const struct capture_in *in,
                        struct capture_out *out)
{
    *out = (struct capture_out){ 0 };
    return writer_call(fixture->workspace->writer, fixture->arena, &INTERACTION_CAPTURE, SYSTEM, in,
                       out);
}

static struct capture_in message(struct str external_id, struct str email, int64_t at_ms)
{
    struct capture_in in = capture_empty();
    in.external_id = external_id;
    in.channel = STR("email");
    in.customer.email = email;
    in.text = STR("Where is my parcel?");
    in.at_ms = at_ms;
    return in;
}

static enum err load(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    return conversation_load(tx, arena, *(const int64_t *)in, out);
}

static const struct command LOAD = { .name = "load", .run = load };

static struct conversation conversation(struct fixture *fixture, int64_t id)
{
    struct conversation found = { 0 };
    CHECK(writer_call(fixture->workspace->writer, fixture->arena, &LOAD, SYSTEM, &id, &found) ==
          OK);
    return found;
}

/* How many events of that kind there are, and the last of them. */
static size_t events(struct fixture *fixture, enum event_kind kind, struct event *last)
{
    struct reader *reader = NULL;
    const struct event *found;
    size_t count;
    size_t matching = 0;
    CHECK(reader_open(fixture->arena, fixture->workspace->store_path, &reader) == OK);
    CHECK(feed_read(reader, fixture->arena, 0, 4096, &found, &count) == OK);
    for (size_t i = 0; i < count; i++) {
        if (found[i].kind != kind) continue;
        *last = found[i];
        matching++;
    }
    reader_close(reader);
    return matching;
}

TEST(the_same_external_id_on_a_channel_is_the_same_interaction)
{
    struct fixture fixture = fixture_open();
    struct capture_in in = message(STR("m1"), STR("ana@example.org"), NINE);
    struct capture_out first;
    struct capture_out again;
    struct capture_out elsewhere;
    CHECK(capture(&fixture, &in, &first) == OK);
    CHECK(capture(&fixture, &in, &again) == OK);
    CHECK(first.is_new && !again.is_new);
    CHECK(again.interaction_id == first.interaction_id && first.interaction_id != 0);
    CHECK(again.conversation_id == first.conversation_id);
    in.channel = STR("chat");
    CHECK(capture(&fixture, &in, &elsewhere) == OK);
    CHECK(elsewhere.is_new && elsewhere.customer_id == first.customer_id);
    CHECK(elsewhere.conversation_id != first.conversation_id);
    fixture_close(&fixture);
}

TEST(messages_of_one_customer_and_channel_share_a_running_conversation)
{
    struct fixture fixture = fixture_open();
    struct capture_in first = message(STR("m1"), STR("ana@example.org"), NINE);
    struct capture_in second = message(STR("m2"), STR("ana@example.org"), NINE + MS_PER_HOUR);
    struct capture_in other = message(STR("m3"), STR("ben@example.org"), NINE);
    struct capture_out a;
    struct capture_out b;
    struct capture_out c;
    CHECK(capture(&fixture, &first, &a) == OK);
    CHECK(capture(&fixture, &second, &b) == OK);
    CHECK(capture(&fixture, &other, &c) == OK);
    CHECK(a.conversation_id == b.conversation_id && a.conversation_id != c.conversation_id);
    struct conversation found = conversation(&fixture, a.conversation_id);
    CHECK(found.interaction_count == 2 && found.state == STATE_NEW);
    CHECK(found.waiting_since_ms == NINE && found.inbound_at_ms == NINE);
    CHECK(found.activity_at_ms == NINE + MS_PER_HOUR);
    CHECK(found.last_interaction_id == b.interaction_id);
    fixture_close(&fixture);
}

TEST(the_first_reply_is_measured_once_and_ends_the_waiting)
{
    struct fixture fixture = fixture_open();
    struct capture_in question = message(STR("m1"), STR("ana@example.org"), NINE);
    struct capture_in reply = message(STR("m2"), STR("ana@example.org"), NINE + 90000);
    reply.direction = DIRECTION_OUT;
    reply.agent = STR("agent-7");
    struct capture_out out;
    struct event event = { 0 };
    CHECK(capture(&fixture, &question, &out) == OK);
    CHECK(capture(&fixture, &reply, &out) == OK);
    CHECK(events(&fixture, EVENT_INTERACTION_CAPTURED, &event) == 2);
    CHECK(event_number(&event, FIELD_FIRST_REPLY_MS, -1) == 90000);
    CHECK(event_number(&event, FIELD_REPLY_MS, -1) == 90000);
    CHECK(event_number(&event, DIMENSION_AGENT, 0) != 0);
    struct conversation found = conversation(&fixture, out.conversation_id);
    CHECK(found.state == STATE_OPEN && found.waiting_since_ms == 0);
    CHECK(found.first_reply_at_ms == NINE + 90000);

    reply.external_id = STR("m3");
    reply.at_ms = NINE + 200000;
    CHECK(capture(&fixture, &reply, &out) == OK);
    CHECK(events(&fixture, EVENT_INTERACTION_CAPTURED, &event) == 3);
    CHECK(event_number(&event, FIELD_FIRST_REPLY_MS, -1) == -1);
    CHECK(event_number(&event, FIELD_REPLY_MS, -1) == -1);
    fixture_close(&fixture);
}

TEST(a_bot_does_not_end_the_waiting)
{
    struct fixture fixture = fixture_open();
    struct capture_in question = message(STR("m1"), STR("ana@example.org"), NINE);
    struct capture_in bot = message(STR("m2"), STR("ana@example.org"), NINE + 1000);
    bot.direction = DIRECTION_OUT;
    bot.outcome = OUTCOME_BOT;
    struct capture_out out;
    CHECK(capture(&fixture, &question, &out) == OK);
    CHECK(capture(&fixture, &bot, &out) == OK);
    struct conversation found = conversation(&fixture, out.conversation_id);
    CHECK(found.waiting_since_ms == NINE && found.first_reply_at_ms == 0);
    fixture_close(&fixture);
}

TEST(a_call_stands_alone_unless_it_names_a_conversation)
{
    struct fixture fixture = fixture_open();
    struct capture_in call = message(STR("c1"), STR("ana@example.org"), NINE);
    call.kind = KIND_CALL;
    call.outcome = OUTCOME_ANSWERED;
    call.wait_ms = 12000;
    struct capture_out out;
    struct event event = { 0 };
    CHECK(capture(&fixture, &call, &out) == OK);
    CHECK(out.conversation_id == 0 && out.customer_id != 0);
    call.external_id = STR("c2");
    call.conversation = STR("case-5");
    CHECK(capture(&fixture, &call, &out) == OK);
    CHECK(out.conversation_id != 0);
    CHECK(events(&fixture, EVENT_INTERACTION_CAPTURED, &event) == 2);
    CHECK(event_number(&event, FIELD_FIRST_REPLY_MS, -1) == 12000);
    int64_t named = out.conversation_id;
    call.external_id = STR("c3");
    CHECK(capture(&fixture, &call, &out) == OK);
    CHECK(out.conversation_id == named);
    fixture_close(&fixture);
}

TEST(answers_and_attributes_go_with_the_interaction)
{
    struct fixture fixture = fixture_open();
    struct attribute attributes[] = { { STR("product"), STR("Lamp") },
                                      { STR("plan"), STR("gold") },
                                      { STR("mail"), STR("ana@example.org") } };
    struct capture_in in = message(STR("m1"), STR("ana@example.org"), NINE);
    in.nps = 0;
    in.csat = 5;
    in.attributes = attributes;
    in.attributes_count = 3;
    struct capture_out out;
    struct event event = { 0 };
    CHECK(capture(&fixture, &in, &out) == OK);
    CHECK(out.warnings_count == 1);
    CHECK(events(&fixture, EVENT_ANSWER_RECEIVED, &event) == 2);
    CHECK(event_number(&event, FIELD_SCORE, -1) == 5);
    CHECK(event_number(&event, DIMENSION_PRODUCT, 0) != 0);
    CHECK(event_number(&event, DIMENSION_OWN_FIRST, 0) != 0);
    fixture_close(&fixture);
}

TEST(of_many_only_the_faulty_ones_are_refused)
{
    struct fixture fixture = fixture_open();
    struct capture_in items[3] = { message(STR("m1"), STR("ana@example.org"), NINE),
                                   message(STR("m2"), STR("ben@example.org"), NINE),
                                   message(STR("m3"), STR("eve@example.org"), NINE) };
    items[1].agent = STR("age_0000000000001"); /* nobody has that id */
    struct capture_many_in in = { items, 3 };
    enum err results[3];
    struct capture_out made[3] = { 0 };
    struct capture_many_out out = { results, made };
    struct event event;
    CHECK(writer_call(fixture.workspace->writer, fixture.arena, &INTERACTION_CAPTURE_MANY, SYSTEM,
                      &in, &out) == OK);
    CHECK(results[0] == OK && results[1] != OK && results[2] == OK);
    CHECK(events(&fixture, EVENT_INTERACTION_CAPTURED, &event) == 2);
    CHECK(events(&fixture, EVENT_CUSTOMER_CREATED, &event) == 2);
    fixture_close(&fixture);
}

static enum err solve(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)out;
    struct conversation found;
    enum err err = conversation_load(tx, arena, *(const int64_t *)in, &found);
    if (!err) err = conversation_set_state(tx, &found, STATE_SOLVED, NINE + MS_PER_HOUR);
    return err ? err : conversation_save(tx, &found);
}

static const struct command SOLVE = { .name = "solve", .run = solve };

TEST(a_message_after_solving_begins_a_new_conversation_unless_it_names_the_old_one)
{
    struct fixture fixture = fixture_open();
    struct capture_in in = message(STR("m1"), STR("ana@example.org"), NINE);
    in.conversation = STR("case-1");
    struct capture_out out;
    struct event event = { 0 };
    CHECK(capture(&fixture, &in, &out) == OK);
    int64_t solved = out.conversation_id;
    CHECK(writer_call(fixture.workspace->writer, fixture.arena, &SOLVE, SYSTEM, &solved, NULL) ==
          OK);
    CHECK(events(&fixture, EVENT_CONVERSATION_STATE_CHANGED, &event) == 1);
    CHECK(event_number(&event, FIELD_IS_FIRST, 0) == 1);
    CHECK(event_number(&event, FIELD_ELAPSED_MS, 0) == MS_PER_HOUR);

    struct capture_in next = message(STR("m2"), STR("ana@example.org"), NINE + 2 * MS_PER_HOUR);
    CHECK(capture(&fixture, &next, &out) == OK);
    CHECK(out.conversation_id != solved);
    next.external_id = STR("m3");
    next.conversation = STR("case-1");
    CHECK(capture(&fixture, &next, &out) == OK);
    CHECK(out.conversation_id == solved);
    struct conversation reopened = conversation(&fixture, solved);
    CHECK(reopened.state == STATE_OPEN && reopened.reopen_count == 1);
    fixture_close(&fixture);
}

/* The writer remembers the running conversation: it must be the newest one all the same. */
TEST(a_message_joins_the_newest_running_conversation_whichever_was_used_last)
{
    struct fixture fixture = fixture_open();
    struct capture_in in = message(STR("m1"), STR("ana@example.org"), NINE);
    struct capture_out old;
    struct capture_out new;
    struct capture_out out;
    in.conversation = STR("case-1");
    CHECK(capture(&fixture, &in, &old) == OK);
    in.external_id = STR("m2");
    in.conversation = STR("case-2");
    in.at_ms = NINE + MS_PER_MINUTE;
    CHECK(capture(&fixture, &in, &new) == OK);
    in.external_id = STR("m3");
    in.conversation = STR("case-1");
    in.at_ms = NINE + 2 * MS_PER_MINUTE;
    CHECK(capture(&fixture, &in, &out) == OK && out.conversation_id == old.conversation_id);
    for (int64_t i = 0; i < 2; i++) {
        struct capture_in next = message(i ? STR("m5") : STR("m4"), STR("ana@example.org"),
                                         NINE + (3 + i) * MS_PER_MINUTE);
        CHECK(capture(&fixture, &next, &out) == OK);
        CHECK(out.conversation_id == new.conversation_id);
    }
    CHECK(conversation(&fixture, new.conversation_id).interaction_count == 3);
    fixture_close(&fixture);
}
