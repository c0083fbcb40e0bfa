#include "store/writer.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "base/log.h"
#include "base/mailbox.h"
#include "base/thread.h"
#include "base/time.h"
#include "store/batch.h"
#include "store/connection.h"
#include "store/feed.h"
#include "store/head.h"
#include "store/migrate.h"

enum {
    MAILBOX_SIZE = 16384,
    BATCH_MAX = 1024,             /* commands in one transaction */
    BATCH_EVENTS_MAX = 65536,     /* and events, after which it ends early */
    CHECKPOINT_PAGES = 8000,      /* of the WAL, then it is moved while nobody waits */
    CHECKPOINT_PAGES_MAX = 16000, /* then it is moved even if somebody does */
    IDLE_MS = 500,
    TIMERS_AT_ONCE = 100,
    TIMER_RETRY_MS = MS_PER_MINUTE,
};
static const int64_t NEVER = INT64_MAX;

static const struct row_cache_size CACHE_SIZES[TX_CACHES] = {
    [TX_CACHE_IDENTITY] = { .places = 65536, .key_max = 48, .value_max = 16 },
    [TX_CACHE_PLACE] = { .places = 256, .key_max = 48, .value_max = 8 },
    [TX_CACHE_CONVERSATION] = { .places = 32768, .key_max = 16, .value_max = 480 },
};

static const struct query BEGIN = { .sql = "BEGIN IMMEDIATE" };
static const struct query COMMIT = { .sql = "COMMIT" };
static const struct query ROLLBACK = { .sql = "ROLLBACK" };
static const struct query SAVEPOINT = { .sql = "SAVEPOINT command" };
static const struct query SAVEPOINT_UNDO = { .sql = "ROLLBACK TO SAVEPOINT command" };
static const struct query SAVEPOINT_RELEASE = { .sql = "RELEASE SAVEPOINT command" };

static const struct query LAST_READ = {
    .sql = "SELECT seq, known_ms, hash FROM event ORDER BY seq DESC LIMIT 1",
    .rows_max = 1,
};
static const struct query HASH_READ = {
    .sql = "SELECT hash FROM event WHERE seq = $1",
    .rows_max = 1,
};
static const struct query EVENT_INSERT = {
    .sql = "INSERT INTO event (seq, at_ms, known_ms, kind, version, actor_kind, actor_id,"
           " origin_id, customer_id, conversation_id, interaction_id, data, hash)"
           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
};
static const struct query TIMERS_DUE = {
    .sql =
        "SELECT id, kind, subject_id FROM timer WHERE due_ms <= $1 ORDER BY due_ms, id LIMIT 100",
    .rows_max = TIMERS_AT_ONCE,
};
static const struct query TIMER_NEXT = {
    .sql = "SELECT due_ms FROM timer ORDER BY due_ms LIMIT 1",
    .rows_max = 1,
};
static const struct query TIMER_DELETE = { .sql = "DELETE FROM timer WHERE id = $1" };
static const struct query TIMER_POSTPONE = { .sql = "UPDATE timer SET due_ms = $2 WHERE id = $1" };

struct writer {
    struct store *store;
    struct feed *feed;
    struct head_file *head_file;
    struct head head;
    struct mailbox *mailbox;
    struct thread thread;
    struct owner owner;
    struct tx_batch batch;
    const struct timer_action *timers[TIMER_KIND_MAX + 1];
    int wal_pages;
    bool must_truncate; /* somebody was erased: what the WAL still holds of them must go */
    _Atomic int64_t seq;
    atomic_bool is_broken;
    atomic_bool is_full;
};

/* ---- inside a transaction ---- */

static enum err control(struct writer *writer, const struct query *query)
{
    return connection_write(&writer->store->connection, query, NO_ARGS, NULL);
}

void tx_event(struct tx *tx, const struct event *event)
{
    struct tx_batch *batch = tx->batch;
    assert(event_kind_row(event->kind));
    if (batch->events_count == batch->events_capacity) {
        size_t capacity = batch->events_capacity ? batch->events_capacity * 2 : BATCH_MAX;
        struct pending_event *events = arena_array(batch->arena, struct pending_event, capacity);
        if (batch->events_count > 0) {
            memcpy(events, batch->events, batch->events_count * sizeof(*events));
        }
        batch->events = events;
        batch->events_capacity = capacity;
    }
    struct pending_event *pending = &batch->events[batch->events_count++];
    pending->event = *event;
    pending->event.at_ms = event->at_ms ? event->at_ms : tx->now_ms;
    pending->event.known_ms = tx->now_ms;
    pending->event.version = EVENT_VERSION;
    pending->event.actor = tx->actor;
    pending->data = event_encode(batch->arena, event->values, event->values_count);
}

/* The transaction is gone: SQLite itself rolls back on some errors. */
static bool is_rolled_back(const struct tx *tx)
{
    return sqlite3_get_autocommit(tx->store->connection.sqlite) != 0;
}

static enum err run_carefully(struct tx *tx, struct arena *arena, const struct command *command,
                              const void *in, void *out)
{
    struct connection *connection = &tx->store->connection;
    enum err err = connection_write(connection, &SAVEPOINT, NO_ARGS, NULL);
    if (err) return err;
    enum err result = command->run(tx, arena, in, out);
    if (is_rolled_back(tx)) return result ? result : ERR_IO;
    if (result) {
        batch_forget(tx->batch);
        err = connection_write(connection, &SAVEPOINT_UNDO, NO_ARGS, NULL);
    }
    if (!err) err = connection_write(connection, &SAVEPOINT_RELEASE, NO_ARGS, NULL);
    return err ? err : result;
}

/* A savepoint costs a copy of every page that is touched, and commands hardly ever fail after their
 * first write. So they run without one; if one does fail halfway, all are undone and run again
 * with. */
enum err tx_try(struct tx *tx, struct arena *arena, const struct command *command, const void *in,
                void *out)
{
    struct tx_batch *batch = tx->batch;
    size_t events_before = batch->events_count;
    int64_t writes_before = batch->writes;
    enum err err;
    if (batch->is_careful) {
        err = run_carefully(tx, arena, command, in, out);
    } else {
        err = command->run(tx, arena, in, out);
        if (err && batch->writes != writes_before) batch->must_repeat = true;
    }
    if (err) batch->events_count = events_before;
    return err;
}

static enum err event_insert(struct writer *writer, struct pending_event *pending,
                             struct head *head)
{
    struct event *event = &pending->event;
    event->seq = head->seq + 1;
    if (event->known_ms < head->known_ms) event->known_ms = head->known_ms;
    head->hash = event_hash(writer->batch.arena, event, pending->data, &head->hash);
    head->seq = event->seq;
    head->known_ms = event->known_ms;
    struct str hash = { (const char *)head->hash.bytes, HASH_SIZE };
    return connection_write(
        &writer->store->connection, &EVENT_INSERT,
        ARGS(value_int(event->seq), value_int(event->at_ms), value_int(event->known_ms),
             value_int(event->kind), value_int(event->version), value_int(event->actor.kind),
             value_int(event->actor.id), value_int(event->actor.origin_id),
             value_int_or_null(event->customer_id), value_int_or_null(event->conversation_id),
             value_int_or_null(event->interaction_id), value_bytes(pending->data),
             value_bytes(hash)),
        NULL);
}

static enum err events_insert(struct writer *writer, struct head *head)
{
    for (size_t i = 0; i < writer->batch.events_count; i++) {
        enum err err = event_insert(writer, &writer->batch.events[i], head);
        if (err) return err;
    }
    return OK;
}

/* ---- timers ---- */

struct due_timer {
    const struct timer_action *action;
    int64_t id;
    int64_t subject_id;
};

static enum err timer_fire(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)out;
    const struct due_timer *due = in;
    enum err err = tx_write(tx, &TIMER_DELETE, ARGS(value_int(due->id)));
    if (err) return err;
    return due->action->run(tx, arena, due->subject_id);
}

static enum err timer_postpone(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    (void)out;
    const struct due_timer *due = in;
    return tx_write(tx, &TIMER_POSTPONE,
                    ARGS(value_int(due->id), value_int(tx->now_ms + TIMER_RETRY_MS)));
}

static const struct command TIMER_FIRE = { .name = "timer_fire", .run = timer_fire };
static const struct command TIMER_LATER = { .name = "timer_postpone", .run = timer_postpone };

static enum err timers_fire(struct writer *writer, struct tx *tx)
{
    struct tx_batch *batch = tx->batch;
    if (batch->timer_due_ms > tx->now_ms) return OK;
    struct rows due;
    enum err err = tx_read(tx, batch->arena, &TIMERS_DUE, ARGS(value_int(tx->now_ms)), &due);
    for (size_t i = 0; !err && i < due.count; i++) {
        int64_t kind = rows_int(&due, i, 1);
        struct due_timer timer = { .id = rows_int(&due, i, 0), .subject_id = rows_int(&due, i, 2) };
        if (kind > 0 && kind <= TIMER_KIND_MAX) timer.action = writer->timers[kind];
        tx->actor = (struct actor){ .kind = ACTOR_SYSTEM };
        enum err fired = ERR_NOT_FOUND;
        if (timer.action) fired = tx_try(tx, batch->arena, &TIMER_FIRE, &timer, NULL);
        if (batch->must_repeat) return OK;
        if (!fired) continue;
        log_warn("timer", "kind=%d id=%lld err=%s postponed", (int)kind, (long long)timer.id,
                 err_name(fired));
        err = tx_try(tx, batch->arena, &TIMER_LATER, &timer, NULL);
    }
    return err;
}

static void timer_next_read(struct writer *writer)
{
    struct rows rows;
    enum err err = connection_read(&writer->store->connection, writer->batch.arena, &TIMER_NEXT,
                                   NO_ARGS, &rows);
    if (err) {
        writer->batch.timer_due_ms = time_now_ms() + TIMER_RETRY_MS;
        return;
    }
    writer->batch.timer_due_ms = rows.count == 1 ? rows_int(&rows, 0, 0) : NEVER;
}

/* ---- a batch ---- */

struct attempt {
    struct head head;     /* after it */
    enum err err;         /* of the whole batch */
    bool is_commit_error; /* COMMIT itself failed */
};

static void batch_reset(struct tx_batch *batch)
{
    arena_reset(batch->arena);
    batch->events = NULL;
    batch->events_count = 0;
    batch->events_capacity = 0;
    batch->must_repeat = false;
    batch->is_full = false;
}

static enum err commands_run(struct writer *writer, struct tx *tx, struct submission **items,
                             size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct submission *item = items[i];
        tx->actor = item->actor;
        item->result = tx_try(tx, item->arena, item->command, item->in, item->out);
        if (tx->batch->is_full) return ERR_LIMIT;
        if (is_rolled_back(tx)) return item->result ? item->result : ERR_IO;
        if (tx->batch->must_repeat) return OK;
    }
    return timers_fire(writer, tx);
}

static struct attempt batch_try(struct writer *writer, struct submission **items, size_t count)
{
    struct attempt attempt = { .head = writer->head };
    batch_reset(&writer->batch);
    struct tx tx = { .store = writer->store, .now_ms = time_now_ms(), .batch = &writer->batch };
    attempt.err = control(writer, &BEGIN);
    if (attempt.err) return attempt;

    attempt.err = commands_run(writer, &tx, items, count);
    if (!attempt.err && !writer->batch.must_repeat) {
        attempt.err = events_insert(writer, &attempt.head);
        if (!attempt.err) {
            attempt.err = control(writer, &COMMIT);
            attempt.is_commit_error = attempt.err != OK;
        }
    }
    return attempt;
}

static void undo(struct writer *writer)
{
    batch_forget(&writer->batch);
    if (sqlite3_get_autocommit(writer->store->connection.sqlite)) return;
    enum err err = control(writer, &ROLLBACK);
    if (!err) return;
    log_error("store", "rollback failed err=%s", err_name(err));
    atomic_store(&writer->is_broken, true);
}

static void answer(struct submission **items, size_t count)
{
    for (size_t i = 0; i < count; i++) items[i]->resume(items[i]);
}

/* Nothing of the batch is stored, or nobody can tell. */
static void batch_failed(struct writer *writer, const struct attempt *attempt,
                         struct submission **items, size_t count)
{
    bool is_full = attempt->err == ERR_LIMIT;
    bool is_unknown = attempt->is_commit_error && !is_full && attempt->err != ERR_BUSY;
    undo(writer);
    if (is_full && !atomic_load(&writer->is_full)) log_error("store", "the disk is full");
    atomic_store(&writer->is_full, is_full);
    for (size_t i = 0; i < count; i++) {
        items[i]->result = attempt->err;
        items[i]->outcome_unknown = is_unknown;
    }
    if (is_unknown) {
        /* What is on disk may differ from what this process believes: it must not go on. */
        log_error("store", "a commit failed: its outcome is unknown, stopping");
        atomic_store(&writer->is_broken, true);
    }
    answer(items, count);
}

static bool holds_erasure(const struct tx_batch *batch)
{
    for (size_t i = 0; i < batch->events_count; i++) {
        if (batch->events[i].event.kind == EVENT_CUSTOMER_ERASED) return true;
    }
    return false;
}

static void batch_run(struct writer *writer, struct submission **items, size_t count)
{
    assert(owner_is_me(&writer->owner));
    writer->batch.is_careful = false;
    bool timers_are_due = writer->batch.timer_due_ms <= time_now_ms();
    struct attempt attempt = batch_try(writer, items, count);
    if (!attempt.err && writer->batch.must_repeat) {
        undo(writer);
        writer->batch.is_careful = true;
        attempt = batch_try(writer, items, count);
    }
    if (attempt.err) {
        batch_failed(writer, &attempt, items, count);
        return;
    }
    writer->head = attempt.head;
    writer->must_truncate |= holds_erasure(&writer->batch);
    atomic_store(&writer->is_full, false);
    head_write(writer->head_file, &writer->head, time_now_ms());
    atomic_store_explicit(&writer->seq, writer->head.seq, memory_order_release);
    if (timers_are_due) timer_next_read(writer);
    answer(items, count);
    feed_advance(writer->feed, writer->head.seq);
}

/* ---- the WAL ---- */

static int wal_grew(void *context, sqlite3 *sqlite, const char *name, int pages)
{
    (void)sqlite;
    (void)name;
    ((struct writer *)context)->wal_pages = pages;
    return SQLITE_OK;
}

static void checkpoint(struct writer *writer)
{
    int mode = writer->must_truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    int code = sqlite3_wal_checkpoint_v2(writer->store->connection.sqlite, NULL, mode, NULL, NULL);
    writer->wal_pages = 0;
    int primary = code & 0xFF;
    /* A reader in the way: the next idle moment tries again. */
    if (writer->must_truncate) writer->must_truncate = code != SQLITE_OK;
    if (code == SQLITE_OK || primary == SQLITE_BUSY || primary == SQLITE_FULL) return;
    /* A failed sync may have dropped pages for good: go on from what is on disk, in a new process.
     */
    log_error("store", "checkpoint sqlite=%d, stopping", code);
    atomic_store(&writer->is_broken, true);
}

static void checkpoint_if_due(struct writer *writer, bool is_idle)
{
    bool is_due = writer->wal_pages >= CHECKPOINT_PAGES_MAX ||
                  (writer->wal_pages >= CHECKPOINT_PAGES && mailbox_count(writer->mailbox) == 0) ||
                  (is_idle && (writer->wal_pages > 0 || writer->must_truncate));
    if (is_due && !atomic_load(&writer->is_broken)) checkpoint(writer);
}

/* ---- the thread ---- */

static void refuse_all(struct submission **items, size_t count)
{
    for (size_t i = 0; i < count; i++) items[i]->result = ERR_IO;
    answer(items, count);
}

static int64_t wait_ms(const struct writer *writer)
{
    int64_t until_timer =
        writer->batch.timer_due_ms == NEVER ? NEVER : writer->batch.timer_due_ms - time_now_ms();
    bool has_work = writer->wal_pages > 0 || writer->must_truncate;
    int64_t until_idle = has_work ? IDLE_MS : MS_PER_MINUTE;
    if (until_timer < 0) return 0;
    return until_timer < until_idle ? until_timer : until_idle;
}

static void writer_loop(void *context)
{
    struct writer *writer = context;
    owner_take(&writer->owner);
    while (true) {
        struct submission *items[BATCH_MAX];
        size_t count = mailbox_take(writer->mailbox, (void **)items, BATCH_MAX, wait_ms(writer));
        if (count == 0 && mailbox_is_shut(writer->mailbox)) break;
        if (atomic_load(&writer->is_broken)) {
            refuse_all(items, count);
            continue;
        }
        bool timers_are_due = writer->batch.timer_due_ms <= time_now_ms();
        if (count > 0 || timers_are_due) batch_run(writer, items, count);
        checkpoint_if_due(writer, count == 0);
    }
}

/* ---- opening ---- */

static enum err head_check(struct writer *writer, struct arena *arena, const struct head *noted,
                           bool accept_loss)
{
    bool is_behind = writer->head.seq < noted->seq;
    if (!is_behind && noted->seq > 0) {
        struct rows rows;
        enum err err = connection_read(&writer->store->connection, arena, &HASH_READ,
                                       ARGS(value_int(noted->seq)), &rows);
        if (err) return err;
        is_behind = rows.count == 0 ||
                    memcmp(rows_bytes(&rows, 0, 0).data, noted->hash.bytes, HASH_SIZE) != 0;
    }
    if (!is_behind) return OK;
    log_error("store",
              "the store ends at seq=%lld, but its head file says seq=%lld: events are missing or"
              " changed. Restore a backup, or start with --accept-loss to go on without them.",
              (long long)writer->head.seq, (long long)noted->seq);
    return accept_loss ? OK : ERR_CORRUPT;
}

static enum err last_read(struct writer *writer, struct arena *arena)
{
    struct rows rows;
    enum err err = connection_read(&writer->store->connection, arena, &LAST_READ, NO_ARGS, &rows);
    if (err || rows.count == 0) return err;
    struct str hash = rows_bytes(&rows, 0, 2);
    if (hash.size != HASH_SIZE) return ERR_CORRUPT;
    writer->head.seq = rows_int(&rows, 0, 0);
    writer->head.known_ms = rows_int(&rows, 0, 1);
    memcpy(writer->head.hash.bytes, hash.data, HASH_SIZE);
    return OK;
}

static enum err prepare(struct writer *writer, struct arena *arena,
                        const struct writer_settings *settings)
{
    enum err err = migrate(writer->store, arena);
    if (!err) err = last_read(writer, arena);
    struct head noted = { 0 };
    if (!err) err = head_open(arena, settings->head_path, &writer->head_file, &noted);
    if (!err) err = head_check(writer, arena, &noted, settings->accept_loss);
    if (err) return err;

    sqlite3_wal_hook(writer->store->connection.sqlite, wal_grew, writer);
    writer->batch.arena = arena_open();
    writer->batch.values = value_cache_open(arena);
    for (int i = 0; i < TX_CACHES; i++) {
        writer->batch.rows[i] = row_cache_open(arena, CACHE_SIZES[i]);
    }
    /* No id is given twice, even if the clock went back or a large batch ran ahead of it. */
    id_source_init(&writer->batch.ids, settings->node,
                   id_floor(writer->head.known_ms + MS_PER_SECOND));
    timer_next_read(writer);
    for (size_t i = 0; i < settings->timers_count; i++) {
        writer->timers[settings->timers[i].kind] = &settings->timers[i];
    }
    return OK;
}

enum err writer_open(struct arena *arena, const struct writer_settings *settings, struct feed *feed,
                     struct writer **out)
{
    struct writer *writer = arena_new(arena, struct writer);
    writer->feed = feed;
    enum err err = store_open(arena, settings->path, &writer->store);
    if (err) return err;
    err = prepare(writer, arena, settings);
    if (!err) {
        writer->mailbox = mailbox_open(arena, MAILBOX_SIZE);
        atomic_store(&writer->seq, writer->head.seq);
        feed_advance(feed, writer->head.seq);
        err = thread_start(&writer->thread, "writer", writer_loop, writer);
    }
    if (err) {
        head_close(writer->head_file);
        store_close(writer->store);
        return err;
    }
    *out = writer;
    return OK;
}

void writer_close(struct writer *writer)
{
    if (!writer) return;
    mailbox_shut(writer->mailbox);
    thread_join(&writer->thread);
    if (!atomic_load(&writer->is_broken)) checkpoint(writer);
    head_close(writer->head_file);
    store_close(writer->store);
    mailbox_close(writer->mailbox);
    value_cache_close(writer->batch.values);
    for (int i = 0; i < TX_CACHES; i++) row_cache_close(writer->batch.rows[i]);
    arena_close(writer->batch.arena);
}

/* ---- other threads ---- */

enum err writer_submit(struct writer *writer, struct submission *submission)
{
    submission->outcome_unknown = false;
    return mailbox_post(writer->mailbox, submission);
}

static void call_ended(struct submission *submission)
{
    struct mailbox *done = submission->context;
    enum err err = mailbox_post(done, submission);
    assert(!err);
}

enum { FULL_WAIT_MS = 5 };

enum err writer_call(struct writer *writer, struct arena *arena, const struct command *command,
                     struct actor actor, const void *in, void *out)
{
    struct mailbox *done = mailbox_open(arena, 1);
    struct submission submission = { .command = command,
                                     .arena = arena,
                                     .in = in,
                                     .out = out,
                                     .actor = actor,
                                     .resume = call_ended,
                                     .context = done };
    enum err err = writer_submit(writer, &submission);
    while (err == ERR_BUSY && !mailbox_is_shut(writer->mailbox)) {
        void *none;
        mailbox_take(done, &none, 1, FULL_WAIT_MS);
        err = writer_submit(writer, &submission);
    }
    if (!err) {
        void *answered;
        while (mailbox_take(done, &answered, 1, -1) == 0) continue;
        err = submission.result;
    }
    mailbox_close(done);
    return err;
}

int64_t writer_seq(const struct writer *writer)
{
    return atomic_load_explicit(&writer->seq, memory_order_acquire);
}

bool writer_is_broken(const struct writer *writer)
{
    return atomic_load(&writer->is_broken);
}

bool writer_has_room(const struct writer *writer)
{
    return !atomic_load(&writer->is_full);
}
