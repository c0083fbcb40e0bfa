/* One connection to SQLite with its prepared statements. Known inside store/ only.
 *
 * Owner: one thread.
 */
#pragma once

#include <sqlite3.h>

#include "store/store.h"

enum { STATEMENTS_MAX = 1024, STATEMENT_SLOTS = 2048, ARGUMENTS_MAX = 250 };

struct prepared {
    const struct query *query;
    sqlite3_stmt *statement;
    unsigned char places[ARGUMENTS_MAX]; /* SQLite's index of $1, $2, … */
    size_t places_count;
};

struct connection {
    sqlite3 *sqlite;
    struct arena *arena;     /* its own: it belongs to the connection's thread */
    struct prepared **slots; /* a hash table by the query's address */
    size_t prepared_count;
};

struct store {
    struct connection connection;
};

struct reader {
    struct connection connection;
    struct filter_query *filters; /* made by store/filter.c */
    size_t filters_count;
    bool in_transaction;
};

enum err connection_open(struct connection *connection, const char *path, int flags);
void connection_close(struct connection *connection);
enum err connection_read(struct connection *connection, struct arena *arena,
                         const struct query *query, struct arguments arguments, struct rows *out);
/* As connection_read, for a query that is not kept prepared. */
enum err connection_read_once(struct connection *connection, struct arena *arena,
                              const struct query *query, struct arguments arguments,
                              struct rows *out);
/* `changes` may be NULL. */
enum err connection_write(struct connection *connection, const struct query *query,
                          struct arguments arguments, int64_t *changes);
/* Several statements without arguments; `sql` ends with a zero byte. */
enum err connection_script(struct connection *connection, const char *sql);
/* SQLite's last error code was "disk full". */
bool connection_is_full(const struct connection *connection);
