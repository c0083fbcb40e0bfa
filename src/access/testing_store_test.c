#include "access/testing_store.h"

#include <stdio.h>
#include <string.h>

#include "access/grant_store.h"
#include "access/session_store.h"
#include "base/buf.h"
#include "base/test.h"
#include "store/event.h"
#include "store/feed.h"

void access_testing_open(struct access_testing *fixture)
{
    *fixture =
        (struct access_testing){ .workspace = testing_workspace_open(), .arena = arena_open() };
    CHECK(reader_open(fixture->arena, fixture->workspace->store_path, &fixture->reader) == OK);
}

void access_testing_close(struct access_testing *fixture)
{
    reader_close(fixture->reader);
    testing_workspace_close(fixture->workspace);
    arena_close(fixture->arena);
}

enum err access_testing_run(struct access_testing *fixture, const struct command *command,
                            const void *in, void *out)
{
    return writer_call(fixture->workspace->writer, fixture->arena, command,
                       (struct actor){ .kind = ACTOR_SYSTEM }, in, out);
}

int64_t access_testing_agent(struct access_testing *fixture, const char *email, enum role role)
{
    const struct agent_create_in in = { .email = str_from(email),
                                        .name = str_from(email),
                                        .password_hash = STR("$argon2id$stored"),
                                        .role = role };
    struct agent_out out = { 0 };
    CHECK(access_testing_run(fixture, &AGENT_CREATE, &in, &out) == OK);
    return out.agent.id;
}

int64_t access_testing_team(struct access_testing *fixture, const char *name)
{
    const struct team_create_in in = { .name = str_from(name) };
    struct team_out out = { 0 };
    CHECK(access_testing_run(fixture, &TEAM_CREATE, &in, &out) == OK);
    return out.team.id;
}

int64_t access_testing_session(struct access_testing *fixture, int64_t agent_id, const char *token)
{
    const struct session_create_in in = { .agent_id = agent_id,
                                          .stored = STR("$argon2id$stored"),
                                          .token = hash_of(str_from(token)) };
    struct agent_out out = { 0 };
    struct grant grant = { 0 };
    CHECK(access_testing_run(fixture, &SESSION_CREATE, &in, &out) == OK);
    CHECK(grant_read(fixture->reader, fixture->arena, GRANT_SESSION, &in.token, 0, &grant) == OK);
    return grant.id;
}

size_t access_testing_events(struct access_testing *fixture, int event_kind, int64_t subject_id)
{
    const struct event *events = NULL;
    size_t count = 0;
    size_t found = 0;
    CHECK(feed_read(fixture->reader, fixture->arena, 0, FEED_READ_MAX, &events, &count) == OK);
    for (size_t i = 0; i < count; i++) {
        bool is_about = !subject_id || event_number(&events[i], FIELD_SUBJECT, 0) == subject_id;
        if ((int)events[i].kind == event_kind && is_about) found++;
    }
    return found;
}

static bool file_holds(struct access_testing *fixture, const char *name, struct str bytes)
{
    enum { FILE_MAX = 16 * 1024 * 1024 };
    struct buf path = buf_open(fixture->arena, 4096);
    buf_printf(&path, "%.*s/%s", STR_ARG(fixture->workspace->directory), name);
    buf_add_char(&path, '\0');
    FILE *file = fopen(buf_view(&path).data, "rb");
    if (!file) return false;
    char *content = arena_array(fixture->arena, char, FILE_MAX);
    size_t size = fread(content, 1, FILE_MAX, file);
    fclose(file);
    return memmem(content, size, bytes.data, bytes.size) != NULL;
}

bool access_testing_holds(struct access_testing *fixture, struct str bytes)
{
    return file_holds(fixture, "state.db", bytes) || file_holds(fixture, "state.db-wal", bytes) ||
           file_holds(fixture, "head", bytes);
}

TEST(the_fixture_finds_bytes_that_are_stored)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    access_testing_agent(&fixture, "ana@example.org", ROLE_ADMIN);
    CHECK(access_testing_holds(&fixture, STR("ana@example.org")));
    CHECK(!access_testing_holds(&fixture, STR("nobody@example.org")));
    access_testing_close(&fixture);
}
