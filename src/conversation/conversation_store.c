#include "conversation/conversation_store.h"

#include <assert.h>
#include <string.h>

#include "store/event.h"
#include "store/timer.h"

#define CONVERSATION_COLUMNS                                                                       \
    "SELECT id, external_id, customer_id, channel_id, touchpoint_id, team_id, agent_id, state,"    \
    " state_label, priority, topic_id, product_id, segment_id, country_id, language_id,"           \
    " own_values, subject, attributes, created_at_ms, activity_at_ms, waiting_since_ms,"           \
    " inbound_at_ms, first_reply_at_ms, first_solved_at_ms, solved_at_ms, closed_at_ms,"           \
    " snoozed_until_ms, snoozed_from, last_interaction_id, interaction_count,"                     \
    " reassignment_count, reopen_count, sla_met, merged_into, version FROM conversation"

static const struct query LOAD = {
    .sql = CONVERSATION_COLUMNS " WHERE id = $1",
    .rows_max = 1,
};
static const struct query LOAD_EXTERNAL = {
    .sql = CONVERSATION_COLUMNS " WHERE external_id = $1",
    .rows_max = 1,
};
/* Unsolved states are those below 6 (enum conversation_state); the index conversation_running has
 * them. */
static const struct query LOAD_RUNNING = {
    .sql = CONVERSATION_COLUMNS " WHERE customer_id = $1 AND state < 6 AND channel_id = $2"
                                " ORDER BY created_at_ms DESC, id DESC LIMIT 1",
    .rows_max = 1,
};
static const struct query INSERT = {
    .sql = "INSERT INTO conversation (id, external_id, customer_id, channel_id, touchpoint_id,"
           " team_id, agent_id, state, state_label, priority, topic_id, product_id, segment_id,"
           " country_id, language_id, own_values, subject, attributes, created_at_ms,"
           " activity_at_ms, interaction_count, reassignment_count, reopen_count, sla_met, version)"
           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
           " $18, $19, $20, 0, 0, 0, $21, 1)",
};
static const struct query SAVE = {
    .sql = "UPDATE conversation SET external_id = $2, customer_id = $3, channel_id = $4,"
           " touchpoint_id = $5, team_id = $6, agent_id = $7, state = $8, state_label = $9,"
           " priority = $10, topic_id = $11, product_id = $12, segment_id = $13,"
           " country_id = $14, language_id = $15, own_values = $16, subject = $17,"
           " attributes = $18, activity_at_ms = $19, waiting_since_ms = $20, inbound_at_ms = $21,"
           " first_reply_at_ms = $22, first_solved_at_ms = $23, solved_at_ms = $24,"
           " closed_at_ms = $25, snoozed_until_ms = $26, snoozed_from = $27,"
           " last_interaction_id = $28, interaction_count = $29, reassignment_count = $30,"
           " reopen_count = $31, sla_met = $32, merged_into = $33, version = $34 WHERE id = $1",
    .changes_one = true,
};
/* What one more interaction changes. SQLite rewrites every index of which a column is named here,
 * even if its value stays, so the usual message must not name more. */
static const struct query SAVE_TURN = {
    .sql = "UPDATE conversation SET activity_at_ms = $2, waiting_since_ms = $3, inbound_at_ms = $4,"
           " first_reply_at_ms = $5, last_interaction_id = $6, interaction_count = $7,"
           " version = $8 WHERE id = $1",
    .changes_one = true,
};
static const struct query INTERACTION_INSERT = {
    .sql = "INSERT INTO interaction (id, external_id, channel_id, at_ms, kind, direction,"
           " customer_id, conversation_id, touchpoint_id, team_id, agent_id, outcome, wait_ms,"
           " handle_ms, text, attributes, captured_at_ms)"
           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
};

/* Another customer than the conversation's own wrote in it: erasing must find those words. */
static const struct query GUEST_ADD = {
    .sql = "INSERT INTO conversation_guest (customer_id, conversation_id) VALUES ($1, $2)"
           " ON CONFLICT DO NOTHING",
};

static struct value bytes_or_null(struct str bytes)
{
    return bytes.data ? value_bytes(bytes) : value_null();
}

/* -1 is unknown. */
static struct value known_or_null(int64_t number)
{
    return number < 0 ? value_null() : value_int(number);
}

static struct conversation conversation_of(const struct rows *rows)
{
    bool has_sla = !rows_is_null(rows, 0, 32);
    bool has_own = !rows_is_null(rows, 0, 15);
    return (struct conversation){
        .id = rows_int(rows, 0, 0),
        .external_id = rows_text_or_none(rows, 0, 1),
        .customer_id = rows_int_or_zero(rows, 0, 2),
        .channel_id = rows_int(rows, 0, 3),
        .touchpoint_id = rows_int_or_zero(rows, 0, 4),
        .team_id = rows_int_or_zero(rows, 0, 5),
        .agent_id = rows_int_or_zero(rows, 0, 6),
        .state = (enum conversation_state)rows_int(rows, 0, 7),
        .state_label = rows_text_or_none(rows, 0, 8),
        .priority = (enum priority)rows_int(rows, 0, 9),
        .topic_id = rows_int_or_zero(rows, 0, 10),
        .product_id = rows_int_or_zero(rows, 0, 11),
        .segment_id = rows_int_or_zero(rows, 0, 12),
        .country_id = rows_int_or_zero(rows, 0, 13),
        .language_id = rows_int_or_zero(rows, 0, 14),
        .own_values = has_own ? rows_bytes(rows, 0, 15) : (struct str){ 0 },
        .subject = rows_text_or_none(rows, 0, 16),
        .attributes = rows_text_or_none(rows, 0, 17),
        .created_at_ms = rows_int(rows, 0, 18),
        .activity_at_ms = rows_int(rows, 0, 19),
        .waiting_since_ms = rows_int_or_zero(rows, 0, 20),
        .inbound_at_ms = rows_int_or_zero(rows, 0, 21),
        .first_reply_at_ms = rows_int_or_zero(rows, 0, 22),
        .first_solved_at_ms = rows_int_or_zero(rows, 0, 23),
        .solved_at_ms = rows_int_or_zero(rows, 0, 24),
        .closed_at_ms = rows_int_or_zero(rows, 0, 25),
        .snoozed_until_ms = rows_int_or_zero(rows, 0, 26),
        .snoozed_from = (enum conversation_state)rows_int_or_zero(rows, 0, 27),
        .last_interaction_id = rows_int_or_zero(rows, 0, 28),
        .interaction_count = rows_int(rows, 0, 29),
        .reassignment_count = rows_int(rows, 0, 30),
        .reopen_count = rows_int(rows, 0, 31),
        .sla_met = has_sla ? (int)rows_int(rows, 0, 32) : -1,
        .merged_into = rows_int_or_zero(rows, 0, 33),
        .version = rows_int(rows, 0, 34),
    };
}

static enum err load(struct tx *tx, struct arena *arena, const struct query *query,
                     struct arguments arguments, struct conversation *out)
{
    struct rows rows;
    enum err err = tx_read(tx, arena, query, arguments, &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    *out = conversation_of(&rows);
    return OK;
}

enum err conversation_load(struct tx *tx, struct arena *arena, int64_t id, struct conversation *out)
{
    return load(tx, arena, &LOAD, ARGS(value_int(id)), out);
}

enum err conversation_load_external(struct tx *tx, struct arena *arena, struct str external_id,
                                    struct conversation *out)
{
    return load(tx, arena, &LOAD_EXTERNAL, ARGS(value_text(external_id)), out);
}

/* ---- the running conversation of a customer on a channel, remembered ---- */

enum { OWN_VALUES_MAX = 64 };

/* A conversation without its texts. */
struct brief {
    struct conversation row; /* its own_values point nowhere */
    size_t own_size;
    char own[OWN_VALUES_MAX];
};

static_assert(sizeof(struct brief) <= 480, "a cached conversation stays small");

struct running_key {
    int64_t customer_id;
    int64_t channel_id;
};

static struct str running_key(const struct running_key *key)
{
    return (struct str){ (const char *)key, sizeof(*key) };
}

static void running_put(struct tx *tx, const struct running_key *key,
                        const struct conversation *conversation)
{
    struct str own = conversation->own_values;
    if (own.size > OWN_VALUES_MAX) {
        tx_cache_drop(tx, TX_CACHE_CONVERSATION, running_key(key));
        return;
    }
    struct brief brief = { .row = *conversation, .own_size = own.size };
    if (own.size > 0) memcpy(brief.own, own.data, own.size);
    brief.row.external_id = brief.row.state_label = (struct str){ 0 };
    brief.row.subject = brief.row.attributes = brief.row.own_values = (struct str){ 0 };
    brief.row.is_brief = true;
    tx_cache_put(tx, TX_CACHE_CONVERSATION, running_key(key), &brief, sizeof(brief));
}

static bool running_find(struct tx *tx, struct arena *arena, const struct running_key *key,
                         struct conversation *out)
{
    struct brief brief;
    if (!tx_cache_find(tx, TX_CACHE_CONVERSATION, running_key(key), &brief, sizeof(brief))) {
        return false;
    }
    *out = brief.row;
    if (brief.own_size > 0) {
        out->own_values = arena_copy(arena, (struct str){ brief.own, brief.own_size });
    }
    return true;
}

/* One that was reached by its name need not be the newest: it takes nobody's place. */
static void running_update(struct tx *tx, const struct conversation *conversation)
{
    struct running_key key = { conversation->customer_id, conversation->channel_id };
    struct brief brief;
    if (tx_cache_find(tx, TX_CACHE_CONVERSATION, running_key(&key), &brief, sizeof(brief)) &&
        brief.row.id == conversation->id) {
        running_put(tx, &key, conversation);
    }
}

enum err conversation_load_running(struct tx *tx, struct arena *arena, int64_t customer_id,
                                   int64_t channel_id, struct conversation *out)
{
    struct running_key key = { customer_id, channel_id };
    if (running_find(tx, arena, &key, out)) return OK;
    enum err err =
        load(tx, arena, &LOAD_RUNNING, ARGS(value_int(customer_id), value_int(channel_id)), out);
    if (!err) running_put(tx, &key, out);
    return err;
}

/* ---- events ---- */

static struct event event_about(const struct conversation *conversation, enum event_kind kind,
                                int64_t at_ms, const struct event_values *values)
{
    return (struct event){
        .kind = kind,
        .at_ms = at_ms,
        .customer_id = conversation->customer_id,
        .conversation_id = conversation->id,
        .values = values->items,
        .values_count = values->count,
    };
}

static struct event_values values_of(const struct conversation *conversation)
{
    struct dimensions dimensions;
    conversation_dimensions(conversation, &dimensions);
    struct event_values values = { 0 };
    event_put_dimensions(&values, &dimensions);
    return values;
}

static void tell(struct tx *tx, const struct conversation *conversation, enum event_kind kind,
                 int64_t at_ms, const struct event_values *values)
{
    struct event event = event_about(conversation, kind, at_ms, values);
    tx_event(tx, &event);
}

/* ---- steps ---- */

enum err conversation_create(struct tx *tx, struct conversation *draft)
{
    assert(draft->channel_id != 0 && draft->created_at_ms != 0);
    draft->id = tx_id(tx);
    if (!draft->state) draft->state = STATE_NEW;
    if (!draft->priority) draft->priority = PRIORITY_NORMAL;
    draft->activity_at_ms = draft->created_at_ms;
    struct running_key key = { draft->customer_id, draft->channel_id };
    tx_cache_drop(tx, TX_CACHE_CONVERSATION, running_key(&key)); /* this one is newer */
    draft->version = 1;
    enum err err =
        tx_write(tx, &INSERT,
                 ARGS(value_int(draft->id), value_text_or_null(draft->external_id),
                      value_int_or_null(draft->customer_id), value_int(draft->channel_id),
                      value_int_or_null(draft->touchpoint_id), value_int_or_null(draft->team_id),
                      value_int_or_null(draft->agent_id), value_int(draft->state),
                      value_text_or_null(draft->state_label), value_int(draft->priority),
                      value_int_or_null(draft->topic_id), value_int_or_null(draft->product_id),
                      value_int_or_null(draft->segment_id), value_int_or_null(draft->country_id),
                      value_int_or_null(draft->language_id), bytes_or_null(draft->own_values),
                      value_text_or_null(draft->subject), value_text_or_null(draft->attributes),
                      value_int(draft->created_at_ms), value_int(draft->activity_at_ms),
                      known_or_null(draft->sla_met)));
    if (err) return err;
    struct event_values values = values_of(draft);
    event_put(&values, FIELD_STATE, draft->state);
    tell(tx, draft, EVENT_CONVERSATION_CREATED, draft->created_at_ms, &values);
    return OK;
}

/* What one interaction changes about who waits for whom; -1 where it changes nothing. */
struct turn {
    bool is_first_inbound;
    int64_t first_reply_ms;
    int64_t reply_ms;
};

static bool reaches_customer(const struct interaction *interaction)
{
    return interaction->kind == KIND_MESSAGE || interaction->kind == KIND_CALL;
}

static void note_first_reply(struct conversation *conversation, int64_t at_ms, struct turn *turn)
{
    if (conversation->inbound_at_ms == 0 || conversation->first_reply_at_ms != 0) return;
    conversation->first_reply_at_ms = at_ms;
    turn->first_reply_ms = at_ms - conversation->inbound_at_ms;
}

/* A call that was answered is served as it comes in; its wait is the reply time. */
static void take_inbound(struct conversation *conversation, const struct interaction *interaction,
                         struct turn *turn)
{
    bool is_served = interaction->kind == KIND_CALL && interaction->outcome == OUTCOME_ANSWERED;
    if (conversation->inbound_at_ms == 0) {
        conversation->inbound_at_ms = interaction->at_ms;
        turn->is_first_inbound = true;
    }
    if (is_served) {
        int64_t wait_ms = interaction->wait_ms > 0 ? interaction->wait_ms : 0;
        note_first_reply(conversation, interaction->at_ms + wait_ms, turn);
        turn->reply_ms = wait_ms;
        conversation->waiting_since_ms = 0;
    } else if (conversation->waiting_since_ms == 0) {
        conversation->waiting_since_ms = interaction->at_ms;
    }
}

/* Answers by a bot do not count as replies (docs/decisions). */
static void take_outbound(struct conversation *conversation, const struct interaction *interaction,
                          struct turn *turn)
{
    if (interaction->outcome == OUTCOME_BOT) return;
    int64_t waiting_ms = conversation->waiting_since_ms;
    if (waiting_ms == 0 || interaction->at_ms < waiting_ms) return;
    turn->reply_ms = interaction->at_ms - waiting_ms;
    note_first_reply(conversation, interaction->at_ms, turn);
    conversation->waiting_since_ms = 0;
}

static struct turn take_turn(struct conversation *conversation,
                             const struct interaction *interaction)
{
    struct turn turn = { .first_reply_ms = -1, .reply_ms = -1 };
    if (!reaches_customer(interaction)) return turn;
    if (interaction->direction == DIRECTION_IN) take_inbound(conversation, interaction, &turn);
    if (interaction->direction == DIRECTION_OUT) take_outbound(conversation, interaction, &turn);
    return turn;
}

static void merge_dimensions(struct dimensions *into, const struct dimensions *more)
{
    if (!more) return;
    for (int i = 0; i < DIMENSIONS; i++) {
        if (more->values[i] != 0) into->values[i] = more->values[i];
    }
}

/* Who-dimensions of an interaction: its own, else where its conversation stands. */
static void interaction_values(const struct conversation *conversation,
                               const struct interaction *interaction, const struct dimensions *more,
                               struct event_values *out)
{
    struct dimensions dimensions = { 0 };
    if (conversation) conversation_dimensions(conversation, &dimensions);
    merge_dimensions(&dimensions, more);
    dimensions.values[DIMENSION_CHANNEL] = interaction->channel_id;
    if (interaction->team_id) dimensions.values[DIMENSION_TEAM] = interaction->team_id;
    if (interaction->agent_id) dimensions.values[DIMENSION_AGENT] = interaction->agent_id;
    if (interaction->touchpoint_id) {
        dimensions.values[DIMENSION_TOUCHPOINT] = interaction->touchpoint_id;
    }
    dimensions.values[DIMENSION_KIND] = interaction->kind;
    dimensions.values[DIMENSION_DIRECTION] = interaction->direction;
    dimensions.values[DIMENSION_OUTCOME] = interaction->outcome;
    event_put_dimensions(out, &dimensions);
}

static void tell_captured(struct tx *tx, const struct conversation *conversation,
                          const struct interaction *interaction, const struct dimensions *more,
                          const struct turn *turn)
{
    struct event_values values = { 0 };
    interaction_values(conversation, interaction, more, &values);
    if (interaction->wait_ms >= 0) event_put_zero(&values, FIELD_WAIT_MS, interaction->wait_ms);
    if (interaction->handle_ms >= 0) {
        event_put_zero(&values, FIELD_HANDLE_MS, interaction->handle_ms);
    }
    if (turn->is_first_inbound) {
        event_put(&values, FIELD_IS_FIRST, 1);
        event_put(&values, FIELD_INBOUND_AT_MS, conversation->inbound_at_ms);
    }
    if (turn->first_reply_ms >= 0) {
        event_put_zero(&values, FIELD_FIRST_REPLY_MS, turn->first_reply_ms);
    }
    if (turn->reply_ms >= 0) event_put_zero(&values, FIELD_REPLY_MS, turn->reply_ms);
    tx_event(tx, &(struct event){ .kind = EVENT_INTERACTION_CAPTURED,
                                  .at_ms = interaction->at_ms,
                                  .customer_id = interaction->customer_id,
                                  .conversation_id = interaction->conversation_id,
                                  .interaction_id = interaction->id,
                                  .values = values.items,
                                  .values_count = values.count });
}

static enum err interaction_insert(struct tx *tx, const struct interaction *interaction)
{
    return tx_write(
        tx, &INTERACTION_INSERT,
        ARGS(value_int(interaction->id), value_text_or_null(interaction->external_id),
             value_int(interaction->channel_id), value_int(interaction->at_ms),
             value_int(interaction->kind), value_int(interaction->direction),
             value_int_or_null(interaction->customer_id),
             value_int_or_null(interaction->conversation_id),
             value_int_or_null(interaction->touchpoint_id), value_int_or_null(interaction->team_id),
             value_int_or_null(interaction->agent_id), value_int(interaction->outcome),
             known_or_null(interaction->wait_ms), known_or_null(interaction->handle_ms),
             value_text_or_null(interaction->text), value_text_or_null(interaction->attributes),
             value_int(interaction->captured_at_ms)));
}

static void count_in(struct conversation *conversation, const struct interaction *interaction)
{
    conversation->interaction_count++;
    if (interaction->at_ms < conversation->activity_at_ms) return;
    conversation->activity_at_ms = interaction->at_ms;
    conversation->last_interaction_id = interaction->id;
}

/* What the customer writes wakes the conversation; an agent's reply opens a new one. */
static enum conversation_state state_after(const struct conversation *conversation,
                                           const struct interaction *interaction)
{
    enum conversation_state state = conversation->state;
    if (!reaches_customer(interaction)) return state;
    if (interaction->direction == DIRECTION_OUT) return state == STATE_NEW ? STATE_OPEN : state;
    bool stays =
        interaction->direction != DIRECTION_IN || state == STATE_NEW || state == STATE_SPAM;
    bool is_over = interaction->at_ms < conversation->solved_at_ms ||
                   interaction->at_ms < conversation->closed_at_ms;
    return stays || is_over ? state : STATE_OPEN;
}

bool conversation_would_change(const struct conversation *conversation,
                               const struct interaction *interaction)
{
    return state_after(conversation, interaction) != conversation->state;
}

enum err conversation_append(struct tx *tx, struct conversation *conversation,
                             struct interaction *interaction, const struct dimensions *dimensions)
{
    interaction->id = tx_id(tx);
    interaction->captured_at_ms = tx->now_ms;
    struct turn turn = { .first_reply_ms = -1, .reply_ms = -1 };
    if (conversation) {
        interaction->conversation_id = conversation->id;
        if (!interaction->customer_id) interaction->customer_id = conversation->customer_id;
        turn = take_turn(conversation, interaction);
        count_in(conversation, interaction);
    }
    enum err err = interaction_insert(tx, interaction);
    if (err) return err;
    tell_captured(tx, conversation, interaction, dimensions, &turn);
    if (!conversation) return OK;
    int64_t guest_id = interaction->customer_id;
    if (guest_id && guest_id != conversation->customer_id) {
        err = tx_write(tx, &GUEST_ADD, ARGS(value_int(guest_id), value_int(conversation->id)));
        if (err) return err;
    }
    enum conversation_state state = state_after(conversation, interaction);
    return conversation_set_state(tx, conversation, state, interaction->at_ms);
}

static bool is_over(enum conversation_state state)
{
    return state == STATE_SOLVED || state == STATE_CLOSED;
}

static void enter_state(struct conversation *conversation, enum conversation_state state,
                        int64_t at_ms)
{
    if (state_is_unsolved(state)) {
        if (is_over(conversation->state)) conversation->reopen_count++;
        conversation->solved_at_ms = 0;
        conversation->closed_at_ms = 0;
    } else {
        conversation->waiting_since_ms = 0;
    }
    if (state == STATE_SOLVED) conversation->solved_at_ms = at_ms;
    if (state == STATE_CLOSED) conversation->closed_at_ms = at_ms;
    if (at_ms > conversation->activity_at_ms) conversation->activity_at_ms = at_ms;
    conversation->state = state;
}

enum err conversation_set_state(struct tx *tx, struct conversation *conversation,
                                enum conversation_state state, int64_t at_ms)
{
    assert(state > 0 && state < STATE_END);
    enum conversation_state from = conversation->state;
    if (state == from) return OK;
    if (from == STATE_SNOOZED) {
        conversation->snoozed_until_ms = 0;
        conversation->snoozed_from = 0;
        enum err err = timer_cancel(tx, TIMER_SNOOZE, conversation->id);
        if (err) return err;
    }
    enter_state(conversation, state, at_ms);

    struct event_values values = values_of(conversation);
    event_put(&values, FIELD_STATE_FROM, from);
    event_put(&values, FIELD_STATE, state);
    event_put(&values, FIELD_OPENED_AT_MS, conversation->created_at_ms);
    event_put_zero(&values, FIELD_ELAPSED_MS, at_ms - conversation->created_at_ms);
    if (conversation->first_reply_at_ms == 0) {
        event_put(&values, FIELD_INBOUND_AT_MS, conversation->inbound_at_ms);
    }
    if (state == STATE_SOLVED && conversation->first_solved_at_ms == 0) {
        conversation->first_solved_at_ms = at_ms;
        event_put(&values, FIELD_IS_FIRST, 1);
    }
    if (is_over(state) && conversation->sla_met >= 0) {
        event_put_zero(&values, FIELD_SLA_MET, conversation->sla_met);
    }
    tell(tx, conversation, EVENT_CONVERSATION_STATE_CHANGED, at_ms, &values);
    return OK;
}

enum err conversation_snooze(struct tx *tx, struct conversation *conversation, int64_t until_ms,
                             int64_t at_ms)
{
    if (!state_is_unsolved(conversation->state)) return ERR_CONFLICT;
    enum conversation_state from =
        conversation->state == STATE_SNOOZED ? conversation->snoozed_from : conversation->state;
    enum err err = conversation_set_state(tx, conversation, STATE_SNOOZED, at_ms);
    if (!err) err = timer_set(tx, TIMER_SNOOZE, conversation->id, until_ms);
    if (err) return err;
    conversation->snoozed_from = from;
    conversation->snoozed_until_ms = until_ms;
    struct event_values values = values_of(conversation);
    event_put(&values, FIELD_UNTIL_MS, until_ms);
    tell(tx, conversation, EVENT_CONVERSATION_SNOOZED, at_ms, &values);
    return OK;
}

enum err conversation_assign(struct tx *tx, struct conversation *conversation, int64_t team_id,
                             int64_t agent_id, int64_t at_ms)
{
    int64_t team_from = conversation->team_id;
    int64_t agent_from = conversation->agent_id;
    if (team_id == team_from && agent_id == agent_from) return OK;
    bool moves = (team_from != 0 && team_id != team_from) ||
                 (agent_from != 0 && agent_id != 0 && agent_id != agent_from);
    if (moves) conversation->reassignment_count++;
    conversation->team_id = team_id;
    conversation->agent_id = agent_id;

    struct event_values values = values_of(conversation);
    event_put(&values, FIELD_TEAM_FROM, team_from);
    event_put(&values, FIELD_AGENT_FROM, agent_from);
    event_put(&values, FIELD_STATE, conversation->state);
    event_put(&values, FIELD_IS_ON, moves);
    tell(tx, conversation, EVENT_CONVERSATION_ASSIGNED, at_ms, &values);
    return OK;
}

enum err conversation_set_priority(struct tx *tx, struct conversation *conversation,
                                   enum priority priority, int64_t at_ms)
{
    enum priority from = conversation->priority;
    if (priority == from) return OK;
    conversation->priority = priority;
    struct event_values values = values_of(conversation);
    event_put(&values, FIELD_PRIORITY_FROM, from);
    event_put(&values, FIELD_STATE, conversation->state);
    tell(tx, conversation, EVENT_CONVERSATION_PRIORITY_CHANGED, at_ms, &values);
    return OK;
}

static int64_t *fixed_value(struct conversation *conversation, enum dimension dimension)
{
    if (dimension == DIMENSION_TOPIC) return &conversation->topic_id;
    if (dimension == DIMENSION_PRODUCT) return &conversation->product_id;
    if (dimension == DIMENSION_SEGMENT) return &conversation->segment_id;
    if (dimension == DIMENSION_COUNTRY) return &conversation->country_id;
    if (dimension == DIMENSION_LANGUAGE) return &conversation->language_id;
    return NULL;
}

/* The own dimensions alone, for the column that keeps them. */
static enum err own_set(struct tx *tx, struct conversation *conversation, enum dimension dimension,
                        int64_t value_id)
{
    struct dimensions own = { 0 };
    enum err err = dimensions_decode(conversation->own_values, &own);
    if (err) return err;
    own.values[dimension] = value_id;
    conversation->own_values = dimensions_encode(tx_arena(tx), &own);
    return OK;
}

enum err conversation_set_dimension(struct tx *tx, struct conversation *conversation,
                                    enum dimension dimension, int64_t value_id, int64_t at_ms)
{
    assert(conversation);
    struct dimensions before;
    conversation_dimensions(conversation, &before);
    int64_t value_from = before.values[dimension];
    if (value_from == value_id) return OK;
    int64_t *fixed = fixed_value(conversation, dimension);
    if (fixed) {
        *fixed = value_id;
    } else {
        enum err err = own_set(tx, conversation, dimension, value_id);
        if (err) return err;
    }
    struct event_values values = { 0 };
    event_put_zero(&values, FIELD_DIMENSION, dimension);
    event_put(&values, FIELD_VALUE_FROM, value_from);
    event_put(&values, FIELD_VALUE, value_id);
    tell(tx, conversation, EVENT_FACT_CORRECTED, at_ms, &values);
    return OK;
}

enum err conversation_save(struct tx *tx, struct conversation *conversation)
{
    assert(!conversation->is_brief);
    conversation->version++;
    struct running_key key = { conversation->customer_id, conversation->channel_id };
    tx_cache_drop(tx, TX_CACHE_CONVERSATION, running_key(&key));
    return tx_write(
        tx, &SAVE,
        ARGS(value_int(conversation->id), value_text_or_null(conversation->external_id),
             value_int_or_null(conversation->customer_id), value_int(conversation->channel_id),
             value_int_or_null(conversation->touchpoint_id),
             value_int_or_null(conversation->team_id), value_int_or_null(conversation->agent_id),
             value_int(conversation->state), value_text_or_null(conversation->state_label),
             value_int(conversation->priority), value_int_or_null(conversation->topic_id),
             value_int_or_null(conversation->product_id),
             value_int_or_null(conversation->segment_id),
             value_int_or_null(conversation->country_id),
             value_int_or_null(conversation->language_id), bytes_or_null(conversation->own_values),
             value_text_or_null(conversation->subject),
             value_text_or_null(conversation->attributes), value_int(conversation->activity_at_ms),
             value_int_or_null(conversation->waiting_since_ms),
             value_int_or_null(conversation->inbound_at_ms),
             value_int_or_null(conversation->first_reply_at_ms),
             value_int_or_null(conversation->first_solved_at_ms),
             value_int_or_null(conversation->solved_at_ms),
             value_int_or_null(conversation->closed_at_ms),
             value_int_or_null(conversation->snoozed_until_ms),
             value_int_or_null(conversation->snoozed_from),
             value_int_or_null(conversation->last_interaction_id),
             value_int(conversation->interaction_count),
             value_int(conversation->reassignment_count), value_int(conversation->reopen_count),
             known_or_null(conversation->sla_met), value_int_or_null(conversation->merged_into),
             value_int(conversation->version)));
}

enum err conversation_save_turn(struct tx *tx, struct conversation *conversation)
{
    conversation->version++;
    running_update(tx, conversation);
    return tx_write(tx, &SAVE_TURN,
                    ARGS(value_int(conversation->id), value_int(conversation->activity_at_ms),
                         value_int_or_null(conversation->waiting_since_ms),
                         value_int_or_null(conversation->inbound_at_ms),
                         value_int_or_null(conversation->first_reply_at_ms),
                         value_int_or_null(conversation->last_interaction_id),
                         value_int(conversation->interaction_count),
                         value_int(conversation->version)));
}

enum err conversation_wake(struct tx *tx, struct arena *arena, int64_t conversation_id)
{
    struct conversation conversation;
    enum err err = conversation_load(tx, arena, conversation_id, &conversation);
    if (err) return err;
    if (conversation.state != STATE_SNOOZED) return OK;
    enum conversation_state state =
        conversation.snoozed_from ? conversation.snoozed_from : STATE_OPEN;
    err = conversation_set_state(tx, &conversation, state, tx->now_ms);
    if (err) return err;
    return conversation_save(tx, &conversation);
}
