#include "store/event.h"

#include <assert.h>
#include <string.h>

#include "store/varint.h"

static const struct event_kind_row KINDS[] = {
    { EVENT_INTERACTION_CAPTURED, "interaction.captured", "interaction", "interaction.read", true },
    { EVENT_INTERACTION_DELIVERY_CHANGED, "interaction.delivery_changed", "interaction",
      "interaction.read", true },
    { EVENT_CONVERSATION_CREATED, "conversation.created", "conversation", "conversation.read",
      true },
    { EVENT_CONVERSATION_STATE_CHANGED, "conversation.state_changed", "conversation",
      "conversation.read", true },
    { EVENT_CONVERSATION_ASSIGNED, "conversation.assigned", "conversation", "conversation.read",
      true },
    { EVENT_CONVERSATION_LABELLED, "conversation.labelled", "conversation", "conversation.read",
      true },
    { EVENT_CONVERSATION_SNOOZED, "conversation.snoozed", "conversation", "conversation.read",
      true },
    { EVENT_CONVERSATION_MERGED, "conversation.merged", "conversation", "conversation.read", true },
    { EVENT_CONVERSATION_PRIORITY_CHANGED, "conversation.priority_changed", "conversation",
      "conversation.read", true },
    { EVENT_CONVERSATION_CHANGED, "conversation.changed", "conversation", "conversation.read",
      true },
    { EVENT_CUSTOMER_CREATED, "customer.created", "customer", "customer.read", false },
    { EVENT_CUSTOMER_MERGED, "customer.merged", "customer", "customer.read", false },
    { EVENT_CUSTOMER_UNMERGED, "customer.unmerged", "customer", "customer.read", false },
    { EVENT_CUSTOMER_ERASED, "customer.erased", "customer", "customer.read", false },
    { EVENT_CUSTOMER_CHANGED, "customer.changed", "customer", "customer.read", false },
    { EVENT_IDENTITY_ADDED, "identity.added", "customer", "customer.read", false },
    { EVENT_IDENTITY_VERIFIED, "identity.verified", "customer", "customer.read", false },
    { EVENT_ANSWER_RECEIVED, "answer.received", "answer", "survey.read", false },
    { EVENT_INVITATION_CREATED, "invitation.created", "answer", "survey.read", false },
    { EVENT_INVITATION_DELIVERED, "invitation.delivered", "answer", "survey.read", false },
    { EVENT_INVITATION_EXPIRED, "invitation.expired", "answer", "survey.read", false },
    { EVENT_AGENT_STATE_CHANGED, "agent.state_changed", "agent", "place.read", false },
    { EVENT_FACT_CORRECTED, "fact.corrected", "definition", "metric.read", false },
    { EVENT_IMPORT_STARTED, "import.started", "import", "import.write", false },
    { EVENT_IMPORT_PROGRESSED, "import.progressed", "import", "import.write", false },
    { EVENT_IMPORT_FINISHED, "import.finished", "import", "import.write", false },
    { EVENT_DEFINITION_CHANGED, "definition.changed", "definition", "place.read", false },
    { EVENT_SETTING_CHANGED, "setting.changed", "definition", "settings.write", false },
    { EVENT_ACCESS_SIGNED_IN, "access.signed_in", "access", "audit.read", false },
    { EVENT_ACCESS_SIGNED_OUT, "access.signed_out", "access", "audit.read", false },
    { EVENT_ACCESS_REFUSED, "access.refused", "access", "audit.read", false },
    { EVENT_ACCESS_PERSON_CHANGED, "access.person_changed", "access", "audit.read", false },
    { EVENT_ACCESS_TEAM_CHANGED, "access.team_changed", "access", "audit.read", false },
    { EVENT_ACCESS_KEY_CREATED, "access.key_created", "access", "audit.read", false },
    { EVENT_ACCESS_KEY_REVOKED, "access.key_revoked", "access", "audit.read", false },
};

const struct event_kind_row *event_kinds(size_t *count)
{
    *count = sizeof(KINDS) / sizeof(KINDS[0]);
    return KINDS;
}

const struct event_kind_row *event_kind_row(enum event_kind kind)
{
    for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++) {
        if (KINDS[i].kind == kind) return &KINDS[i];
    }
    return NULL;
}

void event_put_zero(struct event_values *values, int field, int64_t number)
{
    assert(values->count < EVENT_FIELDS_MAX);
    assert(field >= 0 && field <= FIELD_MAX);
    values->items[values->count++] = (struct event_value){ field, number };
}

void event_put(struct event_values *values, int field, int64_t number)
{
    if (number != 0) event_put_zero(values, field, number);
}

void event_put_dimensions(struct event_values *values, const struct dimensions *dimensions)
{
    for (int i = 0; i < DIMENSIONS; i++) event_put(values, i, dimensions->values[i]);
}

int64_t event_number(const struct event *event, int field, int64_t missing)
{
    for (size_t i = 0; i < event->values_count; i++) {
        if (event->values[i].field == field) return event->values[i].number;
    }
    return missing;
}

void event_dimensions(const struct event *event, struct dimensions *out)
{
    *out = (struct dimensions){ 0 };
    for (size_t i = 0; i < event->values_count; i++) {
        int field = event->values[i].field;
        if (field < DIMENSIONS) out->values[field] = event->values[i].number;
    }
}

struct str event_encode(struct arena *arena, const struct event_value *values, size_t count)
{
    assert(count <= EVENT_FIELDS_MAX);
    unsigned char *bytes = arena_array(arena, unsigned char, count *(1 + VARINT_SIZE_MAX) + 1);
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        bytes[size++] = (unsigned char)values[i].field;
        size += varint_write(bytes + size, values[i].number);
    }
    assert(size <= EVENT_DATA_MAX);
    return (struct str){ .data = (const char *)bytes, .size = size };
}

enum err event_decode(struct arena *arena, struct str data, const struct event_value **values,
                      size_t *count)
{
    if (data.size > EVENT_DATA_MAX) return ERR_CORRUPT;
    const unsigned char *bytes = (const unsigned char *)data.data;
    size_t fields = 0;
    for (size_t at = 0; at < data.size; fields++) {
        int64_t number;
        if (bytes[at++] > FIELD_MAX || fields == EVENT_FIELDS_MAX) return ERR_CORRUPT;
        size_t used = varint_read(bytes + at, data.size - at, &number);
        if (used == 0) return ERR_CORRUPT;
        at += used;
    }
    struct event_value *items = arena_array(arena, struct event_value, fields + 1);
    size_t at = 0;
    for (size_t i = 0; i < fields; i++) {
        items[i].field = bytes[at++];
        at += varint_read(bytes + at, data.size - at, &items[i].number);
    }
    *values = items;
    *count = fields;
    return OK;
}

enum { HASHED_NUMBERS = 11 };

struct hash event_hash(struct arena *arena, const struct event *event, struct str data,
                       const struct hash *previous)
{
    const int64_t numbers[HASHED_NUMBERS] = {
        event->seq,         event->at_ms,           event->known_ms,       event->kind,
        event->version,     event->actor.kind,      event->actor.id,       event->actor.origin_id,
        event->customer_id, event->conversation_id, event->interaction_id,
    };
    size_t size = HASHED_NUMBERS * sizeof(int64_t) + data.size;
    unsigned char *bytes = arena_array(arena, unsigned char, size);
    for (size_t i = 0; i < HASHED_NUMBERS; i++) {
        for (size_t byte = 0; byte < sizeof(int64_t); byte++) {
            bytes[i * sizeof(int64_t) + byte] = (unsigned char)((uint64_t)numbers[i] >> (8 * byte));
        }
    }
    if (data.size > 0) memcpy(bytes + HASHED_NUMBERS * sizeof(int64_t), data.data, data.size);
    return hash_of_two((struct str){ (const char *)previous->bytes, HASH_SIZE },
                       (struct str){ (const char *)bytes, size });
}
