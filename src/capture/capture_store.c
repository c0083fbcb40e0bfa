#include "capture/capture_store.h"

#include "access/agent_store.h"
#include "access/team_store.h"
#include "conversation/conversation_store.h"
#include "conversation/place_store.h"
#include "customer/identity.h"
#include "store/dimension.h"
#include "survey/answer_store.h"

static const struct query KNOWN_READ = {
    .sql = "SELECT id, customer_id, conversation_id FROM interaction"
           " WHERE channel_id = $1 AND external_id = $2",
    .rows_max = 1,
};
/* What a capture is about, once names have become ids. */
struct places {
    int64_t channel_id;
    int64_t touchpoint_id;
    int64_t team_id;
    int64_t agent_id;
    int64_t customer_id;
    struct dimensions dimensions; /* of its attributes */
};

static void warn(struct capture_out *out, const char *words)
{
    if (out->warnings_count < CAPTURE_WARNINGS_MAX) out->warnings[out->warnings_count++] = words;
}

/* True in `out->is_new` unless the interaction is known. */
static enum err find_known(struct tx *tx, struct arena *arena, const struct capture_in *capture,
                           int64_t channel_id, struct capture_out *out)
{
    out->is_new = true;
    if (!capture->external_id.data) return OK;
    struct rows rows;
    enum err err = tx_read(tx, arena, &KNOWN_READ,
                           ARGS(value_int(channel_id), value_text(capture->external_id)), &rows);
    if (err || rows.count == 0) return err;
    out->is_new = false;
    out->interaction_id = rows_int(&rows, 0, 0);
    out->customer_id = rows_int_or_zero(&rows, 0, 1);
    out->conversation_id = rows_int_or_zero(&rows, 0, 2);
    return OK;
}

/* Attributes are stored whatever happens here; a dimension is made of those it can be made of. */
static enum err take_attributes(struct tx *tx, const struct capture_in *capture,
                                struct dimensions *dimensions, struct capture_out *out)
{
    for (size_t i = 0; i < capture->attributes_count; i++) {
        const struct attribute *attribute = &capture->attributes[i];
        enum dimension dimension;
        int64_t value_id;
        enum err err = dimension_take(tx, attribute->name, &dimension);
        if (err == ERR_LIMIT) {
            warn(out, "All 32 dimensions are taken: an attribute was stored, but numbers cannot be"
                      " cut by it.");
        }
        if (err == ERR_LIMIT || err == ERR_INVALID) continue;
        if (!err) err = dimension_value_take(tx, dimension, attribute->text, &value_id);
        if (err == ERR_INVALID) {
            warn(out,
                 "A value that looks like an address or a long number, is empty or too long was"
                 " stored, but numbers cannot be cut by it.");
            continue;
        }
        if (err) return err;
        dimensions->values[dimension] = value_id;
    }
    return OK;
}

static enum err take_people(struct tx *tx, struct arena *arena, const struct capture_in *capture,
                            struct places *places)
{
    enum err err = OK;
    if (capture->team.data) err = team_take(tx, arena, capture->team, &places->team_id);
    if (!err && capture->agent.data) {
        err = agent_take(tx, arena, capture->agent, &places->agent_id);
    }
    if (!err && places->agent_id && !places->team_id) {
        err = agent_team(tx, arena, places->agent_id, &places->team_id);
    }
    return err;
}

static enum err take_places(struct tx *tx, struct arena *arena, const struct capture_in *capture,
                            struct places *places, struct capture_out *out)
{
    enum err err = OK;
    if (capture->touchpoint.data) {
        err = touchpoint_take(tx, arena, capture->touchpoint, &places->touchpoint_id);
    }
    if (!err) err = take_people(tx, arena, capture, places);
    if (!err) err = customer_take(tx, arena, &capture->customer, &places->customer_id);
    if (!err) err = take_attributes(tx, capture, &places->dimensions, out);
    return err;
}

/* ---- the conversation it belongs to ---- */

static struct conversation draft_of(struct arena *arena, const struct capture_in *capture,
                                    const struct places *places, int64_t at_ms)
{
    const int64_t *values = places->dimensions.values;
    struct dimensions own = { 0 };
    for (int i = DIMENSION_OWN_FIRST; i < DIMENSIONS; i++) own.values[i] = values[i];
    return (struct conversation){
        .external_id = capture->conversation,
        .customer_id = places->customer_id,
        .channel_id = places->channel_id,
        .touchpoint_id = places->touchpoint_id,
        .team_id = places->team_id,
        .agent_id = places->agent_id,
        .topic_id = values[DIMENSION_TOPIC],
        .product_id = values[DIMENSION_PRODUCT],
        .segment_id = values[DIMENSION_SEGMENT],
        .country_id = values[DIMENSION_COUNTRY],
        .language_id = values[DIMENSION_LANGUAGE],
        .own_values = dimensions_encode(arena, &own),
        .created_at_ms = at_ms,
        .sla_met = -1,
    };
}

/* Follows merges, so that a reply to a merged conversation lands in the one it went into. */
static enum err load_named(struct tx *tx, struct arena *arena, struct str name,
                           struct conversation *out)
{
    int64_t id;
    if (id_parse(ID_CONVERSATION, name, &id)) {
        return conversation_load_external(tx, arena, name, out);
    }
    for (int step = 0; step < 16; step++) {
        enum err err = conversation_load(tx, arena, id, out);
        if (err || out->merged_into == 0) return err;
        id = out->merged_into;
    }
    return ERR_CORRUPT;
}

static bool is_id(struct str name)
{
    int64_t id;
    return id_parse(ID_CONVERSATION, name, &id) == OK;
}

/* ERR_NOT_FOUND with `has_one` false: none is wanted. */
static enum err find_conversation(struct tx *tx, struct arena *arena,
                                  const struct capture_in *capture, const struct places *places,
                                  int64_t at_ms, struct conversation *out, bool *has_one)
{
    *has_one = true;
    enum err err = ERR_NOT_FOUND;
    if (capture->conversation.data) {
        err = load_named(tx, arena, capture->conversation, out);
        if (err == ERR_NOT_FOUND && is_id(capture->conversation)) return err;
    } else if (capture->kind == KIND_MESSAGE && places->customer_id) {
        err = conversation_load_running(tx, arena, places->customer_id, places->channel_id, out);
    } else {
        *has_one = false;
        return OK;
    }
    if (err != ERR_NOT_FOUND) return err;
    *out = draft_of(arena, capture, places, at_ms);
    return conversation_create(tx, out);
}

/* ---- all of it ---- */

static struct interaction interaction_of(const struct capture_in *capture,
                                         const struct places *places, int64_t at_ms)
{
    return (struct interaction){
        .external_id = capture->external_id,
        .channel_id = places->channel_id,
        .at_ms = at_ms,
        .kind = capture->kind,
        .direction = capture->direction,
        .customer_id = places->customer_id,
        .touchpoint_id = places->touchpoint_id,
        .team_id = places->team_id,
        .agent_id = places->agent_id,
        .outcome = capture->outcome,
        .wait_ms = capture->wait_ms,
        .handle_ms = capture->handle_ms,
        .text = capture->text,
        .attributes = capture->attributes_json,
    };
}

static enum err add_answers(struct tx *tx, struct arena *arena, const struct capture_in *capture,
                            const struct interaction *interaction,
                            const struct dimensions *dimensions)
{
    const struct {
        enum question_kind kind;
        int score;
    } answers[] = { { QUESTION_NPS, capture->nps },
                    { QUESTION_CSAT, capture->csat },
                    { QUESTION_CES, capture->ces } };
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        int64_t id;
        if (answers[i].score < 0) continue;
        enum err err = answer_add_standard(tx, arena, answers[i].kind, answers[i].score,
                                           interaction, dimensions, &id);
        if (err) return err;
    }
    return OK;
}

/* The dimensions of an answer: where its conversation stands and what the interaction adds. */
static struct dimensions answer_dimensions(const struct conversation *conversation,
                                           const struct interaction *interaction,
                                           const struct places *places)
{
    struct dimensions all = { 0 };
    if (conversation) conversation_dimensions(conversation, &all);
    for (int i = 0; i < DIMENSIONS; i++) {
        if (places->dimensions.values[i]) all.values[i] = places->dimensions.values[i];
    }
    all.values[DIMENSION_CHANNEL] = interaction->channel_id;
    if (interaction->team_id) all.values[DIMENSION_TEAM] = interaction->team_id;
    if (interaction->agent_id) all.values[DIMENSION_AGENT] = interaction->agent_id;
    if (interaction->touchpoint_id) {
        all.values[DIMENSION_TOUCHPOINT] = interaction->touchpoint_id;
    }
    all.values[DIMENSION_KIND] = interaction->kind;
    all.values[DIMENSION_DIRECTION] = interaction->direction;
    return all;
}

static enum err append(struct tx *tx, struct arena *arena, struct conversation *conversation,
                       struct interaction *interaction, const struct dimensions *dimensions)
{
    bool changes = conversation && conversation_would_change(conversation, interaction);
    enum err err = OK;
    if (changes && conversation->is_brief) {
        err = conversation_load(tx, arena, conversation->id, conversation);
    }
    if (!err) err = conversation_append(tx, conversation, interaction, dimensions);
    if (err || !conversation) return err;
    return changes ? conversation_save(tx, conversation) : conversation_save_turn(tx, conversation);
}

static enum err store_capture(struct tx *tx, struct arena *arena, const struct capture_in *capture,
                              struct places *places, struct capture_out *out)
{
    int64_t at_ms = capture->at_ms ? capture->at_ms : tx->now_ms;
    struct conversation conversation;
    bool has_one;
    enum err err = find_conversation(tx, arena, capture, places, at_ms, &conversation, &has_one);
    if (err) return err;

    struct interaction interaction = interaction_of(capture, places, at_ms);
    struct conversation *belongs_to = has_one ? &conversation : NULL;
    err = append(tx, arena, belongs_to, &interaction, &places->dimensions);
    if (err) return err;

    struct dimensions dimensions = answer_dimensions(belongs_to, &interaction, places);
    err = add_answers(tx, arena, capture, &interaction, &dimensions);
    if (err) return err;
    out->interaction_id = interaction.id;
    out->customer_id = interaction.customer_id;
    out->conversation_id = interaction.conversation_id;
    return OK;
}

static enum err capture_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct capture_in *capture = in;
    struct capture_out captured = { 0 };
    struct places places = { 0 };
    enum err err = channel_take(tx, arena, capture->channel, &places.channel_id);
    if (!err) err = find_known(tx, arena, capture, places.channel_id, &captured);
    if (err) return err;
    if (captured.is_new) {
        err = take_places(tx, arena, capture, &places, &captured);
        if (!err) err = store_capture(tx, arena, capture, &places, &captured);
    }
    if (err) return err;
    *(struct capture_out *)out = captured;
    return OK;
}

const struct command INTERACTION_CAPTURE = { .name = "interaction_capture", .run = capture_run };

static bool spoils_all(enum err err)
{
    return err == ERR_IO || err == ERR_CORRUPT || err == ERR_BUSY;
}

static enum err capture_many_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct capture_many_in *many = in;
    struct capture_many_out *results = out;
    for (size_t i = 0; i < many->count; i++) {
        enum err err = tx_try(tx, arena, &INTERACTION_CAPTURE, &many->items[i], &results->items[i]);
        if (spoils_all(err)) return err;
        results->results[i] = err;
    }
    return OK;
}

const struct command INTERACTION_CAPTURE_MANY = { .name = "interaction_capture_many",
                                                  .run = capture_many_run };
