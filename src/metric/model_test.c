#include "metric/measure.h"

#include <stdlib.h>

#include "metric/testing.h"

#include "base/time.h"
#include "store/event.h"

/* A thing that counts, as the model sees it: nothing is taken back, it is changed in place. */
struct thing {
    bool stands;
    enum measure measure;
    int64_t conversation;
    int64_t at_ms;
    int64_t until_ms; /* of backlog: when it ended */
    int64_t value;
    enum fact_state state;
    struct dimensions dimensions;
};

struct model {
    struct thing *things;
    size_t count;
    bool is_hidden[HISTORY_CONVERSATIONS];
};

static size_t index_of(int64_t conversation)
{
    return (size_t)(conversation - 5000);
}

static bool is_unsolved(int64_t state)
{
    return state >= 1 && state <= 5;
}

static struct thing *find(struct model *model, enum measure measure, int64_t conversation)
{
    for (size_t i = model->count; i-- > 0;) {
        struct thing *thing = &model->things[i];
        if (thing->stands && thing->measure == measure && thing->conversation == conversation) {
            return thing;
        }
    }
    return NULL;
}

static struct thing *add(struct model *model, enum measure measure, const struct event *event)
{
    struct thing *thing = &model->things[model->count++];
    *thing = (struct thing){ .stands = true,
                             .measure = measure,
                             .conversation = event->conversation_id,
                             .at_ms = event->at_ms,
                             .until_ms = INT64_MAX,
                             .value = 1 };
    event_dimensions(event, &thing->dimensions);
    return thing;
}

static void backlog_end(struct model *model, int64_t conversation, int64_t at_ms)
{
    for (size_t i = 0; i < model->count; i++) {
        struct thing *thing = &model->things[i];
        if (thing->measure == MEASURE_BACKLOG && thing->conversation == conversation &&
            thing->until_ms == INT64_MAX) {
            thing->until_ms = at_ms;
        }
    }
}

static bool in_backlog(struct model *model, int64_t conversation)
{
    for (size_t i = 0; i < model->count; i++) {
        const struct thing *thing = &model->things[i];
        if (thing->measure == MEASURE_BACKLOG && thing->conversation == conversation &&
            thing->until_ms == INT64_MAX) {
            return true;
        }
    }
    return false;
}

static void captured(struct model *model, const struct event *event)
{
    add(model, MEASURE_INTERACTION, event);
    int64_t wait = event_number(event, FIELD_WAIT_MS, -1);
    if (wait >= 0) {
        struct thing *thing = add(model, MEASURE_WAIT, event);
        thing->value = wait;
        if (thing->dimensions.values[DIMENSION_OUTCOME] == 2) thing->state = FACT_CENSORED;
    }
    int64_t handle = event_number(event, FIELD_HANDLE_MS, -1);
    if (handle >= 0) add(model, MEASURE_HANDLE, event)->value = handle;
    if (event_number(event, FIELD_IS_FIRST, 0)) {
        struct thing *thing = add(model, MEASURE_FIRST_REPLY, event);
        thing->value = event->at_ms;
        thing->state = FACT_OPEN;
    }
    int64_t reply = event_number(event, FIELD_FIRST_REPLY_MS, -1);
    struct thing *first = find(model, MEASURE_FIRST_REPLY, event->conversation_id);
    if (reply < 0 || !first) return;
    first->state = FACT_EVENT;
    first->value = reply;
    event_dimensions(event, &first->dimensions);
}

static void lasts(struct model *model, enum measure measure, const struct event *event,
                  enum fact_state from, enum fact_state to)
{
    struct thing *thing = find(model, measure, event->conversation_id);
    if (!thing || thing->state != from) return;
    thing->state = to;
    thing->value = to == FACT_OPEN ? thing->at_ms : event->at_ms - thing->at_ms;
}

static void sla(struct model *model, const struct event *event)
{
    int64_t is_met = event_number(event, FIELD_SLA_MET, -1);
    if (is_met < 0) return;
    struct thing *before = find(model, MEASURE_SLA, event->conversation_id);
    if (before) before->stands = false;
    add(model, MEASURE_SLA, event)->value = is_met;
}

static void created(struct model *model, const struct event *event)
{
    int64_t opened = event_number(event, FIELD_OPENED_AT_MS, 0);
    int64_t state = event_number(event, FIELD_STATE, 0);
    add(model, MEASURE_OPENED, event)->at_ms = opened;
    struct thing *resolution = add(model, MEASURE_RESOLUTION, event);
    resolution->at_ms = resolution->value = opened;
    resolution->state = FACT_OPEN;
    if (is_unsolved(state)) add(model, MEASURE_BACKLOG, event)->at_ms = opened;
    model->is_hidden[index_of(event->conversation_id)] = state == 8;
}

static void state_changed(struct model *model, const struct event *event)
{
    int64_t id = event->conversation_id;
    int64_t from = event_number(event, FIELD_STATE_FROM, 0);
    int64_t to = event_number(event, FIELD_STATE, 0);
    sla(model, event);
    model->is_hidden[index_of(id)] = to == 8;
    if (is_unsolved(from) && !is_unsolved(to)) backlog_end(model, id, event->at_ms);
    if (!is_unsolved(from) && is_unsolved(to)) {
        add(model, MEASURE_BACKLOG, event);
        lasts(model, MEASURE_RESOLUTION, event, FACT_CENSORED, FACT_OPEN);
        lasts(model, MEASURE_FIRST_REPLY, event, FACT_CENSORED, FACT_OPEN);
        if (from != 8) add(model, MEASURE_REOPENED, event);
    }
    if (to == 6 && is_unsolved(from)) add(model, MEASURE_SOLVED, event);
    if (to == 6 || to == 7) lasts(model, MEASURE_FIRST_REPLY, event, FACT_OPEN, FACT_CENSORED);
    if (to == 7) lasts(model, MEASURE_RESOLUTION, event, FACT_OPEN, FACT_CENSORED);
    struct thing *resolution = find(model, MEASURE_RESOLUTION, id);
    if (to == 6 && resolution->state != FACT_EVENT) {
        resolution->state = FACT_EVENT;
        resolution->value = event->at_ms - resolution->at_ms;
        event_dimensions(event, &resolution->dimensions);
    }
}

static void moved(struct model *model, const struct event *event, bool priority_only)
{
    struct dimensions now;
    event_dimensions(event, &now);
    static const enum measure LASTING[] = { MEASURE_RESOLUTION, MEASURE_FIRST_REPLY };
    for (int i = 0; i < 2; i++) {
        struct thing *thing = find(model, LASTING[i], event->conversation_id);
        if (thing && thing->state == FACT_OPEN) thing->dimensions = now;
    }
    if (in_backlog(model, event->conversation_id)) {
        backlog_end(model, event->conversation_id, event->at_ms);
        add(model, MEASURE_BACKLOG, event);
    }
    if (priority_only) return;
    int64_t team = event_number(event, FIELD_TEAM_FROM, 0);
    int64_t agent = event_number(event, FIELD_AGENT_FROM, 0);
    if ((team && team != now.values[DIMENSION_TEAM]) ||
        (agent && agent != now.values[DIMENSION_AGENT])) {
        add(model, MEASURE_REASSIGNED, event);
    }
}

static void replay(struct model *model, const struct event *event)
{
    if (event->kind == EVENT_INTERACTION_CAPTURED) captured(model, event);
    if (event->kind == EVENT_CONVERSATION_CREATED) created(model, event);
    if (event->kind == EVENT_CONVERSATION_STATE_CHANGED) state_changed(model, event);
    if (event->kind == EVENT_CONVERSATION_ASSIGNED) moved(model, event, false);
    if (event->kind == EVENT_CONVERSATION_PRIORITY_CHANGED) moved(model, event, true);
    if (event->kind == EVENT_CONVERSATION_MERGED) {
        backlog_end(model, event->conversation_id, event->at_ms);
        model->is_hidden[index_of(event->conversation_id)] = true;
    }
    if (event->kind == EVENT_ANSWER_RECEIVED) {
        static const enum measure OF[] = { MEASURE_NPS, MEASURE_CSAT, MEASURE_CES };
        enum measure measure = OF[event_number(event, FIELD_QUESTION, 0) - 1];
        add(model, measure, event)->value = event_number(event, FIELD_SCORE, 0);
    }
    if (event->kind == EVENT_FACT_CORRECTED) {
        for (size_t i = 0; i < model->count; i++) {
            struct thing *thing = &model->things[i];
            if (thing->conversation != event->conversation_id) continue;
            thing->dimensions.values[event_number(event, FIELD_DIMENSION, 0)] =
                event_number(event, FIELD_VALUE, 0);
        }
    }
}

static bool counts(const struct model *model, const struct thing *thing, enum measure measure,
                   const struct model_question *question)
{
    if (!thing->stands || thing->measure != measure) return false;
    bool is_hideable = measure == MEASURE_OPENED || measure == MEASURE_RESOLUTION ||
                       measure == MEASURE_FIRST_REPLY;
    if (is_hideable && model->is_hidden[index_of(thing->conversation)]) return false;
    if (measure == MEASURE_BACKLOG) {
        if (thing->at_ms >= question->period.to_ms || thing->until_ms < question->period.to_ms) {
            return false;
        }
    } else if (thing->at_ms < question->period.from_ms || thing->at_ms >= question->period.to_ms) {
        return false;
    }
    for (size_t i = 0; i < question->conditions_count; i++) {
        const struct model_condition *condition = &question->conditions[i];
        bool is_equal = thing->dimensions.values[condition->dimension] == condition->value;
        if (is_equal == condition->is_not) return false;
    }
    return true;
}

static int seconds_compare(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static double seconds_of(const struct thing *thing, int64_t now_ms)
{
    int64_t ms = thing->state == FACT_OPEN ? now_ms - thing->value : thing->value;
    return (double)(ms > 0 ? ms : 0) / 1000;
}

/* The textbook's product, over every distinct time of an event. */
static void survive(struct arena *arena, struct thing *const *things, size_t count,
                    const struct model_question *question, struct model_answer *answer)
{
    double *times = arena_array(arena, double, count + 1);
    for (size_t i = 0; i < count; i++) times[i] = seconds_of(things[i], question->now_ms);
    qsort(times, count, sizeof(*times), seconds_compare);
    double survival = 1;
    double area = 0;
    double last = 0;
    for (size_t t = 0; t < count; t++) {
        if (t > 0 && !(times[t] > times[t - 1])) continue;
        int64_t at_risk = 0;
        int64_t events = 0;
        for (size_t i = 0; i < count; i++) {
            double seconds = seconds_of(things[i], question->now_ms);
            at_risk += seconds >= times[t];
            events +=
                things[i]->state == FACT_EVENT && !(seconds > times[t]) && !(seconds < times[t]);
        }
        area += (times[t] - last) * survival;
        last = times[t];
        survival *= 1 - (double)events / (double)at_risk;
        if (answer->has_value || question->statistic->kind == STATISTIC_RESTRICTED_MEAN) continue;
        if (events > 0 && survival <= 1 - question->statistic->p + 1e-9) {
            answer->has_value = true;
            answer->value = times[t];
        }
    }
    if (question->statistic->kind != STATISTIC_RESTRICTED_MEAN) return;
    answer->has_value = count > 0;
    answer->value = area;
}

static void quantile(struct arena *arena, struct thing *const *things, size_t count,
                     const struct model_question *question, struct model_answer *answer)
{
    double *times = arena_array(arena, double, count + 1);
    size_t events = 0;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (things[i]->state != FACT_EVENT) continue;
        times[events++] = seconds_of(things[i], question->now_ms);
        sum += times[events - 1];
    }
    answer->n = (int64_t)events;
    if (question->statistic->kind == STATISTIC_MEAN) {
        answer->has_value = events >= 10;
        answer->value = sum / (double)events;
        return;
    }
    if (events == 0) return;
    qsort(times, events, sizeof(*times), seconds_compare);
    double place = question->statistic->p * (double)(events - 1);
    size_t below = (size_t)place;
    double above = below + 1 < events ? times[below + 1] : times[below];
    answer->has_value = true;
    answer->value = times[below] + (place - (double)below) * (above - times[below]);
}

static void scores(struct thing *const *things, size_t count, const struct model_question *question,
                   struct model_answer *answer)
{
    double sum = 0;
    int64_t promoters = 0;
    int64_t detractors = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)things[i]->value;
        answer->numerator += things[i]->value >= question->metric->numerator_min;
        promoters += things[i]->value >= 9;
        detractors += things[i]->value <= 6;
    }
    answer->has_value = count > 0;
    if (question->statistic->kind == STATISTIC_SHARE) {
        answer->value = (double)answer->numerator / (double)count;
    } else if (question->statistic->kind == STATISTIC_NET) {
        answer->value = 100.0 * (double)(promoters - detractors) / (double)count;
    } else {
        answer->has_value = count >= 10;
        answer->value = sum / (double)count;
    }
}

/* Facts of one measure whose conversation has none of another, or how many more there are. */
static int64_t excluded(struct model *model, const struct model_question *question)
{
    const struct metric_exclusion *exclusion = &question->metric->exclusions[0];
    if (!exclusion->name) return 0;
    int64_t count = 0;
    for (size_t i = 0; i < model->count; i++) {
        const struct thing *thing = &model->things[i];
        if (!exclusion->by_conversation) {
            count += counts(model, thing, exclusion->of, question);
            count -= counts(model, thing, exclusion->without, question);
        } else if (counts(model, thing, exclusion->of, question)) {
            count += !find(model, exclusion->without, thing->conversation);
        }
    }
    return count;
}

struct model_answer model_answer(struct arena *arena, const struct history *history,
                                 const struct model_question *question)
{
    struct model *model = arena_new(arena, struct model);
    model->things = arena_array(arena, struct thing, history->count * 4);
    for (size_t i = 0; i < history->count && history->events[i].seq <= question->seq; i++) {
        replay(model, &history->events[i]);
    }
    struct thing **things = arena_array(arena, struct thing *, model->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < model->count; i++) {
        struct thing *thing = &model->things[i];
        if (counts(model, thing, question->metric->measure, question)) things[count++] = thing;
    }
    struct model_answer answer = { .n = (int64_t)count, .excluded = excluded(model, question) };
    switch (question->statistic->kind) {
    case STATISTIC_COUNT:
        answer.has_value = true;
        answer.value = (double)count;
        break;
    case STATISTIC_SHARE:
    case STATISTIC_NET: scores(things, count, question, &answer); break;
    case STATISTIC_MEAN:
        if (question->metric->counts == COUNTS_ANSWERS) {
            scores(things, count, question, &answer);
        } else {
            quantile(arena, things, count, question, &answer);
        }
        break;
    case STATISTIC_QUANTILE: quantile(arena, things, count, question, &answer); break;
    case STATISTIC_SURVIVAL_QUANTILE:
    case STATISTIC_RESTRICTED_MEAN: survive(arena, things, count, question, &answer); break;
    }
    return answer;
}
