#include "access/team_store.h"

#include <assert.h>

#include "access/agent_store.h"
#include "base/id.h"
#include "store/event.h"
#include "store/filter.h"

#define TEAM_COLUMNS "SELECT id, name, created_at_ms, archived_at_ms, version FROM team"

enum column { COLUMN_ID, COLUMN_NAME, COLUMN_CREATED, COLUMN_ARCHIVED, COLUMN_VERSION };

enum { MEMBERS_MAX = 100000 };

static const struct query TEAM_READ = { .sql = TEAM_COLUMNS " WHERE id = $1", .rows_max = 1 };
static const struct query MEMBERS_READ = {
    .sql = "SELECT team_id, agent_id FROM team_member WHERE team_id = $1 ORDER BY agent_id",
    .rows_max = MEMBERS_MAX,
};
static const struct query BY_NAME = {
    .sql = "SELECT id FROM team WHERE name = $1",
    .rows_max = 1,
};
static const struct query BY_ID = { .sql = "SELECT id FROM team WHERE id = $1", .rows_max = 1 };
static const struct query AGENT_TEAMS = {
    .sql = "SELECT (SELECT COUNT(*) FROM team_member m WHERE m.agent_id = a.id AND m.team_id <> $2)"
           " FROM agent a WHERE a.id = $1",
    .rows_max = 1,
};
static const struct query TEAM_INSERT = {
    .sql = "INSERT INTO team (id, name, created_at_ms, version) VALUES ($1, $2, $3, 1)",
    .changes_one = true,
};
static const struct query TEAM_UPDATE = {
    .sql = "UPDATE team SET name = $2, archived_at_ms = $3, version = version + 1 WHERE id = $1",
    .changes_one = true,
};
static const struct query MEMBERS_DELETE = { .sql = "DELETE FROM team_member WHERE team_id = $1" };
static const struct query MEMBER_INSERT = {
    .sql = "INSERT INTO team_member (team_id, agent_id) VALUES ($1, $2)"
           " ON CONFLICT (team_id, agent_id) DO NOTHING",
};

static void team_fill(const struct rows *rows, size_t row, struct team *out)
{
    *out = (struct team){
        .id = rows_int(rows, row, COLUMN_ID),
        .name = rows_text(rows, row, COLUMN_NAME),
        .created_at_ms = rows_int(rows, row, COLUMN_CREATED),
        .archived_at_ms = rows_int_or_zero(rows, row, COLUMN_ARCHIVED),
        .version = rows_int(rows, row, COLUMN_VERSION),
    };
}

/* `members` (team, agent) is in the order of teams given, so each team's are one stretch. */
static void members_fill(struct arena *arena, const struct rows *members, struct team *teams,
                         size_t count)
{
    int64_t *ids = arena_array(arena, int64_t, members->count + 1);
    for (size_t row = 0; row < members->count; row++) ids[row] = rows_int(members, row, 1);
    for (size_t i = 0; i < count; i++) {
        size_t first = 0;
        while (first < members->count && rows_int(members, first, 0) != teams[i].id) first++;
        size_t end = first;
        while (end < members->count && rows_int(members, end, 0) == teams[i].id) end++;
        teams[i].agent_ids = ids + first;
        teams[i].agent_count = end - first;
    }
}

enum err team_read(struct reader *reader, struct arena *arena, int64_t id, struct team *out)
{
    struct rows rows;
    struct rows members;
    enum err err = reader_read(reader, arena, &TEAM_READ, ARGS(value_int(id)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    err = reader_read(reader, arena, &MEMBERS_READ, ARGS(value_int(id)), &members);
    if (err) return err;
    team_fill(&rows, 0, out);
    members_fill(arena, &members, out, 1);
    return OK;
}

static enum err team_read_tx(struct tx *tx, struct arena *arena, int64_t id, struct team *out)
{
    struct rows rows;
    struct rows members;
    enum err err = tx_read(tx, arena, &TEAM_READ, ARGS(value_int(id)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    err = tx_read(tx, arena, &MEMBERS_READ, ARGS(value_int(id)), &members);
    if (err) return err;
    team_fill(&rows, 0, out);
    members_fill(arena, &members, out, 1);
    return OK;
}

static enum err members_read(struct reader *reader, struct arena *arena, struct team *teams,
                             size_t count)
{
    struct value ids[TEAMS_LIST_MAX + 1];
    assert(count <= TEAMS_LIST_MAX + 1);
    for (size_t i = 0; i < count; i++) ids[i] = value_int(teams[i].id);

    struct filter filter = { 0 };
    filter_add(&filter, "SELECT team_id, agent_id FROM team_member WHERE team_id");
    filter_add_list(&filter, " IN (", ids, count, ") ORDER BY team_id, agent_id");
    struct rows members;
    enum err err = filter_read(reader, arena, &filter, MEMBERS_MAX, &members);
    if (err) return err;
    members_fill(arena, &members, teams, count);
    return OK;
}

enum err team_list(struct reader *reader, struct arena *arena,
                   const struct team_list_filter *filter, size_t count_max, struct team **out,
                   size_t *count)
{
    struct filter sql = { 0 };
    filter_add(&sql, TEAM_COLUMNS);
    filter_add_values(&sql, " WHERE id < ?",
                      ARGS(value_int(filter->before_id ? filter->before_id : INT64_MAX)));
    if (filter->choice == TEAMS_ACTIVE) filter_add(&sql, " AND archived_at_ms IS NULL");
    if (filter->choice == TEAMS_ARCHIVED) filter_add(&sql, " AND archived_at_ms IS NOT NULL");
    if (filter->name.data) {
        filter_add_values(&sql, " AND name = ?", ARGS(value_text(filter->name)));
    }
    filter_add_values(&sql, " ORDER BY id DESC LIMIT ?", ARGS(value_int((int64_t)count_max)));

    struct rows rows;
    enum err err = filter_read(reader, arena, &sql, count_max, &rows);
    if (err) return err;
    struct team *teams = arena_array(arena, struct team, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) team_fill(&rows, i, &teams[i]);
    if (rows.count > 0) {
        err = members_read(reader, arena, teams, rows.count);
        if (err) return err;
    }
    *out = teams;
    *count = rows.count;
    return OK;
}

static enum err name_check(struct tx *tx, struct arena *arena, struct str name, int64_t id,
                           struct team_out *out)
{
    struct rows rows;
    enum err err = tx_read(tx, arena, &BY_NAME, ARGS(value_text(name)), &rows);
    if (err) return err;
    if (rows.count == 0 || rows_int(&rows, 0, 0) == id) return OK;
    out->fault = TEAM_NAME_TAKEN;
    return ERR_CONFLICT;
}

struct members {
    const int64_t *ids;
    size_t count;
};

static enum err members_check(struct tx *tx, struct arena *arena, int64_t team_id,
                              struct members members, struct team_out *out)
{
    for (size_t i = 0; i < members.count; i++) {
        struct rows rows;
        enum err err = tx_read(tx, arena, &AGENT_TEAMS,
                               ARGS(value_int(members.ids[i]), value_int(team_id)), &rows);
        if (err) return err;
        if (rows.count == 0) out->fault = TEAM_AGENT_UNKNOWN;
        if (rows.count > 0 && rows_int(&rows, 0, 0) >= AGENT_TEAMS_MAX) {
            out->fault = TEAM_AGENT_FULL;
        }
        if (out->fault) return ERR_INVALID;
    }
    return OK;
}

static enum err members_insert(struct tx *tx, int64_t team_id, const int64_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum err err = tx_write(tx, &MEMBER_INSERT, ARGS(value_int(team_id), value_int(ids[i])));
        if (err) return err;
    }
    return OK;
}

static enum err team_insert(struct tx *tx, struct str name, int64_t *out)
{
    int64_t id = tx_id(tx);
    enum err err =
        tx_write(tx, &TEAM_INSERT, ARGS(value_int(id), value_text(name), value_int(tx->now_ms)));
    if (err) return err;
    access_event(tx, EVENT_ACCESS_TEAM_CHANGED, ID_TEAM, id);
    *out = id;
    return OK;
}

static enum err team_create(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct team_create_in *wanted = in;
    struct team_out *created = out;
    enum err err = name_check(tx, arena, wanted->name, 0, created);
    if (err) return err;
    err = members_check(tx, arena, 0, (struct members){ wanted->agent_ids, wanted->agent_count },
                        created);
    if (err) return err;
    int64_t id;
    err = team_insert(tx, wanted->name, &id);
    if (err) return err;
    err = members_insert(tx, id, wanted->agent_ids, wanted->agent_count);
    if (err) return err;
    return team_read_tx(tx, arena, id, &created->team);
}

const struct command TEAM_CREATE = { .name = "team_create", .run = team_create };

static enum err change_check(struct tx *tx, struct arena *arena, const struct team_change_in *in,
                             struct team_out *out)
{
    if (in->version && in->version != out->team.version) {
        out->fault = TEAM_VERSION;
        return ERR_CONFLICT;
    }
    if (in->name.data) {
        enum err err = name_check(tx, arena, in->name, in->id, out);
        if (err) return err;
    }
    struct members members = { in->agent_ids, in->agent_count };
    return in->sets_agents ? members_check(tx, arena, in->id, members, out) : OK;
}

static enum err team_change(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct team_change_in *change = in;
    struct team_out *changed = out;
    struct team *team = &changed->team;
    enum err err = team_read_tx(tx, arena, change->id, team);
    if (err) return err;
    err = change_check(tx, arena, change, changed);
    if (err) return err;

    if (change->name.data) team->name = change->name;
    if (change->turn == TEAM_ARCHIVE && !team->archived_at_ms) team->archived_at_ms = tx->now_ms;
    if (change->turn == TEAM_RESTORE) team->archived_at_ms = 0;
    err = tx_write(
        tx, &TEAM_UPDATE,
        ARGS(value_int(team->id), value_text(team->name), value_int_or_null(team->archived_at_ms)));
    if (err) return err;
    if (change->sets_agents) {
        err = tx_write(tx, &MEMBERS_DELETE, ARGS(value_int(team->id)));
        if (err) return err;
        err = members_insert(tx, team->id, change->agent_ids, change->agent_count);
        if (err) return err;
    }
    access_event(tx, EVENT_ACCESS_TEAM_CHANGED, ID_TEAM, team->id);
    return team_read_tx(tx, arena, change->id, team);
}

const struct command TEAM_CHANGE = { .name = "team_change", .run = team_change };

enum err team_take(struct tx *tx, struct arena *arena, struct str text, int64_t *out)
{
    struct str name;
    enum err err = agent_name_normalise(text, TEAM_NAME_MAX, &name);
    if (err) return err;
    int64_t id;
    struct rows rows;
    if (id_parse(ID_TEAM, name, &id) == OK) {
        err = tx_read(tx, arena, &BY_ID, ARGS(value_int(id)), &rows);
        if (!err && rows.count == 0) return ERR_INVALID; /* ids are ours to give */
    } else {
        err = tx_read(tx, arena, &BY_NAME, ARGS(value_text(name)), &rows);
    }
    if (err) return err;
    if (rows.count > 0) {
        *out = rows_int(&rows, 0, 0);
        return OK;
    }
    return team_insert(tx, name, out);
}
