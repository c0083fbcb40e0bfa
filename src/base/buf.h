/* Text being built, in an arena, up to a stated maximum.
 *
 * Appending never fails at the place of appending: what would pass the maximum is dropped and
 * remembered, and `buf_done` says so once at the end.
 *
 * Owner: one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct buf {
    struct arena *arena;
    char *data;
    size_t size;
    size_t capacity;
    size_t size_max;
    bool overflowed;
};

/* `size_max` bytes at most. Takes no memory before the first append. */
struct buf buf_open(struct arena *arena, size_t size_max);

void buf_add(struct buf *buf, struct str text);
void buf_add_char(struct buf *buf, char c);
void buf_add_int(struct buf *buf, int64_t number);
/* Shortest decimal form that reads back as the same double. NaN and infinities are refused by
 * an assert: no number of ours is one. */
void buf_add_real(struct buf *buf, double number);
__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *buf, const char *format, ...);

/* What was built; it lives in the arena. ERR_LIMIT if the maximum was passed. */
enum err buf_done(const struct buf *buf, struct str *out);
/* What was built so far, cut at the maximum. */
struct str buf_view(const struct buf *buf);
