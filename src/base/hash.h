/* Hashes and randomness, both of libsodium. `hash_start` must have run once in the process. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { HASH_SIZE = 32, HASH_HEX_SIZE = 64 };

struct hash {
    unsigned char bytes[HASH_SIZE];
};

/* Ends the process if libsodium cannot start. May be called again. */
void hash_start(void);

/* BLAKE2b-256. */
struct hash hash_of(struct str bytes);
/* BLAKE2b-256 over `a` and then `b`. */
struct hash hash_of_two(struct str a, struct str b);
/* Compared in constant time. */
bool hash_equal(const struct hash *a, const struct hash *b);
/* 64 lower-case characters. */
struct str hash_hex(struct arena *arena, const struct hash *hash);

/* For hash tables and partitions inside the process only: fast and not secret. */
uint64_t hash_fast(struct str bytes);

/* From the system's generator. */
void random_bytes(void *out, size_t size);
/* `size` random bytes as base64url without padding, in the arena. */
struct str random_token(struct arena *arena, size_t size);
