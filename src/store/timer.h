/* Timers: things to do at a time. A due timer is a command: it runs in the transaction that deletes
 * it, so it fires once, restarts included.
 *
 * Owner: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "store/store.h"

enum timer_kind {
    TIMER_SNOOZE = 1, /* a conversation wakes */
    TIMER_FORGET = 2, /* old idempotency keys, sessions and unused files go; every hour */
    TIMER_KIND_MAX = 15
};

/* What a timer does; `subject_id` is what it was set for. Registered at start, one per kind. */
struct timer_action {
    enum timer_kind kind;
    enum err (*run)(struct tx *tx, struct arena *arena, int64_t subject_id);
};

/* Sets the timer of that kind for the subject, replacing one that was set before. */
enum err timer_set(struct tx *tx, enum timer_kind kind, int64_t subject_id, int64_t due_ms);
enum err timer_cancel(struct tx *tx, enum timer_kind kind, int64_t subject_id);
