#include "base/thread.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"

enum { NAME_SIZE = 16 };

struct start {
    void (*run)(void *);
    void *context;
    char name[NAME_SIZE];
};

static void *thread_main(void *context)
{
    struct start start = *(struct start *)context;
    free(context);
    pthread_setname_np(pthread_self(), start.name);
    start.run(start.context);
    return NULL;
}

enum err thread_start(struct thread *thread, const char *name, void (*run)(void *), void *context)
{
    size_t name_size = strlen(name);
    assert(name_size < NAME_SIZE);
    struct start *start = malloc(sizeof(*start));
    if (!start) log_fatal("memory", "out of memory starting the thread %s", name);
    *start = (struct start){ .run = run, .context = context };
    memcpy(start->name, name, name_size + 1);

    /* A thread inherits the mask it is created under. */
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t handle;
    int failed = pthread_create(&handle, NULL, thread_main, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed) {
        free(start);
        log_error("thread", "name=%s errno=%d did not start", name, failed);
        return ERR_LIMIT;
    }
    *thread = (struct thread){ .handle = handle, .is_running = true };
    return OK;
}

void thread_join(struct thread *thread)
{
    if (!thread->is_running) return;
    int failed = pthread_join(thread->handle, NULL);
    assert(!failed);
    thread->is_running = false;
}

void thread_give_way(void)
{
    enum { NICENESS = 19 };
    /* To Linux a thread's number names its priority alone. */
    if (setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS) != 0) {
        log_warn("thread", "errno=%d cannot give way", errno);
    }
}

void owner_take(struct owner *owner)
{
    owner->thread = pthread_self();
}

bool owner_is_me(const struct owner *owner)
{
    return owner->thread == pthread_self();
}
