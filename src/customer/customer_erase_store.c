#include "customer/customer_erase_store.h"

#include "customer/customer_list_store.h"
#include "store/event.h"

/* Those by which a conversation is found come after those that need to find it. */
static const struct query ANSWERS_ERASE = {
    .sql =
        "UPDATE answer SET text = NULL WHERE text IS NOT NULL AND interaction_id IN"
        " (SELECT i.id FROM conversation v JOIN interaction i ON i.conversation_id = v.id"
        " WHERE v.customer_id = $1"
        " UNION ALL SELECT id FROM interaction WHERE customer_id = $1 AND conversation_id IS NULL"
        " UNION ALL SELECT i.id FROM conversation_guest g JOIN interaction i"
        " ON i.conversation_id = g.conversation_id WHERE g.customer_id = $1"
        " AND i.customer_id = $1)",
};
/* All that was said in the customer's conversations: what agents wrote there names the customer. */
static const struct query INTERACTIONS_ERASE = {
    .sql = "UPDATE interaction SET text = NULL, attributes = NULL, external_id = NULL"
           " WHERE conversation_id IN (SELECT id FROM conversation WHERE customer_id = $1)"
           " AND conversation_id IS NOT NULL"
           " AND (text IS NOT NULL OR attributes IS NOT NULL OR external_id IS NOT NULL)",
};
static const struct query LONE_INTERACTIONS_ERASE = {
    .sql = "UPDATE interaction SET text = NULL, attributes = NULL, external_id = NULL"
           " WHERE customer_id = $1 AND conversation_id IS NULL"
           " AND (text IS NOT NULL OR attributes IS NOT NULL OR external_id IS NOT NULL)",
};
static const struct query GUEST_INTERACTIONS_ERASE = {
    .sql = "UPDATE interaction SET text = NULL, attributes = NULL, external_id = NULL"
           " WHERE conversation_id IN"
           " (SELECT conversation_id FROM conversation_guest WHERE customer_id = $1)"
           " AND conversation_id IS NOT NULL AND customer_id = $1"
           " AND (text IS NOT NULL OR attributes IS NOT NULL OR external_id IS NOT NULL)",
};
static const struct query CONVERSATIONS_ERASE = {
    .sql = "UPDATE conversation SET subject = NULL, attributes = NULL, external_id = NULL,"
           " state_label = NULL, version = version + 1 WHERE customer_id = $1"
           " AND (subject IS NOT NULL OR attributes IS NOT NULL OR external_id IS NOT NULL"
           " OR state_label IS NOT NULL)",
};
static const struct query IDENTITIES_ERASE = {
    .sql = "DELETE FROM identity WHERE customer_id = $1",
};
static const struct query CUSTOMER_ERASE_ROW = {
    .sql = "UPDATE customer SET name = NULL, attributes = NULL, version = version + 1"
           " WHERE id = $1",
};

static const struct eraser ERASERS[] = {
    { "answer", "text", &ANSWERS_ERASE, ERASED_OTHER },
    { "interaction", "text attributes external_id", &INTERACTIONS_ERASE, ERASED_INTERACTIONS },
    { "interaction", "text attributes external_id", &LONE_INTERACTIONS_ERASE, ERASED_INTERACTIONS },
    { "interaction", "text attributes external_id", &GUEST_INTERACTIONS_ERASE,
      ERASED_INTERACTIONS },
    { "conversation", "subject attributes external_id state_label", &CONVERSATIONS_ERASE,
      ERASED_CONVERSATIONS },
    { "identity", "text", &IDENTITIES_ERASE, ERASED_IDENTITIES },
    { "customer", "name attributes", &CUSTOMER_ERASE_ROW, ERASED_OTHER },
};

static const struct harmless_column HARMLESS[] = {
    { "setting", "name", "a name of the program's" },
    { "setting", "body", "of the workspace" },
    { "idempotency", "route", "a route of the program's" },
    { "idempotency", "name", "made by the caller's program for one call; gone after 24 h" },
    { "idempotency", "reply", "emptied apart, by the customer's id in it" },
    { "dimension", "name", "what the workspace cuts its numbers by" },
    { "dimension_value", "text", "values that look like addresses or numbers are refused" },
    { "team", "name", "about the people who serve" },
    { "agent", "email", "about the people who serve" },
    { "agent", "name", "about the people who serve" },
    { "agent", "external_id", "about the people who serve" },
    { "agent", "password_hash", "about the people who serve" },
    { "api_key", "hint", "of a program" },
    { "api_key", "name", "of a program" },
    { "channel", "name", "of the workspace" },
    { "touchpoint", "name", "of the workspace" },
    { "label", "name", "of the workspace" },
    { "label", "colour", "of the workspace" },
    { "survey", "name", "of the workspace" },
    { "question", "text", "of the workspace" },
    { "import", "file_name", "given by an agent to a file" },
    { "import", "settings", "zone and map of an import" },
    { "import", "reason", "words of the program about a file" },
    { "import_refusal", "code", "a word of the program's" },
    { "import_refusal", "detail", "names the field at fault and never quotes its value" },
};

const struct eraser *customer_erasers(size_t *count)
{
    *count = sizeof(ERASERS) / sizeof(ERASERS[0]);
    return ERASERS;
}

const struct harmless_column *customer_harmless_columns(size_t *count)
{
    *count = sizeof(HARMLESS) / sizeof(HARMLESS[0]);
    return HARMLESS;
}

enum { CONVERSATIONS_STEP = 1000 };

static const struct query CONVERSATIONS_OF = {
    .sql = "SELECT id FROM conversation WHERE customer_id = $1 AND id > $2 ORDER BY id LIMIT 1000",
    .rows_max = CONVERSATIONS_STEP,
};
static const struct query GUESTS_OF = {
    .sql = "SELECT conversation_id FROM conversation_guest WHERE customer_id = $1"
           " AND conversation_id > $2 ORDER BY conversation_id LIMIT 1000",
    .rows_max = CONVERSATIONS_STEP,
};
static const struct query ERASED_SET = {
    .sql = "UPDATE customer SET erased_at_ms = $2, updated_at_ms = $2 WHERE id = $1"
           " AND erased_at_ms IS NULL",
};
/* A repeated POST would say again what the first one said. */
static const struct query REPLIES_EMPTY = {
    .sql = "UPDATE idempotency SET reply = '' WHERE replace(reply, $1, '') <> reply",
};

/* The search index hears of each conversation apart, for an event names one. */
static enum err tell_of_conversations(struct tx *tx, struct arena *arena, const struct query *query,
                                      int64_t customer_id)
{
    int64_t last = 0;
    for (;;) {
        struct rows rows;
        enum err err =
            tx_read(tx, arena, query, ARGS(value_int(customer_id), value_int(last)), &rows);
        if (err) return err;
        for (size_t i = 0; i < rows.count; i++) {
            last = rows_int(&rows, i, 0);
            tx_event(tx, &(struct event){ .kind = EVENT_CONVERSATION_CHANGED,
                                          .customer_id = customer_id,
                                          .conversation_id = last });
        }
        if (rows.count < CONVERSATIONS_STEP) return OK;
    }
}

static void count_in(struct customer_erased *erased, enum eraser_counts counts, int64_t count)
{
    switch (counts) {
    case ERASED_OTHER: break;
    case ERASED_INTERACTIONS: erased->interactions += count; break;
    case ERASED_CONVERSATIONS: erased->conversations += count; break;
    case ERASED_IDENTITIES: erased->identities += count; break;
    }
}

static enum err erase_member(struct tx *tx, struct arena *arena, int64_t customer_id,
                             struct customer_erased *erased)
{
    struct value id = value_int(customer_id);
    for (size_t i = 0; i < sizeof(ERASERS) / sizeof(ERASERS[0]); i++) {
        int64_t count;
        enum err err = tx_write_count(tx, ERASERS[i].query, ARGS(id), &count);
        if (err) return err;
        count_in(erased, ERASERS[i].counts, count);
    }
    enum err err = tx_write(tx, &ERASED_SET, ARGS(id, value_int(tx->now_ms)));
    if (!err) {
        err = tx_write(tx, &REPLIES_EMPTY,
                       ARGS(value_text(id_text(arena, ID_CUSTOMER, customer_id))));
    }
    if (!err) err = tell_of_conversations(tx, arena, &CONVERSATIONS_OF, customer_id);
    if (!err) err = tell_of_conversations(tx, arena, &GUESTS_OF, customer_id);
    if (err) return err;
    tx_event(tx, &(struct event){ .kind = EVENT_CUSTOMER_ERASED, .customer_id = customer_id });
    return OK;
}

static enum err erase_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    tx_cache_clear(tx, TX_CACHE_IDENTITY);
    tx_cache_clear(tx, TX_CACHE_CONVERSATION);
    int64_t *members;
    size_t count;
    enum err err = customer_members(&(struct read_from){ .tx = tx }, arena,
                                    ((const struct customer_erase_in *)in)->id, &members, &count);
    if (err) return err;
    struct customer_erased erased = { .customer_id = members[0], .at_ms = tx->now_ms };
    for (size_t i = 0; i < count; i++) {
        err = erase_member(tx, arena, members[i], &erased);
        if (err) return err;
    }
    *(struct customer_erased *)out = erased;
    return OK;
}

const struct command CUSTOMER_FORGET = { .name = "customer_erase", .run = erase_run };
