/* Events: what happened, in the order of commits. Everything downstream follows them.
 *
 * An event holds ids and numbers, never names, addresses or text. Its fields are pairs of a field
 * and a number; the fields an event of a kind may have, its stream topic and the permission needed
 * to see it stand in one table, which feed, stream, webhooks and audit all read.
 *
 * Numbers of kinds and fields are stored: they never change, and none is used again.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/json.h"
#include "store/dimension.h"
#include "store/store.h"

enum event_kind {
    EVENT_INTERACTION_CAPTURED = 1,
    EVENT_INTERACTION_DELIVERY_CHANGED = 2,
    EVENT_CONVERSATION_CREATED = 10,
    EVENT_CONVERSATION_STATE_CHANGED = 11,
    EVENT_CONVERSATION_ASSIGNED = 12,
    EVENT_CONVERSATION_LABELLED = 13,
    EVENT_CONVERSATION_SNOOZED = 14,
    EVENT_CONVERSATION_MERGED = 15,
    EVENT_CONVERSATION_PRIORITY_CHANGED = 16,
    EVENT_CONVERSATION_CHANGED = 17, /* subject, attributes, touchpoint or the label of its state */
    EVENT_CUSTOMER_CREATED = 20,
    EVENT_CUSTOMER_MERGED = 21,
    EVENT_CUSTOMER_UNMERGED = 22,
    EVENT_CUSTOMER_ERASED = 23,
    EVENT_CUSTOMER_CHANGED = 24,
    EVENT_IDENTITY_ADDED = 30,
    EVENT_IDENTITY_VERIFIED = 31,
    EVENT_ANSWER_RECEIVED = 40,
    EVENT_INVITATION_CREATED = 41,
    EVENT_INVITATION_DELIVERED = 42,
    EVENT_INVITATION_EXPIRED = 43,
    EVENT_AGENT_STATE_CHANGED = 50,
    EVENT_FACT_CORRECTED = 60,
    EVENT_IMPORT_STARTED = 70,
    EVENT_IMPORT_PROGRESSED = 71,
    EVENT_IMPORT_FINISHED = 72,
    EVENT_DEFINITION_CHANGED = 80,
    EVENT_SETTING_CHANGED = 81,
    EVENT_ACCESS_SIGNED_IN = 90,
    EVENT_ACCESS_SIGNED_OUT = 91,
    EVENT_ACCESS_REFUSED = 92,
    EVENT_ACCESS_PERSON_CHANGED = 93,
    EVENT_ACCESS_TEAM_CHANGED = 94,
    EVENT_ACCESS_KEY_CREATED = 95,
    EVENT_ACCESS_KEY_REVOKED = 96,
    EVENT_KIND_MAX = 127
};

/* Fields below FIELD_DIMENSION_END are the dimensions of store/dimension.h, own ones included. */
enum event_field {
    FIELD_DIMENSION_END = DIMENSIONS, /* 48 */
    FIELD_STATE_FROM = 64,            /* enum conversation_state */
    FIELD_STATE,
    FIELD_OPENED_AT_MS,  /* when the conversation began */
    FIELD_INBOUND_AT_MS, /* the customer's first message, if nobody answered it yet */
    FIELD_ELAPSED_MS,    /* from the conversation's beginning to this event */
    FIELD_IS_FIRST,      /* 1: the first solving, the first inbound message, ... */
    FIELD_WAIT_MS,
    FIELD_HANDLE_MS,
    FIELD_FIRST_REPLY_MS, /* from the customer's first message to the first public agent reply */
    FIELD_REPLY_MS,       /* from the oldest unanswered message to this reply */
    FIELD_TEAM_FROM,
    FIELD_AGENT_FROM,
    FIELD_LABEL,
    FIELD_IS_ON, /* 1 added, 0 removed */
    FIELD_UNTIL_MS,
    FIELD_INTO,     /* the customer or conversation merged into */
    FIELD_QUESTION, /* enum question_kind */
    FIELD_SURVEY,
    FIELD_ANSWER,
    FIELD_SCORE,
    FIELD_SLA_MET,
    FIELD_DIMENSION, /* of a correction: enum dimension */
    FIELD_VALUE_FROM,
    FIELD_VALUE,
    FIELD_AGENT_STATE,
    FIELD_SUBJECT,      /* the person, team, key, import or channel an event is about */
    FIELD_SUBJECT_KIND, /* enum id_kind of it */
    FIELD_ROWS_READ,
    FIELD_ROWS_STORED,
    FIELD_ROWS_REFUSED,
    FIELD_BYTES_READ,
    FIELD_BYTES_TOTAL,
    FIELD_PRIORITY_FROM,
    FIELD_MAX = 127
};

enum { EVENT_FIELDS_MAX = 80, EVENT_DATA_MAX = 2048, EVENT_VERSION = 1 };

struct event_value {
    int field; /* enum event_field or enum dimension */
    int64_t number;
};

struct event {
    int64_t seq; /* given by the writer */
    int64_t at_ms;
    int64_t known_ms; /* given by the writer */
    enum event_kind kind;
    int version;
    struct actor actor;
    int64_t customer_id; /* 0: none, for these three */
    int64_t conversation_id;
    int64_t interaction_id;
    const struct event_value *values;
    size_t values_count;
};

/* How a field's number is shown. */
enum field_type {
    FIELD_IS_NUMBER,
    FIELD_IS_TIME, /* RFC 3339 */
    FIELD_IS_MS,   /* shown as seconds, the name ending in _seconds */
    FIELD_IS_FLAG,
    FIELD_IS_ID,    /* of the kind in the table */
    FIELD_IS_CHOICE /* an enum, shown by its name */
};

struct event_kind_row {
    enum event_kind kind;
    const char *name;       /* "conversation.state_changed": in the API, never changes */
    const char *topic;      /* "conversation": what ?topics= selects */
    const char *permission; /* as in http/permission.h, by name: who may see it */
    bool needs_reach;       /* an agent sees it only for conversations in reach */
};

/* NULL if there is no such kind. */
const struct event_kind_row *event_kind_row(enum event_kind kind);
const struct event_kind_row *event_kinds(size_t *count);

/* Adds an event to the batch; it is stored if the command succeeds. `at_ms` 0 means now. Dimensions
 * and values are encoded at once; nothing is kept of them. */
void tx_event(struct tx *tx, const struct event *event);

/* Collects the values of one event; room for EVENT_FIELDS_MAX, more is a bug. */
struct event_values {
    struct event_value items[EVENT_FIELDS_MAX];
    size_t count;
};
/* 0 is left out, for it means "none". */
void event_put(struct event_values *values, int field, int64_t number);
/* As event_put, but 0 is kept: for scores, flags and durations. */
void event_put_zero(struct event_values *values, int field, int64_t number);
void event_put_dimensions(struct event_values *values, const struct dimensions *dimensions);

/* The number of a field, or `missing`. */
int64_t event_number(const struct event *event, int field, int64_t missing);
void event_dimensions(const struct event *event, struct dimensions *out);

/* The stored form of the values, and back. ERR_CORRUPT if the bytes are malformed. */
struct str event_encode(struct arena *arena, const struct event_value *values, size_t count);
enum err event_decode(struct arena *arena, struct str data, const struct event_value **values,
                      size_t *count);

/* The canonical bytes that are hashed, and the link of the chain. */
struct hash event_hash(struct arena *arena, const struct event *event, struct str data,
                       const struct hash *previous);

/* As the API, the stream and webhooks show it. */
void event_write_json(struct json_writer *writer, const struct event *event);
