/* Finds the route of a request: a tree of path segments, built once from the capabilities' tables.
 *
 * At each step a segment written out wins over a {…}, so no search goes back.
 */
#pragma once

#include "base/arena.h"
#include "base/str.h"
#include "http/request.h"
#include "http/route.h"

struct router;

/* The routes must outlive the router. Two of the same method and path are a bug. */
struct router *router_build(struct arena *arena, struct routes routes);

struct router_match {
    const struct route *route; /* NULL: none */
    struct str parameters[PARAMETERS_MAX];
    struct str methods; /* "GET, POST" where the path exists but not for this method */
};

/* `path` is decoded, as url_path gives it. HEAD is served by GET. */
void router_find(const struct router *router, struct str method, struct str path,
                 struct router_match *out);
