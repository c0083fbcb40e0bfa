/* Bytes that may be compressed: gzip is unpacked, anything else passes through as it is. Which of
 * both it is, the first two bytes say. Memory stays the same however much comes out.
 *
 *     struct gzip *gzip = gzip_open(arena, size_max);
 *     while (more bytes) {
 *         struct str rest = the bytes;
 *         while ((err = gzip_next(gzip, &rest, &piece)) == OK) use(piece);
 *         if (err != ERR_NOT_FOUND) return err;
 *     }
 *     err = gzip_end(gzip);
 *
 * Owner: one thread at a time.
 */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct gzip;

/* `size_max` bytes may come out in all. There is nothing to close: it lives in the arena. */
struct gzip *gzip_open(struct arena *arena, uint64_t size_max);

/* Takes bytes from the start of `*rest` and gives the next piece of plain ones, never an empty one.
 * The piece lives until the next call, or as long as the bytes that were given.
 *
 * ERR_NOT_FOUND when all bytes are taken: go on with the next ones, or call gzip_end.
 * ERR_LIMIT if more than `size_max` bytes would come out, ERR_CORRUPT if the bytes are damaged;
 * every further call says the same. Several gzip files in a row are one; what else follows is
 * damage. */
enum err gzip_next(struct gzip *gzip, struct str *rest, struct str *out);

/* After the last bytes: ERR_CORRUPT if a gzip file has no end, which the first half of its magic
 * alone has not either. */
enum err gzip_end(struct gzip *gzip);
