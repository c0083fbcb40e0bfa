#include "access/grant_store.h"

#include "access/key_store.h"
#include "access/session_store.h"
#include "access/setting_store.h"
#include "access/testing_store.h"
#include "base/test.h"
#include "base/time.h"
#include "store/event.h"

static enum err grant_of(struct access_testing *fixture, enum grant_kind kind, const char *token,
                         int64_t now_ms, struct grant *out)
{
    struct hash hash = hash_of(str_from(token));
    return grant_read(fixture->reader, fixture->arena, kind, &hash, now_ms, out);
}

static int64_t make_key(struct access_testing *fixture, const char *token, enum scope scope,
                        int64_t agent_id, int64_t expires_at_ms)
{
    const struct key_create_in in = { .name = STR_INIT("key"),
                                      .scope = scope,
                                      .agent_id = agent_id,
                                      .expires_at_ms = expires_at_ms,
                                      .token = hash_of(str_from(token)),
                                      .hint = STR_INIT("abcd") };
    struct key_create_out out = { 0 };
    CHECK(access_testing_run(fixture, &KEY_CREATE, &in, &out) == OK);
    return out.key.id;
}

TEST(a_session_gives_its_agent_s_role_until_it_ends)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t now = time_now_ms();
    int64_t id = access_testing_agent(&fixture, "ana@example.org", ROLE_AGENT);
    int64_t session_id = access_testing_session(&fixture, id, "a");
    struct grant grant;
    CHECK(grant_of(&fixture, GRANT_SESSION, "a", now, &grant) == OK);
    CHECK(grant.id == session_id && grant.agent_id == id && grant.role == ROLE_AGENT);
    CHECK(!grant.sees_all && grant.expires_at_ms > now + SESSION_LASTS_MS - 60000);
    CHECK(grant_of(&fixture, GRANT_SESSION, "a", grant.expires_at_ms, &grant) == ERR_NOT_FOUND);
    CHECK(grant_of(&fixture, GRANT_SESSION, "b", now, &grant) == ERR_NOT_FOUND);
    CHECK(grant_of(&fixture, GRANT_KEY, "a", now, &grant) == ERR_NOT_FOUND);
    CHECK(grant_read_id(fixture.reader, fixture.arena, GRANT_SESSION, session_id, now, &grant) ==
          OK);

    const struct session_end_in end = { .id = session_id, .agent_id = id };
    CHECK(access_testing_run(&fixture, &SESSION_END, &end, NULL) == OK);
    CHECK(grant_of(&fixture, GRANT_SESSION, "a", now, &grant) == ERR_NOT_FOUND);
    CHECK(grant_read_id(fixture.reader, fixture.arena, GRANT_SESSION, session_id, now, &grant) ==
          ERR_NOT_FOUND);
    CHECK(access_testing_run(&fixture, &SESSION_END, &end, NULL) == OK);
    CHECK(access_testing_events(&fixture, EVENT_ACCESS_SIGNED_OUT, id) == 1);
    access_testing_close(&fixture);
}

TEST(the_setting_reach_lets_agents_see_all)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t id = access_testing_agent(&fixture, "ana@example.org", ROLE_AGENT);
    access_testing_session(&fixture, id, "a");
    const struct settings in = { .reach = STR_INIT("all") };
    struct settings out;
    struct grant grant;
    CHECK(access_testing_run(&fixture, &SETTINGS_CHANGE, &in, &out) == OK);
    CHECK(grant_of(&fixture, GRANT_SESSION, "a", 0, &grant) == OK && grant.sees_all);
    access_testing_close(&fixture);
}

TEST(a_key_gives_its_scope_until_it_expires_or_is_revoked)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t now = time_now_ms();
    struct grant grant;
    make_key(&fixture, "a", SCOPE_INGEST, 0, now + 60000);
    CHECK(grant_of(&fixture, GRANT_KEY, "a", now, &grant) == OK);
    CHECK(grant.scope == SCOPE_INGEST && grant.sees_all && !grant.agent_id);
    CHECK(grant_of(&fixture, GRANT_KEY, "a", now + 60000, &grant) == ERR_NOT_FOUND);

    const struct key_revoke_in revoke = { .id = make_key(&fixture, "b", SCOPE_READ, 0, 0) };
    CHECK(grant_of(&fixture, GRANT_KEY, "b", now, &grant) == OK);
    CHECK(access_testing_run(&fixture, &KEY_REVOKE, &revoke, NULL) == OK);
    CHECK(grant_of(&fixture, GRANT_KEY, "b", now, &grant) == ERR_NOT_FOUND);
    CHECK(access_testing_run(&fixture, &KEY_REVOKE, &revoke, NULL) == OK);
    CHECK(access_testing_events(&fixture, EVENT_ACCESS_KEY_REVOKED, revoke.id) == 1);
    access_testing_close(&fixture);
}

TEST(a_key_that_acts_as_an_agent_ends_with_that_agent)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    struct grant grant;
    struct agent_out out = { 0 };
    int64_t id = access_testing_agent(&fixture, "ana@example.org", ROLE_AGENT);
    make_key(&fixture, "a", SCOPE_AGENT, id, 0);
    CHECK(grant_of(&fixture, GRANT_KEY, "a", 0, &grant) == OK);
    CHECK(grant.agent_id == id && grant.role == ROLE_AGENT && !grant.sees_all);
    const struct agent_change_in disable = { .id = id, .turn = AGENT_DISABLE };
    CHECK(access_testing_run(&fixture, &AGENT_CHANGE, &disable, &out) == OK);
    CHECK(grant_of(&fixture, GRANT_KEY, "a", 0, &grant) == ERR_NOT_FOUND);
    access_testing_close(&fixture);
}

TEST(use_is_noted_once_a_while_and_moves_a_session_s_end)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t now = time_now_ms();
    struct grant grant;
    struct grant_note_in note = { .kind = GRANT_KEY, .at_ms = now };
    note.id = make_key(&fixture, "a", SCOPE_READ, 0, 0);
    CHECK(access_testing_run(&fixture, &GRANT_NOTE, &note, NULL) == OK);
    note.at_ms = now + GRANT_KEY_NOTE_MS - 1;
    CHECK(access_testing_run(&fixture, &GRANT_NOTE, &note, NULL) == OK);
    CHECK(grant_of(&fixture, GRANT_KEY, "a", now, &grant) == OK && grant.noted_at_ms == now);
    note.at_ms = now + GRANT_KEY_NOTE_MS;
    CHECK(access_testing_run(&fixture, &GRANT_NOTE, &note, NULL) == OK);
    CHECK(grant_of(&fixture, GRANT_KEY, "a", now, &grant) == OK);
    CHECK(grant.noted_at_ms == note.at_ms);

    int64_t id = access_testing_agent(&fixture, "ana@example.org", ROLE_AGENT);
    int64_t later = time_now_ms() + GRANT_SESSION_NOTE_MS + 1000;
    note = (struct grant_note_in){ .kind = GRANT_SESSION, .at_ms = later };
    note.id = access_testing_session(&fixture, id, "s");
    CHECK(access_testing_run(&fixture, &GRANT_NOTE, &note, NULL) == OK);
    CHECK(grant_of(&fixture, GRANT_SESSION, "s", now, &grant) == OK);
    CHECK(grant.noted_at_ms == later && grant.expires_at_ms == later + SESSION_LASTS_MS);
    access_testing_close(&fixture);
}

static enum err forget(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    (void)out;
    struct tx later = *tx;
    later.now_ms += *(const int64_t *)in;
    return session_forget(&later);
}

static const struct command FORGET = { .name = "forget", .run = forget };

TEST(sessions_that_have_ended_are_forgotten_and_no_others)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    struct grant grant;
    int64_t id = access_testing_agent(&fixture, "ana@example.org", ROLE_AGENT);
    access_testing_session(&fixture, id, "a");
    int64_t wait_ms = SESSION_LASTS_MS - 60000;
    CHECK(access_testing_run(&fixture, &FORGET, &wait_ms, NULL) == OK);
    CHECK(grant_of(&fixture, GRANT_SESSION, "a", 0, &grant) == OK);
    wait_ms = (int64_t)SESSION_LASTS_MS + 60000;
    CHECK(access_testing_run(&fixture, &FORGET, &wait_ms, NULL) == OK);
    CHECK(grant_of(&fixture, GRANT_SESSION, "a", 0, &grant) == ERR_NOT_FOUND);
    access_testing_close(&fixture);
}

/* ---- reach ---- */

static const struct query CONVERSATION_INSERT = {
    .sql = "INSERT INTO conversation (id, channel_id, team_id, agent_id, state, priority,"
           " created_at_ms, activity_at_ms, interaction_count, reassignment_count, reopen_count,"
           " version) VALUES ($1, 1, $2, $3, 1, 2, 0, 0, 0, 0, 0, 1)",
};
static const struct query MENTION_INSERT = {
    .sql = "INSERT INTO conversation_mention (conversation_id, agent_id) VALUES ($1, $2)",
};

struct conversation_in {
    int64_t id, team_id, agent_id, mentioned_id;
};

static enum err conversation_make(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    (void)out;
    const struct conversation_in *wanted = in;
    enum err err = tx_write(tx, &CONVERSATION_INSERT,
                            ARGS(value_int(wanted->id), value_int_or_null(wanted->team_id),
                                 value_int_or_null(wanted->agent_id)));
    if (err || !wanted->mentioned_id) return err;
    return tx_write(tx, &MENTION_INSERT,
                    ARGS(value_int(wanted->id), value_int(wanted->mentioned_id)));
}

static const struct command CONVERSATION_MAKE = { .name = "make", .run = conversation_make };

TEST(an_agent_reaches_what_is_teamless_of_their_team_theirs_or_mentions_them)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t own = access_testing_team(&fixture, "Own");
    int64_t other = access_testing_team(&fixture, "Other");
    int64_t id = access_testing_agent(&fixture, "ana@example.org", ROLE_AGENT);
    struct agent_out out = { 0 };
    const struct agent_change_in join = {
        .id = id, .sets_teams = true, .team_ids = &own, .team_count = 1
    };
    CHECK(access_testing_run(&fixture, &AGENT_CHANGE, &join, &out) == OK);
    const struct conversation_in made[] = { { .id = 1 },
                                            { .id = 2, .team_id = own },
                                            { .id = 3, .team_id = other },
                                            { .id = 4, .team_id = other, .agent_id = id },
                                            { .id = 5, .team_id = other, .mentioned_id = id },
                                            { .id = 6, .team_id = other, .agent_id = 99 } };
    static const bool REACHED[] = { true, true, false, true, true, false };
    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
        bool is_reached = !REACHED[i];
        CHECK(access_testing_run(&fixture, &CONVERSATION_MAKE, &made[i], NULL) == OK);
        CHECK(grant_reaches(fixture.reader, fixture.arena, id, made[i].id, &is_reached) == OK);
        CHECK(is_reached == REACHED[i]);
    }
    bool is_reached = true;
    CHECK(grant_reaches(fixture.reader, fixture.arena, id, 1000, &is_reached) == OK);
    CHECK(!is_reached);
    access_testing_close(&fixture);
}
