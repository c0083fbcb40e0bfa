#include "access/access.h"

#include <stddef.h>

struct access *access_open(struct arena *arena, struct password_gate *gate)
{
    struct access *access = arena_new(arena, struct access);
    atomic_store(&access->generation, 1);
    access->accounts = limit_open(arena, LIMIT_ACCOUNT);
    access->addresses = limit_open(arena, LIMIT_ADDRESS);
    access->gate = gate;
    return access;
}

void access_close(struct access *access)
{
    if (!access) return;
    for (size_t i = 0; i < ACCESS_THREADS_MAX; i++) arena_close(access->places[i].arena);
}

void access_changed(struct access *access)
{
    atomic_fetch_add(&access->generation, 1);
}

static struct grant_cache *place_open(struct access_place *place)
{
    place->arena = arena_open();
    place->cache = grant_cache_open(place->arena);
    return place->cache;
}

struct grant_cache *access_cache(struct access *access, const void *reader)
{
    for (size_t i = 0; i < ACCESS_THREADS_MAX; i++) {
        struct access_place *place = &access->places[i];
        const void *owner = atomic_load(&place->owner);
        if (owner == reader) return place->cache;
        if (owner) continue;
        if (atomic_compare_exchange_strong(&place->owner, &owner, reader)) return place_open(place);
    }
    return NULL;
}
