#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "http/inside.h"
#include "http/origin.h"
#include "http/url.h"

enum { REQUEST_ID_MAX = 128, REQUEST_ID_SIZE = 17, BODY_FIRST = 4096, BODY_TRUSTED = 64 * 1024 };

/* ---- what every request gets ---- */

static bool is_id_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-_.:/+=", c));
}

static struct str request_id(struct request_inside *inside)
{
    struct str given = connection_header(inside, "X-Request-Id");
    bool is_good = given.size > 0 && given.size <= REQUEST_ID_MAX;
    for (size_t i = 0; is_good && i < given.size; i++) is_good = is_id_char(given.data[i]);
    if (is_good) return given;

    static const char HEX[] = "0123456789abcdef";
    char *text = arena_array(inside->request.arena, char, REQUEST_ID_SIZE);
    uint64_t number = loop_number(inside->loop);
    for (size_t i = 0; i < REQUEST_ID_SIZE - 1; i++) {
        text[i] = HEX[number & 15];
        number >>= 4;
    }
    return (struct str){ .data = text, .size = REQUEST_ID_SIZE - 1 };
}

static enum err decode_arguments(struct request_inside *inside)
{
    struct request *request = &inside->request;
    for (size_t i = 0; i < inside->arguments_count; i++) {
        struct pair *pair = &inside->arguments[i];
        enum err err = url_decode(request->arena, pair->name, &pair->name);
        if (!err) err = url_decode(request->arena, pair->value, &pair->value);
        if (err) return request_fault(request, "", "An argument is not well encoded.");
        for (size_t j = 0; j < i; j++) {
            if (!str_equal(inside->arguments[j].name, pair->name)) continue;
            struct str name = arena_copy(request->arena, pair->name);
            return request_fault(request, name.data, "Give each argument once.");
        }
    }
    return OK;
}

/* ---- admission: all that can be decided by the head ---- */

static bool needs_no_workspace(struct str path)
{
    return str_equal(path, STR("/livez")) || str_equal(path, STR("/readyz")) ||
           str_equal(path, STR("/version"));
}

static void find_workspace(struct request_inside *inside)
{
    struct request *request = &inside->request;
    const struct server_settings *settings = server_settings(loop_server(inside->loop));
    enum err err = settings->find_workspace(settings->context, request_host(request),
                                            &request->path, &request->workspace);
    if (err && needs_no_workspace(request->path)) return;
    if (!err) {
        err = loop_readers(inside->loop, request->workspace, &request->reader,
                           &request->search_reader);
    }
    if (err) reply_err(request, err);
}

static bool is_of_api(struct str path)
{
    return str_starts(path, STR("/api/")) || str_equal(path, STR("/api"));
}

static void find_route(struct request_inside *inside)
{
    struct request *request = &inside->request;
    struct router_match match;
    router_find(server_router(loop_server(inside->loop)), request->method, request->path, &match);
    request->route = match.route;
    memcpy(request->parameters, match.parameters, sizeof(match.parameters));
    if (match.route) return;
    if (match.methods.size > 0) {
        reply_problem(request, 405, "method_not_allowed", "This address takes: %.*s.",
                      STR_ARG(match.methods));
        reply_header(request, "Allow", match.methods);
        return;
    }
    if (!is_of_api(request->path) && site_serve(request)) return;
    reply_err(request, ERR_NOT_FOUND);
}

static void check_principal(struct request_inside *inside)
{
    struct request *request = &inside->request;
    const struct server_settings *settings = server_settings(loop_server(inside->loop));
    if (inside->is_local) {
        request->principal = (struct principal){ .kind = PRINCIPAL_LOCAL,
                                                 .permissions = UINT64_MAX,
                                                 .sees_all = true,
                                                 .name = STR_INIT("local") };
    } else if (request->workspace && settings->authenticate) {
        enum err err = settings->authenticate(request);
        if (err && inside->reply.status == 0) reply_err(request, err);
        if (inside->reply.status != 0) return;
    }

    enum permission permission = request->route->permission;
    enum principal_kind kind = request->principal.kind;
    if (permission != PERMISSION_PUBLIC && kind == PRINCIPAL_NOBODY) {
        reply_problem(request, 401, "sign_in_required",
                      "Sign in, or send `Authorization: Bearer` with an API key.");
        reply_header(request, "WWW-Authenticate", STR("Bearer"));
    } else if (permission != PERMISSION_PUBLIC && permission != PERMISSION_SELF &&
               !request_may(request, permission)) {
        reply_err(request, ERR_DENIED);
    } else if (kind == PRINCIPAL_SESSION || kind == PRINCIPAL_NOBODY) {
        struct origin origin = { .method = request->method,
                                 .fetch_site = request_header(request, "Sec-Fetch-Site"),
                                 .origin = request_header(request, "Origin"),
                                 .host = request_host(request) };
        if (origin_is_ours(&origin)) return;
        reply_problem(request, 403, "cross_site",
                      "A page of another site may not do this with your session.");
    }
}

static void check_body(struct request_inside *inside)
{
    struct request *request = &inside->request;
    const struct route *route = request->route;
    if (route->body == BODY_NONE) {
        if (inside->content_length == 0) return;
        reply_problem(request, 400, "body_not_expected", "This address takes no body.");
        return;
    }
    inside->body_size_max = route->body_max ? route->body_max : BODY_MAX;
    if (route->body == BODY_STREAM) inside->body_size_max = route->upload_max;
    if (inside->content_length > 0 && (uint64_t)inside->content_length > inside->body_size_max) {
        reply_problem(request, 413, "body_too_large", "A body may have %zu bytes here.",
                      inside->body_size_max);
    }
}

static void upload_begin(struct request_inside *inside)
{
    struct request *request = &inside->request;
    if (request->route->body != BODY_STREAM) return;
    enum err err = request->route->upload(request, STR(""));
    if (err && inside->reply.status == 0) reply_err(request, err);
}

static void admit(struct request_inside *inside)
{
    static void (*const STEPS[])(struct request_inside *) = { find_workspace, find_route,
                                                              check_principal, check_body,
                                                              upload_begin };
    for (size_t i = 0; i < sizeof(STEPS) / sizeof(STEPS[0]); i++) {
        STEPS[i](inside);
        if (inside->reply.status != 0) return;
    }
}

/* A small body is read to its end, so that the connection stays in step; a large one is not waited
 * for. */
static enum next refuse(struct request_inside *inside)
{
    inside->is_refused = true;
    bool is_awaited = connection_header(inside, "Expect").data != NULL;
    if (is_awaited || inside->content_length > BODY_DISCARD_MAX) return NEXT_CLOSE;
    return NEXT_READ;
}

enum next serve_begin(struct request_inside *inside, struct str url, const struct guard *guard)
{
    struct request *request = &inside->request;
    request->now_ms = time_now_ms();
    request->request_id = request_id(inside);
    request->path = STR("");
    json_problems_init(&request->problems, request->arena);
    inside->content_length = guard->codings > 0 ? -1 : guard->content_length;

    const char *fault = guard_verdict(guard, request->method, inside->version);
    if (fault) {
        reply_problem(request, 400, "malformed", "%s", fault);
        return NEXT_CLOSE;
    }
    request->client_address =
        address_of_client(server_trusted(loop_server(inside->loop)), inside->peer,
                          request_header(request, "X-Forwarded-For"));
    if (url_path(request->arena, url, &request->path)) {
        request->path = STR("");
        reply_problem(request, 400, "invalid_path", "The path is malformed.");
    } else if (decode_arguments(inside)) {
        reply_err(request, ERR_INVALID);
    } else {
        admit(inside);
    }
    return inside->reply.status != 0 ? refuse(inside) : NEXT_READ;
}

/* ---- the body ---- */

static enum err body_reserve(struct request_inside *inside, size_t need)
{
    if (need <= inside->body_capacity) return OK;
    /* What the client announced is believed up to a point: it costs memory before it was sent. */
    size_t capacity = inside->body_capacity ? inside->body_capacity * 2 : BODY_FIRST;
    if (inside->content_length > 0 && inside->content_length <= BODY_TRUSTED) {
        capacity = (size_t)inside->content_length;
    }
    if (capacity < need) capacity = need;
    if (capacity > inside->body_size_max) capacity = inside->body_size_max;
    if (!server_body_take(loop_server(inside->loop), capacity - inside->body_capacity)) {
        return ERR_BUSY;
    }
    char *body = arena_array(inside->request.arena, char, capacity);
    if (inside->body_size > 0) memcpy(body, inside->body, inside->body_size);
    inside->body = body;
    inside->body_capacity = capacity;
    return OK;
}

static enum next upload_part(struct request_inside *inside, struct str part)
{
    struct request *request = &inside->request;
    enum err err = request->route->upload(request, part);
    if (!err) return NEXT_READ;
    inside->is_refused = true;
    if (inside->reply.status != 0) return NEXT_CLOSE;
    if (err == ERR_LIMIT) {
        reply_problem(request, 503, "storage_full",
                      "The server's disk is full. Nothing was stored; try again later.");
    } else {
        reply_err(request, err);
    }
    return NEXT_CLOSE;
}

enum next serve_part(struct request_inside *inside, struct str part)
{
    struct request *request = &inside->request;
    size_t size = inside->body_size + part.size;
    if (inside->is_refused) {
        inside->body_size = size;
        return size > BODY_DISCARD_MAX ? NEXT_CLOSE : NEXT_READ;
    }
    if (size > inside->body_size_max) {
        inside->is_refused = true;
        reply_problem(request, 413, "body_too_large", "A body may have %zu bytes here.",
                      inside->body_size_max);
        return NEXT_CLOSE;
    }
    if (request->route->body == BODY_STREAM) {
        inside->body_size = size;
        return upload_part(inside, part);
    }
    enum err err = body_reserve(inside, size);
    if (err) {
        inside->is_refused = true;
        reply_err(request, err);
        return NEXT_CLOSE;
    }
    memcpy(inside->body + inside->body_size, part.data, part.size);
    inside->body_size = size;
    return NEXT_READ;
}

/* ---- the end ---- */

static void handle(struct request_inside *inside)
{
    struct request *request = &inside->request;
    request->body = (struct str){ .data = inside->body ? inside->body : "",
                                  .size = inside->body ? inside->body_size : 0 };
    enum err err = request->route->handle(request);
    if (inside->waiting != WAITING_NOTHING) return;
    if (err && inside->reply.status == 0) reply_err(request, err);
}

enum next serve_end(struct request_inside *inside)
{
    if (!inside->is_refused) {
        if (inside->is_handled) {
            work_finish(inside);
        } else {
            inside->is_handled = true;
            handle(inside);
        }
        if (inside->waiting != WAITING_NOTHING) return NEXT_SUSPEND;
        if (inside->take) return NEXT_HAND_OVER;
    }
    reply_settle(&inside->request);
    return NEXT_REPLY;
}

void serve_forget(struct request_inside *inside)
{
    if (inside->upload && inside->upload_drop) inside->upload_drop(inside->upload);
    inside->upload = NULL;
    if (inside->body_capacity > 0) {
        server_body_give(loop_server(inside->loop), inside->body_capacity);
    }
}
