#include "access/session_store.h"

#include "access/grant_store.h"
#include "base/id.h"
#include "store/event.h"

static const struct query PASSWORD_READ = {
    .sql = "SELECT password_hash FROM agent WHERE id = $1 AND disabled_at_ms IS NULL",
    .rows_max = 1,
};
static const struct query SESSION_INSERT = {
    .sql = "INSERT INTO session (id, token_hash, agent_id, created_at_ms, seen_at_ms,"
           " expires_at_ms) VALUES ($1, $2, $3, $4, $4, $5)",
    .changes_one = true,
};
static const struct query SESSION_DELETE = { .sql = "DELETE FROM session WHERE id = $1" };
static const struct query SESSIONS_DELETE = {
    .sql = "DELETE FROM session WHERE agent_id = $1 AND id <> $2",
};
static const struct query SESSIONS_FORGET = {
    .sql = "DELETE FROM session WHERE expires_at_ms <= $1",
};

enum err session_insert(struct tx *tx, int64_t agent_id, const struct hash *token, int64_t *out)
{
    int64_t id = tx_id(tx);
    struct str bytes = { .data = (const char *)token->bytes, .size = HASH_SIZE };
    enum err err = tx_write(tx, &SESSION_INSERT,
                            ARGS(value_int(id), value_bytes(bytes), value_int(agent_id),
                                 value_int(tx->now_ms), value_int(tx->now_ms + SESSION_LASTS_MS)));
    if (err) return err;
    access_event(tx, EVENT_ACCESS_SIGNED_IN, ID_AGENT, agent_id);
    *out = id;
    return OK;
}

static enum err session_create(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct session_create_in *wanted = in;
    struct agent_out *created = out;
    struct rows rows;
    enum err err = tx_read(tx, arena, &PASSWORD_READ, ARGS(value_int(wanted->agent_id)), &rows);
    if (err) return err;
    struct str stored = rows.count ? rows_text_or_none(&rows, 0, 0) : (struct str){ 0 };
    if (stored.size == 0 || !str_equal(stored, wanted->stored)) return ERR_DENIED;

    err = agent_read_tx(tx, arena, wanted->agent_id, &created->agent);
    if (err) return err;
    int64_t session_id;
    return session_insert(tx, wanted->agent_id, &wanted->token, &session_id);
}

const struct command SESSION_CREATE = { .name = "session_create", .run = session_create };

static enum err session_end(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    (void)out;
    const struct session_end_in *ended = in;
    int64_t count;
    enum err err = tx_write_count(tx, &SESSION_DELETE, ARGS(value_int(ended->id)), &count);
    if (err || count == 0) return err;
    access_event(tx, EVENT_ACCESS_SIGNED_OUT, ID_AGENT, ended->agent_id);
    return OK;
}

const struct command SESSION_END = { .name = "session_end", .run = session_end };

enum err session_end_all(struct tx *tx, int64_t agent_id, int64_t spared_id)
{
    return tx_write(tx, &SESSIONS_DELETE, ARGS(value_int(agent_id), value_int(spared_id)));
}

static enum err session_refuse(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    (void)out;
    const struct session_refuse_in *refused = in;
    access_event(tx, EVENT_ACCESS_REFUSED, ID_AGENT, refused->agent_id);
    return OK;
}

const struct command SESSION_REFUSE = { .name = "session_refuse", .run = session_refuse };

enum err session_forget(struct tx *tx)
{
    return tx_write(tx, &SESSIONS_FORGET, ARGS(value_int(tx->now_ms)));
}
