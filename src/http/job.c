#include "http/job.h"

#include <assert.h>
#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/log.h"
#include "base/mailbox.h"
#include "base/thread.h"

enum { THREADS_MAX = 64, WORKSPACES_MAX = 64, NAME_SIZE = 16 };

/* A mailbox has one taker, a lane several threads: the one that holds the turn takes a job, gives
 * the turn on and runs the job. */
struct lane {
    struct mailbox *mailbox;
    sem_t turn;
};

struct seat {
    const struct workspace *workspace;
    struct reader *reader;
};

struct worker {
    struct job_pool *pool;
    struct lane *lane;
    struct thread thread;
    struct arena *arena;    /* of the readers */
    struct arena *of_a_job; /* reset after each */
    struct seat seats[WORKSPACES_MAX];
    size_t seats_count;
};

struct job_pool {
    struct lane common;
    struct lane lasting;
    struct worker workers[THREADS_MAX];
    size_t workers_count;
    atomic_bool is_closing;
};

static enum err reader_of(struct worker *worker, const struct workspace *workspace,
                          struct reader **out)
{
    for (size_t i = 0; i < worker->seats_count; i++) {
        if (worker->seats[i].workspace != workspace) continue;
        *out = worker->seats[i].reader;
        return OK;
    }
    if (worker->seats_count == WORKSPACES_MAX) return ERR_LIMIT;
    struct reader *reader;
    enum err err = reader_open(worker->arena, workspace->store_path, &reader);
    if (err) return err;
    worker->seats[worker->seats_count++] =
        (struct seat){ .workspace = workspace, .reader = reader };
    *out = reader;
    return OK;
}

static struct job *job_take(struct lane *lane)
{
    void *item = NULL;
    int failed = sem_wait(&lane->turn);
    while (failed && errno == EINTR) failed = sem_wait(&lane->turn);
    assert(!failed);
    size_t count = mailbox_take(lane->mailbox, &item, 1, -1);
    failed = sem_post(&lane->turn);
    assert(!failed);
    return count > 0 ? item : NULL;
}

static void work(void *context)
{
    struct worker *worker = context;
    for (;;) {
        struct job *job = job_take(worker->lane);
        if (!job && mailbox_is_shut(worker->lane->mailbox)) return;
        if (!job) continue;
        /* Without a reader the job still runs, for somebody waits for its end. */
        struct reader *reader = NULL;
        if (job->workspace && reader_of(worker, job->workspace, &reader)) {
            log_error("job", "no reader for a workspace");
        }
        job->run(job, reader, worker->of_a_job);
        arena_reset(worker->of_a_job);
    }
}

static void lane_open(struct arena *arena, struct lane *lane)
{
    lane->mailbox = mailbox_open(arena, JOBS_WAITING_MAX);
    int failed = sem_init(&lane->turn, 0, 1);
    assert(!failed);
}

static void lane_close(struct lane *lane)
{
    mailbox_close(lane->mailbox);
    int failed = sem_destroy(&lane->turn);
    assert(!failed);
}

enum err job_pool_open(struct arena *arena, size_t threads, size_t long_threads,
                       struct job_pool **out)
{
    assert(threads > long_threads && threads <= THREADS_MAX);
    struct job_pool *pool = arena_new(arena, struct job_pool);
    lane_open(arena, &pool->common);
    lane_open(arena, &pool->lasting);
    for (size_t i = 0; i < threads; i++) {
        struct worker *worker = &pool->workers[i];
        worker->pool = pool;
        worker->lane = i < long_threads ? &pool->lasting : &pool->common;
        worker->arena = arena_open();
        worker->of_a_job = arena_open();
        pool->workers_count++;
        char name[NAME_SIZE];
        snprintf(name, sizeof(name), "job-%zu", i % THREADS_MAX);
        enum err err = thread_start(&worker->thread, name, work, worker);
        if (err) {
            job_pool_close(pool);
            return err;
        }
    }
    *out = pool;
    return OK;
}

void job_pool_close(struct job_pool *pool)
{
    if (!pool) return;
    atomic_store(&pool->is_closing, true);
    mailbox_shut(pool->common.mailbox);
    mailbox_shut(pool->lasting.mailbox);
    for (size_t i = 0; i < pool->workers_count; i++) {
        struct worker *worker = &pool->workers[i];
        thread_join(&worker->thread);
        for (size_t n = 0; n < worker->seats_count; n++) reader_close(worker->seats[n].reader);
        arena_close(worker->of_a_job);
        arena_close(worker->arena);
    }
    lane_close(&pool->common);
    lane_close(&pool->lasting);
}

bool job_pool_is_closing(const struct job_pool *pool)
{
    return atomic_load(&((struct job_pool *)(size_t)pool)->is_closing);
}

enum err job_post(struct job_pool *pool, struct job *job)
{
    return mailbox_post(pool->common.mailbox, job);
}

enum err job_post_long(struct job_pool *pool, struct job *job)
{
    return mailbox_post(pool->lasting.mailbox, job);
}
