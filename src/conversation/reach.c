#include "conversation/reach.h"

bool reach_has_team(const struct reach *reach, int64_t team_id)
{
    for (size_t i = 0; i < reach->teams_count; i++) {
        if (reach->teams[i] == team_id) return true;
    }
    return false;
}

bool reach_includes(const struct reach *reach, const struct reached *conversation)
{
    if (reach->sees_all) return true;
    if (reach->agent_id == 0) return false;
    return conversation->team_id == 0 || conversation->agent_id == reach->agent_id ||
           conversation->is_mentioned || reach_has_team(reach, conversation->team_id);
}
