#include "http/server.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "http/loop.h"

enum {
    HEAD_MS = 5000,
    BODY_MS = 60000,
    SMALL_BODY_MS = 15000,
    IDLE_MS = 75000,
    REPLY_MS = 600000,
    DRAIN_MS = 2000,
    CONNECTIONS_MAX = 32768,
    LISTENERS_MAX = 2,
    BACKLOG = 4096,
    KEYS_IN_FLIGHT = 16384
};

struct server {
    struct server_settings settings;
    struct routes routes;
    struct router *router;
    struct networks trusted;
    struct str address;
    int listeners[LISTENERS_MAX];
    size_t listeners_count;
    struct loop *loops;
    size_t loops_count;
    atomic_bool is_stopping;
    atomic_llong grace_ms;
    atomic_size_t body_bytes;
    _Atomic(uint64_t) keys[KEYS_IN_FLIGHT];
};

/* ---- what requests ask of the server ---- */

const struct server_settings *server_settings(const struct server *server)
{
    return &server->settings;
}

const struct router *server_router(const struct server *server)
{
    return server->router;
}

const struct networks *server_trusted(const struct server *server)
{
    return &server->trusted;
}

/* C17's atomic_load takes no pointer to const in some compilers. */
static struct server *unconst(const struct server *server)
{
    return (struct server *)(size_t)server;
}

bool server_is_stopping(const struct server *server)
{
    return atomic_load_explicit(&unconst(server)->is_stopping, memory_order_relaxed);
}

int64_t server_grace_ms(const struct server *server)
{
    return atomic_load(&unconst(server)->grace_ms);
}

bool server_body_take(struct server *server, size_t size)
{
    size_t before = atomic_fetch_add_explicit(&server->body_bytes, size, memory_order_relaxed);
    if (before + size <= BODY_TOTAL_MAX) return true;
    server_body_give(server, size);
    return false;
}

void server_body_give(struct server *server, size_t size)
{
    atomic_fetch_sub_explicit(&server->body_bytes, size, memory_order_relaxed);
}

/* One place for each key. Should another key stand there, this one goes unregistered: its request
 * then waits its turn at the writer and gets the stored reply, which is right as well. */
bool server_key_begin(struct server *server, uint64_t key)
{
    uint64_t none = 0;
    if (atomic_compare_exchange_strong(&server->keys[key % KEYS_IN_FLIGHT], &none, key)) {
        return true;
    }
    return none != key;
}

void server_key_end(struct server *server, uint64_t key)
{
    uint64_t own = key;
    (void)atomic_compare_exchange_strong(&server->keys[key % KEYS_IN_FLIGHT], &own, 0);
}

struct str server_address(const struct server *server)
{
    return server->address;
}

struct routes server_routes(const struct server *server)
{
    return server->routes;
}

/* ---- sockets ---- */

static enum err listen_on(struct server *server, const struct sockaddr *address, socklen_t size)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return ERR_IO;
    int on = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, address, size) || listen(fd, BACKLOG)) {
        int failed = errno;
        close(fd);
        log_error("http", "errno=%d cannot listen", failed);
        return failed == EADDRINUSE ? ERR_BUSY : failed == EACCES ? ERR_DENIED : ERR_INVALID;
    }
    server->listeners[server->listeners_count++] = fd;
    return OK;
}

static enum err listen_network(struct arena *arena, struct server *server)
{
    struct sockaddr_storage address;
    socklen_t size;
    enum err err = address_parse(server->settings.address, &address, &size);
    if (!err) err = listen_on(server, (struct sockaddr *)&address, size);
    if (err) return err;
    if (getsockname(server->listeners[0], (struct sockaddr *)&address, &size)) return ERR_IO;
    char text[ADDRESS_TEXT_SIZE];
    size_t text_size = address_write((struct sockaddr *)&address, text);
    server->address = arena_copy(arena, (struct str){ .data = text, .size = text_size });
    return OK;
}

/* The data directory is locked by us, so a socket file that lies there is a dead server's. */
static enum err listen_local(struct server *server)
{
    const char *path = server->settings.socket_path;
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t size = strlen(path);
    if (size >= sizeof(address.sun_path)) {
        log_error("http", "the path of the Unix socket is longer than %zu bytes",
                  sizeof(address.sun_path) - 1);
        return ERR_INVALID;
    }
    memcpy(address.sun_path, path, size);
    if (unlink(path) && errno != ENOENT) return ERR_IO;
    mode_t before = umask(S_IXUSR | S_IRWXG | S_IRWXO); /* mode 0600 */
    enum err err = listen_on(server, (struct sockaddr *)&address, sizeof(address));
    umask(before);
    return err;
}

/* ---- open and close ---- */

static int64_t or_standard(int64_t given, int64_t standard)
{
    return given > 0 ? given : standard;
}

static void settle_settings(struct server *server)
{
    struct server_settings *settings = &server->settings;
    settings->head_deadline_ms = or_standard(settings->head_deadline_ms, HEAD_MS);
    settings->body_deadline_ms = or_standard(settings->body_deadline_ms, BODY_MS);
    settings->idle_deadline_ms = or_standard(settings->idle_deadline_ms, IDLE_MS);
    if (settings->threads == 0) settings->threads = 1;
}

static void join_routes(struct arena *arena, struct server *server)
{
    struct routes given = server->settings.routes;
    size_t count = given.count + HEALTH_ROUTES.count;
    struct route *all = arena_array(arena, struct route, count);
    if (given.count > 0) memcpy(all, given.items, given.count * sizeof(*all));
    memcpy(all + given.count, HEALTH_ROUTES.items, HEALTH_ROUTES.count * sizeof(*all));
    server->routes = (struct routes){ .items = all, .count = count };
    server->router = router_build(arena, server->routes);
}

/* As many descriptors as the system lets us have, for every client costs one. Three tenths are for
 * requests, half for streams (stream.c), the rest for the store and all else. */
static void share_descriptors(struct server *server)
{
    struct rlimit limit;
    size_t connections_max = CONNECTIONS_MAX;
    if (!getrlimit(RLIMIT_NOFILE, &limit)) {
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit)) log_warn("http", "the descriptor limit stays low");
        if (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur / 10 * 3 < CONNECTIONS_MAX) {
            connections_max = limit.rlim_cur / 10 * 3;
        }
    }
    if (server->settings.connections_max == 0) server->settings.connections_max = connections_max;
}

static enum err open_loops(struct arena *arena, struct server *server)
{
    const struct server_settings *settings = &server->settings;
    server->loops_count = settings->threads;
    server->loops = arena_array(arena, struct loop, server->loops_count);
    enum err err = OK;
    for (size_t i = 0; !err && i < server->loops_count; i++) {
        struct loop *loop = &server->loops[i];
        loop->server = server;
        loop->loops = server->loops;
        loop->loops_count = server->loops_count;
        if (i == 0) {
            loop->listeners = server->listeners;
            loop->listeners_count = server->listeners_count;
        }
        loop->deadline_ms[DEADLINE_HEAD] = settings->head_deadline_ms;
        loop->deadline_ms[DEADLINE_IDLE] = settings->idle_deadline_ms;
        loop->deadline_ms[DEADLINE_BODY] = settings->body_deadline_ms;
        loop->deadline_ms[DEADLINE_SMALL_BODY] =
            settings->body_deadline_ms < SMALL_BODY_MS ? settings->body_deadline_ms : SMALL_BODY_MS;
        loop->deadline_ms[DEADLINE_REPLY] = REPLY_MS;
        loop->deadline_ms[DEADLINE_DRAIN] = DRAIN_MS;
        err = loop_open(loop);
    }
    /* The first one last, for it deals connections to the others. */
    for (size_t i = server->loops_count; !err && i > 0; i--) {
        err = loop_start(&server->loops[i - 1]);
    }
    return err;
}

enum err server_open(struct arena *arena, const struct server_settings *settings,
                     struct server **out)
{
    struct server *server = arena_new(arena, struct server);
    server->settings = *settings;
    settle_settings(server);
    join_routes(arena, server);
    enum err err = networks_parse(arena, settings->trusted_proxies, &server->trusted);
    if (err) return err;
    share_descriptors(server);
    signal(SIGPIPE, SIG_IGN);
    err = listen_network(arena, server);
    if (!err && settings->socket_path) err = listen_local(server);
    if (!err) err = open_loops(arena, server);
    if (err) {
        server_close(server, 0);
        return err;
    }
    *out = server;
    return OK;
}

void server_close(struct server *server, int64_t grace_ms)
{
    if (!server) return;
    atomic_store(&server->grace_ms, grace_ms);
    atomic_store(&server->is_stopping, true);
    for (size_t i = 0; i < server->loops_count; i++) {
        if (server->loops[i].arena) loop_wake(&server->loops[i]);
    }
    for (size_t i = 0; i < server->loops_count; i++) loop_close(&server->loops[i]);
    for (size_t i = 0; i < server->listeners_count; i++) close(server->listeners[i]);
    if (server->listeners_count == LISTENERS_MAX) unlink(server->settings.socket_path);
}
