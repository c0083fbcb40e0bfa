#include "http/router.h"

#include "base/test.h"

static const struct route TABLE[] = {
    { .method = "GET", .path = "/livez" },
    { .method = "GET", .path = "/api/v1/things" },
    { .method = "POST", .path = "/api/v1/things" },
    { .method = "GET", .path = "/api/v1/things/{id}" },
    { .method = "DELETE", .path = "/api/v1/things/{id}" },
    { .method = "GET", .path = "/api/v1/things/{id}/parts/{part}" },
    { .method = "GET", .path = "/api/v1/things/export" },
};

static struct router_match find(const char *method, const char *path)
{
    struct arena *arena = arena_open();
    struct router *router = router_build(arena, ROUTES(TABLE));
    struct router_match match;
    router_find(router, str_from(method), str_from(path), &match);
    /* Beyond the arena only the route and views of `path` stay good. */
    match.methods.data = match.methods.size > 0 ? "" : NULL;
    arena_close(arena);
    return match;
}

TEST(each_path_and_method_finds_its_route)
{
    CHECK(find("GET", "/livez").route == &TABLE[0]);
    CHECK(find("GET", "/api/v1/things").route == &TABLE[1]);
    CHECK(find("POST", "/api/v1/things").route == &TABLE[2]);
    CHECK(find("HEAD", "/api/v1/things").route == &TABLE[1]);
    CHECK(find("DELETE", "/api/v1/things/7").route == &TABLE[4]);
}

TEST(parameters_are_what_stands_in_the_braces)
{
    struct router_match match = find("GET", "/api/v1/things/con_1/parts/x y");
    CHECK(match.route == &TABLE[5]);
    CHECK(str_equal(match.parameters[0], STR("con_1")));
    CHECK(str_equal(match.parameters[1], STR("x y")));
}

TEST(a_segment_written_out_wins)
{
    CHECK(find("GET", "/api/v1/things/export").route == &TABLE[6]);
    CHECK(find("GET", "/api/v1/things/exports").route == &TABLE[3]);
}

TEST(an_unknown_path_has_no_route_and_no_methods)
{
    static const char *const PATHS[] = { "/",
                                         "/api",
                                         "/api/v1/things/",
                                         "/api/v1/thing",
                                         "/api/v1/things/7/parts",
                                         "/api/v1/things/7/parts/8/9",
                                         "/livez/" };
    for (size_t i = 0; i < sizeof(PATHS) / sizeof(PATHS[0]); i++) {
        struct router_match match = find("GET", PATHS[i]);
        CHECK(!match.route && match.methods.size == 0);
    }
}

TEST(a_known_path_with_another_method_names_the_methods)
{
    struct router_match match = find("PUT", "/api/v1/things/7");
    CHECK(!match.route && match.methods.size == sizeof("GET, DELETE") - 1);
}
