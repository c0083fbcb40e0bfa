#include "survey/answer_store.h"

#include "store/event.h"

/* A standard survey has one question; its name is that of the question's kind. */
static const struct query STANDARD_FIND = {
    .sql = "SELECT s.id, s.version, q.id FROM survey s JOIN question q ON q.survey_id = s.id"
           " AND q.survey_version = s.version WHERE s.name = $1 AND s.is_standard = 1"
           " ORDER BY q.place LIMIT 1",
    .rows_max = 1,
};
static const struct query SURVEY_INSERT = {
    .sql = "INSERT INTO survey (id, name, is_standard, created_at_ms, version)"
           " VALUES ($1, $2, 1, $3, 1)",
    .changes_one = true,
};
static const struct query QUESTION_INSERT = {
    .sql = "INSERT INTO question (id, survey_id, survey_version, place, kind, text)"
           " VALUES ($1, $2, 1, 1, $3, $4)",
    .changes_one = true,
};
static const struct query ANSWER_INSERT = {
    .sql = "INSERT INTO answer (id, question_id, survey_id, survey_version, interaction_id,"
           " customer_id, conversation_id, score, at_ms)"
           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    .changes_one = true,
};

struct standard {
    int64_t survey_id;
    int64_t survey_version;
    int64_t question_id;
};

static const struct str STANDARD_TEXTS[] = {
    STR_INIT("How likely are you to recommend us to a friend or colleague?"),
    STR_INIT("How satisfied are you with the help you received?"),
    STR_INIT("How much do you agree: it was easy to get my issue handled?"),
};
enum { STANDARD_COUNT = sizeof(STANDARD_TEXTS) / sizeof(STANDARD_TEXTS[0]) };

static enum err find(struct tx *tx, struct arena *arena, enum question_kind kind,
                     struct standard *out)
{
    struct rows rows;
    enum err err =
        tx_read(tx, arena, &STANDARD_FIND,
                ARGS(value_text(str_from(QUESTION_KIND_NAMES[kind - QUESTION_NPS]))), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    *out = (struct standard){
        .survey_id = rows_int(&rows, 0, 0),
        .survey_version = rows_int(&rows, 0, 1),
        .question_id = rows_int(&rows, 0, 2),
    };
    return OK;
}

static enum err make(struct tx *tx, enum question_kind kind, struct standard *out)
{
    int index = (int)kind - QUESTION_NPS;
    struct standard made = { tx_id(tx), 1, tx_id(tx) };
    enum err err =
        tx_write(tx, &SURVEY_INSERT,
                 ARGS(value_int(made.survey_id), value_text(str_from(QUESTION_KIND_NAMES[index])),
                      value_int(tx->now_ms)));
    if (err) return err;
    err = tx_write(tx, &QUESTION_INSERT,
                   ARGS(value_int(made.question_id), value_int(made.survey_id), value_int(kind),
                        value_text(STANDARD_TEXTS[index])));
    if (!err) *out = made;
    return err;
}

static enum err find_or_make(struct tx *tx, struct arena *arena, enum question_kind kind,
                             struct standard *out)
{
    enum err err = find(tx, arena, kind, out);
    return err == ERR_NOT_FOUND ? make(tx, kind, out) : err;
}

static void tell(struct tx *tx, int64_t answer_id, const struct standard *standard,
                 enum question_kind kind, int64_t score, const struct interaction *interaction,
                 const struct dimensions *dimensions)
{
    struct event_values values = { 0 };
    event_put_dimensions(&values, dimensions);
    event_put(&values, FIELD_QUESTION, kind);
    event_put(&values, FIELD_SURVEY, standard->survey_id);
    event_put(&values, FIELD_ANSWER, answer_id);
    event_put_zero(&values, FIELD_SCORE, score);
    tx_event(tx, &(struct event){ .kind = EVENT_ANSWER_RECEIVED,
                                  .at_ms = interaction->at_ms,
                                  .customer_id = interaction->customer_id,
                                  .conversation_id = interaction->conversation_id,
                                  .interaction_id = interaction->id,
                                  .values = values.items,
                                  .values_count = values.count });
}

enum err answer_add_standard(struct tx *tx, struct arena *arena, enum question_kind kind,
                             int64_t score, const struct interaction *interaction,
                             const struct dimensions *dimensions, int64_t *out)
{
    if (!question_takes(kind, score)) return ERR_INVALID;
    struct standard standard;
    enum err err = find_or_make(tx, arena, kind, &standard);
    if (err) return err;
    int64_t id = tx_id(tx);
    err = tx_write(tx, &ANSWER_INSERT,
                   ARGS(value_int(id), value_int(standard.question_id),
                        value_int(standard.survey_id), value_int(standard.survey_version),
                        value_int(interaction->id), value_int_or_null(interaction->customer_id),
                        value_int_or_null(interaction->conversation_id), value_int(score),
                        value_int(interaction->at_ms)));
    if (err) return err;
    tell(tx, id, &standard, kind, score, interaction, dimensions);
    *out = id;
    return OK;
}

static enum err prepare_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)in;
    (void)out;
    for (int i = 0; i < STANDARD_COUNT; i++) {
        struct standard standard;
        enum err err = find_or_make(tx, arena, (enum question_kind)(QUESTION_NPS + i), &standard);
        if (err) return err;
    }
    return OK;
}

const struct command SURVEY_PREPARE = { .name = "survey_prepare", .run = prepare_run };
