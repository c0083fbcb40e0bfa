/* Lists with optional filters: a statement composed from constant fragments, values always bound,
 * one prepared statement for each combination that is used.
 *
 * Every fragment that takes part is a string constant of the program; what a client sent is only
 * ever bound. Two filters that choose the same fragments share one `struct query`.
 *
 * Owner: one thread, the reader's. The queries live as long as the reader.
 */
#pragma once

#include <stddef.h>

#include "store/store.h"

enum { FILTER_PARTS_MAX = 1024, FILTER_ARGUMENTS_MAX = 250, FILTER_SQL_MAX = 65536 };

struct filter {
    const char *parts[FILTER_PARTS_MAX];
    size_t parts_count;
    struct value arguments[FILTER_ARGUMENTS_MAX];
    size_t arguments_count;
};

/* Appends a fragment as it is. `sql` must be a constant. */
void filter_add(struct filter *filter, const char *sql);
/* Appends a fragment in which each `?` stands for the next of the values given: `?` becomes $1,
 * $2, … in the finished statement. */
void filter_add_values(struct filter *filter, const char *sql, struct arguments values);
/* Appends `before`, then `count` parameters with commas between them, then `after`: for IN (…). */
void filter_add_list(struct filter *filter, const char *before, const struct value *values,
                     size_t count, const char *after);

/* Runs the composed statement; at most `rows_max` rows, more are ERR_LIMIT. */
enum err filter_read(struct reader *reader, struct arena *arena, const struct filter *filter,
                     size_t rows_max, struct rows *out);
/* The composed statement, for tests of query plans. Lives in `arena`. */
struct str filter_sql(struct arena *arena, const struct filter *filter);
