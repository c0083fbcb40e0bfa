/* Passwords as Argon2id (libsodium): 64 MiB and three passes for each, about 0.1 s.
 *
 * At most two are worked on at a time in the whole process, so that sign-ins never take more than
 * 128 MiB. Both functions block: they belong on a worker or in a command without a server, never on
 * an HTTP thread nor in the writer.
 *
 * Owner: the gate is shared by all threads; its count is atomic.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum {
    PASSWORD_SIZE_MIN = 8, /* characters count as their bytes */
    PASSWORD_SIZE_MAX = 256,
    PASSWORDS_AT_ONCE = 2
};

struct password_gate {
    atomic_int busy;
};

/* A fault in words for people, NULL if it may be used. `email` is the person's, may be empty. */
const char *password_fault(struct str password, struct str email);

/* The text to store. ERR_INVALID if the size is out of bounds, ERR_BUSY if the gate did not open in
 * time. */
enum err password_hash(struct password_gate *gate, struct arena *arena, struct str password,
                       struct str *out);
/* Whether the password belongs to `stored`. An empty `stored`, as of somebody without a password or
 * of nobody, takes the same time and is never right. ERR_BUSY as above. */
enum err password_verify(struct password_gate *gate, struct str stored, struct str password,
                         bool *out);
