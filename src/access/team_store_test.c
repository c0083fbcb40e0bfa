#include "access/team_store.h"

#include "access/testing_store.h"
#include "base/test.h"
#include "store/event.h"

static enum err change(struct access_testing *fixture, const struct team_change_in *in,
                       struct team_out *out)
{
    *out = (struct team_out){ 0 };
    return access_testing_run(fixture, &TEAM_CHANGE, in, out);
}

TEST(a_team_has_a_name_of_its_own_and_its_members)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t ids[2] = { access_testing_agent(&fixture, "a@example.org", ROLE_AGENT),
                       access_testing_agent(&fixture, "b@example.org", ROLE_AGENT) };
    const struct team_create_in in = { .name = STR_INIT("Billing"),
                                       .agent_ids = ids,
                                       .agent_count = 2 };
    struct team_out out = { 0 };
    struct team team;
    CHECK(access_testing_run(&fixture, &TEAM_CREATE, &in, &out) == OK);
    CHECK(team_read(fixture.reader, fixture.arena, out.team.id, &team) == OK);
    CHECK(team.agent_count == 2 && team.agent_ids[0] == ids[0] && team.agent_ids[1] == ids[1]);
    CHECK(team.version == 1 && !team.archived_at_ms);
    CHECK(access_testing_events(&fixture, EVENT_ACCESS_TEAM_CHANGED, team.id) == 1);

    struct team_out second = { 0 };
    CHECK(access_testing_run(&fixture, &TEAM_CREATE, &in, &second) == ERR_CONFLICT);
    CHECK(second.fault == TEAM_NAME_TAKEN);
    access_testing_close(&fixture);
}

TEST(a_team_changes_by_version_and_is_archived_and_restored)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t agent_id = access_testing_agent(&fixture, "a@example.org", ROLE_AGENT);
    int64_t id = access_testing_team(&fixture, "A");
    access_testing_team(&fixture, "B");
    struct team_out out;
    struct team_change_in in = {
        .id = id, .version = 1, .sets_agents = true, .agent_ids = &agent_id, .agent_count = 1
    };
    CHECK(change(&fixture, &in, &out) == OK && out.team.agent_count == 1);
    CHECK(change(&fixture, &in, &out) == ERR_CONFLICT && out.fault == TEAM_VERSION);
    in = (struct team_change_in){ .id = id, .name = STR("B") };
    CHECK(change(&fixture, &in, &out) == ERR_CONFLICT && out.fault == TEAM_NAME_TAKEN);
    in = (struct team_change_in){ .id = id, .name = STR("A") };
    CHECK(change(&fixture, &in, &out) == OK && out.team.agent_count == 1);
    in = (struct team_change_in){ .id = id, .turn = TEAM_ARCHIVE };
    CHECK(change(&fixture, &in, &out) == OK && out.team.archived_at_ms > 0);
    in = (struct team_change_in){ .id = id, .turn = TEAM_RESTORE };
    CHECK(change(&fixture, &in, &out) == OK && out.team.archived_at_ms == 0);
    in.id = 99;
    CHECK(change(&fixture, &in, &out) == ERR_NOT_FOUND);
    access_testing_close(&fixture);
}

TEST(members_must_exist_and_be_in_no_more_teams_than_there_can_be)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t nobody = 77;
    struct team_out out;
    int64_t id = access_testing_team(&fixture, "A");
    struct team_change_in in = {
        .id = id, .sets_agents = true, .agent_ids = &nobody, .agent_count = 1
    };
    CHECK(change(&fixture, &in, &out) == ERR_INVALID && out.fault == TEAM_AGENT_UNKNOWN);

    int64_t agent_id = access_testing_agent(&fixture, "a@example.org", ROLE_AGENT);
    in.agent_ids = &agent_id;
    CHECK(change(&fixture, &in, &out) == OK);
    for (int i = 1; i < AGENT_TEAMS_MAX; i++) {
        char name[] = { 'T', (char)('0' + i / 10), (char)('0' + i % 10), '\0' };
        in.id = access_testing_team(&fixture, name);
        CHECK(change(&fixture, &in, &out) == OK);
    }
    in.id = access_testing_team(&fixture, "Last");
    CHECK(change(&fixture, &in, &out) == ERR_INVALID && out.fault == TEAM_AGENT_FULL);
    in.id = id; /* who is in it already can stay */
    CHECK(change(&fixture, &in, &out) == OK);
    access_testing_close(&fixture);
}

TEST(lists_leave_archived_teams_out_unless_they_are_wanted)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t a = access_testing_team(&fixture, "A");
    int64_t b = access_testing_team(&fixture, "B");
    struct team_out out;
    struct team_change_in archive = { .id = a, .turn = TEAM_ARCHIVE };
    CHECK(change(&fixture, &archive, &out) == OK);
    struct team *teams;
    size_t count;
    struct team_list_filter filter = { .choice = TEAMS_ACTIVE };
    CHECK(team_list(fixture.reader, fixture.arena, &filter, 9, &teams, &count) == OK);
    CHECK(count == 1 && teams[0].id == b);
    filter.choice = TEAMS_ARCHIVED;
    CHECK(team_list(fixture.reader, fixture.arena, &filter, 9, &teams, &count) == OK);
    CHECK(count == 1 && teams[0].id == a);
    filter.choice = TEAMS_ALL;
    CHECK(team_list(fixture.reader, fixture.arena, &filter, 9, &teams, &count) == OK);
    CHECK(count == 2 && teams[0].id == b);
    filter = (struct team_list_filter){ .choice = TEAMS_ALL, .name = STR("A"), .before_id = b };
    CHECK(team_list(fixture.reader, fixture.arena, &filter, 9, &teams, &count) == OK);
    CHECK(count == 1 && teams[0].id == a);
    access_testing_close(&fixture);
}
