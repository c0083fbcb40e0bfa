#include "base/hash.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/log.h"

void hash_start(void)
{
    if (sodium_init() < 0) log_fatal("hash", "libsodium did not start");
}

struct hash hash_of_two(struct str a, struct str b)
{
    struct hash hash;
    crypto_generichash_state state;
    int failed = crypto_generichash_init(&state, NULL, 0, HASH_SIZE);
    failed |= crypto_generichash_update(&state, (const unsigned char *)a.data, a.size);
    failed |= crypto_generichash_update(&state, (const unsigned char *)b.data, b.size);
    failed |= crypto_generichash_final(&state, hash.bytes, HASH_SIZE);
    assert(!failed);
    return hash;
}

struct hash hash_of(struct str bytes)
{
    struct hash hash;
    int failed = crypto_generichash(hash.bytes, HASH_SIZE, (const unsigned char *)bytes.data,
                                    bytes.size, NULL, 0);
    assert(!failed);
    return hash;
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
    return sodium_memcmp(a->bytes, b->bytes, HASH_SIZE) == 0;
}

struct str hash_hex(struct arena *arena, const struct hash *hash)
{
    char *text = arena_array(arena, char, HASH_HEX_SIZE + 1);
    sodium_bin2hex(text, HASH_HEX_SIZE + 1, hash->bytes, HASH_SIZE);
    return (struct str){ .data = text, .size = HASH_HEX_SIZE };
}

/* Reversible, so nothing is lost; the shift brings the well-mixed high bits down. */
static uint64_t mix(uint64_t hash, uint64_t odd)
{
    hash *= odd;
    return hash ^ hash >> 29;
}

uint64_t hash_fast(struct str bytes)
{
    const uint64_t odd_a = 0x9E3779B97F4A7C15u;
    const uint64_t odd_b = 0xD6E8FEB86659FD93u;
    uint64_t hash = mix(bytes.size ^ odd_a, odd_b);
    size_t at = 0;
    for (; bytes.size - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t eight;
        memcpy(&eight, bytes.data + at, sizeof(eight));
        hash = mix(hash ^ eight, odd_a);
    }
    uint64_t last = 0;
    if (at < bytes.size) memcpy(&last, bytes.data + at, bytes.size - at);
    return mix(mix(hash ^ last, odd_b), odd_a);
}

void random_bytes(void *out, size_t size)
{
    randombytes_buf(out, size);
}

struct str random_token(struct arena *arena, size_t size)
{
    enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };
    unsigned char *bytes = arena_array(arena, unsigned char, size);
    randombytes_buf(bytes, size);
    size_t text_size = sodium_base64_ENCODED_LEN(size, VARIANT); /* counts the terminator */
    char *text = arena_array(arena, char, text_size);
    sodium_bin2base64(text, text_size, bytes, size, VARIANT);
    sodium_memzero(bytes, size);
    return (struct str){ .data = text, .size = text_size - 1 };
}
