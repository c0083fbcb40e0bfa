#include "access/agent_store.h"

#include <assert.h>

#include "access/link_store.h"
#include "access/session_store.h"
#include "base/id.h"
#include "store/event.h"
#include "store/filter.h"

#define AGENT_COLUMNS                                                                              \
    "SELECT id, email, name, external_id, role, state, state_since_ms, created_at_ms,"             \
    " disabled_at_ms, version, CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END FROM agent"

enum column {
    COLUMN_ID,
    COLUMN_EMAIL,
    COLUMN_NAME,
    COLUMN_EXTERNAL_ID,
    COLUMN_ROLE,
    COLUMN_STATE,
    COLUMN_STATE_SINCE,
    COLUMN_CREATED,
    COLUMN_DISABLED,
    COLUMN_VERSION,
    COLUMN_HAS_PASSWORD
};

enum { MEMBERS_MAX = (AGENTS_LIST_MAX + 1) * AGENT_TEAMS_MAX };

static const struct query AGENT_READ = { .sql = AGENT_COLUMNS " WHERE id = $1", .rows_max = 1 };
static const struct query TEAMS_READ = {
    .sql = "SELECT agent_id, team_id FROM team_member WHERE agent_id = $1 ORDER BY team_id",
    .rows_max = AGENT_TEAMS_MAX,
};
static const struct query PASSWORD_READ = {
    .sql = "SELECT id, password_hash FROM agent WHERE email = $1 AND disabled_at_ms IS NULL",
    .rows_max = 1,
};
static const struct query PASSWORD_READ_ID = {
    .sql = "SELECT password_hash FROM agent WHERE id = $1 AND disabled_at_ms IS NULL",
    .rows_max = 1,
};
static const struct query BY_EMAIL = {
    .sql = "SELECT id FROM agent WHERE email = $1",
    .rows_max = 1,
};
static const struct query BY_EXTERNAL_ID = {
    .sql = "SELECT id FROM agent WHERE external_id = $1",
    .rows_max = 1,
};
static const struct query BY_EITHER = {
    .sql = "SELECT id FROM agent WHERE email = $1 UNION ALL"
           " SELECT id FROM agent WHERE external_id = $2",
    .rows_max = 2,
};
static const struct query BY_ID = { .sql = "SELECT id FROM agent WHERE id = $1", .rows_max = 1 };
static const struct query OTHER_ADMIN = {
    .sql = "SELECT id FROM agent WHERE role = $1 AND disabled_at_ms IS NULL"
           " AND password_hash IS NOT NULL AND id <> $2 LIMIT 1",
    .rows_max = 1,
};
static const struct query TEAM_EXISTS = {
    .sql = "SELECT id FROM team WHERE id = $1",
    .rows_max = 1,
};
static const struct query ONLY_TEAM = {
    .sql = "SELECT m.team_id FROM team_member m JOIN team t ON t.id = m.team_id"
           " WHERE m.agent_id = $1 AND t.archived_at_ms IS NULL LIMIT 2",
    .rows_max = 2,
};
static const struct query AGENT_INSERT = {
    .sql =
        "INSERT INTO agent (id, email, name, external_id, role, password_hash, state,"
        " state_since_ms, created_at_ms, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 1)",
    .changes_one = true,
};
static const struct query AGENT_UPDATE = {
    .sql = "UPDATE agent SET email = $2, name = $3, external_id = $4, role = $5, state = $6,"
           " state_since_ms = $7, disabled_at_ms = $8, version = version + 1 WHERE id = $1",
    .changes_one = true,
};
static const struct query PASSWORD_UPDATE = {
    .sql = "UPDATE agent SET password_hash = $2 WHERE id = $1",
    .changes_one = true,
};
static const struct query STATE_UPDATE = {
    .sql = "UPDATE agent SET state = $2, state_since_ms = $3 WHERE id = $1",
    .changes_one = true,
};
static const struct query MEMBER_DELETE = { .sql = "DELETE FROM team_member WHERE agent_id = $1" };
static const struct query MEMBER_INSERT = {
    .sql = "INSERT INTO team_member (team_id, agent_id) VALUES ($1, $2)"
           " ON CONFLICT (team_id, agent_id) DO NOTHING",
};

static void agent_fill(const struct rows *rows, size_t row, struct agent *out)
{
    *out = (struct agent){
        .id = rows_int(rows, row, COLUMN_ID),
        .email = rows_text_or_none(rows, row, COLUMN_EMAIL),
        .name = rows_text(rows, row, COLUMN_NAME),
        .external_id = rows_text_or_none(rows, row, COLUMN_EXTERNAL_ID),
        .role = (enum role)rows_int(rows, row, COLUMN_ROLE),
        .state = (enum agent_state)rows_int(rows, row, COLUMN_STATE),
        .state_since_ms = rows_int(rows, row, COLUMN_STATE_SINCE),
        .created_at_ms = rows_int(rows, row, COLUMN_CREATED),
        .disabled_at_ms = rows_int_or_zero(rows, row, COLUMN_DISABLED),
        .version = rows_int(rows, row, COLUMN_VERSION),
        .has_password = rows_int(rows, row, COLUMN_HAS_PASSWORD) != 0,
    };
}

/* Gives each person the teams that `members` (agent, team) name. */
static void teams_fill(struct arena *arena, const struct rows *members, struct agent *agents,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t *ids = arena_array(arena, int64_t, AGENT_TEAMS_MAX);
        size_t used = 0;
        for (size_t row = 0; row < members->count; row++) {
            if (rows_int(members, row, 0) != agents[i].id || used == AGENT_TEAMS_MAX) continue;
            ids[used++] = rows_int(members, row, 1);
        }
        agents[i].team_ids = ids;
        agents[i].team_count = used;
    }
}

enum err agent_read(struct reader *reader, struct arena *arena, int64_t id, struct agent *out)
{
    struct rows rows;
    struct rows members;
    enum err err = reader_read(reader, arena, &AGENT_READ, ARGS(value_int(id)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    err = reader_read(reader, arena, &TEAMS_READ, ARGS(value_int(id)), &members);
    if (err) return err;
    agent_fill(&rows, 0, out);
    teams_fill(arena, &members, out, 1);
    return OK;
}

enum err agent_read_tx(struct tx *tx, struct arena *arena, int64_t id, struct agent *out)
{
    struct rows rows;
    struct rows members;
    enum err err = tx_read(tx, arena, &AGENT_READ, ARGS(value_int(id)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    err = tx_read(tx, arena, &TEAMS_READ, ARGS(value_int(id)), &members);
    if (err) return err;
    agent_fill(&rows, 0, out);
    teams_fill(arena, &members, out, 1);
    return OK;
}

static enum err members_read(struct reader *reader, struct arena *arena, struct agent *agents,
                             size_t count)
{
    struct value ids[AGENTS_LIST_MAX + 1];
    assert(count <= AGENTS_LIST_MAX + 1);
    for (size_t i = 0; i < count; i++) ids[i] = value_int(agents[i].id);

    struct filter filter = { 0 };
    filter_add(&filter, "SELECT agent_id, team_id FROM team_member WHERE agent_id");
    filter_add_list(&filter, " IN (", ids, count, ") ORDER BY agent_id, team_id");
    struct rows members;
    enum err err = filter_read(reader, arena, &filter, MEMBERS_MAX, &members);
    if (err) return err;
    teams_fill(arena, &members, agents, count);
    return OK;
}

enum err agent_list(struct reader *reader, struct arena *arena,
                    const struct agent_list_filter *filter, size_t count_max, struct agent **out,
                    size_t *count)
{
    struct filter sql = { 0 };
    filter_add(&sql, AGENT_COLUMNS);
    filter_add_values(&sql, " WHERE id < ?",
                      ARGS(value_int(filter->before_id ? filter->before_id : INT64_MAX)));
    if (filter->email.data) {
        filter_add_values(&sql, " AND email = ?", ARGS(value_text(filter->email)));
    }
    if (filter->external_id.data) {
        filter_add_values(&sql, " AND external_id = ?", ARGS(value_text(filter->external_id)));
    }
    if (filter->role) filter_add_values(&sql, " AND role = ?", ARGS(value_int(filter->role)));
    if (filter->team_id) {
        filter_add_values(&sql, " AND id IN (SELECT agent_id FROM team_member WHERE team_id = ?)",
                          ARGS(value_int(filter->team_id)));
    }
    filter_add_values(&sql, " ORDER BY id DESC LIMIT ?", ARGS(value_int((int64_t)count_max)));

    struct rows rows;
    enum err err = filter_read(reader, arena, &sql, count_max, &rows);
    if (err) return err;
    struct agent *agents = arena_array(arena, struct agent, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) agent_fill(&rows, i, &agents[i]);
    if (rows.count > 0) {
        err = members_read(reader, arena, agents, rows.count);
        if (err) return err;
    }
    *out = agents;
    *count = rows.count;
    return OK;
}

enum err agent_read_password(struct reader *reader, struct arena *arena, struct str email,
                             int64_t *id, struct str *stored)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &PASSWORD_READ, ARGS(value_text(email)), &rows);
    if (err) return err;
    *id = rows.count ? rows_int(&rows, 0, 0) : 0;
    *stored = rows.count ? rows_text_or_none(&rows, 0, 1) : (struct str){ 0 };
    return OK;
}

enum err agent_read_password_id(struct reader *reader, struct arena *arena, int64_t id,
                                struct str *stored)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &PASSWORD_READ_ID, ARGS(value_int(id)), &rows);
    if (err) return err;
    *stored = rows.count ? rows_text_or_none(&rows, 0, 0) : (struct str){ 0 };
    return OK;
}

void access_event(struct tx *tx, int event_kind, int subject_kind, int64_t subject_id)
{
    struct event_values values = { 0 };
    event_put(&values, FIELD_SUBJECT, subject_id);
    event_put_zero(&values, FIELD_SUBJECT_KIND, subject_kind);
    tx_event(tx, &(struct event){ .kind = (enum event_kind)event_kind,
                                  .version = EVENT_VERSION,
                                  .actor = tx->actor,
                                  .values = values.items,
                                  .values_count = values.count });
}

/* Whether a row but `id` has that text. */
static enum err is_taken(struct tx *tx, struct arena *arena, const struct query *query,
                         struct str text, int64_t id, bool *out)
{
    *out = false;
    if (!text.data) return OK;
    struct rows rows;
    enum err err = tx_read(tx, arena, query, ARGS(value_text(text)), &rows);
    if (err) return err;
    *out = rows.count > 0 && rows_int(&rows, 0, 0) != id;
    return OK;
}

static enum err names_check(struct tx *tx, struct arena *arena, const struct agent *agent,
                            struct agent_out *out)
{
    bool taken;
    enum err err = is_taken(tx, arena, &BY_EMAIL, agent->email, agent->id, &taken);
    if (err) return err;
    if (taken) {
        out->fault = AGENT_EMAIL_TAKEN;
        return ERR_CONFLICT;
    }
    err = is_taken(tx, arena, &BY_EXTERNAL_ID, agent->external_id, agent->id, &taken);
    if (err) return err;
    if (taken) {
        out->fault = AGENT_EXTERNAL_ID_TAKEN;
        return ERR_CONFLICT;
    }
    return OK;
}

static enum err teams_check(struct tx *tx, struct arena *arena, const int64_t *ids, size_t count,
                            struct agent_out *out)
{
    assert(count <= AGENT_TEAMS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct rows rows;
        enum err err = tx_read(tx, arena, &TEAM_EXISTS, ARGS(value_int(ids[i])), &rows);
        if (err) return err;
        if (rows.count == 0) {
            out->fault = AGENT_TEAM_UNKNOWN;
            return ERR_INVALID;
        }
    }
    return OK;
}

static enum err teams_insert(struct tx *tx, int64_t agent_id, const int64_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum err err = tx_write(tx, &MEMBER_INSERT, ARGS(value_int(ids[i]), value_int(agent_id)));
        if (err) return err;
    }
    return OK;
}

static enum err row_insert(struct tx *tx, const struct agent_create_in *in, int64_t id)
{
    return tx_write(tx, &AGENT_INSERT,
                    ARGS(value_int(id), value_text_or_null(in->email), value_text(in->name),
                         value_text_or_null(in->external_id), value_int(in->role),
                         value_text_or_null(in->password_hash), value_int(AGENT_OFFLINE),
                         value_int(tx->now_ms)));
}

enum err agent_insert(struct tx *tx, struct arena *arena, const struct agent_create_in *in,
                      struct agent_out *out)
{
    assert(in->role >= ROLE_AGENT && in->role <= ROLE_ADMIN);
    if ((in->password_hash.data || in->wants_link) && !in->email.data) {
        out->fault = AGENT_EMAIL_NEEDED;
        return ERR_INVALID;
    }
    struct agent named = { .email = in->email, .external_id = in->external_id };
    enum err err = names_check(tx, arena, &named, out);
    if (err) return err;
    err = teams_check(tx, arena, in->team_ids, in->team_count, out);
    if (err) return err;

    int64_t id = tx_id(tx);
    err = row_insert(tx, in, id);
    if (err) return err;
    err = teams_insert(tx, id, in->team_ids, in->team_count);
    if (err) return err;
    if (in->wants_link) {
        err = link_write(tx, arena, id, &out->link, &out->link_expires_ms);
        if (err) return err;
    }
    access_event(tx, EVENT_ACCESS_PERSON_CHANGED, ID_AGENT, id);
    return agent_read_tx(tx, arena, id, &out->agent);
}

static enum err agent_create(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    return agent_insert(tx, arena, in, out);
}

const struct command AGENT_CREATE = { .name = "agent_create", .run = agent_create };

static bool is_ruling(const struct agent *agent)
{
    return agent->role == ROLE_ADMIN && agent->has_password && !agent->disabled_at_ms;
}

/* Applies the change to the copy that is then checked and stored. */
static void agent_apply(struct agent *agent, const struct agent_change_in *in, int64_t now_ms)
{
    if (in->name.data) agent->name = in->name;
    if (in->email.data) agent->email = in->email;
    if (in->sets_external_id) agent->external_id = in->external_id;
    if (in->role) agent->role = in->role;
    if (in->password_hash.data) agent->has_password = true;
    if (in->turn == AGENT_ENABLE) agent->disabled_at_ms = 0;
    if (in->turn == AGENT_DISABLE && !agent->disabled_at_ms) {
        agent->disabled_at_ms = now_ms;
        agent->state = AGENT_OFFLINE;
        agent->state_since_ms = now_ms;
    }
}

static enum err change_check(struct tx *tx, struct arena *arena, const struct agent_change_in *in,
                             const struct agent *before, const struct agent *after,
                             struct agent_out *out)
{
    if (in->version && in->version != before->version) {
        out->fault = AGENT_VERSION;
        return ERR_CONFLICT;
    }
    if (in->password_hash.data && !after->email.data) {
        out->fault = AGENT_EMAIL_NEEDED;
        return ERR_INVALID;
    }
    if (is_ruling(before) && !is_ruling(after)) {
        struct rows rows;
        enum err err = tx_read(tx, arena, &OTHER_ADMIN,
                               ARGS(value_int(ROLE_ADMIN), value_int(before->id)), &rows);
        if (err) return err;
        if (rows.count == 0) {
            out->fault = AGENT_LAST_ADMIN;
            return ERR_CONFLICT;
        }
    }
    enum err err = names_check(tx, arena, after, out);
    if (err) return err;
    return in->sets_teams ? teams_check(tx, arena, in->team_ids, in->team_count, out) : OK;
}

static enum err change_store(struct tx *tx, const struct agent_change_in *in,
                             const struct agent *after)
{
    enum err err =
        tx_write(tx, &AGENT_UPDATE,
                 ARGS(value_int(after->id), value_text_or_null(after->email),
                      value_text(after->name), value_text_or_null(after->external_id),
                      value_int(after->role), value_int(after->state),
                      value_int(after->state_since_ms), value_int_or_null(after->disabled_at_ms)));
    if (err) return err;
    if (in->password_hash.data) {
        err = tx_write(tx, &PASSWORD_UPDATE,
                       ARGS(value_int(after->id), value_text(in->password_hash)));
        if (err) return err;
    }
    if (!in->sets_teams) return OK;
    err = tx_write(tx, &MEMBER_DELETE, ARGS(value_int(after->id)));
    if (err) return err;
    return teams_insert(tx, after->id, in->team_ids, in->team_count);
}

/* Whoever got another role, another password or was shut out must prove who they are again. */
static enum err sessions_end(struct tx *tx, struct arena *arena, const struct agent_change_in *in,
                             const struct agent *before, const struct agent *after)
{
    bool is_shut_out = after->disabled_at_ms || before->role != after->role;
    if (!is_shut_out && !in->password_hash.data) return OK;
    int64_t spared = is_shut_out ? 0 : in->session_id;
    enum err err = session_end_all(tx, after->id, spared);
    if (err) return err;
    return link_drop(tx, arena, after->id);
}

static enum err agent_change(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct agent_change_in *change = in;
    struct agent_out *changed = out;
    struct agent before;
    enum err err = agent_read_tx(tx, arena, change->id, &before);
    if (err) return err;
    struct agent after = before;
    agent_apply(&after, change, tx->now_ms);
    err = change_check(tx, arena, change, &before, &after, changed);
    if (err) return err;
    err = change_store(tx, change, &after);
    if (err) return err;
    err = sessions_end(tx, arena, change, &before, &after);
    if (err) return err;
    access_event(tx, EVENT_ACCESS_PERSON_CHANGED, ID_AGENT, change->id);
    return agent_read_tx(tx, arena, change->id, &changed->agent);
}

const struct command AGENT_CHANGE = { .name = "agent_change", .run = agent_change };

static enum err agent_state_set(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct agent_state_in *wanted = in;
    struct agent_out *changed = out;
    enum err err = agent_read_tx(tx, arena, wanted->id, &changed->agent);
    if (err || changed->agent.state == wanted->state) return err;

    err = tx_write(tx, &STATE_UPDATE,
                   ARGS(value_int(wanted->id), value_int(wanted->state), value_int(tx->now_ms)));
    if (err) return err;
    changed->agent.state = wanted->state;
    changed->agent.state_since_ms = tx->now_ms;

    struct event_values values = { 0 };
    event_put(&values, DIMENSION_AGENT, wanted->id);
    event_put(&values, FIELD_AGENT_STATE, wanted->state);
    tx_event(tx, &(struct event){ .kind = EVENT_AGENT_STATE_CHANGED,
                                  .version = EVENT_VERSION,
                                  .actor = tx->actor,
                                  .values = values.items,
                                  .values_count = values.count });
    return OK;
}

const struct command AGENT_STATE_SET = { .name = "agent_state_set", .run = agent_state_set };

static enum err agent_find(struct tx *tx, struct arena *arena, struct str name, int64_t *out)
{
    struct rows rows;
    struct str email;
    int64_t id;
    enum err err;
    if (id_parse(ID_AGENT, name, &id) == OK) {
        err = tx_read(tx, arena, &BY_ID, ARGS(value_int(id)), &rows);
        if (!err && rows.count == 0) return ERR_INVALID; /* ids are ours to give */
    } else if (agent_email_normalise(arena, name, &email) == OK) {
        err = tx_read(tx, arena, &BY_EITHER, ARGS(value_text(email), value_text(name)), &rows);
    } else {
        err = tx_read(tx, arena, &BY_EXTERNAL_ID, ARGS(value_text(name)), &rows);
    }
    if (err) return err;
    *out = rows.count ? rows_int(&rows, 0, 0) : 0;
    return OK;
}

enum err agent_take(struct tx *tx, struct arena *arena, struct str text, int64_t *out)
{
    struct str name;
    enum err err = agent_name_normalise(text, AGENT_NAME_MAX, &name);
    if (err) return err;
    int64_t id;
    err = agent_find(tx, arena, name, &id);
    if (err) return err;
    if (id == 0) {
        id = tx_id(tx);
        const struct agent_create_in in = { .name = name, .external_id = name, .role = ROLE_AGENT };
        err = row_insert(tx, &in, id);
        if (err) return err;
        access_event(tx, EVENT_ACCESS_PERSON_CHANGED, ID_AGENT, id);
    }
    *out = id;
    return OK;
}

enum err agent_team(struct tx *tx, struct arena *arena, int64_t agent_id, int64_t *out)
{
    struct rows rows;
    enum err err = tx_read(tx, arena, &ONLY_TEAM, ARGS(value_int(agent_id)), &rows);
    if (err) return err;
    *out = rows.count == 1 ? rows_int(&rows, 0, 0) : 0;
    return OK;
}
