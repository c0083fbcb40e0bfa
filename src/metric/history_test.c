#include "metric/measure.h"

#include <string.h>

#include "metric/testing.h"

#include "base/time.h"
#include "store/event.h"

/* A conversation as the one that makes the events sees it. */
struct talk {
    int64_t id;
    int64_t customer;
    int64_t state; /* 0: not begun */
    struct dimensions dimensions;
    int64_t opened_ms;
    int64_t inbound_ms;
    bool has_reply;
    bool was_solved;
    bool is_merged;
};

struct maker {
    struct arena *arena;
    struct history history;
    size_t count_max;
    uint64_t state;
    int64_t now_ms;
    struct talk talks[HISTORY_CONVERSATIONS];
};

uint64_t history_random(uint64_t *state, uint64_t below)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (*state >> 11) % below;
}

static int64_t random_to(struct maker *maker, uint64_t below)
{
    return (int64_t)history_random(&maker->state, below);
}

static void emit(struct maker *maker, enum event_kind kind, const struct talk *talk,
                 int64_t interaction, const struct event_values *values)
{
    struct event_value *items = arena_array(maker->arena, struct event_value, values->count + 1);
    memcpy(items, values->items, values->count * sizeof(*items));
    struct event *event = &maker->history.events[maker->history.count++];
    *event = (struct event){
        .seq = (int64_t)maker->history.count,
        .at_ms = maker->now_ms,
        .known_ms = maker->now_ms,
        .kind = kind,
        .version = EVENT_VERSION,
        .customer_id = talk ? talk->customer : 0,
        .conversation_id = talk ? talk->id : 0,
        .interaction_id = interaction,
        .values = items,
        .values_count = values->count,
    };
}

static struct dimensions random_place(struct maker *maker)
{
    struct dimensions dimensions = { 0 };
    dimensions.values[DIMENSION_CHANNEL] = 100 + random_to(maker, 3);
    if (random_to(maker, 4)) dimensions.values[DIMENSION_TEAM] = 200 + random_to(maker, 3);
    if (random_to(maker, 2)) dimensions.values[DIMENSION_AGENT] = 300 + random_to(maker, 6);
    dimensions.values[DIMENSION_PRIORITY] = 1 + random_to(maker, 4);
    if (random_to(maker, 3)) dimensions.values[DIMENSION_PRODUCT] = 400 + random_to(maker, 3);
    if (random_to(maker, 5) == 0) {
        dimensions.values[DIMENSION_OWN_FIRST] = 500 + random_to(maker, 2);
    }
    return dimensions;
}

static void create(struct maker *maker, struct talk *talk)
{
    struct event_values values = { 0 };
    talk->dimensions = random_place(maker);
    talk->state = random_to(maker, 12) ? MEASURED_NEW : MEASURED_SPAM;
    talk->opened_ms = maker->now_ms - random_to(maker, 3) * MS_PER_HOUR;
    event_put_dimensions(&values, &talk->dimensions);
    event_put(&values, FIELD_STATE, talk->state);
    event_put(&values, FIELD_OPENED_AT_MS, talk->opened_ms);
    emit(maker, EVENT_CONVERSATION_CREATED, talk, 0, &values);
}

static void capture(struct maker *maker, struct talk *talk)
{
    struct event_values values = { 0 };
    struct dimensions dimensions = talk ? talk->dimensions : random_place(maker);
    bool is_inbound = random_to(maker, 2);
    dimensions.values[DIMENSION_DIRECTION] = is_inbound ? 1 : 2;
    dimensions.values[DIMENSION_OUTCOME] = random_to(maker, 4);
    event_put_dimensions(&values, &dimensions);
    if (random_to(maker, 3)) {
        event_put_zero(&values, FIELD_WAIT_MS, random_to(maker, 8) * 5 * MS_PER_SECOND);
    }
    if (random_to(maker, 3)) {
        event_put_zero(&values, FIELD_HANDLE_MS, random_to(maker, 300) * MS_PER_SECOND);
    }
    if (talk && is_inbound && !talk->inbound_ms) {
        talk->inbound_ms = maker->now_ms;
        event_put(&values, FIELD_IS_FIRST, 1);
        if (random_to(maker, 2)) event_put(&values, FIELD_INBOUND_AT_MS, talk->inbound_ms);
    } else if (talk && !is_inbound && talk->inbound_ms && !talk->has_reply) {
        talk->has_reply = true;
        event_put_zero(&values, FIELD_FIRST_REPLY_MS, maker->now_ms - talk->inbound_ms);
    }
    emit(maker, EVENT_INTERACTION_CAPTURED, talk, 9000 + (int64_t)maker->history.count, &values);
}

static void change_state(struct maker *maker, struct talk *talk)
{
    struct event_values values = { 0 };
    int64_t to = 1 + random_to(maker, 8);
    if (to == talk->state) return;
    event_put_dimensions(&values, &talk->dimensions);
    event_put(&values, FIELD_STATE_FROM, talk->state);
    event_put(&values, FIELD_STATE, to);
    event_put_zero(&values, FIELD_ELAPSED_MS, maker->now_ms - talk->opened_ms);
    if (to == MEASURED_SOLVED && !talk->was_solved) {
        talk->was_solved = true;
        event_put(&values, FIELD_IS_FIRST, 1);
    }
    if (random_to(maker, 3) == 0) event_put_zero(&values, FIELD_SLA_MET, random_to(maker, 2));
    talk->state = to;
    emit(maker, EVENT_CONVERSATION_STATE_CHANGED, talk, 0, &values);
}

static void assign(struct maker *maker, struct talk *talk)
{
    struct event_values values = { 0 };
    int64_t team = talk->dimensions.values[DIMENSION_TEAM];
    int64_t agent = talk->dimensions.values[DIMENSION_AGENT];
    talk->dimensions.values[DIMENSION_TEAM] = random_to(maker, 4) ? 200 + random_to(maker, 3) : 0;
    talk->dimensions.values[DIMENSION_AGENT] = random_to(maker, 3) ? 300 + random_to(maker, 6) : 0;
    event_put_dimensions(&values, &talk->dimensions);
    event_put(&values, FIELD_TEAM_FROM, team);
    event_put(&values, FIELD_AGENT_FROM, agent);
    emit(maker, EVENT_CONVERSATION_ASSIGNED, talk, 0, &values);
}

static void prioritise(struct maker *maker, struct talk *talk)
{
    struct event_values values = { 0 };
    event_put(&values, FIELD_PRIORITY_FROM, talk->dimensions.values[DIMENSION_PRIORITY]);
    talk->dimensions.values[DIMENSION_PRIORITY] = 1 + random_to(maker, 4);
    event_put_dimensions(&values, &talk->dimensions);
    emit(maker, EVENT_CONVERSATION_PRIORITY_CHANGED, talk, 0, &values);
}

static void correct(struct maker *maker, struct talk *talk)
{
    struct event_values values = { 0 };
    int dimension = random_to(maker, 2) ? DIMENSION_PRODUCT : DIMENSION_OWN_FIRST;
    int64_t from = talk->dimensions.values[dimension];
    int64_t to = random_to(maker, 4)
                     ? (dimension == DIMENSION_PRODUCT ? 400 : 500) + random_to(maker, 3)
                     : 0;
    talk->dimensions.values[dimension] = to;
    event_put_zero(&values, FIELD_DIMENSION, dimension);
    event_put(&values, FIELD_VALUE_FROM, from);
    event_put(&values, FIELD_VALUE, to);
    emit(maker, EVENT_FACT_CORRECTED, talk, 0, &values);
}

static void answer(struct maker *maker, struct talk *talk)
{
    static const uint64_t SCALES[] = { 11, 6, 8 };
    struct event_values values = { 0 };
    int64_t question = 1 + random_to(maker, 3);
    struct dimensions dimensions = talk ? talk->dimensions : random_place(maker);
    event_put_dimensions(&values, &dimensions);
    event_put(&values, FIELD_QUESTION, question);
    int64_t score = random_to(maker, SCALES[question - 1]);
    if (question > 1 && score == 0) score = 1;
    event_put_zero(&values, FIELD_SCORE, score);
    emit(maker, EVENT_ANSWER_RECEIVED, talk, 9000 + (int64_t)maker->history.count, &values);
}

static void merge(struct maker *maker, struct talk *talk)
{
    struct event_values values = { 0 };
    event_put(&values, FIELD_INTO, maker->talks[0].id);
    talk->is_merged = true;
    emit(maker, EVENT_CONVERSATION_MERGED, talk, 0, &values);
}

static void step(struct maker *maker)
{
    struct talk *talk = &maker->talks[random_to(maker, HISTORY_CONVERSATIONS)];
    if (talk->is_merged) return;
    int64_t choice = random_to(maker, 100);
    if (choice < 5) {
        capture(maker, NULL);
    } else if (choice < 9) {
        answer(maker, NULL);
    } else if (!talk->state) {
        create(maker, talk);
    } else if (choice < 40) {
        capture(maker, talk);
    } else if (choice < 62) {
        change_state(maker, talk);
    } else if (choice < 72) {
        assign(maker, talk);
    } else if (choice < 76) {
        prioritise(maker, talk);
    } else if (choice < 83) {
        correct(maker, talk);
    } else if (choice < 99) {
        answer(maker, talk);
    } else {
        merge(maker, talk);
    }
}

struct history history_make(struct arena *arena, uint64_t seed, size_t count)
{
    struct maker *maker = arena_new(arena, struct maker);
    maker->arena = arena;
    maker->state = seed;
    maker->now_ms = INT64_C(1761350400000); /* 25 October 2025: the clocks change on the 26th */
    maker->history.from_ms = maker->now_ms;
    maker->history.events = arena_array(arena, struct event, count + 1);
    for (size_t i = 0; i < HISTORY_CONVERSATIONS; i++) {
        maker->talks[i].id = 5000 + (int64_t)i;
        maker->talks[i].customer = 7000 + (int64_t)i % 40;
    }
    uint64_t step_ms = (uint64_t)HISTORY_DAYS * MS_PER_DAY / count;
    while (maker->history.count < count) {
        maker->now_ms += random_to(maker, 2 * step_ms / 1000) * 1000;
        step(maker);
    }
    maker->history.to_ms = maker->now_ms;
    return maker->history;
}
