#include "access/access.h"

#include "base/test.h"
#include "base/thread.h"

static struct grant sample_grant(int64_t id)
{
    return (struct grant){ .kind = GRANT_KEY, .id = id, .scope = SCOPE_INGEST };
}

TEST(a_grant_is_remembered_until_it_is_old_or_somebody_s_access_changed)
{
    hash_start();
    struct arena *arena = arena_open();
    struct grant_cache *cache = grant_cache_open(arena);
    struct hash token = hash_of(STR("a"));
    struct hash other = hash_of(STR("b"));
    struct grant grant = sample_grant(7);
    CHECK(!grant_cache_find(cache, &token, 1, 1000));
    CHECK(grant_cache_put(cache, &token, 1, 1000, &grant)->id == 7);
    CHECK(grant_cache_find(cache, &token, 1, 1000 + GRANT_FRESH_MS - 1)->id == 7);
    CHECK(!grant_cache_find(cache, &token, 1, 1000 + GRANT_FRESH_MS));
    CHECK(!grant_cache_find(cache, &token, 2, 1001));
    CHECK(!grant_cache_find(cache, &other, 1, 1001));
    arena_close(arena);
}

TEST(an_empty_cache_knows_not_even_the_hash_of_zeros)
{
    struct arena *arena = arena_open();
    struct grant_cache *cache = grant_cache_open(arena);
    struct hash zeros = { { 0 } };
    CHECK(!grant_cache_find(cache, &zeros, 0, 0));
    arena_close(arena);
}

enum { THREADS = 4 };

struct caller {
    struct access *access;
    struct grant_cache *first;
    struct grant_cache *second;
};

static void call(void *context)
{
    struct caller *caller = context;
    caller->first = access_cache(caller->access, caller);
    struct grant grant = sample_grant(1);
    struct hash token = hash_of(STR("a"));
    grant_cache_put(caller->first, &token, 1, 0, &grant);
    access_changed(caller->access);
    caller->second = access_cache(caller->access, caller);
}

TEST(every_thread_has_a_cache_of_its_own_and_keeps_it)
{
    hash_start();
    struct arena *arena = arena_open();
    struct password_gate gate = { 0 };
    struct access *access = access_open(arena, &gate);
    uint64_t before = atomic_load(&access->generation);
    struct caller callers[THREADS];
    struct thread threads[THREADS] = { 0 };
    for (size_t i = 0; i < THREADS; i++) {
        callers[i] = (struct caller){ .access = access };
        CHECK(thread_start(&threads[i], "call", call, &callers[i]) == OK);
    }
    for (size_t i = 0; i < THREADS; i++) thread_join(&threads[i]);
    for (size_t i = 0; i < THREADS; i++) {
        CHECK(callers[i].first && callers[i].first == callers[i].second);
        for (size_t k = 0; k < i; k++) CHECK(callers[i].first != callers[k].first);
    }
    CHECK(atomic_load(&access->generation) == before + THREADS);
    access_close(access);
    arena_close(arena);
}

TEST(more_threads_than_there_are_places_go_without)
{
    struct arena *arena = arena_open();
    struct password_gate gate = { 0 };
    struct access *access = access_open(arena, &gate);
    char readers[ACCESS_THREADS_MAX + 1];
    for (size_t i = 0; i < ACCESS_THREADS_MAX; i++) CHECK(access_cache(access, &readers[i]));
    CHECK(!access_cache(access, &readers[ACCESS_THREADS_MAX]));
    access_close(access);
    arena_close(arena);
}
