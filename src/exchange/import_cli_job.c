#include <inttypes.h>
#include <stdarg.h>
#include <unistd.h>

#include "exchange/import_cli.h"
#include "exchange/import_job.h"
#include "exchange/import_store.h"
#include "store/writer.h"

enum { LINE_SIZE_MAX = 1024, PERCENT = 100 };

struct printer {
    int err_out;
    bool is_terminal;
    bool has_progress; /* a line without an end stands on the terminal */
};

/* A line that nobody can read any more is no reason to stop. */
static void print(int descriptor, struct str text)
{
    while (text.size > 0) {
        ssize_t size = write(descriptor, text.data, text.size);
        if (size <= 0) return;
        text.data += size;
        text.size -= (size_t)size;
    }
}

__attribute__((format(printf, 2, 3))) static void print_line(int descriptor, const char *format,
                                                             ...)
{
    char text[LINE_SIZE_MAX];
    va_list args;
    va_start(args, format);
    int need = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    size_t size = need < 0 ? 0 : (size_t)need;
    print(descriptor, (struct str){ text, size < sizeof(text) ? size : sizeof(text) - 1 });
}

static void clear_progress(struct printer *printer)
{
    if (printer->has_progress) print(printer->err_out, STR("\r\033[K"));
    printer->has_progress = false;
}

static void show_progress(void *context, const struct import_counts *counts)
{
    struct printer *printer = context;
    if (!printer->is_terminal) return;
    int64_t total = counts->bytes_total > 0 ? counts->bytes_total : 1;
    clear_progress(printer);
    print_line(printer->err_out, "%3" PRId64 " %%  %" PRId64 " rows, %" PRId64 " refused",
               counts->bytes_read * PERCENT / total, counts->rows_read, counts->rows_refused);
    printer->has_progress = true;
}

static void show_refusal(void *context, const struct import_refusal *refusal)
{
    struct printer *printer = context;
    clear_progress(printer);
    print_line(printer->err_out, "line %" PRId64 ": %s: %.*s\n", refusal->line, refusal->code,
               STR_ARG(refusal->detail));
}

static void show_problems(int err_out, const struct json_problems *problems)
{
    size_t shown = problems->count < JSON_PROBLEMS_MAX ? problems->count : JSON_PROBLEMS_MAX;
    for (size_t i = 0; i < shown; i++) {
        struct str pointer = problems->items[i].pointer; /* /format, /map/fields/at */
        size_t skipped = pointer.size > 0 ? 1 : 0;
        struct str name = { pointer.data + skipped, pointer.size - skipped };
        print_line(err_out, "rapport import: --%.*s: %.*s\n", STR_ARG(name),
                   STR_ARG(problems->items[i].detail));
    }
}

static void show_result(const struct import_cli *args, int out, int err_out,
                        const struct import_result *result)
{
    const struct import_counts *counts = &result->counts;
    int64_t left_out =
        counts->rows_read - counts->rows_stored - counts->rows_known - counts->rows_refused;
    print_line(out,
               "%s%" PRId64 " rows read: %" PRId64 " %s, %" PRId64 " known already, %" PRId64
               " left out, %" PRId64 " refused; %" PRId64 " conversations made\n",
               args->dry_run ? "dry run: " : "", counts->rows_read, counts->rows_stored,
               args->dry_run ? "to store" : "stored", counts->rows_known, left_out,
               counts->rows_refused, counts->conversations);
    if (result->state == IMPORT_FINISHED) return;
    struct str reason = result->reason.data ? result->reason : STR("It was cancelled.");
    print_line(err_out, "rapport import: %.*s\n", STR_ARG(reason));
}

/* Without folders: those are nobody else's business. */
static struct str name_of_file(struct str path)
{
    struct str name = path;
    for (size_t i = 0; i < path.size; i++) {
        if (path.data[i] == '/') name = (struct str){ path.data + i + 1, path.size - i - 1 };
    }
    if (name.size > IMPORT_FILE_NAME_MAX || !str_is_utf8(name)) return STR("file");
    return name;
}

static enum err run(struct workspace *workspace, struct arena *arena, const struct import_cli *args,
                    struct import_task *task, struct import_result *out)
{
    struct reader *reader = NULL;
    if (args->dry_run) {
        enum err err = reader_open(arena, workspace->store_path, &reader);
        if (err) return err;
    } else {
        const struct import_begin_in in = { .format = task->plan.format->number,
                                            .file_name = name_of_file(args->file_name),
                                            .file_hash = task->file_hash,
                                            .file_size = task->file_size,
                                            .settings = task->plan.settings };
        struct actor system = { .kind = ACTOR_SYSTEM };
        struct import import;
        enum err err = writer_call(workspace->writer, arena, &IMPORT_BEGIN, system, &in, &import);
        if (err) return err;
        task->id = import.id;
    }
    import_run(workspace, reader, arena, task, out);
    if (reader) reader_close(reader);
    return out->state == IMPORT_FINISHED ? OK : ERR_CORRUPT;
}

static enum err prepare(struct arena *arena, const struct import_cli *args, int file_descriptor,
                        int err_out, struct import_task *task)
{
    struct json_problems problems;
    json_problems_init(&problems, arena);
    const struct import_order order = {
        .format = args->format, .zone = args->zone, .map = args->map, .is_dry = args->dry_run
    };
    enum err err = import_prepare(arena, &order, &problems, &task->plan);
    show_problems(err_out, &problems);
    if (err) return err;
    err = import_file_hash(file_descriptor, &task->file_hash, &task->file_size);
    if (err) print_line(err_out, "rapport import: give a file; a pipe cannot be read twice\n");
    return err;
}

enum err import_cli_run(struct workspace *workspace, const struct import_cli *args,
                        int file_descriptor, int out, int err_out)
{
    struct arena *arena = arena_open();
    struct printer printer = { .err_out = err_out, .is_terminal = isatty(err_out) == 1 };
    struct import_task task = { .descriptor = file_descriptor,
                                .progress = show_progress,
                                .refused = show_refusal,
                                .context = &printer };
    struct import_result result = { 0 };
    enum err err = prepare(arena, args, file_descriptor, err_out, &task);
    if (!err) {
        err = run(workspace, arena, args, &task, &result);
        clear_progress(&printer);
        if (result.state) show_result(args, out, err_out, &result);
        if (!result.state) {
            print_line(err_out, "rapport import: the store failed: %s\n", err_name(err));
        }
    }
    arena_close(arena);
    return err;
}
