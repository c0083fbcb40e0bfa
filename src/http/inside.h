/* What the files of this folder share about a request, and nobody else sees.
 *
 * A request begins on an HTTP thread when its head is complete (serve_begin), takes its body part
 * by part (serve_part) and is answered (serve_end). server_mhd.c calls these three and does what
 * they return; it alone knows the HTTP library.
 *
 * Owner: the HTTP thread of its connection.
 */
#pragma once

#include <stdatomic.h>

#include "http/address.h"
#include "http/guard.h"
#include "http/job.h"
#include "http/request.h"
#include "http/router.h"
#include "http/server.h"

enum {
    REPLY_FIELDS_MAX = 12,
    ARGUMENTS_MAX_OF_URL = 64,
    /* A refused body up to this size is read and dropped, so that the connection can be kept. */
    BODY_DISCARD_MAX = 64 * 1024,
    BODY_TOTAL_MAX = 512 * 1024 * 1024 /* held in memory at once, over all requests */
};

struct loop;
struct idempotency;

struct pair {
    struct str name;
    struct str value;
};

struct reply {
    int status; /* 0: none yet */
    const char *content_type;
    const char *cache_control; /* NULL: no-store */
    bool is_page;              /* HTML of ours: gets the application's content policy */
    struct str body;
    struct pair fields[REPLY_FIELDS_MAX];
    size_t fields_count;
    struct buf buf; /* of a JSON reply being written */
    struct json_writer writer;
    bool is_writing;
};

/* What a request waits for while it is suspended. */
enum waiting { WAITING_NOTHING, WAITING_WRITER, WAITING_WORKER };

typedef void request_then(struct request *request, enum err err);

/* Takes over the socket of a request: the head was sent, the socket is the taker's to close. -1 if
 * the client has left. */
typedef void socket_take(void *context, int fd);

struct request_inside {
    struct request request;
    struct loop *loop;
    struct MHD_Connection *connection;
    int fd;
    struct str version; /* "HTTP/1.1" */
    struct str peer;    /* the address that connected; "" on the Unix socket */
    struct reply reply;
    struct pair *arguments; /* room for ARGUMENTS_MAX_OF_URL if there are any */
    size_t arguments_count;
    int64_t if_match; /* 0: the request named no version */

    bool is_local;          /* came by the Unix socket */
    bool is_refused;        /* the reply stands before the body was read: the body is dropped */
    bool is_handled;        /* the handler ran */
    bool must_close;        /* after the reply nothing more is read from the connection */
    int64_t content_length; /* -1: in chunks */
    size_t body_size;       /* read so far */
    size_t body_size_max;
    char *body;
    size_t body_capacity;
    void *upload;
    void (*upload_drop)(void *upload);

    enum waiting waiting;
    request_then *then;
    enum err (*work)(struct request *request, void *context);
    void *work_context;
    enum err result;
    struct submission submission;
    struct job job;
    struct idempotency *idempotency;  /* work.c's, of a write with an Idempotency-Key */
    struct request_inside *next_done; /* in the loop's list of requests to resume */

    socket_take *take;
    void *take_context;
    struct str take_head;
};

/* What the connection is to do next. */
enum next {
    NEXT_READ,      /* go on reading */
    NEXT_REPLY,     /* send inside->reply */
    NEXT_CLOSE,     /* send inside->reply and close: what follows on the connection is not read */
    NEXT_SUSPEND,   /* until the loop gets it back */
    NEXT_HAND_OVER, /* send inside->take_head, then the socket is inside->take's */
};

/* The head is complete; `url` is the path as it was sent. */
enum next serve_begin(struct request_inside *inside, struct str url, const struct guard *guard);
enum next serve_part(struct request_inside *inside, struct str part);
/* The body is complete, or the request was resumed. */
enum next serve_end(struct request_inside *inside);
/* The reply was sent or the connection is gone. */
void serve_forget(struct request_inside *inside);

/* ---- of the connection, by server_mhd.c ---- */

struct str connection_header(const struct request_inside *inside, const char *name);
/* The client has closed, or the server is stopping. Any thread, while the request is suspended. */
bool connection_is_gone(const struct request_inside *inside);

/* ---- of the loop, by loop.c ---- */

/* Hands a request back to its HTTP thread. Any thread. */
void loop_resume(struct request_inside *inside);

struct server *loop_server(const struct loop *loop);
/* Never the same twice in a process, and not to be guessed. */
uint64_t loop_number(struct loop *loop);
/* The thread's own readers for a workspace, opened at first use. */
enum err loop_readers(struct loop *loop, struct workspace *workspace, struct reader **reader,
                      struct search_reader **search_reader);

/* ---- of the server, by server.c ---- */

const struct server_settings *server_settings(const struct server *server);
const struct router *server_router(const struct server *server);
const struct networks *server_trusted(const struct server *server);
bool server_is_stopping(const struct server *server);
int64_t server_grace_ms(const struct server *server);
/* Counts body bytes held in memory; false if BODY_TOTAL_MAX would be passed. */
bool server_body_take(struct server *server, size_t size);
void server_body_give(struct server *server, size_t size);
/* Idempotency keys in flight: false if this one is. Any thread. */
bool server_key_begin(struct server *server, uint64_t key);
void server_key_end(struct server *server, uint64_t key);

/* ---- replies, by reply.c ---- */

/* Drops what was filled, for a reply that is to be built anew. */
void reply_clear(struct request_inside *inside);
/* Ends JSON that is being written; too long a one becomes 500. */
void reply_settle(struct request *request);

/* ---- writing, by work.c ---- */

/* What the reply of a finished write or work is. */
void work_finish(struct request_inside *inside);

/* ---- files of the web application, by site.c ---- */

bool site_serve(struct request *request);

extern const struct routes HEALTH_ROUTES; /* health.c */

static inline struct request_inside *inside_of(const struct request *request)
{
    return request->inside;
}
