#include "http/loop.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/time.h"

enum {
    EVENTS_MAX = 64,
    ACCEPT_MAX = 64, /* at once, so that those connected are not kept waiting */
    WAIT_MS_MAX = 1000,
    DRAIN_SIZE = 16 * 1024
};

/* What an epoll event is about: one of these, or a pointer to a client that is drained. */
enum tag { TAG_LIBRARY = 1, TAG_WAKE, TAG_ARRIVALS, TAG_LISTENER, TAG_END = TAG_LISTENER + 8 };

/* ---- connections and their deadlines ---- */

static void list_remove(struct client *client)
{
    struct client_list *list = &client->loop->lists[client->deadline];
    if (client->previous) {
        client->previous->next = client->next;
    } else if (list->first == client) {
        list->first = client->next;
    }
    if (client->next) {
        client->next->previous = client->previous;
    } else if (list->last == client) {
        list->last = client->previous;
    }
    client->previous = NULL;
    client->next = NULL;
}

void client_await(struct client *client, enum deadline deadline)
{
    struct loop *loop = client->loop;
    assert(owner_is_me(&loop->owner));
    if (client->deadline != DEADLINE_NONE) list_remove(client);
    client->deadline = deadline;
    if (deadline == DEADLINE_NONE) return;
    /* Each list has one duration, so its end is the place for the latest. */
    client->due_ms = loop->now_ms + loop->deadline_ms[deadline];
    struct client_list *list = &loop->lists[deadline];
    client->previous = list->last;
    if (list->last) {
        list->last->next = client;
    } else {
        list->first = client;
    }
    list->last = client;
}

struct client *client_open(struct loop *loop, int fd)
{
    struct client *client = loop->free_clients;
    if (client) {
        loop->free_clients = client->next;
    } else {
        client = arena_new(loop->arena, struct client);
    }
    *client = (struct client){ .loop = loop, .fd = fd, .is_local = loop->arriving_is_local };
    if (!client->is_local) {
        struct sockaddr_storage address;
        socklen_t size = sizeof(address);
        if (!getpeername(fd, (struct sockaddr *)&address, &size)) {
            client->peer_size = address_write_host((struct sockaddr *)&address, client->peer);
        }
    }
    client_await(client, DEADLINE_HEAD);
    return client;
}

static void client_free(struct client *client)
{
    client_await(client, DEADLINE_NONE);
    client->next = client->loop->free_clients;
    client->loop->free_clients = client;
}

/* A socket closed with unread bytes is reset, and the client may lose the reply that says why. So
 * its duplicate is read dry for a moment. */
void client_close(struct client *client)
{
    if (!client->is_refused) {
        client_free(client);
        return;
    }
    int fd = fcntl(client->fd, F_DUPFD_CLOEXEC, 0);
    struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data = { .ptr = client } };
    if (fd < 0 || epoll_ctl(client->loop->epoll_fd, EPOLL_CTL_ADD, fd, &event)) {
        if (fd >= 0) close(fd);
        client_free(client);
        return;
    }
    shutdown(fd, SHUT_WR);
    client->fd = fd;
    client_await(client, DEADLINE_DRAIN);
}

static void drain_end(struct client *client)
{
    close(client->fd);
    client_free(client);
}

static void drain(struct client *client)
{
    char bytes[DRAIN_SIZE];
    ssize_t size = recv(client->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    bool has_left = size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
    if (has_left) drain_end(client);
}

static void end_overdue(struct loop *loop)
{
    for (int i = DEADLINE_HEAD; i < DEADLINES; i++) {
        struct client *client = loop->lists[i].first;
        while (client && client->due_ms <= loop->now_ms) {
            struct client *next = client->next;
            if (i == DEADLINE_DRAIN) {
                drain_end(client);
            } else {
                /* The library notices the end of the stream and closes the connection. */
                client_await(client, DEADLINE_NONE);
                shutdown(client->fd, SHUT_RDWR);
            }
            client = next;
        }
    }
}

/* ---- arrivals ---- */

struct arrival {
    int fd;
    bool is_local;
};

static void adopt(struct loop *loop, struct arrival arrival)
{
    loop->arriving_is_local = arrival.is_local;
    mhd_add(loop, arrival.fd);
}

static void take_arrivals(struct loop *loop)
{
    struct arrival arrival;
    for (int i = 0; i < ACCEPT_MAX; i++) {
        if (read(loop->arrivals[0], &arrival, sizeof(arrival)) != (ssize_t)sizeof(arrival)) return;
        adopt(loop, arrival);
    }
}

/* By the Unix socket come only those who could read the data directory anyway. */
static bool is_one_of_us(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size)) return false;
    return peer.uid == geteuid() || peer.uid == 0;
}

static void deal(struct loop *loop, int fd, bool is_local)
{
    if (is_local && !is_one_of_us(fd)) {
        close(fd);
        return;
    }
    if (!is_local) {
        int on = 1;
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
    struct loop *to = &loop->loops[loop->dealt++ % loop->loops_count];
    struct arrival arrival = { .fd = fd, .is_local = is_local };
    if (to == loop) {
        adopt(loop, arrival);
    } else if (write(to->arrivals[1], &arrival, sizeof(arrival)) != (ssize_t)sizeof(arrival)) {
        close(fd);
    }
}

void loop_warn(struct loop *loop, const char *reason)
{
    if (loop->warned_ms != 0 && loop->now_ms - loop->warned_ms < MS_PER_SECOND) return;
    loop->warned_ms = loop->now_ms;
    log_warn("http", "connections are refused: %s", reason);
}

/* Without a free descriptor the connection would wait for ever, and wake us for ever. */
static void refuse_one(struct loop *loop, int listener)
{
    loop_warn(loop, "there are no more descriptors");
    if (loop->spare_fd >= 0) close(loop->spare_fd);
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0) close(fd);
    loop->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void accept_some(struct loop *loop, int listener)
{
    struct sockaddr_storage address = { 0 };
    for (int i = 0; i < ACCEPT_MAX; i++) {
        socklen_t size = sizeof(address);
        int fd =
            accept4(listener, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE) refuse_one(loop, listener);
            return;
        }
        deal(loop, fd, address.ss_family == AF_UNIX);
    }
}

/* ---- requests that come back ---- */

void loop_wake(struct loop *loop)
{
    uint64_t one = 1;
    ssize_t written = write(loop->wake_fd, &one, sizeof(one));
    (void)written; /* full means that it is awake already */
}

void loop_resume(struct request_inside *inside)
{
    struct loop *loop = inside->loop;
    struct request_inside *head = atomic_load_explicit(&loop->done, memory_order_relaxed);
    do {
        inside->next_done = head;
    } while (!atomic_compare_exchange_weak_explicit(&loop->done, &head, inside,
                                                    memory_order_release, memory_order_relaxed));
    /* Only the first of a batch wakes the thread: it takes all. */
    if (!head) loop_wake(loop);
}

static void take_done(struct loop *loop)
{
    struct request_inside *inside =
        atomic_exchange_explicit(&loop->done, NULL, memory_order_acquire);
    struct request_inside *in_order = NULL;
    while (inside) {
        struct request_inside *next = inside->next_done;
        inside->next_done = in_order;
        in_order = inside;
        inside = next;
    }
    while (in_order) {
        struct request_inside *next = in_order->next_done;
        loop->suspended--;
        mhd_resume(in_order);
        in_order = next;
    }
}

/* ---- what requests take from their thread ---- */

struct arena *loop_arena_take(struct loop *loop)
{
    assert(owner_is_me(&loop->owner));
    if (loop->requests >= LOOP_REQUESTS_MAX) return NULL;
    loop->requests++;
    return loop->arenas_count > 0 ? loop->arenas[--loop->arenas_count] : arena_open();
}

void loop_arena_give(struct loop *loop, struct arena *arena)
{
    assert(owner_is_me(&loop->owner));
    loop->requests--;
    if (loop->arenas_count == LOOP_ARENAS_KEPT) {
        arena_close(arena);
        return;
    }
    arena_reset(arena);
    loop->arenas[loop->arenas_count++] = arena;
}

struct server *loop_server(const struct loop *loop)
{
    return loop->server;
}

uint64_t loop_number(struct loop *loop)
{
    const uint64_t odd = 0x9E3779B97F4A7C15u;
    loop->number += odd;
    uint64_t number = loop->number;
    return hash_fast((struct str){ .data = (const char *)&number, .size = sizeof(number) });
}

enum err loop_readers(struct loop *loop, struct workspace *workspace, struct reader **reader,
                      struct search_reader **search_reader)
{
    for (size_t i = 0; i < loop->seats_count; i++) {
        if (loop->seats[i].workspace != workspace) continue;
        *reader = loop->seats[i].reader;
        *search_reader = loop->seats[i].search_reader;
        return OK;
    }
    if (loop->seats_count == LOOP_WORKSPACES_MAX) return ERR_BUSY;
    struct seat seat = { .workspace = workspace };
    enum err err = reader_open(loop->arena, workspace->store_path, &seat.reader);
    if (err) return err;
    if (workspace->search) {
        err = search_reader_open(loop->arena, workspace->search_path, &seat.search_reader);
        if (err) log_warn("http", "the search index cannot be read: %s", err_name(err));
    }
    loop->seats[loop->seats_count++] = seat;
    *reader = seat.reader;
    *search_reader = seat.search_reader;
    return OK;
}

/* ---- the thread ---- */

static void handle_event(struct loop *loop, const struct epoll_event *event)
{
    uint64_t tag = event->data.u64;
    if (tag >= TAG_END) {
        drain(event->data.ptr);
    } else if (tag >= TAG_LISTENER) {
        accept_some(loop, loop->listeners[tag - TAG_LISTENER]);
    } else if (tag == TAG_ARRIVALS) {
        take_arrivals(loop);
    } else if (tag == TAG_WAKE) {
        uint64_t count;
        ssize_t size = read(loop->wake_fd, &count, sizeof(count));
        (void)size;
    }
}

static int64_t wait_ms(struct loop *loop)
{
    int64_t wait = mhd_timeout_ms(loop);
    if (wait < 0 || wait > WAIT_MS_MAX) wait = WAIT_MS_MAX;
    for (int i = DEADLINE_HEAD; i < DEADLINES; i++) {
        const struct client *client = loop->lists[i].first;
        if (!client) continue;
        int64_t left = client->due_ms - loop->now_ms;
        if (left < wait) wait = left < 0 ? 0 : left;
    }
    return wait;
}

static void stop_listening(struct loop *loop)
{
    for (size_t i = 0; i < loop->listeners_count; i++) {
        (void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, loop->listeners[i], NULL);
    }
}

/* Requests that somebody else is working on must come back before the library may stop. */
static bool is_over(struct loop *loop, int64_t *stop_due_ms)
{
    if (!server_is_stopping(loop->server)) return false;
    if (*stop_due_ms == 0) {
        stop_listening(loop);
        *stop_due_ms = loop->now_ms + server_grace_ms(loop->server);
    }
    if (loop->suspended > 0) return false;
    return loop->requests == 0 || loop->now_ms >= *stop_due_ms;
}

static void run(void *context)
{
    struct loop *loop = context;
    struct epoll_event events[EVENTS_MAX];
    int64_t stop_due_ms = 0;
    owner_take(&loop->owner);
    loop->now_ms = time_monotonic_ms();
    while (!is_over(loop, &stop_due_ms)) {
        int count = epoll_wait(loop->epoll_fd, events, EVENTS_MAX, (int)wait_ms(loop));
        loop->now_ms = time_monotonic_ms();
        for (int i = 0; i < count; i++) handle_event(loop, &events[i]);
        take_done(loop);
        end_overdue(loop);
        mhd_run(loop);
    }
    mhd_close(loop);
    while (loop->lists[DEADLINE_DRAIN].first) drain_end(loop->lists[DEADLINE_DRAIN].first);
    struct arrival arrival;
    while (read(loop->arrivals[0], &arrival, sizeof(arrival)) == (ssize_t)sizeof(arrival)) {
        close(arrival.fd);
    }
}

static enum err watch(struct loop *loop, int fd, uint64_t tag)
{
    struct epoll_event event = { .events = EPOLLIN, .data = { .u64 = tag } };
    return epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) ? ERR_IO : OK;
}

enum err loop_open(struct loop *loop)
{
    loop->arena = arena_open();
    random_bytes(&loop->number, sizeof(loop->number));
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    loop->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    bool has_pipe = pipe2(loop->arrivals, O_CLOEXEC | O_NONBLOCK) == 0;
    if (loop->epoll_fd < 0 || loop->wake_fd < 0 || !has_pipe) return ERR_IO;

    int library_fd;
    const struct server_settings *settings = server_settings(loop->server);
    enum err err = mhd_open(loop, settings->connections_max / loop->loops_count + 1, &library_fd);
    if (!err) err = watch(loop, library_fd, TAG_LIBRARY);
    if (!err) err = watch(loop, loop->wake_fd, TAG_WAKE);
    if (!err) err = watch(loop, loop->arrivals[0], TAG_ARRIVALS);
    for (size_t i = 0; !err && i < loop->listeners_count; i++) {
        err = watch(loop, loop->listeners[i], TAG_LISTENER + i);
    }
    return err;
}

enum err loop_start(struct loop *loop)
{
    return thread_start(&loop->thread, "http", run, loop);
}

void loop_close(struct loop *loop)
{
    if (!loop->arena) return;
    loop_wake(loop);
    bool has_run = loop->thread.is_running;
    thread_join(&loop->thread);
    if (!has_run && loop->daemon) mhd_close(loop);
    for (size_t i = 0; i < loop->seats_count; i++) {
        reader_close(loop->seats[i].reader);
        if (loop->seats[i].search_reader) search_reader_close(loop->seats[i].search_reader);
    }
    while (loop->arenas_count > 0) arena_close(loop->arenas[--loop->arenas_count]);
    const int fds[] = { loop->epoll_fd, loop->wake_fd, loop->spare_fd, loop->arrivals[0],
                        loop->arrivals[1] };
    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
        if (fds[i] > 0) close(fds[i]);
    }
    arena_close(loop->arena);
    loop->arena = NULL;
}
