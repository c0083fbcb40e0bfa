/* Finding conversations and customers by words, from the event log to the list. */
#include <stdio.h>

#include "base/test.h"
#include "base/time.h"
#include "conversation/conversation_change_store.h"
#include "conversation/conversation_list_store.h"
#include "conversation/conversation_search_store.h"
#include "conversation/testing_store.h"
#include "customer/customer_erase_store.h"
#include "customer/customer_list_store.h"
#include "customer/customer_merge_store.h"
#include "customer/customer_search_store.h"

enum { LIBRARY_SOURCES_MAX = 32, PATH_SIZE = 400, WAIT_MS = 10000 };

struct library {
    struct scene scene;
    struct search_source sources[LIBRARY_SOURCES_MAX];
    char path[PATH_SIZE];
    struct search *search;
    struct search_reader *reader;
};

static void library_open(struct library *library)
{
    *library = (struct library){ .scene = scene_open() };
    struct workspace *workspace = library->scene.workspace;
    size_t count = 0;
    for (size_t i = 0; i < CONVERSATION_SEARCH_SOURCES_COUNT; i++) {
        library->sources[count++] = CONVERSATION_SEARCH_SOURCES[i];
    }
    for (size_t i = 0; i < CUSTOMER_SEARCH_SOURCES_COUNT; i++) {
        library->sources[count++] = CUSTOMER_SEARCH_SOURCES[i];
    }
    snprintf(library->path, sizeof(library->path), "%.*s/words.db", STR_ARG(workspace->directory));
    struct search_settings settings = { .path = library->path,
                                        .store_path = workspace->store_path,
                                        .sources = library->sources,
                                        .sources_count = count };
    CHECK(search_open(library->scene.arena, &settings, workspace->feed, &library->search) == OK);
    CHECK(search_reader_open(library->scene.arena, library->path, &library->reader) == OK);
}

static void library_close(struct library *library)
{
    search_reader_close(library->reader);
    search_close(library->search);
    scene_close(&library->scene);
}

/* Until the index knows all that was committed; an erasure builds it again meanwhile. */
static void settle(struct library *library)
{
    int64_t until_ms = time_monotonic_ms() + WAIT_MS;
    int64_t seq = writer_seq(library->scene.workspace->writer);
    bool is_settled = false;
    for (int calm = 0; calm < 3 && time_monotonic_ms() < until_ms;) {
        is_settled = search_seq(library->search) >= seq;
        calm = is_settled ? calm + 1 : 0;
        struct timespec pause = { .tv_nsec = 20000000 };
        nanosleep(&pause, NULL);
    }
    CHECK(is_settled);
}

static struct conversation_page conversations(struct library *library,
                                              const struct conversation_filter *filter,
                                              const struct reach *reach, const char *text)
{
    struct conversation_page page = { 0 };
    struct conversation_asked asked = { filter, reach, NULL, 10, str_from(text) };
    CHECK(conversation_list_text(library->scene.reader, library->reader, library->scene.arena,
                                 &asked, &page) == OK);
    return page;
}

static struct customer_page customers(struct library *library, const char *text)
{
    struct customer_page page = { 0 };
    struct customer_asked asked = { .limit = 10, .text = str_from(text) };
    CHECK(customer_list_text(library->scene.reader, library->reader, library->scene.arena, &asked,
                             &page) == OK);
    return page;
}

static const struct conversation_filter ALL = { 0 };
static const struct reach EVERYTHING = { .sees_all = true };

TEST(conversations_are_found_by_their_subject_and_messages_within_reach_and_filter)
{
    struct library library;
    library_open(&library);
    struct scene *scene = &library.scene;
    int64_t agent_id = scene_agent(scene, "Noor");
    struct conversation draft = { .subject = STR("A broken kettle") };
    int64_t open = scene_conversation(scene, &draft);
    draft.team_id = scene_team(scene, "Others");
    draft.state = STATE_SOLVED;
    int64_t foreign = scene_conversation(scene, &draft);
    scene_message(scene, foreign, 0, DIRECTION_IN, 1, "It whistles no more");
    settle(&library);

    struct conversation_page page = conversations(&library, &ALL, &EVERYTHING, "KETTLE brok");
    CHECK(page.count == 2 && page.items[0].id == foreign && page.items[1].id == open);
    CHECK(!page.has_more);
    page = conversations(&library, &ALL, &EVERYTHING, "whistle");
    CHECK(page.count == 1 && page.items[0].id == foreign);
    struct reach reach = scene_reach(scene, agent_id);
    page = conversations(&library, &ALL, &reach, "kettle");
    CHECK(page.count == 1 && page.items[0].id == open);
    struct conversation_filter solved = { .states = 1U << STATE_SOLVED };
    page = conversations(&library, &solved, &EVERYTHING, "kettle");
    CHECK(page.count == 1 && page.items[0].id == foreign);
    struct conversation_asked wordless = { &ALL, &EVERYTHING, NULL, 10, STR(" ! ") };
    CHECK(conversation_list_text(scene->reader, library.reader, scene->arena, &wordless, &page) ==
          ERR_INVALID);

    struct conversation_patch_in patch = { .id = open, .subject = { true, STR("A teapot") } };
    struct conversation_out out;
    CHECK(scene_run(scene, &CONVERSATION_PATCH, &patch, &out) == OK);
    settle(&library);
    page = conversations(&library, &ALL, &EVERYTHING, "teapot");
    CHECK(page.count == 1 && page.items[0].id == open);
    library_close(&library);
}

TEST(found_conversations_are_paged_without_a_gap)
{
    struct library library;
    library_open(&library);
    struct scene *scene = &library.scene;
    enum { COUNT = 23, LIMIT = 5 };
    int64_t ids[COUNT];
    for (int i = 0; i < COUNT; i++) {
        struct conversation draft = { .subject = STR("kettle"),
                                      .state = i % 3 == 0 ? STATE_SOLVED : STATE_OPEN };
        ids[i] = scene_conversation(scene, &draft);
    }
    settle(&library);
    struct conversation_filter open = { .states = 1U << STATE_OPEN };
    struct conversation_page page = { .has_more = true };
    int next = COUNT - 1;
    bool is_first = true;
    while (page.has_more) {
        struct conversation_key after = page.next;
        struct conversation_asked asked = { &open, &EVERYTHING, is_first ? NULL : &after, LIMIT,
                                            STR("kettle") };
        CHECK(conversation_list_text(scene->reader, library.reader, scene->arena, &asked, &page) ==
              OK);
        is_first = false;
        for (size_t i = 0; i < page.count; i++, next--) {
            while (next >= 0 && next % 3 == 0) next--;
            CHECK(next >= 0 && page.items[i].id == ids[next]);
        }
    }
    CHECK(next <= 0);
    library_close(&library);
}

TEST(a_customer_is_found_by_name_and_identities_where_merging_led)
{
    struct library library;
    library_open(&library);
    struct scene *scene = &library.scene;
    int64_t ana = scene_customer(scene, "ana@example.org");
    int64_t anna = scene_customer(scene, "anna.b@example.com");
    struct customer_patch_in name = { .id = anna, .name = { true, STR("Anna Blum") } };
    struct customer_out out;
    CHECK(scene_run(scene, &CUSTOMER_PATCH, &name, &out) == OK);
    settle(&library);
    struct customer_page page = customers(&library, "blum");
    CHECK(page.count == 1 && page.items[0].id == anna);
    page = customers(&library, "example org");
    CHECK(page.count == 1 && page.items[0].id == ana);

    struct customer_merge_in merge = { ana, anna };
    CHECK(scene_run(scene, &CUSTOMER_MERGE, &merge, &out) == OK);
    settle(&library);
    page = customers(&library, "blum");
    CHECK(page.count == 1 && page.items[0].id == ana);
    page = customers(&library, "example");
    CHECK(page.count == 1 && page.items[0].id == ana && page.items[0].identities_count == 2);

    struct customer_unmerge_in unmerge = { anna };
    CHECK(scene_run(scene, &CUSTOMER_UNMERGE, &unmerge, &out) == OK);
    settle(&library);
    page = customers(&library, "blum");
    CHECK(page.count == 1 && page.items[0].id == anna);
    page = customers(&library, "example");
    CHECK(page.count == 2);
    library_close(&library);
}

TEST(nothing_finds_an_erased_customer)
{
    struct library library;
    library_open(&library);
    struct scene *scene = &library.scene;
    int64_t ana = scene_customer(scene, "ana@example.org");
    int64_t ben = scene_customer(scene, "ben@example.org");
    struct conversation draft = { .customer_id = ana, .subject = STR("A broken kettle") };
    int64_t id = scene_conversation(scene, &draft);
    scene_message(scene, id, ana, DIRECTION_IN, 1, "It whistles no more");
    struct conversation other = { .customer_id = ben, .subject = STR("Another kettle") };
    int64_t kept = scene_conversation(scene, &other);
    settle(&library);
    CHECK(conversations(&library, &ALL, &EVERYTHING, "kettle").count == 2);

    struct customer_erase_in in = { ana };
    struct customer_erased out;
    CHECK(scene_run(scene, &CUSTOMER_FORGET, &in, &out) == OK);
    settle(&library);
    CHECK(customers(&library, "ana").count == 0);
    CHECK(customers(&library, "example").count == 1);
    CHECK(conversations(&library, &ALL, &EVERYTHING, "whistles").count == 0);
    struct conversation_page page = conversations(&library, &ALL, &EVERYTHING, "kettle");
    CHECK(page.count == 1 && page.items[0].id == kept);
    library_close(&library);
}
