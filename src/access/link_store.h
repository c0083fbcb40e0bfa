/* Ways in that need neither mail nor a password: the setup token, by which the first admin is made,
 * and sign-in links, by which somebody sets a password. Both work once; their hashes stand in the
 * workspace's settings.
 *
 * Owner: the functions that take a tx, the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "access/agent_store.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "store/store.h"
#include "store/workspace.h"

/* True while nobody has a password. */
enum err access_needs_setup(struct reader *reader, struct arena *arena, bool *out);

/* A new setup token, to be printed as http://…/?t=TOKEN; one made before stops working. For main
 * and commands, since it waits for the writer. ERR_CONFLICT if somebody has a password already. */
enum err access_setup_token_make(struct workspace *workspace, struct arena *arena, struct str *out);
/* Whether it is the token in force; it is looked at again when it is used. */
enum err access_setup_token_check(struct reader *reader, struct arena *arena,
                                  const struct hash *token, bool *out);

/* Makes the first admin with a session. ERR_DENIED if the token is not in force, ERR_CONFLICT if
 * somebody has a password already. */
struct setup_in {
    struct hash token;
    struct str name; /* normalised, like email */
    struct str email;
    struct str password_hash;
    struct str zone; /* no data: as it is, for these two */
    struct str workspace_name;
    struct hash session_token;
};
extern const struct command SETUP_FINISH; /* fills a struct agent_out */

enum { LINK_LASTS_MS = 7 * 24 * 60 * 60 * 1000 };

/* A new link for that person inside a command; one made before stops working. */
enum err link_write(struct tx *tx, struct arena *arena, int64_t agent_id, struct str *token,
                    int64_t *expires_ms);
/* Takes the link back, if there is one. */
enum err link_drop(struct tx *tx, struct arena *arena, int64_t agent_id);

/* A new link: agent_out's `link` and `link_expires_ms`. ERR_NOT_FOUND without such a person or if
 * they are disabled; ERR_INVALID, with a fault, without an address to sign in with. */
struct link_make_in {
    int64_t agent_id;
};
extern const struct command LINK_MAKE; /* fills a struct agent_out */

/* Whether the link is in force; it is looked at again when it is used. */
enum err link_check(struct reader *reader, struct arena *arena, int64_t agent_id,
                    const struct hash *token, int64_t now_ms, bool *out);

/* Spends the link: the person gets that password, loses all sessions and gets a new one.
 * ERR_DENIED if it is not in force. */
struct link_use_in {
    int64_t agent_id;
    struct hash token;
    struct str password_hash;
    struct hash session_token;
};
extern const struct command LINK_USE; /* fills a struct agent_out */
