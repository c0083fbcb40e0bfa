#include "access/grant.h"

#include <string.h>

struct remembered {
    struct hash token;
    uint64_t generation;
    int64_t at_ms;
    bool is_used;
    struct grant grant;
};

struct grant_cache {
    struct remembered items[GRANTS_REMEMBERED];
};

uint64_t grant_permissions(const struct grant *grant)
{
    bool is_agent = grant->kind == GRANT_SESSION || grant->scope == SCOPE_AGENT;
    return is_agent ? permissions_of_role(grant->role) : permissions_of_scope(grant->scope);
}

struct grant_cache *grant_cache_open(struct arena *arena)
{
    return arena_new(arena, struct grant_cache);
}

/* Hashes are spread evenly, so two bytes choose the place. */
static struct remembered *place_of(struct grant_cache *cache, const struct hash *token)
{
    uint16_t number;
    memcpy(&number, token->bytes, sizeof(number));
    return &cache->items[number % GRANTS_REMEMBERED];
}

struct grant *grant_cache_find(struct grant_cache *cache, const struct hash *token,
                               uint64_t generation, int64_t now_ms)
{
    struct remembered *item = place_of(cache, token);
    bool is_fresh =
        item->is_used && item->generation == generation && now_ms - item->at_ms < GRANT_FRESH_MS;
    return is_fresh && hash_equal(&item->token, token) ? &item->grant : NULL;
}

struct grant *grant_cache_put(struct grant_cache *cache, const struct hash *token,
                              uint64_t generation, int64_t now_ms, const struct grant *grant)
{
    struct remembered *item = place_of(cache, token);
    *item = (struct remembered){
        .token = *token, .generation = generation, .at_ms = now_ms, .is_used = true, .grant = *grant
    };
    return &item->grant;
}
