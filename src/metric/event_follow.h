/* Events become facts. What stands for each conversation is remembered, so that it can be taken
 * back when it ends, moves or is corrected: then a fact of sign -1 follows, and the new one.
 *
 * It depends on the events alone, in their order: the same events give the same facts.
 *
 * Owner: the thread that owns the facts.
 */
#pragma once

#include "base/arena.h"
#include "column/facts.h"

struct event; /* store/event.h */
struct event_facts;

/* `facts` has MEASURES tables. Memory comes from `arena` and grows with the conversations. */
struct event_facts *event_facts_open(struct arena *arena, struct facts *facts);
/* Appends what follows from the event; the caller publishes. `scratch` may be reset afterwards. */
void event_facts_add(struct event_facts *facts, struct arena *scratch, const struct event *event);
