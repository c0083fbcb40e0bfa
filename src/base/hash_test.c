#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#include "base/test.h"

TEST(hash_of_is_blake2b_of_256_bits)
{
    struct arena *arena = arena_open();
    struct hash none = hash_of((struct str){ 0 });
    CHECK(str_equal(hash_hex(arena, &none),
                    STR("0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8")));
    struct hash abc = hash_of(STR("abc"));
    CHECK(str_equal(hash_hex(arena, &abc),
                    STR("bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")));
    arena_close(arena);
}

TEST(hash_of_two_is_the_hash_of_both_joined)
{
    struct hash joined = hash_of(STR("abcdef"));
    struct hash cut = hash_of_two(STR("ab"), STR("cdef"));
    struct hash end = hash_of_two(STR("abcdef"), STR(""));
    struct hash other = hash_of_two(STR("cdef"), STR("ab"));
    CHECK(hash_equal(&joined, &cut));
    CHECK(hash_equal(&joined, &end));
    CHECK(!hash_equal(&joined, &other));
}

static int compare_numbers(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

TEST(hash_fast_spreads_texts_that_differ_little)
{
    enum { COUNT = 50000, BUCKETS = 1024 };
    static uint64_t hashes[COUNT];
    static int low[BUCKETS];
    static int high[BUCKETS];
    for (int i = 0; i < COUNT; i++) {
        char text[32];
        int size = snprintf(text, sizeof(text), "customer-%d", i);
        hashes[i] = hash_fast((struct str){ .data = text, .size = (size_t)size });
        low[hashes[i] % BUCKETS]++;
        high[hashes[i] >> 54]++;
    }
    for (int i = 0; i < BUCKETS; i++) { /* 49 expected, so 120 is ten standard deviations away */
        CHECK(low[i] > 5 && low[i] < 120);
        CHECK(high[i] > 5 && high[i] < 120);
    }
    qsort(hashes, COUNT, sizeof(hashes[0]), compare_numbers);
    for (int i = 1; i < COUNT; i++) CHECK(hashes[i] != hashes[i - 1]);
}

TEST(hash_fast_sees_the_size_and_the_last_bytes)
{
    static const char ZEROS[32];
    for (size_t size = 0; size < sizeof(ZEROS); size++) {
        struct str shorter = { .data = ZEROS, .size = size };
        struct str longer = { .data = ZEROS, .size = size + 1 };
        CHECK(hash_fast(shorter) != hash_fast(longer));
    }
    CHECK(hash_fast(STR("12345678a")) != hash_fast(STR("12345678b")));
    CHECK(hash_fast((struct str){ 0 }) == hash_fast(STR("")));
}

TEST(random_tokens_are_base64url_and_never_the_same)
{
    struct arena *arena = arena_open();
    struct str a = random_token(arena, 32);
    struct str b = random_token(arena, 32);
    CHECK(a.size == 43);
    CHECK(!str_equal(a, b));
    for (size_t i = 0; i < a.size; i++) {
        CHECK(
            strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", a.data[i]));
    }
    CHECK(random_token(arena, 1).size == 2);
    CHECK(random_token(arena, 2).size == 3);
    CHECK(random_token(arena, 3).size == 4);
    arena_close(arena);
}
