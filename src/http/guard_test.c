#include "http/guard.h"

#include <string.h>

#include "base/test.h"

/* "Name: value" lines, as the HTTP library hands them over: cut and trimmed. */
static const char *verdict_of(const char *const lines[], const char *version)
{
    struct guard guard = { 0 };
    for (size_t i = 0; lines[i]; i++) {
        struct str value = str_from(lines[i]);
        struct str name = str_cut(&value, ':');
        guard_header(&guard, name, str_trim(value));
    }
    return guard_verdict(&guard, STR("POST"), str_from(version));
}

#define VERDICT(...) verdict_of((const char *const[]){ __VA_ARGS__, NULL }, "HTTP/1.1")

TEST(an_ordinary_head_is_served)
{
    CHECK(!VERDICT("Host: example.org:8080"));
    CHECK(!VERDICT("Host: [::1]:8080", "Content-Length: 5", "Content-Type: application/json"));
    CHECK(!VERDICT("host: a", "transfer-encoding: Chunked"));
    CHECK(!verdict_of((const char *const[]){ "Accept: */*", NULL }, "HTTP/1.0"));
}

TEST(forms_that_could_hold_a_second_request_are_refused)
{
    CHECK(VERDICT("Host: a", "Content-Length: 0", "Content-Length: 35"));
    CHECK(VERDICT("Host: a", "Content-Length: 5", "Content-Length: 5"));
    CHECK(VERDICT("Host: a", "Content-Length: 5", "Transfer-Encoding: chunked"));
    CHECK(VERDICT("Host: a", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"));
    CHECK(VERDICT("Host: a", "Transfer-Encoding: gzip, chunked"));
    CHECK(VERDICT("Host: a", "Transfer-Encoding: chunked, identity"));
    CHECK(VERDICT("Host: a", "Transfer-Encoding: xchunked"));
    CHECK(VERDICT("Host: a", "Transfer-Encoding: \"chunked\""));
    CHECK(VERDICT("Host: a", "Transfer-Encoding:"));
    CHECK(VERDICT("Host: a", "Transfer-Encoding : chunked"));
    CHECK(VERDICT("Host: a", "Content-Length: +5"));
    CHECK(VERDICT("Host: a", "Content-Length: -5"));
    CHECK(VERDICT("Host: a", "Content-Length: 0x5"));
    CHECK(VERDICT("Host: a", "Content-Length: 5, 5"));
    CHECK(VERDICT("Host: a", "Content-Length: 5 5"));
    CHECK(VERDICT("Host: a", "Content-Length:"));
    CHECK(VERDICT("Host: a", "Content-Length: 99999999999999999999"));
}

TEST(a_host_is_named_once)
{
    CHECK(VERDICT("Host: a", "Host: a"));
    CHECK(VERDICT("Accept: */*"));
    CHECK(VERDICT("Host: a b"));
    CHECK(VERDICT("Host: a/b"));
    CHECK(VERDICT("Host: user@a"));
}

TEST(chunks_do_not_exist_in_http_1_0)
{
    CHECK(verdict_of((const char *const[]){ "Transfer-Encoding: chunked", NULL }, "HTTP/1.0"));
    CHECK(verdict_of((const char *const[]){ "Host: a", NULL }, "HTTP/2.0"));
    CHECK(verdict_of((const char *const[]){ "Host: a", NULL }, ""));
}

TEST(odd_names_and_values_are_refused)
{
    CHECK(VERDICT("Host: a", " Folded: b"));
    CHECK(VERDICT("Host: a", "Na me: b"));
    CHECK(VERDICT("Host: a", "Name: b\x01"
                             "c"));
    struct guard guard = { 0 };
    guard_header(&guard, STR("Host"), STR("a"));
    guard_header(&guard, STR(""), STR("b"));
    CHECK(guard_verdict(&guard, STR("GET"), STR("HTTP/1.1")));
}

TEST(too_many_headers_are_refused)
{
    struct guard guard = { 0 };
    guard_header(&guard, STR("Host"), STR("a"));
    for (int i = 1; i < GUARD_HEADERS_MAX; i++) guard_header(&guard, STR("X"), STR("y"));
    CHECK(!guard_verdict(&guard, STR("GET"), STR("HTTP/1.1")));
    guard_header(&guard, STR("X"), STR("y"));
    CHECK(guard_verdict(&guard, STR("GET"), STR("HTTP/1.1")));
}

TEST(a_body_is_announced_by_length_or_chunks)
{
    struct guard guard = { 0 };
    CHECK(!guard_has_body(&guard));
    guard_header(&guard, STR("Content-Length"), STR("0"));
    CHECK(!guard_has_body(&guard));
    guard_header(&guard, STR("Transfer-Encoding"), STR("chunked"));
    CHECK(guard_has_body(&guard));
}
