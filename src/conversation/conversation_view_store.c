#include "conversation/conversation_view_store.h"

#include <assert.h>

enum { LABELS_READ_MAX = READ_IDS * LABELS_OF_ONE_MAX, ANSWERS_READ_MAX = READ_IDS * 16 };

/* $1 to $16 are ids, 0 where there are fewer. The customer is the one after merges. */
static const struct query CONVERSATIONS_READ = {
    .sql =
        "SELECT v.id, v.external_id, r.id, r.name, v.channel_id, h.name, v.touchpoint_id, t.name,"
        " v.team_id, m.name, v.agent_id, a.name, v.state, v.state_label, v.priority, d.text,"
        " v.subject, v.attributes, v.created_at_ms, v.activity_at_ms, v.waiting_since_ms,"
        " v.first_reply_at_ms, v.first_solved_at_ms, v.solved_at_ms, v.closed_at_ms,"
        " v.snoozed_until_ms, v.interaction_count, v.reassignment_count, v.reopen_count,"
        " v.sla_met, v.merged_into, v.version, i.id, i.at_ms, i.kind, i.direction,"
        " substr(i.text, 1, 300) FROM conversation v JOIN channel h ON h.id = v.channel_id"
        " LEFT JOIN customer c ON c.id = v.customer_id LEFT JOIN customer r ON r.id = c.root_id"
        " LEFT JOIN touchpoint t ON t.id = v.touchpoint_id LEFT JOIN team m ON m.id = v.team_id"
        " LEFT JOIN agent a ON a.id = v.agent_id LEFT JOIN dimension_value d ON d.id = v.topic_id"
        " LEFT JOIN interaction i ON i.id = v.last_interaction_id WHERE v.id IN ($1, $2, $3, $4,"
        " $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    .rows_max = READ_IDS,
};
static const struct query LABELS_READ = {
    .sql = "SELECT l.conversation_id, b.id, b.name, b.colour FROM conversation_label l"
           " JOIN label b ON b.id = l.label_id WHERE l.conversation_id IN ($1, $2, $3, $4, $5, $6,"
           " $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ORDER BY b.name, b.id LIMIT 800",
    .rows_max = LABELS_READ_MAX,
};
static const struct query INTERACTIONS_READ = {
    .sql = "SELECT i.id, i.external_id, i.at_ms, i.kind, i.direction, i.channel_id, h.name,"
           " i.touchpoint_id, t.name, c.root_id, i.conversation_id, i.agent_id, a.name, i.team_id,"
           " m.name, i.text, i.wait_ms, i.handle_ms, i.outcome, i.attributes, i.captured_at_ms"
           " FROM interaction i JOIN channel h ON h.id = i.channel_id"
           " LEFT JOIN customer c ON c.id = i.customer_id"
           " LEFT JOIN touchpoint t ON t.id = i.touchpoint_id LEFT JOIN team m ON m.id = i.team_id"
           " LEFT JOIN agent a ON a.id = i.agent_id WHERE i.id IN ($1, $2, $3, $4, $5, $6, $7, $8,"
           " $9, $10, $11, $12, $13, $14, $15, $16)",
    .rows_max = READ_IDS,
};
/* Kinds 1 to 3 are nps, csat and ces (survey/question.h, which stands above this folder). */
static const struct query ANSWERS_READ = {
    .sql = "SELECT n.interaction_id, q.kind, n.score FROM answer n"
           " JOIN question q ON q.id = n.question_id WHERE n.interaction_id IN ($1, $2, $3, $4, $5,"
           " $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) AND n.score IS NOT NULL"
           " ORDER BY n.id LIMIT 256",
    .rows_max = ANSWERS_READ_MAX,
};

static struct arguments ids_of(struct value values[READ_IDS], const int64_t *ids, size_t count)
{
    for (size_t i = 0; i < READ_IDS; i++) values[i] = value_int(i < count ? ids[i] : 0);
    return (struct arguments){ .items = values, .count = READ_IDS };
}

/* The row of an id; rows->count if there is none. */
static size_t row_of(const struct rows *rows, int64_t id)
{
    size_t row = 0;
    while (row < rows->count && rows_int(rows, row, 0) != id) row++;
    return row;
}

static struct named named_of(const struct rows *rows, size_t row, size_t column)
{
    return (struct named){
        .id = rows_int_or_zero(rows, row, column),
        .name = rows_text_or_none(rows, row, column + 1),
    };
}

/* -1 for NULL. */
static int64_t known_of(const struct rows *rows, size_t row, size_t column)
{
    return rows_is_null(rows, row, column) ? -1 : rows_int(rows, row, column);
}

static struct conversation_view conversation_of(const struct rows *rows, size_t row)
{
    return (struct conversation_view){
        .id = rows_int(rows, row, 0),
        .external_id = rows_text_or_none(rows, row, 1),
        .customer = named_of(rows, row, 2),
        .channel = named_of(rows, row, 4),
        .touchpoint = named_of(rows, row, 6),
        .team = named_of(rows, row, 8),
        .agent = named_of(rows, row, 10),
        .state = (enum conversation_state)rows_int(rows, row, 12),
        .state_label = rows_text_or_none(rows, row, 13),
        .priority = (enum priority)rows_int(rows, row, 14),
        .topic = rows_text_or_none(rows, row, 15),
        .subject = rows_text_or_none(rows, row, 16),
        .attributes = rows_text_or_none(rows, row, 17),
        .created_at_ms = rows_int(rows, row, 18),
        .activity_at_ms = rows_int(rows, row, 19),
        .waiting_since_ms = rows_int_or_zero(rows, row, 20),
        .first_reply_at_ms = rows_int_or_zero(rows, row, 21),
        .first_solved_at_ms = rows_int_or_zero(rows, row, 22),
        .solved_at_ms = rows_int_or_zero(rows, row, 23),
        .closed_at_ms = rows_int_or_zero(rows, row, 24),
        .snoozed_until_ms = rows_int_or_zero(rows, row, 25),
        .interaction_count = rows_int(rows, row, 26),
        .reassignment_count = rows_int(rows, row, 27),
        .reopen_count = rows_int(rows, row, 28),
        .sla_met = (int)known_of(rows, row, 29),
        .merged_into = rows_int_or_zero(rows, row, 30),
        .version = rows_int(rows, row, 31),
        .last.id = rows_int_or_zero(rows, row, 32),
        .last.at_ms = rows_int_or_zero(rows, row, 33),
        .last.kind = (enum interaction_kind)rows_int_or_zero(rows, row, 34),
        .last.direction = (enum direction)rows_int_or_zero(rows, row, 35),
        .last.text = rows_text_or_none(rows, row, 36),
    };
}

static void take_labels(struct arena *arena, const struct rows *rows,
                        struct conversation_view *view)
{
    struct label_view *items = arena_array(arena, struct label_view, LABELS_OF_ONE_MAX);
    size_t count = 0;
    for (size_t row = 0; row < rows->count && count < LABELS_OF_ONE_MAX; row++) {
        if (rows_int(rows, row, 0) != view->id) continue;
        items[count++] = (struct label_view){
            .id = rows_int(rows, row, 1),
            .name = rows_text(rows, row, 2),
            .colour = rows_text_or_none(rows, row, 3),
        };
    }
    view->labels = items;
    view->labels_count = count;
}

enum err conversation_views_read(const struct read_from *from, struct arena *arena,
                                 const int64_t *ids, size_t ids_count,
                                 struct conversation_view **out, size_t *count)
{
    struct conversation_view *views = arena_array(arena, struct conversation_view, ids_count);
    size_t found = 0;
    for (size_t i = 0; i < ids_count; i += READ_IDS) {
        size_t some = ids_count - i < READ_IDS ? ids_count - i : READ_IDS;
        struct value values[READ_IDS];
        struct rows rows;
        struct rows labels;
        struct arguments arguments = ids_of(values, ids + i, some);
        enum err err = read_rows(from, arena, &CONVERSATIONS_READ, arguments, &rows);
        if (!err) err = read_rows(from, arena, &LABELS_READ, arguments, &labels);
        if (err) return err;
        for (size_t k = 0; k < some; k++) {
            size_t row = row_of(&rows, ids[i + k]);
            if (row == rows.count) continue;
            views[found] = conversation_of(&rows, row);
            if (labels.count > 0) take_labels(arena, &labels, &views[found]);
            found++;
        }
    }
    *out = views;
    *count = found;
    return OK;
}

static struct interaction_view interaction_of(const struct rows *rows, size_t row)
{
    return (struct interaction_view){
        .id = rows_int(rows, row, 0),
        .external_id = rows_text_or_none(rows, row, 1),
        .at_ms = rows_int(rows, row, 2),
        .kind = (enum interaction_kind)rows_int(rows, row, 3),
        .direction = (enum direction)rows_int(rows, row, 4),
        .channel = named_of(rows, row, 5),
        .touchpoint = named_of(rows, row, 7),
        .customer_id = rows_int_or_zero(rows, row, 9),
        .conversation_id = rows_int_or_zero(rows, row, 10),
        .agent = named_of(rows, row, 11),
        .team = named_of(rows, row, 13),
        .text = rows_text_or_none(rows, row, 15),
        .wait_ms = known_of(rows, row, 16),
        .handle_ms = known_of(rows, row, 17),
        .outcome = (enum outcome)rows_int(rows, row, 18),
        .attributes = rows_text_or_none(rows, row, 19),
        .captured_at_ms = rows_int(rows, row, 20),
        .nps = -1,
        .csat = -1,
        .ces = -1,
    };
}

static void take_answers(const struct rows *rows, struct interaction_view *view)
{
    int64_t *const scores[] = { &view->nps, &view->csat, &view->ces };
    const int64_t kinds = sizeof(scores) / sizeof(scores[0]);
    for (size_t row = 0; row < rows->count; row++) {
        int64_t kind = rows_int(rows, row, 1);
        if (rows_int(rows, row, 0) != view->id || kind < 1 || kind > kinds) continue;
        *scores[kind - 1] = rows_int(rows, row, 2);
    }
}

enum err interaction_views_read(const struct read_from *from, struct arena *arena,
                                const int64_t *ids, size_t ids_count, struct interaction_view **out,
                                size_t *count)
{
    struct interaction_view *views = arena_array(arena, struct interaction_view, ids_count);
    size_t found = 0;
    for (size_t i = 0; i < ids_count; i += READ_IDS) {
        size_t some = ids_count - i < READ_IDS ? ids_count - i : READ_IDS;
        struct value values[READ_IDS];
        struct rows rows;
        struct rows answers;
        struct arguments arguments = ids_of(values, ids + i, some);
        enum err err = read_rows(from, arena, &INTERACTIONS_READ, arguments, &rows);
        if (!err) err = read_rows(from, arena, &ANSWERS_READ, arguments, &answers);
        if (err) return err;
        for (size_t k = 0; k < some; k++) {
            size_t row = row_of(&rows, ids[i + k]);
            if (row == rows.count) continue;
            views[found] = interaction_of(&rows, row);
            take_answers(&answers, &views[found]);
            found++;
        }
    }
    *out = views;
    *count = found;
    return OK;
}

enum err conversation_view_read(const struct read_from *from, struct arena *arena, int64_t id,
                                struct conversation_view *out)
{
    struct conversation_view *views;
    size_t count;
    enum err err = conversation_views_read(from, arena, &id, 1, &views, &count);
    if (err) return err;
    if (count == 0) return ERR_NOT_FOUND;
    *out = views[0];
    return OK;
}

enum err interaction_view_read(const struct read_from *from, struct arena *arena, int64_t id,
                               struct interaction_view *out)
{
    struct interaction_view *views;
    size_t count;
    enum err err = interaction_views_read(from, arena, &id, 1, &views, &count);
    if (err) return err;
    if (count == 0) return ERR_NOT_FOUND;
    *out = views[0];
    return OK;
}
