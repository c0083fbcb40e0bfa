/* Which facts of a conversation stand at the moment: those that may still be taken back.
 *
 * Owner: the thread that owns the facts.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "column/facts.h"

struct standings;

enum standing_kind {
    STANDING_OPENED,
    STANDING_FIRST_REPLY,
    STANDING_RESOLUTION,
    STANDING_BACKLOG,
    STANDING_SLA,
    STANDING_KINDS
};

struct standings *standings_open(struct arena *arena, struct facts *facts);

/* False if none stands. */
bool standing_get(const struct standings *standings, enum standing_kind kind, uint32_t conversation,
                  struct fact *out);
/* The fact stands from now on; what stood before is taken back, at its own time. */
void standing_put(struct standings *standings, enum standing_kind kind, const struct fact *fact);
/* Takes it back at `at_ms` and forgets it: for levels, whose history stays. */
void standing_end(struct standings *standings, enum standing_kind kind, uint32_t conversation,
                  int64_t at_ms, int64_t seq);

/* Spam and merged conversations count nowhere: takes back that it was opened, its first reply and
 * its resolution, but remembers them, and what happens to them meanwhile. Twice is once. */
void standing_hide(struct standings *standings, uint32_t conversation, int64_t seq);
void standing_show(struct standings *standings, uint32_t conversation, int64_t seq);

struct standing_correction {
    uint32_t conversation;
    int dimension;
    uint16_t code; /* right for all facts of the conversation */
    int64_t seq;
};
/* Takes back every fact with another code and writes it anew at its original time. */
void standing_correct(struct standings *standings, struct arena *scratch,
                      const struct standing_correction *correction);
