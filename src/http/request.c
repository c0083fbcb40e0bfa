#include "http/request.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/parse.h"
#include "http/inside.h"

enum { FAULT_SIZE = 300 };

struct str request_argument(const struct request *request, const char *name)
{
    const struct request_inside *inside = inside_of(request);
    struct str wanted = str_from(name);
    for (size_t i = 0; i < inside->arguments_count; i++) {
        if (str_equal(inside->arguments[i].name, wanted)) return inside->arguments[i].value;
    }
    return (struct str){ 0 };
}

struct str request_header(const struct request *request, const char *name)
{
    return connection_header(inside_of(request), name);
}

struct str request_cookie(const struct request *request, const char *name)
{
    struct str rest = request_header(request, "Cookie");
    struct str wanted = str_from(name);
    while (rest.size > 0) {
        struct str value = str_cut(&rest, ';');
        struct str key = str_trim(str_cut(&value, '='));
        if (str_equal(key, wanted)) return str_trim(value);
    }
    return (struct str){ 0 };
}

bool request_may(const struct request *request, enum permission permission)
{
    return request->principal.permissions >> permission & 1;
}

struct actor request_actor(const struct request *request)
{
    struct actor actor = { .kind = ACTOR_SYSTEM };
    const struct principal *principal = &request->principal;
    if (principal->kind == PRINCIPAL_SESSION) {
        actor = (struct actor){ .kind = ACTOR_AGENT, .id = principal->agent_id };
    } else if (principal->kind == PRINCIPAL_KEY) {
        actor = (struct actor){ .kind = ACTOR_KEY, .id = principal->id };
    }
    struct str origin = request_header(request, "X-Origin-Id");
    if (origin.size > 0 && parse_int(origin, 1, INT64_MAX, &actor.origin_id)) actor.origin_id = 0;
    return actor;
}

static bool is_proxied(const struct request *request)
{
    const struct request_inside *inside = inside_of(request);
    struct server *server = loop_server(inside->loop);
    return !inside->is_local && networks_hold(server_trusted(server), inside->peer);
}

struct str request_host(const struct request *request)
{
    struct str host = { 0 };
    if (is_proxied(request)) host = request_header(request, "X-Forwarded-Host");
    if (host.size == 0) host = request_header(request, "Host");
    return host;
}

bool request_is_tls(const struct request *request)
{
    return is_proxied(request) &&
           str_equal(request_header(request, "X-Forwarded-Proto"), STR("https"));
}

static void add_problem(struct request *request, struct str pointer, const char *code,
                        struct str detail)
{
    struct json_problems *problems = &request->problems;
    size_t index = problems->count++;
    if (index >= JSON_PROBLEMS_MAX) return;
    problems->items[index] = (struct json_problem){
        .pointer = pointer,
        .code = code,
        .detail = detail,
    };
}

enum err request_form(struct request *request, struct json_form *out)
{
    struct json_fault fault = { .reason = "no JSON" };
    const struct json *root;
    size_t size_max = inside_of(request)->body_size_max;
    enum err err = json_parse(request->arena, request->body, size_max, &fault, &root);
    if (err) {
        struct buf detail = buf_open(request->arena, FAULT_SIZE);
        buf_printf(&detail, "The body is no JSON that can be read: %s, at byte %zu.", fault.reason,
                   fault.offset);
        add_problem(request, STR(""), "invalid_json", buf_view(&detail));
        return ERR_INVALID;
    }
    json_form_begin(out, &request->problems, root, STR(""));
    return OK;
}

enum err request_form_end(struct request *request, struct json_form *form)
{
    json_form_end(form);
    return request->problems.count > 0 ? ERR_INVALID : OK;
}

enum err request_id_parameter(const struct request *request, size_t index, enum id_kind kind,
                              int64_t *out)
{
    assert(index < PARAMETERS_MAX);
    return id_parse(kind, request->parameters[index], out) ? ERR_NOT_FOUND : OK;
}

enum err request_fault(struct request *request, const char *argument, const char *format, ...)
{
    char text[FAULT_SIZE];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    size_t kept = size < 0 ? 0 : (size_t)size;
    if (kept >= sizeof(text)) kept = sizeof(text) - 1;
    struct buf pointer = buf_open(request->arena, FAULT_SIZE);
    buf_add_char(&pointer, '?');
    buf_add(&pointer, str_from(argument));
    struct str detail = { .data = text, .size = kept };
    if (!str_is_utf8(detail)) detail = STR("This argument cannot be used.");
    add_problem(request, buf_view(&pointer), "invalid", arena_copy(request->arena, detail));
    return ERR_INVALID;
}

static bool is_in(struct str name, const char *const names[])
{
    for (size_t i = 0; names[i]; i++) {
        if (str_equal(name, str_from(names[i]))) return true;
    }
    return false;
}

enum err request_check_arguments(struct request *request, const char *const names[])
{
    const struct request_inside *inside = inside_of(request);
    enum err err = OK;
    for (size_t i = 0; i < inside->arguments_count; i++) {
        if (is_in(inside->arguments[i].name, names)) continue;
        struct str name = arena_copy(request->arena, inside->arguments[i].name);
        err = request_fault(request, name.data, "There is no such argument here.");
    }
    return err;
}

enum err request_page(struct request *request, const char *order, size_t standard, size_t max,
                      struct page *out)
{
    struct page page = { .limit = standard };
    enum err err = OK;
    struct str limit = request_argument(request, "limit");
    int64_t number = 0;
    if (limit.data && parse_int(limit, 1, (int64_t)max, &number)) {
        err = request_fault(request, "limit", "Give a whole number from 1 to %zu.", max);
    }
    if (number > 0) page.limit = (size_t)number;

    struct str cursor = request_argument(request, "cursor");
    page.has_cursor = cursor.size > 0;
    if (page.has_cursor && cursor_parse(cursor, order, &page.cursor)) {
        err = request_fault(request, "cursor",
                            "Give a next_cursor of this list in the same order, unchanged.");
    }
    if (!err) *out = page;
    return err;
}

enum err request_if_match(struct request *request, int64_t *version)
{
    struct str text = request_header(request, "If-Match");
    *version = 0;
    if (!text.data || str_equal(text, STR("*"))) return OK;
    bool is_quoted = text.size > 2 && text.data[0] == '"' && text.data[text.size - 1] == '"';
    struct str number = { .data = text.data + 1, .size = is_quoted ? text.size - 2 : 0 };
    int64_t named;
    if (!is_quoted || parse_int(number, 1, INT64_MAX, &named)) {
        inside_of(request)->if_match = -1;
        reply_err(request, ERR_CONFLICT);
        return ERR_CONFLICT;
    }
    inside_of(request)->if_match = named;
    *version = named;
    return OK;
}

bool request_is_gone(const struct request *request)
{
    return connection_is_gone(inside_of(request));
}

void request_set_upload(struct request *request, void *upload, void (*drop)(void *upload))
{
    struct request_inside *inside = inside_of(request);
    inside->upload = upload;
    inside->upload_drop = drop;
}

void *request_upload(const struct request *request)
{
    return inside_of(request)->upload;
}
