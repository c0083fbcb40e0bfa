#include "access/key_store.h"

#include <assert.h>

#include "access/agent_store.h"
#include "base/id.h"
#include "store/event.h"

#define KEY_COLUMNS                                                                                \
    "SELECT id, name, scope, agent_id, hint, created_by, created_at_ms, expires_at_ms,"            \
    " used_at_ms, revoked_at_ms FROM api_key"

enum column {
    COLUMN_ID,
    COLUMN_NAME,
    COLUMN_SCOPE,
    COLUMN_AGENT,
    COLUMN_HINT,
    COLUMN_CREATED_BY,
    COLUMN_CREATED,
    COLUMN_EXPIRES,
    COLUMN_USED,
    COLUMN_REVOKED
};

static const struct query KEY_LIST = {
    .sql = KEY_COLUMNS " WHERE id < $1 ORDER BY id DESC LIMIT $2",
    .rows_max = KEYS_LIST_MAX + 1,
};
static const struct query KEY_READ = { .sql = KEY_COLUMNS " WHERE id = $1", .rows_max = 1 };
static const struct query KEY_INSERT = {
    .sql = "INSERT INTO api_key (id, token_hash, hint, name, scope, agent_id, created_by,"
           " created_at_ms, expires_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    .changes_one = true,
};
static const struct query KEY_REVOKE_WRITE = {
    .sql = "UPDATE api_key SET revoked_at_ms = $2 WHERE id = $1 AND revoked_at_ms IS NULL",
};

static void key_fill(const struct rows *rows, size_t row, struct key *out)
{
    *out = (struct key){
        .id = rows_int(rows, row, COLUMN_ID),
        .name = rows_text(rows, row, COLUMN_NAME),
        .scope = (enum scope)rows_int(rows, row, COLUMN_SCOPE),
        .agent_id = rows_int_or_zero(rows, row, COLUMN_AGENT),
        .hint = rows_text(rows, row, COLUMN_HINT),
        .created_by = rows_int_or_zero(rows, row, COLUMN_CREATED_BY),
        .created_at_ms = rows_int(rows, row, COLUMN_CREATED),
        .expires_at_ms = rows_int_or_zero(rows, row, COLUMN_EXPIRES),
        .used_at_ms = rows_int_or_zero(rows, row, COLUMN_USED),
        .revoked_at_ms = rows_int_or_zero(rows, row, COLUMN_REVOKED),
    };
}

enum err key_list(struct reader *reader, struct arena *arena, int64_t before_id, size_t count_max,
                  struct key **out, size_t *count)
{
    assert(count_max <= KEYS_LIST_MAX + 1);
    struct rows rows;
    enum err err = reader_read(
        reader, arena, &KEY_LIST,
        ARGS(value_int(before_id ? before_id : INT64_MAX), value_int((int64_t)count_max)), &rows);
    if (err) return err;
    struct key *keys = arena_array(arena, struct key, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) key_fill(&rows, i, &keys[i]);
    *out = keys;
    *count = rows.count;
    return OK;
}

enum err key_read(struct reader *reader, struct arena *arena, int64_t id, struct key *out)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &KEY_READ, ARGS(value_int(id)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    key_fill(&rows, 0, out);
    return OK;
}

static enum err create_check(struct tx *tx, struct arena *arena, const struct key_create_in *in,
                             struct key_create_out *out)
{
    if (in->expires_at_ms && in->expires_at_ms <= tx->now_ms) {
        out->fault = KEY_EXPIRED;
        return ERR_INVALID;
    }
    if ((in->scope == SCOPE_AGENT) != (in->agent_id != 0)) {
        out->fault = KEY_AGENT_NEEDED;
        return ERR_INVALID;
    }
    if (!in->agent_id) return OK;
    struct agent agent;
    enum err err = agent_read_tx(tx, arena, in->agent_id, &agent);
    if (err == ERR_NOT_FOUND || (!err && agent.disabled_at_ms)) {
        out->fault = KEY_AGENT_UNKNOWN;
        return ERR_INVALID;
    }
    return err;
}

static enum err key_create(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct key_create_in *wanted = in;
    struct key_create_out *created = out;
    assert(wanted->scope >= SCOPE_INGEST && wanted->scope <= SCOPE_ADMIN);
    enum err err = create_check(tx, arena, wanted, created);
    if (err) return err;

    int64_t created_by = tx->actor.kind == ACTOR_AGENT ? tx->actor.id : 0;
    created->key = (struct key){ .id = tx_id(tx),
                                 .name = wanted->name,
                                 .scope = wanted->scope,
                                 .agent_id = wanted->agent_id,
                                 .hint = wanted->hint,
                                 .created_by = created_by,
                                 .created_at_ms = tx->now_ms,
                                 .expires_at_ms = wanted->expires_at_ms };
    struct str bytes = { .data = (const char *)wanted->token.bytes, .size = HASH_SIZE };
    err = tx_write(tx, &KEY_INSERT,
                   ARGS(value_int(created->key.id), value_bytes(bytes), value_text(wanted->hint),
                        value_text(wanted->name), value_int(wanted->scope),
                        value_int_or_null(wanted->agent_id), value_int_or_null(created_by),
                        value_int(tx->now_ms), value_int_or_null(wanted->expires_at_ms)));
    if (err) return err;
    access_event(tx, EVENT_ACCESS_KEY_CREATED, ID_KEY, created->key.id);
    return OK;
}

const struct command KEY_CREATE = { .name = "key_create", .run = key_create };

static enum err key_revoke(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)out;
    const struct key_revoke_in *revoked = in;
    struct rows rows;
    enum err err = tx_read(tx, arena, &KEY_READ, ARGS(value_int(revoked->id)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    int64_t count;
    err = tx_write_count(tx, &KEY_REVOKE_WRITE, ARGS(value_int(revoked->id), value_int(tx->now_ms)),
                         &count);
    if (err || count == 0) return err;
    access_event(tx, EVENT_ACCESS_KEY_REVOKED, ID_KEY, revoked->id);
    return OK;
}

const struct command KEY_REVOKE = { .name = "key_revoke", .run = key_revoke };
