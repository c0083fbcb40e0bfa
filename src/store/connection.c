#include "store/connection.h"

#include <assert.h>
#include <stdio.h>

#include "base/log.h"

enum { BUSY_WAIT_MS = 5000, NAME_SIZE = 24, ROWS_FIRST = 16, POINTER_SHIFT = 4 };

/* The one place where SQLite's codes become ours, and where they are logged. */
static enum err failure(const struct connection *connection, const char *sql, int code)
{
    int primary = code & 0xFF;
    if (primary == SQLITE_CONSTRAINT) return ERR_CONFLICT;
    if (primary == SQLITE_BUSY) return ERR_BUSY;
    log_error("store", "sqlite=%d message=\"%s\" sql=\"%.200s\"", code,
              sqlite3_errmsg(connection->sqlite), sql);
    if (primary == SQLITE_FULL) return ERR_LIMIT;
    return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB ? ERR_CORRUPT : ERR_IO;
}

bool connection_is_full(const struct connection *connection)
{
    return (sqlite3_errcode(connection->sqlite) & 0xFF) == SQLITE_FULL;
}

static size_t slot_of(const struct query *query)
{
    uintptr_t address = (uintptr_t)query >> POINTER_SHIFT;
    return (size_t)((address ^ (address >> 11)) & (STATEMENT_SLOTS - 1));
}

/* To SQLite "$2" is a name, not a position, so positions are looked up, once. */
static void places_find(struct prepared *prepared)
{
    prepared->places_count = (size_t)sqlite3_bind_parameter_count(prepared->statement);
    assert(prepared->places_count <= ARGUMENTS_MAX);
    for (size_t i = 0; i < prepared->places_count; i++) {
        char name[NAME_SIZE];
        snprintf(name, sizeof(name), "$%zu", i + 1);
        int place = sqlite3_bind_parameter_index(prepared->statement, name);
        assert(place > 0 && place <= ARGUMENTS_MAX);
        prepared->places[i] = (unsigned char)place;
    }
}

static enum err statement_make(struct connection *connection, const struct query *query,
                               unsigned flags, struct prepared *prepared)
{
    prepared->query = query;
    int code =
        sqlite3_prepare_v3(connection->sqlite, query->sql, -1, flags, &prepared->statement, NULL);
    if (code != SQLITE_OK) return failure(connection, query->sql, code);
    places_find(prepared);
    return OK;
}

static enum err prepare(struct connection *connection, const struct query *query,
                        struct prepared **out)
{
    size_t slot = slot_of(query);
    while (connection->slots[slot]) {
        if (connection->slots[slot]->query == query) {
            *out = connection->slots[slot];
            return OK;
        }
        slot = (slot + 1) & (STATEMENT_SLOTS - 1);
    }
    assert(connection->prepared_count < STATEMENTS_MAX);

    struct prepared *prepared = arena_new(connection->arena, struct prepared);
    enum err err = statement_make(connection, query, SQLITE_PREPARE_PERSISTENT, prepared);
    if (err) return err;
    connection->slots[slot] = prepared;
    connection->prepared_count++;
    *out = prepared;
    return OK;
}

static int bind_value(sqlite3_stmt *statement, int place, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL: return sqlite3_bind_null(statement, place);
    case VALUE_INTEGER: return sqlite3_bind_int64(statement, place, value->integer);
    case VALUE_REAL: return sqlite3_bind_double(statement, place, value->real);
    case VALUE_TEXT:
        return sqlite3_bind_text64(statement, place, value->text.data ? value->text.data : "",
                                   value->text.size, SQLITE_STATIC, SQLITE_UTF8);
    case VALUE_BYTES:
        return sqlite3_bind_blob64(statement, place, value->text.data ? value->text.data : "",
                                   value->text.size, SQLITE_STATIC);
    }
    assert(false && "a value of no kind");
    return SQLITE_MISUSE;
}

static enum err bind(struct connection *connection, struct prepared *prepared,
                     struct arguments arguments)
{
    assert(prepared->places_count == arguments.count);
    for (size_t i = 0; i < arguments.count; i++) {
        int code = bind_value(prepared->statement, prepared->places[i], &arguments.items[i]);
        if (code != SQLITE_OK) return failure(connection, prepared->query->sql, code);
    }
    return OK;
}

static struct value cell(sqlite3_stmt *statement, int column, struct arena *arena)
{
    int type = sqlite3_column_type(statement, column);
    if (type == SQLITE_INTEGER) return value_int(sqlite3_column_int64(statement, column));
    if (type == SQLITE_NULL) return value_null();
    if (type == SQLITE_FLOAT) {
        return (struct value){ .kind = VALUE_REAL,
                               .real = sqlite3_column_double(statement, column) };
    }
    const char *data = type == SQLITE_BLOB ? sqlite3_column_blob(statement, column)
                                           : (const char *)sqlite3_column_text(statement, column);
    struct str bytes = { .data = data, .size = (size_t)sqlite3_column_bytes(statement, column) };
    return (struct value){ .kind = type == SQLITE_BLOB ? VALUE_BYTES : VALUE_TEXT,
                           .text = arena_copy(arena, bytes) };
}

struct growing_rows {
    struct value *cells;
    size_t columns;
    size_t count;
    size_t capacity;
};

static void row_append(struct growing_rows *rows, sqlite3_stmt *statement, struct arena *arena,
                       size_t rows_max)
{
    if (rows->count == rows->capacity) {
        size_t first = rows_max < ROWS_FIRST ? rows_max : ROWS_FIRST;
        rows->capacity = rows->capacity ? rows->capacity * 2 : first;
        struct value *cells = arena_array(arena, struct value, rows->capacity * rows->columns);
        for (size_t i = 0; i < rows->count * rows->columns; i++) cells[i] = rows->cells[i];
        rows->cells = cells;
    }
    for (size_t column = 0; column < rows->columns; column++) {
        rows->cells[rows->count * rows->columns + column] = cell(statement, (int)column, arena);
    }
    rows->count++;
}

static enum err collect(struct connection *connection, sqlite3_stmt *statement, struct arena *arena,
                        const struct query *query, struct rows *out)
{
    struct growing_rows rows = { .columns = (size_t)sqlite3_column_count(statement) };
    int code = sqlite3_step(statement);
    for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
        if (rows.count == query->rows_max) return ERR_LIMIT;
        row_append(&rows, statement, arena, query->rows_max);
    }
    if (code != SQLITE_DONE) return failure(connection, query->sql, code);
    *out = (struct rows){ .cells = rows.cells, .columns = rows.columns, .count = rows.count };
    return OK;
}

enum err connection_read(struct connection *connection, struct arena *arena,
                         const struct query *query, struct arguments arguments, struct rows *out)
{
    struct prepared *prepared = NULL;
    enum err err = prepare(connection, query, &prepared);
    if (err) return err;

    err = bind(connection, prepared, arguments);
    if (!err) err = collect(connection, prepared->statement, arena, query, out);
    sqlite3_reset(prepared->statement);
    return err;
}

enum err connection_read_once(struct connection *connection, struct arena *arena,
                              const struct query *query, struct arguments arguments,
                              struct rows *out)
{
    struct prepared prepared = { 0 };
    enum err err = statement_make(connection, query, 0, &prepared);
    if (err) return err;

    err = bind(connection, &prepared, arguments);
    if (!err) err = collect(connection, prepared.statement, arena, query, out);
    sqlite3_finalize(prepared.statement);
    return err;
}

enum err connection_write(struct connection *connection, const struct query *query,
                          struct arguments arguments, int64_t *changes)
{
    struct prepared *prepared = NULL;
    enum err err = prepare(connection, query, &prepared);
    if (err) return err;

    err = bind(connection, prepared, arguments);
    if (!err) {
        int code = sqlite3_step(prepared->statement);
        if (code != SQLITE_DONE) {
            err = failure(connection, query->sql, code);
        } else if (query->changes_one && sqlite3_changes(connection->sqlite) != 1) {
            err = ERR_CONFLICT;
        } else if (changes) {
            *changes = sqlite3_changes64(connection->sqlite);
        }
    }
    sqlite3_reset(prepared->statement);
    return err;
}

enum err connection_script(struct connection *connection, const char *sql)
{
    int code = sqlite3_exec(connection->sqlite, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : failure(connection, sql, code);
}

void connection_close(struct connection *connection)
{
    for (size_t i = 0; connection->slots && i < STATEMENT_SLOTS; i++) {
        if (connection->slots[i]) sqlite3_finalize(connection->slots[i]->statement);
    }
    sqlite3_close(connection->sqlite);
    arena_close(connection->arena);
    *connection = (struct connection){ 0 };
}

enum err connection_open(struct connection *connection, const char *path, int flags)
{
    /* Counting every allocation takes a mutex that all threads share. Refused, harmlessly, once
     * SQLite has started. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE;
    connection->arena = arena_open();
    connection->slots = arena_array(connection->arena, struct prepared *, STATEMENT_SLOTS);
    int code = sqlite3_open_v2(path, &connection->sqlite, flags, NULL);
    if (code == SQLITE_OK) code = sqlite3_busy_timeout(connection->sqlite, BUSY_WAIT_MS);
    if (code != SQLITE_OK) {
        enum err err = failure(connection, "open", code);
        connection_close(connection);
        return err;
    }
    return OK;
}
