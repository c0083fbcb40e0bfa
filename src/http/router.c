#include "http/router.h"

#include <assert.h>

#include "base/buf.h"

enum { METHODS_SIZE_MAX = 80 };

struct leaf {
    const struct route *route;
    struct leaf *next;
};

struct node {
    struct str segment;
    struct node *children; /* segments written out */
    struct node *parameter;
    struct node *next;
    struct leaf *leaves; /* one for each method */
    struct str methods;
};

struct router {
    struct node root;
};

static struct node *child_of(const struct node *node, struct str segment)
{
    for (struct node *child = node->children; child; child = child->next) {
        if (str_equal(child->segment, segment)) return child;
    }
    return NULL;
}

static struct node *child_make(struct arena *arena, struct node *node, struct str segment)
{
    bool is_parameter = segment.size > 2 && segment.data[0] == '{';
    struct node *child = is_parameter ? node->parameter : child_of(node, segment);
    if (child) return child;
    child = arena_new(arena, struct node);
    child->segment = segment;
    if (is_parameter) {
        node->parameter = child;
    } else {
        child->next = node->children;
        node->children = child;
    }
    return child;
}

static void leaf_add(struct arena *arena, struct node *node, const struct route *route)
{
    struct buf methods = buf_open(arena, METHODS_SIZE_MAX);
    buf_add(&methods, node->methods);
    for (struct leaf *leaf = node->leaves; leaf; leaf = leaf->next) {
        assert(!str_equal(str_from(leaf->route->method), str_from(route->method)));
    }
    if (methods.size > 0) buf_add(&methods, STR(", "));
    buf_add(&methods, str_from(route->method));
    node->methods = buf_view(&methods);

    struct leaf *leaf = arena_new(arena, struct leaf);
    *leaf = (struct leaf){ .route = route, .next = node->leaves };
    node->leaves = leaf;
}

struct router *router_build(struct arena *arena, struct routes routes)
{
    struct router *router = arena_new(arena, struct router);
    for (size_t i = 0; i < routes.count; i++) {
        struct str rest = str_from(routes.items[i].path);
        assert(rest.size > 0 && rest.data[0] == '/');
        rest = (struct str){ .data = rest.data + 1, .size = rest.size - 1 };
        struct node *node = &router->root;
        size_t parameters = 0;
        while (rest.size > 0) {
            struct str segment = str_cut(&rest, '/');
            parameters += segment.data[0] == '{';
            node = child_make(arena, node, segment);
        }
        assert(parameters <= PARAMETERS_MAX);
        leaf_add(arena, node, &routes.items[i]);
    }
    return router;
}

void router_find(const struct router *router, struct str method, struct str path,
                 struct router_match *out)
{
    assert(path.size > 0 && path.data[0] == '/');
    *out = (struct router_match){ 0 };
    struct str rest = { .data = path.data + 1, .size = path.size - 1 };
    const struct node *node = &router->root;
    size_t parameters = 0;
    bool ends_with_slash = path.size > 1 && path.data[path.size - 1] == '/';
    if (ends_with_slash) return;
    while (rest.size > 0) {
        struct str segment = str_cut(&rest, '/');
        const struct node *child = child_of(node, segment);
        if (!child && node->parameter) {
            child = node->parameter;
            out->parameters[parameters++] = segment;
        }
        if (!child) return;
        node = child;
    }
    if (str_equal(method, STR("HEAD"))) method = STR("GET");
    for (const struct leaf *leaf = node->leaves; leaf; leaf = leaf->next) {
        if (!str_equal(str_from(leaf->route->method), method)) continue;
        out->route = leaf->route;
        return;
    }
    out->methods = node->methods;
}
