/* The only file that knows the HTTP library.
 *
 * Each loop has a daemon of its own without thread and without listening socket: the loop hands
 * it connected sockets and runs it. MHD_USE_TURBO keeps it from shutting sockets down before it
 * closes them, so that a duplicate of the socket outlives the library's connection: by that a
 * stream leaves the library, and a refused client reads our refusal to its end.
 */
#include <assert.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <poll.h>
#include <unistd.h>

#include "base/log.h"
#include "http/loop.h"

enum {
    MEMORY_OF_A_CONNECTION = 40 * 1024, /* the head and what describes it: heads of 16 KiB fit */
    IDLE_SECONDS_MAX = 120,             /* should a deadline of ours ever be missed */
    CLOSING_HEAD_MAX = 4096
};

static const char POLICY_OF_API[] = "default-src 'none'; frame-ancestors 'none'";
/* Charts place their labels by style attributes, hence the inline styles. */
static const char POLICY_OF_PAGES[] =
    "default-src 'self'; img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

static const struct {
    const char *name;
    const char *value;
} ALWAYS[] = {
    { "X-Content-Type-Options", "nosniff" },
    { "X-Frame-Options", "DENY" },
    { "Referrer-Policy", "same-origin" },
};
enum { ALWAYS_COUNT = sizeof(ALWAYS) / sizeof(ALWAYS[0]) };

static struct client *client_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* ---- what the rest of http/ asks of a connection ---- */

struct str connection_header(const struct request_inside *inside, const char *name)
{
    const char *value = NULL;
    size_t size = 0;
    if (MHD_lookup_connection_value_n(inside->connection, MHD_HEADER_KIND, name,
                                      str_from(name).size, &value, &size) != MHD_YES ||
        !value) {
        return (struct str){ 0 };
    }
    return (struct str){ .data = value, .size = size };
}

bool connection_is_gone(const struct request_inside *inside)
{
    if (server_is_stopping(loop_server(inside->loop))) return true;
    struct pollfd poll_fd = { .fd = inside->fd, .events = POLLRDHUP };
    return poll(&poll_fd, 1, 0) > 0;
}

/* ---- replies ---- */

static const char *policy_of(const struct reply *reply)
{
    return reply->is_page ? POLICY_OF_PAGES : POLICY_OF_API;
}

static const char *cache_control_of(const struct reply *reply)
{
    return reply->cache_control ? reply->cache_control : "no-store";
}

static void add_field(struct MHD_Response *response, const char *name, const char *value)
{
    if (MHD_add_response_header(response, name, value) != MHD_YES) {
        log_error("http", "the header %s could not be set", name);
    }
}

static enum MHD_Result send_reply(struct request_inside *inside)
{
    const struct reply *reply = &inside->reply;
    /* The library takes a pointer to what it promises not to change. */
    struct MHD_Response *response = MHD_create_response_from_buffer(
        reply->body.size, (void *)(size_t)reply->body.data, MHD_RESPMEM_PERSISTENT);
    if (!response) return MHD_NO;
    if (reply->content_type) add_field(response, "Content-Type", reply->content_type);
    add_field(response, "Cache-Control", cache_control_of(reply));
    add_field(response, "Content-Security-Policy", policy_of(reply));
    for (size_t i = 0; i < ALWAYS_COUNT; i++) add_field(response, ALWAYS[i].name, ALWAYS[i].value);
    for (size_t i = 0; i < reply->fields_count; i++) {
        add_field(response, reply->fields[i].name.data, reply->fields[i].value.data);
    }
    struct str id = arena_copy(inside->request.arena, inside->request.request_id);
    add_field(response, "X-Request-Id", id.data);
    if (request_is_tls(&inside->request)) {
        add_field(response, "Strict-Transport-Security", "max-age=31536000");
    }
    if (server_is_stopping(loop_server(inside->loop))) add_field(response, "Connection", "close");
    client_await(client_of(inside->connection), DEADLINE_REPLY);
    enum MHD_Result result =
        MHD_queue_response(inside->connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}

/* All at once, past the library, which cannot answer in the middle of a body: whatever the client
 * sends after this is nobody's request. */
static enum MHD_Result send_and_close(struct request_inside *inside)
{
    const struct reply *reply = &inside->reply;
    struct buf buf = buf_open(inside->request.arena, CLOSING_HEAD_MAX + reply->body.size);
    buf_printf(&buf, "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Length: %zu\r\n",
               reply->status, MHD_get_reason_phrase_for((unsigned)reply->status), reply->body.size);
    if (reply->content_type) buf_printf(&buf, "Content-Type: %s\r\n", reply->content_type);
    buf_printf(&buf, "Cache-Control: %s\r\nContent-Security-Policy: %s\r\n",
               cache_control_of(reply), policy_of(reply));
    for (size_t i = 0; i < ALWAYS_COUNT; i++) {
        buf_printf(&buf, "%s: %s\r\n", ALWAYS[i].name, ALWAYS[i].value);
    }
    for (size_t i = 0; i < reply->fields_count; i++) {
        buf_printf(&buf, "%.*s: %.*s\r\n", STR_ARG(reply->fields[i].name),
                   STR_ARG(reply->fields[i].value));
    }
    buf_printf(&buf, "X-Request-Id: %.*s\r\n\r\n", STR_ARG(inside->request.request_id));
    if (!str_equal(inside->request.method, STR("HEAD"))) buf_add(&buf, reply->body);

    struct str whole = buf_view(&buf);
    ssize_t sent = send(inside->fd, whole.data, whole.size, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)sent; /* a client that takes no reply gets none */
    client_of(inside->connection)->is_refused = true;
    return MHD_NO;
}

static enum MHD_Result hand_over(struct request_inside *inside)
{
    struct str head = inside->take_head;
    int fd = fcntl(inside->fd, F_DUPFD_CLOEXEC, 0);
    if (fd >= 0 &&
        send(fd, head.data, head.size, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)head.size) {
        close(fd);
        fd = -1;
    }
    inside->take(inside->take_context, fd);
    return MHD_NO;
}

static enum MHD_Result do_next(struct request_inside *inside, enum next next)
{
    switch (next) {
    case NEXT_READ: return MHD_YES;
    case NEXT_REPLY: return send_reply(inside);
    case NEXT_CLOSE: return send_and_close(inside);
    case NEXT_SUSPEND:
        client_await(client_of(inside->connection), DEADLINE_NONE);
        inside->loop->suspended++;
        MHD_suspend_connection(inside->connection);
        return MHD_YES;
    case NEXT_HAND_OVER: return hand_over(inside);
    }
    return MHD_NO;
}

/* ---- requests ---- */

static enum MHD_Result see_header(void *context, enum MHD_ValueKind kind, const char *name,
                                  size_t name_size, const char *value, size_t value_size)
{
    (void)kind;
    guard_header(context, (struct str){ .data = name, .size = name_size },
                 (struct str){ .data = value ? value : "", .size = value ? value_size : 0 });
    return MHD_YES;
}

static enum MHD_Result see_argument(void *context, enum MHD_ValueKind kind, const char *name,
                                    size_t name_size, const char *value, size_t value_size)
{
    (void)kind;
    struct request_inside *inside = context;
    if (!inside->arguments) {
        inside->arguments = arena_array(inside->request.arena, struct pair, ARGUMENTS_MAX_OF_URL);
    }
    if (inside->arguments_count == ARGUMENTS_MAX_OF_URL) return MHD_NO;
    inside->arguments[inside->arguments_count++] = (struct pair){
        .name = { .data = name, .size = name_size },
        .value = { .data = value ? value : "", .size = value ? value_size : 0 },
    };
    return MHD_YES;
}

static struct request_inside *inside_make(struct loop *loop, struct MHD_Connection *connection,
                                          const char *method, const char *version)
{
    struct arena *arena = loop_arena_take(loop);
    if (!arena) return NULL;
    const struct client *client = client_of(connection);
    struct request_inside *inside = arena_new(arena, struct request_inside);
    inside->request.arena = arena;
    inside->request.inside = inside;
    inside->request.method = str_from(method);
    inside->version = str_from(version);
    inside->loop = loop;
    inside->connection = connection;
    inside->fd = client->fd;
    inside->is_local = client->is_local;
    inside->peer = (struct str){ .data = client->peer, .size = client->peer_size };
    MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, see_argument, inside);
    return inside;
}

/* There is no memory to look at it. */
static enum MHD_Result refuse_unread(struct MHD_Connection *connection)
{
    static const char REPLY[] = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"
                                "Retry-After: 1\r\nContent-Length: 0\r\n\r\n";
    struct client *client = client_of(connection);
    ssize_t sent = send(client->fd, REPLY, sizeof(REPLY) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)sent;
    client->is_refused = true;
    return MHD_NO;
}

static enum MHD_Result begin(struct MHD_Connection *connection, const char *url,
                             struct request_inside *inside)
{
    struct guard guard = { 0 };
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, see_header, &guard);
    enum deadline deadline = DEADLINE_NONE;
    if (guard_has_body(&guard)) {
        bool is_small = guard.lengths > 0 && guard.content_length <= SMALL_BODY_MAX;
        deadline = is_small ? DEADLINE_SMALL_BODY : DEADLINE_BODY;
    }
    client_await(client_of(connection), deadline);
    return do_next(inside, serve_begin(inside, str_from(url), &guard));
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_size, void **slot)
{
    struct loop *loop = context;
    struct request_inside *inside = *slot;
    if (!inside) {
        inside = inside_make(loop, connection, method, version);
        if (!inside) return refuse_unread(connection);
        *slot = inside;
        return begin(connection, url, inside);
    }
    if (*data_size == 0) return do_next(inside, serve_end(inside));

    struct str part = { .data = data, .size = *data_size };
    *data_size = 0;
    const struct route *route = inside->request.route;
    if (route && route->body == BODY_STREAM && !inside->is_refused) {
        client_await(client_of(connection), DEADLINE_BODY);
    }
    return do_next(inside, serve_part(inside, part));
}

static void on_completed(void *context, struct MHD_Connection *connection, void **slot,
                         enum MHD_RequestTerminationCode code)
{
    (void)code;
    struct loop *loop = context;
    struct request_inside *inside = *slot;
    *slot = NULL;
    struct client *client = client_of(connection);
    if (client) client_await(client, DEADLINE_IDLE);
    if (!inside) return;
    serve_forget(inside);
    loop_arena_give(loop, inside->request.arena);
}

static void on_connection(void *context, struct MHD_Connection *connection, void **slot,
                          enum MHD_ConnectionNotificationCode code)
{
    struct loop *loop = context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        *slot = client_open(loop, fd);
    } else if (*slot) {
        client_close(*slot);
        *slot = NULL;
    }
}

/* Escapes are ours to read (url.h): the library would unescape a slash or a NUL into the path. */
static size_t leave_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

/* ---- the daemon ---- */

enum err mhd_open(struct loop *loop, size_t connections_max, int *epoll_fd)
{
    unsigned flags =
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO;
    loop->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, loop, MHD_OPTION_NOTIFY_COMPLETED, on_completed, loop,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, loop, MHD_OPTION_UNESCAPE_CALLBACK,
        leave_escapes, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)connections_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)MEMORY_OF_A_CONNECTION, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS_MAX,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    if (!loop->daemon) {
        log_error("http", "libmicrohttpd did not start");
        return ERR_IO;
    }
    *epoll_fd = MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    return OK;
}

void mhd_close(struct loop *loop)
{
    MHD_stop_daemon(loop->daemon);
    loop->daemon = NULL;
}

void mhd_add(struct loop *loop, int fd)
{
    struct sockaddr_storage address = { .ss_family = AF_UNIX };
    socklen_t size = sizeof(address);
    if (getpeername(fd, (struct sockaddr *)&address, &size)) size = sizeof(struct sockaddr_in);
    if (MHD_add_connection(loop->daemon, fd, (struct sockaddr *)&address, size) != MHD_YES) {
        loop_warn(loop, "there are too many");
    }
}

void mhd_run(struct loop *loop)
{
    MHD_run(loop->daemon);
}

int64_t mhd_timeout_ms(struct loop *loop)
{
    MHD_UNSIGNED_LONG_LONG timeout;
    if (MHD_get_timeout(loop->daemon, &timeout) != MHD_YES) return -1;
    return timeout > INT32_MAX ? INT32_MAX : (int64_t)timeout;
}

void mhd_resume(struct request_inside *inside)
{
    MHD_resume_connection(inside->connection);
}
