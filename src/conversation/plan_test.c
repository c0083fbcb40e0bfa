/* Reads the query plan of every statement that the lists run: none may walk through a table, and
 * none may sort more than a small set. */
#include <stdio.h>
#include <string.h>

#include "base/test.h"
#include "conversation/conversation_list_store.h"
#include "conversation/interaction_list_store.h"
#include "conversation/reach_store.h"
#include "conversation/testing_store.h"
#include "customer/customer_list_store.h"
#include "store/dialect_test.h"
#include "store/feed.h"

enum { TEXTS_MAX = 2000 };

struct texts {
    struct arena *arena;
    struct str items[TEXTS_MAX];
    size_t count;
};

static void note(void *context, const char *sql)
{
    struct texts *texts = context;
    CHECK(texts->count < TEXTS_MAX);
    if (texts->count < TEXTS_MAX) {
        texts->items[texts->count++] = arena_copy(texts->arena, str_from(sql));
    }
}

/* Sorted sets that are known to be small: what an agent is mentioned in (2000), a label's or a
 * customer's conversations below LIST_SMALL_MAX, one customer's conversations for the timeline. */
static bool may_sort(const char *sql)
{
    return strstr(sql, "conversation_mention WHERE agent_id") ||
           strstr(sql, "conversation_label WHERE label_id") || strstr(sql, "v.customer_id = $") ||
           strstr(sql, " IN ($1, $2, $3, $4,");
}

/* "SCAN v USING INDEX" too walks through all of an index; a subquery's own rows are few. */
static bool is_scan(const char *detail)
{
    static const char *const SMALL[] = {
        "SCAN CONSTANT ROW", "SCAN k", "SCAN (", "SCAN n", "SCAN s", "SCAN SUBQUERY", NULL
    };
    if (!strstr(detail, "SCAN ")) return false;
    for (size_t i = 0; SMALL[i]; i++) {
        size_t size = strlen(SMALL[i]);
        if (strncmp(detail, SMALL[i], size) != 0) continue;
        if (SMALL[i][size - 1] == '(' || strchr(" ", detail[size])) return false;
    }
    return true;
}

static bool is_bad(const char *sql, const char *detail)
{
    return is_scan(detail) || (strstr(detail, "TEMP B-TREE FOR ORDER BY") && !may_sort(sql));
}

static void check_detail(void *sql, const char *detail)
{
    bool has_bound = !is_bad(sql, detail);
    CHECK(has_bound);
    if (has_bound) return;
    printf("  %s\n  %s\n", detail, (const char *)sql);
}

static void check_texts(const struct scene *scene, const struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        const char *sql = texts->items[i].data;
        dialect_plan(scene->workspace->store_path, sql, check_detail, (void *)(uintptr_t)sql);
    }
}

static struct texts *watch(struct scene *scene)
{
    struct texts *texts = arena_new(scene->arena, struct texts);
    texts->arena = scene->arena;
    dialect_watch(note, texts);
    return texts;
}

TEST(a_plan_that_walks_through_a_table_would_be_seen)
{
    CHECK(is_bad("", "SCAN v"));
    CHECK(is_bad("", "SCAN conversation USING INDEX conversation_activity"));
    CHECK(is_bad("", "SCAN n2"));
    CHECK(is_bad("", "USE TEMP B-TREE FOR ORDER BY"));
    CHECK(!is_bad("", "SEARCH v USING INDEX conversation_activity (state=?)"));
    CHECK(!is_bad("", "SCAN k"));
    CHECK(!is_bad("", "SCAN (subquery-2)"));
}

/* Each source in each order, for one state and for all. */
TEST(no_source_of_a_list_of_conversations_walks_or_sorts_without_bound)
{
    struct scene scene = scene_open();
    struct texts *texts = watch(&scene);
    struct conversation_key after = { INT64_MAX, INT64_MAX };
    size_t statements = 0;
    for (int kind = 0; kind < SOURCE_KINDS; kind++) {
        for (int order = 0; order < CONVERSATION_ORDERS; order++) {
            bool by_creation = order == ORDER_CREATED_DOWN || order == ORDER_CREATED_UP;
            bool has_activity_only =
                kind == SOURCE_TEAMLESS || kind == SOURCE_TEAM || kind == SOURCE_AGENT;
            if (by_creation && has_activity_only) continue; /* never planned: the test below */
            for (uint32_t states = 0; states <= 1U << STATE_OPEN; states += 1U << STATE_OPEN) {
                struct source source = { (enum source_kind)kind, 1 };
                struct reach reach = { .sees_all = states == 0, .agent_id = 1 };
                struct conversation_filter filter = { .states = states,
                                                      .label_id = states == 0 ? 0 : 1,
                                                      .order = (enum conversation_order)order };
                struct filter statement;
                struct rows rows;
                struct conversation_asked asked = { &filter, &reach, &after, 50, { 0 } };
                conversation_source_filter(&source, &asked, &statement);
                CHECK(filter_read(scene.reader, scene.arena, &statement, 1000, &rows) == OK);
                statements++;
            }
        }
    }
    dialect_watch(NULL, NULL);
    CHECK(statements == 44 && texts->count >= 30);
    check_texts(&scene, texts);
    scene_close(&scene);
}

/* Every combination of filters and reach: which sources it is read from. */
TEST(every_combination_of_filters_is_read_from_an_index_in_the_order_of_the_list)
{
    static const int64_t TEAMS[] = { 10, 11 };
    static const int64_t CUSTOMER = 5;
    const struct reach reaches[] = { { .sees_all = true },
                                     { .agent_id = 1, .teams = TEAMS, .teams_count = 2 },
                                     { .agent_id = 1 },
                                     { 0 } };
    for (unsigned bits = 0; bits < 1U << 8; bits++) {
        for (size_t i = 0; i < sizeof(reaches) / sizeof(reaches[0]); i++) {
            struct conversation_filter filter = {
                .order = (enum conversation_order)(bits % CONVERSATION_ORDERS),
                .teams = { 10, 12 },
                .teams_count = bits & 4 ? 2 : 0,
                .agents = { 1, 2 },
                .agents_count = bits & 8 ? 2 : 0,
                .label_id = bits & 16 ? 3 : 0,
                .customers = &CUSTOMER,
                .customers_count = bits & 32 ? 1 : 0,
            };
            struct conversation_sizes sizes = { bits & 64, bits & 128 };
            struct conversation_plan plan;
            conversation_plan(&filter, &reaches[i], &sizes, &plan);
            for (size_t k = 0; k < plan.count; k++) {
                enum source_kind kind = plan.sources[k].kind;
                bool by_creation =
                    filter.order == ORDER_CREATED_DOWN || filter.order == ORDER_CREATED_UP;
                CHECK(!by_creation || kind == SOURCE_STATE || kind >= SOURCE_MENTION);
                CHECK(kind != SOURCE_LABEL || sizes.label_is_small);
                CHECK(kind != SOURCE_CUSTOMER || sizes.customers_are_small);
            }
            bool reaches_nothing = !reaches[i].sees_all && reaches[i].agent_id == 0;
            CHECK(plan.count > 0 || reaches_nothing);
        }
    }
}

TEST(no_other_list_walks_or_sorts_without_bound)
{
    struct scene scene = scene_open();
    int64_t team_id = scene_team(&scene, "Returns");
    int64_t agent_id = scene_agent(&scene, "Noor");
    int64_t customer_id = scene_customer(&scene, "ana@example.org");
    scene_join(&scene, team_id, agent_id);
    struct conversation draft = { .customer_id = customer_id };
    int64_t id = scene_conversation(&scene, &draft);
    int64_t message = scene_message(&scene, id, customer_id, DIRECTION_IN, 1, "Hello");
    scene_message(&scene, 0, customer_id, DIRECTION_IN, 1, "Hello");

    struct texts *texts = watch(&scene);
    struct reach reach = scene_reach(&scene, agent_id);
    struct interaction_asked asked = { .from_ms = INT64_MIN,
                                       .to_ms = INT64_MAX,
                                       .limit = 10,
                                       .reach = &reach,
                                       .customers = &customer_id,
                                       .customers_count = 1 };
    struct interaction_page page;
    struct interaction_view one;
    struct customer_page customers;
    const struct event *events;
    size_t count;
    int64_t *members;
    struct read_from from = { .reader = scene.reader };
    CHECK(interactions_of_conversation(scene.reader, scene.arena, id, &asked, &page) == OK);
    asked.order = INTERACTIONS_NEWEST_FIRST;
    CHECK(interactions_of_conversation(scene.reader, scene.arena, id, &asked, &page) == OK);
    CHECK(interactions_of_customers(scene.reader, scene.arena, &asked, &page) == OK);
    CHECK(page.count == 2);
    CHECK(interactions_captured(scene.reader, scene.arena, &asked, &page) == OK);
    CHECK(interaction_read_one(scene.reader, scene.arena, &reach, message, &one) == OK);
    CHECK(customer_list(scene.reader, scene.arena, &(struct customer_asked){ .limit = 10 },
                        &customers) == OK);
    CHECK(customer_list_identity(scene.reader, scene.arena, IDENTITY_EMAIL, STR("ana@example.org"),
                                 &customers) == OK);
    CHECK(customer_members(&from, scene.arena, customer_id, &members, &count) == OK);
    CHECK(feed_read_conversation(scene.reader, scene.arena, id, 0, 10, &events, &count) == OK);
    dialect_watch(NULL, NULL);
    CHECK(texts->count >= 14);
    check_texts(&scene, texts);
    scene_close(&scene);
}
