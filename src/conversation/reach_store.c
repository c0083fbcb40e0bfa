#include "conversation/reach_store.h"

static const struct query TEAMS_READ = {
    .sql = "SELECT team_id FROM team_member WHERE agent_id = $1 ORDER BY team_id",
    .rows_max = REACH_TEAMS_MAX,
};
static const struct query CONVERSATION_READ_REACH = {
    .sql = "SELECT v.team_id, v.agent_id, (SELECT count(*) FROM conversation_mention m"
           " WHERE m.conversation_id = v.id AND m.agent_id = $2) FROM conversation v"
           " WHERE v.id = $1",
    .rows_max = 1,
};

enum err reach_read(struct reader *reader, struct arena *arena, bool sees_all, int64_t agent_id,
                    struct reach *out)
{
    struct reach reach = { .sees_all = sees_all, .agent_id = agent_id };
    if (!sees_all && agent_id != 0) {
        struct rows rows;
        enum err err = reader_read(reader, arena, &TEAMS_READ, ARGS(value_int(agent_id)), &rows);
        if (err) return err;
        int64_t *teams = arena_array(arena, int64_t, rows.count);
        for (size_t i = 0; i < rows.count; i++) teams[i] = rows_int(&rows, i, 0);
        reach.teams = teams;
        reach.teams_count = rows.count;
    }
    *out = reach;
    return OK;
}

enum err reach_check(struct reader *reader, struct arena *arena, const struct reach *reach,
                     int64_t conversation_id)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &CONVERSATION_READ_REACH,
                               ARGS(value_int(conversation_id), value_int(reach->agent_id)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    const struct reached conversation = {
        .team_id = rows_int_or_zero(&rows, 0, 0),
        .agent_id = rows_int_or_zero(&rows, 0, 1),
        .is_mentioned = rows_int(&rows, 0, 2) > 0,
    };
    return reach_includes(reach, &conversation) ? OK : ERR_NOT_FOUND;
}
