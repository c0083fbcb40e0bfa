#include "access/key_store.h"

#include "access/testing_store.h"
#include "access/token.h"
#include "base/test.h"
#include "store/event.h"

TEST(of_a_key_only_its_hash_and_its_hint_are_stored)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    struct token token = token_make(fixture.arena, TOKEN_KEY);
    const struct key_create_in in = { .name = STR_INIT("till 4"),
                                      .scope = SCOPE_INGEST,
                                      .token = token.hash,
                                      .hint = token_hint(&token) };
    struct key_create_out out = { 0 };
    struct key key;
    CHECK(access_testing_run(&fixture, &KEY_CREATE, &in, &out) == OK);
    CHECK(key_read(fixture.reader, fixture.arena, out.key.id, &key) == OK);
    CHECK(str_equal(key.hint, in.hint) && key.scope == SCOPE_INGEST && !key.used_at_ms);
    CHECK(access_testing_holds(&fixture, STR("till 4")));
    CHECK(!access_testing_holds(&fixture, token.text));
    CHECK(access_testing_events(&fixture, EVENT_ACCESS_KEY_CREATED, key.id) == 1);
    CHECK(key_read(fixture.reader, fixture.arena, 99, &key) == ERR_NOT_FOUND);
    access_testing_close(&fixture);
}

static enum key_fault fault_of(struct access_testing *fixture, struct key_create_in in)
{
    struct key_create_out out = { 0 };
    in.name = STR("key");
    in.hint = STR("abcd");
    in.token = hash_of(STR("a token"));
    enum err err = access_testing_run(fixture, &KEY_CREATE, &in, &out);
    CHECK(err == (out.fault ? ERR_INVALID : OK));
    return out.fault;
}

TEST(scope_agent_names_an_enabled_agent_and_others_none)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    struct agent_out out = { 0 };
    access_testing_agent(&fixture, "root@example.org", ROLE_ADMIN);
    int64_t id = access_testing_agent(&fixture, "ana@example.org", ROLE_AGENT);
    CHECK(fault_of(&fixture, (struct key_create_in){ .scope = SCOPE_AGENT }) == KEY_AGENT_NEEDED);
    CHECK(fault_of(&fixture, (struct key_create_in){ .scope = SCOPE_READ, .agent_id = id }) ==
          KEY_AGENT_NEEDED);
    CHECK(fault_of(&fixture, (struct key_create_in){ .scope = SCOPE_AGENT, .agent_id = 99 }) ==
          KEY_AGENT_UNKNOWN);
    CHECK(fault_of(&fixture, (struct key_create_in){ .scope = SCOPE_READ, .expires_at_ms = 1 }) ==
          KEY_EXPIRED);
    const struct agent_change_in disable = { .id = id, .turn = AGENT_DISABLE };
    CHECK(access_testing_run(&fixture, &AGENT_CHANGE, &disable, &out) == OK);
    CHECK(fault_of(&fixture, (struct key_create_in){ .scope = SCOPE_AGENT, .agent_id = id }) ==
          KEY_AGENT_UNKNOWN);
    CHECK(fault_of(&fixture, (struct key_create_in){ .scope = SCOPE_ADMIN }) == KEY_FINE);
    access_testing_close(&fixture);
}

TEST(keys_are_listed_newest_first_in_pages)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t ids[3];
    for (size_t i = 0; i < 3; i++) {
        char name[] = { 'k', (char)('0' + i), '\0' };
        const struct key_create_in in = { .name = str_from(name),
                                          .scope = SCOPE_READ,
                                          .token = hash_of(str_from(name)),
                                          .hint = STR_INIT("abcd") };
        struct key_create_out out = { 0 };
        CHECK(access_testing_run(&fixture, &KEY_CREATE, &in, &out) == OK);
        ids[i] = out.key.id;
    }
    struct key *keys;
    size_t count;
    CHECK(key_list(fixture.reader, fixture.arena, 0, 2, &keys, &count) == OK);
    CHECK(count == 2 && keys[0].id == ids[2] && keys[1].id == ids[1]);
    CHECK(key_list(fixture.reader, fixture.arena, ids[1], 2, &keys, &count) == OK);
    CHECK(count == 1 && keys[0].id == ids[0]);
    access_testing_close(&fixture);
}

TEST(revoking_a_key_that_never_was_is_not_found)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    const struct key_revoke_in in = { .id = 99 };
    CHECK(access_testing_run(&fixture, &KEY_REVOKE, &in, NULL) == ERR_NOT_FOUND);
    access_testing_close(&fixture);
}
