#include "http/origin.h"

#include "base/test.h"

static bool is_ours(const char *method, const char *fetch_site, const char *origin)
{
    struct origin request = { .method = str_from(method), .host = STR_INIT("desk.example.org") };
    if (fetch_site) request.fetch_site = str_from(fetch_site);
    if (origin) request.origin = str_from(origin);
    return origin_is_ours(&request);
}

TEST(reading_is_allowed_from_everywhere)
{
    CHECK(is_ours("GET", "cross-site", "https://evil.example"));
    CHECK(is_ours("HEAD", "cross-site", NULL));
}

TEST(writing_is_allowed_from_our_own_pages)
{
    CHECK(is_ours("POST", "same-origin", "https://desk.example.org"));
    CHECK(is_ours("POST", "none", NULL));
    CHECK(is_ours("PATCH", NULL, "https://desk.example.org"));
    CHECK(is_ours("DELETE", NULL, "http://desk.example.org"));
}

TEST(writing_is_refused_from_pages_of_others)
{
    CHECK(!is_ours("POST", "cross-site", NULL));
    CHECK(!is_ours("POST", "same-site", "https://other.example.org"));
    CHECK(!is_ours("POST", NULL, "https://evil.example"));
    CHECK(!is_ours("POST", NULL, "https://desk.example.org.evil.example"));
    CHECK(!is_ours("POST", NULL, "https://desk.example.org:8443"));
    CHECK(!is_ours("PUT", NULL, "null"));
    CHECK(!is_ours("PUT", NULL, ""));
    CHECK(!is_ours("PUT", NULL, "https://"));
    CHECK(!is_ours("PUT", NULL, "file://desk.example.org"));
}

TEST(what_no_browser_sent_is_allowed)
{
    CHECK(is_ours("POST", NULL, NULL));
}
