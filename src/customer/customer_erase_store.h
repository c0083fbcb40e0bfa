/* Erasing a customer: everything personal is overwritten, the id and the numbers stay. The id then
 * names nobody, so the log, its chain, facts and counts need not change.
 *
 * Every table with personal text has a row in the registry of erasers; a test fails for a TEXT
 * column of the schema that neither the registry nor the list of harmless columns names.
 *
 * Owner: the writer's thread.
 */
#pragma once

#include "store/store.h"

struct customer_erased {
    int64_t customer_id; /* the root: everybody merged into it is the same person */
    int64_t interactions;
    int64_t conversations;
    int64_t identities;
    int64_t at_ms;
};

/* Erases this customer with all who were merged into the same one. Erasing again finds nothing
 * more. ERR_NOT_FOUND. */
struct customer_erase_in {
    int64_t id;
};
extern const struct command CUSTOMER_FORGET; /* fills a struct customer_erased */

enum eraser_counts { ERASED_OTHER, ERASED_INTERACTIONS, ERASED_CONVERSATIONS, ERASED_IDENTITIES };

/* $1 is the customer; run once for each member. */
struct eraser {
    const char *table;
    const char *columns; /* those it clears, with spaces between */
    const struct query *query;
    enum eraser_counts counts;
};
const struct eraser *customer_erasers(size_t *count);

/* A TEXT column in which no customer's words can stand. */
struct harmless_column {
    const char *table;
    const char *column;
    const char *reason;
};
const struct harmless_column *customer_harmless_columns(size_t *count);
