#include "http/idempotency_store.h"

static const struct query KEY_READ = {
    .sql = "SELECT body_hash, status, reply FROM idempotency"
           " WHERE principal = $1 AND route = $2 AND name = $3 AND created_at_ms >= $4",
    .rows_max = 1,
};
static const struct query KEY_WRITE = {
    .sql = "INSERT INTO idempotency (principal, route, name, body_hash, status, reply,"
           " created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)"
           " ON CONFLICT (principal, route, name) DO UPDATE SET body_hash = excluded.body_hash,"
           " status = excluded.status, reply = excluded.reply,"
           " created_at_ms = excluded.created_at_ms",
    .changes_one = true,
};
static const struct query KEYS_FORGET = {
    .sql = "DELETE FROM idempotency WHERE created_at_ms < $1 AND created_at_ms <="
           " (SELECT coalesce(max(created_at_ms), 0) FROM (SELECT created_at_ms FROM idempotency"
           " ORDER BY created_at_ms LIMIT 1000) AS oldest)",
};

static bool is_final(enum err err)
{
    return err != ERR_BUSY && err != ERR_IO && err != ERR_CORRUPT;
}

static struct value bytes_of(const struct hash *hash)
{
    return value_bytes((struct str){ .data = (const char *)hash->bytes, .size = HASH_SIZE });
}

static enum err store_reply(struct tx *tx, const struct idempotency_run_in *run,
                            struct stored_reply reply)
{
    return tx_write(tx, &KEY_WRITE,
                    ARGS(value_int(run->principal), value_text(run->route), value_text(run->name),
                         bytes_of(&run->body_hash), value_int(reply.status), value_text(reply.text),
                         value_int(tx->now_ms)));
}

static enum err idempotency_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct idempotency_run_in *run = in;
    struct idempotency_run_out *result = out;
    struct rows rows;
    enum err err = tx_read(tx, arena, &KEY_READ,
                           ARGS(value_int(run->principal), value_text(run->route),
                                value_text(run->name), value_int(tx->now_ms - IDEMPOTENCY_KEPT_MS)),
                           &rows);
    if (err) return err;
    if (rows.count > 0) {
        struct str known = rows_bytes(&rows, 0, 0);
        struct str hash = { .data = (const char *)run->body_hash.bytes, .size = HASH_SIZE };
        *result = (struct idempotency_run_out){
            .found = str_equal(known, hash) ? IDEMPOTENCY_KNOWN : IDEMPOTENCY_OTHER_BODY,
            .reply = { .status = (int)rows_int(&rows, 0, 1), .text = rows_text(&rows, 0, 2) },
        };
        return OK;
    }

    err = tx_try(tx, arena, run->command, run->in, run->out);
    if (!is_final(err)) return err;
    *result = (struct idempotency_run_out){ .found = IDEMPOTENCY_NEW };
    return store_reply(tx, run, run->reply(run->context, err));
}

const struct command IDEMPOTENCY_RUN = { .name = "idempotency_run", .run = idempotency_run };

enum err idempotency_forget(struct tx *tx, int64_t before_ms, int64_t *out)
{
    return tx_write_count(tx, &KEYS_FORGET, ARGS(value_int(before_ms)), out);
}
