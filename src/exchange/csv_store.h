/* Rows of a table as interactions, some hundred in one transaction.
 *
 * Owner: the writer's thread.
 */
#pragma once

#include "capture/capture_store.h"
#include "store/store.h"

struct csv_capture_out {
    struct capture_many_out captured; /* the caller gives room for each row */
    int64_t conversations;            /* made */
};

/* Takes a struct capture_many_in; a row that fails harms no other. */
extern const struct command CSV_CAPTURE;
