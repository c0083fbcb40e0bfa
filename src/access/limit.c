#include "access/limit.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A place is one word: who (28 bits), how often (8), since when (28 bits of quarter seconds, which
 * come round after two years). 0 is free. */
enum {
    SETS = 1024,
    PLACES_IN_SET = 8,
    COUNT_BITS = 8,
    TIME_BITS = 28,
    TICK_MS = 250,
    SECRET_SIZE = 16
};

static const uint64_t COUNT_MASK = (1u << COUNT_BITS) - 1;
static const uint64_t TIME_MASK = (1u << TIME_BITS) - 1;
static const uint64_t WINDOW_TICKS = LIMIT_WINDOW_MS / TICK_MS;

struct limit {
    unsigned char secret[SECRET_SIZE];
    uint64_t attempts_max;
    _Atomic uint64_t places[SETS][PLACES_IN_SET];
};

struct place {
    uint64_t tag; /* never 0 */
    uint64_t count;
    uint64_t since; /* ticks */
};

static uint64_t pack(struct place place)
{
    return place.tag << (COUNT_BITS + TIME_BITS) | place.count << TIME_BITS | place.since;
}

static struct place unpack(uint64_t word)
{
    return (struct place){ .tag = word >> (COUNT_BITS + TIME_BITS),
                           .count = word >> TIME_BITS & COUNT_MASK,
                           .since = word & TIME_MASK };
}

static uint64_t ticks(int64_t now_ms)
{
    return (uint64_t)now_ms / TICK_MS & TIME_MASK;
}

/* A clock that went back makes an age near the whole range, so the window has passed. */
static uint64_t age(struct place place, uint64_t now)
{
    return (now - place.since) & TIME_MASK;
}

struct limit *limit_open(struct arena *arena, int attempts_max)
{
    assert(attempts_max > 0 && (uint64_t)attempts_max < COUNT_MASK);
    struct limit *limit = arena_new(arena, struct limit);
    random_bytes(limit->secret, sizeof(limit->secret));
    limit->attempts_max = (uint64_t)attempts_max;
    return limit;
}

/* Who a key is, and where its place can be. */
struct seat {
    _Atomic uint64_t *set;
    uint64_t tag;
};

static struct seat seat_of(struct limit *limit, struct str key)
{
    struct str secret = { .data = (const char *)limit->secret, .size = SECRET_SIZE };
    struct hash hash = hash_of_two(secret, key);
    uint64_t number;
    memcpy(&number, hash.bytes, sizeof(number));
    uint64_t tag = number >> (COUNT_BITS + TIME_BITS);
    return (struct seat){ .set = limit->places[number % SETS], .tag = tag ? tag : 1 };
}

/* The key's place, else a free or outdated one, else the one with the fewest attempts. */
static _Atomic uint64_t *place_of(const struct seat *seat, uint64_t now)
{
    _Atomic uint64_t *best = seat->set;
    uint64_t best_count = UINT64_MAX;
    for (size_t i = 0; i < PLACES_IN_SET; i++) {
        struct place place = unpack(atomic_load(&seat->set[i]));
        if (place.tag == seat->tag) return &seat->set[i];
        uint64_t count = age(place, now) >= WINDOW_TICKS ? 0 : place.count;
        if (count < best_count) {
            best_count = count;
            best = &seat->set[i];
        }
    }
    return best;
}

enum err limit_begin(struct limit *limit, struct str key, int64_t now_ms, int64_t *retry_after_ms)
{
    uint64_t now = ticks(now_ms);
    struct seat seat = seat_of(limit, key);
    _Atomic uint64_t *word = place_of(&seat, now);
    uint64_t before = atomic_load(word);
    for (;;) {
        struct place place = unpack(before);
        if (place.tag != seat.tag || age(place, now) >= WINDOW_TICKS) {
            place = (struct place){ .tag = seat.tag, .since = now };
        }
        if (place.count >= limit->attempts_max) {
            *retry_after_ms = (int64_t)(WINDOW_TICKS - age(place, now)) * TICK_MS;
            return ERR_BUSY;
        }
        place.count++;
        if (atomic_compare_exchange_weak(word, &before, pack(place))) return OK;
    }
}

/* Changes the count of a key that has one, by `by` or to nothing. */
static void lower(struct limit *limit, struct str key, int64_t now_ms, uint64_t by)
{
    struct seat seat = seat_of(limit, key);
    _Atomic uint64_t *word = place_of(&seat, ticks(now_ms));
    uint64_t before = atomic_load(word);
    for (;;) {
        struct place place = unpack(before);
        if (place.tag != seat.tag || place.count == 0) return;
        place.count -= by < place.count ? by : place.count;
        if (atomic_compare_exchange_weak(word, &before, pack(place))) return;
    }
}

void limit_forgive(struct limit *limit, struct str key, int64_t now_ms)
{
    lower(limit, key, now_ms, 1);
}

void limit_clear(struct limit *limit, struct str key, int64_t now_ms)
{
    lower(limit, key, now_ms, COUNT_MASK);
}

struct str limit_address_key(struct str address, char out[LIMIT_ADDRESS_KEY_SIZE])
{
    enum { NETWORK_BYTES = 8, ADDRESS_BYTES = 16 };
    size_t size = address.size < LIMIT_ADDRESS_KEY_SIZE ? address.size : LIMIT_ADDRESS_KEY_SIZE - 1;
    memcpy(out, address.data ? address.data : "", size);
    out[size] = '\0';

    static const unsigned char MAPPED[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF };
    unsigned char bytes[ADDRESS_BYTES];
    bool is_ipv6 = inet_pton(AF_INET6, out, bytes) == 1;
    bool is_mapped = is_ipv6 && memcmp(bytes, MAPPED, sizeof(MAPPED)) == 0;
    if (!is_ipv6 || is_mapped) return (struct str){ .data = out, .size = size };
    memcpy(out, bytes, NETWORK_BYTES);
    return (struct str){ .data = out, .size = NETWORK_BYTES };
}
