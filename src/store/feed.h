/* The event log as followers read it: in order, from a cursor of their own, never with a gap.
 *
 * A follower is a thread that reads from its cursor, then waits until there is more. It reads with
 * a reader of its own and can be rebuilt from zero.
 *
 * Owner: the feed, any thread; a cursor, its follower's thread.
 */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/event.h"
#include "store/store.h"

struct feed;

enum { FEED_FOLLOWERS_MAX = 16, FEED_READ_MAX = 4096 };

struct feed *feed_open(struct arena *arena);
void feed_close(struct feed *feed);

/* The writer calls this after a commit. */
void feed_advance(struct feed *feed, int64_t seq);
/* The last committed seq. Any thread. */
int64_t feed_seq(const struct feed *feed);

/* Waits until there is an event after `seq` or `timeout_ms` have passed; true if there is one.
 * `place` is the follower's own, from feed_join. */
struct feed_place;
struct feed_place *feed_join(struct arena *arena, struct feed *feed);
bool feed_wait(struct feed_place *place, int64_t seq, int64_t timeout_ms);
/* Ends a feed_wait at once. Any thread. */
void feed_wake(struct feed_place *place);

/* Up to `count_max` (at most FEED_READ_MAX) events after `after_seq`, in order. */
enum err feed_read(struct reader *reader, struct arena *arena, int64_t after_seq, size_t count_max,
                   const struct event **out, size_t *count);
/* The history of one conversation but for captured interactions, oldest first, after `after_seq`.
 */
enum err feed_read_conversation(struct reader *reader, struct arena *arena, int64_t conversation_id,
                                int64_t after_seq, size_t count_max, const struct event **out,
                                size_t *count);
/* The last event known at `at_ms` or before; 0 if there is none. */
enum err feed_seq_at(struct reader *reader, struct arena *arena, int64_t at_ms, int64_t *out);

struct feed_check {
    int64_t count;
    int64_t first_bad_seq; /* 0: the chain holds */
};
/* Walks the whole chain: hashes and gaps. Used by `verify` and by tests. */
enum err feed_verify(struct reader *reader, struct feed_check *out);
