/* Who asks: what the server and the streams need of access, and what its API files share.
 *
 * Owner: the thread that serves the request, or the hub's for the two functions of streams.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/agent_store.h"
#include "access/setting_store.h"
#include "access/token.h"
#include "base/err.h"
#include "base/json.h"
#include "http/request.h"
#include "http/route.h"

/* All of /api/v1/session, /setup, /me, /agents, /teams, /keys, /settings, /audit. */
extern const struct routes SESSION_ROUTES;
extern const struct routes ME_ROUTES;
extern const struct routes AGENT_ROUTES;
extern const struct routes TEAM_ROUTES;
extern const struct routes KEY_ROUTES;
extern const struct routes SETTING_ROUTES;
extern const struct routes AUDIT_ROUTES;

/* For server_settings: fills request->principal from key or cookie; a key wins. Cheap: see
 * access/grant.h. request->workspace->access must be open. */
enum err access_authenticate(struct request *request);

/* For stream_settings. ERR_DENIED if the session or key gives nothing any more. */
enum err access_still_allowed(struct workspace *workspace, struct reader *reader,
                              struct principal *principal);
enum err access_in_reach(struct workspace *workspace, struct reader *reader,
                         const struct principal *principal, int64_t conversation_id, bool *out);

/* ---- shared by the API files of access ---- */

/* Sets the session's cookie, or makes the browser forget it. */
void session_cookie_set(struct request *request, struct str token);
void session_cookie_clear(struct request *request);
/* The session token that came with the request; no data if none did. */
struct str session_cookie(const struct request *request);

/* A write for which a password must be hashed first, on a worker. */
struct hashed_write {
    struct str password;
    struct str *password_hash; /* in `in` */
    const struct command *command;
    const void *in;
    void *out;
    void (*then)(struct request *request, enum err err);
};
/* As request_write, `then` included; without a password it is just that. */
enum err request_write_hashed(struct request *request, const struct hashed_write *write);

enum { ACCESS_BODY_MAX = 256 * 1024 };

void agent_write_json(struct json_writer *writer, const char *name, const struct agent *agent);
/* A reply for a refused change of a person; replies by `err` alone without a fault. */
void agent_reply_fault(struct request *request, enum err err, enum agent_fault fault);
/* http://…/?link=TOKEN */
struct str link_url(const struct request *request, struct str token);
