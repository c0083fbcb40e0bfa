/* How often sign-in may fail: counted by account and by address, in memory.
 *
 * An attempt is counted when it begins and taken back when it succeeds, so that a hundred at once
 * get no further than a hundred in a row. Keys are hashed with a secret of this process, so nobody
 * can aim at somebody else's place. The tables have a fixed size: when a set of places is full, the
 * place with the fewest attempts is given away.
 *
 * Owner: any thread; every place is one atomic word.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

enum {
    LIMIT_WINDOW_MS = 15 * 60 * 1000,
    LIMIT_ACCOUNT = 10,
    LIMIT_ADDRESS = 30,
};

struct limit; /* lives in the arena it was opened with */

/* `attempts_max` in each window of LIMIT_WINDOW_MS. */
struct limit *limit_open(struct arena *arena, int attempts_max);

/* Counts an attempt. ERR_BUSY if there were too many: then `retry_after_ms` is set. `now_ms` may
 * jump either way. */
enum err limit_begin(struct limit *limit, struct str key, int64_t now_ms, int64_t *retry_after_ms);
/* Takes one attempt back: it was right, or it was not tried. */
void limit_forgive(struct limit *limit, struct str key, int64_t now_ms);
/* Forgets the key: its holder has proved who they are. */
void limit_clear(struct limit *limit, struct str key, int64_t now_ms);

enum { LIMIT_ADDRESS_KEY_SIZE = 64 };

/* What addresses are counted by: an IPv4 address itself, of an IPv6 address its /64, since one
 * customer has them all. Without port. Lives in `out`. */
struct str limit_address_key(struct str address, char out[LIMIT_ADDRESS_KEY_SIZE]);
