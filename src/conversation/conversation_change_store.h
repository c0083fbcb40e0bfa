/* What people and programs do to conversations: commands, made of the steps of
 * conversation_store.h.
 *
 * Owner: the writer's thread.
 */
#pragma once

#include "conversation/conversation_view_store.h"
#include "customer/change.h"
#include "customer/customer_store.h"

/* Why a command was refused, beside its error: counts then too. */
enum conversation_fault {
    CONVERSATION_FINE,
    CONVERSATION_VERSION,        /* If-Match named another one */
    CONVERSATION_EXTERNAL_TAKEN, /* external_id is another conversation's */
    CONVERSATION_NO_CUSTOMER,    /* no such customer, or erased */
    CONVERSATION_BAD_CHANNEL,
    CONVERSATION_NO_TEAM,  /* unknown or archived */
    CONVERSATION_NO_AGENT, /* unknown or disabled */
    CONVERSATION_NO_TOUCHPOINT,
    CONVERSATION_BAD_TOPIC, /* looks like an address or a number: it would name people */
    CONVERSATION_BAD_LABEL,
    CONVERSATION_LABELS_FULL, /* LABELS_OF_ONE_MAX */
    CONVERSATION_ATTRIBUTES_FULL,
    CONVERSATION_CANNOT_SNOOZE, /* solved, closed or spam */
    CONVERSATION_IS_MERGED,     /* changes belong to the one it was merged into */
    CONVERSATION_MERGE_ITSELF,
    CONVERSATION_FROM_NOT_FOUND
};

struct conversation_out {
    enum conversation_fault fault;
    struct conversation_view view;
};

/* Begins a conversation, with a first message if `text` is given. ERR_INVALID, ERR_CONFLICT or
 * ERR_LIMIT with a fault; ERR_INVALID without one if an identity is malformed. */
struct conversation_create_in {
    struct customer_hint customer; /* may say nothing */
    struct str channel;            /* name or id text */
    struct str subject;            /* no data: none, for the five below too */
    struct str text;
    struct str external_id;
    struct str attributes;
    struct str topic;
    struct str touchpoint;    /* name or id text */
    enum direction direction; /* of the message */
    enum priority priority;   /* 0: normal */
    int64_t team_id;          /* 0: none, for both */
    int64_t agent_id;
    int64_t author_id; /* the agent who acts; 0: none */
};
extern const struct command CONVERSATION_CREATE; /* fills a struct conversation_out */

enum { LABEL_CHANGES_MAX = 20, MENTIONS_MAX = 20 };

/* What is not given stays. ERR_NOT_FOUND; ERR_INVALID, ERR_CONFLICT or ERR_LIMIT with a fault. */
struct conversation_patch_in {
    int64_t id;
    int64_t version;               /* 0: any */
    enum conversation_state state; /* 0: as it is */
    enum priority priority;        /* 0: as it is */
    struct text_change state_label;
    struct text_change subject;
    struct text_change topic;
    struct text_change attributes; /* as attributes_form_change makes it; no data: all go */
    struct number_change team_id;
    struct number_change agent_id;
    struct number_change touchpoint_id;
    struct number_change snoozed_until_ms; /* cleared: it wakes now */
    const struct str *label_adds;          /* names or id texts */
    size_t label_adds_count;
    const struct str *label_removes;
    size_t label_removes_count;
};
extern const struct command CONVERSATION_PATCH; /* fills a struct conversation_out */

/* A reply to the customer or an internal note, then a change of state if there is one.
 * ERR_NOT_FOUND; ERR_INVALID or ERR_CONFLICT with a fault. */
enum message_kind { MESSAGE_REPLY, MESSAGE_NOTE };
struct message_add_in {
    int64_t conversation_id;
    enum message_kind kind;
    struct str text;
    int64_t author_id;       /* the agent who writes; 0: none */
    const int64_t *mentions; /* agents */
    size_t mentions_count;
    enum conversation_state state; /* 0: as it becomes */
};
struct message_out {
    enum conversation_fault fault;
    struct interaction_view view;
};
extern const struct command MESSAGE_ADD; /* fills a struct message_out */

/* `from` becomes part of `into`: its interactions, answers, labels and mentions move, it is closed
 * and points to `into`. ERR_NOT_FOUND, ERR_CONFLICT with a fault. */
struct conversation_merge_in {
    int64_t into_id;
    int64_t from_id;
};
extern const struct command CONVERSATION_MERGE; /* fills a struct conversation_out with `into` */
