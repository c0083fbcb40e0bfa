#include "conversation/conversation_list_store.h"

#include <assert.h>

enum {
    STEP_MIN = 8, /* keys of one stream read at once */
    STEP_MAX = 1000,
    KEYS_READ_MAX = LIST_SMALL_MAX,
    SEARCH_STEP = 200,
    SEARCH_SCAN_MAX = 2000,
    EVERY_STATE = (1 << STATE_END) - 2
};

/* ---- fragments: a head by the order's column, a source, a tail by the order ---- */

#define HEAD_ACTIVITY "SELECT * FROM (SELECT v.activity_at_ms AS at_ms, "
#define HEAD_CREATED "SELECT * FROM (SELECT v.created_at_ms AS at_ms, "
#define KEY_COLUMNS                                                                                \
    "v.id AS id, v.state AS state, v.team_id AS team_id, v.agent_id AS agent_id,"                  \
    " v.channel_id AS channel_id, v.priority AS priority, v.customer_id AS customer_id,"           \
    " v.merged_into AS merged_into"
#define WITHOUT_MENTIONS ", 0 AS mentions"
#define WITHOUT_LABELS ", 0 AS labels"
#define WITH_MENTIONS                                                                              \
    ", (SELECT count(*) FROM conversation_mention m WHERE m.conversation_id = v.id"                \
    " AND m.agent_id = ?) AS mentions"
#define WITH_LABELS                                                                                \
    ", (SELECT count(*) FROM conversation_label l WHERE l.conversation_id = v.id"                  \
    " AND l.label_id = ?) AS labels"

/* By order's column, whether mentions matter, whether a label does: two look-ups for each row that
 * the usual list need not pay. */
static const char *const HEAD_SQL[2][2][2] = {
    { { HEAD_ACTIVITY KEY_COLUMNS WITHOUT_MENTIONS WITHOUT_LABELS,
        HEAD_ACTIVITY KEY_COLUMNS WITHOUT_MENTIONS WITH_LABELS },
      { HEAD_ACTIVITY KEY_COLUMNS WITH_MENTIONS WITHOUT_LABELS,
        HEAD_ACTIVITY KEY_COLUMNS WITH_MENTIONS WITH_LABELS } },
    { { HEAD_CREATED KEY_COLUMNS WITHOUT_MENTIONS WITHOUT_LABELS,
        HEAD_CREATED KEY_COLUMNS WITHOUT_MENTIONS WITH_LABELS },
      { HEAD_CREATED KEY_COLUMNS WITH_MENTIONS WITHOUT_LABELS,
        HEAD_CREATED KEY_COLUMNS WITH_MENTIONS WITH_LABELS } },
};

static const char *const SOURCE_SQL[SOURCE_KINDS] = {
    [SOURCE_STATE] = " FROM conversation v WHERE v.state = ?",
    [SOURCE_TEAMLESS] = " FROM conversation v WHERE v.team_id IS NULL AND v.state = ?",
    [SOURCE_TEAM] = " FROM conversation v WHERE v.team_id = ? AND v.state = ?",
    [SOURCE_AGENT] = " FROM conversation v WHERE v.agent_id = ? AND v.state = ?",
    [SOURCE_MENTION] = " FROM (SELECT conversation_id FROM conversation_mention WHERE agent_id = ?"
                       " ORDER BY conversation_id DESC LIMIT 2000) n"
                       " JOIN conversation v ON v.id = n.conversation_id WHERE v.state > 0",
    [SOURCE_LABEL] = " FROM (SELECT conversation_id FROM conversation_label WHERE label_id = ?"
                     " ORDER BY conversation_id DESC LIMIT 10000) n"
                     " JOIN conversation v ON v.id = n.conversation_id WHERE v.state > 0",
    [SOURCE_CUSTOMER] = " FROM conversation v WHERE v.customer_id = ?",
};

static const char *const TAIL_SQL[CONVERSATION_ORDERS] = {
    [ORDER_ACTIVITY_DOWN] = " AND (v.activity_at_ms, v.id) < (?, ?)"
                            " ORDER BY v.activity_at_ms DESC, v.id DESC LIMIT ?) AS k",
    [ORDER_ACTIVITY_UP] = " AND (v.activity_at_ms, v.id) > (?, ?)"
                          " ORDER BY v.activity_at_ms, v.id LIMIT ?) AS k",
    [ORDER_CREATED_DOWN] = " AND (v.created_at_ms, v.id) < (?, ?)"
                           " ORDER BY v.created_at_ms DESC, v.id DESC LIMIT ?) AS k",
    [ORDER_CREATED_UP] = " AND (v.created_at_ms, v.id) > (?, ?)"
                         " ORDER BY v.created_at_ms, v.id LIMIT ?) AS k",
};

static const struct query KEYS_BY_ID = {
    .sql = "SELECT 0, v.id, v.state, v.team_id, v.agent_id, v.channel_id, v.priority,"
           " v.customer_id, v.merged_into,"
           " (SELECT count(*) FROM conversation_mention m WHERE m.conversation_id = v.id"
           " AND m.agent_id = $17), (SELECT count(*) FROM conversation_label l"
           " WHERE l.conversation_id = v.id AND l.label_id = $18) FROM conversation v"
           " WHERE v.id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
           " ORDER BY v.id DESC",
    .rows_max = READ_IDS,
};
/* At most LIST_SMALL_MAX + 1 rows are looked at. */
static const struct query LABEL_SIZE = {
    .sql = "SELECT count(*) FROM (SELECT 1 FROM conversation_label WHERE label_id = $1"
           " LIMIT 10001) AS s",
    .rows_max = 1,
};
static const struct query CUSTOMER_SIZE = {
    .sql = "SELECT count(*) FROM (SELECT 1 FROM conversation WHERE customer_id = $1"
           " LIMIT 10001) AS s",
    .rows_max = 1,
};

static bool is_up(enum conversation_order order)
{
    return order == ORDER_ACTIVITY_UP || order == ORDER_CREATED_UP;
}

static bool is_by_activity(enum conversation_order order)
{
    return order == ORDER_ACTIVITY_DOWN || order == ORDER_ACTIVITY_UP;
}

/* ---- the plan ---- */

static void add_source(struct conversation_plan *plan, enum source_kind kind, int64_t id)
{
    assert(plan->count < SOURCES_MAX);
    plan->sources[plan->count++] = (struct source){ kind, id };
}

static bool holds(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == id) return true;
    }
    return false;
}

/* Each team that is reached has an index of its own; in other teams an agent reaches only what is
 * assigned to them or mentions them. */
static void plan_teams(const struct conversation_filter *filter, const struct reach *reach,
                       struct conversation_plan *plan)
{
    bool has_foreign = false;
    for (size_t i = 0; i < filter->teams_count; i++) {
        if (reach->sees_all || reach_has_team(reach, filter->teams[i])) {
            add_source(plan, SOURCE_TEAM, filter->teams[i]);
        } else {
            has_foreign = true;
        }
    }
    if (!has_foreign || reach->agent_id == 0) return;
    add_source(plan, SOURCE_AGENT, reach->agent_id);
    add_source(plan, SOURCE_MENTION, reach->agent_id);
}

static void plan_reach(const struct reach *reach, struct conversation_plan *plan)
{
    if (reach->agent_id == 0) return;
    add_source(plan, SOURCE_TEAMLESS, 0);
    for (size_t i = 0; i < reach->teams_count; i++) add_source(plan, SOURCE_TEAM, reach->teams[i]);
    add_source(plan, SOURCE_AGENT, reach->agent_id);
    add_source(plan, SOURCE_MENTION, reach->agent_id);
}

void conversation_plan(const struct conversation_filter *filter, const struct reach *reach,
                       const struct conversation_sizes *sizes, struct conversation_plan *out)
{
    out->count = 0;
    bool by_activity = is_by_activity(filter->order);
    if (filter->customers_count > 0 && sizes->customers_are_small) {
        for (size_t i = 0; i < filter->customers_count; i++) {
            add_source(out, SOURCE_CUSTOMER, filter->customers[i]);
        }
    } else if (filter->label_id != 0 && sizes->label_is_small) {
        add_source(out, SOURCE_LABEL, filter->label_id);
    } else if (by_activity && filter->agents_count > 0) {
        for (size_t i = 0; i < filter->agents_count; i++) {
            add_source(out, SOURCE_AGENT, filter->agents[i]);
        }
    } else if (by_activity && filter->teams_count > 0) {
        plan_teams(filter, reach, out);
    } else if (by_activity && !reach->sees_all) {
        plan_reach(reach, out);
    } else {
        add_source(out, SOURCE_STATE, 0); /* the only index in the order of creation, too */
    }
}

static bool is_by_state(enum source_kind kind)
{
    return kind <= SOURCE_AGENT;
}

static bool takes_id(enum source_kind kind)
{
    return kind != SOURCE_STATE && kind != SOURCE_TEAMLESS;
}

static uint32_t states_of(const struct conversation_filter *filter)
{
    return filter->states ? filter->states : (uint32_t)EVERY_STATE;
}

static void add_head(const struct conversation_asked *asked, struct filter *out)
{
    int column = is_by_activity(asked->filter->order) ? 0 : 1;
    int has_mentions = !asked->reach->sees_all;
    int has_labels = asked->filter->label_id != 0;
    struct value both[] = { value_int(asked->reach->agent_id), value_int(asked->filter->label_id) };
    struct arguments values = { .items = has_mentions ? both : both + 1,
                                .count = (size_t)has_mentions + (size_t)has_labels };
    filter_add_values(out, HEAD_SQL[column][has_mentions][has_labels], values);
}

void conversation_source_filter(const struct source *source, const struct conversation_asked *asked,
                                struct filter *out)
{
    bool by_state = is_by_state(source->kind);
    *out = (struct filter){ 0 };
    for (int state = 1; state < STATE_END; state++) {
        if (by_state && !(states_of(asked->filter) & (1U << state))) continue;
        if (out->parts_count > 0) filter_add(out, " UNION ALL ");
        add_head(asked, out);
        struct value both[] = { value_int(source->id), value_int(state) };
        size_t from = takes_id(source->kind) ? 0 : 1;
        size_t to = by_state ? 2 : 1;
        filter_add_values(out, SOURCE_SQL[source->kind],
                          (struct arguments){ .items = both + from, .count = to - from });
        filter_add_values(out, TAIL_SQL[asked->filter->order],
                          ARGS(value_int(asked->after->at_ms), value_int(asked->after->id),
                               value_int((int64_t)asked->limit)));
        if (!by_state) break;
    }
}

/* ---- keys ---- */

struct candidate {
    struct conversation_key key;
    enum conversation_state state;
    enum priority priority;
    int64_t team_id;
    int64_t agent_id;
    int64_t channel_id;
    int64_t customer_id;
    int64_t merged_into;
    bool is_mentioned;
    bool is_labelled;
};

static struct candidate candidate_of(const struct rows *rows, size_t row)
{
    return (struct candidate){
        .key = { rows_int(rows, row, 0), rows_int(rows, row, 1) },
        .state = (enum conversation_state)rows_int(rows, row, 2),
        .team_id = rows_int_or_zero(rows, row, 3),
        .agent_id = rows_int_or_zero(rows, row, 4),
        .channel_id = rows_int(rows, row, 5),
        .priority = (enum priority)rows_int(rows, row, 6),
        .customer_id = rows_int_or_zero(rows, row, 7),
        .merged_into = rows_int_or_zero(rows, row, 8),
        .is_mentioned = rows_int(rows, row, 9) > 0,
        .is_labelled = rows_int(rows, row, 10) > 0,
    };
}

static bool is_wanted(const struct conversation_filter *filter, const struct reach *reach,
                      const struct candidate *candidate)
{
    const struct reached reached = {
        .team_id = candidate->team_id,
        .agent_id = candidate->agent_id,
        .is_mentioned = candidate->is_mentioned,
    };
    if (!(states_of(filter) & (1U << candidate->state))) return false;
    if (filter->priorities && !(filter->priorities & (1U << candidate->priority))) return false;
    if (filter->is_unassigned && candidate->agent_id != 0) return false;
    if (filter->label_id != 0 && !candidate->is_labelled) return false;
    if (filter->agents_count && !holds(filter->agents, filter->agents_count, candidate->agent_id)) {
        return false;
    }
    if (filter->teams_count && !holds(filter->teams, filter->teams_count, candidate->team_id)) {
        return false;
    }
    if (filter->channels_count &&
        !holds(filter->channels, filter->channels_count, candidate->channel_id)) {
        return false;
    }
    if (filter->customers_count &&
        !holds(filter->customers, filter->customers_count, candidate->customer_id)) {
        return false;
    }
    return reach_includes(reach, &reached);
}

static bool stands_before(enum conversation_order order, const struct conversation_key *a,
                          const struct conversation_key *b)
{
    if (a->at_ms != b->at_ms) return is_up(order) ? a->at_ms < b->at_ms : a->at_ms > b->at_ms;
    return is_up(order) ? a->id < b->id : a->id > b->id;
}

/* What a page is collected from: every row of the sources once, in the order of the list. */
struct merge {
    struct reader *reader;
    struct arena *arena;
    const struct conversation_filter *filter;
    const struct reach *reach;
    struct stream *streams;
    size_t count;
};

/* One source, or one state of it: an index range, read in steps that grow. */
struct stream {
    struct source source;
    int state; /* 0: the source is not by state */
    struct candidate *items;
    size_t count;
    size_t next;
    size_t step; /* asked for; fewer came: there is nothing after them */
};

static bool is_of(const struct stream *stream, const struct rows *rows, size_t row)
{
    return stream->state == 0 || rows_int(rows, row, 2) == stream->state;
}

static void take_rows(struct merge *merge, struct stream *stream, const struct rows *rows)
{
    size_t count = 0;
    for (size_t row = 0; row < rows->count; row++) count += is_of(stream, rows, row);
    stream->items = arena_array(merge->arena, struct candidate, count);
    stream->count = 0;
    stream->next = 0;
    for (size_t row = 0; row < rows->count; row++) {
        if (is_of(stream, rows, row)) stream->items[stream->count++] = candidate_of(rows, row);
    }
}

/* The first step of all streams of one source, in one statement. */
static enum err open_source(struct merge *merge, const struct source *source,
                            const struct conversation_key *after, size_t step)
{
    struct filter statement;
    struct rows rows;
    struct conversation_asked asked = {
        .filter = merge->filter, .reach = merge->reach, .after = after, .limit = step
    };
    conversation_source_filter(source, &asked, &statement);
    enum err err = filter_read(merge->reader, merge->arena, &statement, KEYS_READ_MAX, &rows);
    if (err) return err;
    for (int state = 1; state < STATE_END; state++) {
        if (is_by_state(source->kind) && !(states_of(merge->filter) & (1U << state))) continue;
        struct stream *stream = &merge->streams[merge->count++];
        *stream = (struct stream){ .source = *source, .step = step };
        if (is_by_state(source->kind)) stream->state = state;
        take_rows(merge, stream, &rows);
        if (!is_by_state(source->kind)) break;
    }
    return OK;
}

/* What is sorted anew for each step is read to its end with the second. */
static size_t next_step(const struct stream *stream)
{
    if (!is_by_state(stream->source.kind)) return LIST_SMALL_MAX;
    return stream->step * 4 < STEP_MAX ? stream->step * 4 : STEP_MAX;
}

static enum err read_on(struct merge *merge, struct stream *stream)
{
    struct conversation_key after = stream->items[stream->count - 1].key;
    struct conversation_filter filter = *merge->filter;
    struct filter statement;
    struct rows rows;
    if (stream->state != 0) filter.states = 1U << stream->state;
    stream->step = next_step(stream);
    struct conversation_asked asked = {
        .filter = &filter, .reach = merge->reach, .after = &after, .limit = stream->step
    };
    conversation_source_filter(&stream->source, &asked, &statement);
    enum err err = filter_read(merge->reader, merge->arena, &statement, KEYS_READ_MAX, &rows);
    if (!err) take_rows(merge, stream, &rows);
    return err;
}

/* The stream whose next candidate stands first; NULL if all are at their end. */
static enum err first_stream(struct merge *merge, struct stream **out)
{
    struct stream *first = NULL;
    for (size_t i = 0; i < merge->count; i++) {
        struct stream *stream = &merge->streams[i];
        if (stream->next == stream->count && stream->count == stream->step) {
            enum err err = read_on(merge, stream);
            if (err) return err;
        }
        if (stream->next == stream->count) continue;
        if (!first || stands_before(merge->filter->order, &stream->items[stream->next].key,
                                    &first->items[first->next].key)) {
            first = stream;
        }
    }
    *out = first;
    return OK;
}

/* What is collected for a page: one more than fits says that there is another page. */
struct collected {
    struct conversation_key *keys;
    size_t count;
    size_t wanted;
    struct conversation_key last; /* looked at */
    bool is_complete;             /* there is nothing after `last` */
};

static enum err collect(struct merge *merge, struct collected *collected)
{
    for (size_t scanned = 0; scanned < LIST_SCAN_MAX; scanned++) {
        struct stream *stream;
        enum err err = first_stream(merge, &stream);
        if (err) return err;
        collected->is_complete = !stream;
        if (!stream) return OK;
        const struct candidate *candidate = &stream->items[stream->next++];
        /* Several sources may have it: then it comes several times in a row. */
        if (candidate->key.id == collected->last.id) continue;
        collected->last = candidate->key;
        if (candidate->merged_into != 0) continue;
        if (!is_wanted(merge->filter, merge->reach, candidate)) continue;
        collected->keys[collected->count++] = candidate->key;
        if (collected->count == collected->wanted) return OK;
    }
    return OK;
}

static enum err collect_plan(struct merge *merge, const struct conversation_plan *plan,
                             struct collected *collected)
{
    size_t parts = 0;
    for (size_t i = 0; i < plan->count; i++) {
        bool by_state = is_by_state(plan->sources[i].kind);
        parts += by_state ? (size_t)__builtin_popcount(states_of(merge->filter)) : 1;
    }
    merge->streams = arena_array(merge->arena, struct stream, parts);
    /* Together the first steps bring a few pages' worth. */
    size_t step = parts > 0 ? collected->wanted * 4 / parts : 0;
    if (step < STEP_MIN) step = STEP_MIN;
    if (step > collected->wanted) step = collected->wanted;
    for (size_t i = 0; i < plan->count; i++) {
        enum err err = open_source(merge, &plan->sources[i], &collected->last, step);
        if (err) return err;
    }
    return collect(merge, collected);
}

static enum err read_sizes(struct reader *reader, struct arena *arena,
                           const struct conversation_filter *filter, struct conversation_sizes *out)
{
    struct rows rows;
    *out = (struct conversation_sizes){ 0 };
    if (filter->customers_count > 0) {
        int64_t total = 0;
        for (size_t i = 0; i < filter->customers_count && total <= LIST_SMALL_MAX; i++) {
            enum err err = reader_read(reader, arena, &CUSTOMER_SIZE,
                                       ARGS(value_int(filter->customers[i])), &rows);
            if (err) return err;
            total += rows_int(&rows, 0, 0);
        }
        out->customers_are_small = total <= LIST_SMALL_MAX;
    }
    if (filter->label_id != 0) {
        enum err err =
            reader_read(reader, arena, &LABEL_SIZE, ARGS(value_int(filter->label_id)), &rows);
        if (err) return err;
        out->label_is_small = rows_int(&rows, 0, 0) <= LIST_SMALL_MAX;
    }
    return OK;
}

static enum err read_page(struct reader *reader, struct arena *arena, struct collected *collected,
                          struct conversation_page *out)
{
    size_t limit = collected->wanted - 1;
    size_t count = collected->count < limit ? collected->count : limit;
    int64_t *ids = arena_array(arena, int64_t, count);
    for (size_t i = 0; i < count; i++) ids[i] = collected->keys[i].id;
    struct conversation_page page = { .has_more = !collected->is_complete };
    page.next = collected->count > limit ? collected->keys[limit - 1] : collected->last;
    enum err err = conversation_views_read(&(struct read_from){ .reader = reader }, arena, ids,
                                           count, &page.items, &page.count);
    if (!err) *out = page;
    return err;
}

static enum err read_list(struct reader *reader, struct arena *arena,
                          const struct conversation_asked *asked, struct conversation_page *out)
{
    int64_t edge = is_up(asked->filter->order) ? INT64_MIN : INT64_MAX;
    struct collected collected = {
        .keys = arena_array(arena, struct conversation_key, asked->limit + 1),
        .wanted = asked->limit + 1,
        .last = asked->after ? *asked->after : (struct conversation_key){ edge, edge },
    };
    struct merge merge = {
        .reader = reader, .arena = arena, .filter = asked->filter, .reach = asked->reach
    };
    struct conversation_sizes sizes;
    enum err err = read_sizes(reader, arena, asked->filter, &sizes);
    if (err) return err;
    struct conversation_plan *plan = arena_new(arena, struct conversation_plan);
    conversation_plan(asked->filter, asked->reach, &sizes, plan);
    err = collect_plan(&merge, plan, &collected);
    return err ? err : read_page(reader, arena, &collected, out);
}

enum err conversation_list(struct reader *reader, struct arena *arena,
                           const struct conversation_asked *asked, struct conversation_page *out)
{
    assert(asked->limit > 0 && asked->limit <= LIST_PAGE_MAX);
    enum err err = reader_begin(reader);
    if (err) return err;
    err = read_list(reader, arena, asked, out);
    reader_end(reader);
    return err;
}

/* ---- by words ---- */

static enum err read_found(struct reader *reader, struct arena *arena,
                           const struct conversation_asked *asked, const int64_t ids[READ_IDS],
                           struct rows *out)
{
    struct value values[READ_IDS + 2];
    for (size_t i = 0; i < READ_IDS; i++) values[i] = value_int(ids[i]);
    values[READ_IDS] = value_int(asked->reach->agent_id);
    values[READ_IDS + 1] = value_int(asked->filter->label_id);
    return reader_read(reader, arena, &KEYS_BY_ID, (struct arguments){ values, READ_IDS + 2 }, out);
}

/* Those of the ids that are wanted, in their order; `ids` ends with READ_IDS noughts. */
static enum err collect_found(struct reader *reader, struct arena *arena,
                              const struct conversation_asked *asked, const int64_t *ids,
                              struct collected *collected)
{
    for (; ids[0] != 0; ids += READ_IDS) {
        struct rows rows;
        enum err err = read_found(reader, arena, asked, ids, &rows);
        if (err) return err;
        for (size_t row = 0; row < rows.count; row++) {
            if (collected->count == collected->wanted) return OK;
            struct candidate candidate = candidate_of(&rows, row);
            collected->last = candidate.key;
            if (!is_wanted(asked->filter, asked->reach, &candidate)) continue;
            collected->keys[collected->count++] = candidate.key;
        }
    }
    return OK;
}

static enum err find_step(struct search_reader *search, struct arena *arena, struct str text,
                          int64_t below, int64_t ids[SEARCH_STEP + READ_IDS])
{
    int64_t *found;
    size_t count;
    enum err err =
        search_find(search, arena, SEARCH_CONVERSATION, text, below, SEARCH_STEP, &found, &count);
    if (err) return err;
    for (size_t i = 0; i < SEARCH_STEP + READ_IDS; i++) ids[i] = i < count ? found[i] : 0;
    return OK;
}

enum err conversation_list_text(struct reader *reader, struct search_reader *search,
                                struct arena *arena, const struct conversation_asked *asked,
                                struct conversation_page *out)
{
    assert(asked->limit > 0 && asked->limit <= LIST_PAGE_MAX);
    struct collected collected = {
        .keys = arena_array(arena, struct conversation_key, asked->limit + 1),
        .wanted = asked->limit + 1,
    };
    int64_t below = asked->after ? asked->after->id : 0;
    for (size_t scanned = 0; scanned < SEARCH_SCAN_MAX; scanned += SEARCH_STEP) {
        int64_t ids[SEARCH_STEP + READ_IDS];
        enum err err = find_step(search, arena, asked->text, below, ids);
        if (!err) err = collect_found(reader, arena, asked, ids, &collected);
        if (err) return err;
        if (collected.count == collected.wanted) break;
        below = ids[SEARCH_STEP - 1];
        collected.is_complete = below == 0;
        if (collected.is_complete) break;
        collected.last = (struct conversation_key){ 0, below };
    }
    return read_page(reader, arena, &collected, out);
}
