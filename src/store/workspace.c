#include "store/workspace.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"

enum { PATH_SIZE_MAX = 4096 };

bool workspace_name_is_valid(struct str name)
{
    if (name.size == 0 || name.size > WORKSPACE_NAME_MAX) return false;
    if (name.data[0] < 'a' || name.data[0] > 'z') return false;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        bool is_fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        if (!is_fine) return false;
    }
    return true;
}

static const char *path_of(struct arena *arena, struct str directory, const char *rest)
{
    struct buf buf = buf_open(arena, PATH_SIZE_MAX);
    buf_add(&buf, directory);
    buf_add(&buf, str_from(rest));
    buf_add_char(&buf, '\0');
    return buf_view(&buf).data;
}

/* Makes the folder and those above it. */
static enum err folder_make(struct arena *arena, struct str path)
{
    for (size_t i = 1; i <= path.size; i++) {
        if (i < path.size && path.data[i] != '/') continue;
        const char *part = path_of(arena, (struct str){ path.data, i }, "");
        if (mkdir(part, 0700) == 0 || errno == EEXIST) continue;
        log_error("workspace", "the data folder cannot be made errno=%d", errno);
        return ERR_IO;
    }
    return OK;
}

/* The lock ends with the process, however it ends. */
static enum err lock(struct workspace *workspace)
{
    const char *path = path_of(workspace->arena, workspace->directory, "/lock");
    workspace->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (workspace->lock < 0) {
        log_error("workspace", "the lock file cannot be opened errno=%d", errno);
        return ERR_IO;
    }
    if (flock(workspace->lock, LOCK_EX | LOCK_NB) == 0) return OK;
    return errno == EWOULDBLOCK ? ERR_BUSY : ERR_IO;
}

static enum err open_parts(struct workspace *workspace, const struct workspace_settings *settings)
{
    struct arena *arena = workspace->arena;
    workspace->feed = feed_open(arena);
    struct writer_settings writer = {
        .path = workspace->store_path,
        .head_path = path_of(arena, workspace->directory, "/head"),
        .accept_loss = settings->accept_loss,
        .timers = settings->timers,
        .timers_count = settings->timers_count,
    };
    enum err err = writer_open(arena, &writer, workspace->feed, &workspace->writer);
    if (err || settings->search_sources_count == 0) return err;
    struct search_settings search = {
        .path = workspace->search_path,
        .store_path = workspace->store_path,
        .sources = settings->search_sources,
        .sources_count = settings->search_sources_count,
    };
    return search_open(arena, &search, workspace->feed, &workspace->search);
}

enum err workspace_open(const struct workspace_settings *settings, struct workspace **out)
{
    if (!workspace_name_is_valid(settings->name)) return ERR_INVALID;
    struct arena *arena = arena_open();
    struct workspace *workspace = arena_new(arena, struct workspace);
    workspace->arena = arena;
    workspace->lock = -1;
    workspace->name = arena_copy(arena, settings->name);
    struct buf directory = buf_open(arena, PATH_SIZE_MAX);
    buf_add(&directory, settings->data_directory);
    buf_add_char(&directory, '/');
    buf_add(&directory, settings->name);
    enum err err = buf_done(&directory, &workspace->directory);
    if (!err) err = folder_make(arena, workspace->directory);
    if (!err) err = lock(workspace);
    if (!err) {
        workspace->store_path = path_of(arena, workspace->directory, "/state.db");
        workspace->search_path = path_of(arena, workspace->directory, "/search.db");
        err = open_parts(workspace, settings);
    }
    if (err) {
        workspace_close(workspace);
        return err;
    }
    *out = workspace;
    return OK;
}

void workspace_close(struct workspace *workspace)
{
    if (!workspace) return;
    search_close(workspace->search);
    writer_close(workspace->writer);
    if (workspace->feed) feed_close(workspace->feed);
    if (workspace->lock >= 0) close(workspace->lock);
    arena_close(workspace->arena);
}
