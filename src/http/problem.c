#include "http/problem.h"

#include <assert.h>
#include <stddef.h>

static const struct problem PROBLEMS[] = {
    [ERR_INVALID] = { 400, "invalid", "The request breaks a rule; `errors` says which." },
    [ERR_DENIED] = { 403, "denied", "You may not do this. An administrator can change your role." },
    [ERR_NOT_FOUND] = { 404, "not_found", "There is no such thing, or it is not yours to see." },
    [ERR_CONFLICT] = { 409, "conflict",
                       "It contradicts what is stored. Read it again, then decide." },
    [ERR_LIMIT] = { 400, "limit_exceeded", "The request passes a fixed limit." },
    [ERR_BUSY] = { 503, "busy", "The server has too much to do. Try again shortly." },
    [ERR_IO] = { 500, "internal", "The server failed. Its log says why, under this request_id." },
    [ERR_CORRUPT] = { 500, "internal",
                      "The server found damaged data. Its log says more, under this request_id." },
};

struct problem problem_of(enum err err, bool has_if_match)
{
    assert(err > OK && (size_t)err < sizeof(PROBLEMS) / sizeof(PROBLEMS[0]));
    if (err == ERR_CONFLICT && has_if_match) {
        return (struct problem){ 412, "version_changed",
                                 "It was changed since the version that If-Match names. Read it "
                                 "again, then decide." };
    }
    return PROBLEMS[err];
}

static const struct {
    int status;
    const char *title;
} TITLES[] = {
    { 400, "Bad request" },
    { 401, "Not signed in" },
    { 403, "Not allowed" },
    { 404, "Not found" },
    { 405, "Method not allowed" },
    { 406, "Not acceptable" },
    { 408, "Too slow" },
    { 409, "Conflict" },
    { 410, "Gone" },
    { 412, "Precondition failed" },
    { 413, "Body too large" },
    { 414, "Address too long" },
    { 415, "Unsupported media type" },
    { 422, "Cannot be processed" },
    { 429, "Too many requests" },
    { 431, "Head too large" },
    { 500, "Server error" },
    { 501, "Not implemented" },
    { 503, "Not available now" },
};

const char *problem_title(int status)
{
    for (size_t i = 0; i < sizeof(TITLES) / sizeof(TITLES[0]); i++) {
        if (TITLES[i].status == status) return TITLES[i].title;
    }
    return "Problem";
}
