/* API keys in the database. What is stored of a key's token is its hash and its last characters.
 *
 * Owner: commands, the writer's thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "http/permission.h"
#include "store/store.h"

struct key {
    int64_t id;
    struct str name;
    enum scope scope;
    int64_t agent_id; /* 0: none */
    struct str hint;
    int64_t created_by; /* 0: by a command of the program */
    int64_t created_at_ms;
    int64_t expires_at_ms; /* 0: never */
    int64_t used_at_ms;    /* 0: never; to the minute */
    int64_t revoked_at_ms; /* 0: not */
};

enum { KEY_NAME_MAX = 200, KEYS_LIST_MAX = 200 };

/* Newest first, below `before_id` (0: from the newest). `count_max` is KEYS_LIST_MAX + 1 at the
 * most. */
enum err key_list(struct reader *reader, struct arena *arena, int64_t before_id, size_t count_max,
                  struct key **out, size_t *count);
/* ERR_NOT_FOUND. */
enum err key_read(struct reader *reader, struct arena *arena, int64_t id, struct key *out);

/* Why a key was refused, beside ERR_INVALID: `out->fault` counts then too. */
enum key_fault { KEY_FINE, KEY_AGENT_NEEDED, KEY_AGENT_UNKNOWN, KEY_EXPIRED };

/* The token is made by the caller (access/token.h), who alone shows it. ERR_INVALID with a fault:
 * scope agent needs an enabled agent, other scopes none. */
struct key_create_in {
    struct str name; /* normalised */
    enum scope scope;
    int64_t agent_id;      /* 0: none */
    int64_t expires_at_ms; /* 0: never */
    struct hash token;
    struct str hint;
};
struct key_create_out {
    enum key_fault fault;
    struct key key;
};
extern const struct command KEY_CREATE;

/* ERR_NOT_FOUND. One that is revoked already stays so. */
struct key_revoke_in {
    int64_t id;
};
extern const struct command KEY_REVOKE;
