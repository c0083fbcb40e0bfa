#include "access/agent_store.h"

#include <string.h>

#include "access/grant_store.h"
#include "access/testing_store.h"
#include "base/id.h"
#include "base/test.h"
#include "store/event.h"
#include "store/fault_test.h"

static enum err change(struct access_testing *fixture, const struct agent_change_in *in,
                       struct agent_out *out)
{
    *out = (struct agent_out){ 0 };
    return access_testing_run(fixture, &AGENT_CHANGE, in, out);
}

static bool session_lives(struct access_testing *fixture, const char *token)
{
    struct grant grant;
    struct hash hash = hash_of(str_from(token));
    return grant_read(fixture->reader, fixture->arena, GRANT_SESSION, &hash, 0, &grant) == OK;
}

TEST(a_person_is_made_whole_with_teams_and_an_event)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t team_id = access_testing_team(&fixture, "Billing");
    const struct agent_create_in in = { .email = STR_INIT("ana@example.org"),
                                        .name = STR_INIT("Ana"),
                                        .external_id = STR_INIT("hr-7"),
                                        .role = ROLE_SUPERVISOR,
                                        .team_ids = &team_id,
                                        .team_count = 1 };
    struct agent_out out = { 0 };
    struct agent read;
    CHECK(access_testing_run(&fixture, &AGENT_CREATE, &in, &out) == OK);
    CHECK(agent_read(fixture.reader, fixture.arena, out.agent.id, &read) == OK);
    CHECK(str_equal(read.email, in.email) && str_equal(read.name, in.name));
    CHECK(str_equal(read.external_id, in.external_id) && read.role == ROLE_SUPERVISOR);
    CHECK(read.team_count == 1 && read.team_ids[0] == team_id);
    CHECK(!read.has_password && read.version == 1 && read.state == AGENT_OFFLINE);
    CHECK(!out.link.data);
    CHECK(access_testing_events(&fixture, EVENT_ACCESS_PERSON_CHANGED, out.agent.id) == 1);
    access_testing_close(&fixture);
}

TEST(two_people_never_share_an_address_or_an_external_id)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    access_testing_agent(&fixture, "ana@example.org", ROLE_AGENT);
    struct agent_create_in in = { .email = STR("ana@example.org"),
                                  .name = STR("B"),
                                  .external_id = STR("7"),
                                  .role = ROLE_AGENT };
    struct agent_out out = { 0 };
    CHECK(access_testing_run(&fixture, &AGENT_CREATE, &in, &out) == ERR_CONFLICT);
    CHECK(out.fault == AGENT_EMAIL_TAKEN);
    in.email = STR("bo@example.org");
    CHECK(access_testing_run(&fixture, &AGENT_CREATE, &in, &out) == OK);
    in.email = STR("cy@example.org");
    CHECK(access_testing_run(&fixture, &AGENT_CREATE, &in, &out) == ERR_CONFLICT);
    CHECK(out.fault == AGENT_EXTERNAL_ID_TAKEN);
    access_testing_close(&fixture);
}

TEST(a_password_needs_an_address_and_a_team_must_exist)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t nothing = 12345;
    struct agent_create_in in = { .name = STR("A"), .password_hash = STR("x"), .role = ROLE_AGENT };
    struct agent_out out = { 0 };
    CHECK(access_testing_run(&fixture, &AGENT_CREATE, &in, &out) == ERR_INVALID);
    CHECK(out.fault == AGENT_EMAIL_NEEDED);
    in = (struct agent_create_in){
        .name = STR("A"), .role = ROLE_AGENT, .team_ids = &nothing, .team_count = 1
    };
    CHECK(access_testing_run(&fixture, &AGENT_CREATE, &in, &out) == ERR_INVALID);
    CHECK(out.fault == AGENT_TEAM_UNKNOWN);
    access_testing_close(&fixture);
}

TEST(the_last_admin_can_be_neither_disabled_nor_demoted)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    struct agent_out out;
    int64_t admin = access_testing_agent(&fixture, "ana@example.org", ROLE_ADMIN);
    struct agent_change_in disable = { .id = admin, .turn = AGENT_DISABLE };
    struct agent_change_in demote = { .id = admin, .role = ROLE_SUPERVISOR };
    CHECK(change(&fixture, &disable, &out) == ERR_CONFLICT && out.fault == AGENT_LAST_ADMIN);
    CHECK(change(&fixture, &demote, &out) == ERR_CONFLICT && out.fault == AGENT_LAST_ADMIN);

    /* One who cannot sign in yet does not count. */
    const struct agent_create_in invited = { .email = STR_INIT("bo@example.org"),
                                             .name = STR_INIT("Bo"),
                                             .role = ROLE_ADMIN,
                                             .wants_link = true };
    CHECK(access_testing_run(&fixture, &AGENT_CREATE, &invited, &out) == OK);
    CHECK(change(&fixture, &demote, &out) == ERR_CONFLICT && out.fault == AGENT_LAST_ADMIN);

    int64_t other = access_testing_agent(&fixture, "cy@example.org", ROLE_ADMIN);
    CHECK(change(&fixture, &demote, &out) == OK && out.agent.role == ROLE_SUPERVISOR);
    disable.id = other;
    CHECK(change(&fixture, &disable, &out) == ERR_CONFLICT && out.fault == AGENT_LAST_ADMIN);
    access_testing_close(&fixture);
}

TEST(a_new_role_a_new_password_and_disabling_end_sessions)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    struct agent_out out;
    access_testing_agent(&fixture, "root@example.org", ROLE_ADMIN);
    int64_t id = access_testing_agent(&fixture, "ana@example.org", ROLE_AGENT);

    access_testing_session(&fixture, id, "a");
    struct agent_change_in in = { .id = id, .name = STR("Ana Lima") };
    CHECK(change(&fixture, &in, &out) == OK && session_lives(&fixture, "a"));
    in = (struct agent_change_in){ .id = id, .role = ROLE_SUPERVISOR };
    CHECK(change(&fixture, &in, &out) == OK && !session_lives(&fixture, "a"));

    int64_t own = access_testing_session(&fixture, id, "b");
    access_testing_session(&fixture, id, "c");
    in = (struct agent_change_in){ .id = id,
                                   .password_hash = STR("$argon2id$stored"),
                                   .session_id = own };
    CHECK(change(&fixture, &in, &out) == OK);
    CHECK(session_lives(&fixture, "b") && !session_lives(&fixture, "c"));

    in = (struct agent_change_in){ .id = id, .turn = AGENT_DISABLE, .session_id = own };
    CHECK(change(&fixture, &in, &out) == OK && !session_lives(&fixture, "b"));
    CHECK(out.agent.disabled_at_ms > 0 && out.agent.state == AGENT_OFFLINE);
    in = (struct agent_change_in){ .id = id, .turn = AGENT_ENABLE };
    CHECK(change(&fixture, &in, &out) == OK && out.agent.disabled_at_ms == 0);
    CHECK(!session_lives(&fixture, "b"));
    access_testing_close(&fixture);
}

TEST(a_change_of_an_older_version_is_a_conflict)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    struct agent_out out;
    int64_t id = access_testing_agent(&fixture, "ana@example.org", ROLE_ADMIN);
    struct agent_change_in in = { .id = id, .version = 1, .name = STR("Ana") };
    CHECK(change(&fixture, &in, &out) == OK && out.agent.version == 2);
    CHECK(change(&fixture, &in, &out) == ERR_CONFLICT && out.fault == AGENT_VERSION);
    in.id = 99;
    CHECK(change(&fixture, &in, &out) == ERR_NOT_FOUND);
    access_testing_close(&fixture);
}

TEST(a_new_state_is_an_event_and_the_same_one_is_none)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    struct agent_out out = { 0 };
    int64_t id = access_testing_agent(&fixture, "ana@example.org", ROLE_AGENT);
    const struct agent_state_in in = { .id = id, .state = AGENT_AVAILABLE };
    CHECK(access_testing_run(&fixture, &AGENT_STATE_SET, &in, &out) == OK);
    CHECK(out.agent.state == AGENT_AVAILABLE && out.agent.state_since_ms > 0);
    CHECK(access_testing_run(&fixture, &AGENT_STATE_SET, &in, &out) == OK);
    CHECK(access_testing_events(&fixture, EVENT_AGENT_STATE_CHANGED, 0) == 1);
    access_testing_close(&fixture);
}

TEST(lists_are_newest_first_in_pages_and_by_filter)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t team_id = access_testing_team(&fixture, "Billing");
    int64_t ids[3];
    ids[0] = access_testing_agent(&fixture, "a@example.org", ROLE_ADMIN);
    ids[1] = access_testing_agent(&fixture, "b@example.org", ROLE_AGENT);
    ids[2] = access_testing_agent(&fixture, "c@example.org", ROLE_AGENT);
    struct agent_out out;
    struct agent_change_in join = {
        .id = ids[1], .sets_teams = true, .team_ids = &team_id, .team_count = 1
    };
    CHECK(change(&fixture, &join, &out) == OK);

    struct agent *agents;
    size_t count;
    struct agent_list_filter filter = { 0 };
    CHECK(agent_list(fixture.reader, fixture.arena, &filter, 2, &agents, &count) == OK);
    CHECK(count == 2 && agents[0].id == ids[2] && agents[1].id == ids[1]);
    CHECK(agents[0].team_count == 0 && agents[1].team_count == 1);
    filter.before_id = ids[1];
    CHECK(agent_list(fixture.reader, fixture.arena, &filter, 2, &agents, &count) == OK);
    CHECK(count == 1 && agents[0].id == ids[0]);

    filter = (struct agent_list_filter){ .team_id = team_id, .role = ROLE_AGENT };
    CHECK(agent_list(fixture.reader, fixture.arena, &filter, 9, &agents, &count) == OK);
    CHECK(count == 1 && agents[0].id == ids[1]);
    filter = (struct agent_list_filter){ .email = STR("c@example.org") };
    CHECK(agent_list(fixture.reader, fixture.arena, &filter, 9, &agents, &count) == OK);
    CHECK(count == 1 && agents[0].id == ids[2]);
    filter = (struct agent_list_filter){ .external_id = STR("none") };
    CHECK(agent_list(fixture.reader, fixture.arena, &filter, 9, &agents, &count) == OK);
    CHECK(count == 0);
    access_testing_close(&fixture);
}

/* ---- what imports and calls name ---- */

struct take {
    struct str agent;
    struct str team;
};
struct taken {
    int64_t agent_id;
    int64_t team_id;
    int64_t only_team_id;
};

static enum err take(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct take *wanted = in;
    struct taken *taken = out;
    *taken = (struct taken){ 0 };
    enum err err = OK;
    if (wanted->agent.data) err = agent_take(tx, arena, wanted->agent, &taken->agent_id);
    if (!err && wanted->team.data) err = team_take(tx, arena, wanted->team, &taken->team_id);
    if (!err && taken->agent_id) {
        err = agent_team(tx, arena, taken->agent_id, &taken->only_team_id);
    }
    return err;
}

static const struct command TAKE = { .name = "take", .run = take };

static struct taken taken_of(struct access_testing *fixture, struct str agent, struct str team)
{
    const struct take in = { .agent = agent, .team = team };
    struct taken out = { 0 };
    CHECK(access_testing_run(fixture, &TAKE, &in, &out) == OK);
    return out;
}

TEST(an_unknown_agent_or_team_is_made_once_and_found_again)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    struct taken first = taken_of(&fixture, STR(" Resolver 12 "), STR("Group 70"));
    struct taken again = taken_of(&fixture, STR("Resolver 12"), STR(" Group 70"));
    CHECK(first.agent_id && first.agent_id == again.agent_id);
    CHECK(first.team_id && first.team_id == again.team_id);
    struct agent agent;
    struct team team;
    CHECK(agent_read(fixture.reader, fixture.arena, first.agent_id, &agent) == OK);
    CHECK(str_equal(agent.name, STR("Resolver 12")));
    CHECK(str_equal(agent.external_id, STR("Resolver 12")));
    CHECK(!agent.email.data && !agent.has_password && agent.role == ROLE_AGENT);
    CHECK(team_read(fixture.reader, fixture.arena, first.team_id, &team) == OK);
    CHECK(str_equal(team.name, STR("Group 70")));
    access_testing_close(&fixture);
}

TEST(agents_are_found_by_id_address_and_external_id)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t team_id = access_testing_team(&fixture, "Billing");
    int64_t id = access_testing_agent(&fixture, "ana@example.org", ROLE_AGENT);
    struct agent_out out;
    struct agent_change_in in = { .id = id,
                                  .sets_external_id = true,
                                  .external_id = STR("hr@7"),
                                  .sets_teams = true,
                                  .team_ids = &team_id,
                                  .team_count = 1 };
    CHECK(change(&fixture, &in, &out) == OK);
    struct str by_id = id_text(fixture.arena, ID_AGENT, id);
    CHECK(taken_of(&fixture, by_id, (struct str){ 0 }).agent_id == id);
    CHECK(taken_of(&fixture, STR("ANA@example.org"), (struct str){ 0 }).agent_id == id);
    CHECK(taken_of(&fixture, STR("hr@7"), (struct str){ 0 }).agent_id == id);
    CHECK(taken_of(&fixture, by_id, (struct str){ 0 }).only_team_id == team_id);
    struct str team_text = id_text(fixture.arena, ID_TEAM, team_id);
    CHECK(taken_of(&fixture, (struct str){ 0 }, team_text).team_id == team_id);
    access_testing_close(&fixture);
}

TEST(an_id_that_nobody_has_and_an_empty_name_are_refused)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    static const struct str BAD[] = { STR_INIT(""), STR_INIT("age_0000000000001"),
                                      STR_INIT("a\nb") };
    for (size_t i = 0; i < 3; i++) {
        const struct take in = { .agent = BAD[i] };
        struct taken out;
        CHECK(access_testing_run(&fixture, &TAKE, &in, &out) == ERR_INVALID);
    }
    const struct take in = { .team = STR("tea_0000000000001") };
    struct taken out;
    CHECK(access_testing_run(&fixture, &TAKE, &in, &out) == ERR_INVALID);
    access_testing_close(&fixture);
}

TEST(somebody_in_two_teams_or_in_an_archived_one_has_no_only_team)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t teams[2] = { access_testing_team(&fixture, "A"), access_testing_team(&fixture, "B") };
    int64_t id = access_testing_agent(&fixture, "ana@example.org", ROLE_AGENT);
    struct str text = id_text(fixture.arena, ID_AGENT, id);
    struct agent_out out;
    struct team_out team_out = { 0 };
    struct agent_change_in in = {
        .id = id, .sets_teams = true, .team_ids = teams, .team_count = 2
    };
    CHECK(taken_of(&fixture, text, (struct str){ 0 }).only_team_id == 0);
    CHECK(change(&fixture, &in, &out) == OK);
    CHECK(taken_of(&fixture, text, (struct str){ 0 }).only_team_id == 0);
    const struct team_change_in archive = { .id = teams[0], .turn = TEAM_ARCHIVE };
    CHECK(access_testing_run(&fixture, &TEAM_CHANGE, &archive, &team_out) == OK);
    CHECK(taken_of(&fixture, text, (struct str){ 0 }).only_team_id == teams[1]);
    access_testing_close(&fixture);
}

/* Each database step fails in turn: then nothing of the change is there, or all of it. */
TEST(a_change_that_fails_halfway_leaves_nothing)
{
    enum { STEPS = 60 };
    bool was_faultless = false;
    for (int step = 1; step < STEPS && !was_faultless; step++) {
        struct access_testing fixture;
        access_testing_open(&fixture);
        access_testing_agent(&fixture, "root@example.org", ROLE_ADMIN);
        int64_t id = access_testing_agent(&fixture, "ana@example.org", ROLE_AGENT);
        access_testing_session(&fixture, id, "a");
        struct agent_change_in in = { .id = id,
                                      .role = ROLE_SUPERVISOR,
                                      .password_hash = STR("$argon2id$new") };
        struct agent_out out = { 0 };
        fault_at_step(step);
        enum err err = access_testing_run(&fixture, &AGENT_CHANGE, &in, &out);
        was_faultless = !fault_happened();
        fault_at_step(0);
        if (!was_faultless) {
            fixture.workspace = testing_workspace_reopen(fixture.workspace);
            reader_close(fixture.reader);
            CHECK(reader_open(fixture.arena, fixture.workspace->store_path, &fixture.reader) == OK);
        }
        struct agent agent;
        CHECK(agent_read(fixture.reader, fixture.arena, id, &agent) == OK);
        bool is_changed = agent.role == ROLE_SUPERVISOR;
        CHECK(session_lives(&fixture, "a") == !is_changed);
        CHECK(agent.version == (is_changed ? 2 : 1));
        if (!err) CHECK(is_changed);
        access_testing_close(&fixture);
    }
    CHECK(was_faultless);
}
