/* The map of a table: what its columns mean, as MAP.json says. Pure.
 *
 * A map is given by whoever imports, so every fault in it is told with its place. docs/how-to/
 * import.md describes it by an example.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

enum {
    MAP_SIZE_MAX = 64 * 1024,
    MAP_FIELDS_MAX = 48,
    MAP_COLUMNS_MAX = 8, /* of one field */
    MAP_TEXTS_MAX = 1000,
    MAP_HEADER_MAX = 1000,
    MAP_TEXT_SIZE_MAX = 1000
};

struct map_texts {
    const struct str *items;
    size_t count;
};

enum map_else {
    ELSE_REFUSE, /* the row, with its line and the text */
    ELSE_SKIP,   /* the row, silently but counted */
    ELSE_KEEP,   /* the text stays as it is */
    ELSE_NONE    /* the field stays empty */
};

/* Texts of one column. */
struct map_column {
    struct str column;
    struct map_texts texts;
};

struct map_columns {
    const struct map_column *items;
    size_t count;
};

/* How one field of an interaction is made. Its name is one of capture_set. */
struct map_field {
    struct str name;
    struct str value; /* of "value": the same for all rows; no data: from columns */
    struct map_texts columns;
    struct str join;          /* between the columns' texts */
    struct str format;        /* of times (exchange/time_text.h); no data: the map's */
    struct map_texts missing; /* texts that stand for no value, in any of the columns */
    struct map_columns when;  /* the field is filled only where each column has one of its texts */
    struct map_texts from;    /* of "values": a text that is found here ... */
    struct map_texts to;      /* ... becomes the one at the same place */
    bool has_values;
    enum map_else otherwise; /* what a text does that is not in `from` */
};

struct csv_map {
    char separator;
    struct str zone; /* no data: as the importer says */
    struct str time_format;
    bool has_header;         /* the first record names the columns */
    struct map_texts header; /* their names where the file has none */
    const struct map_field *fields;
    size_t fields_count;
    struct map_columns skips; /* rows where a column has one of its texts are left out */
};

/* Reads MAP.json. ERR_INVALID with what is wrong in `problems`: each problem has the place in the
 * map and a sentence. `out` points into `arena`. */
enum err csv_map_read(struct arena *arena, struct str json, struct json_problems *problems,
                      struct csv_map *out);
/* The time format of a field: its own, the map's, or RFC 3339 (no data). */
struct str map_field_format(const struct csv_map *map, const struct map_field *field);
