/* People in the database.
 *
 * Owner: the functions that take a tx, the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/agent.h"
#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

enum { AGENTS_LIST_MAX = 200 };

/* ERR_NOT_FOUND. */
enum err agent_read(struct reader *reader, struct arena *arena, int64_t id, struct agent *out);
enum err agent_read_tx(struct tx *tx, struct arena *arena, int64_t id, struct agent *out);

struct agent_list_filter {
    struct str email; /* no data: any, for these two */
    struct str external_id;
    int64_t team_id;   /* 0: any */
    enum role role;    /* 0: any */
    int64_t before_id; /* 0: from the newest */
};
/* Newest first. `count_max` is AGENTS_LIST_MAX + 1 at the most. */
enum err agent_list(struct reader *reader, struct arena *arena,
                    const struct agent_list_filter *filter, size_t count_max, struct agent **out,
                    size_t *count);

/* What a password is compared with. The id is 0 if nobody enabled has that address, and `stored` is
 * empty then or if that person has no password. */
enum err agent_read_password(struct reader *reader, struct arena *arena, struct str email,
                             int64_t *id, struct str *stored);
enum err agent_read_password_id(struct reader *reader, struct arena *arena, int64_t id,
                                struct str *stored);

/* Why a change was refused, beside the command's error: `out->fault` counts then too. */
enum agent_fault {
    AGENT_FINE,
    AGENT_EMAIL_TAKEN,
    AGENT_EMAIL_NEEDED, /* a password needs an address */
    AGENT_EXTERNAL_ID_TAKEN,
    AGENT_TEAM_UNKNOWN,
    AGENT_LAST_ADMIN,
    AGENT_VERSION
};

/* Makes a person. Texts must be normalised. ERR_CONFLICT or ERR_INVALID with a fault. */
struct agent_create_in {
    struct str email; /* no data: none, for these three */
    struct str name;
    struct str external_id;
    struct str password_hash;
    enum role role;
    const int64_t *team_ids;
    size_t team_count;
    bool wants_link; /* a sign-in link, for somebody without a password */
};
struct agent_out {
    enum agent_fault fault;
    struct agent agent;
    struct str link; /* the link's token: shown once */
    int64_t link_expires_ms;
};
extern const struct command AGENT_CREATE; /* fills a struct agent_out */
/* The same inside another command. */
enum err agent_insert(struct tx *tx, struct arena *arena, const struct agent_create_in *in,
                      struct agent_out *out);

/* Changes what is given. A new role, a new password and disabling end the person's sessions.
 * ERR_NOT_FOUND; ERR_CONFLICT or ERR_INVALID with a fault. */
enum agent_switch { AGENT_KEEP, AGENT_ENABLE, AGENT_DISABLE };
struct agent_change_in {
    int64_t id;
    int64_t version; /* 0: any */
    struct str name; /* no data: as it is, for these three */
    struct str email;
    struct str password_hash;
    bool sets_external_id;
    struct str external_id; /* no data: none any more */
    enum role role;         /* 0: as it is */
    bool sets_teams;
    const int64_t *team_ids;
    size_t team_count;
    enum agent_switch turn;
    int64_t session_id; /* this one goes on after a new password; 0: none does */
};
extern const struct command AGENT_CHANGE; /* fills a struct agent_out */

struct agent_state_in {
    int64_t id;
    enum agent_state state;
};
extern const struct command AGENT_STATE_SET; /* fills a struct agent_out */

/* The id of the person an import or an API call names: by the id's text, an e-mail address or an
 * external id. An unknown one is made, without password, as role agent with that name and external
 * id. ERR_INVALID if the text is empty, longer than AGENT_NAME_MAX, or an id that nobody has. */
enum err agent_take(struct tx *tx, struct arena *arena, struct str text, int64_t *out);
/* The team of somebody who is in one team only; 0 otherwise. */
enum err agent_team(struct tx *tx, struct arena *arena, int64_t agent_id, int64_t *out);

/* Appends an event about a person, team or key. */
void access_event(struct tx *tx, int event_kind, int subject_kind, int64_t subject_id);
