/* Signed numbers in few bytes: zigzag, then seven bits a byte, low ones first. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { VARINT_SIZE_MAX = 10 };

/* Returns the bytes written. */
static inline size_t varint_write(unsigned char *out, int64_t number)
{
    uint64_t bits = ((uint64_t)number << 1) ^ (uint64_t)(number >> 63);
    size_t size = 0;
    while (bits >= 0x80) {
        out[size++] = (unsigned char)(bits | 0x80);
        bits >>= 7;
    }
    out[size++] = (unsigned char)bits;
    return size;
}

/* Returns the bytes read, 0 if they are cut off or too many. */
static inline size_t varint_read(const unsigned char *in, size_t size, int64_t *out)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < size && i < VARINT_SIZE_MAX; i++) {
        bits |= (uint64_t)(in[i] & 0x7F) << (7 * i);
        if (in[i] < 0x80) {
            if (i == VARINT_SIZE_MAX - 1 && in[i] > 1) return 0;
            *out = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
            return i + 1;
        }
    }
    return 0;
}
