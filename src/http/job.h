/* A few worker threads for what may take long: queries, imports, exports. Bounded: more waiting
 * jobs than JOBS_WAITING_MAX are refused.
 *
 * Owner: the pool; a job, the worker that runs it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/workspace.h"

struct job_pool;

enum { JOBS_WAITING_MAX = 256 };

struct job {
    /* `reader` is the worker's own for this workspace, NULL without one or if it cannot be opened;
     * `arena` is reset after the job. */
    void (*run)(struct job *job, struct reader *reader, struct arena *arena);
    struct workspace *workspace;
    void *context;
};

/* `long_threads` of them take only jobs posted with job_post_long, so that an import never holds up
 * a query. */
enum err job_pool_open(struct arena *arena, size_t threads, size_t long_threads,
                       struct job_pool **out);
/* Waits for running jobs; they should look at job_pool_is_closing. */
void job_pool_close(struct job_pool *pool);
bool job_pool_is_closing(const struct job_pool *pool);

/* The job must live until it ran. ERR_BUSY if too many wait. */
enum err job_post(struct job_pool *pool, struct job *job);
enum err job_post_long(struct job_pool *pool, struct job *job);
