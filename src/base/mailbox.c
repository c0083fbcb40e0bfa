#include "base/mailbox.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/time.h"

struct mailbox {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    void **items; /* a ring */
    size_t capacity;
    size_t first;
    size_t count;
    bool is_waiting;
    bool is_woken;
    bool is_shut;
};

static void lock(struct mailbox *mailbox)
{
    int failed = pthread_mutex_lock(&mailbox->mutex);
    assert(!failed);
}

static void unlock(struct mailbox *mailbox)
{
    int failed = pthread_mutex_unlock(&mailbox->mutex);
    assert(!failed);
}

struct mailbox *mailbox_open(struct arena *arena, size_t capacity)
{
    assert(capacity > 0);
    struct mailbox *mailbox = arena_new(arena, struct mailbox);
    mailbox->items = arena_array(arena, void *, capacity);
    mailbox->capacity = capacity;

    pthread_condattr_t attributes;
    int failed = pthread_mutex_init(&mailbox->mutex, NULL);
    failed |= pthread_condattr_init(&attributes);
    failed |= pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    failed |= pthread_cond_init(&mailbox->changed, &attributes);
    failed |= pthread_condattr_destroy(&attributes);
    assert(!failed);
    return mailbox;
}

void mailbox_close(struct mailbox *mailbox)
{
    if (!mailbox) return;
    assert(!mailbox->is_waiting);
    int failed = pthread_cond_destroy(&mailbox->changed);
    failed |= pthread_mutex_destroy(&mailbox->mutex);
    assert(!failed);
}

enum err mailbox_post(struct mailbox *mailbox, void *item)
{
    lock(mailbox);
    bool is_accepted = !mailbox->is_shut && mailbox->count < mailbox->capacity;
    if (is_accepted) {
        mailbox->items[(mailbox->first + mailbox->count) % mailbox->capacity] = item;
        mailbox->count++;
        if (mailbox->is_waiting) pthread_cond_signal(&mailbox->changed);
    }
    unlock(mailbox);
    return is_accepted ? OK : ERR_BUSY;
}

static struct timespec deadline_after(int64_t timeout_ms)
{
    enum { NS_PER_MS = 1000000, NS_PER_SECOND = 1000000000 };
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += timeout_ms / MS_PER_SECOND;
    at.tv_nsec += timeout_ms % MS_PER_SECOND * NS_PER_MS;
    if (at.tv_nsec >= NS_PER_SECOND) {
        at.tv_sec++;
        at.tv_nsec -= NS_PER_SECOND;
    }
    return at;
}

/* Holds the mutex. */
static void wait_for_change(struct mailbox *mailbox, int64_t timeout_ms)
{
    if (timeout_ms == 0) return;
    struct timespec deadline = { 0 };
    if (timeout_ms > 0) deadline = deadline_after(timeout_ms);
    int result = 0;
    mailbox->is_waiting = true;
    while (mailbox->count == 0 && !mailbox->is_woken && !mailbox->is_shut && result != ETIMEDOUT) {
        result = timeout_ms < 0
                     ? pthread_cond_wait(&mailbox->changed, &mailbox->mutex)
                     : pthread_cond_timedwait(&mailbox->changed, &mailbox->mutex, &deadline);
        assert(result == 0 || result == ETIMEDOUT);
    }
    mailbox->is_waiting = false;
}

size_t mailbox_take(struct mailbox *mailbox, void **items, size_t count_max, int64_t timeout_ms)
{
    lock(mailbox);
    assert(!mailbox->is_waiting); /* one thread takes */
    wait_for_change(mailbox, timeout_ms);
    size_t count = 0;
    if (mailbox->is_woken) {
        mailbox->is_woken = false;
    } else {
        count = mailbox->count < count_max ? mailbox->count : count_max;
        for (size_t i = 0; i < count; i++) {
            items[i] = mailbox->items[(mailbox->first + i) % mailbox->capacity];
        }
        mailbox->first = (mailbox->first + count) % mailbox->capacity;
        mailbox->count -= count;
    }
    unlock(mailbox);
    return count;
}

void mailbox_wake(struct mailbox *mailbox)
{
    lock(mailbox);
    mailbox->is_woken = true;
    pthread_cond_signal(&mailbox->changed);
    unlock(mailbox);
}

void mailbox_shut(struct mailbox *mailbox)
{
    lock(mailbox);
    mailbox->is_shut = true;
    pthread_cond_signal(&mailbox->changed);
    unlock(mailbox);
}

bool mailbox_is_shut(struct mailbox *mailbox)
{
    lock(mailbox);
    bool is_shut = mailbox->is_shut;
    unlock(mailbox);
    return is_shut;
}

size_t mailbox_count(struct mailbox *mailbox)
{
    lock(mailbox);
    size_t count = mailbox->count;
    unlock(mailbox);
    return count;
}
