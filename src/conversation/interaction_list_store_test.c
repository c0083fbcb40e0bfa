#include "conversation/interaction_list_store.h"

#include <string.h>

#include "base/test.h"
#include "conversation/testing_store.h"

enum { CUSTOMERS = 3, CONVERSATIONS = 12, MESSAGES = 150, TIMES = 40, TRIALS = 80 };

static const int64_t FIRST_MS = 1700000000000;

struct known {
    struct interaction_key key;
    int64_t customer_id;
    int64_t conversation_id; /* 0: none */
    bool is_by_phone;
};

struct crowd {
    struct scene scene;
    struct known items[MESSAGES];
    int64_t customers[CUSTOMERS];
    int64_t conversations[CONVERSATIONS];
    int64_t owners[CONVERSATIONS];
    bool is_foreign[CONVERSATIONS]; /* of a team the agent is not in */
    int64_t agent_id;
    int64_t phone_id;
    uint32_t random;
};

static enum err phone_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    static const struct query MOVE = {
        .sql = "UPDATE interaction SET channel_id = $1 WHERE id = $2",
        .changes_one = true,
    };
    const int64_t *ids = in;
    (void)arena;
    (void)out;
    return tx_write(tx, &MOVE, ARGS(value_int(ids[0]), value_int(ids[1])));
}

static void move_to_phone(struct crowd *crowd, const struct known *known)
{
    static const struct command MOVE = { .name = "test_phone", .run = phone_run };
    int64_t ids[] = { crowd->phone_id, known->key.id };
    CHECK(scene_run(&crowd->scene, &MOVE, ids, NULL) == OK);
}

static uint32_t below(struct crowd *crowd, uint32_t count)
{
    return scene_random(&crowd->random) % count;
}

static void crowd_open(struct crowd *crowd)
{
    static const char *const NAMES[] = { "a@example.org", "b@example.org", "c@example.org" };
    *crowd = (struct crowd){ .scene = scene_open(), .random = 3 };
    struct scene *scene = &crowd->scene;
    int64_t team_id = scene_team(scene, "Others");
    crowd->agent_id = scene_agent(scene, "Noor");
    crowd->phone_id = scene_channel(scene, "phone");
    for (int i = 0; i < CUSTOMERS; i++) crowd->customers[i] = scene_customer(scene, NAMES[i]);
    for (int i = 0; i < CONVERSATIONS; i++) {
        crowd->owners[i] = crowd->customers[below(crowd, CUSTOMERS)];
        crowd->is_foreign[i] = below(crowd, 3) == 0;
        struct conversation draft = { .created_at_ms = FIRST_MS,
                                      .customer_id = crowd->owners[i],
                                      .team_id = crowd->is_foreign[i] ? team_id : 0 };
        crowd->conversations[i] = scene_conversation(scene, &draft);
    }
    for (int i = 0; i < MESSAGES; i++) {
        uint32_t place = below(crowd, CONVERSATIONS + 4);
        bool is_alone = place >= CONVERSATIONS;
        struct known *known = &crowd->items[i];
        known->customer_id =
            is_alone ? crowd->customers[below(crowd, CUSTOMERS)] : crowd->owners[place];
        known->conversation_id = is_alone ? 0 : crowd->conversations[place];
        known->key.at_ms = FIRST_MS + below(crowd, TIMES);
        known->key.id = scene_message(scene, known->conversation_id, known->customer_id,
                                      DIRECTION_IN, known->key.at_ms, "Hello");
        known->is_by_phone = below(crowd, 5) == 0;
        if (known->is_by_phone) move_to_phone(crowd, known);
    }
}

static bool is_newer(struct interaction_key a, struct interaction_key b)
{
    return a.at_ms != b.at_ms ? a.at_ms > b.at_ms : a.id > b.id;
}

static bool is_foreign(const struct crowd *crowd, int64_t conversation_id)
{
    for (int i = 0; i < CONVERSATIONS; i++) {
        if (crowd->conversations[i] == conversation_id) return crowd->is_foreign[i];
    }
    return false;
}

/* Newest first. */
static size_t expected_of(const struct crowd *crowd, size_t customers, const struct reach *reach,
                          const struct interaction_asked *filter, struct interaction_key *out)
{
    size_t count = 0;
    for (int i = 0; i < MESSAGES; i++) {
        const struct known *known = &crowd->items[i];
        bool is_wanted = false;
        for (size_t k = 0; k < customers; k++) {
            is_wanted |= known->customer_id == crowd->customers[k];
        }
        is_wanted =
            is_wanted && known->key.at_ms >= filter->from_ms && known->key.at_ms < filter->to_ms;
        if (!is_wanted || (filter->channel_id != 0 && !known->is_by_phone)) continue;
        if (!reach->sees_all && is_foreign(crowd, known->conversation_id)) continue;
        size_t place = count++;
        for (; place > 0 && is_newer(known->key, out[place - 1]); place--) {
            out[place] = out[place - 1];
        }
        out[place] = known->key;
    }
    return count;
}

TEST(a_timeline_merges_all_of_a_customers_interactions_newest_first)
{
    struct crowd crowd;
    crowd_open(&crowd);
    struct interaction_key expected[MESSAGES];
    for (int trial = 0; trial < TRIALS; trial++) {
        size_t customers = 1 + below(&crowd, CUSTOMERS);
        size_t limit = 1 + below(&crowd, 30);
        struct reach reach = scene_reach(&crowd.scene, below(&crowd, 2) ? 0 : crowd.agent_id);
        struct interaction_asked filter = { .from_ms = INT64_MIN, .to_ms = INT64_MAX };
        if (below(&crowd, 3) == 0) filter.from_ms = FIRST_MS + below(&crowd, TIMES);
        if (below(&crowd, 3) == 0) filter.channel_id = crowd.phone_id;
        if (below(&crowd, 3) == 0) filter.to_ms = FIRST_MS + below(&crowd, TIMES);
        size_t count = expected_of(&crowd, customers, &reach, &filter, expected);
        filter.limit = limit;
        filter.reach = &reach;
        filter.customers = crowd.customers;
        filter.customers_count = customers;
        struct interaction_page page = { .has_more = true };
        size_t seen = 0;
        bool is_first = true;
        while (page.has_more && seen <= count) {
            struct interaction_key after = page.next;
            filter.after = is_first ? NULL : &after;
            enum err err =
                interactions_of_customers(crowd.scene.reader, crowd.scene.arena, &filter, &page);
            CHECK(err == OK);
            if (err) break;
            is_first = false;
            CHECK(page.count <= limit && seen + page.count <= count);
            for (size_t i = 0; i < page.count && seen < count; i++) {
                CHECK(page.items[i].id == expected[seen++].id);
            }
        }
        CHECK(seen == count);
    }
    scene_close(&crowd.scene);
}

TEST(the_messages_of_a_conversation_run_both_ways)
{
    struct scene scene = scene_open();
    struct conversation draft = { .created_at_ms = FIRST_MS };
    int64_t id = scene_conversation(&scene, &draft);
    enum { COUNT = 9 };
    int64_t ids[COUNT];
    for (int i = 0; i < COUNT; i++) {
        ids[i] = scene_message(&scene, id, 0, DIRECTION_IN, FIRST_MS + i / 3, "Hello");
    }
    struct interaction_asked filter = { .from_ms = INT64_MIN, .to_ms = INT64_MAX };
    for (int order = 0; order < 2; order++) {
        filter.order = (enum interaction_order)order;
        filter.limit = 4;
        struct interaction_page page = { .has_more = true };
        int seen = 0;
        while (page.has_more && seen < COUNT) {
            struct interaction_key after = page.next;
            filter.after = seen ? &after : NULL;
            CHECK(interactions_of_conversation(scene.reader, scene.arena, id, &filter, &page) ==
                  OK);
            for (size_t i = 0; i < page.count; i++, seen++) {
                CHECK(page.items[i].id ==
                      ids[order == INTERACTIONS_OLDEST_FIRST ? seen : COUNT - 1 - seen]);
            }
        }
        CHECK(seen == COUNT && !page.has_more);
    }
    scene_close(&scene);
}

TEST(everything_is_listed_as_it_was_captured_last_first_within_reach)
{
    struct crowd crowd;
    crowd_open(&crowd);
    for (int who = 0; who < 2; who++) {
        struct reach reach = scene_reach(&crowd.scene, who ? crowd.agent_id : 0);
        struct interaction_asked filter = {
            .from_ms = FIRST_MS + 5, .to_ms = FIRST_MS + 30, .reach = &reach, .limit = 11
        };
        struct interaction_page page = { .has_more = true };
        int next = MESSAGES - 1;
        bool is_first = true;
        while (page.has_more) {
            struct interaction_key after = page.next;
            filter.after = is_first ? NULL : &after;
            CHECK(interactions_captured(crowd.scene.reader, crowd.scene.arena, &filter, &page) ==
                  OK);
            is_first = false;
            for (size_t i = 0; i < page.count; i++) {
                while (next >= 0 &&
                       (crowd.items[next].key.at_ms < filter.from_ms ||
                        crowd.items[next].key.at_ms >= filter.to_ms ||
                        (who && is_foreign(&crowd, crowd.items[next].conversation_id)))) {
                    next--;
                }
                CHECK(next >= 0 && page.items[i].id == crowd.items[next].key.id);
                next--;
            }
        }
        int left = 0;
        for (; next >= 0; next--) {
            left += crowd.items[next].key.at_ms >= filter.from_ms &&
                    crowd.items[next].key.at_ms < filter.to_ms &&
                    !(who && is_foreign(&crowd, crowd.items[next].conversation_id));
        }
        CHECK(left == 0);
    }
    scene_close(&crowd.scene);
}

TEST(one_interaction_is_as_far_away_as_its_conversation)
{
    struct scene scene = scene_open();
    int64_t team_id = scene_team(&scene, "Others");
    int64_t agent_id = scene_agent(&scene, "Noor");
    struct conversation draft = { .team_id = team_id };
    int64_t id = scene_conversation(&scene, &draft);
    int64_t message = scene_message(&scene, id, 0, DIRECTION_IN, FIRST_MS, "Hello");
    struct interaction_view view = { 0 };
    struct reach reach = scene_reach(&scene, agent_id);
    CHECK(interaction_read_one(scene.reader, scene.arena, &reach, message, &view) == ERR_NOT_FOUND);
    scene_mention(&scene, id, agent_id);
    CHECK(interaction_read_one(scene.reader, scene.arena, &reach, message, &view) == OK);
    CHECK(view.id == message && str_equal(view.text, STR("Hello")));
    CHECK(view.nps == -1 && view.wait_ms == -1);
    struct reach nobody = { 0 };
    CHECK(interaction_read_one(scene.reader, scene.arena, &nobody, message, &view) ==
          ERR_NOT_FOUND);
    scene_close(&scene);
}
