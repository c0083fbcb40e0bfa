#include "conversation/conversation_change_store.h"

#include "conversation/conversation_store.h"
#include "conversation/place_store.h"
#include "customer/attributes.h"
#include "store/event.h"

static const struct query TEAM_IN_USE = {
    .sql = "SELECT id FROM team WHERE id = $1 AND archived_at_ms IS NULL",
    .rows_max = 1,
};
static const struct query AGENT_IN_USE = {
    .sql = "SELECT id FROM agent WHERE id = $1 AND disabled_at_ms IS NULL",
    .rows_max = 1,
};
static const struct query TOUCHPOINT_EXISTS = {
    .sql = "SELECT id FROM touchpoint WHERE id = $1",
    .rows_max = 1,
};
static const struct query EXTERNAL_FIND = {
    .sql = "SELECT id FROM conversation WHERE external_id = $1",
    .rows_max = 1,
};
static const struct query LABELS_OF = {
    .sql = "SELECT label_id FROM conversation_label WHERE conversation_id = $1 LIMIT 50",
    .rows_max = LABELS_OF_ONE_MAX,
};
static const struct query LABEL_ADD = {
    .sql = "INSERT INTO conversation_label (conversation_id, label_id) VALUES ($1, $2)"
           " ON CONFLICT DO NOTHING",
};
static const struct query LABEL_REMOVE = {
    .sql = "DELETE FROM conversation_label WHERE conversation_id = $1 AND label_id = $2",
};
static const struct query MENTION_ADD = {
    .sql = "INSERT INTO conversation_mention (conversation_id, agent_id) VALUES ($1, $2)"
           " ON CONFLICT DO NOTHING",
};

/* Notes why, and is the error to be returned. */
static enum err refuse(enum conversation_fault *out, enum conversation_fault fault, enum err err)
{
    *out = fault;
    return err;
}

static bool exists(struct tx *tx, struct arena *arena, const struct query *query, int64_t id,
                   enum err *err)
{
    struct rows rows;
    *err = tx_read(tx, arena, query, ARGS(value_int(id)), &rows);
    return !*err && rows.count > 0;
}

/* Whether a team and an agent can be given work; 0 is nobody. */
static enum err check_assignees(struct tx *tx, struct arena *arena, int64_t team_id,
                                int64_t agent_id, enum conversation_fault *fault)
{
    enum err err = OK;
    if (team_id != 0 && !exists(tx, arena, &TEAM_IN_USE, team_id, &err)) {
        return err ? err : refuse(fault, CONVERSATION_NO_TEAM, ERR_INVALID);
    }
    if (agent_id != 0 && !exists(tx, arena, &AGENT_IN_USE, agent_id, &err)) {
        return err ? err : refuse(fault, CONVERSATION_NO_AGENT, ERR_INVALID);
    }
    return OK;
}

static void tell_changed(struct tx *tx, const struct conversation *conversation)
{
    tx_event(tx, &(struct event){ .kind = EVENT_CONVERSATION_CHANGED,
                                  .customer_id = conversation->customer_id,
                                  .conversation_id = conversation->id });
}

static enum err read_view(struct tx *tx, struct arena *arena, int64_t id,
                          struct conversation_out *out)
{
    return conversation_view_read(&(struct read_from){ .tx = tx }, arena, id, &out->view);
}

/* ---- create ---- */

static enum err take_topic(struct tx *tx, struct str topic, int64_t *out,
                           enum conversation_fault *fault)
{
    *out = 0;
    if (!topic.data || topic.size == 0) return OK;
    enum err err = dimension_value_take(tx, DIMENSION_TOPIC, topic, out);
    return err == ERR_INVALID ? refuse(fault, CONVERSATION_BAD_TOPIC, err) : err;
}

static enum err take_places(struct tx *tx, struct arena *arena,
                            const struct conversation_create_in *create, struct conversation *draft,
                            enum conversation_fault *fault)
{
    enum err err = channel_take(tx, arena, create->channel, &draft->channel_id);
    if (err == ERR_INVALID) return refuse(fault, CONVERSATION_BAD_CHANNEL, err);
    if (!err && create->touchpoint.data) {
        err = touchpoint_take(tx, arena, create->touchpoint, &draft->touchpoint_id);
        if (err == ERR_INVALID) return refuse(fault, CONVERSATION_NO_TOUCHPOINT, err);
    }
    return err;
}

static enum err prepare(struct tx *tx, struct arena *arena,
                        const struct conversation_create_in *create, struct conversation *draft,
                        enum conversation_fault *fault)
{
    if (create->external_id.data) {
        struct rows rows;
        enum err err =
            tx_read(tx, arena, &EXTERNAL_FIND, ARGS(value_text(create->external_id)), &rows);
        if (err) return err;
        if (rows.count > 0) return refuse(fault, CONVERSATION_EXTERNAL_TAKEN, ERR_CONFLICT);
    }
    enum err err = check_assignees(tx, arena, create->team_id, create->agent_id, fault);
    if (!err) err = take_places(tx, arena, create, draft, fault);
    if (!err) err = take_topic(tx, create->topic, &draft->topic_id, fault);
    if (err) return err;
    err = customer_take(tx, arena, &create->customer, &draft->customer_id);
    return err == ERR_NOT_FOUND ? refuse(fault, CONVERSATION_NO_CUSTOMER, ERR_INVALID) : err;
}

static enum err append_text(struct tx *tx, struct conversation *conversation, struct str text,
                            enum direction direction, int64_t author_id)
{
    struct interaction message = {
        .channel_id = conversation->channel_id,
        .at_ms = tx->now_ms,
        .kind = KIND_MESSAGE,
        .direction = direction,
        .customer_id = conversation->customer_id,
        .touchpoint_id = conversation->touchpoint_id,
        .agent_id = direction == DIRECTION_OUT ? author_id : 0,
        .wait_ms = -1,
        .handle_ms = -1,
        .text = text,
    };
    return conversation_append(tx, conversation, &message, NULL);
}

static enum err create_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct conversation_create_in *create = in;
    struct conversation_out *made = out;
    *made = (struct conversation_out){ 0 };
    struct conversation draft = {
        .external_id = create->external_id,
        .team_id = create->team_id,
        .agent_id = create->agent_id,
        .priority = create->priority,
        .subject = create->subject,
        .attributes = create->attributes,
        .created_at_ms = tx->now_ms,
        .sla_met = -1,
    };
    enum err err = prepare(tx, arena, create, &draft, &made->fault);
    if (!err) err = conversation_create(tx, &draft);
    if (err) return err;
    if (create->text.data) {
        err = append_text(tx, &draft, create->text, create->direction, create->author_id);
        if (!err) err = conversation_save(tx, &draft);
        if (err) return err;
    }
    return read_view(tx, arena, draft.id, made);
}

const struct command CONVERSATION_CREATE = { .name = "conversation_create", .run = create_run };

/* ---- patch ---- */

static enum err tell_label(struct tx *tx, const struct conversation *conversation, int64_t label_id,
                           bool is_on)
{
    struct event_values values = { 0 };
    event_put(&values, FIELD_LABEL, label_id);
    event_put_zero(&values, FIELD_IS_ON, is_on);
    tx_event(tx, &(struct event){ .kind = EVENT_CONVERSATION_LABELLED,
                                  .customer_id = conversation->customer_id,
                                  .conversation_id = conversation->id,
                                  .values = values.items,
                                  .values_count = values.count });
    return OK;
}

static enum err change_label(struct tx *tx, struct arena *arena,
                             const struct conversation *conversation, struct str name, bool is_on,
                             enum conversation_fault *fault)
{
    int64_t label_id;
    enum err err = label_take(tx, arena, name, &label_id);
    if (err == ERR_INVALID) return refuse(fault, CONVERSATION_BAD_LABEL, err);
    if (err) return err;
    struct rows rows;
    err = tx_read(tx, arena, &LABELS_OF, ARGS(value_int(conversation->id)), &rows);
    if (err) return err;
    bool has = false;
    for (size_t i = 0; i < rows.count; i++) has |= rows_int(&rows, i, 0) == label_id;
    if (has == is_on) return OK;
    if (is_on && rows.count >= LABELS_OF_ONE_MAX) {
        return refuse(fault, CONVERSATION_LABELS_FULL, ERR_LIMIT);
    }
    err = tx_write(tx, is_on ? &LABEL_ADD : &LABEL_REMOVE,
                   ARGS(value_int(conversation->id), value_int(label_id)));
    return err ? err : tell_label(tx, conversation, label_id, is_on);
}

static enum err change_labels(struct tx *tx, struct arena *arena,
                              const struct conversation_patch_in *patch,
                              const struct conversation *conversation,
                              enum conversation_fault *fault)
{
    for (size_t i = 0; i < patch->label_removes_count; i++) {
        enum err err = change_label(tx, arena, conversation, patch->label_removes[i], false, fault);
        if (err) return err;
    }
    for (size_t i = 0; i < patch->label_adds_count; i++) {
        enum err err = change_label(tx, arena, conversation, patch->label_adds[i], true, fault);
        if (err) return err;
    }
    return OK;
}

/* Subject, label of the state, attributes and touchpoint: what no number is counted by at once. */
static enum err change_words(struct tx *tx, struct arena *arena,
                             const struct conversation_patch_in *patch,
                             struct conversation *conversation, enum conversation_fault *fault)
{
    if (patch->subject.is_given) conversation->subject = patch->subject.text;
    if (patch->state_label.is_given) conversation->state_label = patch->state_label.text;
    if (patch->attributes.is_given && !patch->attributes.text.data) {
        conversation->attributes = (struct str){ 0 };
    } else if (patch->attributes.is_given) {
        enum err err = attributes_merge(arena, conversation->attributes, patch->attributes.text,
                                        &conversation->attributes);
        if (err == ERR_LIMIT) *fault = CONVERSATION_ATTRIBUTES_FULL;
        if (err) return err;
    }
    if (patch->touchpoint_id.is_given) {
        enum err err = OK;
        int64_t id = patch->touchpoint_id.number;
        if (id != 0 && !exists(tx, arena, &TOUCHPOINT_EXISTS, id, &err)) {
            return err ? err : refuse(fault, CONVERSATION_NO_TOUCHPOINT, ERR_INVALID);
        }
        conversation->touchpoint_id = id;
    }
    if (patch->subject.is_given || patch->state_label.is_given || patch->attributes.is_given ||
        patch->touchpoint_id.is_given) {
        tell_changed(tx, conversation);
    }
    return OK;
}

static enum err change_assignment(struct tx *tx, struct arena *arena,
                                  const struct conversation_patch_in *patch,
                                  struct conversation *conversation, enum conversation_fault *fault)
{
    if (!patch->team_id.is_given && !patch->agent_id.is_given) return OK;
    enum err err = check_assignees(tx, arena, patch->team_id.number, patch->agent_id.number, fault);
    if (err) return err;
    int64_t team_id = patch->team_id.is_given ? patch->team_id.number : conversation->team_id;
    int64_t agent_id = patch->agent_id.is_given ? patch->agent_id.number : conversation->agent_id;
    return conversation_assign(tx, conversation, team_id, agent_id, tx->now_ms);
}

static enum err change_state(struct tx *tx, const struct conversation_patch_in *patch,
                             struct conversation *conversation, enum conversation_fault *fault)
{
    enum conversation_state state = patch->state;
    if (patch->snoozed_until_ms.number > 0) {
        enum err err = OK;
        if (state != 0 && state != STATE_SNOOZED) {
            err = conversation_set_state(tx, conversation, state, tx->now_ms);
        }
        if (!err) {
            err = conversation_snooze(tx, conversation, patch->snoozed_until_ms.number, tx->now_ms);
        }
        return err == ERR_CONFLICT ? refuse(fault, CONVERSATION_CANNOT_SNOOZE, err) : err;
    }
    bool wakes = patch->snoozed_until_ms.is_given && conversation->state == STATE_SNOOZED;
    if (state == 0 && wakes) {
        state = conversation->snoozed_from ? conversation->snoozed_from : STATE_OPEN;
    }
    return state == 0 ? OK : conversation_set_state(tx, conversation, state, tx->now_ms);
}

static enum err change_numbers(struct tx *tx, const struct conversation_patch_in *patch,
                               struct conversation *conversation, enum conversation_fault *fault)
{
    if (patch->priority != 0) {
        enum err err = conversation_set_priority(tx, conversation, patch->priority, tx->now_ms);
        if (err) return err;
    }
    if (!patch->topic.is_given) return OK;
    int64_t topic_id;
    enum err err = take_topic(tx, patch->topic.text, &topic_id, fault);
    if (err) return err;
    return conversation_set_dimension(tx, conversation, DIMENSION_TOPIC, topic_id, tx->now_ms);
}

static enum err patch_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct conversation_patch_in *patch = in;
    struct conversation_out *changed = out;
    *changed = (struct conversation_out){ 0 };
    enum conversation_fault *fault = &changed->fault;
    struct conversation conversation;
    enum err err = conversation_load(tx, arena, patch->id, &conversation);
    if (err) return err;
    if (patch->version != 0 && patch->version != conversation.version) {
        return refuse(fault, CONVERSATION_VERSION, ERR_CONFLICT);
    }
    if (conversation.merged_into != 0) return refuse(fault, CONVERSATION_IS_MERGED, ERR_CONFLICT);

    err = change_words(tx, arena, patch, &conversation, fault);
    if (!err) err = change_numbers(tx, patch, &conversation, fault);
    if (!err) err = change_assignment(tx, arena, patch, &conversation, fault);
    if (!err) err = change_labels(tx, arena, patch, &conversation, fault);
    if (!err) err = change_state(tx, patch, &conversation, fault);
    if (!err) err = conversation_save(tx, &conversation);
    if (err) return err;
    return read_view(tx, arena, patch->id, changed);
}

const struct command CONVERSATION_PATCH = { .name = "conversation_patch", .run = patch_run };

/* ---- messages ---- */

static enum err add_mentions(struct tx *tx, struct arena *arena, const struct message_add_in *add,
                             enum conversation_fault *fault)
{
    for (size_t i = 0; i < add->mentions_count; i++) {
        enum err err = OK;
        if (!exists(tx, arena, &AGENT_IN_USE, add->mentions[i], &err)) {
            return err ? err : refuse(fault, CONVERSATION_NO_AGENT, ERR_INVALID);
        }
        err = tx_write(tx, &MENTION_ADD,
                       ARGS(value_int(add->conversation_id), value_int(add->mentions[i])));
        if (err) return err;
    }
    return OK;
}

static enum err message_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct message_add_in *add = in;
    struct message_out *added = out;
    *added = (struct message_out){ 0 };
    struct conversation conversation;
    enum err err = conversation_load(tx, arena, add->conversation_id, &conversation);
    if (err) return err;
    if (conversation.merged_into != 0) {
        return refuse(&added->fault, CONVERSATION_IS_MERGED, ERR_CONFLICT);
    }
    bool is_note = add->kind == MESSAGE_NOTE;
    struct interaction message = {
        .channel_id = conversation.channel_id,
        .at_ms = tx->now_ms,
        .kind = is_note ? KIND_NOTE : KIND_MESSAGE,
        .direction = is_note ? DIRECTION_INTERNAL : DIRECTION_OUT,
        .customer_id = conversation.customer_id,
        .touchpoint_id = conversation.touchpoint_id,
        .team_id = conversation.team_id,
        .agent_id = add->author_id,
        .wait_ms = -1,
        .handle_ms = -1,
        .text = add->text,
    };
    err = add_mentions(tx, arena, add, &added->fault);
    if (!err) err = conversation_append(tx, &conversation, &message, NULL);
    if (!err && add->state != 0) {
        err = conversation_set_state(tx, &conversation, add->state, tx->now_ms);
    }
    if (!err) err = conversation_save(tx, &conversation);
    if (err) return err;
    return interaction_view_read(&(struct read_from){ .tx = tx }, arena, message.id, &added->view);
}

const struct command MESSAGE_ADD = { .name = "message_add", .run = message_run };
