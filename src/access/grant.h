/* What a session or key gives its holder, and what one HTTP thread remembers of it.
 *
 * Every API request must know who asks, tens of thousands of times a second, so an answer of the
 * database is used again for GRANT_FRESH_MS, or until somebody's access changed in this process:
 * then `generation` differs and the database is asked at once. A change made elsewhere is therefore
 * seen within GRANT_FRESH_MS.
 *
 * Owner: a cache belongs to the HTTP thread that opened it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "access/agent.h"
#include "base/arena.h"
#include "base/hash.h"
#include "http/permission.h"

enum { GRANT_FRESH_MS = 500, GRANTS_REMEMBERED = 256 };

enum grant_kind { GRANT_SESSION = 1, GRANT_KEY };

struct grant {
    enum grant_kind kind;
    int64_t id;       /* of the session or key */
    int64_t agent_id; /* 0: a key that is no agent's */
    enum role role;   /* of the agent; 0 without one */
    enum scope scope; /* of a key; 0 for a session */
    bool sees_all;
    int64_t expires_at_ms; /* 0: never */
    int64_t noted_at_ms;   /* when its use was last written down */
    size_t name_size;
    char name[AGENT_NAME_MAX]; /* of the agent or key */
};

uint64_t grant_permissions(const struct grant *grant);

struct grant_cache;

/* Lives in `arena`. */
struct grant_cache *grant_cache_open(struct arena *arena);
/* NULL unless it was put under the same generation and less than GRANT_FRESH_MS ago. Valid until
 * the next put. `now_ms` is time_monotonic_ms. */
struct grant *grant_cache_find(struct grant_cache *cache, const struct hash *token,
                               uint64_t generation, int64_t now_ms);
struct grant *grant_cache_put(struct grant_cache *cache, const struct hash *token,
                              uint64_t generation, int64_t now_ms, const struct grant *grant);
