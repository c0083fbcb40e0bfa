#include "store/feed.h"

#include <stdatomic.h>
#include <unistd.h>

#include "base/test.h"
#include "base/thread.h"
#include "base/time.h"
#include "store/connection.h"
#include "store/testing.h"

static const struct actor SYSTEM = { .kind = ACTOR_AGENT, .id = 5, .origin_id = 6 };

/* As many events as `in` says, all about conversation 9. */
static enum err events_add(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    (void)out;
    for (int64_t i = 0; i < *(const int64_t *)in; i++) {
        struct event_values values = { 0 };
        event_put(&values, FIELD_LABEL, i + 1);
        enum event_kind kind = i % 2 ? EVENT_CONVERSATION_LABELLED : EVENT_INTERACTION_CAPTURED;
        tx_event(tx, &(struct event){ .kind = kind,
                                      .conversation_id = 9,
                                      .values = values.items,
                                      .values_count = values.count });
    }
    return OK;
}

static const struct command EVENTS_ADD = { .name = "events_add", .run = events_add };

static void add(struct workspace *workspace, int64_t count)
{
    struct arena *arena = arena_open();
    CHECK(writer_call(workspace->writer, arena, &EVENTS_ADD, SYSTEM, &count, NULL) == OK);
    arena_close(arena);
}

TEST(a_follower_reads_every_event_once_in_order)
{
    struct workspace *workspace = testing_workspace_open();
    struct arena *arena = arena_open();
    struct reader *reader = NULL;
    add(workspace, 5000);
    add(workspace, 3);
    CHECK(reader_open(arena, workspace->store_path, &reader) == OK);
    int64_t seq = 0;
    size_t count = 1;
    while (count > 0) {
        const struct event *events;
        CHECK(feed_read(reader, arena, seq, 1000, &events, &count) == OK);
        for (size_t i = 0; i < count; i++) {
            CHECK(events[i].seq == ++seq);
            CHECK(events[i].actor.id == 5 && events[i].actor.origin_id == 6);
            CHECK(event_number(&events[i], FIELD_LABEL, 0) == (seq <= 5000 ? seq : seq - 5000));
        }
    }
    CHECK(seq == 5003);
    reader_close(reader);
    arena_close(arena);
    testing_workspace_close(workspace);
}

TEST(the_history_of_a_conversation_leaves_captured_interactions_out)
{
    struct workspace *workspace = testing_workspace_open();
    struct arena *arena = arena_open();
    struct reader *reader = NULL;
    const struct event *events;
    size_t count;
    add(workspace, 6);
    CHECK(reader_open(arena, workspace->store_path, &reader) == OK);
    CHECK(feed_read_conversation(reader, arena, 9, 2, 100, &events, &count) == OK);
    CHECK(count == 2 && events[0].seq == 4 && events[1].seq == 6);
    CHECK(feed_read_conversation(reader, arena, 8, 0, 100, &events, &count) == OK);
    CHECK(count == 0);
    reader_close(reader);
    arena_close(arena);
    testing_workspace_close(workspace);
}

TEST(the_place_in_the_log_at_a_time_is_the_last_commit_before_it)
{
    struct workspace *workspace = testing_workspace_open();
    struct arena *arena = arena_open();
    struct reader *reader = NULL;
    int64_t seq;
    CHECK(reader_open(arena, workspace->store_path, &reader) == OK);
    CHECK(feed_seq_at(reader, arena, time_now_ms(), &seq) == OK && seq == 0);
    add(workspace, 3);
    usleep(5000);
    int64_t between_ms = time_now_ms();
    usleep(5000);
    add(workspace, 4);
    CHECK(feed_seq_at(reader, arena, between_ms, &seq) == OK && seq == 3);
    CHECK(feed_seq_at(reader, arena, time_now_ms() + 1, &seq) == OK && seq == 7);
    CHECK(feed_seq_at(reader, arena, 0, &seq) == OK && seq == 0);
    reader_close(reader);
    arena_close(arena);
    testing_workspace_close(workspace);
}

struct waiter {
    struct feed_place *place;
    _Atomic int64_t woken;
};

static void wait_for_event(void *context)
{
    struct waiter *waiter = context;
    bool has_more = feed_wait(waiter->place, 0, MS_PER_MINUTE);
    atomic_store(&waiter->woken, has_more ? 1 : 2);
}

TEST(a_waiting_follower_is_woken_by_a_commit)
{
    struct workspace *workspace = testing_workspace_open();
    struct arena *arena = arena_open();
    struct waiter waiter = { .place = feed_join(arena, workspace->feed) };
    CHECK(!feed_wait(waiter.place, 0, 1));
    struct thread thread = { 0 };
    CHECK(thread_start(&thread, "waiter", wait_for_event, &waiter) == OK);
    usleep(20000);
    CHECK(atomic_load(&waiter.woken) == 0);
    add(workspace, 1);
    thread_join(&thread);
    CHECK(atomic_load(&waiter.woken) == 1);
    arena_close(arena);
    testing_workspace_close(workspace);
}

/* Each change by hand breaks the chain at the event that was changed. */
TEST(a_change_of_the_log_is_found)
{
    static const char *const CHANGES[] = {
        "UPDATE event SET at_ms = at_ms + 1 WHERE seq = 4",
        "UPDATE event SET customer_id = 7 WHERE seq = 4",
        "UPDATE event SET data = x'4002' WHERE seq = 4",
        "DELETE FROM event WHERE seq = 4",
        "UPDATE event SET hash = zeroblob(32) WHERE seq = 4",
    };
    for (size_t i = 0; i < sizeof(CHANGES) / sizeof(CHANGES[0]); i++) {
        struct workspace *workspace = testing_workspace_open();
        struct arena *arena = arena_open();
        add(workspace, 8);
        struct connection connection = { 0 };
        CHECK(connection_open(&connection, workspace->store_path, SQLITE_OPEN_READWRITE) == OK);
        CHECK(connection_script(&connection, CHANGES[i]) == OK);
        connection_close(&connection);
        struct reader *reader = NULL;
        struct feed_check check = { 0 };
        CHECK(reader_open(arena, workspace->store_path, &reader) == OK);
        CHECK(feed_verify(reader, &check) == OK);
        CHECK(check.first_bad_seq == 4);
        reader_close(reader);
        arena_close(arena);
        testing_workspace_close(workspace);
    }
}
