#include "http/testing.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/test.h"
#include "store/event.h"
#include "store/setting.h"

enum { READ_MAX = 4 * 1024 * 1024, READ_SECONDS = 5, UPLOAD_MAX = 200 * 1024 * 1024 };

/* ---- what the routes do ---- */

struct note_in {
    struct str text; /* "conflict", "busy": the command fails so */
    int64_t conversation_id;
    int events; /* 0: one */
};

/* Counts the notes, so that a test sees how often one happened. */
static enum err note_add(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct note_in *note = in;
    struct str count_text;
    int64_t count = 0;
    enum err err = setting_read_tx(tx, arena, STR("notes"), &count_text);
    if (!err) err = parse_int(count_text, 0, INT64_MAX, &count);
    if (err && err != ERR_NOT_FOUND) return err;
    count++;
    struct buf buf = buf_open(arena, 32);
    buf_add_int(&buf, count);
    err = setting_write(tx, STR("notes"), buf_view(&buf));
    if (err) return err;
    for (int i = 0; i == 0 || i < note->events; i++) {
        tx_event(tx, &(struct event){ .kind = EVENT_CONVERSATION_CREATED,
                                      .conversation_id = note->conversation_id });
    }
    *(int64_t *)out = count;
    if (str_equal(note->text, STR("conflict"))) return ERR_CONFLICT;
    return str_equal(note->text, STR("busy")) ? ERR_BUSY : OK;
}

static const struct command NOTE_ADD = { .name = "note_add", .run = note_add };

static int64_t *note_count_of(struct request *request)
{
    return request_upload(request);
}

static void note_added(struct request *request, enum err err)
{
    if (err) {
        reply_err(request, err);
        return;
    }
    struct json_writer *writer = reply_json(request, 201);
    json_object_begin(writer, NULL);
    json_put_int(writer, "count", *note_count_of(request));
    json_object_end(writer);
    reply_done(request);
    reply_version(request, *note_count_of(request));
}

static enum err notes_post(struct request *request)
{
    struct note_in *in = arena_new(request->arena, struct note_in);
    int64_t *out = arena_new(request->arena, int64_t);
    struct json_form form;
    enum err err = request_form(request, &form);
    if (err) return err;
    json_form_text(&form, "text", 100, &in->text);
    json_form_require(&form, "text");
    err = request_form_end(request, &form);
    if (err) return err;
    int64_t version;
    err = request_if_match(request, &version);
    if (err) return err;
    request_set_upload(request, out, NULL);
    return request_write(request, &NOTE_ADD, in, out, note_added);
}

static enum err echo_get(struct request *request)
{
    static const char *const ARGUMENTS[] = { "a", "b", "limit", "cursor", NULL };
    struct page page;
    enum err err = request_check_arguments(request, ARGUMENTS);
    if (!err) err = request_page(request, "created", 50, 200, &page);
    if (err) return err;
    struct json_writer *writer = reply_json(request, 200);
    json_object_begin(writer, NULL);
    json_put_text_or_null(writer, "a", request_argument(request, "a"));
    json_put_text_or_null(writer, "b", request_argument(request, "b"));
    json_put_text_or_null(writer, "id", request->parameters[0]);
    json_put_text(writer, "client", request->client_address);
    json_put_text(writer, "host", request_host(request));
    json_put_bool(writer, "is_tls", request_is_tls(request));
    json_put_int(writer, "limit", (int64_t)page.limit);
    json_put_int(writer, "kind", request->principal.kind);
    json_object_end(writer);
    reply_done(request);
    return OK;
}

static enum err echo_post(struct request *request)
{
    struct json_writer *writer = reply_json(request, 200);
    json_object_begin(writer, NULL);
    json_put_int(writer, "size", (int64_t)request->body.size);
    struct hash hash = hash_of(request->body);
    json_put_text(writer, "hash", hash_hex(request->arena, &hash));
    json_object_end(writer);
    reply_done(request);
    return OK;
}

static enum err list_get(struct request *request)
{
    struct page page;
    enum err err = request_page(request, "created", 1, 10, &page);
    if (err) return err;
    struct json_writer *writer = reply_list_begin(request);
    json_put_int(writer, NULL, page.has_cursor ? page.cursor.id : 0);
    struct cursor next = { .value = 1, .id = 1 };
    struct str cursor = { 0 };
    if (!page.has_cursor) cursor = cursor_write(request->arena, "created", next);
    reply_list_end(request, cursor);
    return OK;
}

static enum err nothing_get(struct request *request)
{
    (void)request;
    return OK;
}

static enum err work(struct request *request, void *context)
{
    (void)context;
    struct str text;
    enum err err = setting_read(request->reader, request->arena, STR("nothing"), &text);
    return err == ERR_NOT_FOUND ? OK : ERR_IO;
}

static enum err wait_until_gone(struct request *request, void *context)
{
    atomic_int *seen = context;
    for (int i = 0; i < 500 && !request_is_gone(request); i++) usleep(10000);
    atomic_fetch_add(seen, request_is_gone(request) ? 1 : 0);
    return OK;
}

static void worked(struct request *request, enum err err)
{
    if (err) {
        reply_err(request, err);
    } else {
        reply_bytes(request, 200, "text/plain", STR("worked"));
    }
}

static enum err work_post(struct request *request)
{
    return request_work(request, work, NULL, worked);
}

static struct testing_server *testing_of(const struct request *request)
{
    /* The workspace has no place of its own for tests; nothing of access runs here. */
    return (struct testing_server *)(void *)request->workspace->access;
}

static enum err wait_post(struct request *request)
{
    return request_work(request, wait_until_gone, &testing_of(request)->uploads_dropped, worked);
}

struct upload {
    struct testing_server *testing;
    size_t size;
};

static void upload_drop(void *context)
{
    struct upload *upload = context;
    atomic_fetch_add(&upload->testing->uploads_dropped, 1);
}

static enum err file_part(struct request *request, struct str part)
{
    struct upload *upload = request_upload(request);
    if (!upload) {
        upload = arena_new(request->arena, struct upload);
        upload->testing = testing_of(request);
        request_set_upload(request, upload, upload_drop);
    }
    upload->size += part.size;
    return part.size > 5 && !memcmp(part.data, "refuse", 6) ? ERR_INVALID : OK;
}

static enum err file_put(struct request *request)
{
    struct upload *upload = request_upload(request);
    struct json_writer *writer = reply_json(request, 200);
    json_object_begin(writer, NULL);
    json_put_int(writer, "size", (int64_t)upload->size);
    json_object_end(writer);
    reply_done(request);
    request_set_upload(request, NULL, NULL);
    return OK;
}

static const struct route TABLE[] = {
    { .method = "GET",
      .path = "/api/v1/echo",
      .permission = PERMISSION_PUBLIC,
      .handle = echo_get },
    { .method = "GET",
      .path = "/api/v1/echo/{id}",
      .permission = PERMISSION_SELF,
      .handle = echo_get },
    { .method = "POST",
      .path = "/api/v1/echo",
      .permission = PERMISSION_PUBLIC,
      .handle = echo_post,
      .body = BODY_WHOLE },
    { .method = "GET",
      .path = "/api/v1/list",
      .permission = PERMISSION_PUBLIC,
      .handle = list_get },
    { .method = "GET",
      .path = "/api/v1/nothing",
      .permission = PERMISSION_PUBLIC,
      .handle = nothing_get },
    { .method = "POST",
      .path = "/api/v1/notes",
      .permission = INTERACTION_WRITE,
      .handle = notes_post,
      .body = BODY_WHOLE },
    { .method = "POST",
      .path = "/api/v1/secrets",
      .permission = INTERACTION_WRITE,
      .handle = notes_post,
      .body = BODY_WHOLE,
      .reply_is_secret = true },
    { .method = "POST",
      .path = "/api/v1/work",
      .permission = PERMISSION_SELF,
      .handle = work_post,
      .body = BODY_WHOLE },
    { .method = "POST",
      .path = "/api/v1/wait",
      .permission = PERMISSION_PUBLIC,
      .handle = wait_post,
      .body = BODY_WHOLE },
    { .method = "PUT",
      .path = "/api/v1/file",
      .permission = PERMISSION_PUBLIC,
      .handle = file_put,
      .body = BODY_STREAM,
      .upload = file_part,
      .upload_max = UPLOAD_MAX },
};

/* ---- who asks ---- */

static enum err authenticate(struct request *request)
{
    static const struct {
        const char *name;
        enum role role;
    } PEOPLE[] = { { "admin", ROLE_ADMIN }, { "analyst", ROLE_ANALYST }, { "agent", ROLE_AGENT } };
    struct str name = request_header(request, "Authorization");
    enum principal_kind kind = PRINCIPAL_KEY;
    if (str_starts(name, STR("Bearer "))) {
        name = (struct str){ name.data + 7, name.size - 7 };
    } else {
        name = request_cookie(request, "session");
        kind = PRINCIPAL_SESSION;
    }
    for (size_t i = 0; i < sizeof(PEOPLE) / sizeof(PEOPLE[0]); i++) {
        if (!str_equal(name, str_from(PEOPLE[i].name))) continue;
        request->principal = (struct principal){
            .kind = kind,
            .id = (int64_t)i + 1,
            .agent_id = (int64_t)i + 101,
            .permissions = permissions_of_role(PEOPLE[i].role),
            .sees_all = PEOPLE[i].role != ROLE_AGENT,
            .name = str_from(PEOPLE[i].name),
        };
    }
    return OK;
}

static enum err find_workspace(void *context, struct str host, struct str *path,
                               struct workspace **out)
{
    struct workspace *workspace = context;
    if (str_starts(host, STR("unknown."))) return ERR_NOT_FOUND;
    if (str_starts(*path, STR("/w/main/"))) {
        *path = (struct str){ path->data + 7, path->size - 7 };
    }
    *out = workspace;
    return OK;
}

static enum err still_allowed(struct workspace *workspace, struct reader *reader,
                              struct principal *principal)
{
    (void)reader;
    (void)principal;
    struct testing_server *testing = (struct testing_server *)(void *)workspace->access;
    return atomic_load(&testing->are_rights_ended) ? ERR_NOT_FOUND : OK;
}

static enum err in_reach(struct workspace *workspace, struct reader *reader,
                         const struct principal *principal, int64_t conversation_id, bool *out)
{
    (void)reader;
    (void)principal;
    struct testing_server *testing = (struct testing_server *)(void *)workspace->access;
    int64_t reached = atomic_load(&testing->reached);
    *out = reached == 0 || reached == conversation_id;
    return OK;
}

/* ---- the server ---- */

static struct routes all_routes(struct arena *arena)
{
    size_t count = sizeof(TABLE) / sizeof(TABLE[0]);
    struct route *all = arena_array(arena, struct route, count + STREAM_ROUTES.count);
    memcpy(all, TABLE, sizeof(TABLE));
    memcpy(all + count, STREAM_ROUTES.items, STREAM_ROUTES.count * sizeof(*all));
    return (struct routes){ .items = all, .count = count + STREAM_ROUTES.count };
}

struct testing_server *testing_server_open(void (*change)(struct server_settings *settings))
{
    struct arena *arena = arena_open();
    struct testing_server *testing = arena_new(arena, struct testing_server);
    testing->arena = arena;
    testing->workspace = testing_workspace_open();
    testing->workspace->access = (struct access *)(void *)testing;
    enum err err = job_pool_open(arena, 2, 1, &testing->jobs);
    assert(!err);
    struct stream_settings streams = { .still_allowed = still_allowed, .in_reach = in_reach };
    err = stream_hub_open(testing->workspace, &streams, &testing->workspace->streams);
    assert(!err);

    struct buf path = buf_open(arena, 200);
    buf_add(&path, testing->workspace->directory);
    buf_add(&path, STR("/socket"));
    testing->socket_path = arena_copy(arena, buf_view(&path)).data;
    struct server_settings settings = {
        .address = STR("127.0.0.1:0"),
        .socket_path = testing->socket_path,
        .threads = 2,
        .routes = all_routes(arena),
        .authenticate = authenticate,
        .find_workspace = find_workspace,
        .context = testing->workspace,
        .jobs = testing->jobs,
        .version = "1.2.3",
    };
    if (change) change(&settings);
    err = server_open(arena, &settings, &testing->server);
    assert(!err);
    struct str address = server_address(testing->server);
    str_cut(&address, ':');
    int64_t port = 0;
    err = parse_int(address, 1, 65535, &port);
    assert(!err);
    testing->port = (int)port;
    return testing;
}

void testing_server_close(struct testing_server *testing)
{
    server_close(testing->server, 2000);
    stream_hub_close(testing->workspace->streams);
    job_pool_close(testing->jobs);
    testing->workspace->access = NULL;
    testing_workspace_close(testing->workspace);
    arena_close(testing->arena);
}

/* ---- clients ---- */

static int connect_to(const struct sockaddr *address, socklen_t size)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval limit = { .tv_sec = READ_SECONDS };
    CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0);
    CHECK(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0);
    CHECK(connect(fd, address, size) == 0);
    return fd;
}

int testing_connect(const struct testing_server *testing)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)testing->port),
                                   .sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } };
    return connect_to((struct sockaddr *)&address, sizeof(address));
}

int testing_connect_local(const struct testing_server *testing)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memcpy(address.sun_path, testing->socket_path, strlen(testing->socket_path));
    return connect_to((struct sockaddr *)&address, sizeof(address));
}

/* The server may close in the middle: then what it said is what counts. */
void testing_send(int fd, struct str bytes)
{
    while (bytes.size > 0) {
        ssize_t sent = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return;
        bytes = (struct str){ bytes.data + sent, bytes.size - (size_t)sent };
    }
}

static bool read_some(struct buf *buf, int fd)
{
    char bytes[16384];
    ssize_t size = recv(fd, bytes, sizeof(bytes), 0);
    if (size <= 0) return false;
    buf_add(buf, (struct str){ bytes, (size_t)size });
    return true;
}

struct str testing_read(struct arena *arena, int fd, const char *until)
{
    struct buf buf = buf_open(arena, READ_MAX);
    size_t seen = 0; /* what ends before this place does not hold `until` */
    while (read_some(&buf, fd)) {
        struct str fresh = { buf.data + seen, buf.size - seen };
        if (until && testing_holds(fresh, until)) break;
        if (until && buf.size > strlen(until)) seen = buf.size - strlen(until);
    }
    return buf_view(&buf);
}

static size_t whole_size(struct str text)
{
    const char *end = text.size > 0 ? memmem(text.data, text.size, "\r\n\r\n", 4) : NULL;
    if (!end) return SIZE_MAX;
    size_t head = (size_t)(end - text.data) + 4;
    const char *length = memmem(text.data, head, "Content-Length: ", 16);
    if (!length) return head;
    struct str rest = { length + 16, (size_t)(end - length) - 16 };
    int64_t size = 0;
    enum err err = parse_int(str_cut(&rest, '\r'), 0, READ_MAX, &size);
    return err ? SIZE_MAX : head + (size_t)size;
}

/* Byte by byte in the head, so that a second reply stays in the socket. */
struct str testing_read_reply(struct arena *arena, int fd)
{
    struct buf buf = buf_open(arena, READ_MAX);
    char c;
    while (whole_size(buf_view(&buf)) > buf.size && recv(fd, &c, 1, 0) == 1) buf_add_char(&buf, c);
    return buf_view(&buf);
}

struct str testing_exchange(struct testing_server *testing, struct str bytes)
{
    int fd = testing_connect(testing);
    testing_send(fd, bytes);
    struct str reply = testing_read(testing->arena, fd, NULL);
    close(fd);
    return reply;
}

bool testing_holds(struct str text, const char *part)
{
    return text.size > 0 && memmem(text.data, text.size, part, strlen(part)) != NULL;
}

int testing_status(struct str reply)
{
    int64_t status = 0;
    if (reply.size < 12 || !str_starts(reply, STR("HTTP/1.1 "))) return 0;
    enum err err = parse_int((struct str){ reply.data + 9, 3 }, 100, 599, &status);
    return err ? 0 : (int)status;
}

void testing_note(struct testing_server *testing, int64_t conversation_id)
{
    testing_events(testing, conversation_id, 1);
}

void testing_events(struct testing_server *testing, int64_t conversation_id, int count)
{
    struct note_in in = { .text = STR_INIT("note"),
                          .conversation_id = conversation_id,
                          .events = count };
    int64_t out;
    struct arena *arena = arena_open();
    struct actor actor = { .kind = ACTOR_SYSTEM };
    CHECK(writer_call(testing->workspace->writer, arena, &NOTE_ADD, actor, &in, &out) == OK);
    arena_close(arena);
}
