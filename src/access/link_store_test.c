#include "access/link_store.h"

#include "access/grant_store.h"
#include "access/session_store.h"
#include "access/testing_store.h"
#include "access/token.h"
#include "base/test.h"
#include "base/time.h"
#include "store/event.h"
#include "store/setting.h"

static struct setup_in setup_of(struct str token)
{
    struct setup_in in = { .name = STR("Ana"),
                           .email = STR("ana@example.org"),
                           .password_hash = STR("$argon2id$stored"),
                           .zone = STR("Europe/Lisbon"),
                           .session_token = hash_of(STR("session")) };
    CHECK(token_read(TOKEN_SETUP, token, &in.token) == OK);
    return in;
}

TEST(the_setup_token_makes_the_first_admin_once)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    bool is_so = false;
    struct str token = { 0 };
    CHECK(access_needs_setup(fixture.reader, fixture.arena, &is_so) == OK && is_so);
    CHECK(access_setup_token_make(fixture.workspace, fixture.arena, &token) == OK);
    CHECK(!access_testing_holds(&fixture, token));

    struct setup_in in = setup_of(token);
    struct agent_out out = { 0 };
    CHECK(access_setup_token_check(fixture.reader, fixture.arena, &in.token, &is_so) == OK);
    CHECK(is_so);
    CHECK(access_testing_run(&fixture, &SETUP_FINISH, &in, &out) == OK);
    CHECK(out.agent.role == ROLE_ADMIN && out.agent.has_password);
    struct grant grant;
    CHECK(grant_read(fixture.reader, fixture.arena, GRANT_SESSION, &in.session_token, 0, &grant) ==
          OK);
    CHECK(grant.agent_id == out.agent.id);
    struct str zone;
    CHECK(setting_read(fixture.reader, fixture.arena, SETTING_ZONE, &zone) == OK);
    CHECK(str_equal(zone, STR("Europe/Lisbon")));

    CHECK(access_needs_setup(fixture.reader, fixture.arena, &is_so) == OK && !is_so);
    CHECK(access_setup_token_check(fixture.reader, fixture.arena, &in.token, &is_so) == OK);
    CHECK(!is_so);
    in.email = STR("bo@example.org");
    CHECK(access_testing_run(&fixture, &SETUP_FINISH, &in, &out) == ERR_CONFLICT);
    CHECK(access_setup_token_make(fixture.workspace, fixture.arena, &token) == ERR_CONFLICT);
    access_testing_close(&fixture);
}

TEST(a_newer_setup_token_replaces_the_older_one_and_a_foreign_one_is_refused)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    struct str old = { 0 };
    struct str token = { 0 };
    struct agent_out out = { 0 };
    struct setup_in foreign = setup_of(token_make(fixture.arena, TOKEN_SETUP).text);
    CHECK(access_testing_run(&fixture, &SETUP_FINISH, &foreign, &out) == ERR_DENIED);
    CHECK(access_setup_token_make(fixture.workspace, fixture.arena, &old) == OK);
    CHECK(access_setup_token_make(fixture.workspace, fixture.arena, &token) == OK);
    struct setup_in in = setup_of(old);
    CHECK(access_testing_run(&fixture, &SETUP_FINISH, &in, &out) == ERR_DENIED);
    CHECK(access_testing_run(&fixture, &SETUP_FINISH, &foreign, &out) == ERR_DENIED);
    in = setup_of(token);
    CHECK(access_testing_run(&fixture, &SETUP_FINISH, &in, &out) == OK);
    access_testing_close(&fixture);
}

struct invited {
    int64_t id;
    struct str link;
};

static struct invited invite(struct access_testing *fixture)
{
    const struct agent_create_in in = { .email = STR_INIT("ana@example.org"),
                                        .name = STR_INIT("Ana"),
                                        .role = ROLE_AGENT,
                                        .wants_link = true };
    struct agent_out out = { 0 };
    CHECK(access_testing_run(fixture, &AGENT_CREATE, &in, &out) == OK);
    CHECK(out.link.data && out.link_expires_ms > time_now_ms() + LINK_LASTS_MS - 60000);
    CHECK(!access_testing_holds(fixture, out.link));
    return (struct invited){ .id = out.agent.id, .link = out.link };
}

static enum err use(struct access_testing *fixture, struct str link, const char *session)
{
    struct link_use_in in = { .password_hash = STR("$argon2id$stored"),
                              .session_token = hash_of(str_from(session)) };
    struct agent_out out = { 0 };
    CHECK(token_read_link(link, &in.agent_id, &in.token) == OK);
    enum err err = access_testing_run(fixture, &LINK_USE, &in, &out);
    if (!err) CHECK(out.agent.id == in.agent_id && out.agent.has_password);
    return err;
}

static bool is_in_force(struct access_testing *fixture, struct str link, int64_t now_ms)
{
    int64_t agent_id;
    struct hash hash;
    bool is_right = false;
    CHECK(token_read_link(link, &agent_id, &hash) == OK);
    CHECK(link_check(fixture->reader, fixture->arena, agent_id, &hash, now_ms, &is_right) == OK);
    return is_right;
}

TEST(a_sign_in_link_sets_a_password_once_and_ends_other_sessions)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    struct invited ana = invite(&fixture);
    struct grant grant;
    struct hash first = hash_of(STR("first"));
    int64_t now = time_now_ms();
    CHECK(is_in_force(&fixture, ana.link, now));
    CHECK(!is_in_force(&fixture, ana.link, now + LINK_LASTS_MS + 60000));
    CHECK(use(&fixture, ana.link, "first") == OK);
    CHECK(!is_in_force(&fixture, ana.link, now));
    CHECK(use(&fixture, ana.link, "second") == ERR_DENIED);
    CHECK(grant_read(fixture.reader, fixture.arena, GRANT_SESSION, &first, now, &grant) == OK);

    const struct link_make_in again = { .agent_id = ana.id };
    struct agent_out out = { 0 };
    CHECK(access_testing_run(&fixture, &LINK_MAKE, &again, &out) == OK);
    CHECK(use(&fixture, out.link, "third") == OK);
    CHECK(grant_read(fixture.reader, fixture.arena, GRANT_SESSION, &first, now, &grant) ==
          ERR_NOT_FOUND);
    access_testing_close(&fixture);
}

TEST(a_link_ends_with_a_newer_one_and_with_its_person)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    struct invited ana = invite(&fixture);
    const struct link_make_in again = { .agent_id = ana.id };
    struct agent_out out = { 0 };
    CHECK(access_testing_run(&fixture, &LINK_MAKE, &again, &out) == OK);
    struct str newer = out.link;
    CHECK(use(&fixture, ana.link, "a") == ERR_DENIED);

    const struct agent_change_in disable = { .id = ana.id, .turn = AGENT_DISABLE };
    CHECK(access_testing_run(&fixture, &AGENT_CHANGE, &disable, &out) == OK);
    CHECK(!is_in_force(&fixture, newer, time_now_ms()));
    CHECK(use(&fixture, newer, "a") == ERR_DENIED);
    CHECK(access_testing_run(&fixture, &LINK_MAKE, &again, &out) == ERR_NOT_FOUND);
    access_testing_close(&fixture);
}

TEST(links_of_people_without_an_address_are_not_made)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    const struct agent_create_in in = { .name = STR_INIT("Ana"), .role = ROLE_AGENT };
    struct agent_out out = { 0 };
    CHECK(access_testing_run(&fixture, &AGENT_CREATE, &in, &out) == OK);
    const struct link_make_in make = { .agent_id = out.agent.id };
    CHECK(access_testing_run(&fixture, &LINK_MAKE, &make, &out) == ERR_INVALID);
    CHECK(out.fault == AGENT_EMAIL_NEEDED);
    access_testing_close(&fixture);
}

TEST(a_session_opens_only_while_the_verified_password_is_still_the_stored_one)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t id = access_testing_agent(&fixture, "ana@example.org", ROLE_AGENT);
    struct agent_out out = { 0 };
    struct session_create_in in = { .agent_id = id,
                                    .stored = STR("$argon2id$older"),
                                    .token = hash_of(STR("a")) };
    CHECK(access_testing_run(&fixture, &SESSION_CREATE, &in, &out) == ERR_DENIED);
    in.stored = STR("");
    CHECK(access_testing_run(&fixture, &SESSION_CREATE, &in, &out) == ERR_DENIED);
    in.stored = STR("$argon2id$stored");
    in.agent_id = 99;
    CHECK(access_testing_run(&fixture, &SESSION_CREATE, &in, &out) == ERR_DENIED);
    in.agent_id = id;
    CHECK(access_testing_run(&fixture, &SESSION_CREATE, &in, &out) == OK);
    CHECK(access_testing_events(&fixture, EVENT_ACCESS_SIGNED_IN, id) == 1);
    access_testing_close(&fixture);
}
