/* Live events to browsers and programs: GET /api/v1/stream, server-sent events.
 *
 * One follower per workspace reads the feed and writes each event once; every stream takes from
 * that ring what its topics, permissions and reach allow, checked at the time of sending. `id:` is
 * the seq, `event:` the kind. Last-Event-ID resumes; more than 10,000 events behind gets 410. A
 * comment goes out every 15 s, so that dead clients are noticed; one that reads too slowly is
 * dropped. A stream ends within 2 s of its session's or key's end or change of rights.
 *
 * Owner: the hub's thread; streams are added and removed by HTTP threads under the hub's mutex, one
 * of the two in the program (the other is base/mailbox.c's).
 */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "http/request.h"
#include "http/route.h"
#include "store/workspace.h"

struct stream_hub;

enum { STREAM_BEHIND_MAX = 10000, STREAM_HEARTBEAT_MS = 15000, STREAMS_MAX = 20000 };

struct stream_settings {
    /* Whether a principal still has its rights; called for each stream once a second at the most,
     * from the hub's thread, and at once after an access event. Updates the permissions. */
    enum err (*still_allowed)(struct workspace *workspace, struct reader *reader,
                              struct principal *principal);
    /* Whether an agent reaches a conversation now. */
    enum err (*in_reach)(struct workspace *workspace, struct reader *reader,
                         const struct principal *principal, int64_t conversation_id, bool *out);
};

enum err stream_hub_open(struct workspace *workspace, const struct stream_settings *settings,
                         struct stream_hub **out);
/* Ends every stream. Close the server first: its requests find the hub through the workspace. */
void stream_hub_close(struct stream_hub *hub);

/* GET /api/v1/stream?topics=conversation,interaction */
extern const struct routes STREAM_ROUTES;
