/* Bytes too large for a row, by the BLAKE2b-256 of what they hold: files/ab/cd… beside the store.
 *
 * A file is written before the command that refers to it, first under a temporary name, then synced
 * and renamed. What nothing refers to for a day is deleted.
 *
 * Owner: one thread for each open file.
 */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "store/store.h"

enum { FILE_PART_SIZE = 256 * 1024 };

struct file_sink;

/* `directory` is the workspace's. ERR_LIMIT when the disk is full. */
enum err file_begin(struct arena *arena, struct str directory, struct file_sink **out);
enum err file_append(struct file_sink *sink, struct str bytes);
/* Syncs and gives the file its name; `out` and `size` tell it. */
enum err file_finish(struct file_sink *sink, struct hash *out, int64_t *size);
/* Gives it up and removes what was written. */
void file_abandon(struct file_sink *sink);

/* An open descriptor for reading; the caller closes it. ERR_NOT_FOUND. */
enum err file_open(struct arena *arena, struct str directory, const struct hash *hash, int *out);

/* Tells the store of a finished file, as used from now on. */
enum err file_take(struct tx *tx, const struct hash *hash, int64_t size);
/* Nothing refers to it any more. */
enum err file_drop(struct tx *tx, const struct hash *hash);
