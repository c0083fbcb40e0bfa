/* `rapport import FILE --format F [--map MAP.json] [--zone Z] [--dry-run]`: what the command does
 * once its files are open.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct workspace;

struct import_cli {
    struct str file_name; /* as the user named it */
    struct str format;    /* no data: not given, for these three */
    struct str map;       /* what MAP.json holds */
    struct str zone;
    bool dry_run;
};

/* Reads the file, prints a line of counts on `out` and, on `err_out`, every refused row and on a
 * terminal the progress. ERR_INVALID if the arguments are wrong, ERR_CORRUPT if the file cannot be
 * read to its end or the import was cancelled; the reason is printed. Refused rows are no error. */
enum err import_cli_run(struct workspace *workspace, const struct import_cli *args,
                        int file_descriptor, int out, int err_out);
