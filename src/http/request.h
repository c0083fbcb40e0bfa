/* One HTTP request as a capability sees it: what was asked, by whom, and the ways to answer.
 *
 * A handler runs on an HTTP thread and must not block. It validates, then ends in one of three
 * ways: it fills the reply at once; it hands a command to the writer (request_write); or it hands
 * work that may take long to a worker (request_work). In the last two the request is suspended and
 * `then` fills the reply when the result is there. A handler that returns an error without a reply
 * gets the problem+json that belongs to the error.
 *
 * Owner: the HTTP thread, but for `arena`, `in` and `out`, which are the writer's or the worker's
 * while the request is suspended.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "http/permission.h"
#include "store/store.h"
#include "store/workspace.h"

enum { PARAMETERS_MAX = 6, BODY_MAX = 8 * 1024 * 1024, REPLY_MAX = 32 * 1024 * 1024 };

enum principal_kind { PRINCIPAL_NOBODY, PRINCIPAL_SESSION, PRINCIPAL_KEY, PRINCIPAL_LOCAL };

/* Who asks. Filled by the access capability. */
struct principal {
    enum principal_kind kind;
    int64_t id;       /* of the session or key */
    int64_t agent_id; /* 0: not an agent (a key of another scope) */
    uint64_t permissions;
    bool sees_all; /* reaches every conversation */
    struct str name;
};

struct request;
struct job_pool;       /* http/job.h */
struct request_inside; /* the server's own */
struct route;

struct request {
    struct arena *arena;
    struct workspace *workspace;
    struct reader *reader;               /* of this thread and workspace; not while suspended */
    struct search_reader *search_reader; /* as reader; NULL if there is no index */
    const struct route *route;
    struct principal principal;
    struct str method;
    struct str path;                       /* within the workspace, without prefix and query */
    struct str parameters[PARAMETERS_MAX]; /* what stood at each {…} of the route */
    struct str body;                       /* of routes with BODY_WHOLE */
    struct str request_id;
    struct str client_address; /* for rate limits; of the proxy's client where it is trusted */
    int64_t now_ms;
    struct json_problems problems;
    const void *in; /* what request_write was given, for `then` */
    void *out;
    void *context; /* what request_work was given, for `then` */
    struct request_inside *inside;
};

/* ---- asking ---- */

/* A query argument, decoded; no data if it is absent. */
struct str request_argument(const struct request *request, const char *name);
/* A header by name, in any case; no data if it is absent. */
struct str request_header(const struct request *request, const char *name);
struct str request_cookie(const struct request *request, const char *name);
bool request_may(const struct request *request, enum permission permission);
struct actor request_actor(const struct request *request);
/* The host as the client named it and whether it came by TLS: for links and cookies. */
struct str request_host(const struct request *request);
bool request_is_tls(const struct request *request);

/* The body as JSON object, begun as a form; faults go to request->problems. ERR_INVALID, with the
 * reason noted for the reply, if the body is no JSON. */
enum err request_form(struct request *request, struct json_form *out);
/* Ends the form: ERR_INVALID if there are problems, else OK. The reply then lists them. */
enum err request_form_end(struct request *request, struct json_form *form);
/* An id in the path; ERR_NOT_FOUND if it is malformed, for then nothing has it. */
enum err request_id_parameter(const struct request *request, size_t index, enum id_kind kind,
                              int64_t *out);
/* Notes a fault of a query argument; returns ERR_INVALID to be returned. */
__attribute__((format(printf, 3, 4))) enum err
request_fault(struct request *request, const char *argument, const char *format, ...);
/* Every argument must be in `names` (ends with NULL), else ERR_INVALID with a fault. */
enum err request_check_arguments(struct request *request, const char *const names[]);

/* ---- cursors ---- */

/* Where the next page begins: the sort value and id of the last row, bound to the order's name, so
 * that a cursor of another list is refused. */
struct cursor {
    int64_t value;
    int64_t id;
};
struct str cursor_write(struct arena *arena, const char *order, struct cursor cursor);
/* ERR_INVALID unless it was made by cursor_write for the same order. */
enum err cursor_parse(struct str text, const char *order, struct cursor *out);

/* `limit` (1 to max, else `standard`) and `cursor`. A missing cursor leaves `has_cursor` false. */
struct page {
    size_t limit;
    bool has_cursor;
    struct cursor cursor;
};
enum err request_page(struct request *request, const char *order, size_t standard, size_t max,
                      struct page *out);

/* ---- answering ---- */

/* Begins a JSON reply; write the document, then call reply_done. */
struct json_writer *reply_json(struct request *request, int status);
void reply_done(struct request *request);
/* {"data":[…],"next_cursor":…,"has_more":…}: begin, write the items, end. */
struct json_writer *reply_list_begin(struct request *request);
void reply_list_end(struct request *request, struct str next_cursor); /* no data: the last page */
/* 204, or another status without a body. */
void reply_empty(struct request *request, int status);
/* Any bytes; they live in the arena or for ever. */
void reply_bytes(struct request *request, int status, const char *content_type, struct str bytes);
/* Before or after the body; both texts are copied. The same name again replaces the value, but for
 * Set-Cookie. */
void reply_header(struct request *request, const char *name, struct str text);
/* RFC 9457. `code` is stable; `detail` says how to mend it. request->problems become `errors`. */
__attribute__((format(printf, 4, 5))) void reply_problem(struct request *request, int status,
                                                         const char *code, const char *detail, ...);
/* The problem of an error code: what a handler that just returns `err` gets. */
void reply_err(struct request *request, enum err err);
/* ETag of a version, and If-Match: ERR_CONFLICT with a 412 reply if it names another version. */
void reply_version(struct request *request, int64_t version);
enum err request_if_match(struct request *request, int64_t *version); /* 0: no header */

/* ---- writing and working ---- */

/* Fills the reply from `out`. It reads nothing but `in`, `out` and the arena, for with an
 * Idempotency-Key it runs inside the transaction, on the writer's thread. `err` is the command's.
 */
enum err request_write(struct request *request, const struct command *command, const void *in,
                       void *out, void (*then)(struct request *request, enum err err));

/* Runs `work` on a worker thread, then `then` on the HTTP thread. `work` gets a reader of the
 * worker's in request->reader for its duration, may take seconds, and must look at
 * `request_is_gone` in long loops. ERR_BUSY if all workers and their queue are taken. */
enum err request_work(struct request *request,
                      enum err (*work)(struct request *request, void *context), void *context,
                      void (*then)(struct request *request, enum err err));
/* The client has left or the server is stopping. Any thread. */
bool request_is_gone(const struct request *request);
/* Where work goes that outlives its request (http/job.h). */
struct job_pool *request_jobs(const struct request *request);

/* ---- uploads: routes with BODY_STREAM ---- */

/* The route's `upload` is called for each part as it arrives, before the handler. */
