#include <assert.h>
#include <inttypes.h>

#include "http/idempotency_store.h"
#include "http/inside.h"

struct idempotency {
    uint64_t key; /* in the server's table of keys in flight */
    struct idempotency_run_in in;
    struct idempotency_run_out out;
};

/* ---- idempotency ---- */

/* "Content-Type: …", then the other fields, an empty line and the body: what a repeat gets. */
static struct str reply_pack(struct request *request, const struct reply *reply)
{
    struct buf buf = buf_open(request->arena, REPLY_MAX);
    if (reply->content_type) buf_printf(&buf, "Content-Type: %s\n", reply->content_type);
    for (size_t i = 0; i < reply->fields_count; i++) {
        buf_add(&buf, reply->fields[i].name);
        buf_add(&buf, STR(": "));
        buf_add(&buf, reply->fields[i].value);
        buf_add_char(&buf, '\n');
    }
    buf_add_char(&buf, '\n');
    buf_add(&buf, reply->body);
    return buf_view(&buf);
}

static void reply_unpack(struct request *request, struct stored_reply stored)
{
    struct reply *reply = &inside_of(request)->reply;
    reply_clear(inside_of(request));
    struct str rest = stored.text;
    for (;;) {
        struct str value = str_cut(&rest, '\n');
        if (value.size == 0) break;
        struct str name = str_cut(&value, ':');
        value = str_trim(value);
        if (str_equal(name, STR("Content-Type"))) {
            reply->content_type = arena_copy(request->arena, value).data;
        } else if (reply->fields_count < REPLY_FIELDS_MAX - 1) {
            reply_header(request, arena_copy(request->arena, name).data, value);
        }
    }
    reply->status = stored.status;
    reply->body = rest;
    reply_header(request, "Idempotency-Replayed", STR("true"));
}

/* On the writer's thread, inside the transaction. */
static struct stored_reply reply_in_transaction(void *context, enum err err)
{
    struct request_inside *inside = context;
    struct request *request = &inside->request;
    reply_clear(inside);
    inside->then(request, err);
    reply_settle(request);
    /* What is shown once is not kept, not even for a day. */
    struct str text = STR("");
    if (!request->route->reply_is_secret) text = reply_pack(request, &inside->reply);
    return (struct stored_reply){ .status = inside->reply.status, .text = text };
}

/* 0: nobody that a key could belong to. */
static int64_t owner_of_keys(const struct principal *principal)
{
    if (principal->kind == PRINCIPAL_LOCAL) return -1;
    if (principal->kind == PRINCIPAL_SESSION) return principal->agent_id;
    return principal->kind == PRINCIPAL_KEY ? principal->id : 0;
}

static enum err idempotency_begin(struct request_inside *inside, int64_t owner, struct str name)
{
    struct request *request = &inside->request;
    if (name.size == 0 || name.size > IDEMPOTENCY_KEY_MAX || !str_is_utf8(name)) {
        reply_problem(request, 400, "invalid_idempotency_key",
                      "Give an Idempotency-Key of 1 to %d characters.", IDEMPOTENCY_KEY_MAX);
        return ERR_INVALID;
    }
    struct idempotency *idempotency = arena_new(request->arena, struct idempotency);
    struct buf route = buf_open(request->arena, REPLY_MAX);
    buf_printf(&route, "%s %s", request->route->method, request->route->path);
    struct buf whole = buf_open(request->arena, REPLY_MAX);
    buf_printf(&whole, "%" PRId64 " %.*s %.*s ", owner, STR_ARG(buf_view(&route)), STR_ARG(name));
    idempotency->key = hash_fast(buf_view(&whole));
    if (!server_key_begin(loop_server(inside->loop), idempotency->key)) {
        reply_problem(request, 409, "idempotency_running",
                      "A request with this Idempotency-Key is still running. Try again shortly.");
        return ERR_CONFLICT;
    }
    idempotency->in = (struct idempotency_run_in){
        .principal = owner,
        .route = buf_view(&route),
        .name = name,
        .body_hash = hash_of_two(request->path, request->body),
        .command = inside->submission.command,
        .in = inside->submission.in,
        .out = inside->submission.out,
        .reply = reply_in_transaction,
        .context = inside,
    };
    inside->idempotency = idempotency;
    inside->submission.command = &IDEMPOTENCY_RUN;
    inside->submission.in = &idempotency->in;
    inside->submission.out = &idempotency->out;
    return OK;
}

static void idempotency_end(struct request_inside *inside)
{
    server_key_end(loop_server(inside->loop), inside->idempotency->key);
}

static void idempotency_finish(struct request_inside *inside)
{
    struct request *request = &inside->request;
    const struct idempotency_run_out *out = &inside->idempotency->out;
    if (inside->submission.result) {
        reply_clear(inside);
        inside->then(request, inside->submission.result);
    } else if (out->found == IDEMPOTENCY_OTHER_BODY) {
        reply_problem(request, 422, "idempotency_mismatch",
                      "This Idempotency-Key was used with another body. Use a new key for a new "
                      "request.");
    } else if (out->found == IDEMPOTENCY_KNOWN && request->route->reply_is_secret) {
        reply_problem(request, 409, "reply_not_kept",
                      "This was done already; its reply held a secret, which is shown once.");
    } else if (out->found == IDEMPOTENCY_KNOWN) {
        reply_unpack(request, out->reply);
    }
}

/* ---- writing ---- */

static void write_done(struct submission *submission)
{
    loop_resume(submission->context);
}

enum err request_write(struct request *request, const struct command *command, const void *in,
                       void *out, void (*then)(struct request *request, enum err err))
{
    struct request_inside *inside = inside_of(request);
    assert(inside->waiting == WAITING_NOTHING);
    inside->then = then;
    inside->idempotency = NULL;
    request->in = in;
    request->out = out;
    inside->submission = (struct submission){
        .command = command,
        .arena = request->arena,
        .in = in,
        .out = out,
        .actor = request_actor(request),
        .resume = write_done,
        .context = inside,
    };
    struct str name = request_header(request, "Idempotency-Key");
    int64_t owner = owner_of_keys(&request->principal);
    if (name.data && owner != 0 && str_equal(request->method, STR("POST"))) {
        enum err err = idempotency_begin(inside, owner, name);
        if (err) return err;
    }
    /* Once submitted the request may be back before this returns: nothing is touched after it. */
    inside->waiting = WAITING_WRITER;
    enum err err = writer_submit(request->workspace->writer, &inside->submission);
    if (!err) return OK;
    inside->waiting = WAITING_NOTHING;
    if (inside->idempotency) idempotency_end(inside);
    return err;
}

static void write_finish(struct request_inside *inside)
{
    struct request *request = &inside->request;
    const struct submission *submission = &inside->submission;
    if (inside->idempotency) idempotency_end(inside);
    if (submission->outcome_unknown) {
        reply_problem(request, 500, "outcome_unknown",
                      "The disk failed while this was stored: it may have happened or not. Send it "
                      "again with the same Idempotency-Key or external_id.");
    } else if (submission->result == ERR_LIMIT && !writer_has_room(request->workspace->writer)) {
        reply_problem(request, 503, "storage_full",
                      "The server's disk is full. Nothing was stored; try again later.");
    } else if (inside->idempotency) {
        idempotency_finish(inside);
    } else {
        inside->then(request, submission->result);
    }
}

/* ---- working ---- */

static void work_run(struct job *job, struct reader *reader, struct arena *arena)
{
    (void)arena;
    struct request_inside *inside = job->context;
    struct request *request = &inside->request;
    struct reader *own = request->reader;
    struct search_reader *own_search = request->search_reader;
    request->reader = reader;
    request->search_reader = NULL;
    inside->result = reader ? inside->work(request, inside->work_context) : ERR_IO;
    request->reader = own;
    request->search_reader = own_search;
    loop_resume(inside);
}

enum err request_work(struct request *request,
                      enum err (*work)(struct request *request, void *context), void *context,
                      void (*then)(struct request *request, enum err err))
{
    struct request_inside *inside = inside_of(request);
    assert(inside->waiting == WAITING_NOTHING);
    inside->then = then;
    inside->work = work;
    inside->work_context = context;
    request->context = context;
    inside->job =
        (struct job){ .run = work_run, .workspace = request->workspace, .context = inside };
    inside->waiting = WAITING_WORKER;
    enum err err = job_post(server_settings(loop_server(inside->loop))->jobs, &inside->job);
    if (err) inside->waiting = WAITING_NOTHING;
    return err;
}

struct job_pool *request_jobs(const struct request *request)
{
    return server_settings(loop_server(inside_of(request)->loop))->jobs;
}

void work_finish(struct request_inside *inside)
{
    enum waiting waited = inside->waiting;
    inside->waiting = WAITING_NOTHING;
    if (waited == WAITING_WRITER) {
        write_finish(inside);
    } else {
        assert(waited == WAITING_WORKER);
        inside->then(&inside->request, inside->result);
    }
}
