/* What the commands of one transaction share. Known inside store/ only; owner: the writer's thread.
 */
#pragma once

#include "base/id.h"
#include "store/event.h"
#include "store/row_cache.h"
#include "store/value_cache.h"

struct pending_event {
    struct event event;
    struct str data;
};

struct tx_batch {
    struct arena *arena; /* of the events; reset after each batch */
    struct pending_event *events;
    size_t events_count;
    size_t events_capacity;
    struct id_source ids;
    struct value_cache *values; /* of dimensions */
    struct row_cache *rows[TX_CACHES];
    int64_t writes;       /* statements that may have changed something */
    bool is_careful;      /* each command has a savepoint */
    bool must_repeat;     /* a command failed halfway without one: run all again, carefully */
    bool is_full;         /* a statement met a full disk */
    int64_t timer_due_ms; /* of the next timer */
};

/* Something was undone: what is remembered may never have been. */
void batch_forget(struct tx_batch *batch);
