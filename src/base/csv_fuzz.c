#include "base/buf.h"
#include "base/csv.h"
#include "base/fuzz.h"

enum { TOLD_MAX = 1 << 24 };

static void must(bool holds)
{
    if (!holds) __builtin_trap();
}

struct run {
    struct csv *csv;
    struct buf told; /* every record in one canonical form */
    int64_t line;    /* of the record before */
};

static void tell(struct run *run, const struct csv_record *record)
{
    must(record->count >= 1 && record->count <= CSV_FIELDS_MAX);
    must(record->line > run->line);
    run->line = record->line;
    size_t size = 0;
    bool is_utf8 = true;
    buf_printf(&run->told, "%lld %s", (long long)record->line, record->fault ? record->fault : "");
    for (size_t i = 0; i < record->count; i++) {
        struct str field = record->fields[i];
        size += field.size;
        is_utf8 = is_utf8 && str_is_utf8(field);
        buf_printf(&run->told, "<%zu>", field.size);
        buf_add(&run->told, field);
    }
    must(size <= CSV_RECORD_SIZE_MAX);
    must(is_utf8 || record->fault);
}

static enum err read_chunk(struct run *run, struct str rest)
{
    struct csv_record record;
    enum err err;
    while ((err = csv_next(run->csv, &rest, &record)) == OK) tell(run, &record);
    must(err != ERR_NOT_FOUND || rest.size == 0);
    return err;
}

static struct str read_all(struct arena *arena, char separator, struct str bytes, size_t chunk_size)
{
    struct run run = { .csv = csv_open(arena, separator), .told = buf_open(arena, TOLD_MAX) };
    enum err err = ERR_NOT_FOUND;
    while (bytes.size > 0 && err == ERR_NOT_FOUND) {
        size_t size = bytes.size < chunk_size ? bytes.size : chunk_size;
        err = read_chunk(&run, (struct str){ .data = bytes.data, .size = size });
        bytes.data += size;
        bytes.size -= size;
    }
    struct csv_record record;
    if (err == ERR_NOT_FOUND) {
        err = csv_end(run.csv, &record);
        if (!err) tell(&run, &record);
    }
    if (err == ERR_INVALID || err == ERR_LIMIT) {
        struct csv_fault fault = csv_fault(run.csv);
        must(fault.reason && fault.line >= 1 && fault.line > run.line - 1);
        buf_printf(&run.told, "=%d %s %lld", (int)err, fault.reason, (long long)fault.line);
    }
    must(err == OK || err == ERR_NOT_FOUND || err == ERR_INVALID || err == ERR_LIMIT);
    struct str told = { 0 };
    must(buf_done(&run.told, &told) == OK);
    return told;
}

/* The bytes as one quoted field come back as they are. */
static void check_quoted(struct arena *arena, struct str bytes)
{
    struct buf buf = buf_open(arena, TOLD_MAX);
    buf_add(&buf, STR("x,\""));
    for (size_t i = 0; i < bytes.size; i++) {
        if (bytes.data[i] == '"') buf_add_char(&buf, '"');
        buf_add_char(&buf, bytes.data[i]);
    }
    buf_add(&buf, STR("\",y\r\nz\r\n"));
    struct csv *csv = csv_open(arena, ',');
    struct csv_record record;
    struct str rest = buf_view(&buf);
    must(csv_next(csv, &rest, &record) == OK);
    must(record.count == 3 && str_equal(record.fields[1], bytes));
    must((record.fault == NULL) == str_is_utf8(bytes));
    must(csv_next(csv, &rest, &record) == OK && record.count == 1);
    must(csv_next(csv, &rest, &record) == ERR_NOT_FOUND);
    must(csv_end(csv, &record) == ERR_NOT_FOUND);
}

FUZZ(data, size)
{
    static const char SEPARATORS[] = { ',', ';', '\t', '|' };
    if (size < 2) return 0;
    struct arena *arena = arena_open();
    char separator = SEPARATORS[data[0] % sizeof(SEPARATORS)];
    size_t chunk_size = 1 + data[1] % 32;
    struct str bytes = { .data = (const char *)data + 2, .size = size - 2 };
    struct str whole = read_all(arena, separator, bytes, size);
    must(str_equal(whole, read_all(arena, separator, bytes, chunk_size)));
    check_quoted(arena, bytes);
    arena_close(arena);
    return 0;
}
