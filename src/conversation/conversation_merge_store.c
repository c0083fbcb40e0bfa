#include "conversation/conversation_change_store.h"
#include "conversation/conversation_store.h"
#include "store/event.h"

static const struct query ANSWERS_MOVE = {
    .sql = "UPDATE answer SET conversation_id = $1 WHERE interaction_id IN"
           " (SELECT id FROM interaction WHERE conversation_id = $2)",
};
static const struct query INTERACTIONS_MOVE = {
    .sql = "UPDATE interaction SET conversation_id = $1 WHERE conversation_id = $2",
};
static const struct query INVITATIONS_MOVE = {
    .sql = "UPDATE invitation SET conversation_id = $1 WHERE conversation_id = $2",
};
static const struct query LABELS_MOVE = {
    .sql = "INSERT INTO conversation_label (conversation_id, label_id)"
           " SELECT CAST($1 AS BIGINT), label_id FROM conversation_label WHERE conversation_id = $2"
           " ON CONFLICT DO NOTHING",
};
static const struct query MENTIONS_MOVE = {
    .sql =
        "INSERT INTO conversation_mention (conversation_id, agent_id)"
        " SELECT CAST($1 AS BIGINT), agent_id FROM conversation_mention WHERE conversation_id = $2"
        " ON CONFLICT DO NOTHING",
};
/* Whoever wrote in $2 is a guest of $1, but for the customer of $1 itself, $3. */
static const struct query GUESTS_MOVE = {
    .sql = "INSERT INTO conversation_guest (customer_id, conversation_id)"
           " SELECT DISTINCT customer_id, CAST($1 AS BIGINT) FROM interaction"
           " WHERE conversation_id = $2 AND customer_id IS NOT NULL AND customer_id <> $3"
           " ON CONFLICT DO NOTHING",
};
static int64_t earlier_of(int64_t a, int64_t b)
{
    if (a == 0 || b == 0) return a ? a : b;
    return a < b ? a : b;
}

/* What `into` takes over; who replied first to whom stays as it was counted. */
static void take_over(struct conversation *into, const struct conversation *from)
{
    into->interaction_count += from->interaction_count;
    into->inbound_at_ms = earlier_of(into->inbound_at_ms, from->inbound_at_ms);
    if (state_is_unsolved(into->state)) {
        into->waiting_since_ms = earlier_of(into->waiting_since_ms, from->waiting_since_ms);
    }
    bool is_newer = from->activity_at_ms > into->activity_at_ms;
    if (from->last_interaction_id != 0 && (is_newer || into->last_interaction_id == 0)) {
        into->last_interaction_id = from->last_interaction_id;
    }
    if (is_newer) into->activity_at_ms = from->activity_at_ms;
}

static enum err move_rows(struct tx *tx, const struct conversation *into,
                          const struct conversation *from)
{
    static const struct query *const MOVES[] = { &ANSWERS_MOVE, &INVITATIONS_MOVE, &LABELS_MOVE,
                                                 &MENTIONS_MOVE, &INTERACTIONS_MOVE };
    struct arguments both = ARGS(value_int(into->id), value_int(from->id));
    enum err err =
        tx_write(tx, &GUESTS_MOVE,
                 ARGS(value_int(into->id), value_int(from->id), value_int(into->customer_id)));
    if (err) return err;
    for (size_t i = 0; i < sizeof(MOVES) / sizeof(MOVES[0]); i++) {
        err = tx_write(tx, MOVES[i], both);
        if (err) return err;
    }
    return OK;
}

static void tell_merged(struct tx *tx, const struct conversation *from, int64_t into_id)
{
    struct event_values values = { 0 };
    event_put(&values, FIELD_INTO, into_id);
    tx_event(tx, &(struct event){ .kind = EVENT_CONVERSATION_MERGED,
                                  .customer_id = from->customer_id,
                                  .conversation_id = from->id,
                                  .values = values.items,
                                  .values_count = values.count });
}

static enum err load_both(struct tx *tx, struct arena *arena,
                          const struct conversation_merge_in *merge, struct conversation *into,
                          struct conversation *from, enum conversation_fault *fault)
{
    enum err err = conversation_load(tx, arena, merge->into_id, into);
    if (err) return err;
    err = conversation_load(tx, arena, merge->from_id, from);
    if (err == ERR_NOT_FOUND) *fault = CONVERSATION_FROM_NOT_FOUND;
    if (err) return err;
    if (merge->into_id == merge->from_id) *fault = CONVERSATION_MERGE_ITSELF;
    if (into->merged_into != 0 || from->merged_into != 0) *fault = CONVERSATION_IS_MERGED;
    return *fault == CONVERSATION_FINE ? OK : ERR_CONFLICT;
}

static enum err merge_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct conversation_merge_in *merge = in;
    struct conversation_out *merged = out;
    *merged = (struct conversation_out){ 0 };
    struct conversation into;
    struct conversation from;
    enum err err = load_both(tx, arena, merge, &into, &from, &merged->fault);
    if (!err) err = move_rows(tx, &into, &from);
    if (err) return err;

    take_over(&into, &from);
    err = conversation_set_state(tx, &from, STATE_CLOSED, tx->now_ms);
    if (err) return err;
    from.merged_into = into.id;
    from.interaction_count = 0;
    from.last_interaction_id = 0;
    tell_merged(tx, &from, into.id);
    err = conversation_save(tx, &from);
    if (!err) err = conversation_save(tx, &into);
    if (err) return err;
    return conversation_view_read(&(struct read_from){ .tx = tx }, arena, into.id, &merged->view);
}

const struct command CONVERSATION_MERGE = { .name = "conversation_merge", .run = merge_run };
