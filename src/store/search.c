#include "store/search.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/thread.h"
#include "base/time.h"
#include "base/words.h"
#include "store/connection.h"

enum {
    READ_AT_ONCE = 256,
    WORDS_SIZE_MAX = 20000, /* bytes of words indexed of one text */
    QUERY_SIZE_MAX = 500,
    MATCHES_MAX = 10000, /* the newest matches that are looked at */
    RETRY_MS = 1000,
    WAIT_MS = 60000,
    FLOOD_PER_SECOND = 4000, /* events */
    REST_FACTOR = 9,
    REST_MS_MAX = 500,
};

/* The only SQL that is SQLite's own. A contentless index: texts stand in the store. `entry` says
 * what an index row is about; a row without entry is dead and finds nothing. */
static const char SCHEMA[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -4000;"
    "PRAGMA secure_delete = ON;"
    "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, content='', detail='none',"
    " tokenize='ascii');"
    "CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
    " subject_id INTEGER NOT NULL);"
    "CREATE INDEX IF NOT EXISTS entry_subject ON entry (kind, subject_id);"
    "CREATE TABLE IF NOT EXISTS place (seq INTEGER NOT NULL)";
static const char CLEAR[] = "DROP TABLE IF EXISTS words; DROP TABLE IF EXISTS entry;"
                            " DROP TABLE IF EXISTS place; PRAGMA wal_checkpoint(TRUNCATE)";

static const struct query BEGIN = { .sql = "BEGIN" };
static const struct query COMMIT = { .sql = "COMMIT" };
static const struct query ROLLBACK = { .sql = "ROLLBACK" };
static const struct query PLACE_READ = { .sql = "SELECT seq FROM place", .rows_max = 1 };
static const struct query PLACE_CLEAR = { .sql = "DELETE FROM place" };
static const struct query PLACE_WRITE = { .sql = "INSERT INTO place (seq) VALUES ($1)" };
static const struct query ENTRY_INSERT = {
    .sql = "INSERT INTO entry (kind, subject_id) VALUES ($1, $2)",
};
static const struct query WORDS_INSERT = {
    .sql = "INSERT INTO words (rowid, text) SELECT max(id), $1 FROM entry",
};
static const struct query ENTRIES_DELETE = {
    .sql = "DELETE FROM entry WHERE kind = $1 AND subject_id = $2",
};
static const struct query FIND = {
    .sql = "SELECT entry.subject_id FROM words JOIN entry ON entry.id = words.rowid"
           " WHERE words MATCH $1 AND entry.kind = $2 AND entry.subject_id < $3"
           " ORDER BY words.rowid DESC LIMIT 10000",
    .rows_max = MATCHES_MAX,
};

struct search {
    struct connection connection;
    struct reader *reader;
    struct search_settings settings;
    struct feed *feed;
    struct feed_place *place;
    struct thread thread;
    struct arena *arena; /* of one batch */
    _Atomic int64_t seq;
    atomic_bool is_closing;
};

struct search_reader {
    struct connection connection;
};

static enum err put(struct search *search, enum search_kind kind, int64_t id, struct str text,
                    bool replaces)
{
    struct connection *connection = &search->connection;
    struct arguments subject = ARGS(value_int(kind), value_int(id));
    enum err err = OK;
    if (replaces) err = connection_write(connection, &ENTRIES_DELETE, subject, NULL);
    struct str words = { 0 };
    if (!err) err = words_fold(search->arena, text, WORDS_SIZE_MAX, &words);
    if (err || words.size == 0) return err == ERR_INVALID ? OK : err;
    err = connection_write(connection, &ENTRY_INSERT, subject, NULL);
    if (err) return err;
    return connection_write(connection, &WORDS_INSERT, ARGS(value_text(words)), NULL);
}

static enum err index_event(struct search *search, const struct event *event)
{
    for (size_t i = 0; i < search->settings.sources_count; i++) {
        const struct search_source *source = &search->settings.sources[i];
        if (source->event != event->kind) continue;
        int64_t id = 0;
        struct str text = { 0 };
        bool replaces = false;
        enum err err = source->read(search->reader, search->arena, event, &id, &text, &replaces);
        if (!err && id) err = put(search, source->kind, id, text, replaces);
        if (err && err != ERR_NOT_FOUND) return err;
    }
    return OK;
}

static enum err place_write(struct search *search, int64_t seq)
{
    enum err err = connection_write(&search->connection, &PLACE_CLEAR, NO_ARGS, NULL);
    if (err) return err;
    return connection_write(&search->connection, &PLACE_WRITE, ARGS(value_int(seq)), NULL);
}

static enum err schema_make(struct search *search)
{
    return connection_script(&search->connection, SCHEMA);
}

/* The index of an erased person's words cannot be found without the words, so all is built again.
 */
static enum err start_anew(struct search *search)
{
    atomic_store(&search->seq, 0);
    enum err err = connection_script(&search->connection, CLEAR);
    if (!err) err = schema_make(search);
    log_info("search", "the index is built again");
    return err;
}

static bool holds_erasure(const struct event *events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind == EVENT_CUSTOMER_ERASED) return true;
    }
    return false;
}

static enum err batch_index(struct search *search, const struct event *events, size_t count)
{
    enum err err = connection_write(&search->connection, &BEGIN, NO_ARGS, NULL);
    for (size_t i = 0; !err && i < count; i++) err = index_event(search, &events[i]);
    if (!err) err = place_write(search, events[count - 1].seq);
    if (!err) err = connection_write(&search->connection, &COMMIT, NO_ARGS, NULL);
    if (!err) return OK;
    enum err undo = connection_write(&search->connection, &ROLLBACK, NO_ARGS, NULL);
    if (undo) log_error("search", "rollback failed err=%s", err_name(undo));
    return err;
}

/* Reads what is new and indexes it. Texts are read as they are now, so an erased one is gone
 * whenever the index is built. */
static enum err follow_in_one_read(struct search *search, int64_t *rebuilt_to)
{
    const struct event *events = NULL;
    size_t count = 0;
    int64_t seq = atomic_load(&search->seq);
    enum err err = feed_read(search->reader, search->arena, seq, READ_AT_ONCE, &events, &count);
    if (err || count == 0) return err;
    int64_t last = events[count - 1].seq;
    if (last > *rebuilt_to && holds_erasure(events, count)) {
        *rebuilt_to = feed_seq(search->feed);
        return start_anew(search);
    }
    err = batch_index(search, events, count);
    if (!err) atomic_store(&search->seq, last);
    return err;
}

/* All reads of a batch share one transaction: beginning one costs as much as reading a text. */
static enum err follow(struct search *search, int64_t *rebuilt_to)
{
    arena_reset(search->arena);
    enum err err = reader_begin(search->reader);
    if (!err) err = follow_in_one_read(search, rebuilt_to);
    reader_end(search->reader);
    return err;
}

/* What the log did while one batch was indexed. */
struct pace {
    int64_t seq;
    int64_t at_ms;
};

/* In a flood the index may lag: it takes a tenth of a processor until the flood is over, then
 * catches up. */
static void give_way(struct search *search, struct pace *pace)
{
    int64_t now_ms = time_monotonic_ms();
    int64_t seq = feed_seq(search->feed);
    int64_t spent_ms = now_ms - pace->at_ms;
    bool is_flood = (seq - pace->seq) * MS_PER_SECOND > spent_ms * FLOOD_PER_SECOND;
    if (is_flood && !atomic_load(&search->is_closing)) {
        int64_t rest_ms = spent_ms * REST_FACTOR;
        usleep((useconds_t)(rest_ms < REST_MS_MAX ? rest_ms : REST_MS_MAX) * MS_PER_SECOND);
    }
    *pace = (struct pace){ .seq = seq, .at_ms = time_monotonic_ms() };
}

static void search_loop(void *context)
{
    struct search *search = context;
    thread_give_way();
    int64_t rebuilt_to = 0; /* erasures up to here need no other rebuilding */
    struct pace pace = { .seq = feed_seq(search->feed), .at_ms = time_monotonic_ms() };
    while (!atomic_load(&search->is_closing)) {
        enum err err = follow(search, &rebuilt_to);
        give_way(search, &pace);
        int64_t wait = err ? RETRY_MS : WAIT_MS;
        int64_t seq = err ? INT64_MAX : atomic_load(&search->seq);
        if (err) log_error("search", "indexing failed err=%s", err_name(err));
        feed_wait(search->place, seq, wait);
    }
}

static enum err place_read(struct search *search)
{
    struct rows rows;
    enum err err = connection_read(&search->connection, search->arena, &PLACE_READ, NO_ARGS, &rows);
    if (err) return err;
    int64_t seq = rows.count == 1 ? rows_int(&rows, 0, 0) : 0;
    if (seq > feed_seq(search->feed)) return start_anew(search);
    atomic_store(&search->seq, seq);
    return OK;
}

enum err search_open(struct arena *arena, const struct search_settings *settings, struct feed *feed,
                     struct search **out)
{
    struct search *search = arena_new(arena, struct search);
    search->settings = *settings;
    search->feed = feed;
    search->arena = arena_open();
    enum err err = connection_open(&search->connection, settings->path,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (!err) err = schema_make(search);
    if (!err) err = reader_open(arena, settings->store_path, &search->reader);
    if (!err) err = place_read(search);
    if (!err) {
        search->place = feed_join(arena, feed);
        err = thread_start(&search->thread, "search", search_loop, search);
    }
    if (err) {
        search_close(search);
        return err;
    }
    *out = search;
    return OK;
}

void search_close(struct search *search)
{
    if (!search) return;
    atomic_store(&search->is_closing, true);
    if (search->place) feed_wake(search->place);
    thread_join(&search->thread);
    reader_close(search->reader);
    connection_close(&search->connection);
    arena_close(search->arena);
}

int64_t search_seq(const struct search *search)
{
    return atomic_load(&((struct search *)(uintptr_t)search)->seq);
}

/* ---- finding ---- */

enum err search_reader_open(struct arena *arena, const char *path, struct search_reader **out)
{
    struct search_reader *reader = arena_new(arena, struct search_reader);
    enum err err = connection_open(&reader->connection, path, SQLITE_OPEN_READONLY);
    if (err) return err;
    *out = reader;
    return OK;
}

void search_reader_close(struct search_reader *reader)
{
    if (reader) connection_close(&reader->connection);
}

/* "red" "shoe"*: every word, the last as a prefix. Folded words hold no quotation marks. */
static struct str match_of(struct arena *arena, struct str words)
{
    struct buf buf = buf_open(arena, QUERY_SIZE_MAX * 4);
    while (words.size > 0) {
        struct str word = str_cut(&words, ' ');
        buf_add_char(&buf, '"');
        buf_add(&buf, word);
        buf_add(&buf, words.size > 0 ? STR("\" ") : STR("\" *"));
    }
    return buf_view(&buf);
}

static int by_id_down(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left < right) - (left > right);
}

enum err search_find(struct search_reader *reader, struct arena *arena, enum search_kind kind,
                     struct str text, int64_t before_id, size_t count_max, int64_t **out,
                     size_t *count)
{
    struct str words;
    enum err err = words_fold(arena, text, QUERY_SIZE_MAX, &words);
    if (err) return err;
    if (words.size == 0) return ERR_INVALID;
    struct rows rows;
    err = connection_read(&reader->connection, arena, &FIND,
                          ARGS(value_text(match_of(arena, words)), value_int(kind),
                               value_int(before_id ? before_id : INT64_MAX)),
                          &rows);
    if (err) return err;

    int64_t *ids = arena_array(arena, int64_t, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) ids[i] = rows_int(&rows, i, 0);
    qsort(ids, rows.count, sizeof(*ids), by_id_down);
    size_t kept = 0;
    for (size_t i = 0; i < rows.count && kept < count_max; i++) {
        if (kept == 0 || ids[kept - 1] != ids[i]) ids[kept++] = ids[i];
    }
    *out = ids;
    *count = kept;
    return OK;
}
