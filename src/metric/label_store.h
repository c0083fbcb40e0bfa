/* What people call the values of dimensions, the conversations and the customers behind numbers. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "base/str.h"

struct reader; /* store/store.h */

struct label {
    struct str value; /* what a filter takes: an id, a name or a text; no data: none */
    struct str label;
};

/* Of one value, by its number in the facts. A row that is gone is called by its id. */
enum err label_read(struct reader *reader, struct arena *arena, int dimension, int64_t id,
                    struct label *out);
struct label_search {
    int dimension;
    struct str text; /* what labels begin with */
    size_t count_max;
};

struct labels {
    struct label *items;
    size_t count;
};

/* Values of a dimension, in the order of their labels. */
enum err label_list(struct reader *reader, struct arena *arena, const struct label_search *search,
                    struct labels *out);
/* The number that facts have for a value as label_read writes it; 0 if no fact can have it.
 * ERR_INVALID if it can be no value of the dimension. */
enum err label_find(struct reader *reader, struct arena *arena, int dimension, struct str value,
                    int64_t *out);

struct conversation_label {
    int64_t id; /* of what it was merged into, if it was */
    struct str subject;
    int64_t state;
    int64_t channel_id;
    struct str channel_name;
    int64_t created_at_ms;
};
/* ERR_NOT_FOUND. */
enum err label_read_conversation(struct reader *reader, struct arena *arena, int64_t id,
                                 struct conversation_label *out);

struct customer_label {
    int64_t id; /* of whom it was merged into, if it was */
    struct str name;
};
/* ERR_NOT_FOUND. */
enum err label_read_customer(struct reader *reader, struct arena *arena, int64_t id,
                             struct customer_label *out);
