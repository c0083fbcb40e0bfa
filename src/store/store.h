/* The only door to the database.
 *
 * SQL is written once, in the dialect SQLite and PostgreSQL share, as `struct query`
 * constants beside the functions that use them. Results are copied into an arena and
 * bounded, so no cursor or statement ever leaves this folder.
 *
 * There are two ways in. A reader is a connection that cannot write. A command changes
 * the database through the `struct tx` it is handed by the writer (store/writer.h), which
 * alone begins and commits transactions.
 *
 * Owner: a reader belongs to one thread, the store and every tx to the writer's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct store;
struct reader;

struct query {
    const char *sql;  /* parameters are $1, $2, ... */
    size_t rows_max;  /* reading more is ERR_LIMIT */
    bool changes_one; /* ERR_CONFLICT unless exactly one row changed */
};

enum value_kind { VALUE_NULL, VALUE_INTEGER, VALUE_REAL, VALUE_TEXT, VALUE_BYTES };

struct value {
    enum value_kind kind;
    union {
        int64_t integer;
        double real;
        struct str text; /* of VALUE_BYTES too */
    };
};

struct arguments {
    const struct value *items;
    size_t count;
};

struct rows {
    const struct value *cells; /* row after row */
    size_t columns;
    size_t count;
};

/* Who caused a change. */
enum actor_kind { ACTOR_SYSTEM, ACTOR_AGENT, ACTOR_KEY, ACTOR_CUSTOMER, ACTOR_IMPORT };

struct actor {
    enum actor_kind kind;
    int64_t id;        /* of the agent, key, customer or import; 0 for the system */
    int64_t origin_id; /* named by the caller so that it can recognise its own changes; 0: none */
};

struct tx_batch;

/* What a command may touch while it runs. */
struct tx {
    struct store *store;
    int64_t now_ms; /* since 1970, UTC: the only clock a command knows */
    struct actor actor;
    struct tx_batch *batch; /* the writer's own */
};

/* One change, whole or not at all: a constant in an _store.c file, run by the writer.
 *
 * `run` validates, reads and writes through `tx`. It neither begins nor commits, and does no
 * other I/O. `in` and `out` point to the command's own types, which carry its name:
 * ANSWER_SUBMIT takes a `struct answer_submit_in` and fills a `struct answer_submit_out`.
 *
 * The writer may undo a whole batch and run its commands again, so `run` leaves `in` as it was. */
struct command {
    const char *name; /* in logs: never changes */
    enum err (*run)(struct tx *tx, struct arena *arena, const void *in, void *out);
};

#define ARGS(...)                                                                                  \
    ((struct arguments){ .items = (const struct value[]){ __VA_ARGS__ },                           \
                         .count = sizeof((const struct value[]){ __VA_ARGS__ }) /                  \
                                  sizeof(struct value) })
#define NO_ARGS ((struct arguments){ 0 })

static inline struct value value_null(void)
{
    return (struct value){ .kind = VALUE_NULL };
}

static inline struct value value_int(int64_t number)
{
    return (struct value){ .kind = VALUE_INTEGER, .integer = number };
}

/* For optional ids and times, where 0 stands for "none". */
static inline struct value value_int_or_null(int64_t number)
{
    return number ? value_int(number) : value_null();
}

static inline struct value value_text(struct str string)
{
    return (struct value){ .kind = VALUE_TEXT, .text = string };
}

/* NULL if the text has no data pointer; an empty text stays one. */
static inline struct value value_text_or_null(struct str string)
{
    return string.data ? value_text(string) : value_null();
}

static inline struct value value_bytes(struct str bytes)
{
    return (struct value){ .kind = VALUE_BYTES, .text = bytes };
}

/* The store at `path`, made if it is missing. Store and reader live in `arena`; closing them ends
 * the connection only. ERR_BUSY if another process writes to it. */
enum err store_open(struct arena *arena, const char *path, struct store **out);
void store_close(struct store *store);

/* The store at `path` must exist. A reader sees what is committed. */
enum err reader_open(struct arena *arena, const char *path, struct reader **out);
void reader_close(struct reader *reader);

/* Prepares every query once, unknown ones too: a `struct query` made by store/filter.h is kept as
 * long as the connection. */
enum err reader_read(struct reader *reader, struct arena *arena, const struct query *query,
                     struct arguments arguments, struct rows *out);
/* Between them all reads see one state. They do not nest; keep it short: the WAL grows meanwhile.
 */
enum err reader_begin(struct reader *reader);
void reader_end(struct reader *reader);

/* Sees what is committed and what this tx has written. */
enum err tx_read(struct tx *tx, struct arena *arena, const struct query *query,
                 struct arguments arguments, struct rows *out);
enum err tx_write(struct tx *tx, const struct query *query, struct arguments arguments);
/* As tx_write; `out` gets the rows changed. */
enum err tx_write_count(struct tx *tx, const struct query *query, struct arguments arguments,
                        int64_t *out);
/* Lives until the end of the transaction. */
struct arena *tx_arena(struct tx *tx);
/* A new id, greater than any before. */
int64_t tx_id(struct tx *tx);
/* Runs a command inside another. What a failing one wrote is undone, its error returned, and the
 * caller may go on. */
enum err tx_try(struct tx *tx, struct arena *arena, const struct command *command, const void *in,
                void *out);

/* What commands remember of rows from one to the next, so that the usual interaction needs fewer
 * queries (docs/decisions/0008). Only what the tables hold; emptied whenever something is undone.
 * Whoever changes such rows in another way drops the key or clears the kind. */
enum tx_cache {
    TX_CACHE_IDENTITY,     /* by kind and text: the customer it leads to */
    TX_CACHE_CONVERSATION, /* by customer and channel: the running conversation */
    TX_CACHE_PLACE,        /* by kind and name: the channel, touchpoint or label */
    TX_CACHES
};
bool tx_cache_find(struct tx *tx, enum tx_cache kind, struct str key, void *out, size_t size);
void tx_cache_put(struct tx *tx, enum tx_cache kind, struct str key, const void *value,
                  size_t size);
void tx_cache_drop(struct tx *tx, enum tx_cache kind, struct str key);
void tx_cache_clear(struct tx *tx, enum tx_cache kind);

/* Cells of a result. The kind must be as asked for; _or_zero and _or_none take NULL too. */
int64_t rows_int(const struct rows *rows, size_t row, size_t column);
int64_t rows_int_or_zero(const struct rows *rows, size_t row, size_t column);
double rows_real(const struct rows *rows, size_t row, size_t column);
struct str rows_text(const struct rows *rows, size_t row, size_t column);
/* NULL gives a str without data. */
struct str rows_text_or_none(const struct rows *rows, size_t row, size_t column);
struct str rows_bytes(const struct rows *rows, size_t row, size_t column);
bool rows_is_null(const struct rows *rows, size_t row, size_t column);
