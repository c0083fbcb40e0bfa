#include "conversation/conversation_view_api.h"

#include "base/time.h"
#include "conversation/reach_store.h"
#include "customer/customer_list_store.h"

static struct str unless_masked(struct str text, enum shown shown)
{
    return shown == SHOWN_WHOLE ? text : (struct str){ 0 };
}

/* {"id", "name"} or null. */
static void write_named(struct json_writer *writer, const char *name, enum id_kind kind,
                        struct named named)
{
    if (named.id == 0) {
        json_put_null(writer, name);
        return;
    }
    json_object_begin(writer, name);
    json_put_id(writer, "id", kind, named.id);
    json_put_text_or_null(writer, "name", named.name);
    json_object_end(writer);
}

static void write_choice(struct json_writer *writer, const char *name, const char *const names[],
                         int number)
{
    if (number > 0) {
        json_put_text(writer, name, str_from(names[number - 1]));
    } else {
        json_put_null(writer, name);
    }
}

static void write_attributes(struct json_writer *writer, struct str attributes)
{
    json_put_raw(writer, "attributes", attributes.data ? attributes : STR("{}"));
}

static void write_labels(struct json_writer *writer, const struct conversation_view *view)
{
    json_array_begin(writer, "labels");
    for (size_t i = 0; i < view->labels_count; i++) {
        json_object_begin(writer, NULL);
        json_put_id(writer, "id", ID_LABEL, view->labels[i].id);
        json_put_text(writer, "name", view->labels[i].name);
        json_put_text_or_null(writer, "colour", view->labels[i].colour);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void write_times(struct json_writer *writer, const struct conversation_view *view)
{
    json_put_time(writer, "created_at", view->created_at_ms);
    json_put_time(writer, "activity_at", view->activity_at_ms);
    json_put_time(writer, "waiting_since", view->waiting_since_ms);
    json_put_time(writer, "first_reply_at", view->first_reply_at_ms);
    json_put_time(writer, "first_solved_at", view->first_solved_at_ms);
    json_put_time(writer, "solved_at", view->solved_at_ms);
    json_put_time(writer, "closed_at", view->closed_at_ms);
    json_put_time(writer, "snoozed_until", view->snoozed_until_ms);
}

static void write_last(struct json_writer *writer, const struct conversation_view *view,
                       enum shown shown)
{
    if (view->last.id == 0) {
        json_put_null(writer, "last_interaction");
        return;
    }
    json_object_begin(writer, "last_interaction");
    json_put_id(writer, "id", ID_INTERACTION, view->last.id);
    json_put_time(writer, "at", view->last.at_ms);
    write_choice(writer, "direction", DIRECTION_NAMES, (int)view->last.direction);
    write_choice(writer, "kind", KIND_NAMES, (int)view->last.kind);
    json_put_text_or_null(writer, "text", unless_masked(view->last.text, shown));
    json_object_end(writer);
}

void conversation_write_json(struct json_writer *writer, const struct conversation_view *view,
                             enum shown shown)
{
    struct named customer = { view->customer.id, unless_masked(view->customer.name, shown) };
    json_object_begin(writer, NULL);
    json_put_id(writer, "id", ID_CONVERSATION, view->id);
    json_put_text_or_null(writer, "external_id", view->external_id);
    write_named(writer, "customer", ID_CUSTOMER, customer);
    write_named(writer, "channel", ID_CHANNEL, view->channel);
    write_named(writer, "touchpoint", ID_TOUCHPOINT, view->touchpoint);
    write_named(writer, "team", ID_TEAM, view->team);
    write_named(writer, "agent", ID_AGENT, view->agent);
    write_choice(writer, "state", STATE_NAMES, (int)view->state);
    json_put_text_or_null(writer, "state_label", view->state_label);
    write_choice(writer, "priority", PRIORITY_NAMES, (int)view->priority);
    json_put_text_or_null(writer, "topic", view->topic);
    json_put_text_or_null(writer, "subject", unless_masked(view->subject, shown));
    write_labels(writer, view);
    write_attributes(writer, view->attributes);
    write_times(writer, view);
    json_put_int(writer, "interaction_count", view->interaction_count);
    json_put_int(writer, "reassignment_count", view->reassignment_count);
    json_put_int(writer, "reopen_count", view->reopen_count);
    if (view->sla_met < 0) {
        json_put_null(writer, "sla_met");
    } else {
        json_put_bool(writer, "sla_met", view->sla_met != 0);
    }
    write_last(writer, view, shown);
    json_put_id(writer, "merged_into", ID_CONVERSATION, view->merged_into);
    json_put_int(writer, "version", view->version);
    json_object_end(writer);
}

static void write_seconds(struct json_writer *writer, const char *name, int64_t ms)
{
    if (ms < 0) {
        json_put_null(writer, name);
    } else {
        json_put_real(writer, name, (double)ms / MS_PER_SECOND);
    }
}

static void write_score(struct json_writer *writer, const char *name, int64_t score)
{
    if (score >= 0) json_put_int(writer, name, score);
}

void interaction_write_json(struct json_writer *writer, const char *name,
                            const struct interaction_view *view, enum shown shown)
{
    json_object_begin(writer, name);
    json_put_id(writer, "id", ID_INTERACTION, view->id);
    json_put_text_or_null(writer, "external_id", view->external_id);
    json_put_time(writer, "at", view->at_ms);
    write_choice(writer, "kind", KIND_NAMES, (int)view->kind);
    write_choice(writer, "direction", DIRECTION_NAMES, (int)view->direction);
    write_named(writer, "channel", ID_CHANNEL, view->channel);
    write_named(writer, "touchpoint", ID_TOUCHPOINT, view->touchpoint);
    json_put_id(writer, "customer_id", ID_CUSTOMER, view->customer_id);
    json_put_id(writer, "conversation_id", ID_CONVERSATION, view->conversation_id);
    write_named(writer, "agent", ID_AGENT, view->agent);
    write_named(writer, "team", ID_TEAM, view->team);
    json_put_text_or_null(writer, "text", unless_masked(view->text, shown));
    write_seconds(writer, "wait_seconds", view->wait_ms);
    write_seconds(writer, "handle_seconds", view->handle_ms);
    write_choice(writer, "outcome", OUTCOME_NAMES, (int)view->outcome);
    json_object_begin(writer, "answers");
    write_score(writer, "nps", view->nps);
    write_score(writer, "csat", view->csat);
    write_score(writer, "ces", view->ces);
    json_object_end(writer);
    write_attributes(writer, view->attributes);
    json_put_time(writer, "captured_at", view->captured_at_ms);
    json_object_end(writer);
}

/* ---- reach ---- */

enum err request_reach(struct request *request, struct reach *out)
{
    return reach_read(request->reader, request->arena, request->principal.sees_all,
                      request->principal.agent_id, out);
}

enum err request_conversation(struct request *request, size_t index, int64_t *out)
{
    int64_t id;
    struct reach reach;
    enum err err = request_id_parameter(request, index, ID_CONVERSATION, &id);
    if (!err) err = request_reach(request, &reach);
    if (!err) err = reach_check(request->reader, request->arena, &reach, id);
    if (!err) *out = id;
    return err;
}

/* ---- arguments ---- */

static enum err bad_id(struct request *request, const char *name, enum id_kind kind)
{
    char example[ID_TEXT_SIZE];
    id_write(kind, 1, example);
    return request_fault(request, name,
                         "Give ids that begin with %.4s and have 13 more characters.", example);
}

enum err request_argument_ids(struct request *request, const char *name, enum id_kind kind,
                              size_t count_max, int64_t *out, size_t *count)
{
    struct str rest = request_argument(request, name);
    if (rest.size == 0) return OK;
    size_t found = 0;
    while (rest.size > 0) {
        struct str text = str_cut(&rest, ',');
        if (found == count_max) return request_fault(request, name, "Give at most %zu.", count_max);
        if (id_parse(kind, str_trim(text), &out[found]) != OK) return bad_id(request, name, kind);
        found++;
    }
    *count = found;
    return OK;
}

enum err request_argument_id(struct request *request, const char *name, enum id_kind kind,
                             int64_t *out)
{
    struct str text = request_argument(request, name);
    if (text.size == 0) return OK;
    return id_parse(kind, text, out) == OK ? OK : bad_id(request, name, kind);
}

static int index_of(const char *const names[], struct str name)
{
    for (int i = 0; names[i]; i++) {
        if (str_equal(str_from(names[i]), name)) return i;
    }
    return -1;
}

enum err request_argument_choices(struct request *request, const char *name,
                                  const char *const names[], uint32_t *out)
{
    enum { LIST_SIZE = 200 };
    struct str rest = request_argument(request, name);
    uint32_t bits = 0;
    while (rest.size > 0) {
        int index = index_of(names, str_trim(str_cut(&rest, ',')));
        if (index < 0) {
            struct buf list = buf_open(request->arena, LIST_SIZE);
            for (int i = 0; names[i]; i++) buf_printf(&list, i ? ", %s" : "%s", names[i]);
            struct str all = buf_view(&list);
            return request_fault(request, name, "Give one or more of %.*s, with commas between.",
                                 STR_ARG(all));
        }
        bits |= 1U << (index + 1);
    }
    if (bits) *out = bits;
    return OK;
}

enum err request_argument_time(struct request *request, const char *name, int64_t *out)
{
    struct str text = request_argument(request, name);
    if (text.size == 0 || time_parse(text, out) == OK) return OK;
    return request_fault(request, name, "Give a time such as 2026-03-01T09:30:00Z.");
}

enum err request_argument_customers(struct request *request, const char *name, int64_t **out,
                                    size_t *count)
{
    int64_t id = 0;
    enum err err = request_argument_id(request, name, ID_CUSTOMER, &id);
    if (err || id == 0) return err;
    err = customer_members(&(struct read_from){ .reader = request->reader }, request->arena, id,
                           out, count);
    if (err != ERR_NOT_FOUND) return err;
    return request_fault(request, name, "There is no such customer.");
}
