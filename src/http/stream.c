#include "http/stream.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/parse.h"
#include "base/thread.h"
#include "base/time.h"
#include "http/inside.h"
#include "http/stream_shown.h"

enum {
    STREAMS_PER_PRINCIPAL_MAX = 50,
    BLOCKED_MS_MAX = 30000, /* a client that takes nothing for so long is dropped */
    RIGHTS_MS = 1000,
    WAIT_MS = 500, /* at the most, so that a session's end is noticed in time */
    WAIT_ALONE_MS = 30000,
    WAIT_BLOCKED_MS = 20, /* while some client's socket is full */
    REST_MS_MIN = 10,     /* after a pass that sent: under load events go out by the batch */
    REST_MS_MAX = 250,
    PARTS_MAX = 64, /* events in one system call */
    PAGES_PER_PASS = 64,
    LISTENER_BUCKETS = 1024,
    EVENTS_MAX = 256,
    HEAD_SIZE_MAX = 1024,
    SEND_BUFFER = 64 * 1024
};

/* A principal with streams. Rights are the hub thread's to read and change once it is in the
 * table; the rest is under the mutex. */
struct listener {
    struct principal principal;
    size_t streams;
    int64_t checked_ms;
    bool is_over;       /* its rights ended */
    int64_t reach_of;   /* the conversation last asked about, and the answer, */
    int64_t reach_pass; /* good for one pass */
    bool is_in_reach;
    struct listener *next; /* in its bucket, or free */
};

struct stream {
    struct stream_hub *hub;
    struct listener *listener;
    int fd;
    bool is_blocked;
    bool is_gone;
    uint64_t topics;
    int64_t seq;   /* up to this one all is sent */
    size_t offset; /* of the next one, sent already */
    int64_t blocked_ms;
    int64_t sent_ms;
    struct stream *next;
};

struct stream_hub {
    struct workspace *workspace;
    struct stream_settings settings;
    struct arena *arena;        /* of what is under the mutex */
    struct arena *reader_arena; /* the thread's own, like all down to the mutex */
    struct arena *scratch;
    struct reader *reader;
    struct feed_place *place;
    struct thread thread;
    struct owner owner;
    int epoll_fd;
    atomic_bool is_closing;
    atomic_int joining; /* streams let in that have not arrived yet */
    struct shown_kinds kinds;

    struct stream *streams; /* the thread's own */
    uint64_t topics;        /* that any of them wants */
    int64_t seq;            /* read up to here */
    struct shown_block blocks[2];
    size_t current; /* of the two */
    struct shown_block page;
    size_t pages_left;
    int64_t pass;
    int64_t now_ms;
    int64_t rights_ms;
    bool are_rights_due;
    bool is_anyone_blocked;
    bool is_anyone_behind;

    pthread_mutex_t mutex; /* of all below */
    struct stream *arrivals;
    struct stream *free_streams;
    size_t streams_count;
    size_t streams_max;
    struct listener *listeners[LISTENER_BUCKETS];
    struct listener *free_listeners;
};

static void lock(struct stream_hub *hub)
{
    int failed = pthread_mutex_lock(&hub->mutex);
    assert(!failed);
}

static void unlock(struct stream_hub *hub)
{
    int failed = pthread_mutex_unlock(&hub->mutex);
    assert(!failed);
}

/* ---- joining and leaving, under the mutex ---- */

static struct listener **bucket_of(struct stream_hub *hub, const struct principal *principal)
{
    struct str bytes = { .data = (const char *)&principal->id, .size = sizeof(principal->id) };
    return &hub->listeners[hash_fast(bytes) % LISTENER_BUCKETS];
}

static struct listener *listener_take(struct stream_hub *hub, const struct principal *principal)
{
    struct listener **bucket = bucket_of(hub, principal);
    for (struct listener *listener = *bucket; listener; listener = listener->next) {
        bool is_same = listener->principal.kind == principal->kind &&
                       listener->principal.id == principal->id && !listener->is_over;
        if (is_same) return listener;
    }
    struct listener *listener = hub->free_listeners;
    if (listener) {
        hub->free_listeners = listener->next;
    } else {
        listener = arena_new(hub->arena, struct listener);
    }
    *listener = (struct listener){ .principal = *principal, .next = *bucket };
    listener->principal.name = (struct str){ 0 }; /* it lived in the request */
    *bucket = listener;
    return listener;
}

static void listener_give(struct stream_hub *hub, struct listener *listener)
{
    if (--listener->streams > 0) return;
    struct listener **place = bucket_of(hub, &listener->principal);
    while (*place != listener) place = &(*place)->next;
    *place = listener->next;
    listener->next = hub->free_listeners;
    hub->free_listeners = listener;
}

static void stream_give(struct stream_hub *hub, struct stream *stream)
{
    lock(hub);
    listener_give(hub, stream->listener);
    stream->next = hub->free_streams;
    hub->free_streams = stream;
    hub->streams_count--;
    unlock(hub);
}

/* ERR_LIMIT: this principal has too many; ERR_BUSY: all together have. */
static enum err stream_take(struct stream_hub *hub, const struct principal *principal,
                            struct stream **out)
{
    enum err err = OK;
    lock(hub);
    struct listener *listener = listener_take(hub, principal);
    listener->streams++;
    bool is_local = principal->kind == PRINCIPAL_LOCAL;
    if (!is_local && listener->streams > STREAMS_PER_PRINCIPAL_MAX) err = ERR_LIMIT;
    if (hub->streams_count >= hub->streams_max || atomic_load(&hub->is_closing)) err = ERR_BUSY;
    if (err) {
        listener_give(hub, listener);
    } else {
        struct stream *stream = hub->free_streams;
        if (stream) {
            hub->free_streams = stream->next;
        } else {
            stream = arena_new(hub->arena, struct stream);
        }
        hub->streams_count++;
        atomic_fetch_add(&hub->joining, 1);
        *stream = (struct stream){ .hub = hub, .listener = listener, .fd = -1 };
        *out = stream;
    }
    unlock(hub);
    return err;
}

/* On the HTTP thread, with the socket that is now ours. */
static void stream_arrive(void *context, int fd)
{
    struct stream *stream = context;
    struct stream_hub *hub = stream->hub;
    if (fd < 0) {
        stream_give(hub, stream);
    } else {
        stream->fd = fd;
        lock(hub);
        stream->next = hub->arrivals;
        hub->arrivals = stream;
        unlock(hub);
        feed_wake(hub->place);
    }
    atomic_fetch_sub(&hub->joining, 1);
}

/* ---- the hub's thread: who is there ---- */

static void stream_end(struct stream_hub *hub, struct stream *stream)
{
    /* The library may still hold its descriptor of the same socket for a moment. */
    (void)epoll_ctl(hub->epoll_fd, EPOLL_CTL_DEL, stream->fd, NULL);
    shutdown(stream->fd, SHUT_RDWR);
    close(stream->fd);
    stream_give(hub, stream);
}

/* A client that vanished without a word is noticed by what it does not acknowledge. */
static void stream_prepare(struct stream_hub *hub, struct stream *stream)
{
    unsigned timeout_ms = BLOCKED_MS_MAX;
    (void)setsockopt(stream->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof(timeout_ms));
    /* A slow reader's events wait in the store, not in the system's memory. */
    int buffer_size = SEND_BUFFER;
    (void)setsockopt(stream->fd, SOL_SOCKET, SO_SNDBUF, &buffer_size, sizeof(buffer_size));
    struct epoll_event event = { .events = EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                 .data = { .ptr = stream } };
    if (epoll_ctl(hub->epoll_fd, EPOLL_CTL_ADD, stream->fd, &event)) stream->is_gone = true;
    stream->sent_ms = hub->now_ms;
}

static void take_arrivals(struct stream_hub *hub)
{
    lock(hub);
    struct stream *stream = hub->arrivals;
    hub->arrivals = NULL;
    unlock(hub);
    if (stream && !hub->streams) {
        /* Nobody looked meanwhile: begin at the end. */
        hub->seq = feed_seq(hub->workspace->feed);
        hub->topics = 0;
        for (size_t i = 0; i < 2; i++) shown_clear(&hub->blocks[i], 0);
    }
    while (stream) {
        struct stream *next = stream->next;
        hub->topics |= stream->topics;
        stream_prepare(hub, stream);
        stream->next = hub->streams;
        hub->streams = stream;
        stream = next;
    }
}

static void see_sockets(struct stream_hub *hub)
{
    struct epoll_event events[EVENTS_MAX];
    int count;
    do {
        count = epoll_wait(hub->epoll_fd, events, EVENTS_MAX, 0);
        for (int i = 0; i < count; i++) {
            struct stream *stream = events[i].data.ptr;
            if (events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) stream->is_gone = true;
            if (events[i].events & EPOLLOUT) stream->is_blocked = false;
        }
    } while (count == EVENTS_MAX);
}

static bool changes_rights(enum event_kind kind)
{
    return kind == EVENT_ACCESS_SIGNED_OUT || kind == EVENT_ACCESS_PERSON_CHANGED ||
           kind == EVENT_ACCESS_TEAM_CHANGED || kind == EVENT_ACCESS_KEY_REVOKED ||
           kind == EVENT_SETTING_CHANGED;
}

static void check_rights(struct stream_hub *hub)
{
    if (!hub->settings.still_allowed || !hub->streams) return;
    if (!hub->are_rights_due && hub->now_ms - hub->rights_ms < RIGHTS_MS) return;
    hub->are_rights_due = false;
    hub->rights_ms = hub->now_ms;
    for (struct stream *stream = hub->streams; stream; stream = stream->next) {
        struct listener *listener = stream->listener;
        bool is_checked = listener->checked_ms == hub->now_ms;
        if (is_checked || listener->is_over || listener->principal.kind == PRINCIPAL_LOCAL) {
            continue;
        }
        listener->checked_ms = hub->now_ms;
        enum err err =
            hub->settings.still_allowed(hub->workspace, hub->reader, &listener->principal);
        if (!err) continue;
        lock(hub);
        listener->is_over = true;
        unlock(hub);
    }
}

/* ---- the hub's thread: what is sent ---- */

static void take_event(struct stream_hub *hub, const struct event *event)
{
    if (changes_rights(event->kind)) hub->are_rights_due = true;
    struct shown_block *block = &hub->blocks[hub->current];
    bool is_full = block->count == SHOWN_MAX;
    bool is_narrow = (hub->topics & ~block->topics) != 0; /* a stream wants what it lacks */
    if (is_full || is_narrow) {
        hub->current = 1 - hub->current;
        block = &hub->blocks[hub->current];
        shown_clear(block, hub->topics);
    }
    enum err err = shown_add(block, &hub->kinds, event);
    assert(!err);
    hub->seq = event->seq;
}

static void read_feed(struct stream_hub *hub)
{
    if (!hub->streams || feed_seq(hub->workspace->feed) <= hub->seq) return;
    arena_reset(hub->scratch);
    const struct event *events;
    size_t count;
    enum err err = feed_read(hub->reader, hub->scratch, hub->seq, SHOWN_MAX, &events, &count);
    if (err) {
        log_warn("stream", "the feed cannot be read: %s", err_name(err));
        return;
    }
    for (size_t i = 0; i < count; i++) take_event(hub, &events[i]);
    if (count == SHOWN_MAX) hub->is_anyone_behind = true;
}

static size_t read_page(struct stream_hub *hub, int64_t seq, const struct shown **out)
{
    if (hub->pages_left == 0) {
        hub->is_anyone_behind = true;
        return 0;
    }
    hub->pages_left--;
    arena_reset(hub->scratch);
    shown_clear(&hub->page, UINT64_MAX);
    const struct event *events;
    size_t count;
    enum err err = feed_read(hub->reader, hub->scratch, seq - 1, SHOWN_MAX, &events, &count);
    for (size_t i = 0; !err && i < count; i++) err = shown_add(&hub->page, &hub->kinds, &events[i]);
    if (err) log_warn("stream", "the feed cannot be read: %s", err_name(err));
    return shown_span(&hub->page, seq, 0, out);
}

static size_t span_from(struct stream_hub *hub, const struct stream *stream,
                        const struct shown **out)
{
    int64_t seq = stream->seq + 1;
    const struct shown_block *blocks[] = { &hub->blocks[hub->current],
                                           &hub->blocks[1 - hub->current], &hub->page };
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        size_t count = shown_span(blocks[i], seq, stream->topics, out);
        if (count > 0) return count;
    }
    return read_page(hub, seq, out);
}

static bool is_in_reach(struct stream_hub *hub, struct listener *listener, int64_t conversation_id)
{
    if (conversation_id < 0 || !hub->settings.in_reach) return false;
    if (listener->reach_pass == hub->pass && listener->reach_of == conversation_id) {
        return listener->is_in_reach;
    }
    bool is_reached = false;
    enum err err = hub->settings.in_reach(hub->workspace, hub->reader, &listener->principal,
                                          conversation_id, &is_reached);
    listener->reach_pass = hub->pass;
    listener->reach_of = conversation_id;
    listener->is_in_reach = !err && is_reached;
    return listener->is_in_reach;
}

static bool may_see(struct stream_hub *hub, const struct stream *stream, const struct shown *shown)
{
    const struct principal *principal = &stream->listener->principal;
    if (!(stream->topics & shown->topic)) return false;
    if (!(principal->permissions >> shown->permission & 1)) return false;
    if (shown->reach_of == 0 || principal->sees_all) return true;
    return is_in_reach(hub, stream->listener, shown->reach_of);
}

struct parts {
    struct iovec items[PARTS_MAX];
    int64_t seqs[PARTS_MAX];
    size_t count;
};

/* Gathers what this stream may see of a run of events; gives the last seq that was looked at. */
static int64_t gather(struct stream_hub *hub, const struct stream *stream,
                      const struct shown *items, size_t count, struct parts *parts)
{
    int64_t seq = stream->seq;
    parts->count = 0;
    for (size_t i = 0; i < count && parts->count < PARTS_MAX; i++) {
        const struct shown *shown = &items[i];
        bool is_begun = i == 0 && stream->offset > 0;
        seq = shown->seq;
        if (!is_begun && !may_see(hub, stream, shown)) continue;
        size_t offset = is_begun ? stream->offset : 0;
        assert(offset < shown->text.size);
        parts->items[parts->count] = (struct iovec){
            .iov_base = (void *)(size_t)(shown->text.data + offset),
            .iov_len = shown->text.size - offset,
        };
        parts->seqs[parts->count++] = seq;
    }
    return seq;
}

static void block_stream(struct stream_hub *hub, struct stream *stream)
{
    if (!stream->is_blocked) stream->blocked_ms = hub->now_ms;
    stream->is_blocked = true;
}

/* Moves the stream's place by what was sent. */
static void count_sent(struct stream_hub *hub, struct stream *stream, const struct parts *parts,
                       size_t sent, int64_t last_seq)
{
    for (size_t i = 0; i < parts->count; i++) {
        size_t size = parts->items[i].iov_len;
        if (sent < size) {
            stream->offset += sent;
            stream->seq = parts->seqs[i] - 1;
            block_stream(hub, stream);
            return;
        }
        sent -= size;
        stream->offset = 0;
    }
    stream->seq = last_seq;
}

/* Sends one run. False when there is nothing more to do for now. */
static bool send_run(struct stream_hub *hub, struct stream *stream)
{
    const struct shown *items;
    size_t count = span_from(hub, stream, &items);
    if (count == 0) return false;
    struct parts parts;
    int64_t last_seq = gather(hub, stream, items, count, &parts);
    if (parts.count == 0) {
        stream->seq = last_seq;
        return true;
    }
    struct msghdr message = { .msg_iov = parts.items, .msg_iovlen = parts.count };
    ssize_t sent = sendmsg(stream->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            block_stream(hub, stream);
        } else {
            stream->is_gone = true;
        }
        return false;
    }
    stream->sent_ms = hub->now_ms;
    count_sent(hub, stream, &parts, (size_t)sent, last_seq);
    return !stream->is_blocked;
}

static void send_heartbeat(struct stream_hub *hub, struct stream *stream)
{
    static const char BEAT[] = ":\n\n";
    if (hub->now_ms - stream->sent_ms < STREAM_HEARTBEAT_MS || stream->offset > 0) return;
    stream->sent_ms = hub->now_ms;
    ssize_t sent = send(stream->fd, BEAT, sizeof(BEAT) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent == (ssize_t)sizeof(BEAT) - 1) return;
    bool is_full = sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (is_full) {
        block_stream(hub, stream);
    } else {
        stream->is_gone = true;
    }
}

static bool is_over(const struct stream_hub *hub, const struct stream *stream)
{
    if (stream->is_gone || stream->listener->is_over) return true;
    if (hub->seq - stream->seq > STREAM_BEHIND_MAX + SHOWN_MAX) return true;
    return stream->is_blocked && hub->now_ms - stream->blocked_ms > BLOCKED_MS_MAX;
}

static void serve(struct stream_hub *hub, struct stream *stream)
{
    while (!stream->is_blocked && stream->seq < hub->seq && send_run(hub, stream)) {
    }
    if (stream->is_blocked) {
        hub->is_anyone_blocked = true;
    } else if (stream->seq == hub->seq) {
        send_heartbeat(hub, stream);
    }
}

/* Every stream once: those that are over leave. */
static void serve_all(struct stream_hub *hub)
{
    struct stream **place = &hub->streams;
    uint64_t topics = 0;
    while (*place) {
        struct stream *stream = *place;
        if (!is_over(hub, stream)) serve(hub, stream);
        if (is_over(hub, stream)) {
            *place = stream->next;
            stream_end(hub, stream);
        } else {
            topics |= stream->topics;
            place = &stream->next;
        }
    }
    hub->topics = topics;
}

static void pass(struct stream_hub *hub)
{
    hub->pass++;
    hub->now_ms = time_monotonic_ms();
    hub->pages_left = PAGES_PER_PASS;
    hub->is_anyone_blocked = false;
    hub->is_anyone_behind = false;
    take_arrivals(hub);
    see_sockets(hub);
    read_feed(hub);
    check_rights(hub);
    serve_all(hub);
}

/* With thousands of streams a pass takes long: at most half of a core goes into it. */
static void rest(const struct stream_hub *hub)
{
    enum { NS_PER_MS = 1000000 };
    int64_t rest_ms = time_monotonic_ms() - hub->now_ms;
    if (rest_ms < REST_MS_MIN) rest_ms = REST_MS_MIN;
    if (rest_ms > REST_MS_MAX) rest_ms = REST_MS_MAX;
    struct timespec time = { .tv_nsec = (long)rest_ms * NS_PER_MS };
    (void)nanosleep(&time, NULL);
}

static void run(void *context)
{
    struct stream_hub *hub = context;
    owner_take(&hub->owner);
    while (!atomic_load(&hub->is_closing)) {
        int64_t seq = hub->seq;
        pass(hub);
        if (hub->streams && hub->seq != seq) rest(hub);
        if (hub->is_anyone_behind) continue;
        int64_t wait_ms = hub->is_anyone_blocked ? WAIT_BLOCKED_MS : WAIT_MS;
        if (!hub->streams) wait_ms = WAIT_ALONE_MS;
        (void)feed_wait(hub->place, hub->streams ? hub->seq : INT64_MAX, wait_ms);
    }
}

/* Half of the descriptors that the server will raise its limit to. */
static size_t streams_allowed(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_max / 2 > STREAMS_MAX) return STREAMS_MAX;
    return limit.rlim_max / 2;
}

enum err stream_hub_open(struct workspace *workspace, const struct stream_settings *settings,
                         struct stream_hub **out)
{
    struct arena *arena = arena_open();
    struct stream_hub *hub = arena_new(arena, struct stream_hub);
    hub->arena = arena;
    hub->reader_arena = arena_open();
    hub->scratch = arena_open();
    hub->workspace = workspace;
    hub->settings = *settings;
    shown_kinds_init(&hub->kinds);
    hub->streams_max = streams_allowed();
    int failed = pthread_mutex_init(&hub->mutex, NULL);
    assert(!failed);
    hub->place = feed_join(arena, workspace->feed);
    hub->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    enum err err = hub->epoll_fd < 0 ? ERR_IO : OK;
    if (!err) err = reader_open(hub->reader_arena, workspace->store_path, &hub->reader);
    if (!err) err = thread_start(&hub->thread, "streams", run, hub);
    if (err) {
        stream_hub_close(hub);
        return err;
    }
    *out = hub;
    return OK;
}

void stream_hub_close(struct stream_hub *hub)
{
    if (!hub) return;
    lock(hub);
    atomic_store(&hub->is_closing, true);
    unlock(hub);
    /* A stream that was let in is on its way between two lines of an HTTP thread. */
    while (atomic_load(&hub->joining) > 0) {
        (void)nanosleep(&(struct timespec){ .tv_nsec = 1 }, NULL);
    }
    feed_wake(hub->place);
    thread_join(&hub->thread);
    take_arrivals(hub);
    while (hub->streams) {
        struct stream *stream = hub->streams;
        hub->streams = stream->next;
        stream_end(hub, stream);
    }
    if (hub->reader) reader_close(hub->reader);
    if (hub->epoll_fd >= 0) close(hub->epoll_fd);
    for (size_t i = 0; i < 2; i++) shown_close(&hub->blocks[i]);
    shown_close(&hub->page);
    int failed = pthread_mutex_destroy(&hub->mutex);
    assert(!failed);
    arena_close(hub->scratch);
    arena_close(hub->reader_arena);
    arena_close(hub->arena);
}

/* ---- GET /api/v1/stream ---- */

/* Where to begin: the last event the client has, from the header that browsers send by themselves
 * or from the argument; without either, now. */
static enum err begin_at(struct request *request, int64_t *out)
{
    /* The writer's, for it is told before a write is answered, the feed's after. */
    int64_t head = writer_seq(request->workspace->writer);
    struct str last = request_header(request, "Last-Event-ID");
    if (last.size == 0) last = request_argument(request, "last_event_id");
    *out = head;
    if (last.size == 0) return OK;
    int64_t seq;
    if (parse_int(last, 0, INT64_MAX, &seq)) {
        return request_fault(request, "last_event_id", "Give the id of an event of this stream.");
    }
    if (seq > head || head - seq > STREAM_BEHIND_MAX) {
        reply_problem(request, 410, "stream_gone",
                      "That event is more than %d events back. Load what you show anew, then "
                      "connect without Last-Event-ID.",
                      STREAM_BEHIND_MAX);
        return ERR_NOT_FOUND;
    }
    *out = seq;
    return OK;
}

static struct str stream_head(struct request *request)
{
    struct buf buf = buf_open(request->arena, HEAD_SIZE_MAX);
    buf_add(&buf, STR("HTTP/1.1 200 OK\r\n"
                      "Content-Type: text/event-stream; charset=utf-8\r\n"
                      "Cache-Control: no-store\r\n"
                      "X-Accel-Buffering: no\r\n"
                      "X-Content-Type-Options: nosniff\r\n"
                      "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
                      "Connection: close\r\n"));
    buf_printf(&buf, "X-Request-Id: %.*s\r\n\r\n", STR_ARG(request->request_id));
    buf_add(&buf, STR("retry: 2000\n:\n\n"));
    return buf_view(&buf);
}

static enum err stream_show(struct request *request)
{
    static const char *const ARGUMENTS[] = { "topics", "last_event_id", NULL };
    struct stream_hub *hub = request->workspace->streams;
    enum err err = request_check_arguments(request, ARGUMENTS);
    if (err) return err;
    if (!hub) return ERR_BUSY;
    uint64_t topics;
    if (topics_parse(request_argument(request, "topics"), &topics)) {
        return request_fault(request, "topics", "Give topics of events, joined by commas.");
    }
    int64_t seq;
    err = begin_at(request, &seq);
    if (err) return err;
    if (str_equal(request->method, STR("HEAD"))) {
        reply_empty(request, 200);
        return OK;
    }
    struct stream *stream;
    err = stream_take(hub, &request->principal, &stream);
    if (err == ERR_LIMIT) {
        reply_problem(request, 429, "too_many_streams", "Close some of your %d open streams first.",
                      STREAMS_PER_PRINCIPAL_MAX);
    }
    if (err) return err;
    stream->topics = topics;
    stream->seq = seq;
    request->inside->take = stream_arrive;
    request->inside->take_context = stream;
    request->inside->take_head = stream_head(request);
    return OK;
}

static const struct route TABLE[] = {
    { .method = "GET",
      .path = "/api/v1/stream",
      .permission = PERMISSION_SELF,
      .handle = stream_show,
      .body = BODY_NONE },
};

const struct routes STREAM_ROUTES = { .items = TABLE, .count = sizeof(TABLE) / sizeof(TABLE[0]) };
