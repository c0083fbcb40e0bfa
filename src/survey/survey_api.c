#include "survey/survey_api.h"

#include "conversation/conversation_view_api.h"
#include "survey/answer_list_store.h"

enum { LIST_STANDARD = 50 };

static const char ORDER_SURVEYS[] = "surveys";
static const char ORDER_ANSWERS[] = "answers";

static void write_question(struct json_writer *writer, const struct question_view *question)
{
    int64_t min;
    int64_t max;
    json_object_begin(writer, NULL);
    json_put_int(writer, "place", question->place);
    json_put_text(writer, "kind", str_from(QUESTION_KIND_NAMES[question->kind - 1]));
    json_put_text(writer, "text", question->text);
    if (question_scale(question->kind, &min, &max)) {
        json_object_begin(writer, "scale");
        json_put_int(writer, "min", min);
        json_put_int(writer, "max", max);
        json_object_end(writer);
    } else {
        json_put_null(writer, "scale");
    }
    json_object_end(writer);
}

static void write_survey(struct json_writer *writer, const struct survey_view *survey)
{
    json_object_begin(writer, NULL);
    json_put_id(writer, "id", ID_SURVEY, survey->id);
    json_put_text(writer, "name", survey->name);
    json_put_bool(writer, "is_standard", survey->is_standard);
    json_array_begin(writer, "questions");
    for (size_t i = 0; i < survey->questions_count; i++) {
        write_question(writer, &survey->questions[i]);
    }
    json_array_end(writer);
    json_put_time(writer, "created_at", survey->created_at_ms);
    json_put_bool(writer, "archived", survey->archived_at_ms != 0);
    json_put_int(writer, "version", survey->version);
    json_object_end(writer);
}

static void write_answer(struct json_writer *writer, const struct answer_view *answer,
                         enum shown shown)
{
    json_object_begin(writer, NULL);
    json_put_id(writer, "id", ID_ANSWER, answer->id);
    json_put_id(writer, "survey_id", ID_SURVEY, answer->survey_id);
    json_put_text(writer, "kind", str_from(QUESTION_KIND_NAMES[answer->kind - 1]));
    if (answer->score >= 0) {
        json_put_int(writer, "score", answer->score);
    } else {
        json_put_null(writer, "score");
    }
    json_put_text_or_null(writer, "text", shown == SHOWN_WHOLE ? answer->text : (struct str){ 0 });
    json_put_time(writer, "at", answer->at_ms);
    json_put_id(writer, "interaction_id", ID_INTERACTION, answer->interaction_id);
    json_put_id(writer, "customer_id", ID_CUSTOMER, answer->customer_id);
    json_put_id(writer, "conversation_id", ID_CONVERSATION, answer->conversation_id);
    json_object_end(writer);
}

static enum err surveys_show(struct request *request)
{
    static const char *const NAMES[] = { "limit", "cursor", NULL };
    struct page page;
    enum err err = request_check_arguments(request, NAMES);
    if (!err) err = request_page(request, ORDER_SURVEYS, LIST_STANDARD, SURVEYS_PAGE_MAX, &page);
    if (err) return err;
    struct survey_view *surveys;
    size_t count;
    err = survey_list(request->reader, request->arena, page.has_cursor ? page.cursor.id : 0,
                      page.limit + 1, &surveys, &count);
    if (err) return err;
    size_t shown = count > page.limit ? page.limit : count;
    struct json_writer *writer = reply_list_begin(request);
    for (size_t i = 0; i < shown; i++) write_survey(writer, &surveys[i]);
    struct str next = { 0 };
    if (shown < count) {
        next = cursor_write(request->arena, ORDER_SURVEYS,
                            (struct cursor){ .id = surveys[shown - 1].id });
    }
    reply_list_end(request, next);
    return OK;
}

static enum err survey_show(struct request *request)
{
    int64_t id;
    struct survey_view survey;
    enum err err = request_id_parameter(request, 0, ID_SURVEY, &id);
    if (!err) err = survey_view_read(request->reader, request->arena, id, &survey);
    if (err) return err;
    write_survey(reply_json(request, 200), &survey);
    reply_version(request, survey.version);
    reply_done(request);
    return OK;
}

static enum err read_kind(struct request *request, enum question_kind *out)
{
    struct str text = request_argument(request, "kind");
    if (text.size == 0) return OK;
    for (int i = 0; QUESTION_KIND_NAMES[i]; i++) {
        if (!str_equal(text, str_from(QUESTION_KIND_NAMES[i]))) continue;
        *out = (enum question_kind)(i + 1);
        return OK;
    }
    return request_fault(request, "kind", "Give nps, csat, ces or text.");
}

static enum err answers_show(struct request *request)
{
    static const char *const NAMES[] = { "survey", "conversation", "kind",   "from",
                                         "to",     "limit",        "cursor", NULL };
    struct answer_asked asked = { .from_ms = INT64_MIN, .to_ms = INT64_MAX };
    struct page page;
    struct reach reach;
    struct answer_page found;
    enum err err = request_check_arguments(request, NAMES);
    if (!err) err = request_argument_id(request, "survey", ID_SURVEY, &asked.survey_id);
    if (!err) {
        err = request_argument_id(request, "conversation", ID_CONVERSATION, &asked.conversation_id);
    }
    if (!err) err = read_kind(request, &asked.kind);
    if (!err) err = request_argument_time(request, "from", &asked.from_ms);
    if (!err) err = request_argument_time(request, "to", &asked.to_ms);
    if (!err) err = request_page(request, ORDER_ANSWERS, LIST_STANDARD, ANSWERS_PAGE_MAX, &page);
    if (!err) err = request_reach(request, &reach);
    if (err) return err;
    asked.reach = &reach;
    asked.limit = page.limit;
    if (page.has_cursor) asked.before_id = page.cursor.id;
    err = answer_list(request->reader, request->arena, &asked, &found);
    if (err) return err;
    struct json_writer *writer = reply_list_begin(request);
    for (size_t i = 0; i < found.count; i++) {
        write_answer(writer, &found.items[i], shown_to(request));
    }
    struct str next = { 0 };
    if (found.next_before_id != 0) {
        next = cursor_write(request->arena, ORDER_ANSWERS,
                            (struct cursor){ .id = found.next_before_id });
    }
    reply_list_end(request, next);
    return OK;
}

static const struct route TABLE[] = {
    { "GET", "/api/v1/surveys", SURVEY_READ, .handle = surveys_show },
    { "GET", "/api/v1/surveys/{id}", SURVEY_READ, .handle = survey_show },
    { "GET", "/api/v1/answers", SURVEY_READ, .handle = answers_show },
};

const struct routes SURVEY_ROUTES = { .items = TABLE, .count = sizeof(TABLE) / sizeof(TABLE[0]) };
