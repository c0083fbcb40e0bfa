/* Threads and who owns what. The only place that calls pthread_create. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

struct thread {
    unsigned long handle;
    bool is_running;
};

/* `name` is 15 characters at the most. Signals stay with the main thread. */
enum err thread_start(struct thread *thread, const char *name, void (*run)(void *), void *context);
/* Waits for its end. Does nothing if it never started. */
void thread_join(struct thread *thread);

/* The calling thread gives way to others from now on: for work that may lag behind. */
void thread_give_way(void);

/* For `assert(owner_is_me(&x->owner))`: the thread that last took ownership. */
struct owner {
    unsigned long thread;
};

void owner_take(struct owner *owner);
bool owner_is_me(const struct owner *owner);
