/* Secrets that stand for somebody: API keys, sessions, the setup token and sign-in links.
 *
 * 256 random bits behind a prefix that tells the kind, so that one kind is never taken for another
 * and scanners know ours. Only hashes of them are stored; a text goes to its holder once.
 *
 * Constants and pure functions: no owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

enum token_kind {
    TOKEN_KEY,     /* rap_ */
    TOKEN_SESSION, /* ras_ */
    TOKEN_SETUP,   /* rat_ */
    TOKEN_LINK,    /* ral_, then the agent's id: a link is looked up by it */
};

enum { TOKEN_HINT_SIZE = 4 };

struct token {
    struct str text; /* in the arena */
    struct hash hash;
};

/* A new one; not for TOKEN_LINK. */
struct token token_make(struct arena *arena, enum token_kind kind);
struct token token_make_link(struct arena *arena, int64_t agent_id);

/* What a client sent, hashed for looking it up. ERR_INVALID unless it has the form of its kind: so
 * an empty text never reaches the database. */
enum err token_read(enum token_kind kind, struct str text, struct hash *out);
/* As token_read, and whose link it is. */
enum err token_read_link(struct str text, int64_t *agent_id, struct hash *out);

/* The last characters, by which people tell their keys apart. A view into the token. */
struct str token_hint(const struct token *token);

/* True if `hex` is the text of that hash; an empty one never is. In constant time. */
bool token_hash_is(const struct hash *hash, struct str hex);
