#include "http/url.h"

#include "base/test.h"

static bool path_is(const char *raw, const char *want)
{
    struct arena *arena = arena_open();
    struct str path = STR("");
    enum err err = url_path(arena, str_from(raw), &path);
    bool is_right = want ? err == OK && str_equal(path, str_from(want)) : err == ERR_INVALID;
    arena_close(arena);
    return is_right;
}

TEST(a_plain_path_is_taken_as_it_is)
{
    CHECK(path_is("/", "/"));
    CHECK(path_is("/api/v1/customers", "/api/v1/customers"));
    CHECK(path_is("/assets/", "/assets/"));
    CHECK(path_is("/caf%C3%A9", "/caf\xC3\xA9"));
    CHECK(path_is("/a%20b", "/a b"));
    CHECK(path_is("/.well-known", "/.well-known"));
    CHECK(path_is("/a..b", "/a..b"));
}

TEST(a_path_that_can_be_read_in_two_ways_is_refused)
{
    CHECK(path_is("", NULL));
    CHECK(path_is("*", NULL));
    CHECK(path_is("api", NULL));
    CHECK(path_is("http://example.org/", NULL));
    CHECK(path_is("//", NULL));
    CHECK(path_is("/a//b", NULL));
    CHECK(path_is("/a/../b", NULL));
    CHECK(path_is("/a/..", NULL));
    CHECK(path_is("/./b", NULL));
    CHECK(path_is("/%2e%2e/b", NULL));
    CHECK(path_is("/a%2fb", NULL));
    CHECK(path_is("/a%2Fb", NULL));
    CHECK(path_is("/a%5cb", NULL));
    CHECK(path_is("/a\\b", NULL));
    CHECK(path_is("/a%00b", NULL));
    CHECK(path_is("/a%0ab", NULL));
    CHECK(path_is("/a%7fb", NULL));
}

TEST(a_malformed_escape_is_refused)
{
    CHECK(path_is("/a%", NULL));
    CHECK(path_is("/a%4", NULL));
    CHECK(path_is("/a%4g", NULL));
    CHECK(path_is("/a%ff", NULL));
    CHECK(path_is("/a%C3", NULL));
}

TEST(an_argument_keeps_slashes_and_line_feeds)
{
    struct arena *arena = arena_open();
    struct str text;
    CHECK(url_decode(arena, STR("a%2Fb%0Ac"), &text) == OK);
    CHECK(str_equal(text, STR("a/b\nc")));
    CHECK(url_decode(arena, STR(""), &text) == OK);
    CHECK(text.size == 0);
    CHECK(url_decode(arena, STR("a%00"), &text) == ERR_INVALID);
    arena_close(arena);
}
