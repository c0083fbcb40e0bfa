#include "exchange/import_store.h"

#include <assert.h>
#include <string.h>

#include "store/event.h"
#include "store/file.h"

#define IMPORT_COLUMNS                                                                             \
    "SELECT id, format, file_name, file_hash, settings, state, created_by, created_at_ms,"         \
    " finished_at_ms, bytes_read, bytes_total, rows_read, rows_stored, rows_known, rows_refused,"  \
    " conversations, reason FROM import"

static const struct query IMPORT_READ = {
    .sql = IMPORT_COLUMNS " WHERE id = $1",
    .rows_max = 1,
};
static const struct query IMPORTS_NEWEST = {
    .sql = IMPORT_COLUMNS " ORDER BY id DESC LIMIT $1",
    .rows_max = IMPORTS_LIST_MAX + 1,
};
static const struct query IMPORTS_BEFORE = {
    .sql = IMPORT_COLUMNS " WHERE id < $2 ORDER BY id DESC LIMIT $1",
    .rows_max = IMPORTS_LIST_MAX + 1,
};
enum { RECOVERED_MAX = 1000 };
static const struct query IMPORTS_RUNNING = {
    .sql = IMPORT_COLUMNS " WHERE state = 1 ORDER BY id LIMIT 1000",
    .rows_max = RECOVERED_MAX,
};
static const struct query IMPORT_INSERT = {
    .sql = "INSERT INTO import (id, format, file_name, file_hash, settings, state, created_by,"
           " created_at_ms, bytes_read, bytes_total, rows_read, rows_stored, rows_known,"
           " rows_refused, conversations) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0, 0, 0,"
           " 0, 0)",
    .changes_one = true,
};
static const struct query COUNTS_WRITE = {
    .sql = "UPDATE import SET bytes_read = $2, rows_read = $3, rows_stored = $4, rows_known = $5,"
           " rows_refused = $6, conversations = $7 WHERE id = $1",
};
static const struct query STATE_WRITE = {
    .sql = "UPDATE import SET state = $2, finished_at_ms = $3, reason = $4 WHERE id = $1",
};
static const struct query REFUSAL_INSERT = {
    .sql = "INSERT INTO import_refusal (import_id, line, code, detail) VALUES ($1, $2, $3, $4)"
           " ON CONFLICT (import_id, line) DO NOTHING",
};
static const struct query REFUSALS_READ = {
    .sql = "SELECT line, code, detail FROM import_refusal WHERE import_id = $1 AND line > $2"
           " ORDER BY line LIMIT $3",
    .rows_max = IMPORT_REFUSALS_LIST_MAX + 1,
};
static const struct query FILE_USED = {
    .sql = "SELECT id FROM import WHERE state = 1 AND file_hash = $1 AND id <> $2 LIMIT 1",
    .rows_max = 1,
};
static const struct query INTERACTION_FIND = {
    .sql = "SELECT i.id FROM interaction i JOIN channel c ON c.id = i.channel_id"
           " WHERE c.name = $1 AND i.external_id = $2",
    .rows_max = 1,
};

static struct value hash_value(const struct hash *hash)
{
    return value_bytes((struct str){ (const char *)hash->bytes, HASH_SIZE });
}

static struct import import_of(const struct rows *rows, size_t row)
{
    struct import import = {
        .id = rows_int(rows, row, 0),
        .format = (int)rows_int(rows, row, 1),
        .file_name = rows_text(rows, row, 2),
        .settings = rows_text(rows, row, 4),
        .state = (enum import_state)rows_int(rows, row, 5),
        .created_by = rows_int_or_zero(rows, row, 6),
        .created_at_ms = rows_int(rows, row, 7),
        .finished_at_ms = rows_int_or_zero(rows, row, 8),
        .counts = {
            .bytes_read = rows_int(rows, row, 9),
            .bytes_total = rows_int(rows, row, 10),
            .rows_read = rows_int(rows, row, 11),
            .rows_stored = rows_int(rows, row, 12),
            .rows_known = rows_int(rows, row, 13),
            .rows_refused = rows_int(rows, row, 14),
            .conversations = rows_int(rows, row, 15),
        },
        .reason = rows_text_or_none(rows, row, 16),
    };
    struct str hash = rows_bytes(rows, row, 3);
    if (hash.size == HASH_SIZE) memcpy(import.file_hash.bytes, hash.data, HASH_SIZE);
    return import;
}

static enum err load(struct tx *tx, struct arena *arena, int64_t id, struct import *out)
{
    struct rows rows;
    enum err err = tx_read(tx, arena, &IMPORT_READ, ARGS(value_int(id)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    *out = import_of(&rows, 0);
    return OK;
}

static void tell(struct tx *tx, enum event_kind kind, int64_t id,
                 const struct import_counts *counts)
{
    struct event_values values = { 0 };
    event_put(&values, FIELD_SUBJECT, id);
    event_put_zero(&values, FIELD_SUBJECT_KIND, ID_IMPORT);
    event_put_zero(&values, FIELD_ROWS_READ, counts->rows_read);
    event_put_zero(&values, FIELD_ROWS_STORED, counts->rows_stored);
    event_put_zero(&values, FIELD_ROWS_REFUSED, counts->rows_refused);
    event_put_zero(&values, FIELD_BYTES_READ, counts->bytes_read);
    event_put_zero(&values, FIELD_BYTES_TOTAL, counts->bytes_total);
    tx_event(tx,
             &(struct event){ .kind = kind, .values = values.items, .values_count = values.count });
}

static enum err write_counts(struct tx *tx, int64_t id, const struct import_counts *counts)
{
    return tx_write(tx, &COUNTS_WRITE,
                    ARGS(value_int(id), value_int(counts->bytes_read), value_int(counts->rows_read),
                         value_int(counts->rows_stored), value_int(counts->rows_known),
                         value_int(counts->rows_refused), value_int(counts->conversations)));
}

/* Two imports of one upload share its bytes: they stay until both have ended. */
static enum err release_file(struct tx *tx, struct arena *arena, const struct import *import)
{
    struct rows rows;
    enum err err = tx_read(tx, arena, &FILE_USED,
                           ARGS(hash_value(&import->file_hash), value_int(import->id)), &rows);
    if (err || rows.count > 0) return err;
    return file_drop(tx, &import->file_hash);
}

static enum err end(struct tx *tx, struct arena *arena, struct import *import,
                    enum import_state state, struct str reason)
{
    import->state = state;
    import->finished_at_ms = tx->now_ms;
    import->reason = reason;
    enum err err = tx_write(tx, &STATE_WRITE,
                            ARGS(value_int(import->id), value_int(state), value_int(tx->now_ms),
                                 value_text_or_null(reason)));
    if (!err) err = release_file(tx, arena, import);
    if (err) return err;
    tell(tx, EVENT_IMPORT_FINISHED, import->id, &import->counts);
    return OK;
}

static enum err begin_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    const struct import_begin_in *begin = in;
    struct import import = {
        .id = tx_id(tx),
        .format = begin->format,
        .file_name = begin->file_name,
        .file_hash = begin->file_hash,
        .settings = begin->settings,
        .state = IMPORT_RUNNING,
        .created_by = begin->created_by,
        .created_at_ms = tx->now_ms,
        .counts = { .bytes_total = begin->file_size },
    };
    enum err err =
        tx_write(tx, &IMPORT_INSERT,
                 ARGS(value_int(import.id), value_int(import.format), value_text(import.file_name),
                      hash_value(&import.file_hash), value_text(import.settings),
                      value_int(import.state), value_int_or_null(import.created_by),
                      value_int(tx->now_ms), value_int(begin->file_size)));
    if (!err && begin->keeps_file) err = file_take(tx, &begin->file_hash, begin->file_size);
    if (err) return err;
    tell(tx, EVENT_IMPORT_STARTED, import.id, &import.counts);
    *(struct import *)out = import;
    return OK;
}

const struct command IMPORT_BEGIN = { .name = "import_begin", .run = begin_run };

static enum err note_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct import_note_in *note = in;
    struct import import;
    enum err err = load(tx, arena, note->id, &import);
    if (!err) err = write_counts(tx, note->id, &note->counts);
    for (size_t i = 0; !err && i < note->refusals_count; i++) {
        const struct import_refusal *refusal = &note->refusals[i];
        err = tx_write(tx, &REFUSAL_INSERT,
                       ARGS(value_int(note->id), value_int(refusal->line),
                            value_text(str_from(refusal->code)), value_text(refusal->detail)));
    }
    if (err) return err;
    bool is_running = import.state == IMPORT_RUNNING;
    if (note->tells && is_running) tell(tx, EVENT_IMPORT_PROGRESSED, note->id, &note->counts);
    ((struct import_note_out *)out)->state = import.state;
    return OK;
}

const struct command IMPORT_NOTE = { .name = "import_note", .run = note_run };

static enum err end_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)out;
    const struct import_end_in *ending = in;
    struct import import;
    enum err err = load(tx, arena, ending->id, &import);
    if (!err) err = write_counts(tx, ending->id, &ending->counts);
    if (err || import.state != IMPORT_RUNNING) return err;
    import.counts = ending->counts;
    return end(tx, arena, &import, ending->state, ending->reason);
}

const struct command IMPORT_END = { .name = "import_end", .run = end_run };

static enum err cancel_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    struct import import;
    enum err err = load(tx, arena, *(const int64_t *)in, &import);
    if (err) return err;
    if (import.state != IMPORT_RUNNING) return ERR_CONFLICT;
    err = end(tx, arena, &import, IMPORT_CANCELLED, (struct str){ 0 });
    if (err) return err;
    *(struct import *)out = import;
    return OK;
}

const struct command IMPORT_CANCEL = { .name = "import_cancel", .run = cancel_run };

static enum err recover_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)in;
    (void)out;
    struct rows rows;
    enum err err = tx_read(tx, arena, &IMPORTS_RUNNING, NO_ARGS, &rows);
    for (size_t i = 0; !err && i < rows.count; i++) {
        struct import import = import_of(&rows, i);
        err = end(tx, arena, &import, IMPORT_FAILED, STR("interrupted: run it again"));
    }
    return err;
}

const struct command IMPORT_RECOVER = { .name = "import_recover", .run = recover_run };

enum err import_read(struct reader *reader, struct arena *arena, int64_t id, struct import *out)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &IMPORT_READ, ARGS(value_int(id)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    *out = import_of(&rows, 0);
    return OK;
}

enum err import_list(struct reader *reader, struct arena *arena, int64_t before_id,
                     size_t count_max, struct import **out, size_t *count)
{
    assert(count_max <= IMPORTS_LIST_MAX + 1);
    struct rows rows;
    struct value limit = value_int((int64_t)count_max);
    enum err err = before_id == 0 ? reader_read(reader, arena, &IMPORTS_NEWEST, ARGS(limit), &rows)
                                  : reader_read(reader, arena, &IMPORTS_BEFORE,
                                                ARGS(limit, value_int(before_id)), &rows);
    if (err) return err;
    struct import *items = arena_array(arena, struct import, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) items[i] = import_of(&rows, i);
    *out = items;
    *count = rows.count;
    return OK;
}

enum err import_refusal_list(struct reader *reader, struct arena *arena, int64_t id,
                             int64_t after_line, size_t count_max, struct import_refusal **out,
                             size_t *count)
{
    assert(count_max <= IMPORT_REFUSALS_LIST_MAX + 1);
    struct rows rows;
    enum err err = reader_read(
        reader, arena, &REFUSALS_READ,
        ARGS(value_int(id), value_int(after_line), value_int((int64_t)count_max)), &rows);
    if (err) return err;
    struct import_refusal *items = arena_array(arena, struct import_refusal, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        items[i] = (struct import_refusal){
            .line = rows_int(&rows, i, 0),
            .code = arena_copy(arena, rows_text(&rows, i, 1)).data,
            .detail = rows_text(&rows, i, 2),
        };
    }
    *out = items;
    *count = rows.count;
    return OK;
}

enum err import_interaction_is_known(struct reader *reader, struct arena *arena, struct str channel,
                                     struct str external_id, bool *out)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &INTERACTION_FIND,
                               ARGS(value_text(channel), value_text(external_id)), &rows);
    if (!err) *out = rows.count > 0;
    return err;
}
