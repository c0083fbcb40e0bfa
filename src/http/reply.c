#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "http/inside.h"
#include "http/problem.h"

enum { DETAIL_SIZE = 600, VERSION_SIZE = 24, LINK_SIZE_MAX = 8192 };

void reply_clear(struct request_inside *inside)
{
    inside->reply = (struct reply){ 0 };
}

static struct json_writer *begin(struct request *request, int status, const char *content_type)
{
    struct reply *reply = &inside_of(request)->reply;
    reply->status = status;
    reply->content_type = content_type;
    reply->buf = buf_open(request->arena, REPLY_MAX);
    reply->writer = (struct json_writer){ .buf = &reply->buf };
    reply->is_writing = true;
    return &reply->writer;
}

struct json_writer *reply_json(struct request *request, int status)
{
    return begin(request, status, "application/json");
}

void reply_done(struct request *request)
{
    struct reply *reply = &inside_of(request)->reply;
    assert(reply->is_writing);
    reply->is_writing = false;
    if (buf_done(&reply->buf, &reply->body)) {
        log_warn("http", "request=%.*s reply is longer than %d bytes", STR_ARG(request->request_id),
                 REPLY_MAX);
        reply_clear(inside_of(request));
        reply_problem(request, 400, "limit_exceeded", "The reply would be too long. Ask for less.");
    }
}

static void add_encoded(struct buf *buf, struct str text)
{
    static const char HEX[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || (c != '\0' && strchr("-._~,:", c));
        if (is_plain) {
            buf_add_char(buf, (char)c);
        } else {
            buf_add_char(buf, '%');
            buf_add_char(buf, HEX[c >> 4]);
            buf_add_char(buf, HEX[c & 15]);
        }
    }
}

/* The same question with another cursor. */
static struct str next_link(struct request *request, struct str cursor)
{
    const struct request_inside *inside = inside_of(request);
    struct buf buf = buf_open(request->arena, LINK_SIZE_MAX);
    buf_add_char(&buf, '<');
    buf_add(&buf, request->workspace->prefix);
    buf_add(&buf, request->path); /* of a list: plain characters and ids */
    buf_add(&buf, STR("?cursor="));
    buf_add(&buf, cursor);
    for (size_t i = 0; i < inside->arguments_count; i++) {
        const struct pair *pair = &inside->arguments[i];
        if (str_equal(pair->name, STR("cursor"))) continue;
        buf_add_char(&buf, '&');
        add_encoded(&buf, pair->name);
        buf_add_char(&buf, '=');
        add_encoded(&buf, pair->value);
    }
    buf_add(&buf, STR(">; rel=\"next\""));
    return buf_view(&buf);
}

struct json_writer *reply_list_begin(struct request *request)
{
    struct json_writer *writer = reply_json(request, 200);
    json_object_begin(writer, NULL);
    json_array_begin(writer, "data");
    return writer;
}

void reply_list_end(struct request *request, struct str next_cursor)
{
    struct json_writer *writer = &inside_of(request)->reply.writer;
    json_array_end(writer);
    json_put_text_or_null(writer, "next_cursor", next_cursor);
    json_put_bool(writer, "has_more", next_cursor.data != NULL);
    json_object_end(writer);
    reply_done(request);
    if (next_cursor.data) reply_header(request, "Link", next_link(request, next_cursor));
}

void reply_empty(struct request *request, int status)
{
    struct reply *reply = &inside_of(request)->reply;
    reply->status = status;
    reply->content_type = NULL;
    reply->body = STR("");
    reply->is_writing = false;
}

void reply_bytes(struct request *request, int status, const char *content_type, struct str bytes)
{
    struct reply *reply = &inside_of(request)->reply;
    reply->status = status;
    reply->content_type = content_type;
    reply->body = bytes;
    reply->is_writing = false;
}

/* A second value takes the place of the first; only cookies may be several. */
static struct pair *field_place(struct reply *reply, struct str name)
{
    bool is_cookie = str_equal(name, STR("Set-Cookie"));
    for (size_t i = 0; i < reply->fields_count && !is_cookie; i++) {
        if (str_equal(reply->fields[i].name, name)) return &reply->fields[i];
    }
    assert(reply->fields_count < REPLY_FIELDS_MAX);
    return &reply->fields[reply->fields_count++];
}

void reply_header(struct request *request, const char *name, struct str text)
{
    char *value = arena_array(request->arena, char, text.size + 1);
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        value[i] = c < 0x20 || c == 0x7F ? ' ' : (char)c; /* it begins no line of its own */
    }
    *field_place(&inside_of(request)->reply, str_from(name)) = (struct pair){
        .name = arena_copy(request->arena, str_from(name)),
        .value = { .data = value, .size = text.size },
    };
}

static void write_errors(struct json_writer *writer, const struct json_problems *problems)
{
    json_array_begin(writer, "errors");
    for (size_t i = 0; i < problems->count && i < JSON_PROBLEMS_MAX; i++) {
        const struct json_problem *problem = &problems->items[i];
        json_object_begin(writer, NULL);
        json_put_text(writer, "pointer", problem->pointer);
        json_put_text(writer, "code", str_from(problem->code));
        json_put_text(writer, "detail", problem->detail);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void write_problem(struct request *request, int status, const char *code, struct str detail)
{
    reply_clear(inside_of(request));
    struct json_writer *writer = begin(request, status, "application/problem+json");
    struct str prefix = request->workspace ? request->workspace->prefix : STR("");
    struct buf instance = buf_open(request->arena, prefix.size + request->path.size);
    buf_add(&instance, prefix);
    buf_add(&instance, request->path);
    struct buf type = buf_open(request->arena, DETAIL_SIZE);
    buf_printf(&type, "%.*s/docs/api#%s", STR_ARG(prefix), code);

    json_object_begin(writer, NULL);
    json_put_text(writer, "type", buf_view(&type));
    json_put_text(writer, "title", str_from(problem_title(status)));
    json_put_int(writer, "status", status);
    json_put_text(writer, "detail", detail);
    json_put_text(writer, "instance", buf_view(&instance));
    json_put_text(writer, "code", str_from(code));
    json_put_text(writer, "request_id", request->request_id);
    write_errors(writer, &request->problems);
    json_object_end(writer);
    reply_done(request);
    if (status == 503 || status == 429) reply_header(request, "Retry-After", STR("1"));
}

void reply_problem(struct request *request, int status, const char *code, const char *detail, ...)
{
    char text[DETAIL_SIZE];
    va_list args;
    va_start(args, detail);
    int size = vsnprintf(text, sizeof(text), detail, args);
    va_end(args);
    if (size < 0) size = 0;
    size_t kept = (size_t)size < sizeof(text) ? (size_t)size : sizeof(text) - 1;
    struct str words = { .data = text, .size = kept };
    if (!str_is_utf8(words)) words = STR("The request cannot be served.");
    write_problem(request, status, code, words);
}

void reply_err(struct request *request, enum err err)
{
    struct problem problem = problem_of(err, inside_of(request)->if_match != 0);
    if (problem.status == 500) {
        log_error("http", "request=%.*s route=%s failed: %s", STR_ARG(request->request_id),
                  request->route ? request->route->path : "-", err_name(err));
    }
    write_problem(request, problem.status, problem.code, str_from(problem.detail));
}

void reply_settle(struct request *request)
{
    struct request_inside *inside = inside_of(request);
    if (inside->reply.is_writing) reply_done(request);
    if (inside->reply.status != 0) return;
    log_error("http", "request=%.*s route=%s gave no reply", STR_ARG(request->request_id),
              request->route ? request->route->path : "-");
    reply_err(request, ERR_IO);
}

void reply_version(struct request *request, int64_t version)
{
    char text[VERSION_SIZE];
    int size = snprintf(text, sizeof(text), "\"%" PRId64 "\"", version);
    assert(size > 0 && (size_t)size < sizeof(text));
    reply_header(request, "ETag", (struct str){ .data = text, .size = (size_t)size });
}
