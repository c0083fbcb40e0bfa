#include "store/event.h"

#include <stdio.h>

/* What a field is called and how its number is shown. */
struct field_row {
    int field;
    const char *name;
    enum field_type type;
    enum id_kind id_kind;
    const char *const *choices; /* by number minus 1 */
};

static const char *const STATES[] = { "new",    "open",   "pending", "on_hold", "snoozed",
                                      "solved", "closed", "spam",    NULL };
static const char *const PRIORITIES[] = { "low", "normal", "high", "urgent", NULL };
static const char *const KINDS[] = { "message", "call",  "visit", "purchase", "review",
                                     "answer",  "event", "note",  NULL };
static const char *const DIRECTIONS[] = { "in", "out", "internal", NULL };
static const char *const OUTCOMES[] = { "answered", "abandoned", "transferred",
                                        "callback", "bot",       NULL };
static const char *const QUESTIONS[] = { "nps", "csat", "ces", "text", NULL };
static const char *const AGENT_STATES[] = { "available", "busy", "away", "offline", NULL };

static const struct field_row FIELDS[] = {
    { DIMENSION_CHANNEL, "channel_id", FIELD_IS_ID, ID_CHANNEL, NULL },
    { DIMENSION_TEAM, "team_id", FIELD_IS_ID, ID_TEAM, NULL },
    { DIMENSION_AGENT, "agent_id", FIELD_IS_ID, ID_AGENT, NULL },
    { DIMENSION_TOUCHPOINT, "touchpoint_id", FIELD_IS_ID, ID_TOUCHPOINT, NULL },
    { DIMENSION_TOPIC, "topic_id", FIELD_IS_ID, ID_VALUE, NULL },
    { DIMENSION_PRODUCT, "product_id", FIELD_IS_ID, ID_VALUE, NULL },
    { DIMENSION_SEGMENT, "segment_id", FIELD_IS_ID, ID_VALUE, NULL },
    { DIMENSION_COUNTRY, "country_id", FIELD_IS_ID, ID_VALUE, NULL },
    { DIMENSION_LANGUAGE, "language_id", FIELD_IS_ID, ID_VALUE, NULL },
    { DIMENSION_PRIORITY, "priority", FIELD_IS_CHOICE, ID_KINDS, PRIORITIES },
    { DIMENSION_KIND, "kind", FIELD_IS_CHOICE, ID_KINDS, KINDS },
    { DIMENSION_DIRECTION, "direction", FIELD_IS_CHOICE, ID_KINDS, DIRECTIONS },
    { DIMENSION_OUTCOME, "outcome", FIELD_IS_CHOICE, ID_KINDS, OUTCOMES },
    { FIELD_STATE_FROM, "state_from", FIELD_IS_CHOICE, ID_KINDS, STATES },
    { FIELD_STATE, "state", FIELD_IS_CHOICE, ID_KINDS, STATES },
    { FIELD_OPENED_AT_MS, "opened_at", FIELD_IS_TIME, ID_KINDS, NULL },
    { FIELD_INBOUND_AT_MS, "inbound_at", FIELD_IS_TIME, ID_KINDS, NULL },
    { FIELD_ELAPSED_MS, "elapsed_seconds", FIELD_IS_MS, ID_KINDS, NULL },
    { FIELD_IS_FIRST, "is_first", FIELD_IS_FLAG, ID_KINDS, NULL },
    { FIELD_WAIT_MS, "wait_seconds", FIELD_IS_MS, ID_KINDS, NULL },
    { FIELD_HANDLE_MS, "handle_seconds", FIELD_IS_MS, ID_KINDS, NULL },
    { FIELD_FIRST_REPLY_MS, "first_reply_seconds", FIELD_IS_MS, ID_KINDS, NULL },
    { FIELD_REPLY_MS, "reply_seconds", FIELD_IS_MS, ID_KINDS, NULL },
    { FIELD_TEAM_FROM, "team_from_id", FIELD_IS_ID, ID_TEAM, NULL },
    { FIELD_AGENT_FROM, "agent_from_id", FIELD_IS_ID, ID_AGENT, NULL },
    { FIELD_LABEL, "label_id", FIELD_IS_ID, ID_LABEL, NULL },
    { FIELD_IS_ON, "is_on", FIELD_IS_FLAG, ID_KINDS, NULL },
    { FIELD_UNTIL_MS, "until", FIELD_IS_TIME, ID_KINDS, NULL },
    { FIELD_QUESTION, "question", FIELD_IS_CHOICE, ID_KINDS, QUESTIONS },
    { FIELD_SURVEY, "survey_id", FIELD_IS_ID, ID_SURVEY, NULL },
    { FIELD_ANSWER, "answer_id", FIELD_IS_ID, ID_ANSWER, NULL },
    { FIELD_SCORE, "score", FIELD_IS_NUMBER, ID_KINDS, NULL },
    { FIELD_SLA_MET, "sla_met", FIELD_IS_FLAG, ID_KINDS, NULL },
    { FIELD_DIMENSION, "dimension", FIELD_IS_NUMBER, ID_KINDS, NULL },
    { FIELD_VALUE_FROM, "value_from_id", FIELD_IS_ID, ID_VALUE, NULL },
    { FIELD_VALUE, "value_id", FIELD_IS_ID, ID_VALUE, NULL },
    { FIELD_AGENT_STATE, "agent_state", FIELD_IS_CHOICE, ID_KINDS, AGENT_STATES },
    { FIELD_ROWS_READ, "rows_read", FIELD_IS_NUMBER, ID_KINDS, NULL },
    { FIELD_ROWS_STORED, "rows_stored", FIELD_IS_NUMBER, ID_KINDS, NULL },
    { FIELD_ROWS_REFUSED, "rows_refused", FIELD_IS_NUMBER, ID_KINDS, NULL },
    { FIELD_BYTES_READ, "bytes_read", FIELD_IS_NUMBER, ID_KINDS, NULL },
    { FIELD_BYTES_TOTAL, "bytes_total", FIELD_IS_NUMBER, ID_KINDS, NULL },
    { FIELD_PRIORITY_FROM, "priority_from", FIELD_IS_CHOICE, ID_KINDS, PRIORITIES },
};

static const char *const ACTORS[] = { "system", "agent", "key", "customer", "import" };
static const enum id_kind ACTOR_IDS[] = { ID_KINDS, ID_AGENT, ID_KEY, ID_CUSTOMER, ID_IMPORT };

static const struct field_row *field_row(int field)
{
    for (size_t i = 0; i < sizeof(FIELDS) / sizeof(FIELDS[0]); i++) {
        if (FIELDS[i].field == field) return &FIELDS[i];
    }
    return NULL;
}

static const char *choice(const struct field_row *row, int64_t number)
{
    for (int64_t i = 1; row->choices[i - 1]; i++) {
        if (i == number) return row->choices[i - 1];
    }
    return NULL;
}

static void field_write(struct json_writer *writer, const struct field_row *row, int64_t number)
{
    switch (row->type) {
    case FIELD_IS_NUMBER: json_put_int(writer, row->name, number); break;
    case FIELD_IS_TIME: json_put_time(writer, row->name, number); break;
    case FIELD_IS_MS: json_put_real(writer, row->name, (double)number / 1000.0); break;
    case FIELD_IS_FLAG: json_put_bool(writer, row->name, number != 0); break;
    case FIELD_IS_ID: json_put_id(writer, row->name, row->id_kind, number); break;
    case FIELD_IS_CHOICE:
        json_put_text_or_null(writer, row->name, str_from(choice(row, number)));
        break;
    }
}

/* What an event is about when its kind alone does not say: a person, a team, a key, … */
static void subject_write(struct json_writer *writer, const struct event *event)
{
    int64_t subject = event_number(event, FIELD_SUBJECT, 0);
    int64_t kind = event_number(event, FIELD_SUBJECT_KIND, ID_KINDS);
    if (subject == 0 || kind < 0 || kind >= ID_KINDS) return;
    json_put_id(writer, "subject_id", (enum id_kind)kind, subject);
}

/* A conversation goes into a conversation, a customer into a customer. */
static void into_write(struct json_writer *writer, const struct event *event)
{
    int64_t into = event_number(event, FIELD_INTO, 0);
    if (into == 0) return;
    bool is_conversation = event->kind == EVENT_CONVERSATION_MERGED;
    json_put_id(writer, "into_id", is_conversation ? ID_CONVERSATION : ID_CUSTOMER, into);
}

static void data_write(struct json_writer *writer, const struct event *event)
{
    json_object_begin(writer, "data");
    for (size_t i = 0; i < event->values_count; i++) {
        int field = event->values[i].field;
        const struct field_row *row = field_row(field);
        if (row) field_write(writer, row, event->values[i].number);
        if (!row && field >= DIMENSION_OWN_FIRST && field < DIMENSIONS) {
            char name[24];
            snprintf(name, sizeof(name), "own_%d_id", field - DIMENSION_OWN_FIRST + 1);
            json_put_id(writer, name, ID_VALUE, event->values[i].number);
        }
    }
    subject_write(writer, event);
    into_write(writer, event);
    json_object_end(writer);
}

static void actor_write(struct json_writer *writer, const struct actor *actor)
{
    json_object_begin(writer, "actor");
    json_put_text(writer, "kind", str_from(ACTORS[actor->kind]));
    if (actor->id != 0 && actor->kind != ACTOR_SYSTEM) {
        json_put_id(writer, "id", ACTOR_IDS[actor->kind], actor->id);
    } else {
        json_put_null(writer, "id");
    }
    json_object_end(writer);
}

void event_write_json(struct json_writer *writer, const struct event *event)
{
    const struct event_kind_row *row = event_kind_row(event->kind);
    json_object_begin(writer, NULL);
    json_put_int(writer, "seq", event->seq);
    json_put_text(writer, "kind", str_from(row ? row->name : "unknown"));
    json_put_int(writer, "version", event->version);
    json_put_time(writer, "at", event->at_ms);
    json_put_time(writer, "known_at", event->known_ms);
    actor_write(writer, &event->actor);
    json_put_int(writer, "origin_id", event->actor.origin_id);
    json_put_id(writer, "customer_id", ID_CUSTOMER, event->customer_id);
    json_put_id(writer, "conversation_id", ID_CONVERSATION, event->conversation_id);
    json_put_id(writer, "interaction_id", ID_INTERACTION, event->interaction_id);
    data_write(writer, event);
    json_object_end(writer);
}
