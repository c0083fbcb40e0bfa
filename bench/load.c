/* A load generator: N keep-alive connections that each send the next request when the answer to the
 * last one is whole. Prints one JSON object with the rate and the latencies.
 *
 *     load --port P [--connections N] [--seconds S] [--method M] [--path P] [--header "A: b"]...
 *          [--body FILE] [--batch N] [--customers N] [--from N]
 *
 * In path and body {n} is a number that is never used twice and {c} a random one below --customers;
 * --batch repeats the body as that many lines. One thread, one epoll: on two cores the server gets
 * the other one.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    HEADERS_MAX = 16,
    STATUS_MAX = 600,
    LATENCY_US_MAX = 4 * 1000 * 1000,
    REPLY_HEAD_MAX = 8192
};

struct settings {
    int port;
    int connections;
    double seconds;
    const char *method;
    const char *path;
    const char *headers[HEADERS_MAX];
    int header_count;
    char *body;
    size_t body_size;
    int batch;
    uint64_t customers;
    uint64_t from;
};

struct text {
    char *data;
    size_t size;
    size_t capacity;
};

struct connection {
    int fd;
    struct text out;
    size_t sent;
    char head[REPLY_HEAD_MAX]; /* of the reply, until its end is seen */
    size_t head_size;
    bool in_body;
    bool chunked;
    int64_t body_left;
    char tail[8]; /* the last bytes of a chunked body */
    int64_t began_ns;
};

static struct settings settings = { .connections = 64,
                                    .seconds = 10,
                                    .method = "GET",
                                    .path = "/livez",
                                    .batch = 1,
                                    .customers = 100000 };
static uint32_t latencies[LATENCY_US_MAX + 1]; /* requests by microseconds */
static uint64_t statuses[STATUS_MAX];
static uint64_t errors;
static uint64_t serial;
static uint64_t random_state = 0x9e3779b97f4a7c15u;

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static uint64_t random_next(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static void append(struct text *text, const char *data, size_t size)
{
    if (text->size + size > text->capacity) {
        text->capacity = (text->size + size) * 2;
        text->data = realloc(text->data, text->capacity);
        if (!text->data) abort();
    }
    memcpy(text->data + text->size, data, size);
    text->size += size;
}

static void append_template(struct text *text, const char *from, size_t size, uint64_t number)
{
    const char *end = from + size;
    while (from < end) {
        const char *brace = memchr(from, '{', (size_t)(end - from));
        bool is_field =
            brace && end - brace >= 3 && brace[2] == '}' && (brace[1] == 'n' || brace[1] == 'c');
        const char *stop = is_field ? brace : brace ? brace + 1 : end;
        append(text, from, (size_t)(stop - from));
        from = stop;
        if (is_field) {
            char digits[24];
            uint64_t value = brace[1] == 'n' ? number : random_next() % settings.customers;
            int length = snprintf(digits, sizeof(digits), "%" PRIu64, value);
            append(text, digits, (size_t)length);
            from += 3;
        }
    }
}

static void build_request(struct connection *connection)
{
    static struct text body;
    body.size = 0;
    uint64_t number = settings.from + serial;
    for (int i = 0; settings.body && i < settings.batch; i++) {
        append_template(&body, settings.body, settings.body_size,
                        settings.from + serial + (uint64_t)i);
        if (settings.batch > 1) append(&body, "\n", 1);
    }
    serial += (uint64_t)settings.batch;

    struct text *out = &connection->out;
    out->size = 0;
    append(out, settings.method, strlen(settings.method));
    append(out, " ", 1);
    append_template(out, settings.path, strlen(settings.path), number);
    append(out, " HTTP/1.1\r\nHost: 127.0.0.1\r\n", 28);
    for (int i = 0; i < settings.header_count; i++) {
        append(out, settings.headers[i], strlen(settings.headers[i]));
        append(out, "\r\n", 2);
    }
    if (settings.body) {
        char line[64];
        int length = snprintf(line, sizeof(line), "Content-Length: %zu\r\n", body.size);
        append(out, line, (size_t)length);
    }
    append(out, "\r\n", 2);
    append(out, body.data ? body.data : "", body.size);
    connection->sent = 0;
    connection->head_size = 0;
    connection->in_body = false;
    connection->began_ns = now_ns();
}

static void connect_to_server(struct connection *connection)
{
    connection->fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)settings.port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (connect(connection->fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        perror("connect");
        exit(1);
    }
    int on = 1;
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    fcntl(connection->fd, F_SETFL, O_NONBLOCK);
}

static void send_more(struct connection *connection)
{
    while (connection->sent < connection->out.size) {
        ssize_t size = write(connection->fd, connection->out.data + connection->sent,
                             connection->out.size - connection->sent);
        if (size <= 0) return; /* epoll tells when there is room, or that it broke */
        connection->sent += (size_t)size;
    }
}

static void finish(struct connection *connection)
{
    int64_t us = (now_ns() - connection->began_ns) / 1000;
    latencies[us < LATENCY_US_MAX ? us : LATENCY_US_MAX]++;
    int status = atoi(connection->head + 9);
    statuses[status > 0 && status < STATUS_MAX ? status : 0]++;
    build_request(connection);
    send_more(connection);
}

/* The head is whole: how long is the body? */
static void begin_body(struct connection *connection)
{
    connection->in_body = true;
    connection->chunked = false;
    connection->body_left = 0;
    for (char *line = strstr(connection->head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, "content-length:", 15) == 0) {
            connection->body_left = strtoll(line + 17, NULL, 10);
        }
        if (strncasecmp(line + 2, "transfer-encoding:", 18) == 0) connection->chunked = true;
    }
    memset(connection->tail, 0, sizeof(connection->tail));
}

/* Takes what belongs to the body; true when it is whole. */
static bool take_body(struct connection *connection, const char *data, size_t size)
{
    if (!connection->chunked) {
        connection->body_left -= (int64_t)size;
        return connection->body_left <= 0;
    }
    /* The end of a chunked body is the only place where its text has this form here: JSON has no
     * CR. */
    static const char END[] = "\r\n0\r\n\r\n";
    for (size_t i = 0; i < size; i++) {
        memmove(connection->tail, connection->tail + 1, 6);
        connection->tail[6] = data[i];
    }
    return memcmp(connection->tail, END, 7) == 0;
}

static void take(struct connection *connection, char *data, size_t size)
{
    if (!connection->in_body) {
        size_t room = sizeof(connection->head) - 1 - connection->head_size;
        size_t part = size < room ? size : room;
        memcpy(connection->head + connection->head_size, data, part);
        size_t before = connection->head_size;
        connection->head_size += part;
        connection->head[connection->head_size] = 0;
        char *end = strstr(connection->head, "\r\n\r\n");
        if (!end) return;
        size_t used = (size_t)(end + 4 - connection->head) - before;
        end[2] = 0;
        begin_body(connection);
        data += used;
        size -= used;
    }
    if (take_body(connection, data, size)) finish(connection);
}

static void receive(struct connection *connection)
{
    static char data[1 << 18];
    for (;;) {
        ssize_t size = read(connection->fd, data, sizeof(data));
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (size <= 0) {
            errors++;
            close(connection->fd); /* which takes it out of the epoll set too */
            connection->fd = -1;
            return;
        }
        take(connection, data, (size_t)size);
    }
}

static uint64_t percentile_us(double part, uint64_t count)
{
    uint64_t seen = 0;
    for (uint64_t us = 0; us <= LATENCY_US_MAX; us++) {
        seen += latencies[us];
        if (seen >= (uint64_t)(part * (double)count) && seen > 0) return us;
    }
    return LATENCY_US_MAX;
}

static void report(double seconds)
{
    uint64_t count = 0;
    for (int status = 0; status < STATUS_MAX; status++) count += statuses[status];
    printf("{\"requests\": %" PRIu64 ", \"per_second\": %.1f, \"items_per_second\": %.1f", count,
           (double)count / seconds, (double)count * settings.batch / seconds);
    printf(", \"p50_ms\": %.3f, \"p90_ms\": %.3f, \"p99_ms\": %.3f, \"p999_ms\": %.3f",
           (double)percentile_us(0.5, count) / 1000, (double)percentile_us(0.9, count) / 1000,
           (double)percentile_us(0.99, count) / 1000, (double)percentile_us(0.999, count) / 1000);
    printf(", \"max_ms\": %.3f, \"seconds\": %.3f, \"broken\": %" PRIu64 ", \"next\": %" PRIu64,
           (double)percentile_us(1, count) / 1000, seconds, errors, settings.from + serial);
    printf(", \"statuses\": {");
    const char *comma = "";
    for (int status = 0; status < STATUS_MAX; status++) {
        if (!statuses[status]) continue;
        printf("%s\"%d\": %" PRIu64, comma, status, statuses[status]);
        comma = ", ";
    }
    printf("}}\n");
}

static void read_body(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(2);
    }
    static char body[1 << 20];
    settings.body_size = fread(body, 1, sizeof(body), file);
    while (settings.body_size && body[settings.body_size - 1] == '\n') settings.body_size--;
    settings.body = body;
    fclose(file);
}

static void read_settings(int count, char **args)
{
    for (int i = 1; i + 1 < count; i += 2) {
        const char *name = args[i];
        char *value = args[i + 1];
        if (!strcmp(name, "--port"))
            settings.port = atoi(value);
        else if (!strcmp(name, "--connections"))
            settings.connections = atoi(value);
        else if (!strcmp(name, "--seconds"))
            settings.seconds = atof(value);
        else if (!strcmp(name, "--method"))
            settings.method = value;
        else if (!strcmp(name, "--path"))
            settings.path = value;
        else if (!strcmp(name, "--batch"))
            settings.batch = atoi(value);
        else if (!strcmp(name, "--customers"))
            settings.customers = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--from"))
            settings.from = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--body"))
            read_body(value);
        else if (!strcmp(name, "--header") && settings.header_count < HEADERS_MAX)
            settings.headers[settings.header_count++] = value;
        else {
            fprintf(stderr, "unknown: %s\n", name);
            exit(2);
        }
    }
    if (!settings.port || settings.connections < 1 || settings.batch < 1 || !settings.customers) {
        fprintf(stderr, "load --port P ...\n");
        exit(2);
    }
}

int main(int count, char **args)
{
    read_settings(count, args);
    random_state ^= (uint64_t)now_ns() | 1;
    int poll = epoll_create1(0);
    struct connection *connections = calloc((size_t)settings.connections, sizeof(*connections));
    if (poll < 0 || !connections) return 1;
    for (int i = 0; i < settings.connections; i++) {
        connect_to_server(&connections[i]);
        struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET,
                                     .data.ptr = &connections[i] };
        epoll_ctl(poll, EPOLL_CTL_ADD, connections[i].fd, &event);
    }
    int64_t began = now_ns();
    int64_t end = began + (int64_t)(settings.seconds * 1e9);
    for (int i = 0; i < settings.connections; i++) {
        build_request(&connections[i]);
        send_more(&connections[i]);
    }
    while (now_ns() < end) {
        struct epoll_event events[256];
        int ready = epoll_wait(poll, events, 256, 100);
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) send_more(connection);
            if (connection->fd >= 0 && events[i].events & ~(uint32_t)EPOLLOUT) receive(connection);
        }
        if (errors >= (uint64_t)settings.connections) break;
    }
    report((double)(now_ns() - began) / 1e9);
    return 0;
}
