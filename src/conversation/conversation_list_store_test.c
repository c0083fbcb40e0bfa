#include "conversation/conversation_list_store.h"

#include <string.h>

#include "base/test.h"
#include "conversation/reach_store.h"
#include "conversation/testing_store.h"

enum { COUNT = 160, TEAMS = 4, AGENTS = 3, CHANNELS = 3, CUSTOMERS = 3, TIMES = 12, TRIALS = 240 };

/* What a list is compared with: the same rows, filtered and sorted in the plainest way. */
struct known {
    int64_t id;
    int64_t created_at_ms;
    int64_t activity_at_ms;
    enum conversation_state state;
    enum priority priority;
    int64_t team_id;
    int64_t agent_id;
    int64_t channel_id;
    int64_t customer_id;
    bool is_labelled;
    bool mentions[AGENTS];
};

struct crowd {
    struct scene scene;
    struct known items[COUNT * 2];
    size_t count;
    int64_t teams[TEAMS];
    int64_t agents[AGENTS];
    int64_t channels[CHANNELS];
    int64_t customers[CUSTOMERS];
    int64_t label_id;
    uint32_t random;
};

static uint32_t below(struct crowd *crowd, uint32_t count)
{
    return scene_random(&crowd->random) % count;
}

/* Few times for many rows: most stand at the same time as another. */
static void add_one(struct crowd *crowd)
{
    struct scene *scene = &crowd->scene;
    int64_t first_ms = 1700000000000;
    struct known known = {
        .created_at_ms = first_ms + below(crowd, TIMES),
        .state = (enum conversation_state)(1 + below(crowd, STATE_END - 1)),
        .priority = (enum priority)(1 + below(crowd, 4)),
        .team_id = below(crowd, 3) == 0 ? 0 : crowd->teams[below(crowd, TEAMS)],
        .agent_id = below(crowd, 2) == 0 ? 0 : crowd->agents[below(crowd, AGENTS)],
        .channel_id = crowd->channels[below(crowd, CHANNELS)],
        .customer_id = below(crowd, 3) == 0 ? 0 : crowd->customers[below(crowd, CUSTOMERS)],
        .is_labelled = below(crowd, 4) == 0,
    };
    struct conversation draft = { .created_at_ms = known.created_at_ms,
                                  .state = known.state,
                                  .priority = known.priority,
                                  .team_id = known.team_id,
                                  .agent_id = known.agent_id,
                                  .channel_id = known.channel_id,
                                  .customer_id = known.customer_id };
    known.id = scene_conversation(scene, &draft);
    known.activity_at_ms = known.created_at_ms;
    if (below(crowd, 3) == 0) {
        known.activity_at_ms = first_ms + TIMES + below(crowd, TIMES);
        scene_message(scene, known.id, known.customer_id, DIRECTION_INTERNAL, known.activity_at_ms,
                      "A note");
    }
    if (known.is_labelled) scene_put_label(scene, known.id, crowd->label_id);
    for (int i = 0; i < AGENTS; i++) {
        known.mentions[i] = below(crowd, 8) == 0;
        if (known.mentions[i]) scene_mention(scene, known.id, crowd->agents[i]);
    }
    crowd->items[crowd->count++] = known;
}

static void crowd_open(struct crowd *crowd)
{
    static const char *const NAMES[] = { "a@example.org", "b@example.org", "c@example.org",
                                         "d@example.org" };
    *crowd = (struct crowd){ .scene = scene_open(), .random = 7 };
    struct scene *scene = &crowd->scene;
    for (int i = 0; i < TEAMS; i++) crowd->teams[i] = scene_team(scene, NAMES[i]);
    for (int i = 0; i < AGENTS; i++) crowd->agents[i] = scene_agent(scene, NAMES[i]);
    for (int i = 0; i < CHANNELS; i++) crowd->channels[i] = scene_channel(scene, NAMES[i]);
    for (int i = 0; i < CUSTOMERS; i++) crowd->customers[i] = scene_customer(scene, NAMES[i]);
    crowd->label_id = scene_label(scene, "vip");
    scene_join(scene, crowd->teams[0], crowd->agents[0]);
    scene_join(scene, crowd->teams[1], crowd->agents[0]);
    scene_join(scene, crowd->teams[1], crowd->agents[1]);
    for (int i = 0; i < COUNT; i++) add_one(crowd);
}

static bool holds(const int64_t *ids, size_t count, int64_t id)
{
    bool found = count == 0;
    for (size_t i = 0; i < count; i++) found |= ids[i] == id;
    return found;
}

static bool is_expected(const struct crowd *crowd, const struct conversation_filter *filter,
                        const struct reach *reach, const struct known *known)
{
    bool is_mentioned = false;
    for (int i = 0; i < AGENTS; i++) {
        is_mentioned |= reach->agent_id == crowd->agents[i] && known->mentions[i];
    }
    struct reached reached = { known->team_id, known->agent_id, is_mentioned };
    return reach_includes(reach, &reached) &&
           (filter->states == 0 || filter->states & (1U << known->state)) &&
           (filter->priorities == 0 || filter->priorities & (1U << known->priority)) &&
           holds(filter->teams, filter->teams_count, known->team_id) &&
           holds(filter->agents, filter->agents_count, known->agent_id) &&
           holds(filter->channels, filter->channels_count, known->channel_id) &&
           holds(filter->customers, filter->customers_count, known->customer_id) &&
           (!filter->is_unassigned || known->agent_id == 0) &&
           (filter->label_id == 0 || known->is_labelled);
}

static bool stands_before(enum conversation_order order, const struct known *a,
                          const struct known *b)
{
    bool by_activity = order == ORDER_ACTIVITY_DOWN || order == ORDER_ACTIVITY_UP;
    bool is_up = order == ORDER_ACTIVITY_UP || order == ORDER_CREATED_UP;
    int64_t a_ms = by_activity ? a->activity_at_ms : a->created_at_ms;
    int64_t b_ms = by_activity ? b->activity_at_ms : b->created_at_ms;
    if (a_ms != b_ms) return is_up ? a_ms < b_ms : a_ms > b_ms;
    return is_up ? a->id < b->id : a->id > b->id;
}

static size_t expected_of(const struct crowd *crowd, const struct conversation_filter *filter,
                          const struct reach *reach, struct known *out)
{
    size_t count = 0;
    for (size_t i = 0; i < crowd->count; i++) {
        if (!is_expected(crowd, filter, reach, &crowd->items[i])) continue;
        size_t place = count++;
        for (; place > 0 && stands_before(filter->order, &crowd->items[i], &out[place - 1]);
             place--) {
            out[place] = out[place - 1];
        }
        out[place] = crowd->items[i];
    }
    return count;
}

/* Pages through the whole list. */
static size_t listed(struct crowd *crowd, const struct conversation_filter *filter,
                     const struct reach *reach, size_t limit, int64_t *out)
{
    struct conversation_page page = { .has_more = true };
    size_t count = 0;
    bool is_first = true;
    while (page.has_more && count < COUNT * 2) {
        struct conversation_key after = page.next;
        struct conversation_asked asked = { filter, reach, is_first ? NULL : &after, limit, { 0 } };
        enum err err = conversation_list(crowd->scene.reader, crowd->scene.arena, &asked, &page);
        CHECK(err == OK);
        if (err) break;
        is_first = false;
        for (size_t i = 0; i < page.count; i++) out[count++] = page.items[i].id;
    }
    return count;
}

static void choose(struct crowd *crowd, struct conversation_filter *filter)
{
    *filter = (struct conversation_filter){ .order = (enum conversation_order)below(
                                                crowd, CONVERSATION_ORDERS) };
    if (below(crowd, 2)) filter->states = (scene_random(&crowd->random) & 0x1fe);
    if (below(crowd, 5) == 0) filter->priorities = 1U << (1 + below(crowd, 4));
    if (below(crowd, 3) == 0) {
        filter->teams[filter->teams_count++] = crowd->teams[below(crowd, TEAMS)];
        if (below(crowd, 2)) filter->teams[filter->teams_count++] = crowd->teams[0];
    }
    if (below(crowd, 3) == 0) {
        filter->agents[filter->agents_count++] = crowd->agents[below(crowd, AGENTS)];
    } else if (below(crowd, 4) == 0) {
        filter->is_unassigned = true;
    }
    if (below(crowd, 5) == 0) {
        filter->channels[filter->channels_count++] = crowd->channels[below(crowd, CHANNELS)];
    }
    if (below(crowd, 4) == 0) filter->label_id = crowd->label_id;
    if (below(crowd, 4) == 0) {
        filter->customers = crowd->customers;
        filter->customers_count = 1 + below(crowd, 2);
    }
}

TEST(every_list_is_the_rows_wanted_in_reach_in_their_order_page_by_page)
{
    struct crowd crowd;
    crowd_open(&crowd);
    struct known expected[COUNT * 2];
    int64_t found[COUNT * 3];
    for (int trial = 0; trial < TRIALS; trial++) {
        struct conversation_filter filter;
        choose(&crowd, &filter);
        uint32_t who = below(&crowd, AGENTS + 1);
        struct reach reach = scene_reach(&crowd.scene, who == AGENTS ? 0 : crowd.agents[who]);
        size_t count = expected_of(&crowd, &filter, &reach, expected);
        size_t listed_count = listed(&crowd, &filter, &reach, 1 + below(&crowd, 20), found);
        CHECK(listed_count == count);
        for (size_t i = 0; i < count && i < listed_count; i++) CHECK(found[i] == expected[i].id);
    }
    scene_close(&crowd.scene);
}

static enum err many_labels_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    static const struct query INSERT = {
        .sql = "INSERT INTO conversation_label (conversation_id, label_id) VALUES ($1, $2)",
    };
    (void)arena;
    (void)out;
    for (int64_t i = 1; i <= LIST_SMALL_MAX; i++) {
        enum err err = tx_write(tx, &INSERT, ARGS(value_int(i), value_int(*(const int64_t *)in)));
        if (err) return err;
    }
    return OK;
}

/* A label of many conversations is looked for in the order of the list. */
TEST(a_label_that_many_conversations_have_lists_the_same)
{
    static const struct command MANY = { .name = "test_many_labels", .run = many_labels_run };
    struct crowd crowd;
    crowd_open(&crowd);
    CHECK(scene_run(&crowd.scene, &MANY, &crowd.label_id, NULL) == OK);
    struct known expected[COUNT * 2];
    int64_t found[COUNT * 3];
    for (int trial = 0; trial < TRIALS / 4; trial++) {
        struct conversation_filter filter;
        choose(&crowd, &filter);
        filter.label_id = crowd.label_id;
        filter.customers_count = 0;
        uint32_t who = below(&crowd, AGENTS + 1);
        struct reach reach = scene_reach(&crowd.scene, who == AGENTS ? 0 : crowd.agents[who]);
        size_t count = expected_of(&crowd, &filter, &reach, expected);
        size_t listed_count = listed(&crowd, &filter, &reach, 1 + below(&crowd, 20), found);
        CHECK(listed_count == count);
        for (size_t i = 0; i < count && i < listed_count; i++) CHECK(found[i] == expected[i].id);
    }
    scene_close(&crowd.scene);
}

TEST(a_list_goes_on_where_it_was_while_conversations_arrive)
{
    struct crowd crowd;
    crowd_open(&crowd);
    struct conversation_filter filter = { .order = ORDER_CREATED_DOWN };
    struct reach reach = scene_reach(&crowd.scene, crowd.agents[0]);
    struct known expected[COUNT * 2];
    size_t count = expected_of(&crowd, &filter, &reach, expected);
    struct conversation_page page = { .has_more = true };
    size_t seen = 0;
    bool is_first = true;
    while (page.has_more && seen < count) {
        struct conversation_key after = page.next;
        struct conversation_asked asked = { &filter, &reach, is_first ? NULL : &after, 7, { 0 } };
        CHECK(conversation_list(crowd.scene.reader, crowd.scene.arena, &asked, &page) == OK);
        is_first = false;
        for (size_t i = 0; i < page.count && seen < count; i++) {
            CHECK(page.items[i].id == expected[seen++].id);
        }
        struct conversation fresh = { .created_at_ms = 1900000000000 + (int64_t)seen };
        scene_conversation(&crowd.scene, &fresh);
    }
    CHECK(seen == count);
    scene_close(&crowd.scene);
}

TEST(who_is_neither_an_agent_nor_sees_all_finds_nothing)
{
    struct crowd crowd;
    crowd_open(&crowd);
    struct reach nobody = { 0 };
    int64_t found[COUNT * 3];
    for (int order = 0; order < CONVERSATION_ORDERS; order++) {
        struct conversation_filter filter = { .order = (enum conversation_order)order };
        CHECK(listed(&crowd, &filter, &nobody, 50, found) == 0);
        filter.teams[filter.teams_count++] = crowd.teams[0];
        CHECK(listed(&crowd, &filter, &nobody, 50, found) == 0);
    }
    scene_close(&crowd.scene);
}

TEST(one_conversation_is_in_reach_just_when_the_lists_show_it)
{
    struct crowd crowd;
    crowd_open(&crowd);
    for (int agent = 0; agent < AGENTS; agent++) {
        struct reach reach = scene_reach(&crowd.scene, crowd.agents[agent]);
        struct conversation_filter filter = { .order = ORDER_ACTIVITY_DOWN };
        for (size_t i = 0; i < crowd.count; i++) {
            bool is_reached = is_expected(&crowd, &filter, &reach, &crowd.items[i]);
            CHECK(reach_check(crowd.scene.reader, crowd.scene.arena, &reach, crowd.items[i].id) ==
                  (is_reached ? OK : ERR_NOT_FOUND));
        }
        CHECK(reach_check(crowd.scene.reader, crowd.scene.arena, &reach, 4711) == ERR_NOT_FOUND);
    }
    scene_close(&crowd.scene);
}

TEST(a_listed_conversation_says_what_it_refers_to_by_name)
{
    struct scene scene = scene_open();
    struct conversation draft = { .subject = STR("Where is my order?"),
                                  .external_id = STR("INC-1"),
                                  .attributes = STR("{\"product\":\"shoe\"}"),
                                  .channel_id = scene_channel(&scene, "phone"),
                                  .customer_id = scene_customer(&scene, "ana@example.org"),
                                  .team_id = scene_team(&scene, "Returns"),
                                  .agent_id = scene_agent(&scene, "Noor"),
                                  .created_at_ms = 1700000000000 };
    int64_t id = scene_conversation(&scene, &draft);
    scene_put_label(&scene, id, scene_label(&scene, "vip"));
    scene_put_label(&scene, id, scene_label(&scene, "late"));
    int64_t message = scene_message(&scene, id, draft.customer_id, DIRECTION_IN, 1700000001000,
                                    "It should have come on Monday.");
    struct conversation_filter filter = { 0 };
    struct reach reach = { .sees_all = true };
    struct conversation_page page = { 0 };
    struct conversation_asked asked = { &filter, &reach, NULL, 10, { 0 } };
    CHECK(conversation_list(scene.reader, scene.arena, &asked, &page) == OK);
    CHECK(page.count == 1 && !page.has_more);
    const struct conversation_view *view = page.items;
    CHECK(view->id == id && view->state == STATE_NEW && view->version == 3);
    CHECK(str_equal(view->subject, draft.subject));
    CHECK(str_equal(view->external_id, draft.external_id));
    CHECK(str_equal(view->attributes, draft.attributes));
    CHECK(view->customer.id == draft.customer_id && !view->customer.name.data);
    CHECK(str_equal(view->channel.name, STR("phone")));
    CHECK(str_equal(view->team.name, STR("Returns")));
    CHECK(str_equal(view->agent.name, STR("Noor")));
    CHECK(view->touchpoint.id == 0 && !view->topic.data && view->sla_met == -1);
    CHECK(view->last.id == message && view->last.direction == DIRECTION_IN);
    CHECK(str_equal(view->last.text, STR("It should have come on Monday.")));
    CHECK(view->labels_count == 2 && str_equal(view->labels[0].name, STR("late")));
    CHECK(view->waiting_since_ms == 1700000001000 && view->interaction_count == 1);
    scene_close(&scene);
}
