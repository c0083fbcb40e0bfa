#include "exchange/import_job.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdarg.h>
#include <unistd.h>

#include "base/gzip.h"
#include "base/log.h"
#include "base/time.h"
#include "exchange/import_store.h"
#include "store/writer.h"

enum {
    READ_SIZE = 64 * 1024,
    PROGRESS_EVERY_MS = 500,
    REFUSALS_WAITING_MAX = 200,
    BATCH_SIZE_MAX = 8 * 1024 * 1024, /* of what one batch is read into */
    SETTINGS_SIZE_MAX = MAP_SIZE_MAX + 1024,
    GIBIBYTE_BITS = 30,
    SIZE_MAX_GIBIBYTES = 64 /* unpacked: a small file must not run for ever */
};

enum stop { STOP_NOT, STOP_CANCELLED, STOP_INTERRUPTED };

struct import_inside {
    struct workspace *workspace;
    const struct import_task *task;
    const struct import_format *format;
    void *state; /* the format's; NULL before the header */
    struct gzip *gzip;
    struct csv *csv;
    enum stop stop;
    int64_t told_at_ms;  /* monotonic */
    struct arena *notes; /* of the refusals that wait */
    struct import_refusal *refusals;
    size_t refusals_count;
    int64_t refusals_kept;
};

/* ---- what is wanted ---- */

static enum err read_map(struct arena *arena, struct str json, struct json_problems *problems,
                         const struct csv_map **out)
{
    struct csv_map *map = arena_new(arena, struct csv_map);
    struct json_problems own;
    json_problems_init(&own, arena);
    struct json_form form = { .problems = problems, .pointer = STR("/map") };
    if (!csv_map_read(arena, json, &own, map)) {
        *out = map;
        return OK;
    }
    size_t shown = own.count < JSON_PROBLEMS_MAX ? own.count : JSON_PROBLEMS_MAX;
    for (size_t i = 0; i < shown; i++) {
        struct buf pointer = buf_open(arena, sizeof("/map") + own.items[i].pointer.size);
        buf_add(&pointer, STR("/map"));
        if (own.items[i].pointer.size > 0) buf_add(&pointer, own.items[i].pointer);
        form.pointer = buf_view(&pointer);
        json_form_fault(&form, NULL, own.items[i].code, "%.*s", STR_ARG(own.items[i].detail));
    }
    return ERR_INVALID;
}

static struct str settings_write(struct arena *arena, const struct import_order *order)
{
    struct buf buf = buf_open(arena, SETTINGS_SIZE_MAX);
    struct json_writer writer = { .buf = &buf };
    json_object_begin(&writer, NULL);
    json_put_text_or_null(&writer, "zone", order->zone);
    json_put_bool(&writer, "dry_run", order->is_dry);
    if (order->map.data) json_put_raw(&writer, "map", order->map);
    json_object_end(&writer);
    return buf_view(&buf);
}

static void fault(struct json_problems *problems, const char *name, const char *code,
                  const char *words)
{
    struct json_form form = { .problems = problems };
    json_form_fault(&form, name, code, "%s", words);
}

enum err import_prepare(struct arena *arena, const struct import_order *order,
                        struct json_problems *problems, struct import_plan *out)
{
    size_t before = problems->count;
    struct import_plan plan = { .is_dry = order->is_dry };
    plan.format = import_format_find(order->format);
    if (!plan.format) {
        fault(problems, "format", "unknown_value", "Give servicenow-incidents or csv.");
        return ERR_INVALID;
    }
    if (plan.format->needs_map && !order->map.data) {
        fault(problems, "map", "required", "This format needs a map of the table's columns.");
    } else if (!plan.format->needs_map && order->map.data) {
        fault(problems, "map", "unknown_field", "This format has no map.");
    } else if (order->map.data && read_map(arena, order->map, problems, &plan.map)) {
        return ERR_INVALID;
    }
    struct str zone = order->zone;
    if (!zone.data && plan.map) zone = plan.map->zone;
    if (!zone.data) zone = STR("UTC");
    if (zone_load(arena, zone, &plan.zone)) {
        fault(problems, "zone", "unknown_value", "Give a zone such as Europe/Berlin.");
    }
    if (problems->count > before) return ERR_INVALID;
    plan.settings = settings_write(arena, order);
    *out = plan;
    return OK;
}

/* The map as it was given, found again in the settings. */
static struct str map_text(struct arena *arena, const struct json *map)
{
    struct buf buf = buf_open(arena, MAP_SIZE_MAX);
    struct json_writer writer = { .buf = &buf };
    if (!map) return (struct str){ 0 };
    json_put_json(&writer, NULL, map);
    return buf_view(&buf);
}

enum err import_prepare_again(struct arena *arena, int format, struct str settings,
                              struct import_plan *out)
{
    const struct import_format *known = import_format_of(format);
    const struct json *root;
    if (!known || json_parse(arena, settings, SETTINGS_SIZE_MAX, NULL, &root)) return ERR_CORRUPT;
    const struct json *zone = json_member(root, "zone");
    const struct json *dry = json_member(root, "dry_run");
    struct import_order order = {
        .format = str_from(known->name),
        .map = map_text(arena, json_member(root, "map")),
        .is_dry = dry && dry->kind == JSON_BOOL && dry->boolean,
    };
    if (zone && zone->kind == JSON_TEXT) order.zone = zone->text;
    struct json_problems problems;
    json_problems_init(&problems, arena);
    return import_prepare(arena, &order, &problems, out) ? ERR_CORRUPT : OK;
}

/* ---- noting ---- */

static struct actor actor_of(const struct import_inside *inside)
{
    return (struct actor){ .kind = ACTOR_IMPORT, .id = inside->task->id };
}

enum err import_call(struct import_run *run, const struct command *command, const void *in,
                     void *out)
{
    const struct import_inside *inside = run->inside;
    return writer_call(inside->workspace->writer, run->batch, command, actor_of(inside), in, out);
}

static enum err note(struct import_run *run, bool tells)
{
    struct import_inside *inside = run->inside;
    const struct import_note_in in = { .id = inside->task->id,
                                       .counts = run->counts,
                                       .refusals = inside->refusals,
                                       .refusals_count = inside->refusals_count,
                                       .tells = tells };
    struct import_note_out out = { .state = IMPORT_RUNNING };
    enum err err = OK;
    if (in.id != 0) {
        err = writer_call(inside->workspace->writer, inside->notes, &IMPORT_NOTE, actor_of(inside),
                          &in, &out);
    }
    if (err) return err;
    inside->refusals_count = 0;
    arena_reset(inside->notes);
    if (out.state == IMPORT_CANCELLED) inside->stop = STOP_CANCELLED;
    return OK;
}

enum err import_refuse(struct import_run *run, const struct import_refusal *refusal)
{
    struct import_inside *inside = run->inside;
    run->counts.rows_refused++;
    if (inside->task->refused) inside->task->refused(inside->task->context, refusal);
    if (inside->refusals_kept == IMPORT_REFUSALS_KEPT) return OK;
    inside->refusals_kept++;
    struct import_refusal *kept = &inside->refusals[inside->refusals_count++];
    *kept = *refusal;
    kept->detail = arena_copy(inside->notes, refusal->detail);
    return inside->refusals_count < REFUSALS_WAITING_MAX ? OK : note(run, false);
}

static enum err look_around(struct import_run *run)
{
    struct import_inside *inside = run->inside;
    const struct import_task *task = inside->task;
    if (task->must_stop && task->must_stop(task->context)) inside->stop = STOP_INTERRUPTED;
    int64_t now_ms = time_monotonic_ms();
    if (now_ms - inside->told_at_ms < PROGRESS_EVERY_MS) return OK;
    inside->told_at_ms = now_ms;
    if (task->progress) task->progress(task->context, &run->counts);
    return note(run, true);
}

/* ---- reading ---- */

__attribute__((format(printf, 2, 3))) static enum err give_up(struct import_run *run,
                                                              const char *format, ...)
{
    char text[IMPORT_REASON_MAX];
    va_list args;
    va_start(args, format);
    int need = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    size_t size = need < 0 ? 0 : (size_t)need;
    if (size >= sizeof(text)) size = sizeof(text) - 1;
    run->reason = arena_copy(run->arena, (struct str){ text, size });
    return ERR_INVALID;
}

static enum err open_table(struct import_run *run, const struct str *names, size_t count)
{
    struct import_inside *inside = run->inside;
    struct str *kept = arena_array(run->arena, struct str, count + 1);
    for (size_t i = 0; i < count; i++) kept[i] = arena_copy(run->arena, names[i]);
    return inside->format->open(run, kept, count, &inside->state);
}

static enum err take_record(struct import_run *run, const struct csv_record *record)
{
    struct import_inside *inside = run->inside;
    if (!inside->state) {
        if (record->fault) {
            return give_up(run, "The line with the columns' names cannot be read: %s.",
                           record->fault);
        }
        return open_table(run, record->fields, record->count);
    }
    run->counts.rows_read++;
    enum err err = inside->format->record(run, inside->state, record);
    if (err || arena_size(run->batch) < BATCH_SIZE_MAX) return err;
    err = inside->format->flush(run, inside->state);
    arena_reset(run->batch); /* refused rows alone never fill a batch */
    return err;
}

static enum err csv_failed(struct import_run *run)
{
    struct csv_fault why = csv_fault(run->inside->csv);
    if (run->counts.rows_read > 0 || run->inside->state) run->counts.rows_read++;
    struct import_refusal refusal = { .line = why.line,
                                      .code = "invalid_row",
                                      .detail = str_from(why.reason) };
    enum err err = import_refuse(run, &refusal);
    if (err) return err;
    return give_up(run, "Line %lld: %s. What follows it was not read.", (long long)why.line,
                   why.reason);
}

static enum err take_plain(struct import_run *run, struct str piece)
{
    struct csv_record record;
    enum err err = OK;
    while (!err) {
        err = csv_next(run->inside->csv, &piece, &record);
        if (err == ERR_NOT_FOUND) return OK;
        if (err) return csv_failed(run);
        err = take_record(run, &record);
    }
    return err;
}

static enum err gzip_failed(struct import_run *run, enum err err)
{
    if (err == ERR_LIMIT) {
        return give_up(run, "The file holds more than %d GiB when unpacked.", SIZE_MAX_GIBIBYTES);
    }
    return give_up(run, "The file is damaged: its compressed data end early or are not valid.");
}

static enum err take_bytes(struct import_run *run, struct str bytes)
{
    struct str piece;
    enum err err;
    while ((err = gzip_next(run->inside->gzip, &bytes, &piece)) == OK) {
        err = take_plain(run, piece);
        if (err) return err;
    }
    return err == ERR_NOT_FOUND ? OK : gzip_failed(run, err);
}

static enum err take_end(struct import_run *run)
{
    struct import_inside *inside = run->inside;
    enum err err = gzip_end(inside->gzip);
    if (err) return gzip_failed(run, err);
    struct csv_record record;
    err = csv_end(inside->csv, &record);
    if (err != ERR_NOT_FOUND) err = err ? csv_failed(run) : take_record(run, &record);
    if (err && err != ERR_NOT_FOUND) return err;
    if (!inside->state) return give_up(run, "The file is empty.");
    return OK;
}

static enum err read_all(struct import_run *run)
{
    struct import_inside *inside = run->inside;
    char *bytes = arena_array(run->arena, char, READ_SIZE);
    enum err err = OK;
    if (run->map && !run->map->has_header) {
        err = open_table(run, run->map->header.items, run->map->header.count);
    }
    while (!err && inside->stop == STOP_NOT) {
        ssize_t size = read(inside->task->descriptor, bytes, READ_SIZE);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return give_up(run, "The file cannot be read.");
        if (size == 0) return take_end(run);
        run->counts.bytes_read += size;
        err = take_bytes(run, (struct str){ bytes, (size_t)size });
        if (!err) err = look_around(run);
    }
    return err;
}

/* ---- a run ---- */

static struct import_result result_of(struct import_run *run, enum err err)
{
    struct import_result result = { .counts = run->counts, .state = IMPORT_FINISHED };
    enum stop stop = run->inside->stop;
    if (stop == STOP_CANCELLED) result.state = IMPORT_CANCELLED;
    if (stop == STOP_INTERRUPTED) {
        result.state = IMPORT_FAILED;
        result.reason = STR("interrupted: run it again");
    }
    if (!err) return result;
    result.state = IMPORT_FAILED;
    result.reason = run->reason;
    if (err == ERR_INVALID) return result;
    result.reason = err == ERR_LIMIT
                        ? STR("The disk is full. What was read so far is stored: run it again.")
                        : STR("The store failed. What was read so far is stored: run it again.");
    return result;
}

/* What waits is handed over even if the file turned out to be damaged further on. */
static enum err finish_rows(struct import_run *run, enum err err)
{
    const struct import_inside *inside = run->inside;
    bool may_store = (!err || err == ERR_INVALID) && inside->stop == STOP_NOT;
    if (!may_store || !inside->state) return err;
    enum err flushed = inside->format->flush(run, inside->state);
    return flushed ? flushed : err;
}

static void end(struct import_run *run, const struct import_result *result)
{
    const struct import_inside *inside = run->inside;
    const struct import_task *task = inside->task;
    if (task->progress) task->progress(task->context, &result->counts);
    if (task->id == 0) return;
    const struct import_end_in in = {
        .id = task->id, .state = result->state, .counts = result->counts, .reason = result->reason
    };
    enum err err = note(run, false);
    if (!err) {
        err = writer_call(inside->workspace->writer, run->batch, &IMPORT_END, actor_of(inside), &in,
                          NULL);
    }
    if (err) {
        log_error("import", "id=%lld its end cannot be noted err=%s", (long long)task->id,
                  err_name(err));
    }
    log_info("import", "id=%lld state=%s read=%lld stored=%lld known=%lld refused=%lld",
             (long long)task->id, IMPORT_STATE_NAMES[result->state - 1],
             (long long)result->counts.rows_read, (long long)result->counts.rows_stored,
             (long long)result->counts.rows_known, (long long)result->counts.rows_refused);
}

void import_run(struct workspace *workspace, struct reader *reader, struct arena *arena,
                const struct import_task *task, struct import_result *out)
{
    const struct import_plan *plan = &task->plan;
    assert(!plan->format->needs_map || plan->map);
    struct import_inside inside = {
        .workspace = workspace,
        .task = task,
        .format = plan->format,
        .gzip = gzip_open(arena, (uint64_t)SIZE_MAX_GIBIBYTES << GIBIBYTE_BITS),
        .csv = csv_open(arena, plan->map ? plan->map->separator : ','),
        .told_at_ms = time_monotonic_ms(),
        .notes = arena_open(),
        .refusals = arena_array(arena, struct import_refusal, REFUSALS_WAITING_MAX),
    };
    struct import_run run = {
        .arena = arena,
        .batch = arena_open(),
        .reader = reader,
        .zone = plan->zone,
        .map = plan->map,
        .file_hash = task->file_hash,
        .is_dry = plan->is_dry,
        .counts = { .bytes_total = task->file_size },
        .inside = &inside,
    };
    enum err err = finish_rows(&run, read_all(&run));
    struct import_result result = result_of(&run, err);
    end(&run, &result);
    arena_close(run.batch);
    arena_close(inside.notes);
    *out = result;
}

enum err import_file_hash(int descriptor, struct hash *out, int64_t *size)
{
    if (lseek(descriptor, 0, SEEK_SET) != 0) return ERR_INVALID;
    char bytes[READ_SIZE];
    crypto_generichash_state state;
    int code = crypto_generichash_init(&state, NULL, 0, HASH_SIZE);
    assert(code == 0);
    int64_t total = 0;
    for (;;) {
        ssize_t got = read(descriptor, bytes, sizeof(bytes));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return ERR_IO;
        if (got == 0) break;
        code = crypto_generichash_update(&state, (const unsigned char *)bytes, (size_t)got);
        assert(code == 0);
        total += got;
    }
    if (lseek(descriptor, 0, SEEK_SET) != 0) return ERR_IO;
    struct hash hash;
    code = crypto_generichash_final(&state, hash.bytes, HASH_SIZE);
    assert(code == 0);
    *out = hash;
    *size = total;
    return OK;
}
