#include "store/feed.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"

#define EVENT_COLUMNS                                                                              \
    "SELECT seq, at_ms, known_ms, kind, version, actor_kind, actor_id, origin_id, customer_id,"    \
    " conversation_id, interaction_id, data"

static const struct query EVENTS_READ = {
    .sql = EVENT_COLUMNS " FROM event WHERE seq > $1 ORDER BY seq LIMIT $2",
    .rows_max = FEED_READ_MAX,
};
static const struct query CONVERSATION_READ = {
    .sql = EVENT_COLUMNS " FROM event WHERE conversation_id = $1 AND seq > $2 AND kind > 1"
                         " ORDER BY seq LIMIT $3",
    .rows_max = FEED_READ_MAX,
};
static const struct query CHAIN_READ = {
    .sql = EVENT_COLUMNS ", hash FROM event WHERE seq > $1 ORDER BY seq LIMIT $2",
    .rows_max = FEED_READ_MAX,
};
static const struct query EVENT_KNOWN_READ = {
    .sql = "SELECT known_ms FROM event WHERE seq = $1",
    .rows_max = 1,
};
static const struct query LAST_READ = {
    .sql = "SELECT seq FROM event ORDER BY seq DESC LIMIT 1",
    .rows_max = 1,
};

enum column {
    SEQ,
    AT_MS,
    KNOWN_MS,
    KIND,
    VERSION,
    ACTOR_KIND,
    ACTOR_ID,
    ORIGIN_ID,
    CUSTOMER_ID,
    CONVERSATION_ID,
    INTERACTION_ID,
    DATA,
    HASH
};

struct feed_place {
    struct feed *feed;
    int descriptor; /* an eventfd */
    atomic_bool is_waiting;
};

struct feed {
    _Atomic int64_t seq;
    struct feed_place places[FEED_FOLLOWERS_MAX];
    atomic_size_t places_count;
};

struct feed *feed_open(struct arena *arena)
{
    return arena_new(arena, struct feed);
}

void feed_close(struct feed *feed)
{
    size_t count = atomic_load(&feed->places_count);
    for (size_t i = 0; i < count; i++) close(feed->places[i].descriptor);
    atomic_store(&feed->places_count, 0);
}

void feed_wake(struct feed_place *place)
{
    uint64_t one = 1;
    ssize_t size = write(place->descriptor, &one, sizeof(one));
    if (size < 0 && errno != EAGAIN) log_error("feed", "a follower cannot be woken");
}

void feed_advance(struct feed *feed, int64_t seq)
{
    atomic_store(&feed->seq, seq);
    size_t count = atomic_load(&feed->places_count);
    for (size_t i = 0; i < count; i++) {
        if (atomic_exchange(&feed->places[i].is_waiting, false)) feed_wake(&feed->places[i]);
    }
}

int64_t feed_seq(const struct feed *feed)
{
    return atomic_load(&((struct feed *)(uintptr_t)feed)->seq);
}

struct feed_place *feed_join(struct arena *arena, struct feed *feed)
{
    (void)arena;
    size_t index = atomic_load(&feed->places_count);
    assert(index < FEED_FOLLOWERS_MAX);
    struct feed_place *place = &feed->places[index];
    place->feed = feed;
    place->descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (place->descriptor < 0) log_fatal("feed", "eventfd errno=%d", errno);
    atomic_store(&feed->places_count, index + 1);
    return place;
}

/* The flag is raised before looking at seq again, so that a commit in between wakes us. */
bool feed_wait(struct feed_place *place, int64_t seq, int64_t timeout_ms)
{
    if (feed_seq(place->feed) > seq) return true;
    atomic_store(&place->is_waiting, true);
    if (feed_seq(place->feed) <= seq) {
        struct pollfd waiting = { .fd = place->descriptor, .events = POLLIN };
        int timeout = timeout_ms > INT32_MAX ? INT32_MAX : (int)timeout_ms;
        if (poll(&waiting, 1, timeout) < 0 && errno != EINTR) {
            log_error("feed", "poll errno=%d", errno);
        }
    }
    atomic_store(&place->is_waiting, false);
    uint64_t count;
    ssize_t size = read(place->descriptor, &count, sizeof(count));
    if (size < 0 && errno != EAGAIN) log_error("feed", "read errno=%d", errno);
    return feed_seq(place->feed) > seq;
}

static enum err event_of(const struct rows *rows, size_t row, struct arena *arena,
                         struct event *out)
{
    *out = (struct event){
        .seq = rows_int(rows, row, SEQ),
        .at_ms = rows_int(rows, row, AT_MS),
        .known_ms = rows_int(rows, row, KNOWN_MS),
        .kind = (enum event_kind)rows_int(rows, row, KIND),
        .version = (int)rows_int(rows, row, VERSION),
        .actor = { .kind = (enum actor_kind)rows_int(rows, row, ACTOR_KIND),
                   .id = rows_int(rows, row, ACTOR_ID),
                   .origin_id = rows_int(rows, row, ORIGIN_ID) },
        .customer_id = rows_int_or_zero(rows, row, CUSTOMER_ID),
        .conversation_id = rows_int_or_zero(rows, row, CONVERSATION_ID),
        .interaction_id = rows_int_or_zero(rows, row, INTERACTION_ID),
    };
    return event_decode(arena, rows_bytes(rows, row, DATA), &out->values, &out->values_count);
}

static enum err events_of(const struct rows *rows, struct arena *arena, const struct event **out,
                          size_t *count)
{
    struct event *events = arena_array(arena, struct event, rows->count + 1);
    for (size_t i = 0; i < rows->count; i++) {
        enum err err = event_of(rows, i, arena, &events[i]);
        if (err) {
            log_error("feed", "event seq=%lld is damaged", (long long)rows_int(rows, i, SEQ));
            return err;
        }
    }
    *out = events;
    *count = rows->count;
    return OK;
}

enum err feed_read(struct reader *reader, struct arena *arena, int64_t after_seq, size_t count_max,
                   const struct event **out, size_t *count)
{
    assert(count_max <= FEED_READ_MAX);
    struct rows rows;
    enum err err = reader_read(reader, arena, &EVENTS_READ,
                               ARGS(value_int(after_seq), value_int((int64_t)count_max)), &rows);
    return err ? err : events_of(&rows, arena, out, count);
}

enum err feed_read_conversation(struct reader *reader, struct arena *arena, int64_t conversation_id,
                                int64_t after_seq, size_t count_max, const struct event **out,
                                size_t *count)
{
    assert(count_max <= FEED_READ_MAX);
    struct rows rows;
    enum err err = reader_read(
        reader, arena, &CONVERSATION_READ,
        ARGS(value_int(conversation_id), value_int(after_seq), value_int((int64_t)count_max)),
        &rows);
    return err ? err : events_of(&rows, arena, out, count);
}

static enum err known_at(struct reader *reader, struct arena *arena, int64_t seq, int64_t *out)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &EVENT_KNOWN_READ, ARGS(value_int(seq)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_CORRUPT; /* the log has no gaps */
    *out = rows_int(&rows, 0, 0);
    return OK;
}

/* known_ms never falls along the log, so the place is found by halving. */
enum err feed_seq_at(struct reader *reader, struct arena *arena, int64_t at_ms, int64_t *out)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &LAST_READ, NO_ARGS, &rows);
    if (err) return err;
    int64_t low = 0; /* known at_ms or before, or no event */
    int64_t high = rows.count == 1 ? rows_int(&rows, 0, 0) : 0;
    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2;
        int64_t known_ms;
        err = known_at(reader, arena, middle, &known_ms);
        if (err) return err;
        if (known_ms <= at_ms) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    *out = low;
    return OK;
}

static enum err chain_check(const struct rows *rows, struct arena *arena, struct hash *previous,
                            struct feed_check *check)
{
    for (size_t i = 0; i < rows->count && check->first_bad_seq == 0; i++) {
        struct event event;
        enum err err = event_of(rows, i, arena, &event);
        struct hash hash = event_hash(arena, &event, rows_bytes(rows, i, DATA), previous);
        struct str stored = rows_bytes(rows, i, HASH);
        check->count++;
        if (err || event.seq != check->count || stored.size != HASH_SIZE ||
            memcmp(stored.data, hash.bytes, HASH_SIZE) != 0) {
            check->first_bad_seq = check->count;
        }
        *previous = hash;
    }
    return OK;
}

enum err feed_verify(struct reader *reader, struct feed_check *out)
{
    struct arena *arena = arena_open();
    struct hash previous = { 0 };
    struct feed_check check = { 0 };
    struct rows rows = { .count = FEED_READ_MAX };
    enum err err = OK;
    while (!err && rows.count == FEED_READ_MAX && check.first_bad_seq == 0) {
        arena_reset(arena);
        err = reader_read(reader, arena, &CHAIN_READ,
                          ARGS(value_int(check.count), value_int(FEED_READ_MAX)), &rows);
        if (!err) err = chain_check(&rows, arena, &previous, &check);
    }
    arena_close(arena);
    if (!err) *out = check;
    return err;
}
