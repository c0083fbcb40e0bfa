/* An HTTP thread: its event loop, its connections and their deadlines, its arenas and readers.
 *
 * The thread waits on one epoll for the HTTP library's own epoll, for listening sockets (the first
 * loop alone listens and deals connections out in turn), for requests that come back from the
 * writer and the workers, and for connections that are being drained.
 *
 * Owner: its thread; loop_resume, loop_adopt and loop_wake are for any.
 */
#pragma once

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/thread.h"
#include "http/address.h"
#include "http/inside.h"

struct MHD_Daemon;

/* What a connection must do before its deadline. */
enum deadline {
    DEADLINE_NONE,       /* a request is running */
    DEADLINE_HEAD,       /* send its first head */
    DEADLINE_IDLE,       /* send the next head, whole */
    DEADLINE_SMALL_BODY, /* send a body of at most SMALL_BODY_MAX bytes */
    DEADLINE_BODY,       /* send the body */
    DEADLINE_REPLY,      /* take the reply */
    DEADLINE_DRAIN,      /* read our refusal and close */
    DEADLINES
};

struct client {
    struct loop *loop;
    int fd;
    bool is_local;
    bool is_refused; /* what it still sends is read and dropped, so that it sees our reply */
    enum deadline deadline;
    int64_t due_ms;
    struct client *previous; /* in the list of its deadline, the earliest first */
    struct client *next;
    char peer[ADDRESS_TEXT_SIZE];
    size_t peer_size;
};

struct client_list {
    struct client *first;
    struct client *last;
};

enum { SMALL_BODY_MAX = 64 * 1024 };

enum { LOOP_WORKSPACES_MAX = 64, LOOP_ARENAS_KEPT = 256, LOOP_REQUESTS_MAX = 4096 };

struct seat {
    const struct workspace *workspace;
    struct reader *reader;
    struct search_reader *search_reader;
};

struct loop {
    struct server *server;
    struct MHD_Daemon *daemon;
    struct arena *arena; /* lives as long as the loop */
    struct thread thread;
    struct owner owner;
    int epoll_fd;
    int wake_fd;
    int arrivals[2]; /* a pipe of sockets dealt to this loop */
    const int *listeners;
    size_t listeners_count;
    int spare_fd; /* given up to refuse a connection when there are no more descriptors */
    size_t dealt;
    struct loop *loops; /* all of them, to deal to */
    size_t loops_count;

    _Atomic(struct request_inside *) done; /* to be resumed, the latest first */
    int64_t now_ms;                        /* monotonic */
    int64_t deadline_ms[DEADLINES];
    struct client_list lists[DEADLINES];
    struct client *free_clients;
    struct arena *arenas[LOOP_ARENAS_KEPT];
    size_t arenas_count;
    size_t requests;  /* begun and not forgotten */
    size_t suspended; /* of them */
    struct seat seats[LOOP_WORKSPACES_MAX];
    size_t seats_count;
    uint64_t number;
    int64_t warned_ms;      /* a flood of connections makes no flood of log lines */
    bool arriving_is_local; /* of the connection being handed to the library */
};

/* Opens all but the thread. `listeners` for the first loop only. */
enum err loop_open(struct loop *loop);
enum err loop_start(struct loop *loop);
/* After the server began to stop: waits for the thread's end, then frees everything. */
void loop_close(struct loop *loop);
void loop_wake(struct loop *loop);

/* ---- for server_mhd.c ---- */

struct client *client_open(struct loop *loop, int fd);
/* The library is about to close the socket. */
void client_close(struct client *client);
void client_await(struct client *client, enum deadline deadline);
/* Logs that a connection was refused and why, once a second at the most. */
void loop_warn(struct loop *loop, const char *reason);
/* NULL when too many requests run. */
struct arena *loop_arena_take(struct loop *loop);
void loop_arena_give(struct loop *loop, struct arena *arena);

/* ---- of server_mhd.c, for loop.c ---- */

enum err mhd_open(struct loop *loop, size_t connections_max, int *epoll_fd);
void mhd_close(struct loop *loop);
/* Takes the socket over, also if it fails. */
void mhd_add(struct loop *loop, int fd);
void mhd_run(struct loop *loop);
/* How long mhd_run may be put off; -1: for ever. */
int64_t mhd_timeout_ms(struct loop *loop);
void mhd_resume(struct request_inside *inside);
