/* What a capability offers over HTTP: one constant table of routes per _api.c file.
 *
 * The permission is part of the row, so a test can prove that no route lacks one. Every route
 * stands in openapi.json too; another test compares both.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "http/permission.h"

struct request;

enum body {
    BODY_NONE,  /* a body is refused */
    BODY_WHOLE, /* at most BODY_MAX bytes, whole in request->body */
    BODY_STREAM /* handed to `upload` in parts; at most `upload_max` bytes */
};

struct route {
    const char *method;
    const char *path; /* "/api/v1/customers/{id}"; a {…} holds no slash */
    enum permission permission;
    enum err (*handle)(struct request *request);
    enum body body; /* BODY_NONE for GET and DELETE */
    /* A part of the body; the first call has an empty part and opens what is needed, keeping it in
     * request_set_upload. An error ends the request. */
    enum err (*upload)(struct request *request, struct str part);
    size_t upload_max;
    size_t body_max; /* 0: BODY_MAX */
    /* The reply shows a secret once: an Idempotency-Key keeps it from being done twice, but the
     * reply is not stored, so a repeat gets 409 `reply_not_kept`. */
    bool reply_is_secret;
};

struct routes {
    const struct route *items;
    size_t count;
};

#define ROUTES(table)                                                                              \
    ((struct routes){ .items = (table), .count = sizeof(table) / sizeof((table)[0]) })

/* What an upload keeps between its parts. `drop` abandons it when the request ends, however it
 * ends, unless the handler took it over by setting NULL. */
void request_set_upload(struct request *request, void *upload, void (*drop)(void *upload));
void *request_upload(const struct request *request);
