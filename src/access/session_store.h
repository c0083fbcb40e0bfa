/* Sessions of people in browsers: rows that end by themselves SESSION_LASTS_MS after their last use
 * (access/grant_store.h), by signing out, or when the person's rights change.
 *
 * Owner: the functions that take a tx, the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "access/agent_store.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "store/store.h"

/* Opens a session for somebody whose password was found right. ERR_DENIED if they were disabled or
 * got another password meanwhile. */
struct session_create_in {
    int64_t agent_id;
    struct str stored; /* what the password was compared with */
    struct hash token;
};
extern const struct command SESSION_CREATE; /* fills a struct agent_out */
/* The same inside another command, for somebody who was checked there. */
enum err session_insert(struct tx *tx, int64_t agent_id, const struct hash *token, int64_t *out);

/* Ends one session. Nothing happens if it is gone already. */
struct session_end_in {
    int64_t id;
    int64_t agent_id;
};
extern const struct command SESSION_END;
/* Ends all sessions of somebody but `spared_id`. */
enum err session_end_all(struct tx *tx, int64_t agent_id, int64_t spared_id);

/* Notes a refused sign-in; the id is 0 if nobody has that address. */
struct session_refuse_in {
    int64_t agent_id;
};
extern const struct command SESSION_REFUSE;

/* Removes what has expired: for the hourly timer. */
enum err session_forget(struct tx *tx);
