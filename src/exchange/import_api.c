#include "exchange/import_api.h"

#include <sodium.h>
#include <unistd.h>

#include "base/log.h"
#include "exchange/import_job.h"
#include "exchange/import_store.h"
#include "http/job.h"
#include "http/request.h"
#include "store/file.h"
#include "store/writer.h"

enum {
    UPLOAD_SIZE_MAX = 1024 * 1024 * 1024,
    LIST_STANDARD = 50,
    REFUSALS_SHOWN = 100,
    ZONE_SIZE_MAX = 64
};

static const char ORDER_IMPORTS[] = "imports";
static const char ORDER_REFUSALS[] = "import_refusals";

enum err import_recover(struct workspace *workspace)
{
    struct arena *arena = arena_open();
    enum err err = writer_call(workspace->writer, arena, &IMPORT_RECOVER,
                               (struct actor){ .kind = ACTOR_SYSTEM }, NULL, NULL);
    arena_close(arena);
    return err;
}

/* ---- the job ---- */

/* Lives in an arena of its own until the job ends. */
struct import_job {
    struct job job;
    struct arena *arena;
    struct job_pool *pool;
    struct import import;
};

static bool must_stop(void *context)
{
    const struct import_job *job = context;
    return job_pool_is_closing(job->pool);
}

static void fail(struct import_job *job, struct arena *arena, struct str reason)
{
    const struct import_end_in in = {
        .id = job->import.id, .state = IMPORT_FAILED, .counts = job->import.counts, .reason = reason
    };
    enum err err =
        writer_call(job->job.workspace->writer, arena, &IMPORT_END,
                    (struct actor){ .kind = ACTOR_IMPORT, .id = job->import.id }, &in, NULL);
    if (err) log_error("import", "id=%lld err=%s", (long long)job->import.id, err_name(err));
}

static void run(struct job *base, struct reader *reader, struct arena *arena)
{
    struct import_job *job = base->context;
    const struct import *import = &job->import;
    struct import_task task = { .id = import->id,
                                .file_hash = import->file_hash,
                                .file_size = import->counts.bytes_total,
                                .descriptor = -1,
                                .must_stop = must_stop,
                                .context = job };
    enum err err = reader ? OK : ERR_IO;
    if (!err) err = import_prepare_again(arena, import->format, import->settings, &task.plan);
    if (!err) {
        err = file_open(arena, base->workspace->directory, &import->file_hash, &task.descriptor);
    }
    if (err) {
        fail(job, arena, STR("The uploaded file cannot be read: send it again."));
    } else {
        struct import_result result;
        import_run(base->workspace, reader, arena, &task, &result);
        close(task.descriptor);
    }
    arena_close(job->arena); /* with the job itself */
}

/* The import's row is there: what is copied here outlives the request. */
static enum err post(struct request *request, const struct import *import)
{
    struct arena *arena = arena_open();
    struct import_job *job = arena_new(arena, struct import_job);
    *job = (struct import_job){
        .job = { .run = run, .workspace = request->workspace, .context = job },
        .arena = arena,
        .pool = request_jobs(request),
        .import = *import,
    };
    job->import.settings = arena_copy(arena, import->settings);
    job->import.file_name = arena_copy(arena, import->file_name);
    enum err err = job_post_long(job->pool, &job->job);
    if (!err) return OK;
    fail(job, request->arena, STR("Too many imports wait: try again later."));
    arena_close(arena);
    return err;
}

/* ---- showing ---- */

static bool was_dry(struct arena *arena, const struct import *import)
{
    const struct json *root;
    if (json_parse(arena, import->settings, import->settings.size, NULL, &root)) return false;
    const struct json *dry = json_member(root, "dry_run");
    return dry && dry->kind == JSON_BOOL && dry->boolean;
}

static void write_counts(struct json_writer *writer, const struct import *import)
{
    const struct import_counts *counts = &import->counts;
    bool is_running = import->state == IMPORT_RUNNING;
    int64_t left_out =
        counts->rows_read - counts->rows_stored - counts->rows_known - counts->rows_refused;
    json_put_int(writer, "bytes_read", counts->bytes_read);
    json_put_int(writer, "bytes_total", counts->bytes_total);
    json_put_int(writer, "rows_read", counts->rows_read);
    json_put_int(writer, "rows_stored", counts->rows_stored);
    json_put_int(writer, "rows_known", counts->rows_known);
    json_put_int(writer, "rows_left_out", is_running ? 0 : left_out);
    json_put_int(writer, "rows_refused", counts->rows_refused);
    json_put_int(writer, "conversations", counts->conversations);
}

static void write_members(struct json_writer *writer, struct arena *arena,
                          const struct import *import)
{
    const struct import_format *format = import_format_of(import->format);
    json_put_id(writer, "id", ID_IMPORT, import->id);
    json_put_text(writer, "format", str_from(format ? format->name : "unknown"));
    json_put_text(writer, "file_name", import->file_name);
    json_put_text(writer, "state", str_from(IMPORT_STATE_NAMES[import->state - 1]));
    json_put_bool(writer, "dry_run", was_dry(arena, import));
    json_put_id(writer, "created_by", ID_AGENT, import->created_by);
    json_put_time(writer, "created_at", import->created_at_ms);
    json_put_time(writer, "finished_at", import->finished_at_ms);
    write_counts(writer, import);
    json_put_text_or_null(writer, "reason", import->reason);
}

static void write_refusal(struct json_writer *writer, const struct import_refusal *refusal)
{
    json_object_begin(writer, NULL);
    json_put_int(writer, "line", refusal->line);
    json_put_text(writer, "code", str_from(refusal->code));
    json_put_text(writer, "detail", refusal->detail);
    json_object_end(writer);
}

static void reply_import(struct request *request, int status, const struct import *import,
                         const struct import_refusal *refusals, size_t count)
{
    struct json_writer *writer = reply_json(request, status);
    json_object_begin(writer, NULL);
    write_members(writer, request->arena, import);
    json_array_begin(writer, "refusals");
    for (size_t i = 0; i < count; i++) write_refusal(writer, &refusals[i]);
    json_array_end(writer);
    json_object_end(writer);
    reply_done(request);
}

static enum err imports_show(struct request *request)
{
    static const char *const NAMES[] = { "limit", "cursor", NULL };
    struct page page;
    enum err err = request_check_arguments(request, NAMES);
    if (!err) err = request_page(request, ORDER_IMPORTS, LIST_STANDARD, IMPORTS_LIST_MAX, &page);
    if (err) return err;
    struct import *imports;
    size_t count;
    err = import_list(request->reader, request->arena, page.has_cursor ? page.cursor.id : 0,
                      page.limit + 1, &imports, &count);
    if (err) return err;
    size_t shown = count > page.limit ? page.limit : count;
    struct json_writer *writer = reply_list_begin(request);
    for (size_t i = 0; i < shown; i++) {
        json_object_begin(writer, NULL);
        write_members(writer, request->arena, &imports[i]);
        json_object_end(writer);
    }
    struct str next = { 0 };
    if (shown < count) {
        next = cursor_write(request->arena, ORDER_IMPORTS,
                            (struct cursor){ .id = imports[shown - 1].id });
    }
    reply_list_end(request, next);
    return OK;
}

static enum err read_import(struct request *request, struct import *out)
{
    int64_t id;
    enum err err = request_id_parameter(request, 0, ID_IMPORT, &id);
    if (err) return err;
    return import_read(request->reader, request->arena, id, out);
}

static enum err import_show(struct request *request)
{
    struct import import;
    struct import_refusal *refusals;
    size_t count;
    enum err err = read_import(request, &import);
    if (!err) {
        err = import_refusal_list(request->reader, request->arena, import.id, 0, REFUSALS_SHOWN,
                                  &refusals, &count);
    }
    if (!err) reply_import(request, 200, &import, refusals, count);
    return err;
}

static enum err refusals_show(struct request *request)
{
    static const char *const NAMES[] = { "limit", "cursor", NULL };
    struct import import;
    struct page page;
    enum err err = request_check_arguments(request, NAMES);
    if (!err) err = read_import(request, &import);
    if (!err) {
        err = request_page(request, ORDER_REFUSALS, LIST_STANDARD, IMPORT_REFUSALS_LIST_MAX, &page);
    }
    if (err) return err;
    struct import_refusal *refusals;
    size_t count;
    err = import_refusal_list(request->reader, request->arena, import.id,
                              page.has_cursor ? page.cursor.value : 0, page.limit + 1, &refusals,
                              &count);
    if (err) return err;
    size_t shown = count > page.limit ? page.limit : count;
    struct json_writer *writer = reply_list_begin(request);
    for (size_t i = 0; i < shown; i++) write_refusal(writer, &refusals[i]);
    struct str next = { 0 };
    if (shown < count) {
        next = cursor_write(request->arena, ORDER_REFUSALS,
                            (struct cursor){ .value = refusals[shown - 1].line });
    }
    reply_list_end(request, next);
    return OK;
}

static void cancelled(struct request *request, enum err err)
{
    if (err == ERR_CONFLICT) {
        reply_problem(request, 409, "import_ended", "This import has ended already.");
    } else if (err) {
        reply_err(request, err);
    } else {
        reply_import(request, 200, request->out, NULL, 0);
    }
}

static enum err import_stop(struct request *request)
{
    int64_t *id = arena_new(request->arena, int64_t);
    enum err err = request_id_parameter(request, 0, ID_IMPORT, id);
    if (err) return err;
    return request_write(request, &IMPORT_CANCEL, id, arena_new(request->arena, struct import),
                         cancelled);
}

/* ---- uploading ---- */

struct upload {
    struct file_sink *sink;
    struct import_begin_in begin;
    struct import import; /* once it was made */
};

static void upload_drop(void *context)
{
    file_abandon(((struct upload *)context)->sink);
}

/* JSON as it is, or as base64url. */
static enum err read_map(struct request *request, struct str *out)
{
    struct str text = request_argument(request, "map");
    *out = text;
    if (!text.data || (text.size > 0 && text.data[0] == '{')) return OK;
    while (text.size > 0 && text.data[text.size - 1] == '=') text.size--;
    char *json = arena_array(request->arena, char, text.size + 1);
    size_t size;
    if (sodium_base642bin((unsigned char *)json, text.size, text.data, text.size, NULL, &size, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0) {
        return request_fault(request, "map", "Give the map's JSON, as it is or as base64url.");
    }
    *out = (struct str){ json, size };
    return OK;
}

static enum err read_order(struct request *request, struct import_order *out)
{
    static const char *const NAMES[] = { "format", "file_name", "zone", "dry_run", "map", NULL };
    enum err err = request_check_arguments(request, NAMES);
    if (err) return err;
    struct str dry = request_argument(request, "dry_run");
    *out = (struct import_order){ .format = request_argument(request, "format"),
                                  .zone = request_argument(request, "zone"),
                                  .is_dry = dry.data && str_equal(dry, STR("true")) };
    if (dry.data && !out->is_dry && !str_equal(dry, STR("false"))) {
        return request_fault(request, "dry_run", "Give true or false.");
    }
    return read_map(request, &out->map);
}

/* The order came as arguments, whose faults are shown as ?name. */
static enum err prepare(struct request *request, const struct import_order *order,
                        struct import_plan *out)
{
    struct json_problems *problems = &request->problems;
    enum err err = import_prepare(request->arena, order, problems, out);
    for (size_t i = 0; err && i < problems->count && i < JSON_PROBLEMS_MAX; i++) {
        struct str *pointer = &problems->items[i].pointer;
        if (pointer->size == 0) continue;
        struct str rest = { pointer->data + 1, pointer->size - 1 };
        struct buf buf = buf_open(request->arena, pointer->size);
        buf_add_char(&buf, '?');
        buf_add(&buf, rest);
        *pointer = buf_view(&buf);
    }
    return err;
}

static enum err upload_begin(struct request *request)
{
    struct import_order order;
    struct import_plan plan;
    enum err err = read_order(request, &order);
    if (!err) err = prepare(request, &order, &plan);
    if (err) return err;
    struct str file_name = request_argument(request, "file_name");
    if (!file_name.data || file_name.size == 0) file_name = STR("upload");
    if (file_name.size > IMPORT_FILE_NAME_MAX) {
        return request_fault(request, "file_name", "Give at most %d bytes.", IMPORT_FILE_NAME_MAX);
    }
    struct upload *upload = arena_new(request->arena, struct upload);
    upload->begin = (struct import_begin_in){ .format = plan.format->number,
                                              .file_name = file_name,
                                              .settings = plan.settings,
                                              .keeps_file = true,
                                              .created_by = request->principal.agent_id };
    err = file_begin(request->arena, request->workspace->directory, &upload->sink);
    if (!err) request_set_upload(request, upload, upload_drop);
    return err;
}

static enum err upload_part(struct request *request, struct str part)
{
    struct upload *upload = request_upload(request);
    if (!upload) return upload_begin(request);
    return file_append(upload->sink, part);
}

/* On a worker: syncing the file and waiting for the writer would hold up an HTTP thread, and the
 * job may only begin once the import is committed. */
static enum err upload_finish(struct request *request, void *context)
{
    struct upload *upload = context;
    enum err err = file_finish(upload->sink, &upload->begin.file_hash, &upload->begin.file_size);
    if (!err) {
        err = writer_call(request->workspace->writer, request->arena, &IMPORT_BEGIN,
                          request_actor(request), &upload->begin, &upload->import);
    }
    return err ? err : post(request, &upload->import);
}

static void uploaded(struct request *request, enum err err)
{
    const struct upload *upload = request->context;
    if (err) {
        reply_err(request, err);
    } else {
        reply_import(request, 201, &upload->import, NULL, 0);
    }
}

static enum err import_create(struct request *request)
{
    struct upload *upload = request_upload(request);
    request_set_upload(request, NULL, NULL); /* the worker's from here on */
    enum err err = request_work(request, upload_finish, upload, uploaded);
    if (err) upload_drop(upload);
    return err;
}

static const struct route TABLE[] = {
    { .method = "GET",
      .path = "/api/v1/imports",
      .permission = IMPORT_WRITE,
      .handle = imports_show },
    { .method = "POST",
      .path = "/api/v1/imports",
      .permission = IMPORT_WRITE,
      .handle = import_create,
      .body = BODY_STREAM,
      .upload = upload_part,
      .upload_max = UPLOAD_SIZE_MAX },
    { .method = "GET",
      .path = "/api/v1/imports/{id}",
      .permission = IMPORT_WRITE,
      .handle = import_show },
    { .method = "DELETE",
      .path = "/api/v1/imports/{id}",
      .permission = IMPORT_WRITE,
      .handle = import_stop },
    { .method = "GET",
      .path = "/api/v1/imports/{id}/refusals",
      .permission = IMPORT_WRITE,
      .handle = refusals_show },
};

const struct routes IMPORT_ROUTES = { TABLE, sizeof(TABLE) / sizeof(TABLE[0]) };
