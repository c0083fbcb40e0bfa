#include "store/search.h"

#include <stdio.h>
#include <unistd.h>

#include "base/test.h"
#include "store/setting.h"
#include "store/testing.h"

static const struct actor SYSTEM = { .kind = ACTOR_SYSTEM };

struct text_in {
    int64_t conversation_id;
    struct str text;
    bool erases;
};

/* The texts stand in settings named t1, t2, … by the seq of their event. */
static enum err text_add(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    (void)out;
    const struct text_in *text = in;
    char name[32];
    snprintf(name, sizeof(name), "t%lld", (long long)text->conversation_id);
    enum err err = setting_write(tx, str_from(name), text->text);
    if (err) return err;
    tx_event(tx, &(struct event){ .kind = text->erases ? EVENT_CUSTOMER_ERASED
                                                       : EVENT_CONVERSATION_CREATED,
                                  .conversation_id = text->conversation_id });
    return OK;
}

static const struct command TEXT_ADD = { .name = "text_add", .run = text_add };

static enum err source_read(struct reader *reader, struct arena *arena, const struct event *event,
                            int64_t *id, struct str *text, bool *replaces)
{
    char name[32];
    *replaces = false;
    *id = event->conversation_id;
    snprintf(name, sizeof(name), "t%lld", (long long)event->conversation_id);
    return setting_read(reader, arena, str_from(name), text);
}

static const struct search_source SOURCES[] = {
    { EVENT_CONVERSATION_CREATED, SEARCH_CONVERSATION, source_read },
};

struct fixture {
    struct workspace *workspace;
    struct arena *arena;
    struct search *search;
    struct search_reader *reader;
};

static struct fixture fixture_open(void)
{
    struct fixture fixture = { .workspace = testing_workspace_open(), .arena = arena_open() };
    struct search_settings settings = { .path = fixture.workspace->search_path,
                                        .store_path = fixture.workspace->store_path,
                                        .sources = SOURCES,
                                        .sources_count = 1 };
    CHECK(search_open(fixture.arena, &settings, fixture.workspace->feed, &fixture.search) == OK);
    CHECK(search_reader_open(fixture.arena, settings.path, &fixture.reader) == OK);
    return fixture;
}

static void fixture_close(struct fixture *fixture)
{
    search_reader_close(fixture->reader);
    search_close(fixture->search);
    testing_workspace_close(fixture->workspace);
    arena_close(fixture->arena);
}

static void add(struct fixture *fixture, int64_t id, struct str text, bool erases)
{
    struct text_in in = { id, text, erases };
    CHECK(writer_call(fixture->workspace->writer, fixture->arena, &TEXT_ADD, SYSTEM, &in, NULL) ==
          OK);
    for (int i = 0; i < 500; i++) {
        if (search_seq(fixture->search) == writer_seq(fixture->workspace->writer)) return;
        usleep(10000);
    }
    CHECK(false && "the index follows within five seconds");
}

static size_t find(struct fixture *fixture, struct str text, int64_t before, int64_t *first)
{
    int64_t *ids;
    size_t count = 0;
    enum err err = search_find(fixture->reader, fixture->arena, SEARCH_CONVERSATION, text, before,
                               10, &ids, &count);
    CHECK(err == OK);
    if (count > 0) *first = ids[0];
    return count;
}

TEST(all_words_must_match_and_the_last_may_be_a_beginning)
{
    struct fixture fixture = fixture_open();
    int64_t first = 0;
    add(&fixture, 11, STR("Die Tür klemmt seit gestern"), false);
    add(&fixture, 12, STR("La porte est bloquée"), false);
    add(&fixture, 13, STR("The door is stuck; die Tür"), false);
    CHECK(find(&fixture, STR("tur"), 0, &first) == 2 && first == 13);
    CHECK(find(&fixture, STR("tür"), 13, &first) == 1 && first == 11);
    CHECK(find(&fixture, STR("TÜR gest"), 0, &first) == 1 && first == 11);
    CHECK(find(&fixture, STR("bloquee por"), 0, &first) == 1 && first == 12);
    CHECK(find(&fixture, STR("tür porte"), 0, &first) == 0);
    CHECK(find(&fixture, STR("\" OR door *"), 0, &first) == 0);
    CHECK(search_find(fixture.reader, fixture.arena, SEARCH_CONVERSATION, STR("…!"), 0, 10, NULL,
                      NULL) == ERR_INVALID);
    fixture_close(&fixture);
}

TEST(an_erased_text_is_found_no_more)
{
    struct fixture fixture = fixture_open();
    int64_t first = 0;
    add(&fixture, 11, STR("secret melon"), false);
    add(&fixture, 12, STR("other melon"), false);
    CHECK(find(&fixture, STR("melon"), 0, &first) == 2);
    add(&fixture, 11, STR(""), true);
    CHECK(find(&fixture, STR("melon"), 0, &first) == 1 && first == 12);
    fixture_close(&fixture);
}
