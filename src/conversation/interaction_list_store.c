#include "conversation/interaction_list_store.h"

#include <assert.h>

#include "conversation/reach_store.h"

enum { STEP_MAX = 2000, CONVERSATIONS_STEP = 500 };

static const struct query CONVERSATION_DOWN = {
    .sql = "SELECT at_ms, id, channel_id FROM interaction WHERE conversation_id = $1"
           " AND (at_ms, id) < ($2, $3) ORDER BY at_ms DESC, id DESC LIMIT $4",
    .rows_max = STEP_MAX,
};
static const struct query CONVERSATION_UP = {
    .sql = "SELECT at_ms, id, channel_id FROM interaction WHERE conversation_id = $1"
           " AND (at_ms, id) > ($2, $3) ORDER BY at_ms, id LIMIT $4",
    .rows_max = STEP_MAX,
};
static const struct query CUSTOMER_DOWN = {
    .sql = "SELECT at_ms, id, channel_id FROM interaction WHERE customer_id = $1"
           " AND conversation_id IS NULL AND (at_ms, id) < ($2, $3)"
           " ORDER BY at_ms DESC, id DESC LIMIT $4",
    .rows_max = STEP_MAX,
};
/* One customer's conversations, last active first: sorted, for no index is worth it to so few. */
static const struct query CONVERSATIONS_OF = {
    .sql = "SELECT v.activity_at_ms, v.id, v.team_id, v.agent_id, (SELECT count(*)"
           " FROM conversation_mention m WHERE m.conversation_id = v.id AND m.agent_id = $4)"
           " FROM conversation v WHERE v.customer_id = $1 AND (v.activity_at_ms, v.id) < ($2, $3)"
           " ORDER BY v.activity_at_ms DESC, v.id DESC LIMIT 500",
    .rows_max = CONVERSATIONS_STEP,
};
static const struct query CAPTURED_DOWN = {
    .sql = "SELECT i.at_ms, i.id, i.channel_id, i.conversation_id, v.team_id, v.agent_id,"
           " (SELECT count(*) FROM conversation_mention m WHERE m.conversation_id = v.id"
           " AND m.agent_id = $3) FROM interaction i LEFT JOIN conversation v"
           " ON v.id = i.conversation_id WHERE i.id < $1 ORDER BY i.id DESC LIMIT $2",
    .rows_max = STEP_MAX,
};

/* What the parts of one reading share. */
struct reading {
    struct reader *reader;
    struct arena *arena;
    const struct interaction_asked *asked;
};

/* A page being collected; one more than fits says that another follows. */
struct collected {
    struct interaction_key *keys;
    size_t count;
    size_t wanted;
    struct interaction_key last; /* looked at */
    bool is_complete;            /* there is nothing after `last` */
};

static const struct interaction_key NEWEST = { INT64_MAX, INT64_MAX };

static struct collected collected_open(const struct reading *reading, struct interaction_key after)
{
    size_t limit = reading->asked->limit;
    assert(limit > 0 && limit <= INTERACTIONS_PAGE_MAX);
    return (struct collected){
        .keys = arena_array(reading->arena, struct interaction_key, limit + 1),
        .wanted = limit + 1,
        .last = after,
    };
}

static enum err read_page(const struct reading *reading, const struct collected *collected,
                          struct interaction_page *out)
{
    size_t limit = collected->wanted - 1;
    size_t count = collected->count < limit ? collected->count : limit;
    int64_t *ids = arena_array(reading->arena, int64_t, count);
    for (size_t i = 0; i < count; i++) ids[i] = collected->keys[i].id;
    struct interaction_page page = { .has_more = !collected->is_complete };
    page.next = collected->count > limit ? collected->keys[limit - 1] : collected->last;
    enum err err = interaction_views_read(&(struct read_from){ .reader = reading->reader },
                                          reading->arena, ids, count, &page.items, &page.count);
    if (!err) *out = page;
    return err;
}

static bool is_wanted(const struct interaction_asked *asked, int64_t at_ms, int64_t channel_id)
{
    return (asked->channel_id == 0 || asked->channel_id == channel_id) && at_ms >= asked->from_ms &&
           at_ms < asked->to_ms;
}

static bool is_in_reach(const struct reach *reach, const struct rows *rows, size_t row,
                        size_t column)
{
    const struct reached reached = {
        .team_id = rows_int_or_zero(rows, row, column),
        .agent_id = rows_int_or_zero(rows, row, column + 1),
        .is_mentioned = rows_int(rows, row, column + 2) > 0,
    };
    return reach_includes(reach, &reached);
}

/* ---- of one source ---- */

/* Beyond the end of the time that is asked for. */
static bool is_past(const struct query *query, const struct interaction_asked *asked, int64_t at_ms)
{
    return query == &CONVERSATION_UP ? at_ms >= asked->to_ms : at_ms < asked->from_ms;
}

/* Looks at the rows until the page is full or the time that is asked for ends. */
static void collect_rows(const struct reading *reading, const struct query *query,
                         const struct rows *rows, struct collected *collected)
{
    for (size_t i = 0; i < rows->count && collected->count < collected->wanted; i++) {
        struct interaction_key key = { rows_int(rows, i, 0), rows_int(rows, i, 1) };
        collected->is_complete = is_past(query, reading->asked, key.at_ms);
        if (collected->is_complete) return;
        collected->last = key;
        if (!is_wanted(reading->asked, key.at_ms, rows_int(rows, i, 2))) continue;
        collected->keys[collected->count++] = key;
    }
}

/* Collects from one index until the page is full or nothing is left. */
static enum err collect_source(const struct reading *reading, const struct query *query, int64_t id,
                               struct collected *collected)
{
    size_t step = collected->wanted;
    for (size_t scanned = 0; scanned < INTERACTIONS_SCAN_MAX; scanned += step) {
        struct rows rows;
        enum err err = reader_read(reading->reader, reading->arena, query,
                                   ARGS(value_int(id), value_int(collected->last.at_ms),
                                        value_int(collected->last.id), value_int((int64_t)step)),
                                   &rows);
        if (err) return err;
        collect_rows(reading, query, &rows, collected);
        if (collected->count == collected->wanted || collected->is_complete) return OK;
        collected->is_complete = rows.count < step;
        if (collected->is_complete) return OK;
        step = STEP_MAX;
    }
    return OK;
}

/* Where an index is entered: nothing from `to` on is wanted, or nothing before `from`. */
static struct interaction_key enter_down(const struct interaction_asked *asked)
{
    if (asked->after) return *asked->after;
    return asked->to_ms == INT64_MAX ? NEWEST : (struct interaction_key){ asked->to_ms, 0 };
}

static struct interaction_key enter_up(const struct interaction_asked *asked)
{
    if (asked->after) return *asked->after;
    return (struct interaction_key){ asked->from_ms, INT64_MIN };
}

enum err interactions_of_conversation(struct reader *reader, struct arena *arena,
                                      int64_t conversation_id,
                                      const struct interaction_asked *asked,
                                      struct interaction_page *out)
{
    const struct reading reading = { reader, arena, asked };
    bool is_up = asked->order == INTERACTIONS_OLDEST_FIRST;
    struct collected collected =
        collected_open(&reading, is_up ? enter_up(asked) : enter_down(asked));
    enum err err = reader_begin(reader);
    if (err) return err;
    err = collect_source(&reading, is_up ? &CONVERSATION_UP : &CONVERSATION_DOWN, conversation_id,
                         &collected);
    if (!err) err = read_page(&reading, &collected, out);
    reader_end(reader);
    return err;
}

/* ---- of a customer: many sources, merged ---- */

static bool is_newer(struct interaction_key a, struct interaction_key b)
{
    return a.at_ms != b.at_ms ? a.at_ms > b.at_ms : a.id > b.id;
}

/* The newest `wanted` of all sources so far; `cut` is the newest key at which a source broke off,
 * so that nothing older is known to be complete. */
struct timeline {
    struct interaction_key enter;
    struct interaction_key *keys;
    struct interaction_key *spare; /* as large as keys */
    size_t count;
    size_t wanted;
    struct interaction_key cut;
    bool is_cut;
};

/* Whether a source whose newest interaction is at `at_ms` can still add something. */
static bool may_add(const struct timeline *timeline, int64_t at_ms)
{
    return timeline->count < timeline->wanted || at_ms >= timeline->keys[timeline->count - 1].at_ms;
}

static void merge_in(struct timeline *timeline, const struct collected *source)
{
    size_t a = 0;
    size_t b = 0;
    size_t count = 0;
    while (count < timeline->wanted && (a < timeline->count || b < source->count)) {
        bool takes_source = a == timeline->count ||
                            (b < source->count && is_newer(source->keys[b], timeline->keys[a]));
        timeline->spare[count++] = takes_source ? source->keys[b++] : timeline->keys[a++];
    }
    struct interaction_key *keys = timeline->keys;
    timeline->keys = timeline->spare;
    timeline->spare = keys;
    timeline->count = count;
    if (source->is_complete || source->count == source->wanted) return;
    if (!timeline->is_cut || is_newer(source->last, timeline->cut)) timeline->cut = source->last;
    timeline->is_cut = true;
}

static enum err add_source(const struct reading *reading, const struct query *query, int64_t id,
                           struct timeline *timeline)
{
    struct collected source = collected_open(reading, timeline->enter);
    enum err err = collect_source(reading, query, id, &source);
    if (!err) merge_in(timeline, &source);
    return err;
}

/* A conversation's last activity is not before its newest interaction: so once the page is full of
 * newer ones, the rest of the conversations need not be looked at. */
static enum err add_conversations(const struct reading *reading, int64_t customer_id,
                                  struct timeline *timeline)
{
    const struct reach *reach = reading->asked->reach;
    struct interaction_key place = NEWEST;
    for (;;) {
        struct rows rows;
        enum err err = reader_read(reading->reader, reading->arena, &CONVERSATIONS_OF,
                                   ARGS(value_int(customer_id), value_int(place.at_ms),
                                        value_int(place.id), value_int(reach->agent_id)),
                                   &rows);
        if (err) return err;
        for (size_t i = 0; i < rows.count; i++) {
            place = (struct interaction_key){ rows_int(&rows, i, 0), rows_int(&rows, i, 1) };
            bool is_over = place.at_ms < reading->asked->from_ms;
            if (is_over || !may_add(timeline, place.at_ms)) return OK;
            if (!is_in_reach(reach, &rows, i, 2)) continue;
            err = add_source(reading, &CONVERSATION_DOWN, place.id, timeline);
            if (err) return err;
        }
        if (rows.count < CONVERSATIONS_STEP) return OK;
    }
}

/* What lies beyond the newest break-off comes with the next page. */
static struct collected collected_of(const struct timeline *timeline)
{
    struct collected collected = {
        .keys = timeline->keys,
        .count = timeline->count,
        .wanted = timeline->wanted,
        .last = timeline->enter,
    };
    if (timeline->is_cut) {
        while (collected.count > 0 &&
               is_newer(timeline->cut, collected.keys[collected.count - 1])) {
            collected.count--;
        }
        collected.last = timeline->cut;
    }
    collected.is_complete = !timeline->is_cut && collected.count < collected.wanted;
    return collected;
}

enum err interactions_of_customers(struct reader *reader, struct arena *arena,
                                   const struct interaction_asked *asked,
                                   struct interaction_page *out)
{
    const struct reading reading = { reader, arena, asked };
    struct timeline timeline = {
        .enter = enter_down(asked),
        .keys = arena_array(arena, struct interaction_key, asked->limit + 1),
        .spare = arena_array(arena, struct interaction_key, asked->limit + 1),
        .wanted = asked->limit + 1,
    };
    enum err err = reader_begin(reader);
    if (err) return err;
    for (size_t i = 0; !err && i < asked->customers_count; i++) {
        err = add_source(&reading, &CUSTOMER_DOWN, asked->customers[i], &timeline);
        if (!err) err = add_conversations(&reading, asked->customers[i], &timeline);
    }
    if (!err) {
        struct collected collected = collected_of(&timeline);
        err = read_page(&reading, &collected, out);
    }
    reader_end(reader);
    return err;
}

/* ---- of everything ---- */

static void collect_captured(const struct reading *reading, const struct rows *rows,
                             struct collected *collected)
{
    const struct reach *reach = reading->asked->reach;
    for (size_t i = 0; i < rows->count && collected->count < collected->wanted; i++) {
        collected->last = (struct interaction_key){ rows_int(rows, i, 0), rows_int(rows, i, 1) };
        bool is_alone = rows_is_null(rows, i, 3);
        bool is_seen =
            is_alone ? reach->sees_all || reach->agent_id != 0 : is_in_reach(reach, rows, i, 4);
        if (!is_seen || !is_wanted(reading->asked, collected->last.at_ms, rows_int(rows, i, 2))) {
            continue;
        }
        collected->keys[collected->count++] = collected->last;
    }
}

static enum err collect_everything(const struct reading *reading, struct collected *collected)
{
    size_t step = collected->wanted;
    for (size_t scanned = 0; scanned < INTERACTIONS_SCAN_MAX; scanned += step) {
        struct rows rows;
        enum err err = reader_read(reading->reader, reading->arena, &CAPTURED_DOWN,
                                   ARGS(value_int(collected->last.id), value_int((int64_t)step),
                                        value_int(reading->asked->reach->agent_id)),
                                   &rows);
        if (err) return err;
        collect_captured(reading, &rows, collected);
        if (collected->count == collected->wanted) return OK;
        collected->is_complete = rows.count < step;
        if (collected->is_complete) return OK;
        step = STEP_MAX;
    }
    return OK;
}

enum err interactions_captured(struct reader *reader, struct arena *arena,
                               const struct interaction_asked *asked, struct interaction_page *out)
{
    const struct reading reading = { reader, arena, asked };
    struct collected collected = collected_open(&reading, asked->after ? *asked->after : NEWEST);
    enum err err = reader_begin(reader);
    if (err) return err;
    err = collect_everything(&reading, &collected);
    if (!err) err = read_page(&reading, &collected, out);
    reader_end(reader);
    return err;
}

enum err interaction_read_one(struct reader *reader, struct arena *arena, const struct reach *reach,
                              int64_t id, struct interaction_view *out)
{
    struct interaction_view view;
    enum err err = interaction_view_read(&(struct read_from){ .reader = reader }, arena, id, &view);
    if (!err && view.conversation_id != 0) {
        err = reach_check(reader, arena, reach, view.conversation_id);
    } else if (!err && !reach->sees_all && reach->agent_id == 0) {
        err = ERR_NOT_FOUND;
    }
    if (!err) *out = view;
    return err;
}
