/* What tests share that need people: a workspace with a reader, and short ways to make people.
 * Test code only. */
#pragma once

#include "access/agent_store.h"
#include "access/team_store.h"
#include "store/testing.h"
#include "store/writer.h"

struct access_testing {
    struct workspace *workspace;
    struct arena *arena;
    struct reader *reader;
};

void access_testing_open(struct access_testing *fixture);
void access_testing_close(struct access_testing *fixture);

/* Runs a command as the system. */
enum err access_testing_run(struct access_testing *fixture, const struct command *command,
                            const void *in, void *out);
/* Makes a person with a password text that is no hash, so that they count as able to sign in; the
 * id. */
int64_t access_testing_agent(struct access_testing *fixture, const char *email, enum role role);
int64_t access_testing_team(struct access_testing *fixture, const char *name);
/* Opens a session whose token's hash is that of `token`; its id. */
int64_t access_testing_session(struct access_testing *fixture, int64_t agent_id, const char *token);
/* Events of that kind about `subject_id` (0: about any). */
size_t access_testing_events(struct access_testing *fixture, int event_kind, int64_t subject_id);
/* Whether these bytes stand in any file of the workspace. */
bool access_testing_holds(struct access_testing *fixture, struct str bytes);
