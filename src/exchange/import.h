/* What an import is: its states, counts and refused rows. Pure.
 *
 * The numbers are stored: they never change.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/str.h"

enum import_state {
    IMPORT_RUNNING = 1,
    IMPORT_FINISHED = 2,
    IMPORT_FAILED = 3,
    IMPORT_CANCELLED = 4
};

extern const char *const IMPORT_STATE_NAMES[]; /* by number minus 1; ends with NULL */

/* What is read is stored, known, refused or, as the map says, left out. */
struct import_counts {
    int64_t bytes_read;
    int64_t bytes_total;
    int64_t rows_read;
    int64_t rows_stored;
    int64_t rows_known; /* stored by an earlier run */
    int64_t rows_refused;
    int64_t conversations; /* that were made */
};

/* A row that could not be taken over. Holds names of columns, never what stands in them: that may
 * be about a person. */
struct import_refusal {
    int64_t line;      /* of the file, the first is 1 */
    const char *code;  /* invalid_row, required, unknown_value, invalid_time, invalid, too_long */
    struct str detail; /* a sentence */
};

enum {
    IMPORT_FILE_NAME_MAX = 255,
    IMPORT_REASON_MAX = 500,
    IMPORT_DETAIL_MAX = 300,
    IMPORT_REFUSALS_KEPT = 10000, /* later ones are counted only */
    IMPORT_KEY_SIZE = 16
};

/* What tells a row from all others of its format: the start of a BLAKE2b-256. */
struct import_key {
    unsigned char bytes[IMPORT_KEY_SIZE];
};
/* Of the parts, joined so that no two lists of parts give the same. */
struct import_key import_key_of(const struct str *parts, size_t count);
