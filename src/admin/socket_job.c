#include "admin/socket_job.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/thread.h"

/* A request: how long each part is, then the workspace's name, the words with a zero byte after
 * each, and the text of the smaller file. The streams come with the first byte. */
struct call_head {
    uint32_t workspace_size;
    uint32_t words_size;
    uint32_t words_count;
    uint32_t text_size; /* counted from 1; 0: none */
    uint32_t has_input;
};

enum { WORDS_MAX = 64, WORDS_SIZE_MAX = 64 * 1024, STREAMS = 3, POLL_MS = 200, BACKLOG = 8 };

struct admin_slot {
    struct admin_socket *socket;
    struct thread thread;
    int connection;
    atomic_bool is_taken;
    bool has_run;
};

struct admin_socket {
    struct admin_socket_settings settings;
    int listener;
    const char *path;
    struct thread thread;
    atomic_bool is_closing;
    struct admin_slot slots[ADMIN_AT_ONCE];
};

/* ---- bytes ---- */

static enum err read_all(int descriptor, void *bytes, size_t size)
{
    char *at = bytes;
    while (size > 0) {
        ssize_t got = read(descriptor, at, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return ERR_IO;
        at += got;
        size -= (size_t)got;
    }
    return OK;
}

static enum err write_all(int descriptor, struct str bytes)
{
    while (bytes.size > 0) {
        ssize_t sent = send(descriptor, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return ERR_IO;
        bytes.data += sent;
        bytes.size -= (size_t)sent;
    }
    return OK;
}

union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(STREAMS * sizeof(int))];
};

static enum err send_head(int connection, const struct call_head *head, const int *streams,
                          size_t count)
{
    struct iovec part = { .iov_base = (void *)(uintptr_t)head, .iov_len = sizeof(*head) };
    union control control = { 0 };
    struct msghdr message = { .msg_iov = &part,
                              .msg_iovlen = 1,
                              .msg_control = control.bytes,
                              .msg_controllen = CMSG_SPACE(count * sizeof(int)) };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(header), streams, count * sizeof(int));
    return sendmsg(connection, &message, MSG_NOSIGNAL) == sizeof(*head) ? OK : ERR_IO;
}

static enum err receive_head(int connection, struct call_head *head, int *streams, size_t *count)
{
    struct iovec part = { .iov_base = head, .iov_len = sizeof(*head) };
    union control control = { 0 };
    struct msghdr message = { .msg_iov = &part,
                              .msg_iovlen = 1,
                              .msg_control = control.bytes,
                              .msg_controllen = sizeof(control.bytes) };
    ssize_t size = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *count = 0;
    if (header && header->cmsg_type == SCM_RIGHTS) {
        *count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(streams, CMSG_DATA(header), *count * sizeof(int));
    }
    return size == sizeof(*head) ? OK : ERR_IO;
}

/* ---- the server's side ---- */

static bool is_ours(int connection)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
    return peer.uid == 0 || peer.uid == geteuid();
}

static enum err receive_parts(int connection, struct arena *arena, const struct call_head *head,
                              struct str *workspace, const char ***words, struct admin_call *call)
{
    if (head->workspace_size > WORKSPACE_NAME_MAX || head->words_size > WORDS_SIZE_MAX ||
        head->words_count > WORDS_MAX || head->text_size > ADMIN_TEXT_MAX) {
        return ERR_LIMIT;
    }
    char *name = arena_array(arena, char, head->workspace_size + 1);
    char *bytes = arena_array(arena, char, head->words_size + 1);
    enum err err = read_all(connection, name, head->workspace_size);
    if (!err) err = read_all(connection, bytes, head->words_size);
    if (err) return err;
    if (head->text_size > 0) {
        char *text = arena_array(arena, char, head->text_size);
        err = read_all(connection, text, head->text_size - 1);
        if (err) return err;
        call->text = (struct str){ text, head->text_size - 1 };
    }
    *workspace = (struct str){ name, head->workspace_size };
    *words = arena_array(arena, const char *, head->words_count + 1);
    size_t at = 0;
    for (size_t i = 0; i < head->words_count; i++) {
        if (at >= head->words_size) return ERR_INVALID;
        (*words)[i] = bytes + at;
        at += strlen(bytes + at) + 1;
    }
    return OK;
}

static enum admin_exit run_call(struct admin_socket *socket, struct str workspace, int count,
                                const char **words, struct admin_call *call)
{
    int used;
    const struct admin_command *command = admin_find(count, words, &used);
    if (!command) return ADMIN_USAGE;
    enum err err = arguments_parse(count - used, words + used, command->options, &call->given);
    if (err) return ADMIN_USAGE;
    err = socket->settings.find_workspace(socket->settings.context, workspace, &call->workspace);
    if (err) {
        admin_print(call->err_out, "There is no workspace of that name here.\n");
        return ADMIN_NOT_FOUND;
    }
    return command->run(call);
}

static void serve(struct admin_socket *socket, int connection)
{
    struct call_head head;
    int streams[STREAMS];
    size_t count = 0;
    struct arena *arena = arena_open();
    struct admin_call call = { .arena = arena, .input = -1 };
    struct str workspace;
    const char **words = NULL;
    unsigned char code = ADMIN_FAILED;
    enum err err = receive_head(connection, &head, streams, &count);
    if (!err && count != 2 + (head.has_input != 0)) err = ERR_INVALID;
    if (!err) {
        call.out = streams[0];
        call.err_out = streams[1];
        if (head.has_input) call.input = streams[2];
        err = receive_parts(connection, arena, &head, &workspace, &words, &call);
    }
    if (!err) {
        code = (unsigned char)run_call(socket, workspace, (int)head.words_count, words, &call);
    }
    err = write_all(connection, (struct str){ (const char *)&code, 1 });
    if (err) log_info("admin", "the command line has left");
    for (size_t i = 0; i < count; i++) close(streams[i]);
    arena_close(arena);
}

static void slot_run(void *context)
{
    struct admin_slot *slot = context;
    serve(slot->socket, slot->connection);
    close(slot->connection);
    atomic_store(&slot->is_taken, false);
}

static struct admin_slot *slot_free(struct admin_socket *socket)
{
    for (size_t i = 0; i < ADMIN_AT_ONCE; i++) {
        if (!atomic_exchange(&socket->slots[i].is_taken, true)) return &socket->slots[i];
    }
    return NULL;
}

static void take_connection(struct admin_socket *socket, int connection)
{
    struct admin_slot *slot = is_ours(connection) ? slot_free(socket) : NULL;
    if (!slot) {
        close(connection);
        return;
    }
    if (slot->has_run) thread_join(&slot->thread);
    slot->has_run = true;
    slot->socket = socket;
    slot->connection = connection;
    if (thread_start(&slot->thread, "admin", slot_run, slot)) {
        close(connection);
        slot->has_run = false;
        atomic_store(&slot->is_taken, false);
    }
}

static void listen_loop(void *context)
{
    struct admin_socket *socket = context;
    while (!atomic_load(&socket->is_closing)) {
        struct pollfd waiting = { .fd = socket->listener, .events = POLLIN };
        if (poll(&waiting, 1, POLL_MS) <= 0) continue;
        int connection = accept4(socket->listener, NULL, NULL, SOCK_CLOEXEC);
        if (connection >= 0) take_connection(socket, connection);
    }
}

static const char *path_of(struct arena *arena, struct str data_directory)
{
    struct buf buf = buf_open(arena, sizeof(((struct sockaddr_un *)NULL)->sun_path));
    buf_add(&buf, data_directory);
    buf_add(&buf, STR("/admin.sock"));
    buf_add_char(&buf, '\0');
    struct str path;
    return buf_done(&buf, &path) ? NULL : path.data;
}

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memcpy(address.sun_path, path, strlen(path) + 1);
    return address;
}

static enum err listen_at(const char *path, int *out)
{
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0) return ERR_IO;
    struct sockaddr_un address = address_of(path);
    unlink(path); /* of a server that was killed; the workspaces' locks keep two apart */
    mode_t mask = umask(0177);
    int code = bind(listener, (const struct sockaddr *)&address, sizeof(address));
    umask(mask);
    if (code != 0 || listen(listener, BACKLOG) != 0) {
        close(listener);
        return ERR_IO;
    }
    *out = listener;
    return OK;
}

enum err admin_socket_open(struct arena *arena, const struct admin_socket_settings *settings,
                           struct admin_socket **out)
{
    struct admin_socket *socket = arena_new(arena, struct admin_socket);
    socket->settings = *settings;
    socket->path = path_of(arena, settings->data_directory);
    if (!socket->path) {
        log_error("admin", "the data directory's path is too long for a socket");
        return ERR_LIMIT;
    }
    enum err err = listen_at(socket->path, &socket->listener);
    if (!err) err = thread_start(&socket->thread, "admin-socket", listen_loop, socket);
    if (err) return err;
    *out = socket;
    return OK;
}

void admin_socket_close(struct admin_socket *socket)
{
    if (!socket) return;
    atomic_store(&socket->is_closing, true);
    thread_join(&socket->thread);
    for (size_t i = 0; i < ADMIN_AT_ONCE; i++) {
        if (socket->slots[i].has_run) thread_join(&socket->slots[i].thread);
    }
    close(socket->listener);
    unlink(socket->path);
}

/* ---- the command line's side ---- */

static int connect_to(const char *path)
{
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = address_of(path);
    if (connect(connection, (const struct sockaddr *)&address, sizeof(address)) == 0) {
        return connection;
    }
    close(connection);
    return -1;
}

static struct str words_join(struct arena *arena, int count, const char *const words[])
{
    struct buf buf = buf_open(arena, WORDS_SIZE_MAX);
    for (int i = 0; i < count; i++) {
        buf_add(&buf, str_from(words[i]));
        buf_add_char(&buf, '\0');
    }
    return buf_view(&buf);
}

static enum err send_call(int connection, struct arena *arena, struct str workspace, int count,
                          const char *const words[], const struct admin_call *call)
{
    struct str joined = words_join(arena, count, words);
    struct call_head head = { .workspace_size = (uint32_t)workspace.size,
                              .words_size = (uint32_t)joined.size,
                              .words_count = (uint32_t)count,
                              .text_size = call->text.data ? (uint32_t)call->text.size + 1 : 0,
                              .has_input = call->input >= 0 };
    int streams[STREAMS] = { call->out, call->err_out, call->input };
    enum err err = send_head(connection, &head, streams, call->input >= 0 ? 3 : 2);
    if (!err) err = write_all(connection, workspace);
    if (!err) err = write_all(connection, joined);
    if (!err && call->text.data) err = write_all(connection, call->text);
    return err;
}

enum err admin_socket_call(struct arena *arena, struct str data_directory, struct str workspace,
                           int count, const char *const words[], const struct admin_call *call,
                           enum admin_exit *out)
{
    const char *path = path_of(arena, data_directory);
    int connection = path ? connect_to(path) : -1;
    if (connection < 0) return ERR_NOT_FOUND;
    unsigned char code;
    enum err err = send_call(connection, arena, workspace, count, words, call);
    if (!err) err = read_all(connection, &code, 1);
    close(connection);
    if (!err) *out = (enum admin_exit)code;
    return err;
}
