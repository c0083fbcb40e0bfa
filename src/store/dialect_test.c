/* Writes down every SQL text that the unit tests prepare, so that test/postgres_test.mjs can
 * prepare the same on a real PostgreSQL: the dialect stays the one that both engines speak.
 *
 * RAPPORT_QUERIES names the file; texts in it end with a NUL and repeat.
 */
#include "store/dialect_test.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int __real_sqlite3_prepare_v3(sqlite3 *database, const char *sql, int size, /* NOLINT */
                              unsigned int flags, sqlite3_stmt **out, const char **tail);
int __wrap_sqlite3_prepare_v3(sqlite3 *database, const char *sql, int size, /* NOLINT */
                              unsigned int flags, sqlite3_stmt **out, const char **tail);

static int file = -1;

static _Thread_local void (*watcher)(void *context, const char *sql);
static _Thread_local void *watcher_context;

void dialect_watch(void (*note)(void *context, const char *sql), void *context)
{
    watcher = note;
    watcher_context = context;
}

__attribute__((constructor)) static void file_open(void)
{
    const char *path = getenv("RAPPORT_QUERIES");
    if (path) file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

int __wrap_sqlite3_prepare_v3(sqlite3 *database, const char *sql, int size, /* NOLINT */
                              unsigned int flags, sqlite3_stmt **out, const char **tail)
{
    /* One write for each, for tests have threads. */
    if (file >= 0 && write(file, sql, strlen(sql) + 1) < 0) abort();
    if (watcher) watcher(watcher_context, sql);
    return __real_sqlite3_prepare_v3(database, sql, size, flags, out, tail);
}
