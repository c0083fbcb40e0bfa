/* How fast one event reaches many open streams, against bare sockets doing the same.
 *
 *     streams --port P --count N --rounds R --tokens FILE --body FILE  POSTs interactions, R times
 *     streams --bare 1 --count N --rounds R                           a child that only writes
 *
 * The file holds keys, one on a line; each is used for its share of the streams, the first for
 * POSTs.
 *
 * Prints "open" when all streams are, waits for a line on stdin (so that memory can be looked at),
 * then prints one JSON object: the time from sending the request to the arrival of the event on the
 * last stream, median and worst of the rounds. The streams stay open until stdin ends.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    COUNT_MAX = 20000,
    ROUNDS_MAX = 1000,
    TAIL = 5,
    BODY_MAX = 65536,
    TOKENS_MAX = 1000,
    TOKEN_SIZE = 128
};

static const char BARE_HEAD[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
static const char BARE_EVENT[] =
    "id: 123456\nevent: interaction.captured\n"
    "data: {\"seq\":123456,\"kind\":\"interaction.captured\",\"at\":\"2026-03-01T09:30:00.000Z\","
    "\"interaction_id\":\"int_0123456789abc\",\"customer_id\":\"cus_0123456789abc\"}\n\n";

struct stream {
    int fd;
    bool is_open;
    char tail[TAIL]; /* the last bytes read: "data:" may be cut */
    uint64_t events;
};

struct settings {
    int port;
    int count;
    int rounds;
    bool bare;
    char tokens[TOKENS_MAX][TOKEN_SIZE];
    int tokens_count;
    char body[BODY_MAX];
};

static struct settings settings = { .count = 1000, .rounds = 20 };
static struct stream streams[COUNT_MAX];
static int poll_fd;
static int arrived; /* streams that have what the round waits for */
static int opened;

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int connect_to(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        perror("connect");
        exit(1);
    }
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

static void write_all(int fd, const char *data, size_t size)
{
    while (size) {
        ssize_t written = write(fd, data, size);
        if (written < 0) {
            perror("write");
            exit(1);
        }
        data += written;
        size -= (size_t)written;
    }
}

/* The child: takes the connections, then writes to all of them for every byte from the parent. */
static void serve_bare(int listener, int trigger)
{
    static int clients[COUNT_MAX];
    for (int i = 0; i < settings.count; i++) {
        clients[i] = accept(listener, NULL, NULL);
        write_all(clients[i], BARE_HEAD, sizeof(BARE_HEAD) - 1);
    }
    char byte;
    while (read(trigger, &byte, 1) == 1) {
        for (int i = 0; i < settings.count; i++) {
            write_all(clients[i], BARE_EVENT, sizeof(BARE_EVENT) - 1);
        }
    }
    _exit(0);
}

static int start_bare(void)
{
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);
    int trigger[2];
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 4096) ||
        getsockname(listener, (struct sockaddr *)&address, &size) || pipe(trigger)) {
        perror("bare");
        exit(1);
    }
    settings.port = ntohs(address.sin_port);
    if (fork() == 0) {
        close(trigger[1]);
        serve_bare(listener, trigger[0]);
    }
    close(listener);
    close(trigger[0]);
    return trigger[1];
}

static uint64_t count_events(struct stream *stream, const char *data, size_t size)
{
    static char joined[TAIL + 65536];
    memcpy(joined, stream->tail, TAIL);
    memcpy(joined + TAIL, data, size);
    uint64_t found = 0;
    for (char *at = joined; (at = memmem(at, (size_t)(joined + TAIL + size - at), "data:", 5));
         at++) {
        /* One that stood whole in the tail was counted the last time. */
        if (at > joined) found++;
    }
    memcpy(stream->tail, joined + size, TAIL);
    return found;
}

static void receive(struct stream *stream, uint64_t wanted)
{
    static char data[65536];
    ssize_t size;
    while ((size = read(stream->fd, data, sizeof(data))) > 0) {
        if (!stream->is_open) {
            if (!memmem(data, (size_t)size, " 200 ", 5)) {
                fprintf(stderr, "refused: %.*s\n", (int)size, data);
                exit(1);
            }
            stream->is_open = true;
            opened++;
        }
        uint64_t before = stream->events;
        stream->events += count_events(stream, data, (size_t)size);
        if (before < wanted && stream->events >= wanted) arrived++;
    }
    if (size == 0) {
        fprintf(stderr, "a stream was closed\n");
        exit(1);
    }
}

static void wait_for(const int *what, int goal, uint64_t wanted)
{
    int64_t end = now_ns() + 30 * (int64_t)1000000000;
    while (*what < goal) {
        struct epoll_event events[1024];
        int ready = epoll_wait(poll_fd, events, 1024, 1000);
        for (int i = 0; i < ready; i++) receive(events[i].data.ptr, wanted);
        if (now_ns() > end) {
            fprintf(stderr, "only %d of %d after 30 s\n", *what, goal);
            exit(1);
        }
    }
}

static void open_streams(void)
{
    char request[1024];
    for (int i = 0; i < settings.count; i++) {
        const char *token = settings.tokens_count ? settings.tokens[i % settings.tokens_count] : "";
        int size = snprintf(request, sizeof(request),
                            "GET /api/v1/stream?topics=interaction HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                            "Authorization: Bearer %s\r\n\r\n",
                            token);
        streams[i].fd = connect_to(settings.port);
        write_all(streams[i].fd, request, (size_t)size);
        fcntl(streams[i].fd, F_SETFL, O_NONBLOCK);
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = &streams[i] };
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, streams[i].fd, &event);
        /* Not faster than the server accepts. */
        if (i % 256 == 255) wait_for(&opened, i - 255, 0);
    }
    wait_for(&opened, settings.count, 0);
}

/* Something happens: in the bare server a byte, in ours a captured interaction. */
static void make_event(int fd, int round)
{
    if (settings.bare) {
        write_all(fd, "x", 1);
        return;
    }
    static char body[BODY_MAX + 64];
    static char request[BODY_MAX + 1024];
    const char *field = strstr(settings.body, "{n}");
    int before = field ? (int)(field - settings.body) : (int)strlen(settings.body);
    int size = snprintf(body, sizeof(body), "%.*s%d-%d%s", before, settings.body, (int)getpid(),
                        round, field ? field + 3 : "");
    int whole = snprintf(request, sizeof(request),
                         "POST /api/v1/interactions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                         "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
                         "Content-Length: %d\r\n\r\n%s",
                         settings.tokens[0], size, body);
    write_all(fd, request, (size_t)whole);
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static void read_settings(int count, char **args)
{
    for (int i = 1; i + 1 < count; i += 2) {
        if (!strcmp(args[i], "--port")) settings.port = atoi(args[i + 1]);
        if (!strcmp(args[i], "--count")) settings.count = atoi(args[i + 1]);
        if (!strcmp(args[i], "--rounds")) settings.rounds = atoi(args[i + 1]);
        if (!strcmp(args[i], "--bare")) settings.bare = true;
        if (!strcmp(args[i], "--tokens")) {
            FILE *file = fopen(args[i + 1], "r");
            if (!file) exit(2);
            while (settings.tokens_count < TOKENS_MAX &&
                   fscanf(file, "%127s", settings.tokens[settings.tokens_count]) == 1) {
                settings.tokens_count++;
            }
            fclose(file);
        }
        if (!strcmp(args[i], "--body")) {
            FILE *file = fopen(args[i + 1], "rb");
            if (!file || fread(settings.body, 1, sizeof(settings.body) - 1, file) == 0) exit(2);
            fclose(file);
        }
    }
    if (settings.count > COUNT_MAX || settings.rounds > ROUNDS_MAX || settings.rounds < 1) exit(2);
}

int main(int count, char **args)
{
    static double took_ms[ROUNDS_MAX];
    read_settings(count, args);
    poll_fd = epoll_create1(0);
    int trigger = settings.bare ? start_bare() : 0;
    open_streams();
    printf("open\n");
    fflush(stdout);
    if (getchar() == EOF) return 1;

    if (!settings.bare) {
        trigger = connect_to(settings.port);
        fcntl(trigger, F_SETFL, O_NONBLOCK);
    }
    for (int round = 0; round < settings.rounds; round++) {
        char reply[8192];
        arrived = 0;
        int64_t began = now_ns();
        make_event(trigger, round);
        wait_for(&arrived, settings.count, (uint64_t)round + 1);
        took_ms[round] = (double)(now_ns() - began) / 1e6;
        usleep(50000);
        while (!settings.bare && read(trigger, reply, sizeof(reply)) > 0) continue;
    }
    qsort(took_ms, (size_t)settings.rounds, sizeof(double), compare);
    printf("{\"streams\": %d, \"median_ms\": %.2f, \"worst_ms\": %.2f}\n", settings.count,
           took_ms[settings.rounds / 2], took_ms[settings.rounds - 1]);
    fflush(stdout);
    while (getchar() != EOF) continue;
    return 0;
}
