/* Tables as text (RFC 4180), read piece by piece: memory stays the same however long the table is.
 *
 * Understood: a separator of choice; fields in quotes, which may hold separators, line breaks and
 * doubled quotes; lines that end with CR LF, LF or CR; a byte order mark at the start, which is
 * dropped. Lines without a byte are skipped. Field text is given as it stands: nothing is trimmed.
 *
 *     struct csv *csv = csv_open(arena, ',');
 *     while (more bytes) {
 *         struct str rest = the bytes;
 *         while ((err = csv_next(csv, &rest, &record)) == OK) use(&record);
 *         if (err != ERR_NOT_FOUND) return err; // csv_fault says why and where
 *     }
 *     err = csv_end(csv, &record); // the last record, if no line break ends it
 *
 * Owner: one thread at a time.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { CSV_RECORD_SIZE_MAX = 1024 * 1024, CSV_FIELDS_MAX = 1000 };

/* Lives until the next call. */
struct csv_record {
    const struct str *fields; /* well-formed UTF-8 unless `fault` says otherwise */
    size_t count;             /* at least 1 */
    int64_t line;             /* where it began; the first line is 1 */
    const char *fault;        /* NULL, or why this record cannot be used: "not UTF-8", "text after a
                               * closing        quote". Reading goes on after it. */
};

/* Why reading ended. */
struct csv_fault {
    const char *reason; /* "a quote that is never closed", "record too long", "too many columns" */
    int64_t line;       /* of the quote, or where the record began */
};

struct csv;

/* `separator` is any ASCII character but a quote or a line break; comma, semicolon and tab are the
 * usual ones. */
struct csv *csv_open(struct arena *arena, char separator);

/* Reads from the start of `*rest` to the end of one record and moves `rest` there. ERR_NOT_FOUND
 * when all bytes are read and no further record is complete: go on with the next bytes, or call
 * csv_end.
 *
 * ERR_LIMIT if a record is longer than CSV_RECORD_SIZE_MAX or has more than CSV_FIELDS_MAX fields.
 * ERR_INVALID if a quote was opened that is not closed within that size: what follows cannot be
 * told from what is quoted. Nothing can be read after either; every further call says the same. */
enum err csv_next(struct csv *csv, struct str *rest, struct csv_record *out);

/* After the last bytes: the record that no line break ended. ERR_NOT_FOUND if there is none,
 * ERR_INVALID if a quote is still open. */
enum err csv_end(struct csv *csv, struct csv_record *out);

/* After ERR_INVALID or ERR_LIMIT. */
struct csv_fault csv_fault(const struct csv *csv);
