/* Events as streams show them: written once, with who may see them. Runs of consecutive events are
 * kept in blocks; two blocks in turn hold the latest ones, a third one those further back that a
 * stream is catching up with.
 *
 * Owner: the hub's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "http/permission.h"
#include "store/event.h"

enum { SHOWN_MAX = 512, SHOWN_TEXT_MAX = 16 * 1024 };

struct shown {
    int64_t seq;
    uint64_t topic; /* a bit, as topics_parse gives them */
    enum permission permission;
    int64_t reach_of; /* the conversation that must be in reach; 0: none, -1: nobody reaches it */
    struct str text; /* "id: …\nevent: …\ndata: …\n\n"; empty if no stream wanted its topic */
};

struct shown_block {
    struct arena *arena; /* of the texts */
    struct shown *items; /* room for SHOWN_MAX */
    size_t count;
    uint64_t topics; /* texts of these only were written */
};

/* What every kind is to streams. */
struct shown_kinds {
    uint64_t topics[EVENT_KIND_MAX + 1]; /* 0: unknown to this program, shown to nobody */
    enum permission permissions[EVENT_KIND_MAX + 1];
    bool needs_reach[EVENT_KIND_MAX + 1];
};

void shown_kinds_init(struct shown_kinds *kinds);
/* "conversation,interaction" as bits; "" gives all. ERR_INVALID for an unknown topic. */
enum err topics_parse(struct str text, uint64_t *out);

/* The blocks' arrays and texts are taken when first needed: a hub without streams costs nothing. */
void shown_clear(struct shown_block *block, uint64_t topics);
void shown_close(struct shown_block *block);
/* `event` must follow the one before it. ERR_LIMIT if the block is full. */
enum err shown_add(struct shown_block *block, const struct shown_kinds *kinds,
                   const struct event *event);
/* The run of events from `seq` on; 0 if the block does not hold it, or not the texts of `topics`.
 */
size_t shown_span(const struct shown_block *block, int64_t seq, uint64_t topics,
                  const struct shown **out);
