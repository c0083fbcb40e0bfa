/* People who serve: their roles, their states and what a name and an address may be.
 *
 * Pure: no clock, no database.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "http/permission.h"

/* Numbers are stored and stand in events: they never change. */
enum agent_state { AGENT_AVAILABLE = 1, AGENT_BUSY, AGENT_AWAY, AGENT_OFFLINE };

extern const char *const AGENT_STATE_NAMES[]; /* by enum agent_state, minus 1; ends with NULL */

enum {
    AGENT_NAME_MAX = 200,
    AGENT_EMAIL_MAX = 254,
    AGENT_TEAMS_MAX = 50,
    TEAM_NAME_MAX = 200,
    TEAM_AGENTS_MAX = 5000
};

struct agent {
    int64_t id;
    struct str email; /* no data: none */
    struct str name;
    struct str external_id; /* no data: none */
    enum role role;
    enum agent_state state;
    int64_t state_since_ms;
    int64_t created_at_ms;
    int64_t disabled_at_ms; /* 0: not */
    int64_t version;
    bool has_password;
    const int64_t *team_ids; /* ascending */
    size_t team_count;
};

/* In lower case (ASCII letters only), in the arena. ERR_INVALID unless it is one address and
 * nothing else: one @, no white space, no control characters, no comma or bracket. */
enum err agent_email_normalise(struct arena *arena, struct str text, struct str *out);
/* Without white space at the ends; a view. ERR_INVALID if it is empty, longer than `size_max` or
 * holds control characters. For names of people, teams and keys. */
enum err agent_name_normalise(struct str text, size_t size_max, struct str *out);

/* Whether that role, with the workspace's setting, reaches every conversation. */
bool role_sees_all(enum role role, struct str reach);
