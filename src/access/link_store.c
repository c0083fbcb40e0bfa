#include "access/link_store.h"

#include <inttypes.h>

#include "access/session_store.h"
#include "access/token.h"
#include "base/buf.h"
#include "base/id.h"
#include "base/parse.h"
#include "store/event.h"
#include "store/setting.h"
#include "store/writer.h"

/* Their bodies: the hash of the token; of a link also when it ends. Empty: spent or taken back. */
#define SETTING_SETUP_TOKEN STR("setup_token")
#define SETTING_LINK "sign_in_link." /* and the person's id */

enum { BODY_SIZE_MAX = 128 };

static const struct query PASSWORD_EXISTS = {
    .sql = "SELECT id FROM agent WHERE password_hash IS NOT NULL LIMIT 1",
    .rows_max = 1,
};
static const struct query PASSWORD_UPDATE = {
    .sql = "UPDATE agent SET password_hash = $2, version = version + 1"
           " WHERE id = $1 AND disabled_at_ms IS NULL",
    .changes_one = true,
};

enum err access_needs_setup(struct reader *reader, struct arena *arena, bool *out)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &PASSWORD_EXISTS, NO_ARGS, &rows);
    if (err) return err;
    *out = rows.count == 0;
    return OK;
}

struct setup_token_in {
    struct hash hash;
};

static enum err setup_token_set(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)out;
    const struct setup_token_in *token = in;
    struct rows rows;
    enum err err = tx_read(tx, arena, &PASSWORD_EXISTS, NO_ARGS, &rows);
    if (err) return err;
    if (rows.count > 0) return ERR_CONFLICT;
    return setting_write(tx, SETTING_SETUP_TOKEN, hash_hex(arena, &token->hash));
}

static const struct command SETUP_TOKEN_SET = { .name = "setup_token_set", .run = setup_token_set };

enum err access_setup_token_make(struct workspace *workspace, struct arena *arena, struct str *out)
{
    struct token token = token_make(arena, TOKEN_SETUP);
    const struct setup_token_in in = { .hash = token.hash };
    enum err err = writer_call(workspace->writer, arena, &SETUP_TOKEN_SET,
                               (struct actor){ .kind = ACTOR_SYSTEM }, &in, NULL);
    if (err) return err;
    *out = token.text;
    return OK;
}

enum err access_setup_token_check(struct reader *reader, struct arena *arena,
                                  const struct hash *token, bool *out)
{
    struct str body;
    *out = false;
    enum err err = setting_read(reader, arena, SETTING_SETUP_TOKEN, &body);
    if (err) return err == ERR_NOT_FOUND ? OK : err;
    *out = token_hash_is(token, body);
    return OK;
}

static enum err setup_token_spend(struct tx *tx, struct arena *arena, const struct hash *token)
{
    struct rows rows;
    enum err err = tx_read(tx, arena, &PASSWORD_EXISTS, NO_ARGS, &rows);
    if (err) return err;
    if (rows.count > 0) return ERR_CONFLICT;

    struct str body;
    err = setting_read_tx(tx, arena, SETTING_SETUP_TOKEN, &body);
    if (err) return err == ERR_NOT_FOUND ? ERR_DENIED : err;
    if (!token_hash_is(token, body)) return ERR_DENIED;
    return setting_write(tx, SETTING_SETUP_TOKEN, STR(""));
}

static enum err setup_finish(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct setup_in *setup = in;
    struct agent_out *made = out;
    enum err err = setup_token_spend(tx, arena, &setup->token);
    if (err) return err;

    const struct agent_create_in admin = { .email = setup->email,
                                           .name = setup->name,
                                           .password_hash = setup->password_hash,
                                           .role = ROLE_ADMIN };
    err = agent_insert(tx, arena, &admin, made);
    if (!err && setup->zone.data) err = setting_write(tx, SETTING_ZONE, setup->zone);
    if (!err && setup->workspace_name.data) {
        err = setting_write(tx, SETTING_WORKSPACE_NAME, setup->workspace_name);
    }
    if (err) return err;
    int64_t session_id;
    return session_insert(tx, made->agent.id, &setup->session_token, &session_id);
}

const struct command SETUP_FINISH = { .name = "setup_finish", .run = setup_finish };

static struct str link_name(struct arena *arena, int64_t agent_id)
{
    struct buf buf = buf_open(arena, BODY_SIZE_MAX);
    buf_add(&buf, STR(SETTING_LINK));
    buf_add(&buf, id_text(arena, ID_AGENT, agent_id));
    return buf_view(&buf);
}

enum err link_write(struct tx *tx, struct arena *arena, int64_t agent_id, struct str *token,
                    int64_t *expires_ms)
{
    struct token made = token_make_link(arena, agent_id);
    int64_t end_ms = tx->now_ms + LINK_LASTS_MS;
    struct buf buf = buf_open(arena, BODY_SIZE_MAX);
    buf_add(&buf, hash_hex(arena, &made.hash));
    buf_add_char(&buf, ' ');
    buf_add_int(&buf, end_ms);

    enum err err = setting_write(tx, link_name(arena, agent_id), buf_view(&buf));
    if (err) return err;
    *token = made.text;
    *expires_ms = end_ms;
    return OK;
}

enum err link_drop(struct tx *tx, struct arena *arena, int64_t agent_id)
{
    struct str body;
    struct str name = link_name(arena, agent_id);
    enum err err = setting_read_tx(tx, arena, name, &body);
    if (err == ERR_NOT_FOUND || (!err && body.size == 0)) return OK;
    return err ? err : setting_write(tx, name, STR(""));
}

/* `body` is "hash end". */
static bool link_is_right(struct str body, const struct hash *token, int64_t now_ms)
{
    struct str hex = str_cut(&body, ' ');
    int64_t end_ms;
    if (parse_int(body, 0, INT64_MAX, &end_ms) != OK || now_ms >= end_ms) return false;
    return token_hash_is(token, hex);
}

enum err link_check(struct reader *reader, struct arena *arena, int64_t agent_id,
                    const struct hash *token, int64_t now_ms, bool *out)
{
    struct str body;
    *out = false;
    enum err err = setting_read(reader, arena, link_name(arena, agent_id), &body);
    if (err) return err == ERR_NOT_FOUND ? OK : err;
    *out = link_is_right(body, token, now_ms);
    return OK;
}

static enum err link_make(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct link_make_in *wanted = in;
    struct agent_out *made = out;
    enum err err = agent_read_tx(tx, arena, wanted->agent_id, &made->agent);
    if (err) return err;
    if (made->agent.disabled_at_ms) return ERR_NOT_FOUND;
    if (!made->agent.email.data) {
        made->fault = AGENT_EMAIL_NEEDED;
        return ERR_INVALID;
    }
    access_event(tx, EVENT_ACCESS_PERSON_CHANGED, ID_AGENT, wanted->agent_id);
    return link_write(tx, arena, wanted->agent_id, &made->link, &made->link_expires_ms);
}

const struct command LINK_MAKE = { .name = "link_make", .run = link_make };

static enum err link_use(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct link_use_in *used = in;
    struct agent_out *changed = out;
    struct str body;
    enum err err = setting_read_tx(tx, arena, link_name(arena, used->agent_id), &body);
    if (err) return err == ERR_NOT_FOUND ? ERR_DENIED : err;
    if (!link_is_right(body, &used->token, tx->now_ms)) return ERR_DENIED;

    err = agent_read_tx(tx, arena, used->agent_id, &changed->agent);
    if (err) return err == ERR_NOT_FOUND ? ERR_DENIED : err;
    if (changed->agent.disabled_at_ms) return ERR_DENIED;

    err = tx_write(tx, &PASSWORD_UPDATE,
                   ARGS(value_int(used->agent_id), value_text(used->password_hash)));
    if (!err) err = session_end_all(tx, used->agent_id, 0);
    if (!err) err = link_drop(tx, arena, used->agent_id);
    if (err) return err;
    access_event(tx, EVENT_ACCESS_PERSON_CHANGED, ID_AGENT, used->agent_id);
    int64_t session_id;
    err = session_insert(tx, used->agent_id, &used->session_token, &session_id);
    return err ? err : agent_read_tx(tx, arena, used->agent_id, &changed->agent);
}

const struct command LINK_USE = { .name = "link_use", .run = link_use };
