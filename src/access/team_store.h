/* Teams in the database. A team that is not wanted any more is archived: what it did keeps its
 * name.
 *
 * Owner: the functions that take a tx, the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

struct team {
    int64_t id;
    struct str name;
    int64_t created_at_ms;
    int64_t archived_at_ms; /* 0: not */
    int64_t version;
    const int64_t *agent_ids; /* ascending */
    size_t agent_count;
};

enum { TEAMS_LIST_MAX = 200 };

/* ERR_NOT_FOUND. */
enum err team_read(struct reader *reader, struct arena *arena, int64_t id, struct team *out);

enum team_choice { TEAMS_ACTIVE, TEAMS_ARCHIVED, TEAMS_ALL };
struct team_list_filter {
    enum team_choice choice;
    struct str name;   /* no data: any */
    int64_t before_id; /* 0: from the newest */
};
/* Newest first. `count_max` is TEAMS_LIST_MAX + 1 at the most. */
enum err team_list(struct reader *reader, struct arena *arena,
                   const struct team_list_filter *filter, size_t count_max, struct team **out,
                   size_t *count);

/* Why a change was refused, beside the command's error: `out->fault` counts then too. */
enum team_fault { TEAM_FINE, TEAM_NAME_TAKEN, TEAM_AGENT_UNKNOWN, TEAM_AGENT_FULL, TEAM_VERSION };

struct team_create_in {
    struct str name; /* normalised */
    const int64_t *agent_ids;
    size_t agent_count;
};
struct team_out {
    enum team_fault fault;
    struct team team;
};
extern const struct command TEAM_CREATE; /* fills a struct team_out */

enum team_switch { TEAM_KEEP, TEAM_ARCHIVE, TEAM_RESTORE };
struct team_change_in {
    int64_t id;
    int64_t version; /* 0: any */
    struct str name; /* no data: as it is */
    bool sets_agents;
    const int64_t *agent_ids;
    size_t agent_count;
    enum team_switch turn;
};
/* ERR_NOT_FOUND; ERR_CONFLICT or ERR_INVALID with a fault. */
extern const struct command TEAM_CHANGE; /* fills a struct team_out */

/* The id of the team an import or an API call names, by its id's text or its name; an unknown one
 * is made. ERR_INVALID if the text is empty, longer than TEAM_NAME_MAX, or an id that no team has.
 */
enum err team_take(struct tx *tx, struct arena *arena, struct str text, int64_t *out);
