#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/test.h"
#include "base/time.h"
#include "http/testing.h"

#define GET(path) STR("GET " path " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
#define AS(who) "Authorization: Bearer " who "\r\n"

static struct str ask(struct testing_server *testing, const char *text)
{
    return testing_exchange(testing, str_from(text));
}

TEST(a_server_answers_health_and_version)
{
    struct testing_server *testing = testing_server_open(NULL);
    CHECK(testing_status(testing_exchange(testing, GET("/livez"))) == 200);
    CHECK(testing_status(testing_exchange(testing, GET("/readyz"))) == 200);
    struct str version = testing_exchange(testing, GET("/version"));
    CHECK(testing_holds(version, "\"name\":\"rapport\""));
    CHECK(testing_holds(version, "\"version\":\"1.2.3\""));
    CHECK(testing_status(ask(testing, "GET /livez HTTP/1.1\r\nHost: unknown.a\r\n"
                                      "Connection: close\r\n\r\n")) == 200);
    CHECK(testing_status(ask(testing, "GET /readyz HTTP/1.1\r\nHost: unknown.a\r\n"
                                      "Connection: close\r\n\r\n")) == 503);
    CHECK(testing_status(ask(testing, "GET / HTTP/1.1\r\nHost: unknown.a\r\n"
                                      "Connection: close\r\n\r\n")) == 404);
    testing_server_close(testing);
}

TEST(every_reply_carries_the_security_headers)
{
    struct testing_server *testing = testing_server_open(NULL);
    static const char *const REQUESTS[] = {
        "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /api/v1/none HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof(REQUESTS) / sizeof(REQUESTS[0]); i++) {
        struct str reply = ask(testing, REQUESTS[i]);
        CHECK(testing_holds(reply, "X-Content-Type-Options: nosniff"));
        CHECK(testing_holds(reply, "frame-ancestors 'none'"));
        CHECK(testing_holds(reply, "Referrer-Policy: same-origin"));
        CHECK(testing_holds(reply, "X-Request-Id: "));
    }
    testing_server_close(testing);
}

TEST(the_application_is_served_for_every_screen)
{
    struct testing_server *testing = testing_server_open(NULL);
    struct str page = testing_exchange(testing, GET("/"));
    CHECK(testing_status(page) == 200);
    CHECK(testing_holds(page, "default-src 'self'"));
    CHECK(testing_holds(page, "Cache-Control: no-cache"));
    CHECK(testing_holds(testing_exchange(testing, GET("/customers/cus_1")), "<title>Test"));
    CHECK(testing_holds(testing_exchange(testing, GET("/w/main/customers")), "<title>Test"));
    CHECK(testing_status(testing_exchange(testing, GET("/favicon.png"))) == 404);
    CHECK(testing_status(testing_exchange(testing, GET("/api/v1/none"))) == 404);
    CHECK(testing_holds(testing_exchange(testing, GET("/openapi.json")), "application/json"));
    CHECK(testing_status(ask(testing, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n"
                                      "Connection: close\r\n\r\n")) == 404);
    testing_server_close(testing);
}

TEST(assets_are_compressed_cached_and_validated)
{
    struct testing_server *testing = testing_server_open(NULL);
    struct str plain = testing_exchange(testing, GET("/assets/main-4f2a.js"));
    CHECK(testing_holds(plain, "plain script") && testing_holds(plain, "immutable"));
    CHECK(testing_holds(plain, "ETag: \"2\""));
    struct str brotli =
        ask(testing, "GET /assets/main-4f2a.js HTTP/1.1\r\nHost: a\r\n"
                     "Accept-Encoding: gzip, br;q=0.9\r\nConnection: close\r\n\r\n");
    CHECK(testing_holds(brotli, "as brotli") && testing_holds(brotli, "Content-Encoding: br"));
    CHECK(testing_holds(brotli, "ETag: W/\"2\"") && testing_holds(brotli, "Vary: Accept-Encoding"));
    struct str gzip = ask(testing, "GET /assets/main-4f2a.js HTTP/1.1\r\nHost: a\r\n"
                                   "Accept-Encoding: gzip, br;q=0\r\nConnection: close\r\n\r\n");
    CHECK(testing_holds(gzip, "as gzip"));
    struct str known = ask(testing, "GET /assets/main-4f2a.js HTTP/1.1\r\nHost: a\r\n"
                                    "If-None-Match: \"1\", W/\"2\"\r\nConnection: close\r\n\r\n");
    CHECK(testing_status(known) == 304 && !testing_holds(known, "script"));
    testing_server_close(testing);
}

TEST(arguments_and_parameters_reach_the_handler)
{
    struct testing_server *testing = testing_server_open(NULL);
    struct str reply = testing_exchange(testing, GET("/api/v1/echo?a=1%2F2&b=x+y%26z"));
    CHECK(testing_holds(reply, "\"a\":\"1/2\"") && testing_holds(reply, "\"b\":\"x y&z\""));
    CHECK(testing_holds(reply, "\"limit\":50") && testing_holds(reply, "\"client\":\"127.0.0.1\""));
    reply = testing_exchange(testing, GET("/api/v1/echo?limit=200"));
    CHECK(testing_holds(reply, "\"limit\":200"));
    CHECK(testing_status(testing_exchange(testing, GET("/api/v1/echo?limit=201"))) == 400);
    CHECK(testing_status(testing_exchange(testing, GET("/api/v1/echo?limit=x"))) == 400);
    CHECK(testing_status(testing_exchange(testing, GET("/api/v1/echo?cursor=x"))) == 400);
    reply = testing_exchange(testing, GET("/api/v1/echo?c=1"));
    CHECK(testing_status(reply) == 400 && testing_holds(reply, "\"pointer\":\"?c\""));
    CHECK(testing_status(testing_exchange(testing, GET("/api/v1/echo?a=1&a=2"))) == 400);
    CHECK(testing_status(testing_exchange(testing, GET("/api/v1/echo?a=%ff"))) == 400);
    CHECK(testing_status(testing_exchange(testing, GET("/api/v1/echo?a=%00"))) == 400);
    reply =
        ask(testing, "GET /api/v1/echo/con_7 HTTP/1.1\r\nHost: a\r\n" AS("agent") "Connection: "
                                                                                  "close\r\n\r\n");
    CHECK(testing_holds(reply, "\"id\":\"con_7\""));
    testing_server_close(testing);
}

TEST(a_list_links_to_its_next_page)
{
    struct testing_server *testing = testing_server_open(NULL);
    struct str reply = testing_exchange(testing, GET("/api/v1/list?limit=1&text=a+%22%26"));
    CHECK(testing_status(reply) == 200 && testing_holds(reply, "{\"data\":[0],\"next_cursor\":\""));
    CHECK(testing_holds(reply, "\"has_more\":true}"));
    const char *link = memmem(reply.data, reply.size, "Link: </api/v1/list?cursor=", 27);
    CHECK(link != NULL);
    if (link) {
        struct str rest = { link + 7, (size_t)(reply.data + reply.size - link) - 7 };
        struct str url = str_cut(&rest, '>');
        CHECK(testing_holds(url, "&limit=1&text=a%20%22%26"));
        CHECK(str_starts(rest, STR("; rel=\"next\"\r\n")));
        struct buf buf = buf_open(testing->arena, 1000);
        buf_printf(&buf, "GET %.*s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", STR_ARG(url));
        struct str last = testing_exchange(testing, buf_view(&buf));
        CHECK(testing_holds(last, "{\"data\":[1],\"next_cursor\":null,\"has_more\":false}"));
        CHECK(!testing_holds(last, "Link: "));
    }
    testing_server_close(testing);
}

TEST(problems_are_complete)
{
    struct testing_server *testing = testing_server_open(NULL);
    struct str reply = ask(testing, "GET /api/v1/none HTTP/1.1\r\nHost: a\r\n"
                                    "X-Request-Id: abc-1\r\nConnection: close\r\n\r\n");
    CHECK(testing_holds(reply, "Content-Type: application/problem+json"));
    CHECK(testing_holds(reply, "X-Request-Id: abc-1"));
    CHECK(testing_holds(reply, "{\"type\":\"/docs/api#not_found\",\"title\":\"Not found\","
                               "\"status\":404,\"detail\":\""));
    CHECK(testing_holds(reply, "\"instance\":\"/api/v1/none\",\"code\":\"not_found\","
                               "\"request_id\":\"abc-1\",\"errors\":[]}"));
    reply = ask(testing, "PUT /api/v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n"
                         "X-Request-Id: a\"b\r\nConnection: close\r\n\r\n");
    CHECK(testing_status(reply) == 405 && testing_holds(reply, "Allow: GET, POST"));
    CHECK(!testing_holds(reply, "a\\\"b"));
    CHECK(testing_status(testing_exchange(testing, GET("/api/v1/nothing"))) == 500);
    testing_server_close(testing);
}

TEST(rights_are_checked_before_the_handler)
{
    struct testing_server *testing = testing_server_open(NULL);
    static const char BODY[] = "Content-Length: 12\r\nConnection: close\r\n\r\n{\"text\":\"a\"}";
    static const struct {
        const char *header;
        int status;
    } CASES[] = {
        { "", 401 },
        { AS("nobody"), 401 },
        { AS("analyst"), 403 },
        { AS("agent"), 201 },
        { AS("admin"), 201 },
        { "Cookie: a=b; session=agent\r\n", 201 },
        { "Cookie: session=agent\r\nOrigin: http://a\r\n", 201 },
        { "Cookie: session=agent\r\nOrigin: http://evil\r\n", 403 },
        { "Cookie: session=agent\r\nSec-Fetch-Site: cross-site\r\n", 403 },
        { AS("agent") "Origin: http://other\r\n", 201 },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct buf buf = buf_open(testing->arena, 1000);
        buf_printf(&buf, "POST /api/v1/notes HTTP/1.1\r\nHost: a\r\n%s%s", CASES[i].header, BODY);
        CHECK(testing_status(testing_exchange(testing, buf_view(&buf))) == CASES[i].status);
    }
    struct str reply = ask(testing, "GET /api/v1/echo/x HTTP/1.1\r\nHost: a\r\n"
                                    "Connection: close\r\n\r\n");
    CHECK(testing_holds(reply, "WWW-Authenticate: Bearer"));
    testing_server_close(testing);
}

TEST(the_unix_socket_is_for_administration)
{
    struct testing_server *testing = testing_server_open(NULL);
    struct stat status;
    CHECK(stat(testing->socket_path, &status) == 0 && (status.st_mode & 0777) == 0600);
    int fd = testing_connect_local(testing);
    testing_send(fd, GET("/api/v1/echo/x"));
    struct str reply = testing_read(testing->arena, fd, NULL);
    CHECK(testing_status(reply) == 200 && testing_holds(reply, "\"kind\":3"));
    CHECK(testing_holds(reply, "\"client\":\"\""));
    close(fd);
    testing_server_close(testing);
}

static void trust_loopback(struct server_settings *settings)
{
    settings->trusted_proxies = STR("127.0.0.0/8");
}

TEST(forwarded_headers_count_only_from_trusted_proxies)
{
    static const char REQUEST[] = "GET /api/v1/echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                                  "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n"
                                  "X-Forwarded-Host: desk.example\r\n\r\n";
    struct testing_server *testing = testing_server_open(NULL);
    struct str reply = ask(testing, REQUEST);
    CHECK(testing_holds(reply, "\"client\":\"127.0.0.1\",\"host\":\"a\",\"is_tls\":false"));
    testing_server_close(testing);
    testing = testing_server_open(trust_loopback);
    reply = ask(testing, REQUEST);
    CHECK(testing_holds(reply,
                        "\"client\":\"203.0.113.9\",\"host\":\"desk.example\",\"is_tls\":true"));
    testing_server_close(testing);
}

TEST(a_connection_serves_many_requests_and_pipelines)
{
    struct testing_server *testing = testing_server_open(NULL);
    int fd = testing_connect(testing);
    for (int i = 0; i < 5; i++) {
        testing_send(fd, STR("POST /api/v1/notes HTTP/1.1\r\nHost: a\r\n" AS(
                             "agent") "Content-"
                                      "Length: 12\r\n\r\n{\"text\":\"a\"}"));
        struct str reply = testing_read_reply(testing->arena, fd);
        CHECK(testing_status(reply) == 201);
    }
    testing_send(
        fd, STR("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
                "POST /api/v1/notes HTTP/1.1\r\nHost: a\r\n" AS(
                    "agent") "Content-Length: "
                             "12\r\n\r\n{\"text\":\"b\"}"
                             "GET /api/v1/none HTTP/1.1\r\nHost: a\r\n\r\n"
                             "HEAD /version HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    CHECK(testing_status(testing_read_reply(testing->arena, fd)) == 200);
    struct str reply = testing_read_reply(testing->arena, fd);
    CHECK(testing_status(reply) == 201 && testing_holds(reply, "{\"count\":6}"));
    CHECK(testing_status(testing_read_reply(testing->arena, fd)) == 404);
    reply = testing_read(testing->arena, fd, NULL);
    CHECK(testing_status(reply) == 200 && !testing_holds(reply, "rapport"));
    close(fd);
    testing_server_close(testing);
}

TEST(a_body_in_chunks_is_put_together)
{
    struct testing_server *testing = testing_server_open(NULL);
    struct str reply = ask(testing, "POST /api/v1/echo HTTP/1.1\r\nHost: a\r\n"
                                    "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                                    "3\r\nabc\r\n5;x=y\r\ndefgh\r\n0\r\n\r\n");
    CHECK(testing_status(reply) == 200 && testing_holds(reply, "\"size\":8"));
    struct hash hash = hash_of(STR("abcdefgh"));
    CHECK(testing_holds(reply, hash_hex(testing->arena, &hash).data));
    testing_server_close(testing);
}

TEST(a_head_of_16_kib_is_served)
{
    enum { FILL = 16 * 1024 - 200 };
    struct testing_server *testing = testing_server_open(NULL);
    struct buf buf = buf_open(testing->arena, FILL + 400);
    buf_add(&buf, STR("GET /api/v1/echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: a="));
    for (int i = 0; i < FILL; i++) buf_add_char(&buf, 'x');
    buf_add(&buf, STR("\r\n\r\n"));
    CHECK(testing_status(testing_exchange(testing, buf_view(&buf))) == 200);
    testing_server_close(testing);
}

TEST(work_runs_beside_the_http_threads)
{
    struct testing_server *testing = testing_server_open(NULL);
    struct str reply = ask(testing, "POST /api/v1/work HTTP/1.1\r\nHost: a\r\n" AS(
                                        "agent") "Content"
                                                 "-Length: 0\r\nConnection: close\r\n\r\n");
    CHECK(testing_status(reply) == 200 && testing_holds(reply, "worked"));
    testing_server_close(testing);
}

TEST(work_notices_that_its_client_has_left)
{
    struct testing_server *testing = testing_server_open(NULL);
    int fd = testing_connect(testing);
    testing_send(fd, STR("POST /api/v1/wait HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"));
    usleep(50000);
    close(fd);
    for (int i = 0; i < 300 && atomic_load(&testing->uploads_dropped) == 0; i++) usleep(10000);
    CHECK(atomic_load(&testing->uploads_dropped) == 1);
    testing_server_close(testing);
}

TEST(closing_the_server_ends_running_work_and_answers_it)
{
    struct testing_server *testing = testing_server_open(NULL);
    int fd = testing_connect(testing);
    testing_send(fd, STR("POST /api/v1/wait HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"));
    usleep(50000);
    server_close(testing->server, 2000);
    testing->server = NULL;
    CHECK(testing_status(testing_read(testing->arena, fd, NULL)) == 200);
    close(fd);
    testing_server_close(testing);
}

TEST(a_second_server_on_the_same_address_is_refused)
{
    struct testing_server *testing = testing_server_open(NULL);
    struct server_settings settings = { .address = server_address(testing->server), .threads = 1 };
    struct arena *arena = arena_open();
    struct server *second;
    CHECK(server_open(arena, &settings, &second) == ERR_BUSY);
    settings.address = STR("nowhere");
    CHECK(server_open(arena, &settings, &second) == ERR_INVALID);
    arena_close(arena);
    testing_server_close(testing);
}

TEST(no_route_of_the_server_lacks_a_permission)
{
    struct testing_server *testing = testing_server_open(NULL);
    struct routes routes = server_routes(testing->server);
    CHECK(routes.count > 10);
    for (size_t i = 0; i < routes.count; i++) {
        CHECK(routes.items[i].permission != PERMISSION_MISSING);
    }
    testing_server_close(testing);
}
