#include "metric/facts_follow.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <time.h>

#include "base/log.h"
#include "base/thread.h"
#include "base/time.h"
#include "metric/event_follow.h"
#include "metric/measure.h"
#include "store/workspace.h"

enum { WAIT_MS = 60000, RETRY_MS = 1000, LOOK_AGAIN_NS = 200000 };

struct facts_follow {
    struct workspace *workspace;
    struct facts *facts;
    struct event_facts *events;
    struct arena *arena;   /* of this and what is known of each conversation */
    struct arena *scratch; /* of one batch */
    struct reader *reader;
    struct feed_place *place;
    struct thread thread;
    atomic_bool ends;
    int64_t rebuilt_to; /* the last event when we started */
};

/* A batch after `*seq`. What was read is whole events, so a failure loses nothing. */
static enum err follow_batch(struct facts_follow *follow, int64_t *seq)
{
    const struct event *events;
    size_t count;
    enum err err = feed_read(follow->reader, follow->scratch, *seq, FEED_READ_MAX, &events, &count);
    if (err) return err;
    for (size_t i = 0; i < count; i++) {
        event_facts_add(follow->events, follow->scratch, &events[i]);
        *seq = events[i].seq;
    }
    if (count > 0) facts_publish(follow->facts, *seq);
    arena_reset(follow->scratch);
    return OK;
}

static void follow_loop(void *context)
{
    struct facts_follow *follow = context;
    int64_t seq = 0;
    int64_t begun_ms = time_monotonic_ms();
    bool is_told = follow->rebuilt_to == 0;
    facts_own(follow->facts);
    while (!atomic_load(&follow->ends)) {
        enum err err = follow_batch(follow, &seq);
        if (err) log_error("facts", "seq=%" PRId64 " err=%s", seq, err_name(err));
        if (!is_told && seq >= follow->rebuilt_to) {
            log_info("facts", "rebuilt seq=%" PRId64 " ms=%" PRId64 " bytes=%zu", seq,
                     time_monotonic_ms() - begun_ms, facts_memory(follow->facts));
            is_told = true;
        }
        if (err) {
            struct timespec pause = { .tv_sec = RETRY_MS / MS_PER_SECOND };
            nanosleep(&pause, NULL);
        } else {
            feed_wait(follow->place, seq, WAIT_MS);
        }
    }
}

enum err facts_follow_start(struct workspace *workspace)
{
    struct arena *arena = arena_open();
    struct facts_follow *follow = arena_new(arena, struct facts_follow);
    follow->workspace = workspace;
    follow->arena = arena;
    follow->scratch = arena_open();
    follow->facts = facts_open(MEASURES);
    follow->rebuilt_to = feed_seq(workspace->feed);
    follow->events = event_facts_open(arena, follow->facts);
    workspace->facts_follow = follow;
    workspace->facts = follow->facts;
    enum err err = reader_open(arena, workspace->store_path, &follow->reader);
    if (!err) {
        follow->place = feed_join(arena, workspace->feed);
        err = thread_start(&follow->thread, "facts", follow_loop, follow);
    }
    if (err) facts_follow_stop(workspace);
    return err;
}

void facts_follow_stop(struct workspace *workspace)
{
    struct facts_follow *follow = workspace->facts_follow;
    if (!follow) return;
    atomic_store(&follow->ends, true);
    if (follow->place) feed_wake(follow->place);
    thread_join(&follow->thread);
    if (follow->reader) reader_close(follow->reader);
    facts_close(follow->facts);
    arena_close(follow->scratch);
    workspace->facts = NULL;
    workspace->facts_follow = NULL;
    arena_close(follow->arena);
}

void facts_follow_wait(const struct workspace *workspace, int64_t timeout_ms)
{
    int64_t seq = writer_seq(workspace->writer); /* the feed hears of a commit after its asker */
    int64_t until_ms = time_monotonic_ms() + timeout_ms;
    while (facts_seq(workspace->facts) < seq && time_monotonic_ms() < until_ms) {
        struct timespec pause = { .tv_nsec = LOOK_AGAIN_NS };
        nanosleep(&pause, NULL);
    }
}

bool facts_follow_is_ready(const struct workspace *workspace)
{
    return facts_seq(workspace->facts) >= workspace->facts_follow->rebuilt_to;
}
