/* Watching the SQL that is prepared, for tests of query plans. Test code only. */
#pragma once

/* `note` is called with every SQL text this thread prepares from now on; NULL: no more. */
void dialect_watch(void (*note)(void *context, const char *sql), void *context);
/* The lines of SQLite's plan for a statement, over the database at `path`; none if it has no plan.
 */
void dialect_plan(const char *path, const char *sql,
                  void (*note)(void *context, const char *detail), void *context);
