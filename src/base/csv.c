#include "base/csv.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

enum { TEXT_CAPACITY_FIRST = 4096, BOM_SIZE = 3 };

static const char BOM[BOM_SIZE] = { '\xEF', '\xBB', '\xBF' };

enum byte_class { BYTE_PLAIN, BYTE_SEPARATOR, BYTE_QUOTE, BYTE_CR, BYTE_LF };

enum state {
    FIELD_BEGIN,
    FIELD_PLAIN,
    FIELD_QUOTED,
    FIELD_QUOTE, /* a quote within quotes: half of a pair, or the closing one */
    FIELD_CLOSED /* text after the closing quote */
};

struct csv {
    struct arena *arena;
    unsigned char classes[256];
    enum state state;
    size_t bom_seen; /* how much of a byte order mark; BOM_SIZE when that is settled */

    int64_t line;
    bool after_cr;       /* the last byte was a CR, so a LF would belong to it */
    int64_t record_line; /* 0 before the first byte of a record */
    int64_t quote_line;
    const char *record_fault;
    bool is_given; /* the record was given out and makes room at the next call */

    char *text; /* the fields of the record, joined */
    size_t text_size;
    size_t text_capacity;
    size_t ends[CSV_FIELDS_MAX]; /* of the fields, in `text` */
    size_t count;
    struct str fields[CSV_FIELDS_MAX];

    enum err err;
    struct csv_fault fault;
};

struct csv *csv_open(struct arena *arena, char separator)
{
    assert(separator > 0 && separator != '"' && separator != '\r' && separator != '\n');
    struct csv *csv = arena_new(arena, struct csv);
    csv->arena = arena;
    csv->line = 1;
    csv->classes[(unsigned char)separator] = BYTE_SEPARATOR;
    csv->classes['"'] = BYTE_QUOTE;
    csv->classes['\r'] = BYTE_CR;
    csv->classes['\n'] = BYTE_LF;
    csv->text_capacity = TEXT_CAPACITY_FIRST;
    csv->text = arena_array(arena, char, csv->text_capacity);
    return csv;
}

struct csv_fault csv_fault(const struct csv *csv)
{
    return csv->fault;
}

static enum err fail(struct csv *csv, enum err err, const char *reason, int64_t line)
{
    csv->err = err;
    csv->fault = (struct csv_fault){ .reason = reason, .line = line };
    return err;
}

/* ---- the record being read ---- */

static enum err text_add(struct csv *csv, const char *data, size_t size)
{
    size_t need = csv->text_size + size;
    if (need > CSV_RECORD_SIZE_MAX) {
        if (csv->state != FIELD_QUOTED) {
            return fail(csv, ERR_LIMIT, "record too long", csv->record_line);
        }
        return fail(csv, ERR_INVALID, "a quote that is never closed", csv->quote_line);
    }
    if (need > csv->text_capacity) {
        while (csv->text_capacity < need) csv->text_capacity *= 2;
        char *text = arena_array(csv->arena, char, csv->text_capacity);
        memcpy(text, csv->text, csv->text_size);
        csv->text = text;
    }
    memcpy(csv->text + csv->text_size, data, size);
    csv->text_size = need;
    return OK;
}

static enum err field_end(struct csv *csv)
{
    if (csv->count == CSV_FIELDS_MAX) {
        return fail(csv, ERR_LIMIT, "too many columns", csv->record_line);
    }
    csv->ends[csv->count++] = csv->text_size;
    csv->state = FIELD_BEGIN;
    return OK;
}

static void record_reset(struct csv *csv)
{
    csv->state = FIELD_BEGIN;
    csv->text_size = 0;
    csv->count = 0;
    csv->record_line = 0;
    csv->record_fault = NULL;
    csv->is_given = false;
}

static bool is_blank(const struct csv *csv)
{
    return csv->count == 0 && csv->state == FIELD_BEGIN;
}

static enum err record_give(struct csv *csv, struct csv_record *out)
{
    enum err err = field_end(csv);
    if (err) return err;
    size_t begin = 0;
    for (size_t i = 0; i < csv->count; i++) {
        csv->fields[i] = (struct str){ .data = csv->text + begin, .size = csv->ends[i] - begin };
        if (!str_is_utf8(csv->fields[i])) csv->record_fault = "not UTF-8";
        begin = csv->ends[i];
    }
    *out = (struct csv_record){
        .fields = csv->fields,
        .count = csv->count,
        .line = csv->record_line,
        .fault = csv->record_fault,
    };
    csv->is_given = true;
    return OK;
}

/* ---- bytes ---- */

/* Drops a mark at the very start; what only began like one was text. */
static enum err skip_bom(struct csv *csv, struct str *rest)
{
    while (csv->bom_seen < BOM_SIZE && rest->size > 0) {
        if (rest->data[0] != BOM[csv->bom_seen]) {
            size_t seen = csv->bom_seen;
            csv->bom_seen = BOM_SIZE;
            if (seen == 0) return OK;
            csv->record_line = csv->line;
            csv->state = FIELD_PLAIN;
            return text_add(csv, BOM, seen);
        }
        csv->bom_seen++;
        rest->data++;
        rest->size--;
    }
    return OK;
}

/* How many bytes at the start are text of the field, whatever they are. */
static size_t run_size(const struct csv *csv, struct str rest)
{
    const unsigned char *classes = csv->classes;
    bool is_quoted = csv->state == FIELD_QUOTED;
    size_t size = 0;
    while (size < rest.size) {
        unsigned char class = classes[(unsigned char)rest.data[size]];
        if (class != BYTE_PLAIN && !(is_quoted && class == BYTE_SEPARATOR)) break;
        size++;
    }
    return size;
}

static enum err run_add(struct csv *csv, struct str *rest)
{
    size_t size = run_size(csv, *rest);
    if (size == 0) return OK;
    if (csv->record_line == 0) csv->record_line = csv->line;
    if (csv->state == FIELD_BEGIN) csv->state = FIELD_PLAIN;
    if (csv->state == FIELD_QUOTE) {
        csv->state = FIELD_CLOSED;
        csv->record_fault = "text after a closing quote";
    }
    csv->after_cr = false;
    enum err err = text_add(csv, rest->data, size);
    rest->data += size;
    rest->size -= size;
    return err;
}

static void line_count(struct csv *csv, enum byte_class class)
{
    bool is_second = class == BYTE_LF && csv->after_cr;
    if (class == BYTE_CR || (class == BYTE_LF && !is_second)) csv->line++;
    csv->after_cr = class == BYTE_CR;
}

static enum err quote_add(struct csv *csv)
{
    switch (csv->state) {
    case FIELD_BEGIN:
        csv->state = FIELD_QUOTED;
        csv->quote_line = csv->line;
        return OK;
    case FIELD_QUOTED: csv->state = FIELD_QUOTE; return OK;
    case FIELD_QUOTE: csv->state = FIELD_QUOTED; return text_add(csv, "\"", 1);
    case FIELD_PLAIN:
    case FIELD_CLOSED: break;
    }
    return text_add(csv, "\"", 1);
}

/* A byte that may mean something. Sets `is_complete` if it ends a record. */
static enum err byte_add(struct csv *csv, char byte, bool *is_complete)
{
    enum byte_class class = csv->classes[(unsigned char)byte];
    bool is_quoted = csv->state == FIELD_QUOTED;
    bool is_break = class == BYTE_CR || class == BYTE_LF;
    bool is_second = class == BYTE_LF && csv->after_cr; /* of CR LF */
    int64_t line = csv->line;
    line_count(csv, class);
    if (is_break && !is_quoted) {
        *is_complete = !is_second && !is_blank(csv);
        return OK;
    }
    if (csv->record_line == 0) csv->record_line = line;
    if (class == BYTE_QUOTE) return quote_add(csv);
    if (class == BYTE_SEPARATOR && !is_quoted) return field_end(csv);
    return text_add(csv, &byte, 1);
}

enum err csv_next(struct csv *csv, struct str *rest, struct csv_record *out)
{
    if (csv->err) return csv->err;
    if (csv->is_given) record_reset(csv);
    enum err err = skip_bom(csv, rest);
    while (!err && rest->size > 0) {
        err = run_add(csv, rest);
        if (err || rest->size == 0) break;
        bool is_complete = false;
        err = byte_add(csv, rest->data[0], &is_complete);
        rest->data++;
        rest->size--;
        if (is_complete) return record_give(csv, out);
    }
    return err ? err : ERR_NOT_FOUND;
}

enum err csv_end(struct csv *csv, struct csv_record *out)
{
    if (csv->err) return csv->err;
    if (csv->is_given) record_reset(csv);
    if (csv->bom_seen > 0 && csv->bom_seen < BOM_SIZE) { /* less than a mark is text */
        csv->record_line = csv->line;
        csv->state = FIELD_PLAIN;
        enum err err = text_add(csv, BOM, csv->bom_seen);
        if (err) return err;
        csv->bom_seen = BOM_SIZE;
    }
    if (csv->state == FIELD_QUOTED) {
        return fail(csv, ERR_INVALID, "a quote that is never closed", csv->quote_line);
    }
    return is_blank(csv) ? ERR_NOT_FOUND : record_give(csv, out);
}
