#include "http/job.h"

#include <stdatomic.h>
#include <unistd.h>

#include "base/test.h"
#include "store/setting.h"
#include "store/testing.h"

struct task {
    struct job job;
    atomic_int *done;
    atomic_bool *gate; /* waits until it is open; NULL: does not wait */
};

static void task_run(struct job *job, struct reader *reader, struct arena *arena)
{
    struct task *task = job->context;
    while (task->gate && !atomic_load(task->gate)) usleep(1000);
    struct str text;
    if (reader) CHECK(setting_read(reader, arena, STR("none"), &text) == ERR_NOT_FOUND);
    if (job->workspace) CHECK(reader != NULL);
    atomic_fetch_add(task->done, 1);
}

static struct task task_of(atomic_int *done, atomic_bool *gate, struct workspace *workspace)
{
    return (struct task){ .job = { .run = task_run, .workspace = workspace },
                          .done = done,
                          .gate = gate };
}

TEST(jobs_run_with_a_reader_of_their_workspace)
{
    enum { JOBS = 100 };
    struct workspace *workspace = testing_workspace_open();
    struct arena *arena = arena_open();
    struct job_pool *pool = NULL;
    atomic_int done = 0;
    struct task tasks[JOBS];
    CHECK(job_pool_open(arena, 3, 1, &pool) == OK);
    for (int i = 0; i < JOBS; i++) {
        tasks[i] = task_of(&done, NULL, i % 2 ? workspace : NULL);
        tasks[i].job.context = &tasks[i];
        CHECK(job_post(pool, &tasks[i].job) == OK);
    }
    job_pool_close(pool); /* takes what waits */
    CHECK(atomic_load(&done) == JOBS);
    arena_close(arena);
    testing_workspace_close(workspace);
}

TEST(a_long_job_holds_up_no_other)
{
    struct arena *arena = arena_open();
    struct job_pool *pool = NULL;
    atomic_int done = 0;
    atomic_bool gate = false;
    CHECK(job_pool_open(arena, 2, 1, &pool) == OK);
    struct task lasting = task_of(&done, &gate, NULL);
    lasting.job.context = &lasting;
    struct task quick = task_of(&done, NULL, NULL);
    quick.job.context = &quick;
    CHECK(job_post_long(pool, &lasting.job) == OK);
    CHECK(job_post(pool, &quick.job) == OK);
    for (int i = 0; i < 2000 && atomic_load(&done) == 0; i++) usleep(1000);
    CHECK(atomic_load(&done) == 1);
    CHECK(!job_pool_is_closing(pool));
    atomic_store(&gate, true);
    job_pool_close(pool);
    CHECK(atomic_load(&done) == 2);
    arena_close(arena);
}

TEST(more_waiting_jobs_than_the_pool_holds_are_refused)
{
    struct arena *arena = arena_open();
    struct job_pool *pool = NULL;
    atomic_int done = 0;
    atomic_bool gate = false;
    CHECK(job_pool_open(arena, 1, 0, &pool) == OK);
    static struct task tasks[JOBS_WAITING_MAX + 2];
    enum err err = OK;
    int posted = 0;
    for (; posted < JOBS_WAITING_MAX + 2; posted++) {
        tasks[posted] = task_of(&done, &gate, NULL);
        tasks[posted].job.context = &tasks[posted];
        err = job_post(pool, &tasks[posted].job);
        if (err) break;
    }
    CHECK(err == ERR_BUSY && posted >= JOBS_WAITING_MAX);
    atomic_store(&gate, true);
    job_pool_close(pool);
    CHECK(atomic_load(&done) == posted);
    arena_close(arena);
}
