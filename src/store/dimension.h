/* Dimensions: what facts are cut by.
 *
 * Who-dimensions (channel, team, agent, touchpoint) hold ids of rows; the fixed ones (priority,
 * kind, direction, outcome) hold numbers of enums, none of which uses 0; the others hold ids of
 * `dimension_value`, where their texts stand. Own dimensions are made from the first names of
 * attributes that interactions carry.
 *
 * Owner: functions that take a tx, the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "store/store.h"

enum dimension {
    DIMENSION_CHANNEL,
    DIMENSION_TEAM,
    DIMENSION_AGENT,
    DIMENSION_TOUCHPOINT,
    DIMENSION_TOPIC,
    DIMENSION_PRODUCT,
    DIMENSION_SEGMENT,
    DIMENSION_COUNTRY,
    DIMENSION_LANGUAGE,
    DIMENSION_PRIORITY,
    DIMENSION_KIND,
    DIMENSION_DIRECTION,
    DIMENSION_OUTCOME,
    DIMENSION_FIXED_COUNT,
    DIMENSION_OWN_FIRST = 16,
    DIMENSION_OWN_COUNT = 32,
    DIMENSIONS = DIMENSION_OWN_FIRST + DIMENSION_OWN_COUNT
};

enum dimension_source { DIMENSION_OF_ROWS, DIMENSION_OF_NUMBERS, DIMENSION_OF_TEXTS };

/* How its numbers are to be read. Own ones are texts. */
enum dimension_source dimension_source(enum dimension dimension);
/* "channel", ...; NULL for an own one or a gap. */
const char *dimension_name(enum dimension dimension);

enum { DIMENSION_VALUES_MAX = 65000, DIMENSION_TEXT_MAX = 200, DIMENSION_NAME_MAX = 64 };

/* The values of one thing in all dimensions; 0 is "none". */
struct dimensions {
    int64_t values[DIMENSIONS];
};

/* The number of a fixed dimension whose name it is, or of an own one; a new own one is made while
 * there is room. ERR_LIMIT if there is none left: such attributes are stored but not cut by. */
enum err dimension_take(struct tx *tx, struct str name, enum dimension *out);
/* The id of that text, made if it is new; `(other)` above DIMENSION_VALUES_MAX. Texts that look
 * like an address or a long number are refused with ERR_INVALID: they name people. */
enum err dimension_value_take(struct tx *tx, enum dimension dimension, struct str text,
                              int64_t *out);

/* Sparse form for a column of bytes: pairs of varints. Empty dimensions give no bytes. */
struct str dimensions_encode(struct arena *arena, const struct dimensions *dimensions);
/* Only the dimensions named in `bytes` are set. ERR_CORRUPT if they are malformed. */
enum err dimensions_decode(struct str bytes, struct dimensions *dimensions);

struct dimension_row {
    enum dimension number;
    struct str name;
};
/* The workspace's own dimensions. */
enum err dimension_read_own(struct reader *reader, struct arena *arena, struct dimension_row **out,
                            size_t *count);
/* The number of a dimension by name, own ones included. ERR_NOT_FOUND. */
enum err dimension_find(struct reader *reader, struct arena *arena, struct str name,
                        enum dimension *out);
/* The text of a value; ERR_NOT_FOUND. */
enum err dimension_value_read(struct reader *reader, struct arena *arena, int64_t id,
                              struct str *out);
/* The id of a text; ERR_NOT_FOUND if no value has it. */
enum err dimension_value_find(struct reader *reader, struct arena *arena, enum dimension dimension,
                              struct str text, int64_t *out);
