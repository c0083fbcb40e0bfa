/* Which conversations one may see: an agent those without a team, of their teams, assigned to them,
 * or in which they were mentioned. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reach {
    bool sees_all;
    int64_t agent_id; /* 0 and not sees_all: reaches nothing */
    const int64_t *teams;
    size_t teams_count;
};

struct reached {
    int64_t team_id; /* 0: none, for both */
    int64_t agent_id;
    bool is_mentioned; /* the agent of the reach is, in a note */
};

bool reach_has_team(const struct reach *reach, int64_t team_id);
bool reach_includes(const struct reach *reach, const struct reached *conversation);
