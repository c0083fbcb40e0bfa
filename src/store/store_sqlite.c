/* The store on SQLite: opening, readers and what a tx does. The writer's part is in writer.c. */

#include <assert.h>

#include "base/log.h"
#include "store/batch.h"
#include "store/connection.h"

/* Pages of 2 KiB: a message changes a few bytes in some four pages, and each goes to the WAL and to
 * the file whole. One connection writes and moves the WAL; the others never do. The cache holds the
 * pages that a batch of random index entries touches. */
static const char WRITER_SETTINGS[] =
    "PRAGMA page_size = 2048; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY;"
    "PRAGMA cache_size = -48000; PRAGMA foreign_keys = OFF;"
    "PRAGMA secure_delete = ON";
static const char READER_SETTINGS[] = "PRAGMA query_only = 1; PRAGMA wal_autocheckpoint = 0;"
                                      "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2000;"
                                      "PRAGMA mmap_size = 268435456";

static const struct query READ_BEGIN = { .sql = "BEGIN" };
static const struct query READ_END = { .sql = "COMMIT" };

enum err store_open(struct arena *arena, const char *path, struct store **out)
{
    struct store *store = arena_new(arena, struct store);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    enum err err = connection_open(&store->connection, path, flags);
    if (err) return err;
    err = connection_script(&store->connection, WRITER_SETTINGS);
    if (err) {
        store_close(store);
        return err;
    }
    *out = store;
    return OK;
}

void store_close(struct store *store)
{
    if (store) connection_close(&store->connection);
}

enum err reader_open(struct arena *arena, const char *path, struct reader **out)
{
    struct reader *reader = arena_new(arena, struct reader);
    enum err err = connection_open(&reader->connection, path, SQLITE_OPEN_READONLY);
    if (err) return err;
    err = connection_script(&reader->connection, READER_SETTINGS);
    if (err) {
        reader_close(reader);
        return err;
    }
    *out = reader;
    return OK;
}

void reader_close(struct reader *reader)
{
    if (reader) connection_close(&reader->connection);
}

enum err reader_read(struct reader *reader, struct arena *arena, const struct query *query,
                     struct arguments arguments, struct rows *out)
{
    return connection_read(&reader->connection, arena, query, arguments, out);
}

enum err reader_begin(struct reader *reader)
{
    assert(!reader->in_transaction);
    enum err err = connection_write(&reader->connection, &READ_BEGIN, NO_ARGS, NULL);
    if (!err) reader->in_transaction = true;
    return err;
}

void reader_end(struct reader *reader)
{
    if (!reader->in_transaction) return;
    reader->in_transaction = false;
    enum err err = connection_write(&reader->connection, &READ_END, NO_ARGS, NULL);
    if (err) log_error("store", "a reader could not end its transaction err=%s", err_name(err));
}

enum err tx_read(struct tx *tx, struct arena *arena, const struct query *query,
                 struct arguments arguments, struct rows *out)
{
    return connection_read(&tx->store->connection, arena, query, arguments, out);
}

enum err tx_write_count(struct tx *tx, const struct query *query, struct arguments arguments,
                        int64_t *out)
{
    struct connection *connection = &tx->store->connection;
    tx->batch->writes++;
    enum err err = connection_write(connection, query, arguments, out);
    if (err == ERR_LIMIT && connection_is_full(connection)) tx->batch->is_full = true;
    return err;
}

enum err tx_write(struct tx *tx, const struct query *query, struct arguments arguments)
{
    return tx_write_count(tx, query, arguments, NULL);
}

void batch_forget(struct tx_batch *batch)
{
    value_cache_clear(batch->values);
    for (int i = 0; i < TX_CACHES; i++) row_cache_clear(batch->rows[i]);
}

bool tx_cache_find(struct tx *tx, enum tx_cache kind, struct str key, void *out, size_t size)
{
    return row_cache_find(tx->batch->rows[kind], key, out, size);
}

void tx_cache_put(struct tx *tx, enum tx_cache kind, struct str key, const void *value, size_t size)
{
    row_cache_put(tx->batch->rows[kind], key, value, size);
}

void tx_cache_drop(struct tx *tx, enum tx_cache kind, struct str key)
{
    row_cache_drop(tx->batch->rows[kind], key);
}

void tx_cache_clear(struct tx *tx, enum tx_cache kind)
{
    row_cache_clear(tx->batch->rows[kind]);
}

struct arena *tx_arena(struct tx *tx)
{
    return tx->batch->arena;
}

int64_t tx_id(struct tx *tx)
{
    return id_next(&tx->batch->ids, tx->now_ms);
}
