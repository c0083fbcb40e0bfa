#include "access/limit.h"

#include <stdio.h>
#include <string.h>

#include "base/test.h"

static const int64_t NOW = 1800000000000;

TEST(the_eleventh_attempt_of_an_account_waits_until_the_window_ends)
{
    struct arena *arena = arena_open();
    struct limit *limit = limit_open(arena, LIMIT_ACCOUNT);
    int64_t wait_ms = 0;
    for (int i = 0; i < LIMIT_ACCOUNT; i++) {
        CHECK(limit_begin(limit, STR("ana@example.org"), NOW + i, &wait_ms) == OK);
    }
    CHECK(limit_begin(limit, STR("ana@example.org"), NOW + 60000, &wait_ms) == ERR_BUSY);
    CHECK(wait_ms > LIMIT_WINDOW_MS - 61000 && wait_ms <= LIMIT_WINDOW_MS - 59000);
    CHECK(limit_begin(limit, STR("bo@example.org"), NOW, &wait_ms) == OK);
    CHECK(limit_begin(limit, STR("ana@example.org"), NOW + LIMIT_WINDOW_MS + 1000, &wait_ms) == OK);
    arena_close(arena);
}

TEST(what_is_forgiven_does_not_count)
{
    struct arena *arena = arena_open();
    struct limit *limit = limit_open(arena, 3);
    int64_t wait_ms;
    for (int i = 0; i < 20; i++) {
        CHECK(limit_begin(limit, STR("a"), NOW, &wait_ms) == OK);
        limit_forgive(limit, STR("a"), NOW);
    }
    for (int i = 0; i < 3; i++) CHECK(limit_begin(limit, STR("a"), NOW, &wait_ms) == OK);
    CHECK(limit_begin(limit, STR("a"), NOW, &wait_ms) == ERR_BUSY);
    limit_clear(limit, STR("a"), NOW);
    for (int i = 0; i < 3; i++) CHECK(limit_begin(limit, STR("a"), NOW, &wait_ms) == OK);
    CHECK(limit_begin(limit, STR("a"), NOW, &wait_ms) == ERR_BUSY);
    arena_close(arena);
}

TEST(forgiving_what_was_never_counted_changes_nothing)
{
    struct arena *arena = arena_open();
    struct limit *limit = limit_open(arena, 1);
    int64_t wait_ms;
    limit_forgive(limit, STR("a"), NOW);
    limit_clear(limit, STR("a"), NOW);
    CHECK(limit_begin(limit, STR("a"), NOW, &wait_ms) == OK);
    CHECK(limit_begin(limit, STR("a"), NOW, &wait_ms) == ERR_BUSY);
    arena_close(arena);
}

TEST(a_clock_that_goes_back_locks_nobody_out)
{
    struct arena *arena = arena_open();
    struct limit *limit = limit_open(arena, 1);
    int64_t wait_ms;
    CHECK(limit_begin(limit, STR("a"), NOW, &wait_ms) == OK);
    CHECK(limit_begin(limit, STR("a"), NOW - 3600000, &wait_ms) == OK);
    arena_close(arena);
}

TEST(a_flood_of_other_accounts_does_not_free_one_that_is_limited)
{
    struct arena *arena = arena_open();
    struct limit *limit = limit_open(arena, LIMIT_ACCOUNT);
    int64_t wait_ms;
    for (int i = 0; i < LIMIT_ACCOUNT; i++) {
        CHECK(limit_begin(limit, STR("target"), NOW, &wait_ms) == OK);
    }
    for (int i = 0; i < 20000; i++) {
        char name[32];
        int size = snprintf(name, sizeof(name), "other-%d", i);
        struct str key = { .data = name, .size = (size_t)size };
        CHECK(limit_begin(limit, key, NOW, &wait_ms) == OK);
    }
    CHECK(limit_begin(limit, STR("target"), NOW, &wait_ms) == ERR_BUSY);
    arena_close(arena);
}

static bool same_key(const char *a, const char *b)
{
    char first[LIMIT_ADDRESS_KEY_SIZE];
    char second[LIMIT_ADDRESS_KEY_SIZE];
    return str_equal(limit_address_key(str_from(a), first), limit_address_key(str_from(b), second));
}

TEST(ipv6_addresses_count_by_their_network_and_ipv4_by_themselves)
{
    CHECK(same_key("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
    CHECK(!same_key("2001:db8:1:2::1", "2001:db8:1:3::1"));
    CHECK(!same_key("192.0.2.1", "192.0.2.2"));
    CHECK(!same_key("::ffff:192.0.2.1", "::ffff:192.0.2.2"));
    CHECK(same_key("", ""));
    char huge[500];
    memset(huge, 'a', sizeof(huge));
    char out[LIMIT_ADDRESS_KEY_SIZE];
    struct str text = { .data = huge, .size = sizeof(huge) };
    CHECK(limit_address_key(text, out).size < LIMIT_ADDRESS_KEY_SIZE);
}
