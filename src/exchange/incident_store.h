/* Incidents become conversations, and their rows the history of these.
 *
 * Rows change state, team, agent and priority at the time at which they say so. Whether and when a
 * conversation was solved is the source's own word: resolved_at of its newest row
 * (docs/decisions/0007-what-an-imported-incident-says.md).
 *
 * Owner: the writer's thread.
 */
#pragma once

#include "exchange/import.h"
#include "exchange/incident.h"
#include "store/store.h"

struct incident {
    struct str number;
    const struct incident_row *rows; /* as in the file */
    size_t rows_count;
};

struct incidents_apply_in {
    const struct incident *items;
    size_t count;
    int format; /* whose keys these are */
};

struct incidents_apply_out {
    int64_t rows_stored;
    int64_t rows_known;
    int64_t conversations; /* made */
    enum err *results;     /* by incident: the caller gives room; not OK: nothing of it is stored */
};

/* Rows that an earlier run took over change nothing; an incident that fails harms no other. */
extern const struct command INCIDENTS_APPLY;

/* What it would do, by reading: nothing is written, `results` stay as they are. */
enum err incidents_try(struct reader *reader, struct arena *arena,
                       const struct incidents_apply_in *in, struct incidents_apply_out *out);
