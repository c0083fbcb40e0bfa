/* The audit: events about people, keys, settings and definitions, newest first. It is the event log
 * itself, so nobody can leave anything out of it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/event.h"
#include "store/store.h"

enum { AUDIT_LIST_MAX = 200 };

/* Below `before_seq` (0: from the newest). `count_max` is AUDIT_LIST_MAX + 1 at the most. */
enum err audit_list(struct reader *reader, struct arena *arena, int64_t before_seq,
                    size_t count_max, struct event **out, size_t *count);
