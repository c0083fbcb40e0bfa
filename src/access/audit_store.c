#include "access/audit_store.h"

#include <assert.h>

enum column {
    COLUMN_SEQ,
    COLUMN_AT,
    COLUMN_KNOWN,
    COLUMN_KIND,
    COLUMN_VERSION,
    COLUMN_ACTOR_KIND,
    COLUMN_ACTOR_ID,
    COLUMN_ORIGIN_ID,
    COLUMN_DATA
};

/* The number stands in the statement, not in a parameter, so that the partial index event_audit
 * serves it. Kinds from 80 are those of definitions, settings and access (store/event.h). */
static const struct query AUDIT_LIST = {
    .sql = "SELECT seq, at_ms, known_ms, kind, version, actor_kind, actor_id, origin_id, data"
           " FROM event WHERE kind >= 80 AND seq < $1 ORDER BY seq DESC LIMIT $2",
    .rows_max = AUDIT_LIST_MAX + 1,
};

static enum err event_fill(struct arena *arena, const struct rows *rows, size_t row,
                           struct event *out)
{
    *out = (struct event){
        .seq = rows_int(rows, row, COLUMN_SEQ),
        .at_ms = rows_int(rows, row, COLUMN_AT),
        .known_ms = rows_int(rows, row, COLUMN_KNOWN),
        .kind = (enum event_kind)rows_int(rows, row, COLUMN_KIND),
        .version = (int)rows_int(rows, row, COLUMN_VERSION),
        .actor = { .kind = (enum actor_kind)rows_int(rows, row, COLUMN_ACTOR_KIND),
                   .id = rows_int(rows, row, COLUMN_ACTOR_ID),
                   .origin_id = rows_int(rows, row, COLUMN_ORIGIN_ID) },
    };
    return event_decode(arena, rows_bytes(rows, row, COLUMN_DATA), &out->values,
                        &out->values_count);
}

enum err audit_list(struct reader *reader, struct arena *arena, int64_t before_seq,
                    size_t count_max, struct event **out, size_t *count)
{
    assert(EVENT_DEFINITION_CHANGED == 80 && count_max <= AUDIT_LIST_MAX + 1);
    struct rows rows;
    enum err err = reader_read(
        reader, arena, &AUDIT_LIST,
        ARGS(value_int(before_seq ? before_seq : INT64_MAX), value_int((int64_t)count_max)), &rows);
    if (err) return err;
    struct event *events = arena_array(arena, struct event, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        err = event_fill(arena, &rows, i, &events[i]);
        if (err) return err;
    }
    *out = events;
    *count = rows.count;
    return OK;
}
