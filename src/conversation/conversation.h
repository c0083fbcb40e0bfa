/* What interactions and conversations are: their enumerations and rows. Pure.
 *
 * The numbers are stored: they never change. Their names are the API's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "store/dimension.h"

enum conversation_state {
    STATE_NEW = 1,
    STATE_OPEN = 2,
    STATE_PENDING = 3, /* the customer owes an answer */
    STATE_ON_HOLD = 4, /* a third party does */
    STATE_SNOOZED = 5, /* until a time */
    STATE_SOLVED = 6,
    STATE_CLOSED = 7,
    STATE_SPAM = 8,
    STATE_END
};

enum priority { PRIORITY_LOW = 1, PRIORITY_NORMAL = 2, PRIORITY_HIGH = 3, PRIORITY_URGENT = 4 };

enum interaction_kind {
    KIND_MESSAGE = 1,
    KIND_CALL = 2,
    KIND_VISIT = 3,
    KIND_PURCHASE = 4,
    KIND_REVIEW = 5,
    KIND_ANSWER = 6, /* of a survey */
    KIND_EVENT = 7,  /* anything else that happened */
    KIND_NOTE = 8    /* internal: the customer never sees it */
};

enum direction { DIRECTION_IN = 1, DIRECTION_OUT = 2, DIRECTION_INTERNAL = 3 };

enum outcome {
    OUTCOME_NONE = 0,
    OUTCOME_ANSWERED = 1,
    OUTCOME_ABANDONED = 2,
    OUTCOME_TRANSFERRED = 3,
    OUTCOME_CALLBACK = 4,
    OUTCOME_BOT = 5
};

enum channel_kind {
    CHANNEL_OTHER = 1,
    CHANNEL_EMAIL = 2,
    CHANNEL_CHAT = 3,
    CHANNEL_SMS = 4,
    CHANNEL_VOICE = 5,
    CHANNEL_WEB = 6,
    CHANNEL_SOCIAL = 7,
    CHANNEL_FORM = 8,
    CHANNEL_API = 9
};

/* By number minus 1; each ends with NULL. */
extern const char *const STATE_NAMES[];
extern const char *const PRIORITY_NAMES[];
extern const char *const KIND_NAMES[];
extern const char *const DIRECTION_NAMES[];
extern const char *const OUTCOME_NAMES[];
extern const char *const CHANNEL_KIND_NAMES[];

/* Somebody still has to do something: counted as backlog. */
bool state_is_unsolved(enum conversation_state state);
/* What a new channel of that name most likely is: "email" -> CHANNEL_EMAIL, "phone" -> VOICE. */
enum channel_kind channel_kind_of_name(struct str name);

enum {
    SUBJECT_MAX = 500,
    TEXT_MAX = 100000,
    EXTERNAL_ID_MAX = 200,
    PLACE_NAME_MAX = 100,
    STATE_LABEL_MAX = 60,
    ATTRIBUTES_MAX = 64,
    ATTRIBUTES_SIZE_MAX = 16384
};

/* 0 and a str without data mean "none" in both rows. */
struct conversation {
    int64_t id;
    struct str external_id;
    int64_t customer_id;
    int64_t channel_id;
    int64_t touchpoint_id;
    int64_t team_id;
    int64_t agent_id;
    enum conversation_state state;
    struct str state_label;
    enum priority priority;
    int64_t topic_id;
    int64_t product_id;
    int64_t segment_id;
    int64_t country_id;
    int64_t language_id;
    struct str own_values;
    struct str subject;
    struct str attributes; /* JSON */
    int64_t created_at_ms;
    int64_t activity_at_ms;
    int64_t waiting_since_ms;
    int64_t inbound_at_ms;
    int64_t first_reply_at_ms;
    int64_t first_solved_at_ms;
    int64_t solved_at_ms;
    int64_t closed_at_ms;
    int64_t snoozed_until_ms;
    enum conversation_state snoozed_from; /* 0: not snoozed */
    int64_t last_interaction_id;
    int64_t interaction_count;
    int64_t reassignment_count;
    int64_t reopen_count;
    int sla_met; /* 1, 0, or -1: no promise known */
    int64_t merged_into;
    int64_t version;
    bool is_brief; /* in memory only: texts were not read */
};

struct interaction {
    int64_t id;
    struct str external_id;
    int64_t channel_id;
    int64_t at_ms;
    enum interaction_kind kind;
    enum direction direction;
    int64_t customer_id;
    int64_t conversation_id;
    int64_t touchpoint_id;
    int64_t team_id;
    int64_t agent_id;
    enum outcome outcome;
    int64_t wait_ms;   /* -1: unknown */
    int64_t handle_ms; /* -1: unknown */
    struct str text;
    struct str attributes; /* JSON */
    int64_t captured_at_ms;
};

/* Where a conversation stands in all dimensions. */
void conversation_dimensions(const struct conversation *conversation, struct dimensions *out);
