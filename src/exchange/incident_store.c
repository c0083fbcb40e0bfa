#include "exchange/incident_store.h"

#include <assert.h>

#include "access/agent_store.h"
#include "access/team_store.h"
#include "conversation/conversation_store.h"
#include "conversation/place_store.h"
#include "customer/customer_store.h"
#include "store/dimension.h"
#include "store/event.h"

static const struct query ROW_INSERT = {
    .sql = "INSERT INTO import_row (format, key_hash) VALUES ($1, $2)"
           " ON CONFLICT (format, key_hash) DO NOTHING",
};
static const struct query ROW_FIND = {
    .sql = "SELECT format FROM import_row WHERE format = $1 AND key_hash = $2",
    .rows_max = 1,
};
static const struct query CONVERSATION_FIND = {
    .sql = "SELECT id FROM conversation WHERE external_id = $1",
    .rows_max = 1,
};

/* One incident being replayed. */
struct replay {
    struct tx *tx;
    struct arena *arena;
    const struct incident *incident;
    const struct incident_row **rows; /* those not known yet, oldest first */
    size_t rows_count;
    struct conversation conversation;
    struct conversation at_solving; /* as it stood when it was solved, if that is known */
    int64_t stale_before_ms;        /* what is older does not change what stands */
    bool is_new;
    bool told_end;   /* an event said how the promise ended */
    struct str team; /* of the row before */
    struct str agent;
};

static struct value key_value(const struct import_key *key)
{
    return value_bytes((struct str){ (const char *)key->bytes, IMPORT_KEY_SIZE });
}

/* A log runs forwards or backwards. Its order is kept otherwise: neither clocks nor sys_mod_count
 * of real logs are in order throughout, while what changes from row to row is. */
static void order_rows(const struct incident_row **rows, size_t count)
{
    if (count < 2) return;
    const struct incident_row *first = rows[0];
    const struct incident_row *last = rows[count - 1];
    bool is_backwards = first->mod_count == last->mod_count ? first->at_ms > last->at_ms
                                                            : first->mod_count > last->mod_count;
    for (size_t i = 0; is_backwards && i < count / 2; i++) {
        const struct incident_row *row = rows[i];
        rows[i] = rows[count - 1 - i];
        rows[count - 1 - i] = row;
    }
}

/* The one whose word counts: the highest sys_mod_count, the later of equal ones. */
static const struct incident_row *newest_row(const struct replay *replay)
{
    const struct incident_row *newest = replay->rows[0];
    for (size_t i = 1; i < replay->rows_count; i++) {
        if (replay->rows[i]->mod_count >= newest->mod_count) newest = replay->rows[i];
    }
    return newest;
}

static enum err take_rows(struct replay *replay, int format)
{
    const struct incident *incident = replay->incident;
    replay->rows = arena_array(replay->arena, const struct incident_row *, incident->rows_count);
    for (size_t i = 0; i < incident->rows_count; i++) {
        const struct incident_row *row = &incident->rows[i];
        int64_t changed;
        enum err err = tx_write_count(replay->tx, &ROW_INSERT,
                                      ARGS(value_int(format), key_value(&row->key)), &changed);
        if (err) return err;
        if (changed > 0) replay->rows[replay->rows_count++] = row;
    }
    order_rows(replay->rows, replay->rows_count);
    return OK;
}

/* ---- the conversation ---- */

/* A topic that looks like an address names somebody: such an incident has none. */
static enum err topic_of(struct replay *replay, const struct incident_row *row, int64_t *out)
{
    *out = 0;
    if (!row->topic.data) return OK;
    enum err err = dimension_value_take(replay->tx, DIMENSION_TOPIC, row->topic, out);
    return err == ERR_INVALID ? OK : err;
}

static enum err take_team(struct replay *replay, const struct incident_row *row, int64_t *out)
{
    *out = 0;
    if (!row->team.data) return OK;
    return team_take(replay->tx, replay->arena, row->team, out);
}

static enum err take_agent(struct replay *replay, const struct incident_row *row, int64_t *out)
{
    *out = 0;
    if (!row->agent.data) return OK;
    return agent_take(replay->tx, replay->arena, row->agent, out);
}

static enum err take_customer(struct replay *replay, int64_t *out)
{
    for (size_t i = 0; i < replay->rows_count; i++) {
        if (!replay->rows[i]->caller.data) continue;
        struct customer_hint hint = { .external_id = replay->rows[i]->caller };
        return customer_take(replay->tx, replay->arena, &hint, out);
    }
    *out = 0;
    return OK;
}

static enum err take_channel(struct replay *replay, int64_t *out)
{
    struct str name = STR("servicenow");
    for (size_t i = replay->rows_count; i > 0; i--) {
        if (replay->rows[i - 1]->channel.data) name = replay->rows[i - 1]->channel;
    }
    return channel_take(replay->tx, replay->arena, name, out);
}

/* The contact itself: what the customer's timeline shows. No message and no call, for the log does
 * not say how it was answered. */
static enum err append_opening(struct replay *replay)
{
    struct conversation *conversation = &replay->conversation;
    struct interaction opening = {
        .external_id = conversation->external_id,
        .channel_id = conversation->channel_id,
        .at_ms = conversation->created_at_ms,
        .kind = KIND_EVENT,
        .direction = DIRECTION_IN,
        .customer_id = conversation->customer_id,
        .wait_ms = -1,
        .handle_ms = -1,
    };
    return conversation_append(replay->tx, conversation, &opening, NULL);
}

/* The first row known tells how it began, the newest what it was about. */
static enum err create(struct replay *replay)
{
    const struct incident_row *first = replay->rows[0];
    const struct incident_row *newest = newest_row(replay);
    struct conversation draft = {
        .external_id = replay->incident->number,
        .state = STATE_NEW,
        .priority = first->priority,
        .subject = newest->subject.data ? newest->subject : replay->incident->number,
        .created_at_ms = first->opened_at_ms,
        .sla_met = newest->sla_met,
    };
    enum err err = take_customer(replay, &draft.customer_id);
    if (!err) err = take_channel(replay, &draft.channel_id);
    if (!err) err = take_team(replay, first, &draft.team_id);
    if (!err) err = take_agent(replay, first, &draft.agent_id);
    if (!err) err = topic_of(replay, newest, &draft.topic_id);
    if (!err) err = conversation_create(replay->tx, &draft);
    if (err) return err;
    replay->conversation = draft;
    replay->is_new = true;
    replay->team = first->team;
    replay->agent = first->agent;
    return append_opening(replay);
}

static enum err load_or_create(struct replay *replay)
{
    struct conversation *conversation = &replay->conversation;
    enum err err = conversation_load_external(replay->tx, replay->arena, replay->incident->number,
                                              conversation);
    if (err == ERR_NOT_FOUND) return create(replay);
    if (err) return err;
    replay->stale_before_ms = conversation->activity_at_ms;
    if (conversation->customer_id == 0) err = take_customer(replay, &conversation->customer_id);
    return err;
}

/* ---- rows ---- */

static bool is_over(enum conversation_state state)
{
    return state == STATE_SOLVED || state == STATE_CLOSED;
}

/* `?` is nobody: an incident can wait without a team. */
static enum err apply_people(struct replay *replay, const struct incident_row *row, int64_t at_ms)
{
    struct conversation *conversation = &replay->conversation;
    int64_t team_id = conversation->team_id;
    int64_t agent_id = conversation->agent_id;
    enum err err = OK;
    if (!replay->team.data || !str_equal(replay->team, row->team)) {
        err = take_team(replay, row, &team_id);
    }
    if (!err && (!replay->agent.data || !str_equal(replay->agent, row->agent))) {
        err = take_agent(replay, row, &agent_id);
    }
    if (err) return err;
    replay->team = row->team;
    replay->agent = row->agent;
    return conversation_assign(replay->tx, conversation, team_id, agent_id, at_ms);
}

static enum err apply_row(struct replay *replay, const struct incident_row *row)
{
    struct conversation *conversation = &replay->conversation;
    if (row->at_ms < replay->stale_before_ms) return OK;
    /* Clocks of the source disagree at times; its order of rows does not. */
    int64_t at_ms = row->at_ms;
    if (at_ms < conversation->activity_at_ms) at_ms = conversation->activity_at_ms;
    conversation->activity_at_ms = at_ms;

    enum err err = apply_people(replay, row, at_ms);
    if (!err && row->priority) {
        err = conversation_set_priority(replay->tx, conversation, row->priority, at_ms);
    }
    if (err || !row->state) return err;
    if (row->state != conversation->state && is_over(row->state)) replay->told_end = true;
    conversation->state_label = row->state_label;
    return conversation_set_state(replay->tx, conversation, row->state, at_ms);
}

static enum err apply_rows(struct replay *replay, const struct incident_row *newest)
{
    replay->at_solving = replay->conversation;
    for (size_t i = 0; i < replay->rows_count; i++) {
        enum err err = apply_row(replay, replay->rows[i]);
        if (err) return err;
        if (replay->rows[i]->at_ms <= newest->resolved_at_ms) {
            replay->at_solving = replay->conversation;
        }
    }
    return OK;
}

/* ---- what the newest row says of the whole ---- */

static void set_counters(struct conversation *conversation, const struct incident_row *newest)
{
    if (newest->reassignment_count >= 0) {
        conversation->reassignment_count = newest->reassignment_count;
    }
    if (newest->reopen_count >= 0) conversation->reopen_count = newest->reopen_count;
}

/* How long it took, in the source's words, where the states as they were replayed say otherwise. */
static void tell_correction(struct replay *replay, enum conversation_state state, int64_t at_ms,
                            bool tells_sla)
{
    const struct conversation *stood =
        state == STATE_SOLVED ? &replay->at_solving : &replay->conversation;
    struct dimensions dimensions;
    conversation_dimensions(stood, &dimensions);
    struct event_values values = { 0 };
    event_put_dimensions(&values, &dimensions);
    event_put(&values, FIELD_STATE, state);
    event_put(&values, FIELD_OPENED_AT_MS, stood->created_at_ms);
    event_put_zero(&values, FIELD_ELAPSED_MS, at_ms - stood->created_at_ms);
    int sla_met = replay->conversation.sla_met;
    if (tells_sla) event_put_zero(&values, FIELD_SLA_MET, sla_met);
    tx_event(replay->tx, &(struct event){ .kind = EVENT_FACT_CORRECTED,
                                          .at_ms = at_ms,
                                          .customer_id = replay->conversation.customer_id,
                                          .conversation_id = replay->conversation.id,
                                          .values = values.items,
                                          .values_count = values.count });
}

/* Solved when resolved_at says so; closed without one was never solved, whatever its states were
 * called meanwhile. `sla_before` is what was told last, before these rows. */
static void settle_solving(struct replay *replay, const struct incident_row *newest, int sla_before)
{
    struct conversation *conversation = &replay->conversation;
    bool is_closed = conversation->state == STATE_CLOSED;
    if (!is_over(conversation->state) || !newest->has_resolved_at) return;
    if (!is_closed && newest->resolved_at_ms == 0) return; /* its end is not known yet */
    bool sla_is_stale = conversation->sla_met != sla_before && !replay->told_end;

    int64_t ended_at_ms = conversation->closed_at_ms;
    if (is_closed && newest->closed_at_ms) conversation->closed_at_ms = newest->closed_at_ms;
    int64_t solved_before_ms = conversation->first_solved_at_ms;
    conversation->first_solved_at_ms = newest->resolved_at_ms;
    conversation->solved_at_ms = newest->resolved_at_ms;
    bool is_told = solved_before_ms == newest->resolved_at_ms;
    if (newest->resolved_at_ms != 0) {
        if (is_told && !sla_is_stale) return;
        tell_correction(replay, STATE_SOLVED, newest->resolved_at_ms, sla_is_stale);
    } else if (!is_told || sla_is_stale || ended_at_ms != conversation->closed_at_ms) {
        tell_correction(replay, STATE_CLOSED, conversation->closed_at_ms, sla_is_stale);
    }
}

static enum err settle(struct replay *replay, const struct incident_row *newest, int sla_before)
{
    struct conversation *conversation = &replay->conversation;
    set_counters(conversation, newest);
    settle_solving(replay, newest, sla_before);
    if (newest->subject.data) conversation->subject = newest->subject;
    int64_t topic_id;
    enum err err = topic_of(replay, newest, &topic_id);
    if (err || topic_id == 0) return err;
    return conversation_set_dimension(replay->tx, conversation, DIMENSION_TOPIC, topic_id,
                                      conversation->activity_at_ms);
}

static enum err replay_run(struct replay *replay)
{
    enum err err = load_or_create(replay);
    if (err) return err;
    const struct incident_row *newest = newest_row(replay);
    bool is_stale = newest->at_ms < replay->stale_before_ms;
    int sla_before = replay->conversation.sla_met;
    if (!is_stale && newest->sla_met >= 0) replay->conversation.sla_met = newest->sla_met;
    err = apply_rows(replay, newest);
    if (!err && !is_stale) err = settle(replay, newest, sla_before);
    if (err) return err;
    return conversation_save(replay->tx, &replay->conversation);
}

struct apply_one_in {
    const struct incident *incident;
    int format;
};

static enum err apply_one(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct apply_one_in *one = in;
    struct incidents_apply_out *counts = out;
    struct replay replay = { .tx = tx, .arena = arena, .incident = one->incident };
    enum err err = take_rows(&replay, one->format);
    if (!err && replay.rows_count > 0) err = replay_run(&replay);
    if (err) return err;
    counts->rows_stored += (int64_t)replay.rows_count;
    counts->rows_known += (int64_t)(one->incident->rows_count - replay.rows_count);
    if (replay.is_new) counts->conversations++;
    return OK;
}

static const struct command INCIDENT_APPLY = { .name = "incident_apply", .run = apply_one };

static bool spoils_all(enum err err)
{
    return err == ERR_IO || err == ERR_CORRUPT || err == ERR_BUSY;
}

static enum err apply_all(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct incidents_apply_in *incidents = in;
    struct incidents_apply_out *counts = out;
    counts->rows_stored = counts->rows_known = counts->conversations = 0;
    for (size_t i = 0; i < incidents->count; i++) {
        const struct apply_one_in one = { &incidents->items[i], incidents->format };
        enum err err = tx_try(tx, arena, &INCIDENT_APPLY, &one, counts);
        if (spoils_all(err)) return err;
        counts->results[i] = err;
    }
    return OK;
}

const struct command INCIDENTS_APPLY = { .name = "incidents_apply", .run = apply_all };

enum err incidents_try(struct reader *reader, struct arena *arena,
                       const struct incidents_apply_in *in, struct incidents_apply_out *out)
{
    for (size_t i = 0; i < in->count; i++) {
        const struct incident *incident = &in->items[i];
        struct rows rows;
        for (size_t n = 0; n < incident->rows_count; n++) {
            enum err err =
                reader_read(reader, arena, &ROW_FIND,
                            ARGS(value_int(in->format), key_value(&incident->rows[n].key)), &rows);
            if (err) return err;
            if (rows.count > 0) out->rows_known++;
            if (rows.count == 0) out->rows_stored++;
        }
        enum err err = reader_read(reader, arena, &CONVERSATION_FIND,
                                   ARGS(value_text(incident->number)), &rows);
        if (err) return err;
        if (rows.count == 0) out->conversations++;
    }
    return OK;
}
