/* Format csv: any table of interactions, read as a map says. */
#include "exchange/csv_row.h"
#include "exchange/csv_store.h"
#include "exchange/format_job.h"
#include "exchange/import_store.h"

struct csv_rows {
    struct csv_table table;
    struct csv_plan *plan;
    struct capture_in *items;
    int64_t *lines;
    size_t count;
};

static enum err open_table(struct import_run *run, const struct str *names, size_t count,
                           void **state)
{
    struct csv_rows *rows = arena_new(run->arena, struct csv_rows);
    rows->table = (struct csv_table){ names, count, run->zone, run->file_hash };
    enum err err = csv_plan_make(run->arena, run->map, &rows->table, &rows->plan, &run->reason);
    if (err) return err;
    rows->items = arena_array(run->arena, struct capture_in, IMPORT_BATCH_ROWS);
    rows->lines = arena_array(run->arena, int64_t, IMPORT_BATCH_ROWS);
    *state = rows;
    return OK;
}

static enum err note_result(struct import_run *run, int64_t line, enum err result, bool is_new)
{
    if (!result) {
        run->counts.rows_stored += is_new;
        run->counts.rows_known += !is_new;
        return OK;
    }
    const struct import_refusal refusal = {
        .line = line,
        .code = "invalid",
        .detail = result == ERR_NOT_FOUND
                      ? STR("A conversation, customer or agent that is named by id does not exist.")
                      : STR("A name or an identity cannot be used as it stands."),
    };
    return import_refuse(run, &refusal);
}

static enum err store(struct import_run *run, struct csv_rows *rows)
{
    const struct capture_many_in in = { rows->items, rows->count };
    struct csv_capture_out out = {
        .captured = { .results = arena_array(run->batch, enum err, rows->count),
                      .items = arena_array(run->batch, struct capture_out, rows->count) },
    };
    enum err err = import_call(run, &CSV_CAPTURE, &in, &out);
    if (err) return err;
    run->counts.conversations += out.conversations;
    for (size_t i = 0; !err && i < rows->count; i++) {
        err =
            note_result(run, rows->lines[i], out.captured.results[i], out.captured.items[i].is_new);
    }
    return err;
}

static enum err try(struct import_run *run, struct csv_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        const struct capture_in *item = &rows->items[i];
        bool is_known;
        enum err err = import_interaction_is_known(run->reader, run->batch, item->channel,
                                                   item->external_id, &is_known);
        if (!err) err = note_result(run, rows->lines[i], OK, !is_known);
        if (err) return err;
    }
    return OK;
}

static enum err flush(struct import_run *run, void *state)
{
    struct csv_rows *rows = state;
    if (rows->count == 0) return OK;
    enum err err = run->is_dry ? try(run, rows) : store(run, rows);
    rows->count = 0;
    arena_reset(run->batch);
    return err;
}

static enum err take_record(struct import_run *run, void *state, const struct csv_record *record)
{
    struct csv_rows *rows = state;
    struct import_refusal why;
    enum row_verdict verdict =
        csv_row_read(rows->plan, run->batch, record, &rows->items[rows->count], &why);
    if (verdict == ROW_REFUSED) return import_refuse(run, &why);
    if (verdict == ROW_SKIPPED) return OK;
    rows->lines[rows->count++] = record->line;
    return rows->count < IMPORT_BATCH_ROWS ? OK : flush(run, state);
}

const struct import_format FORMAT_CSV = {
    .name = "csv",
    .number = 2,
    .needs_map = true,
    .open = open_table,
    .record = take_record,
    .flush = flush,
};
