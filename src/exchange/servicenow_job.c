/* Format servicenow-incidents: an incident log, a row for each version of each incident. Whole
 * incidents go into one command as long as their rows stand together. */
#include "exchange/format_job.h"

#include "exchange/incident_store.h"

enum { ROWS_MAX = 10 * IMPORT_BATCH_ROWS }; /* of one incident in one command */

struct incidents {
    const struct incident_columns *columns;
    struct incident_row *rows;
    size_t rows_count;
    struct incident *items;
    size_t count;
};

static enum err open_table(struct import_run *run, const struct str *names, size_t count,
                           void **state)
{
    struct incidents *incidents = arena_new(run->arena, struct incidents);
    enum err err =
        incident_columns_find(run->arena, names, count, &incidents->columns, &run->reason);
    if (err) return err;
    incidents->rows = arena_array(run->arena, struct incident_row, ROWS_MAX);
    incidents->items = arena_array(run->arena, struct incident, ROWS_MAX);
    *state = incidents;
    return OK;
}

static enum err refuse_incident(struct import_run *run, const struct incident *incident,
                                enum err err)
{
    struct import_refusal refusal = {
        .code = "invalid",
        .detail = err == ERR_NOT_FOUND
                      ? STR("A name in this incident is an id that nobody has.")
                      : STR("A name in this incident cannot be used as it stands."),
    };
    for (size_t i = 0; i < incident->rows_count; i++) {
        refusal.line = incident->rows[i].line;
        enum err refused = import_refuse(run, &refusal);
        if (refused) return refused;
    }
    return OK;
}

static enum err flush(struct import_run *run, void *state)
{
    struct incidents *incidents = state;
    if (incidents->count == 0) return OK;
    const struct incidents_apply_in in = { .items = incidents->items,
                                           .count = incidents->count,
                                           .format = FORMAT_SERVICENOW_INCIDENTS.number };
    struct incidents_apply_out out = { .results =
                                           arena_array(run->batch, enum err, incidents->count) };
    enum err err = run->is_dry ? incidents_try(run->reader, run->batch, &in, &out)
                               : import_call(run, &INCIDENTS_APPLY, &in, &out);
    if (err) return err;
    run->counts.rows_stored += out.rows_stored;
    run->counts.rows_known += out.rows_known;
    run->counts.conversations += out.conversations;
    for (size_t i = 0; !err && i < incidents->count; i++) {
        if (out.results[i]) err = refuse_incident(run, &incidents->items[i], out.results[i]);
    }
    incidents->count = 0;
    incidents->rows_count = 0;
    arena_reset(run->batch);
    return err;
}

static enum err take_record(struct import_run *run, void *state, const struct csv_record *record)
{
    struct incidents *incidents = state;
    struct str number = incident_number(incidents->columns, record);
    bool goes_on =
        incidents->count > 0 && str_equal(incidents->items[incidents->count - 1].number, number);
    if (incidents->rows_count >= (size_t)(goes_on ? ROWS_MAX : IMPORT_BATCH_ROWS)) {
        enum err err = flush(run, state);
        if (err) return err;
        goes_on = false;
    }

    struct import_refusal why;
    struct incident_row *row = &incidents->rows[incidents->rows_count];
    if (incident_row_read(incidents->columns, run->zone, run->batch, record, row, &why)) {
        return import_refuse(run, &why);
    }
    if (!goes_on) {
        incidents->items[incidents->count++] =
            (struct incident){ .number = arena_copy(run->batch, number), .rows = row };
    }
    incidents->rows_count++;
    incidents->items[incidents->count - 1].rows_count++;
    return OK;
}

const struct import_format FORMAT_SERVICENOW_INCIDENTS = {
    .name = "servicenow-incidents",
    .number = 1,
    .open = open_table,
    .record = take_record,
    .flush = flush,
};
