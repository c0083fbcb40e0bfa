#include "access/grant_store.h"

#include <string.h>

#include "base/log.h"
#include "store/setting.h"

/* Both kinds give the same columns, so that one function reads them. */
#define SESSION_COLUMNS                                                                            \
    "SELECT s.id, s.agent_id, a.role, 0, s.expires_at_ms, s.seen_at_ms, NULL, a.disabled_at_ms,"   \
    " a.name, s.token_hash FROM session s JOIN agent a ON a.id = s.agent_id"
#define KEY_COLUMNS                                                                                \
    "SELECT k.id, k.agent_id, a.role, k.scope, k.expires_at_ms, k.used_at_ms, k.revoked_at_ms,"    \
    " a.disabled_at_ms, k.name, k.token_hash FROM api_key k LEFT JOIN agent a ON a.id = "          \
    "k.agent_id"

enum column {
    COLUMN_ID,
    COLUMN_AGENT,
    COLUMN_ROLE,
    COLUMN_SCOPE,
    COLUMN_EXPIRES,
    COLUMN_NOTED,
    COLUMN_REVOKED,
    COLUMN_DISABLED,
    COLUMN_NAME,
    COLUMN_TOKEN
};

static const struct query SESSION_READ = {
    .sql = SESSION_COLUMNS " WHERE s.token_hash = $1",
    .rows_max = 1,
};
static const struct query SESSION_READ_ID = {
    .sql = SESSION_COLUMNS " WHERE s.id = $1",
    .rows_max = 1,
};
static const struct query KEY_READ = {
    .sql = KEY_COLUMNS " WHERE k.token_hash = $1",
    .rows_max = 1,
};
static const struct query KEY_READ_ID = {
    .sql = KEY_COLUMNS " WHERE k.id = $1",
    .rows_max = 1,
};
static const struct query REACH_READ = {
    .sql = "SELECT c.id FROM conversation c WHERE c.id = $1 AND (c.team_id IS NULL"
           " OR c.agent_id = $2"
           " OR EXISTS (SELECT 1 FROM team_member m WHERE m.team_id = c.team_id AND"
           " m.agent_id = $2)"
           " OR EXISTS (SELECT 1 FROM conversation_mention n WHERE n.conversation_id = c.id"
           " AND n.agent_id = $2))",
    .rows_max = 1,
};
static const struct query SESSION_NOTE = {
    .sql = "UPDATE session SET seen_at_ms = $2, expires_at_ms = $3"
           " WHERE id = $1 AND seen_at_ms < $4 AND expires_at_ms > $2",
};
static const struct query KEY_NOTE = {
    .sql = "UPDATE api_key SET used_at_ms = $2"
           " WHERE id = $1 AND (used_at_ms IS NULL OR used_at_ms < $3)",
};

static enum err reach_setting(struct reader *reader, struct arena *arena, struct str *out)
{
    enum err err = setting_read(reader, arena, SETTING_REACH, out);
    if (err != ERR_NOT_FOUND) return err;
    *out = STR("team");
    return OK;
}

static bool has_passed(const struct rows *rows, enum column column, int64_t now_ms)
{
    return !rows_is_null(rows, 0, column) && rows_int(rows, 0, column) <= now_ms;
}

static bool gives_nothing(const struct rows *rows, int64_t now_ms)
{
    bool names_agent = !rows_is_null(rows, 0, COLUMN_AGENT);
    return has_passed(rows, COLUMN_EXPIRES, now_ms) || !rows_is_null(rows, 0, COLUMN_REVOKED) ||
           !rows_is_null(rows, 0, COLUMN_DISABLED) ||
           (names_agent && rows_is_null(rows, 0, COLUMN_ROLE));
}

static enum err grant_fill(struct reader *reader, struct arena *arena, enum grant_kind kind,
                           const struct rows *rows, struct grant *out)
{
    struct grant grant = {
        .kind = kind,
        .id = rows_int(rows, 0, COLUMN_ID),
        .agent_id = rows_int_or_zero(rows, 0, COLUMN_AGENT),
        .role = (enum role)rows_int_or_zero(rows, 0, COLUMN_ROLE),
        .scope = (enum scope)rows_int(rows, 0, COLUMN_SCOPE),
        .sees_all = true,
        .expires_at_ms = rows_int_or_zero(rows, 0, COLUMN_EXPIRES),
        .noted_at_ms = rows_int_or_zero(rows, 0, COLUMN_NOTED),
    };
    if (kind == GRANT_KEY && grant.scope == SCOPE_AGENT && grant.agent_id == 0) {
        return ERR_NOT_FOUND;
    }
    struct str name = rows_text(rows, 0, COLUMN_NAME);
    grant.name_size = name.size < AGENT_NAME_MAX ? name.size : AGENT_NAME_MAX;
    memcpy(grant.name, name.data, grant.name_size);

    if (grant.role == ROLE_AGENT) {
        struct str reach;
        enum err err = reach_setting(reader, arena, &reach);
        if (err) return err;
        grant.sees_all = role_sees_all(grant.role, reach);
    }
    *out = grant;
    return OK;
}

enum err grant_read(struct reader *reader, struct arena *arena, enum grant_kind kind,
                    const struct hash *token, int64_t now_ms, struct grant *out)
{
    struct rows rows;
    struct str bytes = { .data = (const char *)token->bytes, .size = HASH_SIZE };
    enum err err = reader_read(reader, arena, kind == GRANT_SESSION ? &SESSION_READ : &KEY_READ,
                               ARGS(value_bytes(bytes)), &rows);
    if (err) return err;
    if (rows.count == 0 || gives_nothing(&rows, now_ms)) return ERR_NOT_FOUND;

    /* The index found it by its first differing byte; what counts is this comparison. */
    struct str stored = rows_bytes(&rows, 0, COLUMN_TOKEN);
    struct hash hash;
    if (stored.size != HASH_SIZE) return ERR_CORRUPT;
    memcpy(hash.bytes, stored.data, HASH_SIZE);
    if (!hash_equal(&hash, token)) return ERR_NOT_FOUND;
    return grant_fill(reader, arena, kind, &rows, out);
}

enum err grant_read_id(struct reader *reader, struct arena *arena, enum grant_kind kind, int64_t id,
                       int64_t now_ms, struct grant *out)
{
    struct rows rows;
    enum err err =
        reader_read(reader, arena, kind == GRANT_SESSION ? &SESSION_READ_ID : &KEY_READ_ID,
                    ARGS(value_int(id)), &rows);
    if (err) return err;
    if (rows.count == 0 || gives_nothing(&rows, now_ms)) return ERR_NOT_FOUND;
    return grant_fill(reader, arena, kind, &rows, out);
}

enum err grant_reaches(struct reader *reader, struct arena *arena, int64_t agent_id,
                       int64_t conversation_id, bool *out)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &REACH_READ,
                               ARGS(value_int(conversation_id), value_int(agent_id)), &rows);
    if (err) return err;
    *out = rows.count > 0;
    return OK;
}

static enum err grant_note(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    (void)out;
    const struct grant_note_in *note = in;
    if (note->kind == GRANT_KEY) {
        return tx_write(tx, &KEY_NOTE,
                        ARGS(value_int(note->id), value_int(note->at_ms),
                             value_int(note->at_ms - GRANT_KEY_NOTE_MS + 1)));
    }
    return tx_write(tx, &SESSION_NOTE,
                    ARGS(value_int(note->id), value_int(note->at_ms),
                         value_int(note->at_ms + SESSION_LASTS_MS),
                         value_int(note->at_ms - GRANT_SESSION_NOTE_MS + 1)));
}

const struct command GRANT_NOTE = { .name = "grant_note", .run = grant_note };
