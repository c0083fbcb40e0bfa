#include "conversation/conversation_api.h"

#include "conversation/conversation_change_store.h"
#include "conversation/conversation_list_api.h"
#include "conversation/conversation_view_api.h"
#include "conversation/interaction_api.h"
#include "conversation/reach_store.h"
#include "customer/attributes.h"
#include "store/dimension.h"

enum { CONVERSATION_BODY_MAX = 512 * 1024 };

/* ---- replies ---- */

struct fault_words {
    enum conversation_fault fault;
    int status;
    const char *code;
    const char *detail;
};

static const struct fault_words WORDS[] = {
    { CONVERSATION_EXTERNAL_TAKEN, 409, "external_id_taken",
      "Another conversation has this external_id." },
    { CONVERSATION_NO_CUSTOMER, 400, "unknown_customer", "There is no customer with this id." },
    { CONVERSATION_BAD_CHANNEL, 400, "unknown_channel",
      "Give the name of a channel, at most 100 bytes, or the id of one that exists." },
    { CONVERSATION_NO_TEAM, 400, "unknown_team",
      "There is no team with this id, or it is archived." },
    { CONVERSATION_NO_AGENT, 400, "unknown_agent",
      "There is no agent with this id, or the agent is disabled." },
    { CONVERSATION_NO_TOUCHPOINT, 400, "unknown_touchpoint",
      "There is no touchpoint with this name or id." },
    { CONVERSATION_BAD_TOPIC, 400, "invalid_topic",
      "A topic must not look like an address or a long number: numbers are cut by it." },
    { CONVERSATION_BAD_LABEL, 400, "unknown_label",
      "Give names of labels, at most 100 bytes each, or ids of labels that exist." },
    { CONVERSATION_LABELS_FULL, 400, "limit_exceeded",
      "A conversation has at most 50 labels. Remove one first." },
    { CONVERSATION_ATTRIBUTES_FULL, 400, "limit_exceeded",
      "A conversation has at most 64 attributes of 16 KiB together. Remove some with null." },
    { CONVERSATION_CANNOT_SNOOZE, 409, "cannot_snooze",
      "Only an unsolved conversation can be snoozed. Set state to open as well." },
    { CONVERSATION_IS_MERGED, 409, "conversation_merged",
      "This conversation was merged; go on in the one that merged_into names." },
    { CONVERSATION_MERGE_ITSELF, 409, "merge_itself",
      "A conversation cannot be merged into itself." },
    { CONVERSATION_FROM_NOT_FOUND, 400, "unknown_conversation",
      "There is no conversation with the id in from." },
};

static void reply_fault(struct request *request, enum conversation_fault fault, enum err err)
{
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
        if (WORDS[i].fault != fault) continue;
        reply_problem(request, WORDS[i].status, WORDS[i].code, "%s", WORDS[i].detail);
        return;
    }
    reply_err(request, err);
}

static void reply_conversation(struct request *request, int status,
                               const struct conversation_view *view)
{
    conversation_write_json(reply_json(request, status), view, shown_to(request));
    reply_version(request, view->version);
    reply_done(request);
}

static void changed(struct request *request, enum err err)
{
    const struct conversation_out *out = request->out;
    if (err) {
        reply_fault(request, out->fault, err);
    } else {
        reply_conversation(request, 200, &out->view);
    }
}

static void created(struct request *request, enum err err)
{
    const struct conversation_out *out = request->out;
    if (err) {
        reply_fault(request, out->fault, err);
    } else {
        reply_conversation(request, 201, &out->view);
    }
}

/* ---- one ---- */

static enum err conversation_show(struct request *request)
{
    int64_t id;
    struct conversation_view view;
    enum err err = request_conversation(request, 0, &id);
    if (!err) {
        err = conversation_view_read(&(struct read_from){ .reader = request->reader },
                                     request->arena, id, &view);
    }
    if (!err) reply_conversation(request, 200, &view);
    return err;
}

/* ---- begin ---- */

/* Text that is there but empty counts as absent. */
static void read_text(struct json_form *form, const char *name, size_t size_max, struct str *out)
{
    struct str text;
    if (!json_form_text(form, name, size_max, &text)) return;
    if (str_trim(text).size > 0) *out = text;
}

static void read_priority(struct json_form *form, enum priority *out)
{
    int index;
    if (json_form_choice(form, "priority", PRIORITY_NAMES, &index)) {
        *out = (enum priority)(index + 1);
    }
}

static void read_direction(struct json_form *form, enum direction *out)
{
    static const char *const NAMES[] = { "in", "out", NULL };
    int index;
    *out = DIRECTION_IN;
    if (json_form_choice(form, "direction", NAMES, &index) && index == 1) *out = DIRECTION_OUT;
}

static void read_customer(struct json_form *form, struct customer_hint *out)
{
    int64_t id;
    customer_hint_member(form, "customer", out);
    if (!json_form_id(form, "customer_id", ID_CUSTOMER, &id)) return;
    if (out->id != 0 && out->id != id) {
        json_form_fault(form, "customer_id", "invalid", "It is not the id in customer.");
    }
    out->id = id;
}

static enum err conversation_add(struct request *request)
{
    struct json_form form;
    enum err err = request_form(request, &form);
    if (err) return err;
    struct conversation_create_in *in = arena_new(request->arena, struct conversation_create_in);
    read_customer(&form, &in->customer);
    json_form_require(&form, "channel");
    read_text(&form, "channel", PLACE_NAME_MAX, &in->channel);
    read_text(&form, "touchpoint", PLACE_NAME_MAX, &in->touchpoint);
    read_text(&form, "subject", SUBJECT_MAX, &in->subject);
    read_text(&form, "text", TEXT_MAX, &in->text);
    read_text(&form, "external_id", EXTERNAL_ID_MAX, &in->external_id);
    read_text(&form, "topic", DIMENSION_TEXT_MAX, &in->topic);
    read_direction(&form, &in->direction);
    read_priority(&form, &in->priority);
    json_form_id(&form, "team_id", ID_TEAM, &in->team_id);
    json_form_id(&form, "agent_id", ID_AGENT, &in->agent_id);
    attributes_form(&form, "attributes", &in->attributes);
    in->author_id = request->principal.agent_id;
    err = request_form_end(request, &form);
    if (err) return err;
    return request_write(request, &CONVERSATION_CREATE, in,
                         arena_new(request->arena, struct conversation_out), created);
}

/* ---- change ---- */

static void read_names(struct json_form *form, const char *name, const struct str **out,
                       size_t *count)
{
    const struct json *items;
    size_t found;
    if (!json_form_array(form, name, LABEL_CHANGES_MAX, &items, &found)) return;
    struct str *names = arena_array(form->problems->arena, struct str, found);
    for (size_t i = 0; i < found; i++) {
        if (items[i].kind == JSON_TEXT) {
            names[i] = items[i].text;
        } else {
            json_form_fault(form, name, "wrong_type", "Give names or ids of labels as text.");
        }
    }
    *out = names;
    *count = found;
}

static void read_labels(struct json_form *form, struct conversation_patch_in *in)
{
    struct json_form inner;
    if (!json_form_object(form, "labels", &inner)) return;
    read_names(&inner, "add", &in->label_adds, &in->label_adds_count);
    read_names(&inner, "remove", &in->label_removes, &in->label_removes_count);
    json_form_end(&inner);
}

static void read_state(struct json_form *form, int64_t now_ms, struct conversation_patch_in *in)
{
    int index;
    if (json_form_choice(form, "state", STATE_NAMES, &index)) {
        in->state = (enum conversation_state)(index + 1);
    }
    in->snoozed_until_ms = change_time(form, "snoozed_until");
    int64_t until_ms = in->snoozed_until_ms.number;
    if (until_ms != 0 && until_ms <= now_ms) {
        json_form_fault(form, "snoozed_until", "out_of_range", "Give a time to come.");
    }
    if (in->state == STATE_SNOOZED && until_ms == 0) {
        json_form_fault(form, "snoozed_until", "required", "Say until when it is snoozed.");
    }
    if (in->state != 0 && in->state != STATE_SNOOZED && until_ms != 0 &&
        !state_is_unsolved(in->state)) {
        json_form_fault(form, "snoozed_until", "invalid", "This state cannot be snoozed.");
    }
}

static enum err conversation_edit(struct request *request)
{
    struct json_form form;
    struct conversation_patch_in *in = arena_new(request->arena, struct conversation_patch_in);
    enum err err = request_conversation(request, 0, &in->id);
    if (!err) err = request_if_match(request, &in->version);
    if (!err) err = request_form(request, &form);
    if (err) return err;
    read_state(&form, request->now_ms, in);
    read_priority(&form, &in->priority);
    in->state_label = change_text(&form, "state_label", STATE_LABEL_MAX);
    in->subject = change_text(&form, "subject", SUBJECT_MAX);
    in->topic = change_text(&form, "topic", DIMENSION_TEXT_MAX);
    in->team_id = change_id(&form, "team_id", ID_TEAM);
    in->agent_id = change_id(&form, "agent_id", ID_AGENT);
    in->touchpoint_id = change_id(&form, "touchpoint_id", ID_TOUCHPOINT);
    in->attributes.is_given = attributes_form_change(&form, "attributes", &in->attributes.text) ||
                              json_form_is_null(&form, "attributes");
    read_labels(&form, in);
    err = request_form_end(request, &form);
    if (err) return err;
    return request_write(request, &CONVERSATION_PATCH, in,
                         arena_new(request->arena, struct conversation_out), changed);
}

/* ---- messages ---- */

static void message_added(struct request *request, enum err err)
{
    const struct message_out *out = request->out;
    if (err) {
        reply_fault(request, out->fault, err);
        return;
    }
    interaction_write_json(reply_json(request, 201), NULL, &out->view, shown_to(request));
    reply_done(request);
}

static void read_mentions(struct json_form *form, struct message_add_in *in)
{
    const struct json *items;
    size_t count;
    if (!json_form_array(form, "mentions", MENTIONS_MAX, &items, &count)) return;
    int64_t *ids = arena_array(form->problems->arena, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        if (items[i].kind == JSON_TEXT && id_parse(ID_AGENT, items[i].text, &ids[i]) == OK) {
            continue;
        }
        json_form_fault(form, "mentions", "invalid_id", "Give ids that begin with age_.");
    }
    if (count > 0 && in->kind != MESSAGE_NOTE) {
        json_form_fault(form, "mentions", "invalid", "Only a note can mention agents.");
    }
    in->mentions = ids;
    in->mentions_count = count;
}

static enum err message_add(struct request *request)
{
    static const char *const NAMES[] = { "reply", "note", NULL };
    struct json_form form;
    struct message_add_in *in = arena_new(request->arena, struct message_add_in);
    enum err err = request_conversation(request, 0, &in->conversation_id);
    if (!err) err = request_form(request, &form);
    if (err) return err;
    int index;
    if (json_form_choice(&form, "kind", NAMES, &index) && index == 1) in->kind = MESSAGE_NOTE;
    read_text(&form, "text", TEXT_MAX, &in->text);
    if (!in->text.data) json_form_fault(&form, "text", "required", "Write something.");
    read_mentions(&form, in);
    if (json_form_choice(&form, "state", STATE_NAMES, &index)) {
        in->state = (enum conversation_state)(index + 1);
        if (in->state == STATE_SNOOZED) {
            json_form_fault(&form, "state", "invalid", "Snooze with PATCH, which takes a time.");
        }
    }
    in->author_id = request->principal.agent_id;
    err = request_form_end(request, &form);
    if (err) return err;
    return request_write(request, &MESSAGE_ADD, in, arena_new(request->arena, struct message_out),
                         message_added);
}

/* ---- merge ---- */

static enum err conversation_merge(struct request *request)
{
    struct json_form form;
    struct reach reach;
    struct conversation_merge_in *in = arena_new(request->arena, struct conversation_merge_in);
    enum err err = request_conversation(request, 0, &in->into_id);
    if (!err) err = request_form(request, &form);
    if (err) return err;
    json_form_require(&form, "from");
    json_form_id(&form, "from", ID_CONVERSATION, &in->from_id);
    err = request_form_end(request, &form);
    if (!err) err = request_reach(request, &reach);
    if (err) return err;
    /* One that is out of reach is as one that does not exist. */
    if (reach_check(request->reader, request->arena, &reach, in->from_id) == ERR_NOT_FOUND) {
        reply_fault(request, CONVERSATION_FROM_NOT_FOUND, ERR_INVALID);
        return OK;
    }
    return request_write(request, &CONVERSATION_MERGE, in,
                         arena_new(request->arena, struct conversation_out), changed);
}

#define BODY .body = BODY_WHOLE, .body_max = CONVERSATION_BODY_MAX

static const struct route TABLE[] = {
    { "GET", "/api/v1/conversations", CONVERSATION_READ, .handle = conversations_show },
    { "POST", "/api/v1/conversations", CONVERSATION_WRITE, .handle = conversation_add, BODY },
    { "GET", "/api/v1/conversations/{id}", CONVERSATION_READ, .handle = conversation_show },
    { "PATCH", "/api/v1/conversations/{id}", CONVERSATION_WRITE, .handle = conversation_edit,
      BODY },
    { "GET", "/api/v1/conversations/{id}/messages", CONVERSATION_READ, .handle = messages_show },
    { "POST", "/api/v1/conversations/{id}/messages", CONVERSATION_WRITE, .handle = message_add,
      BODY },
    { "POST", "/api/v1/conversations/{id}/merge", CONVERSATION_WRITE, .handle = conversation_merge,
      BODY },
    { "GET", "/api/v1/conversations/{id}/events", CONVERSATION_READ,
      .handle = conversation_events_show },
    { "GET", "/api/v1/customers/{id}/conversations", CONVERSATION_READ,
      .handle = customer_conversations_show },
    { "GET", "/api/v1/customers/{id}/timeline", INTERACTION_READ, .handle = timeline_show },
};

const struct routes CONVERSATION_ROUTES = { .items = TABLE,
                                            .count = sizeof(TABLE) / sizeof(TABLE[0]) };
