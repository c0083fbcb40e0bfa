#include "store/row_cache.h"

#include <stdio.h>

#include "base/test.h"

static const struct row_cache_size SIZE = { .places = 16384, .key_max = 24, .value_max = 8 };

TEST(a_cached_row_is_found_until_it_is_dropped_or_all_are_cleared)
{
    struct arena *arena = arena_open();
    struct row_cache *cache = row_cache_open(arena, SIZE);
    int64_t value = 7;
    int64_t found = 0;
    CHECK(!row_cache_find(cache, STR("a"), &found, sizeof(found)));
    row_cache_put(cache, STR("a"), &value, sizeof(value));
    CHECK(row_cache_find(cache, STR("a"), &found, sizeof(found)) && found == 7);
    CHECK(!row_cache_find(cache, STR("b"), &found, sizeof(found)));
    row_cache_drop(cache, STR("b"));
    CHECK(row_cache_find(cache, STR("a"), &found, sizeof(found)));
    row_cache_drop(cache, STR("a"));
    CHECK(!row_cache_find(cache, STR("a"), &found, sizeof(found)));
    row_cache_put(cache, STR("a"), &value, sizeof(value));
    row_cache_clear(cache);
    CHECK(!row_cache_find(cache, STR("a"), &found, sizeof(found)));
    row_cache_close(cache);
    arena_close(arena);
}

/* More keys than places: some are gone, none is wrong. */
TEST(keys_that_share_a_place_are_never_taken_for_each_other)
{
    struct arena *arena = arena_open();
    struct row_cache *cache = row_cache_open(arena, SIZE);
    char key[24];
    size_t hits = 0;
    for (int64_t i = 0; i < 50000; i++) {
        snprintf(key, sizeof(key), "k%lld", (long long)i);
        row_cache_put(cache, str_from(key), &i, sizeof(i));
    }
    for (int64_t i = 0; i < 50000; i++) {
        int64_t found;
        snprintf(key, sizeof(key), "k%lld", (long long)i);
        if (!row_cache_find(cache, str_from(key), &found, sizeof(found))) continue;
        CHECK(found == i);
        hits++;
    }
    CHECK(hits > 10000 && hits <= 16384);
    row_cache_close(cache);
    arena_close(arena);
}
