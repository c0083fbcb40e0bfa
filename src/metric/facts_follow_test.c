#include "metric/facts_follow.h"

#include <stdatomic.h>
#include <unistd.h>

#include "base/test.h"
#include "base/thread.h"
#include "base/time.h"
#include "metric/event_follow.h"
#include "metric/measure.h"
#include "metric/query_run.h"
#include "metric/testing.h"
#include "store/event.h"
#include "store/testing.h"

enum { EVENTS = 3000, AT_ONCE = 50, WAIT_MS = 5000 };

struct events_in {
    const struct event *items;
    size_t count;
};

static enum err tell(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    (void)out;
    const struct events_in *events = in;
    for (size_t i = 0; i < events->count; i++) tx_event(tx, &events->items[i]);
    return OK;
}

static const struct command TELL = { .name = "test_tell", .run = tell };

static void tell_some(struct workspace *workspace, const struct history *history, size_t first,
                      size_t count)
{
    struct arena *arena = arena_open();
    struct events_in in = { &history->events[first], count };
    CHECK(writer_call(workspace->writer, arena, &TELL, (struct actor){ 0 }, &in, NULL) == OK);
    arena_close(arena);
}

static struct str bytes_of(struct arena *arena, struct facts *facts)
{
    struct facts_view view;
    struct str bytes = { 0 };
    CHECK(facts_view_begin(facts, &view) == OK);
    struct buf buf = buf_open(arena, 64 * 1024 * 1024);
    facts_write(&view, &buf);
    CHECK(buf_done(&buf, &bytes) == OK);
    facts_view_end(&view);
    return bytes;
}

TEST(facts_follow_the_log_and_are_the_same_byte_for_byte_when_rebuilt)
{
    struct arena *arena = arena_open();
    struct workspace *workspace = testing_workspace_open();
    struct history history = history_make(arena, 99, EVENTS);
    CHECK(facts_follow_start(workspace) == OK);
    CHECK(facts_follow_is_ready(workspace));
    for (size_t i = 0; i < EVENTS; i += AT_ONCE) tell_some(workspace, &history, i, AT_ONCE);
    facts_follow_wait(workspace, WAIT_MS);
    CHECK(facts_seq(workspace->facts) == EVENTS);
    struct str followed = bytes_of(arena, workspace->facts);
    facts_follow_stop(workspace);
    CHECK(!workspace->facts);

    workspace = testing_workspace_reopen(workspace);
    CHECK(facts_follow_start(workspace) == OK);
    facts_follow_wait(workspace, WAIT_MS);
    CHECK(facts_follow_is_ready(workspace));
    CHECK(str_equal(followed, bytes_of(arena, workspace->facts)));

    struct facts *direct = facts_open(MEASURES);
    struct event_facts *into = event_facts_open(arena, direct);
    for (size_t i = 0; i < EVENTS; i++) event_facts_add(into, arena, &history.events[i]);
    facts_publish(direct, EVENTS);
    CHECK(str_equal(followed, bytes_of(arena, direct)));
    facts_close(direct);

    facts_follow_stop(workspace);
    testing_workspace_close(workspace);
    arena_close(arena);
}

TEST(a_fact_is_in_the_answers_within_a_tenth_of_a_second_of_its_commit)
{
    struct arena *arena = arena_open();
    struct workspace *workspace = testing_workspace_open();
    struct history history = history_make(arena, 7, 100);
    CHECK(facts_follow_start(workspace) == OK);
    size_t late = 0; /* on a busy machine another thread may be in the way now and then */
    for (size_t i = 0; i < 100; i++) {
        tell_some(workspace, &history, i, 1);
        int64_t begun_ms = time_monotonic_ms();
        facts_follow_wait(workspace, WAIT_MS);
        int64_t took_ms = time_monotonic_ms() - begun_ms;
        late += took_ms > 100;
        CHECK(facts_seq(workspace->facts) == (int64_t)i + 1);
    }
    CHECK(late <= 10);
    facts_follow_stop(workspace);
    testing_workspace_close(workspace);
    arena_close(arena);
}

/* ---- asking while facts arrive ---- */

struct asker {
    struct workspace *workspace;
    const struct history *history;
    atomic_bool ends;
    atomic_int answers;
    atomic_int wrong;
};

/* An interaction is never taken back, so their number only grows with the seq. */
static void ask(struct asker *asker, struct arena *arena, int64_t *last)
{
    struct facts_view view;
    if (facts_view_begin(asker->workspace->facts, &view)) return;
    struct query_plan plan = {
        .metric = METRICS[0],
        .statistic = &METRICS[0]->statistics[0],
        .view = &view,
        .seq = view.seq,
        .now_ms = asker->history->to_ms,
        .period = { 0, asker->history->to_ms + 1 },
        .by = { DIMENSION_TEAM },
        .by_count = 1,
    };
    struct query_result result;
    int64_t expected = 0;
    for (int64_t i = 0; i < view.seq; i++) {
        expected += asker->history->events[i].kind == EVENT_INTERACTION_CAPTURED;
    }
    bool right = query_run(&plan, arena, &result) == OK && result.whole.total.number.n == expected;
    if (!right || expected < *last) atomic_fetch_add(&asker->wrong, 1);
    *last = expected;
    atomic_fetch_add(&asker->answers, 1);
    facts_view_end(&view);
    arena_reset(arena);
}

static void ask_run(void *context)
{
    struct asker *asker = context;
    struct arena *arena = arena_open();
    int64_t last = 0;
    while (!atomic_load(&asker->ends)) ask(asker, arena, &last);
    arena_close(arena);
}

TEST(answers_are_whole_while_facts_arrive)
{
    struct arena *arena = arena_open();
    struct workspace *workspace = testing_workspace_open();
    struct history history = history_make(arena, 5, EVENTS);
    CHECK(facts_follow_start(workspace) == OK);
    struct asker asker = { .workspace = workspace, .history = &history };
    struct thread thread = { 0 };
    CHECK(thread_start(&thread, "asker", ask_run, &asker) == OK);
    for (size_t i = 0; i < EVENTS; i += AT_ONCE) tell_some(workspace, &history, i, AT_ONCE);
    facts_follow_wait(workspace, WAIT_MS);
    int answers = atomic_load(&asker.answers);
    while (atomic_load(&asker.answers) < answers + 2) usleep(1000);
    atomic_store(&asker.ends, true);
    thread_join(&thread);
    CHECK(atomic_load(&asker.wrong) == 0);
    facts_follow_stop(workspace);
    testing_workspace_close(workspace);
    arena_close(arena);
}
