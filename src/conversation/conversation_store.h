/* Changing a conversation: the steps that commands of the API, of imports and of capture are made
 * of.
 *
 * Each step changes the row in memory and appends the events that tell of it; `conversation_save`
 * writes the row once at the end. Steps take the time at which they happened, so that an import
 * replays history with the same code as live work.
 *
 * Owner: the writer's thread.
 */
#pragma once

#include "conversation/conversation.h"
#include "store/store.h"

/* ERR_NOT_FOUND. */
enum err conversation_load(struct tx *tx, struct arena *arena, int64_t id,
                           struct conversation *out);
enum err conversation_load_external(struct tx *tx, struct arena *arena, struct str external_id,
                                    struct conversation *out);
/* The newest unsolved conversation of that customer on that channel; ERR_NOT_FOUND. It may come
 * without its texts (`is_brief`): then conversation_save must not be called, but after loading it
 * whole by its id. */
enum err conversation_load_running(struct tx *tx, struct arena *arena, int64_t customer_id,
                                   int64_t channel_id, struct conversation *out);

/* Gives the draft an id and inserts it. Fields that matter: channel_id and created_at_ms; state 0
 * becomes new, priority 0 normal, sla_met as given. Appends conversation.created. */
enum err conversation_create(struct tx *tx, struct conversation *draft);

/* Stores the interaction (its id is set) and counts it in: activity, who waits since when, first
 * reply, reopening when the customer writes to a solved one, new becomes open when an agent
 * replies. With `conversation` NULL it is stored alone. `dimensions` adds what the interaction
 * itself knows (product, own attributes); team and agent come from it or else from the
 * conversation. Appends interaction.captured and what follows from it. ERR_CONFLICT if channel and
 * external_id are known. */
enum err conversation_append(struct tx *tx, struct conversation *conversation,
                             struct interaction *interaction, const struct dimensions *dimensions);

/* Whether conversation_append of this interaction changes the state. */
bool conversation_would_change(const struct conversation *conversation,
                               const struct interaction *interaction);

/* No event if nothing changes. Solving counts the first time apart; leaving solved or closed for an
 * unsolved state counts as reopening. */
enum err conversation_set_state(struct tx *tx, struct conversation *conversation,
                                enum conversation_state state, int64_t at_ms);
/* Sleeps until then; a timer wakes it into the state it had. */
enum err conversation_snooze(struct tx *tx, struct conversation *conversation, int64_t until_ms,
                             int64_t at_ms);
/* 0 unassigns. A change of a team or agent that was set before counts as a reassignment. */
enum err conversation_assign(struct tx *tx, struct conversation *conversation, int64_t team_id,
                             int64_t agent_id, int64_t at_ms);
enum err conversation_set_priority(struct tx *tx, struct conversation *conversation,
                                   enum priority priority, int64_t at_ms);
/* Topic, product, segment, country, language or an own dimension: what is known best, so facts are
 * corrected. */
enum err conversation_set_dimension(struct tx *tx, struct conversation *conversation,
                                    enum dimension dimension, int64_t value_id, int64_t at_ms);

/* Writes every changed column; version goes up by one. */
enum err conversation_save(struct tx *tx, struct conversation *conversation);

/* The same, when nothing happened to it but conversation_append without a change of state: the
 * usual message, and four times cheaper. */
enum err conversation_save_turn(struct tx *tx, struct conversation *conversation);

/* TIMER_SNOOZE. */
enum err conversation_wake(struct tx *tx, struct arena *arena, int64_t conversation_id);
