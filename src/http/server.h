/* The HTTP server: sockets, the guard, routing, sign-in by the access capability, and replies.
 *
 * The guard refuses, with 400 and close, requests from which another parser might read a second
 * one: two Content-Lengths, Content-Length with Transfer-Encoding, odd transfer codings, two Hosts.
 * It cuts clients that take longer than a deadline for their head or body. (docs/decisions say
 * why.)
 *
 * Owner: main. Each HTTP thread has an event loop, and a reader for each workspace it has served.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "http/request.h"
#include "http/route.h"
#include "store/workspace.h"

struct server;
struct job_pool; /* http/job.h */

struct server_settings {
    struct str address;      /* "127.0.0.1:8080", "[::]:8080"; port 0 takes a free one */
    const char *socket_path; /* a Unix socket for administration as well; NULL: none */
    size_t threads;
    struct routes routes;
    /* Who asks: fills request->principal from cookie or key. PRINCIPAL_NOBODY is no error. */
    enum err (*authenticate)(struct request *request);
    /* The workspace of a host and a path; cuts the prefix off `path`. ERR_NOT_FOUND. */
    enum err (*find_workspace)(void *context, struct str host, struct str *path,
                               struct workspace **out);
    void *context;
    struct job_pool *jobs;    /* for request_work */
    int64_t head_deadline_ms; /* 0: 5 s */
    int64_t body_deadline_ms; /* 0: 60 s; renewed while a large upload moves on */
    int64_t idle_deadline_ms; /* 0: 75 s; from a reply to the whole head of the next request */
    size_t connections_max;   /* 0: three tenths of the descriptors, 32,768 at the most */
    /* Proxies in front whose X-Forwarded-For and -Proto count, and X-Forwarded-Host:
     * "127.0.0.1,10.0.0.0/8,fd00::/8". None by default. */
    struct str trusted_proxies;
    const char *version; /* for GET /version; NULL: unknown */
    const char *commit;
};

/* Listens and answers from now on. ERR_BUSY if the address is taken, ERR_INVALID if it is none. */
enum err server_open(struct arena *arena, const struct server_settings *settings,
                     struct server **out);
/* "127.0.0.1:40123": with the port that was given. */
struct str server_address(const struct server *server);
/* Lets running requests end for at most `grace_ms`, ends streams, closes. */
void server_close(struct server *server, int64_t grace_ms);

/* For tests and openapi: every route. */
struct routes server_routes(const struct server *server);
