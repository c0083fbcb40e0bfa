#include "metric/durations.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"

/* A key is the duration, then whether it is an event, then whether it is taken back. */
enum { EVENT_BIT = 2, BACK_BIT = 1, KIND_BITS = 2, CAPACITY_FIRST = 8 };
enum { DIGIT_BITS = 8, DIGITS = 1 << DIGIT_BITS, RADIX_WORTH = 256 };

static const int64_t DURATION_MAX = INT64_MAX >> KIND_BITS;

static void reserve(struct durations *durations, struct arena *arena, size_t count)
{
    if (count <= durations->capacity) return;
    size_t capacity = durations->capacity ? durations->capacity : CAPACITY_FIRST;
    while (capacity < count) capacity *= 2;
    uint64_t *keys = arena_array(arena, uint64_t, capacity);
    if (durations->count > 0) memcpy(keys, durations->keys, durations->count * sizeof(*keys));
    durations->keys = keys;
    durations->capacity = capacity;
}

void durations_add(struct durations *durations, struct arena *arena, int64_t duration_ms,
                   bool is_event, int64_t sign)
{
    assert(duration_ms >= 0);
    if (duration_ms > DURATION_MAX) duration_ms = DURATION_MAX;
    if (durations->count == durations->capacity) {
        reserve(durations, arena, durations->count + 1);
    }
    uint64_t key = (uint64_t)duration_ms << KIND_BITS;
    if (is_event) key |= EVENT_BIT;
    if (sign < 0) key |= BACK_BIT;
    durations->keys[durations->count++] = key;
    durations->is_settled = false;
}

void durations_merge(struct durations *into, const struct durations *from, struct arena *arena)
{
    if (from->count == 0) return;
    reserve(into, arena, into->count + from->count);
    memcpy(into->keys + into->count, from->keys, from->count * sizeof(*from->keys));
    into->is_settled = into->count == 0 && from->is_settled;
    into->count += from->count;
}

static int key_compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* One pass of a radix sort, least digit first; false if all keys have the same digit. */
static bool digit_sort(const uint64_t *keys, uint64_t *into, size_t count, unsigned shift)
{
    size_t starts[DIGITS] = { 0 };
    for (size_t i = 0; i < count; i++) starts[(keys[i] >> shift) % DIGITS]++;
    if (starts[(keys[0] >> shift) % DIGITS] == count) return false;
    size_t start = 0;
    for (size_t i = 0; i < DIGITS; i++) {
        size_t of_digit = starts[i];
        starts[i] = start;
        start += of_digit;
    }
    for (size_t i = 0; i < count; i++) into[starts[(keys[i] >> shift) % DIGITS]++] = keys[i];
    return true;
}

/* Ascending; in `keys` or in `other`, which has room for as many. */
static uint64_t *sort(uint64_t *keys, uint64_t *other, size_t count)
{
    uint64_t all = 0;
    for (size_t i = 0; i < count; i++) all |= keys[i];
    for (unsigned shift = 0; shift < 64 && all >> shift; shift += DIGIT_BITS) {
        if (!digit_sort(keys, other, count, shift)) continue;
        uint64_t *swap = keys;
        keys = other;
        other = swap;
    }
    return keys;
}

/* Of a run of equal keys, as many as are left; returns how many were written. */
static size_t settle_run(uint64_t *into, uint64_t key, int64_t weight)
{
    size_t count = 0;
    for (; weight > 0; weight--) into[count++] = key;
    for (; weight < 0; weight++) into[count++] = key | BACK_BIT;
    return count;
}

void durations_settle(struct durations *durations, struct arena *scratch)
{
    if (durations->is_settled || durations->count == 0) return;
    uint64_t *keys = durations->keys;
    size_t count = durations->count;
    if (count < RADIX_WORTH) {
        qsort(keys, count, sizeof(*keys), key_compare);
    } else {
        keys = sort(keys, arena_array(scratch, uint64_t, count), count);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count;) {
        uint64_t key = keys[i] & ~(uint64_t)BACK_BIT;
        int64_t weight = 0;
        for (; i < count && (keys[i] & ~(uint64_t)BACK_BIT) == key; i++) {
            weight += keys[i] & BACK_BIT ? -1 : 1;
        }
        kept += settle_run(durations->keys + kept, key, weight);
    }
    durations->count = kept;
    durations->is_settled = true;
}

struct survival_observation *durations_observe(const struct durations *durations,
                                               struct arena *arena, size_t *count)
{
    assert(durations->is_settled || durations->count == 0);
    const uint64_t *keys = durations->keys;
    struct survival_observation *items =
        arena_array(arena, struct survival_observation, durations->count + 1);
    size_t kept = 0;
    for (size_t i = 0; i < durations->count;) {
        uint64_t key = keys[i];
        size_t first = i;
        while (i < durations->count && keys[i] == key) i++;
        int64_t weight = (int64_t)(i - first);
        items[kept++] = (struct survival_observation){
            .duration = (double)(key >> KIND_BITS) / MS_PER_SECOND,
            .weight = key & BACK_BIT ? -weight : weight,
            .is_event = (key & EVENT_BIT) != 0,
        };
    }
    *count = kept;
    return items;
}

double *durations_events(const struct durations *durations, struct arena *arena, size_t *count)
{
    assert(durations->is_settled || durations->count == 0);
    double *events = arena_array(arena, double, durations->count + 1);
    size_t kept = 0;
    for (size_t i = 0; i < durations->count; i++) {
        uint64_t kind = durations->keys[i] & (EVENT_BIT | BACK_BIT);
        if (kind != EVENT_BIT) continue;
        events[kept++] = (double)(durations->keys[i] >> KIND_BITS) / MS_PER_SECOND;
    }
    *count = kept;
    return events;
}
