#include "conversation/conversation_change_store.h"

#include <string.h>

#include "base/test.h"
#include "conversation/conversation_list_store.h"
#include "conversation/interaction_list_store.h"
#include "conversation/reach_store.h"
#include "conversation/testing_store.h"
#include "store/event.h"

static const struct query LABEL_COUNT = {
    .sql = "SELECT count(*) FROM conversation_label WHERE conversation_id = $1",
    .rows_max = 1,
};
static const struct query GUEST_COUNT = {
    .sql = "SELECT count(*) FROM conversation_guest WHERE customer_id = $1",
    .rows_max = 1,
};

static int64_t count_of(struct scene *scene, const struct query *query, int64_t id)
{
    struct rows rows = { 0 };
    CHECK(reader_read(scene->reader, scene->arena, query, ARGS(value_int(id)), &rows) == OK);
    return rows.count == 1 ? rows_int(&rows, 0, 0) : -1;
}

static enum err patch(struct scene *scene, const struct conversation_patch_in *in,
                      struct conversation_out *out)
{
    *out = (struct conversation_out){ 0 };
    return scene_run(scene, &CONVERSATION_PATCH, in, out);
}

TEST(a_conversation_begins_with_its_customer_its_places_and_a_first_message)
{
    struct scene scene = scene_open();
    struct conversation_create_in in = { .customer = { .email = STR("ana@example.org") },
                                         .channel = STR("email"),
                                         .touchpoint = STR("billing"),
                                         .subject = STR("An invoice"),
                                         .text = STR("It is wrong."),
                                         .external_id = STR("E-1"),
                                         .topic = STR("invoices"),
                                         .attributes = STR("{\"a\":1}"),
                                         .direction = DIRECTION_IN,
                                         .priority = PRIORITY_HIGH,
                                         .team_id = scene_team(&scene, "Billing"),
                                         .agent_id = scene_agent(&scene, "Noor") };
    struct conversation_out out;
    CHECK(scene_run(&scene, &CONVERSATION_CREATE, &in, &out) == OK);
    CHECK(out.view.customer.id == scene_customer(&scene, "ana@example.org"));
    CHECK(str_equal(out.view.channel.name, STR("email")));
    CHECK(str_equal(out.view.touchpoint.name, STR("billing")));
    CHECK(str_equal(out.view.topic, STR("invoices")));
    CHECK(out.view.state == STATE_NEW && out.view.priority == PRIORITY_HIGH);
    CHECK(out.view.interaction_count == 1 && out.view.waiting_since_ms != 0);
    CHECK(str_equal(out.view.last.text, STR("It is wrong.")));
    CHECK(scene_events(&scene, EVENT_CONVERSATION_CREATED, out.view.id) == 1);
    CHECK(scene_events(&scene, EVENT_INTERACTION_CAPTURED, out.view.id) == 1);

    CHECK(scene_run(&scene, &CONVERSATION_CREATE, &in, &out) == ERR_CONFLICT);
    CHECK(out.fault == CONVERSATION_EXTERNAL_TAKEN);
    scene_close(&scene);
}

TEST(a_conversation_cannot_begin_with_what_does_not_exist)
{
    struct scene scene = scene_open();
    struct conversation_out out;
    struct conversation_create_in in = { .channel = STR("email"), .team_id = 4711 };
    CHECK(scene_run(&scene, &CONVERSATION_CREATE, &in, &out) == ERR_INVALID);
    CHECK(out.fault == CONVERSATION_NO_TEAM);
    in = (struct conversation_create_in){ .channel = STR("email"), .agent_id = 4711 };
    CHECK(scene_run(&scene, &CONVERSATION_CREATE, &in, &out) == ERR_INVALID);
    CHECK(out.fault == CONVERSATION_NO_AGENT);
    in = (struct conversation_create_in){ .channel = STR("cha_0000000000001") };
    CHECK(scene_run(&scene, &CONVERSATION_CREATE, &in, &out) == ERR_INVALID);
    CHECK(out.fault == CONVERSATION_BAD_CHANNEL);
    in = (struct conversation_create_in){ .channel = STR("email"), .customer = { .id = 4711 } };
    CHECK(scene_run(&scene, &CONVERSATION_CREATE, &in, &out) == ERR_INVALID);
    CHECK(out.fault == CONVERSATION_NO_CUSTOMER);
    in = (struct conversation_create_in){ .channel = STR("email"), .topic = STR("a@example.org") };
    CHECK(scene_run(&scene, &CONVERSATION_CREATE, &in, &out) == ERR_INVALID);
    CHECK(out.fault == CONVERSATION_BAD_TOPIC);
    CHECK(scene_events(&scene, EVENT_CONVERSATION_CREATED, 0) == 0);
    scene_close(&scene);
}

TEST(a_patch_changes_what_it_gives_and_nothing_else)
{
    struct scene scene = scene_open();
    int64_t team_id = scene_team(&scene, "Billing");
    int64_t agent_id = scene_agent(&scene, "Noor");
    struct conversation draft = { .subject = STR("Before"), .attributes = STR("{\"a\":1}") };
    int64_t id = scene_conversation(&scene, &draft);
    struct conversation_out out;
    struct conversation_patch_in in = { .id = id,
                                        .version = 2,
                                        .state = STATE_PENDING,
                                        .priority = PRIORITY_URGENT,
                                        .subject = { true, STR("After") },
                                        .topic = { true, STR("returns") },
                                        .team_id = { true, team_id },
                                        .attributes = { true, STR("{\"a\":null,\"b\":2}") } };
    CHECK(patch(&scene, &in, &out) == OK);
    CHECK(out.view.state == STATE_PENDING && out.view.priority == PRIORITY_URGENT);
    CHECK(str_equal(out.view.subject, STR("After")) && str_equal(out.view.topic, STR("returns")));
    CHECK(out.view.team.id == team_id && out.view.agent.id == 0);
    CHECK(str_equal(out.view.attributes, STR("{\"b\":2}")));
    CHECK(out.view.version == 3 && out.view.reassignment_count == 0);
    CHECK(scene_events(&scene, EVENT_CONVERSATION_STATE_CHANGED, id) == 1);
    CHECK(scene_events(&scene, EVENT_CONVERSATION_ASSIGNED, id) == 1);
    CHECK(scene_events(&scene, EVENT_CONVERSATION_PRIORITY_CHANGED, id) == 1);
    CHECK(scene_events(&scene, EVENT_CONVERSATION_CHANGED, id) == 1);

    CHECK(patch(&scene, &in, &out) == ERR_CONFLICT && out.fault == CONVERSATION_VERSION);

    struct conversation_patch_in assign = { .id = id, .agent_id = { true, agent_id } };
    CHECK(patch(&scene, &assign, &out) == OK);
    CHECK(out.view.team.id == team_id && out.view.agent.id == agent_id);
    CHECK(out.view.state == STATE_PENDING && str_equal(out.view.subject, STR("After")));

    struct conversation_patch_in clear = { .id = id,
                                           .subject = { .is_given = true },
                                           .topic = { .is_given = true },
                                           .team_id = { .is_given = true },
                                           .attributes = { .is_given = true } };
    CHECK(patch(&scene, &clear, &out) == OK);
    CHECK(!out.view.subject.data && !out.view.topic.data && out.view.team.id == 0);
    CHECK(!out.view.attributes.data && out.view.agent.id == agent_id);
    struct conversation_patch_in nobody = { .id = id, .agent_id = { true, 4711 } };
    CHECK(patch(&scene, &nobody, &out) == ERR_INVALID && out.fault == CONVERSATION_NO_AGENT);
    nobody = (struct conversation_patch_in){ .id = 4711 };
    CHECK(patch(&scene, &nobody, &out) == ERR_NOT_FOUND);
    scene_close(&scene);
}

TEST(labels_are_put_on_once_and_taken_off)
{
    struct scene scene = scene_open();
    struct conversation draft = { 0 };
    int64_t id = scene_conversation(&scene, &draft);
    const struct str adds[] = { STR("vip"), STR("late"), STR("vip") };
    const struct str removes[] = { STR("late"), STR("unknown") };
    struct conversation_out out;
    struct conversation_patch_in in = { .id = id, .label_adds = adds, .label_adds_count = 3 };
    CHECK(patch(&scene, &in, &out) == OK);
    CHECK(out.view.labels_count == 2 && str_equal(out.view.labels[1].name, STR("vip")));
    CHECK(scene_events(&scene, EVENT_CONVERSATION_LABELLED, id) == 2);
    in = (struct conversation_patch_in){ .id = id,
                                         .label_removes = removes,
                                         .label_removes_count = 2 };
    CHECK(patch(&scene, &in, &out) == OK);
    CHECK(out.view.labels_count == 1);
    CHECK(scene_events(&scene, EVENT_CONVERSATION_LABELLED, id) == 3);
    const struct str empty[] = { STR(" ") };
    in = (struct conversation_patch_in){ .id = id, .label_adds = empty, .label_adds_count = 1 };
    CHECK(patch(&scene, &in, &out) == ERR_INVALID && out.fault == CONVERSATION_BAD_LABEL);
    scene_close(&scene);
}

TEST(a_conversation_has_at_most_fifty_labels)
{
    struct scene scene = scene_open();
    struct conversation draft = { 0 };
    int64_t id = scene_conversation(&scene, &draft);
    struct conversation_out out;
    for (int i = 0; i <= LABELS_OF_ONE_MAX; i++) {
        char name[2] = { (char)('A' + i), 0 };
        struct str add = { name, 1 };
        struct conversation_patch_in in = { .id = id, .label_adds = &add, .label_adds_count = 1 };
        CHECK(patch(&scene, &in, &out) == (i < LABELS_OF_ONE_MAX ? OK : ERR_LIMIT));
    }
    CHECK(out.fault == CONVERSATION_LABELS_FULL);
    scene_close(&scene);
}

TEST(a_snoozed_conversation_wakes_by_hand_into_the_state_it_had)
{
    struct scene scene = scene_open();
    struct conversation draft = { .state = STATE_PENDING };
    int64_t id = scene_conversation(&scene, &draft);
    struct conversation_out out;
    int64_t until_ms = 4000000000000;
    struct conversation_patch_in in = { .id = id, .snoozed_until_ms = { true, until_ms } };
    CHECK(patch(&scene, &in, &out) == OK);
    CHECK(out.view.state == STATE_SNOOZED && out.view.snoozed_until_ms == until_ms);
    in = (struct conversation_patch_in){ .id = id, .snoozed_until_ms = { .is_given = true } };
    CHECK(patch(&scene, &in, &out) == OK);
    CHECK(out.view.state == STATE_PENDING && out.view.snoozed_until_ms == 0);
    in = (struct conversation_patch_in){ .id = id, .state = STATE_SOLVED };
    CHECK(patch(&scene, &in, &out) == OK && out.view.solved_at_ms != 0);
    in = (struct conversation_patch_in){ .id = id, .snoozed_until_ms = { true, until_ms } };
    CHECK(patch(&scene, &in, &out) == ERR_CONFLICT && out.fault == CONVERSATION_CANNOT_SNOOZE);
    in.state = STATE_OPEN;
    CHECK(patch(&scene, &in, &out) == OK);
    CHECK(out.view.state == STATE_SNOOZED && out.view.reopen_count == 1);
    scene_close(&scene);
}

TEST(a_note_lets_those_it_mentions_reach_the_conversation)
{
    struct scene scene = scene_open();
    int64_t author_id = scene_agent(&scene, "Noor");
    int64_t other_id = scene_agent(&scene, "Sam");
    struct conversation draft = { .team_id = scene_team(&scene, "Billing") };
    int64_t id = scene_conversation(&scene, &draft);
    struct reach reach = scene_reach(&scene, other_id);
    CHECK(reach_check(scene.reader, scene.arena, &reach, id) == ERR_NOT_FOUND);
    struct message_add_in in = { .conversation_id = id,
                                 .kind = MESSAGE_NOTE,
                                 .text = STR("Can you look?"),
                                 .author_id = author_id,
                                 .mentions = &other_id,
                                 .mentions_count = 1 };
    struct message_out out;
    CHECK(scene_run(&scene, &MESSAGE_ADD, &in, &out) == OK);
    CHECK(out.view.kind == KIND_NOTE && out.view.direction == DIRECTION_INTERNAL);
    CHECK(out.view.agent.id == author_id && str_equal(out.view.text, STR("Can you look?")));
    CHECK(reach_check(scene.reader, scene.arena, &reach, id) == OK);
    int64_t unknown = 4711;
    in.mentions = &unknown;
    CHECK(scene_run(&scene, &MESSAGE_ADD, &in, &out) == ERR_INVALID);
    CHECK(out.fault == CONVERSATION_NO_AGENT);
    CHECK(scene_load(&scene, id).interaction_count == 1);
    scene_close(&scene);
}

TEST(a_reply_answers_who_waits_and_may_change_the_state)
{
    struct scene scene = scene_open();
    int64_t agent_id = scene_agent(&scene, "Noor");
    struct conversation draft = { .created_at_ms = 1000 };
    int64_t id = scene_conversation(&scene, &draft);
    scene_message(&scene, id, 0, DIRECTION_IN, 2000, "Hello?");
    CHECK(scene_load(&scene, id).waiting_since_ms == 2000);
    struct message_add_in in = { .conversation_id = id,
                                 .text = STR("Here I am."),
                                 .author_id = agent_id,
                                 .state = STATE_SOLVED };
    struct message_out out;
    CHECK(scene_run(&scene, &MESSAGE_ADD, &in, &out) == OK);
    CHECK(out.view.kind == KIND_MESSAGE && out.view.direction == DIRECTION_OUT);
    struct conversation after = scene_load(&scene, id);
    CHECK(after.state == STATE_SOLVED && after.waiting_since_ms == 0);
    CHECK(after.first_reply_at_ms != 0 && after.interaction_count == 2);
    in.conversation_id = 4711;
    CHECK(scene_run(&scene, &MESSAGE_ADD, &in, &out) == ERR_NOT_FOUND);
    scene_close(&scene);
}

TEST(merging_moves_everything_and_leaves_a_pointer)
{
    struct scene scene = scene_open();
    int64_t ana = scene_customer(&scene, "ana@example.org");
    int64_t ben = scene_customer(&scene, "ben@example.org");
    int64_t agent_id = scene_agent(&scene, "Noor");
    int64_t team_id = scene_team(&scene, "Billing");
    struct conversation first = { .created_at_ms = 1000, .customer_id = ana, .team_id = team_id };
    struct conversation second = { .created_at_ms = 1500, .customer_id = ben, .team_id = team_id };
    int64_t into = scene_conversation(&scene, &first);
    int64_t from = scene_conversation(&scene, &second);
    scene_message(&scene, into, ana, DIRECTION_IN, 2000, "One");
    scene_message(&scene, from, ben, DIRECTION_IN, 1800, "Two");
    int64_t last = scene_message(&scene, from, ben, DIRECTION_IN, 3000, "Three");
    scene_put_label(&scene, into, scene_label(&scene, "vip"));
    scene_put_label(&scene, from, scene_label(&scene, "vip"));
    scene_put_label(&scene, from, scene_label(&scene, "late"));
    scene_mention(&scene, from, agent_id);

    struct conversation_merge_in in = { into, from };
    struct conversation_out out;
    CHECK(scene_run(&scene, &CONVERSATION_MERGE, &in, &out) == OK);
    CHECK(out.view.id == into && out.view.interaction_count == 3);
    CHECK(out.view.last.id == last && out.view.activity_at_ms == 3000);
    CHECK(out.view.waiting_since_ms == 1800 && out.view.labels_count == 2);
    CHECK(count_of(&scene, &LABEL_COUNT, into) == 2);
    struct conversation left = scene_load(&scene, from);
    CHECK(left.merged_into == into && left.state == STATE_CLOSED && left.interaction_count == 0);
    CHECK(scene_events(&scene, EVENT_CONVERSATION_MERGED, from) == 1);
    struct reach reach = scene_reach(&scene, agent_id);
    CHECK(reach_check(scene.reader, scene.arena, &reach, into) == OK);
    CHECK(count_of(&scene, &GUEST_COUNT, ben) == 1 && count_of(&scene, &GUEST_COUNT, ana) == 0);

    struct conversation_filter filter = { 0 };
    struct conversation_page page;
    struct reach all = { .sees_all = true };
    CHECK(conversation_list(scene.reader, scene.arena,
                            &(struct conversation_asked){ &filter, &all, NULL, 10, { 0 } },
                            &page) == OK);
    CHECK(page.count == 1 && page.items[0].id == into);
    struct interaction_asked everything = { .from_ms = INT64_MIN, .to_ms = INT64_MAX, .limit = 10 };
    struct interaction_page messages;
    CHECK(interactions_of_conversation(scene.reader, scene.arena, into, &everything, &messages) ==
          OK);
    CHECK(messages.count == 3 && str_equal(messages.items[0].text, STR("Two")));

    CHECK(scene_run(&scene, &CONVERSATION_MERGE, &in, &out) == ERR_CONFLICT);
    CHECK(out.fault == CONVERSATION_IS_MERGED);
    in = (struct conversation_merge_in){ into, into };
    CHECK(scene_run(&scene, &CONVERSATION_MERGE, &in, &out) == ERR_CONFLICT);
    CHECK(out.fault == CONVERSATION_MERGE_ITSELF);
    in = (struct conversation_merge_in){ into, 4711 };
    CHECK(scene_run(&scene, &CONVERSATION_MERGE, &in, &out) == ERR_NOT_FOUND);
    CHECK(out.fault == CONVERSATION_FROM_NOT_FOUND);
    struct conversation_patch_in late = { .id = from, .state = STATE_OPEN };
    CHECK(patch(&scene, &late, &out) == ERR_CONFLICT && out.fault == CONVERSATION_IS_MERGED);
    scene_close(&scene);
}
