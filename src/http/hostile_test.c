/* The server attacked with malformed, slow and oversized requests over real sockets. */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/test.h"
#include "base/time.h"
#include "http/testing.h"

/* What a second parser would find: if it ever runs, a note is counted. */
#define SMUGGLED                                                                                   \
    "POST /api/v1/notes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer agent\r\n"                    \
    "Content-Length: 12\r\n\r\n{\"text\":\"x\"}"
#define POST_LINE "POST /api/v1/echo HTTP/1.1\r\n"

static const char *const AMBIGUOUS[] = {
    POST_LINE "Host: a\r\nContent-Length: 0\r\nContent-Length: 108\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nContent-Length: 108\r\nContent-Length: 0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nContent-Length: 0, 108\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nContent-Length: +0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nContent-Length: -1\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nContent-Length: 0x0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nContent-Length: 0 0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nContent-Length:\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nContent-Length: zero\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nContent-Length: 99999999999999999999\r\n\r\n" SMUGGLED,
    POST_LINE
    "Host: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED,
    POST_LINE
    "Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
              "identity\r\n\r\n0\r\n\r\n" SMUGGLED,
    POST_LINE
    "Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nTransfer-Encoding: \x0b"
              "chunked\r\n\r\n0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nContent-Length : 0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n" SMUGGLED,
    POST_LINE "Content-Length: 0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a b\r\nContent-Length: 0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nX(Y): z\r\nContent-Length: 0\r\n\r\n" SMUGGLED,
    POST_LINE "Host: a\r\nX: a\x01z\r\nContent-Length: 0\r\n\r\n" SMUGGLED,
    "POST /api/v1/echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED,
    "POST /api/v1/echo HTTP/2.0\r\nHost: a\r\nContent-Length: 0\r\n\r\n" SMUGGLED,
    "PO(ST /api/v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n" SMUGGLED,
    "GET /api/v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" SMUGGLED,
    "DELETE /api/v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" SMUGGLED,
};

TEST(no_ambiguous_request_lets_a_second_one_run)
{
    struct testing_server *testing = testing_server_open(NULL);
    for (size_t i = 0; i < sizeof(AMBIGUOUS) / sizeof(AMBIGUOUS[0]); i++) {
        struct str reply = testing_exchange(testing, str_from(AMBIGUOUS[i]));
        int status = testing_status(reply);
        bool is_refused =
            status >= 400 && !testing_holds(reply, "HTTP/1.1 2") && !testing_holds(reply, "count");
        if (!is_refused) printf("request %zu: %.*s\n", i, STR_ARG(reply));
        CHECK(is_refused);
    }
    /* The first note that anybody adds is the first one. */
    struct str reply = testing_exchange(
        testing, STR("POST /api/v1/notes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer agent\r\n"
                     "Connection: close\r\nContent-Length: 12\r\n\r\n{\"text\":\"x\"}"));
    CHECK(testing_holds(reply, "{\"count\":1}"));
    testing_server_close(testing);
}

/* These the library reads by itself; whatever it makes of them, the connection ends and nothing
 * that follows is run. */
TEST(no_malformed_head_or_chunk_lets_a_second_one_run)
{
    static const char *const REQUESTS[] = {
        POST_LINE "Host: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n" SMUGGLED,
        POST_LINE "Host: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n" SMUGGLED,
        POST_LINE "Host: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n" SMUGGLED,
        POST_LINE "Host: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n" SMUGGLED,
        "GET  HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\n\r\n\r\n",
        "\x16\x03\x01\x02\x01\x01",
        "GET /livez\r\n\r\n",
    };
    struct testing_server *testing = testing_server_open(NULL);
    for (size_t i = 0; i < sizeof(REQUESTS) / sizeof(REQUESTS[0]); i++) {
        int fd = testing_connect(testing);
        testing_send(fd, str_from(REQUESTS[i]));
        CHECK(shutdown(fd, SHUT_WR) == 0);
        struct str reply = testing_read(testing->arena, fd, NULL);
        CHECK(!testing_holds(reply, "count"));
        close(fd);
    }
    struct str reply = testing_exchange(
        testing, STR("POST /api/v1/notes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer agent\r\n"
                     "Connection: close\r\nContent-Length: 12\r\n\r\n{\"text\":\"x\"}"));
    CHECK(testing_holds(reply, "{\"count\":1}"));
    testing_server_close(testing);
}

TEST(odd_paths_are_refused)
{
    static const char *const PATHS[] = { "/api/v1/echo/a%2fb",
                                         "/api/v1/echo/a%00",
                                         "/a/../livez",
                                         "//livez",
                                         "/%2e%2e/livez",
                                         "/a%",
                                         "livez",
                                         "http://a/livez",
                                         "*" };
    struct testing_server *testing = testing_server_open(NULL);
    for (size_t i = 0; i < sizeof(PATHS) / sizeof(PATHS[0]); i++) {
        struct buf buf = buf_open(testing->arena, 1000);
        buf_printf(&buf, "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", PATHS[i]);
        CHECK(testing_status(testing_exchange(testing, buf_view(&buf))) == 400);
    }
    testing_server_close(testing);
}

TEST(too_many_headers_and_too_long_a_head_are_refused)
{
    enum { HEADERS = 70, LONG = 60000 };
    struct testing_server *testing = testing_server_open(NULL);
    struct buf many = buf_open(testing->arena, LONG);
    buf_add(&many, STR("GET /livez HTTP/1.1\r\nHost: a\r\n"));
    for (int i = 0; i < HEADERS; i++) buf_printf(&many, "X-%d: y\r\n", i);
    buf_add(&many, STR("\r\n"));
    CHECK(testing_status(testing_exchange(testing, buf_view(&many))) == 400);
    struct buf large = buf_open(testing->arena, LONG + 100);
    buf_add(&large, STR("GET /livez HTTP/1.1\r\nHost: a\r\nX: "));
    for (int i = 0; i < LONG; i++) buf_add_char(&large, 'x');
    buf_add(&large, STR("\r\n\r\n"));
    CHECK(testing_status(testing_exchange(testing, buf_view(&large))) >= 400);
    testing_server_close(testing);
}

static void shorten_deadlines(struct server_settings *settings)
{
    settings->head_deadline_ms = 300;
    settings->idle_deadline_ms = 400;
    settings->body_deadline_ms = 500;
}

/* A byte every 50 ms until the server closes; how long after the start that was, -1 if it never
 * did. A busy machine stretches the deadline and the dripping alike. */
static int64_t drip_ms(int fd, int64_t start_ms, struct str bytes)
{
    char c;
    bool is_cut = false;
    for (size_t i = 0; i < bytes.size && !is_cut; i++) {
        testing_send(fd, (struct str){ bytes.data + i, 1 });
        usleep(50000);
        is_cut = recv(fd, &c, 1, MSG_DONTWAIT) == 0;
    }
    close(fd);
    return is_cut ? time_monotonic_ms() - start_ms : -1;
}

TEST(slow_clients_are_cut_at_their_deadline)
{
    struct testing_server *testing = testing_server_open(shorten_deadlines);
    int64_t start_ms = time_monotonic_ms();
    int64_t took_ms = drip_ms(testing_connect(testing), start_ms,
                              STR("GET /livez HTTP/1.1\r\nHost: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    CHECK(took_ms >= 300);

    int fd = testing_connect(testing);
    start_ms = time_monotonic_ms();
    testing_send(fd, STR("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(testing_status(testing_read_reply(testing->arena, fd)) == 200);
    took_ms =
        drip_ms(fd, start_ms, STR("GET /livez HTTP/1.1\r\nHost: aaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    CHECK(took_ms >= 400);

    start_ms = time_monotonic_ms();
    fd = testing_connect(testing);
    testing_send(fd, STR(POST_LINE "Host: a\r\nContent-Length: 60\r\n\r\n"));
    took_ms = drip_ms(fd, start_ms, STR("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"));
    CHECK(took_ms >= 500);
    testing_server_close(testing);
}

TEST(an_upload_that_moves_on_outlives_the_body_deadline)
{
    struct testing_server *testing = testing_server_open(shorten_deadlines);
    int fd = testing_connect(testing);
    testing_send(fd, STR("PUT /api/v1/file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                         "Content-Length: 12\r\n\r\n"));
    for (int i = 0; i < 12; i++) {
        testing_send(fd, STR("x"));
        usleep(100000);
    }
    struct str reply = testing_read(testing->arena, fd, NULL);
    CHECK(testing_status(reply) == 200 && testing_holds(reply, "{\"size\":12}"));
    close(fd);
    CHECK(atomic_load(&testing->uploads_dropped) == 0);
    testing_server_close(testing);
}

TEST(many_slow_heads_do_not_hold_up_a_good_request)
{
    enum { SLOW = 300 };
    struct testing_server *testing = testing_server_open(NULL);
    int fds[SLOW];
    for (int i = 0; i < SLOW; i++) {
        fds[i] = testing_connect(testing);
        testing_send(fds[i], STR("GET /livez HTTP/1.1\r\nHost: a\r\nX: "));
    }
    int64_t start_ms = time_monotonic_ms();
    struct str reply = testing_exchange(
        testing, STR("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    CHECK(testing_status(reply) == 200 && time_monotonic_ms() - start_ms < 4000);
    for (int i = 0; i < SLOW; i++) close(fds[i]);
    testing_server_close(testing);
}

/* As a browser or a program does: it sends all, or as much as the server takes, then reads. */
static struct str send_large(struct testing_server *testing, const char *head, bool is_chunked)
{
    enum { PART = 64 * 1024, PARTS = 1600 }; /* 100 MiB */
    int fd = testing_connect(testing);
    testing_send(fd, str_from(head));
    char *part = arena_array(testing->arena, char, PART);
    memset(part, 'x', PART);
    for (int i = 0; i < PARTS; i++) {
        if (is_chunked) testing_send(fd, STR("10000\r\n"));
        if (send(fd, part, PART, MSG_NOSIGNAL) < 0) break;
        if (is_chunked) testing_send(fd, STR("\r\n"));
    }
    struct str reply = testing_read(testing->arena, fd, NULL);
    close(fd);
    return reply;
}

TEST(a_body_of_100_mb_gets_a_clear_answer)
{
    struct testing_server *testing = testing_server_open(NULL);
    struct str reply =
        send_large(testing, POST_LINE "Host: a\r\nContent-Length: 104857600\r\n\r\n", false);
    CHECK(testing_status(reply) == 413 && testing_holds(reply, "body_too_large"));
    reply = send_large(testing, POST_LINE "Host: a\r\nTransfer-Encoding: chunked\r\n\r\n", true);
    CHECK(testing_status(reply) == 413 && testing_holds(reply, "body_too_large"));
    reply = send_large(
        testing, "POST /api/v1/notes HTTP/1.1\r\nHost: a\r\nContent-Length: 104857600\r\n\r\n",
        false);
    CHECK(testing_status(reply) == 401);
    reply = testing_exchange(testing, STR(POST_LINE "Host: a\r\nContent-Length: 104857600\r\n"
                                                    "Expect: 100-continue\r\n\r\n"));
    CHECK(testing_status(reply) == 413);
    testing_server_close(testing);
}

TEST(a_large_upload_is_handed_on_in_parts)
{
    struct testing_server *testing = testing_server_open(NULL);
    struct str reply = send_large(testing,
                                  "PUT /api/v1/file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                                  "Content-Length: 104857600\r\n\r\n",
                                  false);
    CHECK(testing_status(reply) == 200 && testing_holds(reply, "{\"size\":104857600}"));
    testing_server_close(testing);
}

TEST(an_upload_that_is_refused_or_left_is_dropped)
{
    struct testing_server *testing = testing_server_open(NULL);
    struct str reply = testing_exchange(
        testing, STR("PUT /api/v1/file HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n"
                     "refuse this"));
    CHECK(testing_status(reply) == 400);
    CHECK(atomic_load(&testing->uploads_dropped) == 1);
    int fd = testing_connect(testing);
    testing_send(fd, STR("PUT /api/v1/file HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nabc"));
    usleep(50000);
    close(fd);
    for (int i = 0; i < 200 && atomic_load(&testing->uploads_dropped) < 2; i++) usleep(10000);
    CHECK(atomic_load(&testing->uploads_dropped) == 2);
    testing_server_close(testing);
}

TEST(a_small_refused_body_keeps_the_connection)
{
    struct testing_server *testing = testing_server_open(NULL);
    int fd = testing_connect(testing);
    testing_send(fd, STR("POST /api/v1/notes HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                         "DELETE /api/v1/none HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                         "GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                         "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(testing_status(testing_read_reply(testing->arena, fd)) == 401);
    CHECK(testing_status(testing_read_reply(testing->arena, fd)) == 404);
    struct str reply = testing_read_reply(testing->arena, fd);
    CHECK(testing_status(reply) == 400 && testing_holds(reply, "body_not_expected"));
    CHECK(testing_status(testing_read_reply(testing->arena, fd)) == 200);
    close(fd);
    testing_server_close(testing);
}
