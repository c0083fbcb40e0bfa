#include "store/dimension.h"

#include <assert.h>

#include "store/batch.h"
#include "store/event.h"
#include "store/varint.h"

static const char *const NAMES[DIMENSION_FIXED_COUNT] = {
    [DIMENSION_CHANNEL] = "channel",   [DIMENSION_TEAM] = "team",
    [DIMENSION_AGENT] = "agent",       [DIMENSION_TOUCHPOINT] = "touchpoint",
    [DIMENSION_TOPIC] = "topic",       [DIMENSION_PRODUCT] = "product",
    [DIMENSION_SEGMENT] = "segment",   [DIMENSION_COUNTRY] = "country",
    [DIMENSION_LANGUAGE] = "language", [DIMENSION_PRIORITY] = "priority",
    [DIMENSION_KIND] = "kind",         [DIMENSION_DIRECTION] = "direction",
    [DIMENSION_OUTCOME] = "outcome",
};

enum { LONG_NUMBER = 7 }; /* digits: a phone or account number, so a person */

static const struct query OWN_READ = {
    .sql = "SELECT number, name FROM dimension ORDER BY number",
    .rows_max = DIMENSION_OWN_COUNT + DIMENSION_FIXED_COUNT,
};
static const struct query NAME_FIND = {
    .sql = "SELECT number FROM dimension WHERE name = $1",
    .rows_max = 1,
};
static const struct query NUMBER_LAST = {
    .sql = "SELECT number FROM dimension ORDER BY number DESC LIMIT 1",
    .rows_max = 1,
};
static const struct query DIMENSION_INSERT = {
    .sql = "INSERT INTO dimension (number, name, value_count) VALUES ($1, $2, 0)",
    .changes_one = true,
};
static const struct query VALUE_FIND = {
    .sql = "SELECT id FROM dimension_value WHERE dimension = $1 AND text = $2",
    .rows_max = 1,
};
static const struct query VALUE_TEXT_READ = {
    .sql = "SELECT text FROM dimension_value WHERE id = $1",
    .rows_max = 1,
};
static const struct query VALUE_INSERT = {
    .sql = "INSERT INTO dimension_value (id, dimension, text) VALUES ($1, $2, $3)",
    .changes_one = true,
};
/* The row of a fixed dimension is made with its first value, for the count only. */
static const struct query VALUE_COUNT_ADD = {
    .sql = "INSERT INTO dimension (number, name, value_count) VALUES ($1, $2, 1)"
           " ON CONFLICT (number) DO UPDATE SET value_count = dimension.value_count + 1",
};
static const struct query VALUE_COUNT_READ = {
    .sql = "SELECT value_count FROM dimension WHERE number = $1",
    .rows_max = 1,
};

const char *dimension_name(enum dimension dimension)
{
    return dimension < DIMENSION_FIXED_COUNT ? NAMES[dimension] : NULL;
}

enum dimension_source dimension_source(enum dimension dimension)
{
    if (dimension <= DIMENSION_TOUCHPOINT) return DIMENSION_OF_ROWS;
    bool is_number = dimension >= DIMENSION_PRIORITY && dimension <= DIMENSION_OUTCOME;
    return is_number ? DIMENSION_OF_NUMBERS : DIMENSION_OF_TEXTS;
}

static bool fixed_find(struct str name, enum dimension *out)
{
    for (int i = 0; i < DIMENSION_FIXED_COUNT; i++) {
        if (!str_equal(name, str_from(NAMES[i]))) continue;
        *out = (enum dimension)i;
        return true;
    }
    return false;
}

/* Makes the next own dimension; ERR_LIMIT if all are taken. */
static enum err own_make(struct tx *tx, struct arena *arena, struct str name, int64_t *out)
{
    struct rows rows;
    enum err err = tx_read(tx, arena, &NUMBER_LAST, NO_ARGS, &rows);
    if (err) return err;
    int64_t number = DIMENSION_OWN_FIRST;
    if (rows.count == 1 && rows_int(&rows, 0, 0) >= number) number = rows_int(&rows, 0, 0) + 1;
    if (number >= DIMENSIONS) return ERR_LIMIT;
    err = tx_write(tx, &DIMENSION_INSERT, ARGS(value_int(number), value_text(name)));
    if (err) return err;
    *out = number;
    return OK;
}

enum err dimension_take(struct tx *tx, struct str name, enum dimension *out)
{
    if (name.size == 0 || name.size > DIMENSION_NAME_MAX) return ERR_INVALID;
    if (fixed_find(name, out)) {
        return dimension_source(*out) == DIMENSION_OF_TEXTS ? OK : ERR_INVALID;
    }
    int64_t number;
    if (value_cache_find(tx->batch->values, VALUE_CACHE_NAMES, name, &number)) {
        if (number == 0) return ERR_LIMIT;
        *out = (enum dimension)number;
        return OK;
    }
    struct rows rows;
    enum err err = tx_read(tx, tx->batch->arena, &NAME_FIND, ARGS(value_text(name)), &rows);
    if (err) return err;
    if (rows.count == 1) {
        number = rows_int(&rows, 0, 0);
    } else {
        err = own_make(tx, tx->batch->arena, name, &number);
        if (err == ERR_LIMIT) value_cache_add(tx->batch->values, VALUE_CACHE_NAMES, name, 0);
        if (err) return err;
    }
    value_cache_add(tx->batch->values, VALUE_CACHE_NAMES, name, number);
    *out = (enum dimension)number;
    return OK;
}

/* An e-mail address, a link, or a long run of digits. */
static bool names_somebody(struct str text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '@') return true;
        if (c >= '0' && c <= '9') digits++;
    }
    return digits >= LONG_NUMBER;
}

static enum err value_make(struct tx *tx, enum dimension dimension, struct str text, int64_t *out)
{
    struct value number = value_int(dimension);
    struct rows rows;
    enum err err = tx_read(tx, tx->batch->arena, &VALUE_COUNT_READ, ARGS(number), &rows);
    if (err) return err;
    struct str other = STR("(other)");
    bool is_full = rows.count == 1 && rows_int(&rows, 0, 0) >= DIMENSION_VALUES_MAX;
    if (is_full && !str_equal(text, other)) return dimension_value_take(tx, dimension, other, out);

    int64_t id = tx_id(tx);
    err = tx_write(tx, &VALUE_INSERT, ARGS(value_int(id), number, value_text(text)));
    if (err) return err;
    const char *name = dimension_name(dimension);
    err = tx_write(tx, &VALUE_COUNT_ADD, ARGS(number, value_text(str_from(name ? name : ""))));
    if (err) return err;
    *out = id;
    return OK;
}

enum err dimension_value_take(struct tx *tx, enum dimension dimension, struct str text,
                              int64_t *out)
{
    assert(dimension_source(dimension) == DIMENSION_OF_TEXTS);
    text = str_trim(text);
    if (text.size == 0 || text.size > DIMENSION_TEXT_MAX) return ERR_INVALID;
    if (names_somebody(text)) return ERR_INVALID;
    if (value_cache_find(tx->batch->values, (int)dimension, text, out)) return OK;

    struct rows rows;
    enum err err = tx_read(tx, tx->batch->arena, &VALUE_FIND,
                           ARGS(value_int(dimension), value_text(text)), &rows);
    if (err) return err;
    if (rows.count == 1) {
        *out = rows_int(&rows, 0, 0);
    } else {
        err = value_make(tx, dimension, text, out);
        if (err) return err;
    }
    value_cache_add(tx->batch->values, (int)dimension, text, *out);
    return OK;
}

struct str dimensions_encode(struct arena *arena, const struct dimensions *dimensions)
{
    unsigned char *bytes = arena_array(arena, unsigned char, DIMENSIONS *(1 + VARINT_SIZE_MAX));
    size_t size = 0;
    for (int i = 0; i < DIMENSIONS; i++) {
        if (dimensions->values[i] == 0) continue;
        bytes[size++] = (unsigned char)i;
        size += varint_write(bytes + size, dimensions->values[i]);
    }
    return (struct str){ .data = size > 0 ? (const char *)bytes : NULL, .size = size };
}

enum err dimensions_decode(struct str bytes, struct dimensions *dimensions)
{
    const unsigned char *data = (const unsigned char *)bytes.data;
    size_t at = 0;
    while (at < bytes.size) {
        unsigned char number = data[at++];
        int64_t value;
        size_t used = varint_read(data + at, bytes.size - at, &value);
        if (used == 0 || number >= DIMENSIONS) return ERR_CORRUPT;
        dimensions->values[number] = value;
        at += used;
    }
    return OK;
}

enum err dimension_read_own(struct reader *reader, struct arena *arena, struct dimension_row **out,
                            size_t *count)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &OWN_READ, NO_ARGS, &rows);
    if (err) return err;
    struct dimension_row *own = arena_array(arena, struct dimension_row, rows.count + 1);
    size_t own_count = 0;
    for (size_t i = 0; i < rows.count; i++) {
        if (rows_int(&rows, i, 0) < DIMENSION_OWN_FIRST) continue;
        own[own_count++] = (struct dimension_row){
            .number = (enum dimension)rows_int(&rows, i, 0),
            .name = rows_text(&rows, i, 1),
        };
    }
    *out = own;
    *count = own_count;
    return OK;
}

enum err dimension_find(struct reader *reader, struct arena *arena, struct str name,
                        enum dimension *out)
{
    if (fixed_find(name, out)) return OK;
    struct rows rows;
    enum err err = reader_read(reader, arena, &NAME_FIND, ARGS(value_text(name)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    *out = (enum dimension)rows_int(&rows, 0, 0);
    return OK;
}

enum err dimension_value_read(struct reader *reader, struct arena *arena, int64_t id,
                              struct str *out)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &VALUE_TEXT_READ, ARGS(value_int(id)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    *out = rows_text(&rows, 0, 0);
    return OK;
}

enum err dimension_value_find(struct reader *reader, struct arena *arena, enum dimension dimension,
                              struct str text, int64_t *out)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &VALUE_FIND,
                               ARGS(value_int(dimension), value_text(text)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    *out = rows_int(&rows, 0, 0);
    return OK;
}
