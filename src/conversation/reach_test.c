#include "conversation/reach.h"

#include "base/test.h"

TEST(an_agent_reaches_what_is_nobodys_theirs_or_calls_for_them)
{
    static const int64_t TEAMS[] = { 10, 11 };
    const struct reach agent = { .agent_id = 1, .teams = TEAMS, .teams_count = 2 };
    struct case_of_reach {
        struct reached conversation;
        bool is_reached;
    };
    static const struct case_of_reach CASES[] = {
        { { .team_id = 0, .agent_id = 0 }, true },
        { { .team_id = 0, .agent_id = 2 }, true },
        { { .team_id = 10, .agent_id = 0 }, true },
        { { .team_id = 11, .agent_id = 2 }, true },
        { { .team_id = 12, .agent_id = 0 }, false },
        { { .team_id = 12, .agent_id = 2 }, false },
        { { .team_id = 12, .agent_id = 1 }, true },
        { { .team_id = 12, .agent_id = 2, .is_mentioned = true }, true },
    };
    const struct reach all = { .sees_all = true };
    const struct reach nobody = { 0 };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        CHECK(reach_includes(&agent, &CASES[i].conversation) == CASES[i].is_reached);
        CHECK(reach_includes(&all, &CASES[i].conversation));
        CHECK(!reach_includes(&nobody, &CASES[i].conversation));
    }
}
