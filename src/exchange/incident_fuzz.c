#include "base/buf.h"
#include "base/fuzz.h"
#include "exchange/incident.h"

/* The bytes are a table: its first line names the columns. A row is taken whole or refused with a
 * reason. */
static void read_table(struct arena *arena, struct str bytes)
{
    const struct zone *zone;
    const struct incident_columns *columns = NULL;
    struct csv *csv = csv_open(arena, ',');
    struct csv_record record;
    if (zone_load(arena, STR("UTC"), &zone)) __builtin_trap();
    while (!csv_next(csv, &bytes, &record)) {
        struct str reason;
        struct incident_row row;
        struct import_refusal why = { 0 };
        if (!columns) {
            enum err err =
                incident_columns_find(arena, record.fields, record.count, &columns, &reason);
            if (err) return;
        } else if (incident_row_read(columns, zone, arena, &record, &row, &why)) {
            if (!why.code || why.detail.size == 0) __builtin_trap();
        } else if (row.at_ms == 0 || row.opened_at_ms == 0) {
            __builtin_trap();
        }
    }
}

FUZZ(data, size)
{
    static const char HEADER[] = "number,incident_state,sys_updated_at,opened_at,sys_mod_count,"
                                 "priority,category,caller_id,resolved_at\n";
    struct arena *arena = arena_open();
    hash_start();
    read_table(arena, (struct str){ (const char *)data, size });
    struct buf buf = buf_open(arena, sizeof(HEADER) + size);
    buf_add(&buf, (struct str){ HEADER, sizeof(HEADER) - 1 });
    buf_add(&buf, (struct str){ (const char *)data, size });
    read_table(arena, buf_view(&buf));
    arena_close(arena);
    return 0;
}
