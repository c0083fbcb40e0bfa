/* A format that can be imported: one file and one line in the table. It turns records of a table
 * into batches of commands; reading, counting and noting are the run's (import_job.c).
 *
 * Owner: the thread of the run.
 */
#pragma once

#include "base/arena.h"
#include "base/csv.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/zone.h"
#include "exchange/csv_map.h"
#include "exchange/import.h"
#include "store/store.h"

enum { IMPORT_BATCH_ROWS = 500 }; /* in one transaction */

struct import_inside;

/* What a format sees of its run. */
struct import_run {
    struct arena *arena; /* as long as the run */
    struct arena *batch; /* reset after each flush */
    struct reader *reader;
    const struct zone *zone;
    const struct csv_map *map;
    struct hash file_hash;
    bool is_dry;
    struct import_counts counts; /* the format counts all but bytes and rows read */
    struct str reason;           /* why it cannot go on, for people; set before ERR_INVALID */
    struct import_inside *inside;
};

struct import_format {
    const char *name; /* in URLs and on the command line: never changes */
    int number;       /* stored: never changes */
    bool needs_map;
    /* Begins a table whose columns have these names; what it keeps comes back as `state`. */
    enum err (*open)(struct import_run *run, const struct str *names, size_t count, void **state);
    /* Takes a record or refuses it; flushes when a batch is full. */
    enum err (*record)(struct import_run *run, void *state, const struct csv_record *record);
    /* Hands over what waits. */
    enum err (*flush)(struct import_run *run, void *state);
};

extern const struct import_format FORMAT_SERVICENOW_INCIDENTS;
extern const struct import_format FORMAT_CSV;

/* All of them; ends with NULL. */
extern const struct import_format *const IMPORT_FORMATS[];
/* NULL if there is none. */
const struct import_format *import_format_find(struct str name);
const struct import_format *import_format_of(int number);

/* ---- for formats ---- */

/* Counts and notes a refused row; what it points to is copied. */
enum err import_refuse(struct import_run *run, const struct import_refusal *refusal);
/* Hands a command to the writer and waits for it. */
enum err import_call(struct import_run *run, const struct command *command, const void *in,
                     void *out);
