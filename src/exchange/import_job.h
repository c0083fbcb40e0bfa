/* Running an import: reads the file piece by piece, hands the writer some hundred rows at a time,
 * notes progress and refused rows. Memory stays the same however long the file is.
 *
 * The same function serves the command line and the job that follows an upload. It may be run again
 * with the same file at any time: rows that were taken over change nothing.
 *
 * Owner: the thread that calls it, a job's or the command line's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "exchange/csv_map.h"
#include "exchange/format_job.h"
#include "exchange/import.h"
#include "store/workspace.h"

/* What is wanted, in words. A str without data is not said. */
struct import_order {
    struct str format;
    struct str zone; /* else the map's, else UTC */
    struct str map;  /* JSON, for formats that need one */
    bool is_dry;     /* counts without storing */
};

/* The same, understood. */
struct import_plan {
    const struct import_format *format;
    const struct zone *zone;
    const struct csv_map *map; /* NULL without one */
    bool is_dry;
    struct str settings; /* the order as JSON, for the import's row */
};

/* ERR_INVALID with what is wrong in `problems`; pointers are /format, /zone and /map/... */
enum err import_prepare(struct arena *arena, const struct import_order *order,
                        struct json_problems *problems, struct import_plan *out);
/* The plan of an import that was ordered before; ERR_CORRUPT if its settings cannot be read. */
enum err import_prepare_again(struct arena *arena, int format, struct str settings,
                              struct import_plan *out);

struct import_task {
    int64_t id; /* 0: nothing is noted, as in a dry run of the command line */
    struct import_plan plan;
    struct hash file_hash;
    int64_t file_size;
    int descriptor; /* at the start of the file; the caller closes it */
    /* Looked at many times a second; true ends the run. NULL: never. */
    bool (*must_stop)(void *context);
    /* At most twice a second and at the end. NULL: nobody wants to know. */
    void (*progress)(void *context, const struct import_counts *counts);
    void (*refused)(void *context, const struct import_refusal *refusal);
    void *context;
};

struct import_result {
    enum import_state state;
    struct import_counts counts;
    struct str reason; /* why it failed: a sentence */
};

/* Runs it to its end and, with an id, ends it in the database too. Whatever happens is in `out`.
 * `reader` is used by dry runs. */
void import_run(struct workspace *workspace, struct reader *reader, struct arena *arena,
                const struct import_task *task, struct import_result *out);

/* The hash and size of a file, which is left at its start. ERR_INVALID if it cannot be read twice,
 * as a pipe; ERR_IO. */
enum err import_file_hash(int descriptor, struct hash *out, int64_t *size);
