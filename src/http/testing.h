/* What the server's tests share: a server with routes of its own on a real workspace, and clients
 * that write bytes to a socket and read what comes back. Test code only.
 *
 * Who asks is told by `Authorization: Bearer NAME` or the cookie `session=NAME`: admin, analyst or
 * agent; anything else is nobody.
 */
#pragma once

#include <stdatomic.h>

#include "http/job.h"
#include "http/server.h"
#include "http/stream.h"
#include "store/testing.h"

struct testing_server {
    struct arena *arena;
    struct workspace *workspace;
    struct job_pool *jobs;
    struct server *server;
    const char *socket_path;
    int port;
    atomic_int uploads_dropped;
    atomic_bool are_rights_ended; /* of everybody with a stream */
    atomic_llong reached;         /* the one conversation in reach of agents; 0: all */
};

/* `change` may alter the settings; NULL: none. */
struct testing_server *testing_server_open(void (*change)(struct server_settings *settings));
void testing_server_close(struct testing_server *testing);

/* A connection; every read gives up after five seconds. */
int testing_connect(const struct testing_server *testing);
int testing_connect_local(const struct testing_server *testing);
void testing_send(int fd, struct str bytes);
/* Up to the end of the stream, or until `until` stands in it. */
struct str testing_read(struct arena *arena, int fd, const char *until);
/* One whole reply: its head and as many bytes as Content-Length says. */
struct str testing_read_reply(struct arena *arena, int fd);
/* Sends, reads to the end: the requests should ask to close or be refused. */
struct str testing_exchange(struct testing_server *testing, struct str bytes);
bool testing_holds(struct str text, const char *part);
int testing_status(struct str reply);
/* Adds a note to the store, and an event about that conversation. */
void testing_note(struct testing_server *testing, int64_t conversation_id);
/* As many events in one commit. */
void testing_events(struct testing_server *testing, int64_t conversation_id, int count);
