/* A pointer that one thread replaces and others read without a lock: what a reader got through
 * publish_get is complete, for it was written before publish_set. What was replaced must stay
 * readable until no reader can hold it: how, is the publisher's own rule.
 */
#pragma once

#include <stdatomic.h>
#include <stddef.h>

struct publish {
    _Atomic(void *) pointer;
};

static inline void publish_set(struct publish *publish, void *pointer)
{
    atomic_store_explicit(&publish->pointer, pointer, memory_order_release);
}

static inline void *publish_get(const struct publish *publish)
{
    /* C17's atomic_load takes no pointer to const in some compilers. */
    return atomic_load_explicit(&((struct publish *)(size_t)publish)->pointer,
                                memory_order_acquire);
}
