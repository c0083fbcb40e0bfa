/* Keeps a workspace's facts as far as its event log: a thread that reads the feed from its
 * beginning when the program starts, then waits for more.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct workspace; /* store/workspace.h */

/* Sets workspace->facts and starts the thread. */
enum err facts_follow_start(struct workspace *workspace);
/* Nobody may be using workspace->facts any more. Does nothing if it never started. */
void facts_follow_stop(struct workspace *workspace);

/* Waits until the facts know all that is committed by now, at most `timeout_ms`. Any thread. */
void facts_follow_wait(const struct workspace *workspace, int64_t timeout_ms);
/* False while the facts are still being rebuilt after the start: they would answer too little. */
bool facts_follow_is_ready(const struct workspace *workspace);
