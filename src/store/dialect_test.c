/* Writes down every SQL text that the unit tests prepare, so that test/postgres_test.mjs can
 * prepare the same on a real PostgreSQL: the dialect stays the one that both engines speak.
 *
 * RAPPORT_QUERIES names the file; texts in it end with a NUL and repeat.
 */
#include "store/dialect_test.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
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

void dialect_plan(const char *path, const char *sql,
                  void (*note)(void *context, const char *detail), void *context)
{
    enum { SQL_MAX = 16 * 1024, DETAIL_COLUMN = 3 };
    char text[SQL_MAX];
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    int size = snprintf(text, sizeof(text), "EXPLAIN QUERY PLAN %s", sql);
    if (size < 0 || (size_t)size >= sizeof(text)) abort();
    int code = sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL);
    if (code == SQLITE_OK) code = sqlite3_prepare_v2(database, text, -1, &statement, NULL);
    while (code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW) {
        note(context, (const char *)sqlite3_column_text(statement, DETAIL_COLUMN));
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
}
