#include "capture/capture_api.h"

#include "capture/capture_store.h"
#include "http/problem.h"
#include "http/request.h"

enum { LINES_MAX = 10000, LINE_SIZE_MAX = 256 * 1024, RESULT_SIZE = 160 };

/* ---- one ---- */

static void put_ids(struct json_writer *writer, const struct capture_out *captured)
{
    json_put_id(writer, "interaction_id", ID_INTERACTION, captured->interaction_id);
    json_put_id(writer, "customer_id", ID_CUSTOMER, captured->customer_id);
    json_put_id(writer, "conversation_id", ID_CONVERSATION, captured->conversation_id);
    json_put_bool(writer, "created", captured->is_new);
    json_array_begin(writer, "warnings");
    for (size_t i = 0; i < captured->warnings_count; i++) {
        json_put_text(writer, NULL, str_from(captured->warnings[i]));
    }
    json_array_end(writer);
}

/* What the command cannot know before it looks. */
static const char *words_for(enum err err)
{
    if (err == ERR_NOT_FOUND) {
        return "The conversation, customer or agent that is named by id does not exist.";
    }
    if (err == ERR_INVALID) return "A name or an identity cannot be used as it stands.";
    return "The interaction could not be stored.";
}

static void one_done(struct request *request, enum err err)
{
    if (err == ERR_NOT_FOUND || err == ERR_INVALID) {
        reply_problem(request, 400, "invalid", "%s", words_for(err));
        return;
    }
    if (err) {
        reply_err(request, err);
        return;
    }
    const struct capture_out *captured = request->out;
    struct json_writer *writer = reply_json(request, captured->is_new ? 201 : 200);
    json_object_begin(writer, NULL);
    put_ids(writer, captured);
    json_object_end(writer);
    reply_done(request);
}

static enum err capture_one(struct request *request)
{
    struct json_form form;
    enum err err = request_form(request, &form);
    if (err) return err;
    struct capture_in *capture = arena_new(request->arena, struct capture_in);
    capture_read(&form, request->arena, capture);
    err = request_form_end(request, &form);
    if (err) return err;
    return request_write(request, &INTERACTION_CAPTURE, capture,
                         arena_new(request->arena, struct capture_out), one_done);
}

/* ---- many ---- */

struct line {
    const struct json_problems *problems; /* of its fields; NULL: none */
    const char *reason;                   /* why it is no JSON at all */
    size_t place;                         /* in the batch, if it goes there */
    bool is_taken;
};

struct lines {
    struct line *items;
    size_t count;
    struct capture_many_in in;
    struct capture_many_out out;
};

static size_t count_lines(struct str body)
{
    size_t count = 0;
    while (body.size > 0) {
        if (str_trim(str_cut(&body, '\n')).size > 0) count++;
    }
    return count;
}

static void line_read(struct json_problems *problems, struct str text, struct line *line,
                      struct capture_in *capture)
{
    struct arena *arena = problems->arena;
    const struct json *json;
    struct json_fault fault = { 0 };
    if (json_parse(arena, text, LINE_SIZE_MAX, &fault, &json)) {
        line->reason = fault.reason;
        return;
    }
    struct json_form form;
    json_form_begin(&form, problems, json, STR(""));
    capture_read(&form, arena, capture);
    json_form_end(&form);
    line->is_taken = problems->count == 0;
    if (line->is_taken) return;
    struct json_problems *kept = arena_new(arena, struct json_problems);
    *kept = *problems;
    line->problems = kept;
    json_problems_init(problems, arena);
}

static struct lines *lines_read(struct arena *arena, struct str body, size_t count)
{
    struct lines *lines = arena_new(arena, struct lines);
    struct capture_in *captures = arena_array(arena, struct capture_in, count);
    lines->items = arena_array(arena, struct line, count);
    lines->count = count;
    struct json_problems problems;
    json_problems_init(&problems, arena);
    size_t at = 0;
    size_t taken = 0;
    while (body.size > 0) {
        struct str text = str_trim(str_cut(&body, '\n'));
        if (text.size == 0) continue;
        struct line *line = &lines->items[at++];
        line_read(&problems, text, line, &captures[taken]);
        if (line->is_taken) line->place = taken++;
    }
    lines->in = (struct capture_many_in){ .items = captures, .count = taken };
    lines->out.results = arena_array(arena, enum err, taken + 1);
    lines->out.items = arena_array(arena, struct capture_out, taken + 1);
    return lines;
}

static void put_problems(struct json_writer *writer, const struct json_problems *problems)
{
    size_t count = problems ? problems->count : 0;
    size_t shown = count < JSON_PROBLEMS_MAX ? count : JSON_PROBLEMS_MAX;
    json_array_begin(writer, "errors");
    for (size_t i = 0; i < shown; i++) {
        json_object_begin(writer, NULL);
        json_put_text(writer, "pointer", problems->items[i].pointer);
        json_put_text(writer, "code", str_from(problems->items[i].code));
        json_put_text(writer, "detail", problems->items[i].detail);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void put_refusal(struct json_writer *writer, const struct line *line)
{
    json_put_int(writer, "status", 400);
    json_put_text(writer, "code", STR("invalid"));
    if (line->reason) json_put_text(writer, "detail", str_from(line->reason));
    put_problems(writer, line->problems);
}

static void put_result(struct json_writer *writer, enum err err, const struct capture_out *captured)
{
    if (!err) {
        json_put_int(writer, "status", captured->is_new ? 201 : 200);
        put_ids(writer, captured);
        return;
    }
    bool is_theirs = err == ERR_INVALID || err == ERR_NOT_FOUND;
    struct problem problem = problem_of(err, false);
    json_put_int(writer, "status", is_theirs ? 400 : problem.status);
    json_put_text(writer, "code", is_theirs ? STR("invalid") : str_from(problem.code));
    json_put_text(writer, "detail", str_from(words_for(err)));
}

static void many_done(struct request *request, enum err err)
{
    if (err) {
        reply_err(request, err);
        return;
    }
    const struct lines *lines = request->in;
    struct buf buf = buf_open(request->arena, REPLY_MAX);
    for (size_t i = 0; i < lines->count; i++) {
        const struct line *line = &lines->items[i];
        struct json_writer writer = { .buf = &buf };
        json_object_begin(&writer, NULL);
        json_put_int(&writer, "line", (int64_t)i + 1);
        if (line->is_taken) {
            put_result(&writer, lines->out.results[line->place], &lines->out.items[line->place]);
        } else {
            put_refusal(&writer, line);
        }
        json_object_end(&writer);
        buf_add_char(&buf, '\n');
    }
    struct str text;
    err = buf_done(&buf, &text);
    if (err) {
        reply_err(request, err);
        return;
    }
    reply_bytes(request, 200, "application/x-ndjson", text);
}

/* The lines carry the batch, so that many_done finds both. */
static enum err capture_lines(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct lines *lines = in;
    struct capture_many_out results = lines->out;
    (void)out;
    return INTERACTION_CAPTURE_MANY.run(tx, arena, &lines->in, &results);
}

static const struct command CAPTURE_LINES = { .name = "capture_lines", .run = capture_lines };

static enum err capture_many(struct request *request)
{
    size_t count = count_lines(request->body);
    if (count == 0) return request_fault(request, "body", "Send one JSON object on each line.");
    if (count > LINES_MAX) {
        reply_problem(request, 413, "limit_exceeded", "Send at most %d lines at once.", LINES_MAX);
        return OK;
    }
    struct lines *lines = lines_read(request->arena, request->body, count);
    return request_write(request, &CAPTURE_LINES, lines, NULL, many_done);
}

static enum err capture_post(struct request *request)
{
    struct str type = request_header(request, "content-type");
    bool is_many = str_starts(type, STR("application/x-ndjson"));
    return is_many ? capture_many(request) : capture_one(request);
}

static const struct route TABLE[] = {
    { .method = "POST",
      .path = "/api/v1/interactions",
      .permission = INTERACTION_WRITE,
      .handle = capture_post,
      .body = BODY_WHOLE },
};

const struct routes CAPTURE_ROUTES = { TABLE, sizeof(TABLE) / sizeof(TABLE[0]) };
