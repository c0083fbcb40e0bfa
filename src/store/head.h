/* The head file: the last committed seq, count and hash of the event log, beside the store. A store
 * that lost its end is behind it.
 *
 * Known inside store/ only; owner: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/writer.h"

struct head_file;

/* Makes the file if it is missing; `out_head` is what it says, seq 0 if it is new. ERR_CORRUPT if
 * its checksum is wrong. `path` NULL: no file, for stores in memory. */
enum err head_open(struct arena *arena, const char *path, struct head_file **out,
                   struct head *out_head);
/* Writes at once, syncs at most once a second. Failing is logged, once: the store itself is safe.
 */
void head_write(struct head_file *file, const struct head *head, int64_t now_ms);
void head_close(struct head_file *file);
