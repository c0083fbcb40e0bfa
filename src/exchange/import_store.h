/* Imports in the database: one row for each, with its progress and its refused rows.
 *
 * Owner: commands, the writer's thread.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "exchange/import.h"
#include "store/store.h"

struct import {
    int64_t id;
    int format;
    struct str file_name;
    struct hash file_hash;
    struct str settings; /* JSON: zone, map, dry_run */
    enum import_state state;
    int64_t created_by; /* an agent; 0: a key or the command line */
    int64_t created_at_ms;
    int64_t finished_at_ms; /* 0: not yet */
    struct import_counts counts;
    struct str reason; /* no data: none */
};

struct import_begin_in {
    int format;
    struct str file_name;
    struct hash file_hash;
    int64_t file_size;
    bool keeps_file; /* the bytes lie in store/file.h until the import ends */
    struct str settings;
    int64_t created_by;
};
/* Fills a struct import. Appends import.started. */
extern const struct command IMPORT_BEGIN;

struct import_note_in {
    int64_t id;
    struct import_counts counts;
    const struct import_refusal *refusals; /* new ones */
    size_t refusals_count;
    bool tells; /* append import.progressed */
};
struct import_note_out {
    enum import_state state; /* IMPORT_CANCELLED: stop */
};
/* ERR_NOT_FOUND. */
extern const struct command IMPORT_NOTE;

struct import_end_in {
    int64_t id;
    enum import_state state;
    struct import_counts counts;
    struct str reason; /* no data: none */
};
/* Ends a running import and lets its file go; one that has ended already stays as it is, but for
 * its counts. Appends import.finished. ERR_NOT_FOUND. */
extern const struct command IMPORT_END;

/* Takes an int64_t id, fills a struct import. The running job sees it and stops. ERR_NOT_FOUND;
 * ERR_CONFLICT if it has ended. */
extern const struct command IMPORT_CANCEL;

/* At the start of the program: what was running when it stopped has failed. */
extern const struct command IMPORT_RECOVER;

/* ERR_NOT_FOUND. */
enum err import_read(struct reader *reader, struct arena *arena, int64_t id, struct import *out);
/* Newest first. `before_id` 0: from the newest. */
enum { IMPORTS_LIST_MAX = 200, IMPORT_REFUSALS_LIST_MAX = 200 };
enum err import_list(struct reader *reader, struct arena *arena, int64_t before_id,
                     size_t count_max, struct import **out, size_t *count);
/* By line, from the one after `after_line`. */
enum err import_refusal_list(struct reader *reader, struct arena *arena, int64_t id,
                             int64_t after_line, size_t count_max, struct import_refusal **out,
                             size_t *count);

/* Whether an interaction with that external_id exists on the channel of that name. */
enum err import_interaction_is_known(struct reader *reader, struct arena *arena, struct str channel,
                                     struct str external_id, bool *out);
