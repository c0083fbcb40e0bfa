/* Where threads meet: a bounded queue of pointers, many posting, one taking.
 *
 * Owner: the thread that takes; any thread may post.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct mailbox;

/* Holds `capacity` items at the most. The struct lives in `arena`. */
struct mailbox *mailbox_open(struct arena *arena, size_t capacity);
/* Nobody may be waiting any more. */
void mailbox_close(struct mailbox *mailbox);

/* ERR_BUSY if the mailbox is full or shut. Never blocks. */
enum err mailbox_post(struct mailbox *mailbox, void *item);
/* Waits until there is an item, the mailbox is shut, or `timeout_ms` have passed (-1: for ever),
 * then takes up to `count_max`. 0 after a time-out, a wake-up, or when shut and empty. */
size_t mailbox_take(struct mailbox *mailbox, void **items, size_t count_max, int64_t timeout_ms);
/* Ends one waiting mailbox_take, or the next one, without an item. */
void mailbox_wake(struct mailbox *mailbox);
/* No more posts; what is in it can still be taken. */
void mailbox_shut(struct mailbox *mailbox);
bool mailbox_is_shut(struct mailbox *mailbox);
size_t mailbox_count(struct mailbox *mailbox);
