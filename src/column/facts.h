/* Facts in memory, by column: what every number is computed from.
 *
 * There is one table for each measure. A fact is immutable; what is no longer so is taken back by
 * a fact of sign -1 that is otherwise equal, and both stay. Tables are cut into segments of
 * FACT_SEGMENT_ROWS rows: the last one grows, full ones are packed. Dimensions are codes of a
 * dictionary of their own each, customers and conversations are numbers (column/numbering.h).
 *
 * One writer appends; any thread reads, without a lock, through a view: the state after one event.
 * A view keeps what it sees from being freed, so end it soon.
 *
 * Owner: the thread that called facts_own last; views, their thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "column/column.h"

struct facts;

enum {
    FACT_SEGMENT_ROWS = 4096,
    FACT_TABLES_MAX = 24,
    FACT_DIMENSIONS = 48, /* as store/dimension.h has */
    FACT_VIEWS_MAX = 64,
    FACT_VALUES_MAX = 65000,
    FACT_OTHER = FACT_VALUES_MAX + 1, /* the code of all values above */
    FACT_CODES = FACT_OTHER + 1,
    FACT_OTHER_ID = -1 /* in place of an id */
};

/* What the value means for facts that last. */
enum fact_state {
    FACT_EVENT,    /* it ended; value is how long it took, or the plain value */
    FACT_CENSORED, /* it will not end any more; value is how long it lasted */
    FACT_OPEN      /* it still lasts; value is when it began, in ms since 1970 */
};

enum fact_column {
    FACT_AT, /* ms since 1970, UTC */
    FACT_SEQ,
    FACT_VALUE,
    FACT_SIGN,
    FACT_STATE,
    FACT_CUSTOMER,
    FACT_CONVERSATION,
    FACT_INTERACTION,
    FACT_DIMENSION, /* the first of them */
    FACT_COLUMNS = FACT_DIMENSION + FACT_DIMENSIONS
};

struct fact {
    int64_t at_ms;
    int64_t seq; /* the event that made it known */
    int64_t value;
    int64_t interaction_id; /* 0: none */
    uint32_t customer;      /* numbers; 0: none */
    uint32_t conversation;
    int32_t sign; /* 1 or -1 */
    enum fact_state state;
    uint16_t dimensions[FACT_DIMENSIONS]; /* codes; 0: none */
};

/* ---- the writer ---- */

/* Empty, with that many tables; owned by the calling thread. */
struct facts *facts_open(size_t tables);
void facts_close(struct facts *facts);
/* The calling thread is the writer from now on. */
void facts_own(struct facts *facts);

uint16_t facts_dimension_take(struct facts *facts, int dimension, int64_t id);
uint32_t facts_customer_take(struct facts *facts, int64_t id);
uint32_t facts_conversation_take(struct facts *facts, int64_t id);
/* The row's number in its table. `seq` never goes down. */
uint32_t facts_append(struct facts *facts, size_t table, const struct fact *fact);
void facts_row(const struct facts *facts, size_t table, uint32_t row, struct fact *out);
enum { FACT_ROWS_MAX = 1024 };

struct fact_rows {
    uint32_t items[FACT_ROWS_MAX];
    size_t count;
};

/* The first rows of a conversation with a number of at least `from`, ascending. */
void facts_rows_of(const struct facts *facts, size_t table, uint32_t conversation, uint32_t from,
                   struct fact_rows *out);
/* All facts of events up to `seq` are there: new views see them. */
void facts_publish(struct facts *facts, int64_t seq);

/* ---- any thread ---- */

/* The last event that facts know. */
int64_t facts_seq(const struct facts *facts);

struct facts_view {
    struct facts *facts;
    int64_t seq; /* rows of later events do not belong to the view */
    size_t rows[FACT_TABLES_MAX];
    size_t place;
};

/* ERR_BUSY if FACT_VIEWS_MAX are in use. */
enum err facts_view_begin(struct facts *facts, struct facts_view *out);
void facts_view_end(struct facts_view *view);

struct fact_segment {
    size_t rows;
    size_t first_row; /* its number in the table */
    /* Bounds of all rows; of a growing segment they say nothing. */
    int64_t at_min;
    int64_t at_max;
    int64_t seq_max;
    const struct column *columns; /* by enum fact_column */
};

size_t facts_segment_count(const struct facts_view *view, size_t table);
void facts_segment(const struct facts_view *view, size_t table, size_t index,
                   struct fact_segment *out);

/* The id behind a code or number; FACT_OTHER has FACT_OTHER_ID. */
int64_t facts_dimension_id(const struct facts_view *view, int dimension, uint16_t code);
int64_t facts_customer_id(const struct facts_view *view, uint32_t number);
int64_t facts_conversation_id(const struct facts_view *view, uint32_t number);
/* The greatest number of a conversation. */
uint32_t facts_conversation_count(const struct facts_view *view);
/* The code of an id; 0 if no fact has it. Looks at all values. */
uint16_t facts_dimension_code(const struct facts_view *view, int dimension, int64_t id);

/* Bytes in use. */
size_t facts_memory(const struct facts *facts);
/* Every row of every table, growing segments as they will be packed: equal facts give equal bytes.
 */
void facts_write(const struct facts_view *view, struct buf *buf);
