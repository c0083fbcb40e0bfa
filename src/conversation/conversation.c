#include "conversation/conversation.h"

#include <assert.h>

const char *const STATE_NAMES[] = { "new",    "open",   "pending", "on_hold", "snoozed",
                                    "solved", "closed", "spam",    NULL };
const char *const PRIORITY_NAMES[] = { "low", "normal", "high", "urgent", NULL };
const char *const KIND_NAMES[] = { "message", "call",  "visit", "purchase", "review",
                                   "answer",  "event", "note",  NULL };
const char *const DIRECTION_NAMES[] = { "in", "out", "internal", NULL };
const char *const OUTCOME_NAMES[] = { "answered", "abandoned", "transferred",
                                      "callback", "bot",       NULL };
const char *const CHANNEL_KIND_NAMES[] = { "other", "email",  "chat", "sms", "voice",
                                           "web",   "social", "form", "api", NULL };

bool state_is_unsolved(enum conversation_state state)
{
    return state >= STATE_NEW && state <= STATE_SNOOZED;
}

struct known_channel {
    const char *name; /* lower case */
    enum channel_kind kind;
};

static const struct known_channel KNOWN_CHANNELS[] = {
    { "email", CHANNEL_EMAIL },     { "e-mail", CHANNEL_EMAIL },    { "mail", CHANNEL_EMAIL },
    { "chat", CHANNEL_CHAT },       { "livechat", CHANNEL_CHAT },   { "sms", CHANNEL_SMS },
    { "phone", CHANNEL_VOICE },     { "voice", CHANNEL_VOICE },     { "call", CHANNEL_VOICE },
    { "web", CHANNEL_WEB },         { "website", CHANNEL_WEB },     { "form", CHANNEL_FORM },
    { "facebook", CHANNEL_SOCIAL }, { "twitter", CHANNEL_SOCIAL },  { "instagram", CHANNEL_SOCIAL },
    { "whatsapp", CHANNEL_SOCIAL }, { "telegram", CHANNEL_SOCIAL }, { "api", CHANNEL_API },
};

static bool equals_folded(struct str text, const char *lower)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if (lower[i] == '\0' || c != lower[i]) return false;
    }
    return lower[text.size] == '\0';
}

enum channel_kind channel_kind_of_name(struct str name)
{
    for (size_t i = 0; i < sizeof(KNOWN_CHANNELS) / sizeof(KNOWN_CHANNELS[0]); i++) {
        if (equals_folded(name, KNOWN_CHANNELS[i].name)) return KNOWN_CHANNELS[i].kind;
    }
    return CHANNEL_OTHER;
}

void conversation_dimensions(const struct conversation *conversation, struct dimensions *out)
{
    *out = (struct dimensions){ 0 };
    enum err err = dimensions_decode(conversation->own_values, out);
    assert(!err); /* we wrote them */
    out->values[DIMENSION_CHANNEL] = conversation->channel_id;
    out->values[DIMENSION_TEAM] = conversation->team_id;
    out->values[DIMENSION_AGENT] = conversation->agent_id;
    out->values[DIMENSION_TOUCHPOINT] = conversation->touchpoint_id;
    out->values[DIMENSION_TOPIC] = conversation->topic_id;
    out->values[DIMENSION_PRODUCT] = conversation->product_id;
    out->values[DIMENSION_SEGMENT] = conversation->segment_id;
    out->values[DIMENSION_COUNTRY] = conversation->country_id;
    out->values[DIMENSION_LANGUAGE] = conversation->language_id;
    out->values[DIMENSION_PRIORITY] = conversation->priority;
}
