#include "store/migrate.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/time.h"
#include "store/connection.h"
#include "store/migrations.h"

enum { MIGRATION_SIZE_MAX = 1 << 20, MIGRATIONS_MAX = 10000 };

static const char TABLE[] = "CREATE TABLE IF NOT EXISTS migration (number INTEGER NOT NULL PRIMARY"
                            " KEY, hash BYTEA NOT NULL, applied_at_ms BIGINT NOT NULL)";

static const struct query APPLIED_READ = {
    .sql = "SELECT number, hash FROM migration ORDER BY number",
    .rows_max = MIGRATIONS_MAX,
};
static const struct query APPLIED_INSERT = {
    .sql = "INSERT INTO migration (number, hash, applied_at_ms) VALUES ($1, $2, $3)",
    .changes_one = true,
};

/* SQLite stores a row under its key without a second index only if the type is spelt INTEGER; to it
 * every integer has 64 bits. That is the whole difference between the engines' schemas. */
static enum err for_sqlite(struct arena *arena, struct str sql, struct str *out)
{
    static const struct str THEIRS = { "BIGINT PRIMARY KEY", sizeof("BIGINT PRIMARY KEY") - 1 };
    struct buf buf = buf_open(arena, MIGRATION_SIZE_MAX);
    while (sql.size > 0) {
        const char *found = memmem(sql.data, sql.size, THEIRS.data, THEIRS.size);
        size_t before = found ? (size_t)(found - sql.data) : sql.size;
        buf_add(&buf, (struct str){ sql.data, before });
        if (found) buf_add(&buf, STR("INTEGER PRIMARY KEY"));
        size_t used = found ? before + THEIRS.size : before;
        sql = (struct str){ sql.data + used, sql.size - used };
    }
    buf_add_char(&buf, '\0');
    return buf_done(&buf, out);
}

static enum err apply(struct store *store, struct arena *arena, const struct migration *migration)
{
    struct str sql;
    enum err err = for_sqlite(arena, migration->sql, &sql);
    if (err) return err;
    struct hash hash = hash_of(migration->sql);
    struct str hash_bytes = { (const char *)hash.bytes, HASH_SIZE };

    err =
        connection_script(&store->connection, "BEGIN"); /* style: the migrator's own transaction */
    if (err) return err;
    err = connection_script(&store->connection, sql.data);
    if (!err) {
        err = connection_write(
            &store->connection, &APPLIED_INSERT,
            ARGS(value_int(migration->number), value_bytes(hash_bytes), value_int(time_now_ms())),
            NULL);
    }
    if (!err) err = connection_script(&store->connection, "COMMIT");
    if (err) {
        enum err undo = connection_script(&store->connection, "ROLLBACK");
        if (undo) {
            log_error("store", "a migration could not be undone number=%d", migration->number);
        }
        return err;
    }
    log_info("store", "migrated number=%d", migration->number);
    return OK;
}

static enum err check_applied(const struct rows *applied, size_t index)
{
    const struct migration *ours = &MIGRATIONS[index];
    struct hash hash = hash_of(ours->sql);
    struct str stored = rows_bytes(applied, index, 1);
    bool is_same = rows_int(applied, index, 0) == ours->number && stored.size == HASH_SIZE &&
                   memcmp(stored.data, hash.bytes, HASH_SIZE) == 0;
    if (is_same) return OK;
    log_error("store", "migration=%d differs from the one that was applied", ours->number);
    return ERR_CORRUPT;
}

enum err migrate(struct store *store, struct arena *arena)
{
    enum err err = connection_script(&store->connection, TABLE);
    if (err) return err;
    struct rows applied;
    err = connection_read(&store->connection, arena, &APPLIED_READ, NO_ARGS, &applied);
    if (err) return err;
    if (applied.count > MIGRATIONS_COUNT) {
        log_error("store", "the store was written by a newer version of this program");
        return ERR_CORRUPT;
    }
    for (size_t i = 0; i < MIGRATIONS_COUNT; i++) {
        err = i < applied.count ? check_applied(&applied, i) : apply(store, arena, &MIGRATIONS[i]);
        if (err) return err;
    }
    return OK;
}
