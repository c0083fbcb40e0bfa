/* What a workspace's access keeps in memory: how often sign-in failed, and what each HTTP thread
 * remembers of sessions and keys.
 *
 * Owner: main opens and closes it; limits and generation are atomic, and every cache belongs to the
 * HTTP thread whose reader it is named by.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "access/grant.h"
#include "access/limit.h"
#include "access/password.h"
#include "base/arena.h"

enum { ACCESS_THREADS_MAX = 64 };

struct access_place {
    _Atomic(const void *) owner; /* the thread's reader */
    struct arena *arena;         /* the owner's, like the cache in it */
    struct grant_cache *cache;
};

struct access {
    _Atomic uint64_t generation;
    struct limit *accounts;
    struct limit *addresses;
    struct password_gate *gate; /* of the whole process */
    struct access_place places[ACCESS_THREADS_MAX];
};

/* Lives in `arena`; the gate must live as long and is shared by all workspaces of the process. */
struct access *access_open(struct arena *arena, struct password_gate *gate);
/* The HTTP threads must have ended. */
void access_close(struct access *access);

/* Somebody's rights changed: nothing that is remembered counts any more. Any thread. */
void access_changed(struct access *access);

/* The calling thread's cache, opened on its first call; NULL if ACCESS_THREADS_MAX threads have one
 * already. `reader` is the thread's own, for it tells the threads apart. */
struct grant_cache *access_cache(struct access *access, const void *reader);
