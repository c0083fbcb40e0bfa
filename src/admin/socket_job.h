/* The socket by which the command line reaches a running server: DATA/admin.sock, for the server's
 * own user and root only. One command per connection; the words and the streams travel with it.
 *
 * Owner: the listening thread; each connection has a thread of its own, of which there are few.
 */
#pragma once

#include "admin/command_job.h"
#include "base/arena.h"
#include "base/err.h"

struct admin_socket;

enum { ADMIN_AT_ONCE = 4, ADMIN_TEXT_MAX = 1 << 20 };

struct admin_socket_settings {
    struct str data_directory;
    /* The workspace of that name; ERR_NOT_FOUND. */
    enum err (*find_workspace)(void *context, struct str name, struct workspace **out);
    void *context;
};

enum err admin_socket_open(struct arena *arena, const struct admin_socket_settings *settings,
                           struct admin_socket **out);
/* Waits for running commands. */
void admin_socket_close(struct admin_socket *socket);

/* Runs the command in the server that serves this data directory. ERR_NOT_FOUND if none does: then
 * the caller opens the store itself. */
enum err admin_socket_call(struct arena *arena, struct str data_directory, struct str workspace,
                           int count, const char *const words[], const struct admin_call *call,
                           enum admin_exit *out);
