/* The program: reads settings, opens workspaces, starts threads, joins listeners. It alone knows
 * everybody; nobody knows it. */

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "access/access.h"
#include "access/access_api.h"
#include "access/link_store.h"
#include "access/session_store.h"
#include "admin/command_job.h"
#include "admin/settings.h"
#include "admin/socket_job.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/time.h"
#include "capture/capture_api.h"
#include "conversation/conversation_api.h"
#include "conversation/conversation_search_store.h"
#include "conversation/conversation_store.h"
#include "conversation/interaction_api.h"
#include "conversation/place_api.h"
#include "customer/customer_api.h"
#include "customer/customer_search_store.h"
#include "exchange/import_api.h"
#include "http/idempotency_store.h"
#include "http/job.h"
#include "http/server.h"
#include "http/stream.h"
#include "metric/facts_follow.h"
#include "metric/query_api.h"
#include "store/setting.h"
#include "survey/answer_store.h"
#include "survey/survey_api.h"

#ifndef RAPPORT_VERSION
#define RAPPORT_VERSION "0.1.0"
#endif
#ifndef RAPPORT_COMMIT
#define RAPPORT_COMMIT "unknown"
#endif

enum {
    WORKSPACES_MAX = 64,
    THREADS_MAX = 32,
    WORKERS = 4, /* of which two take only what is long */
    LONG_WORKERS = 2,
    GRACE_MS = 20000,
    BROKEN_GRACE_MS = 200,
    POLL_MS = 100,
    ROUTES_MAX = 256,
    SOURCES_MAX = 16,
    URL_SIZE_MAX = 512,
    FILES_MAX = 65536,
    FORGET_SUBJECT = 1,         /* there is one such timer */
    STATUS_UNKNOWN_OUTCOME = 70 /* EX_SOFTWARE: whoever supervises us starts us again */
};

/* ---- what all workspaces share ---- */

/* Every hour: idempotency keys and sessions that are over. */
static enum err forget_old(struct tx *tx, struct arena *arena, int64_t subject_id)
{
    (void)arena;
    int64_t forgotten = 0;
    enum err err = session_forget(tx);
    if (!err) err = idempotency_forget(tx, tx->now_ms - IDEMPOTENCY_KEPT_MS, &forgotten);
    if (err) return err;
    int64_t wait_ms = forgotten > 0 ? MS_PER_SECOND : MS_PER_HOUR;
    return timer_set(tx, TIMER_FORGET, subject_id, tx->now_ms + wait_ms);
}

static enum err forget_begin(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    (void)in;
    (void)out;
    return timer_set(tx, TIMER_FORGET, FORGET_SUBJECT, tx->now_ms + MS_PER_MINUTE);
}

static const struct command FORGET_BEGIN = { .name = "forget_begin", .run = forget_begin };

static const struct timer_action TIMERS[] = {
    { TIMER_SNOOZE, conversation_wake },
    { TIMER_FORGET, forget_old },
};

struct program {
    struct arena *arena;
    struct settings_read settings;
    struct workspace *workspaces[WORKSPACES_MAX];
    size_t workspaces_count;
    struct search_source sources[SOURCES_MAX];
    size_t sources_count;
    struct route routes[ROUTES_MAX];
    size_t routes_count;
    struct password_gate gate;
    struct job_pool *jobs;
    struct server *server;
    struct admin_socket *admin;
};

static void add_sources(struct program *program, const struct search_source *sources, size_t count)
{
    assert(program->sources_count + count <= SOURCES_MAX);
    for (size_t i = 0; i < count; i++) program->sources[program->sources_count++] = sources[i];
}

static void add_routes(struct program *program)
{
    const struct routes all[] = {
        SESSION_ROUTES,     ME_ROUTES,       AGENT_ROUTES,  TEAM_ROUTES,
        KEY_ROUTES,         SETTING_ROUTES,  AUDIT_ROUTES,  CAPTURE_ROUTES,
        INTERACTION_ROUTES, CUSTOMER_ROUTES, PLACE_ROUTES,  CONVERSATION_ROUTES,
        SURVEY_ROUTES,      METRIC_ROUTES,   IMPORT_ROUTES, STREAM_ROUTES,
    };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        assert(program->routes_count + all[i].count <= ROUTES_MAX);
        for (size_t j = 0; j < all[i].count; j++) {
            program->routes[program->routes_count++] = all[i].items[j];
        }
    }
}

/* ---- workspaces ---- */

static struct str setting(const struct program *program, enum setting setting)
{
    return program->settings.values[setting];
}

static enum err workspace_start(struct program *program, struct str name, bool serves,
                                struct workspace **out)
{
    struct workspace_settings settings = {
        .data_directory = setting(program, SETTING_DATA_DIR),
        .name = name,
        .accept_loss = str_equal(setting(program, SETTING_ACCEPT_LOSS), STR("yes")),
        .search_sources = program->sources,
        .search_sources_count = serves ? program->sources_count : 0,
        .timers = TIMERS,
        .timers_count = sizeof(TIMERS) / sizeof(TIMERS[0]),
    };
    struct workspace *workspace = NULL;
    enum err err = workspace_open(&settings, &workspace);
    if (err) return err;
    workspace->access = access_open(workspace->arena, &program->gate);
    struct actor system = { .kind = ACTOR_SYSTEM };
    err = writer_call(workspace->writer, workspace->arena, &SURVEY_PREPARE, system, NULL, NULL);
    if (!err) {
        err = writer_call(workspace->writer, workspace->arena, &FORGET_BEGIN, system, NULL, NULL);
    }
    if (err) {
        workspace_close(workspace);
        return err;
    }
    *out = workspace;
    return OK;
}

/* Facts, streams and interrupted imports: what only a server needs. */
static enum err workspace_serve(struct program *program, struct workspace *workspace)
{
    static const struct stream_settings STREAMS = { .still_allowed = access_still_allowed,
                                                    .in_reach = access_in_reach };
    struct buf prefix = buf_open(workspace->arena, URL_SIZE_MAX);
    if (!str_equal(workspace->name, STR("main"))) {
        buf_add(&prefix, STR("/w/"));
        buf_add(&prefix, workspace->name);
    }
    workspace->prefix = buf_view(&prefix);
    enum err err = facts_follow_start(workspace);
    if (!err) err = stream_hub_open(workspace, &STREAMS, &workspace->streams);
    if (!err) err = import_recover(workspace);
    if (!err) program->workspaces[program->workspaces_count++] = workspace;
    return err;
}

static void workspace_stop(struct workspace *workspace)
{
    facts_follow_stop(workspace);
    access_close(workspace->access);
    workspace_close(workspace);
}

static bool holds_store(struct arena *arena, struct str directory, const char *name)
{
    struct buf path = buf_open(arena, URL_SIZE_MAX * 8);
    buf_add(&path, directory);
    buf_add_char(&path, '/');
    buf_add(&path, str_from(name));
    buf_add(&path, STR("/state.db"));
    buf_add_char(&path, '\0');
    return access(buf_view(&path).data, F_OK) == 0;
}

static enum err workspace_open_and_serve(struct program *program, struct str name)
{
    struct workspace *workspace = NULL;
    enum err err = workspace_start(program, name, true, &workspace);
    if (!err) err = workspace_serve(program, workspace);
    if (err) log_error("main", "workspace=%.*s err=%s", STR_ARG(name), err_name(err));
    return err;
}

/* Every folder with a store, and `main` in any case. */
static enum err workspaces_open(struct program *program)
{
    struct str directory = setting(program, SETTING_DATA_DIR);
    enum err err = workspace_open_and_serve(program, STR("main"));
    DIR *folder = err ? NULL : opendir(arena_copy(program->arena, directory).data);
    while (folder && !err) {
        const struct dirent *entry = readdir(folder); // NOLINT(concurrency-mt-unsafe)
        if (!entry) break;
        struct str name = str_from(entry->d_name);
        bool is_more = workspace_name_is_valid(name) && !str_equal(name, STR("main")) &&
                       program->workspaces_count < WORKSPACES_MAX &&
                       holds_store(program->arena, directory, entry->d_name);
        if (is_more) err = workspace_open_and_serve(program, arena_copy(program->arena, name));
    }
    if (folder) closedir(folder);
    return err;
}

static struct workspace *workspace_named(const struct program *program, struct str name)
{
    for (size_t i = 0; i < program->workspaces_count; i++) {
        if (str_equal(program->workspaces[i]->name, name)) return program->workspaces[i];
    }
    return NULL;
}

static enum err find_by_name(void *context, struct str name, struct workspace **out)
{
    struct workspace *workspace = workspace_named(context, name);
    if (!workspace) return ERR_NOT_FOUND;
    *out = workspace;
    return OK;
}

/* /w/NAME/… belongs to that workspace, everything else to main. */
static enum err find_by_path(void *context, struct str host, struct str *path,
                             struct workspace **out)
{
    (void)host;
    struct str prefix = STR("/w/");
    if (!str_starts(*path, prefix)) return find_by_name(context, STR("main"), out);
    struct str rest = { path->data + prefix.size, path->size - prefix.size };
    struct str name = str_cut(&rest, '/');
    enum err err = find_by_name(context, name, out);
    if (err) return err;
    size_t used = prefix.size + name.size;
    *path = (struct str){ path->data + used, path->size - used };
    if (path->size == 0) *path = STR("/");
    return OK;
}

/* ---- the server ---- */

static volatile sig_atomic_t stop_asked;

static void ask_stop(int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

static void signals_set(void)
{
    struct sigaction stop = { .sa_handler = ask_stop };
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

/* Ten thousand streams are ten thousand descriptors. */
static void limits_raise(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max < FILES_MAX ? limit.rlim_max : FILES_MAX;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) log_warn("main", "open files errno=%d", errno);
}

static enum err server_start(struct program *program)
{
    int64_t threads;
    if (parse_int(setting(program, SETTING_THREADS), 1, THREADS_MAX, &threads)) {
        fprintf(stderr, "threads is a number from 1 to %d.\n", THREADS_MAX);
        return ERR_INVALID;
    }
    enum err err = job_pool_open(program->arena, WORKERS, LONG_WORKERS, &program->jobs);
    if (err) return err;
    struct server_settings settings = {
        .address = setting(program, SETTING_LISTEN),
        .threads = (size_t)threads,
        .routes = { program->routes, program->routes_count },
        .authenticate = access_authenticate,
        .find_workspace = find_by_path,
        .context = program,
        .jobs = program->jobs,
        .trusted_proxies = setting(program, SETTING_TRUSTED_PROXIES),
        .version = RAPPORT_VERSION,
        .commit = RAPPORT_COMMIT,
    };
    err = server_open(program->arena, &settings, &program->server);
    if (err) {
        struct str address = settings.address;
        fprintf(stderr, "Cannot listen on %.*s: %s.\n", STR_ARG(address), err_name(err));
    }
    return err;
}

/* http://127.0.0.1:8080, or what the operator says, and each workspace's prefix. */
static void urls_make(struct program *program)
{
    struct str public_url = setting(program, SETTING_PUBLIC_URL);
    for (size_t i = 0; i < program->workspaces_count; i++) {
        struct workspace *workspace = program->workspaces[i];
        struct buf url = buf_open(workspace->arena, URL_SIZE_MAX);
        if (public_url.size > 0) {
            buf_add(&url, public_url);
        } else {
            buf_add(&url, STR("http://"));
            buf_add(&url, server_address(program->server));
        }
        buf_add(&url, workspace->prefix);
        workspace->url = buf_view(&url);
    }
}

static void greet(struct program *program)
{
    struct workspace *workspace = program->workspaces[0];
    struct str data = setting(program, SETTING_DATA_DIR);
    struct str token;
    if (access_setup_token_make(workspace, program->arena, &token) == OK) {
        printf("Rapport is ready: %.*s/?t=%.*s\n", STR_ARG(workspace->url), STR_ARG(token));
        printf("That address makes you its first admin, once.\n");
    } else {
        printf("Rapport is ready: %.*s/\n", STR_ARG(workspace->url));
    }
    printf("Everything is kept in %.*s; Ctrl+C stops it.\n", STR_ARG(data));
    fflush(stdout);
}

static bool is_broken(const struct program *program)
{
    for (size_t i = 0; i < program->workspaces_count; i++) {
        if (writer_is_broken(program->workspaces[i]->writer)) return true;
    }
    return false;
}

static int serve_until_stopped(struct program *program)
{
    bool broken = false;
    while (!stop_asked && !broken) {
        usleep(POLL_MS * MS_PER_SECOND);
        broken = is_broken(program);
    }
    if (broken) {
        /* Replies of the failed batch leave, then nothing of this process may act any more. */
        usleep(BROKEN_GRACE_MS * MS_PER_SECOND);
        log_error("main", "stopping: what is on disk is not what was believed");
        _exit(STATUS_UNKNOWN_OUTCOME);
    }
    log_info("main", "stopping");
    return ADMIN_OK;
}

static void program_stop(struct program *program)
{
    admin_socket_close(program->admin);
    if (program->server) server_close(program->server, GRACE_MS);
    for (size_t i = 0; i < program->workspaces_count; i++) {
        stream_hub_close(program->workspaces[i]->streams);
    }
    if (program->jobs) job_pool_close(program->jobs);
    for (size_t i = 0; i < program->workspaces_count; i++) {
        workspace_stop(program->workspaces[i]);
    }
}

static int serve(struct program *program)
{
    signals_set();
    limits_raise();
    add_routes(program);
    enum err err = workspaces_open(program);
    if (err == ERR_BUSY) {
        fprintf(stderr, "Another server has this data directory open.\n");
    }
    if (!err) err = server_start(program);
    struct admin_socket_settings admin = { .data_directory = setting(program, SETTING_DATA_DIR),
                                           .find_workspace = find_by_name,
                                           .context = program };
    if (!err) {
        urls_make(program);
        err = admin_socket_open(program->arena, &admin, &program->admin);
    }
    int status = admin_exit_of(err);
    if (!err) {
        greet(program);
        status = serve_until_stopped(program);
    }
    program_stop(program);
    return status;
}

/* ---- commands ---- */

static void usage_print(int descriptor)
{
    admin_print(descriptor, "rapport serve\n    start the server\n");
    for (const struct admin_command *command = ADMIN_COMMANDS; command->noun; command++) {
        admin_print(descriptor, "%s\n    %s\n", command->usage, command->summary);
    }
    admin_print(descriptor,
                "rapport version\n\nSettings (command line, RAPPORT_*, rapport.toml):\n");
    for (int i = 0; i < SETTINGS; i++) {
        const struct setting_row *row = &SETTING_ROWS[i];
        admin_print(descriptor, "  --%-16s %s (%s)\n", row->name, row->meaning,
                    row->standard[0] ? row->standard : "none");
    }
}

/* Nobody holds the store: open it here. */
static int run_here(struct program *program, const struct admin_command *command,
                    struct admin_call *call)
{
    struct workspace *workspace = NULL;
    enum err err = workspace_start(program, setting(program, SETTING_WORKSPACE), false, &workspace);
    if (err) {
        admin_print(call->err_out, "The workspace cannot be opened: %s.\n", err_name(err));
        return admin_exit_of(err);
    }
    struct str url = setting(program, SETTING_PUBLIC_URL);
    workspace->url = url.size > 0 ? url : STR("http://127.0.0.1:8080");
    call->workspace = workspace;
    int status = command->run(call);
    access_close(workspace->access);
    workspace_close(workspace);
    return status;
}

static int run_command(struct program *program, int count, const char *words[])
{
    int used;
    const struct admin_command *command = admin_find(count, words, &used);
    if (!command) {
        admin_print(STDERR_FILENO, "There is no command \"%s\".\n\n", words[0]);
        usage_print(STDERR_FILENO);
        return ADMIN_USAGE;
    }
    struct admin_call call = {
        .arena = program->arena, .input = -1, .out = STDOUT_FILENO, .err_out = STDERR_FILENO
    };
    enum err err = admin_prepare(command, count - used, words + used, &call);
    if (err) return err == ERR_INVALID ? ADMIN_USAGE : ADMIN_FAILED;
    enum admin_exit exit;
    err = admin_socket_call(program->arena, setting(program, SETTING_DATA_DIR),
                            setting(program, SETTING_WORKSPACE), count, words, &call, &exit);
    if (!err) return exit;
    if (err == ERR_NOT_FOUND) return run_here(program, command, &call);
    admin_print(STDERR_FILENO, "The server ended before it answered.\n");
    return ADMIN_FAILED;
}

static void log_level_set(struct str name)
{
    static const char *const LEVELS[] = { "debug", "info", "warn", "error" };
    for (int i = 0; i < 4; i++) {
        if (str_equal(name, str_from(LEVELS[i]))) log_set_level((enum log_level)i);
    }
}

static int run(struct program *program, int count, const char *words[])
{
    struct str fault;
    if (settings_take(program->arena, &count, words, &program->settings, &fault)) {
        fprintf(stderr, "%.*s\n", STR_ARG(fault));
        return ADMIN_USAGE;
    }
    log_level_set(setting(program, SETTING_LOG_LEVEL));
    bool is_help = count == 0 || strcmp(words[0], "help") == 0 || strcmp(words[0], "--help") == 0;
    if (is_help) {
        usage_print(STDOUT_FILENO);
        return count == 0 ? ADMIN_USAGE : ADMIN_OK;
    }
    if (strcmp(words[0], "version") == 0) {
        printf("rapport %s (%s)\n", RAPPORT_VERSION, RAPPORT_COMMIT);
        return ADMIN_OK;
    }
    if (strcmp(words[0], "serve") != 0) return run_command(program, count, words);
    if (count > 1) {
        fprintf(stderr, "%s is no option of serve.\n", words[1]);
        return ADMIN_USAGE;
    }
    return serve(program);
}

int main(int argc, char *argv[])
{
    hash_start();
    struct arena *arena = arena_open();
    struct program *program = arena_new(arena, struct program);
    program->arena = arena;
    add_sources(program, CONVERSATION_SEARCH_SOURCES, CONVERSATION_SEARCH_SOURCES_COUNT);
    add_sources(program, CUSTOMER_SEARCH_SOURCES, CUSTOMER_SEARCH_SOURCES_COUNT);
    const char **words = arena_array(arena, const char *, (size_t)argc);
    for (int i = 0; i + 1 < argc; i++) words[i] = argv[i + 1];
    int status = run(program, argc - 1, words);
    arena_close(arena);
    return status;
}
