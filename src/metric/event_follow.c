#include "metric/event_follow.h"

#include <assert.h>
#include <string.h>

#include "metric/measure.h"
#include "metric/standing_follow.h"
#include "store/event.h"

_Static_assert((int)FACT_DIMENSIONS == (int)DIMENSIONS, "facts have all dimensions of the store");

struct event_facts {
    struct facts *facts;
    struct standings *standings;
};

struct event_facts *event_facts_open(struct arena *arena, struct facts *facts)
{
    struct event_facts *made = arena_new(arena, struct event_facts);
    *made = (struct event_facts){ facts, standings_open(arena, facts) };
    return made;
}

static int64_t not_negative(int64_t number)
{
    return number > 0 ? number : 0;
}

/* A fact of value 1 at the event's time, with its dimensions. */
static struct fact fact_of(struct facts *facts, const struct event *event)
{
    struct dimensions dimensions;
    event_dimensions(event, &dimensions);
    struct fact fact = {
        .at_ms = event->at_ms,
        .seq = event->seq,
        .value = 1,
        .interaction_id = event->interaction_id,
        .customer = facts_customer_take(facts, event->customer_id),
        .conversation = facts_conversation_take(facts, event->conversation_id),
        .sign = 1,
    };
    for (int i = 0; i < FACT_DIMENSIONS; i++) {
        fact.dimensions[i] = facts_dimension_take(facts, i, dimensions.values[i]);
    }
    return fact;
}

static void first_reply_waits(struct event_facts *into, const struct event *event,
                              const struct fact *captured)
{
    struct fact fact = *captured;
    fact.at_ms = event_number(event, FIELD_INBOUND_AT_MS, event->at_ms);
    fact.value = fact.at_ms;
    fact.state = FACT_OPEN;
    fact.interaction_id = 0;
    struct fact stands;
    bool is_known = standing_get(into->standings, STANDING_FIRST_REPLY, fact.conversation, &stands);
    if (is_known && stands.state == FACT_EVENT) return;
    standing_put(into->standings, STANDING_FIRST_REPLY, &fact);
}

static void first_reply_came(struct event_facts *into, const struct event *event,
                             const struct fact *captured, int64_t elapsed_ms)
{
    struct fact fact = *captured;
    struct fact stands;
    fact.value = not_negative(elapsed_ms);
    fact.interaction_id = 0;
    fact.at_ms = event->at_ms - fact.value;
    if (standing_get(into->standings, STANDING_FIRST_REPLY, fact.conversation, &stands)) {
        if (stands.state == FACT_EVENT) return;
        fact.at_ms = stands.at_ms;
    }
    standing_put(into->standings, STANDING_FIRST_REPLY, &fact);
}

static void captured_add(struct event_facts *into, const struct event *event)
{
    struct fact fact = fact_of(into->facts, event);
    facts_append(into->facts, MEASURE_INTERACTION, &fact);

    int64_t wait_ms = event_number(event, FIELD_WAIT_MS, -1);
    if (wait_ms >= 0) {
        bool gave_up = event_number(event, DIMENSION_OUTCOME, 0) == MEASURED_ABANDONED;
        struct fact wait = fact;
        wait.value = wait_ms;
        wait.state = gave_up ? FACT_CENSORED : FACT_EVENT;
        facts_append(into->facts, MEASURE_WAIT, &wait);
    }
    int64_t handle_ms = event_number(event, FIELD_HANDLE_MS, -1);
    if (handle_ms >= 0) {
        struct fact handle = fact;
        handle.value = handle_ms;
        facts_append(into->facts, MEASURE_HANDLE, &handle);
    }
    if (!event->conversation_id) return;
    if (event_number(event, FIELD_IS_FIRST, 0)) first_reply_waits(into, event, &fact);
    int64_t first_reply_ms = event_number(event, FIELD_FIRST_REPLY_MS, -1);
    if (first_reply_ms >= 0) first_reply_came(into, event, &fact, first_reply_ms);
}

static bool is_unsolved(int64_t state)
{
    return state >= MEASURED_NEW && state <= MEASURED_SNOOZED;
}

static void sla_add(struct event_facts *into, const struct event *event, const struct fact *fact)
{
    int64_t is_met = event_number(event, FIELD_SLA_MET, -1);
    if (is_met < 0) return;
    struct fact sla = *fact;
    sla.value = is_met ? 1 : 0;
    standing_put(into->standings, STANDING_SLA, &sla);
}

static void created_add(struct event_facts *into, const struct event *event)
{
    struct fact fact = fact_of(into->facts, event);
    fact.interaction_id = 0;
    fact.at_ms = event_number(event, FIELD_OPENED_AT_MS, event->at_ms);
    int64_t state = event_number(event, FIELD_STATE, MEASURED_NEW);
    standing_put(into->standings, STANDING_OPENED, &fact);
    if (is_unsolved(state)) standing_put(into->standings, STANDING_BACKLOG, &fact);
    if (state == MEASURED_SOLVED) facts_append(into->facts, MEASURE_SOLVED, &fact);

    struct fact resolution = fact;
    resolution.state = is_unsolved(state) || state == MEASURED_SPAM ? FACT_OPEN
                       : state == MEASURED_SOLVED                   ? FACT_EVENT
                                                                    : FACT_CENSORED;
    resolution.value = resolution.state == FACT_OPEN
                           ? fact.at_ms
                           : not_negative(event_number(event, FIELD_ELAPSED_MS, 0));
    standing_put(into->standings, STANDING_RESOLUTION, &resolution);
    if (state == MEASURED_SPAM) standing_hide(into->standings, fact.conversation, event->seq);
    sla_add(into, event, &fact);
}

/* What lasted ends without its end having been seen, or lasts again. Where nobody has to answer any
 * more, a wait for the first reply is censored too. */
static void lasting_change(struct event_facts *into, enum standing_kind kind,
                           const struct event *event, enum fact_state from, enum fact_state to)
{
    uint32_t conversation = facts_conversation_take(into->facts, event->conversation_id);
    struct fact fact;
    if (!standing_get(into->standings, kind, conversation, &fact)) return;
    if (fact.state != from) return;
    fact.seq = event->seq;
    fact.state = to;
    fact.value = to == FACT_OPEN ? fact.at_ms : not_negative(event->at_ms - fact.at_ms);
    standing_put(into->standings, kind, &fact);
}

static void resolution_came(struct event_facts *into, const struct event *event,
                            const struct fact *changed)
{
    struct fact fact = *changed;
    struct fact stands;
    int64_t elapsed_ms = not_negative(event_number(event, FIELD_ELAPSED_MS, 0));
    fact.at_ms = event->at_ms - elapsed_ms;
    if (standing_get(into->standings, STANDING_RESOLUTION, fact.conversation, &stands)) {
        if (stands.state == FACT_EVENT) return;
        fact.at_ms = stands.at_ms;
        elapsed_ms =
            not_negative(event_number(event, FIELD_ELAPSED_MS, event->at_ms - stands.at_ms));
    }
    fact.value = elapsed_ms;
    standing_put(into->standings, STANDING_RESOLUTION, &fact);
}

static void unsolved_again(struct event_facts *into, const struct event *event,
                           const struct fact *fact, int64_t from)
{
    if (from == MEASURED_SOLVED || from == MEASURED_CLOSED) {
        facts_append(into->facts, MEASURE_REOPENED, fact);
    }
    struct fact backlog;
    if (!standing_get(into->standings, STANDING_BACKLOG, fact->conversation, &backlog)) {
        standing_put(into->standings, STANDING_BACKLOG, fact);
    }
    lasting_change(into, STANDING_RESOLUTION, event, FACT_CENSORED, FACT_OPEN);
    lasting_change(into, STANDING_FIRST_REPLY, event, FACT_CENSORED, FACT_OPEN);
}

static void state_changed_add(struct event_facts *into, const struct event *event)
{
    struct fact fact = fact_of(into->facts, event);
    fact.interaction_id = 0;
    int64_t from = event_number(event, FIELD_STATE_FROM, MEASURED_NEW);
    int64_t to = event_number(event, FIELD_STATE, MEASURED_NEW);
    sla_add(into, event, &fact);
    if (from == MEASURED_SPAM && to != MEASURED_SPAM) {
        standing_show(into->standings, fact.conversation, event->seq);
    }
    if (is_unsolved(to)) {
        if (!is_unsolved(from)) unsolved_again(into, event, &fact, from);
        return;
    }
    standing_end(into->standings, STANDING_BACKLOG, fact.conversation, event->at_ms, event->seq);
    if (to == MEASURED_SPAM) {
        standing_hide(into->standings, fact.conversation, event->seq);
        return;
    }
    if (to == MEASURED_SOLVED) {
        if (is_unsolved(from)) facts_append(into->facts, MEASURE_SOLVED, &fact);
        resolution_came(into, event, &fact);
    } else {
        lasting_change(into, STANDING_RESOLUTION, event, FACT_OPEN, FACT_CENSORED);
    }
    lasting_change(into, STANDING_FIRST_REPLY, event, FACT_OPEN, FACT_CENSORED);
}

/* Backlog moves at the event's time; what still lasts belongs to where it stands now. */
static void moved_add(struct event_facts *into, const struct event *event,
                      const uint16_t dimensions[FACT_DIMENSIONS], uint32_t conversation)
{
    struct fact fact;
    if (standing_get(into->standings, STANDING_BACKLOG, conversation, &fact)) {
        standing_end(into->standings, STANDING_BACKLOG, conversation, event->at_ms, event->seq);
        fact.at_ms = event->at_ms;
        fact.seq = event->seq;
        memcpy(fact.dimensions, dimensions, sizeof(fact.dimensions));
        standing_put(into->standings, STANDING_BACKLOG, &fact);
    }
    static const enum standing_kind LASTING[] = { STANDING_RESOLUTION, STANDING_FIRST_REPLY };
    for (size_t i = 0; i < sizeof(LASTING) / sizeof(*LASTING); i++) {
        if (!standing_get(into->standings, LASTING[i], conversation, &fact)) continue;
        if (fact.state != FACT_OPEN) continue;
        fact.seq = event->seq;
        memcpy(fact.dimensions, dimensions, sizeof(fact.dimensions));
        standing_put(into->standings, LASTING[i], &fact);
    }
}

static void assigned_add(struct event_facts *into, const struct event *event)
{
    struct fact fact = fact_of(into->facts, event);
    fact.interaction_id = 0;
    moved_add(into, event, fact.dimensions, fact.conversation);
    int64_t team_from = event_number(event, FIELD_TEAM_FROM, 0);
    int64_t agent_from = event_number(event, FIELD_AGENT_FROM, 0);
    bool changes_team = team_from && team_from != event_number(event, DIMENSION_TEAM, 0);
    bool changes_agent = agent_from && agent_from != event_number(event, DIMENSION_AGENT, 0);
    if (changes_team || changes_agent) facts_append(into->facts, MEASURE_REASSIGNED, &fact);
}

static void priority_changed_add(struct event_facts *into, const struct event *event)
{
    uint32_t conversation = facts_conversation_take(into->facts, event->conversation_id);
    uint16_t code = facts_dimension_take(into->facts, DIMENSION_PRIORITY,
                                         event_number(event, DIMENSION_PRIORITY, 0));
    struct fact stands;
    static const enum standing_kind KINDS[] = { STANDING_BACKLOG, STANDING_RESOLUTION,
                                                STANDING_FIRST_REPLY };
    for (size_t i = 0; i < sizeof(KINDS) / sizeof(*KINDS); i++) {
        if (!standing_get(into->standings, KINDS[i], conversation, &stands)) continue;
        stands.dimensions[DIMENSION_PRIORITY] = code;
        moved_add(into, event, stands.dimensions, conversation);
        return;
    }
}

/* A conversation that was merged into another never was one of its own. */
static void merged_add(struct event_facts *into, const struct event *event)
{
    uint32_t conversation = facts_conversation_take(into->facts, event->conversation_id);
    standing_end(into->standings, STANDING_BACKLOG, conversation, event->at_ms, event->seq);
    standing_hide(into->standings, conversation, event->seq);
}

static void answer_add(struct event_facts *into, const struct event *event)
{
    static const enum measure MEASURE_OF[] = {
        [MEASURED_NPS] = MEASURE_NPS, [MEASURED_CSAT] = MEASURE_CSAT, [MEASURED_CES] = MEASURE_CES
    };
    int64_t question = event_number(event, FIELD_QUESTION, 0);
    int64_t score = event_number(event, FIELD_SCORE, -1);
    if (question < MEASURED_NPS || question > MEASURED_CES || score < 0) return;
    struct fact fact = fact_of(into->facts, event);
    fact.value = score;
    facts_append(into->facts, MEASURE_OF[question], &fact);
}

/* How long it took, as its source knows better: solved after so long, or closed unsolved. */
static void resolution_corrected(struct event_facts *into, const struct event *event)
{
    struct fact fact = fact_of(into->facts, event);
    struct fact stands;
    bool is_solved = event_number(event, FIELD_STATE, 0) == MEASURED_SOLVED;
    fact.interaction_id = 0;
    sla_add(into, event, &fact);
    fact.state = is_solved ? FACT_EVENT : FACT_CENSORED;
    fact.value = not_negative(event_number(event, FIELD_ELAPSED_MS, 0));
    fact.at_ms = event_number(event, FIELD_OPENED_AT_MS, event->at_ms - fact.value);
    if (standing_get(into->standings, STANDING_RESOLUTION, fact.conversation, &stands)) {
        fact.at_ms = stands.at_ms;
    }
    standing_put(into->standings, STANDING_RESOLUTION, &fact);
}

static void corrected_add(struct event_facts *into, struct arena *scratch,
                          const struct event *event)
{
    if (event_number(event, FIELD_STATE, 0)) {
        resolution_corrected(into, event);
        return;
    }
    int64_t dimension = event_number(event, FIELD_DIMENSION, -1);
    if (dimension < 0 || dimension >= FACT_DIMENSIONS || !event->conversation_id) return;
    struct standing_correction correction = {
        .conversation = facts_conversation_take(into->facts, event->conversation_id),
        .dimension = (int)dimension,
        .code =
            facts_dimension_take(into->facts, (int)dimension, event_number(event, FIELD_VALUE, 0)),
        .seq = event->seq,
    };
    standing_correct(into->standings, scratch, &correction);
}

void event_facts_add(struct event_facts *facts, struct arena *scratch, const struct event *event)
{
    if (event->kind == EVENT_INTERACTION_CAPTURED) {
        captured_add(facts, event);
    } else if (event->kind == EVENT_CONVERSATION_CREATED) {
        created_add(facts, event);
    } else if (event->kind == EVENT_CONVERSATION_STATE_CHANGED) {
        state_changed_add(facts, event);
    } else if (event->kind == EVENT_CONVERSATION_ASSIGNED) {
        assigned_add(facts, event);
    } else if (event->kind == EVENT_CONVERSATION_PRIORITY_CHANGED) {
        priority_changed_add(facts, event);
    } else if (event->kind == EVENT_CONVERSATION_MERGED) {
        merged_add(facts, event);
    } else if (event->kind == EVENT_ANSWER_RECEIVED) {
        answer_add(facts, event);
    } else if (event->kind == EVENT_FACT_CORRECTED) {
        corrected_add(facts, scratch, event);
    }
}
