#include "survey/answer_list_store.h"

#include <assert.h>

enum { STEP_MAX = 2000, QUESTIONS_MAX = 100 };

static const struct query SURVEYS_READ = {
    .sql = "SELECT id, name, is_standard, created_at_ms, archived_at_ms, version FROM survey"
           " WHERE id > $1 ORDER BY id LIMIT $2",
    .rows_max = SURVEYS_PAGE_MAX + 1,
};
static const struct query QUESTIONS_READ = {
    .sql = "SELECT id, survey_id, place, kind, text FROM question WHERE survey_id = $1"
           " AND survey_version = $2 ORDER BY place LIMIT 100",
    .rows_max = QUESTIONS_MAX,
};
static const struct query ANSWERS_READ = {
    .sql =
        "SELECT n.id, n.survey_id, n.question_id, q.kind, n.score, n.text, n.at_ms,"
        " n.interaction_id, c.root_id, n.conversation_id, v.team_id, v.agent_id, (SELECT count(*)"
        " FROM conversation_mention m WHERE m.conversation_id = v.id AND m.agent_id = $3)"
        " FROM answer n JOIN question q ON q.id = n.question_id"
        " LEFT JOIN customer c ON c.id = n.customer_id"
        " LEFT JOIN conversation v ON v.id = n.conversation_id"
        " WHERE n.id < $1 ORDER BY n.id DESC LIMIT $2",
    .rows_max = STEP_MAX,
};
static const struct query ANSWERS_OF_CONVERSATION = {
    .sql =
        "SELECT n.id, n.survey_id, n.question_id, q.kind, n.score, n.text, n.at_ms,"
        " n.interaction_id, c.root_id, n.conversation_id, v.team_id, v.agent_id, (SELECT count(*)"
        " FROM conversation_mention m WHERE m.conversation_id = v.id AND m.agent_id = $3)"
        " FROM interaction i JOIN answer n ON n.interaction_id = i.id"
        " JOIN question q ON q.id = n.question_id"
        " LEFT JOIN customer c ON c.id = n.customer_id"
        " JOIN conversation v ON v.id = i.conversation_id"
        " WHERE i.conversation_id = $4 AND n.id < $1 ORDER BY n.id DESC LIMIT $2",
    .rows_max = STEP_MAX,
};

static enum err read_questions(struct reader *reader, struct arena *arena,
                               struct survey_view *survey)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &QUESTIONS_READ,
                               ARGS(value_int(survey->id), value_int(survey->version)), &rows);
    if (err) return err;
    struct question_view *items = arena_array(arena, struct question_view, rows.count);
    for (size_t i = 0; i < rows.count; i++) {
        items[i] = (struct question_view){
            .id = rows_int(&rows, i, 0),
            .survey_id = rows_int(&rows, i, 1),
            .place = rows_int(&rows, i, 2),
            .kind = (enum question_kind)rows_int(&rows, i, 3),
            .text = rows_text(&rows, i, 4),
        };
    }
    survey->questions = items;
    survey->questions_count = rows.count;
    return OK;
}

enum err survey_list(struct reader *reader, struct arena *arena, int64_t after_id, size_t limit,
                     struct survey_view **out, size_t *count)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &SURVEYS_READ,
                               ARGS(value_int(after_id), value_int((int64_t)limit)), &rows);
    if (err) return err;
    struct survey_view *items = arena_array(arena, struct survey_view, rows.count);
    for (size_t i = 0; i < rows.count; i++) {
        items[i] = (struct survey_view){
            .id = rows_int(&rows, i, 0),
            .name = rows_text(&rows, i, 1),
            .is_standard = rows_int(&rows, i, 2) != 0,
            .created_at_ms = rows_int(&rows, i, 3),
            .archived_at_ms = rows_int_or_zero(&rows, i, 4),
            .version = rows_int(&rows, i, 5),
        };
        err = read_questions(reader, arena, &items[i]);
        if (err) return err;
    }
    *out = items;
    *count = rows.count;
    return OK;
}

enum err survey_view_read(struct reader *reader, struct arena *arena, int64_t id,
                          struct survey_view *out)
{
    struct survey_view *items;
    size_t count;
    enum err err = survey_list(reader, arena, id - 1, 1, &items, &count);
    if (err) return err;
    if (count == 0 || items[0].id != id) return ERR_NOT_FOUND;
    *out = items[0];
    return OK;
}

static struct answer_view answer_of(const struct rows *rows, size_t row)
{
    return (struct answer_view){
        .id = rows_int(rows, row, 0),
        .survey_id = rows_int(rows, row, 1),
        .question_id = rows_int(rows, row, 2),
        .kind = (enum question_kind)rows_int(rows, row, 3),
        .score = rows_is_null(rows, row, 4) ? -1 : rows_int(rows, row, 4),
        .text = rows_text_or_none(rows, row, 5),
        .at_ms = rows_int(rows, row, 6),
        .interaction_id = rows_int(rows, row, 7),
        .customer_id = rows_int_or_zero(rows, row, 8),
        .conversation_id = rows_int_or_zero(rows, row, 9),
    };
}

static bool is_wanted(const struct answer_asked *asked, const struct rows *rows, size_t row,
                      const struct answer_view *answer)
{
    if (asked->survey_id != 0 && asked->survey_id != answer->survey_id) return false;
    if (asked->kind != 0 && asked->kind != answer->kind) return false;
    if (answer->at_ms < asked->from_ms || answer->at_ms >= asked->to_ms) return false;
    if (answer->conversation_id == 0) return asked->reach->sees_all || asked->reach->agent_id != 0;
    const struct reached reached = {
        .team_id = rows_int_or_zero(rows, row, 10),
        .agent_id = rows_int_or_zero(rows, row, 11),
        .is_mentioned = rows_int(rows, row, 12) > 0,
    };
    return reach_includes(asked->reach, &reached);
}

static enum err read_step(struct reader *reader, struct arena *arena,
                          const struct answer_asked *asked, int64_t below, size_t step,
                          struct rows *out)
{
    struct value values[] = { value_int(below), value_int((int64_t)step),
                              value_int(asked->reach->agent_id),
                              value_int(asked->conversation_id) };
    bool is_one = asked->conversation_id != 0;
    return reader_read(reader, arena, is_one ? &ANSWERS_OF_CONVERSATION : &ANSWERS_READ,
                       (struct arguments){ values, is_one ? 4 : 3 }, out);
}

/* Takes what is wanted until the page is full and one more is seen; true then. `below` goes down to
 * the last that was looked at. */
static bool fill_page(const struct answer_asked *asked, const struct rows *rows, int64_t *below,
                      struct answer_page *page)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct answer_view answer = answer_of(rows, i);
        bool fits = is_wanted(asked, rows, i, &answer);
        if (fits && page->count == asked->limit) return true;
        if (fits) page->items[page->count++] = answer;
        *below = answer.id;
    }
    return false;
}

enum err answer_list(struct reader *reader, struct arena *arena, const struct answer_asked *asked,
                     struct answer_page *out)
{
    assert(asked->limit > 0 && asked->limit <= ANSWERS_PAGE_MAX);
    struct answer_page page = { .items = arena_array(arena, struct answer_view, asked->limit) };
    int64_t below = asked->before_id ? asked->before_id : INT64_MAX;
    size_t step = asked->limit + 1;
    for (size_t scanned = 0; scanned < ANSWERS_SCAN_MAX; scanned += step) {
        struct rows rows;
        enum err err = read_step(reader, arena, asked, below, step, &rows);
        if (err) return err;
        bool is_full = fill_page(asked, &rows, &below, &page);
        bool is_end = !is_full && rows.count < step;
        page.next_before_id = is_end ? 0 : below;
        if (is_full || is_end) break;
        step = STEP_MAX;
    }
    *out = page;
    return OK;
}
