#include "store/testing.h"

#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

struct workspace *testing_workspace_open(void)
{
    char directory[] = "/tmp/rapport-test-XXXXXX";
    if (!mkdtemp(directory)) return NULL;
    struct workspace_settings settings = { .data_directory = str_from(directory),
                                           .name = STR("main") };
    struct workspace *workspace = NULL;
    enum err err = workspace_open(&settings, &workspace);
    assert(!err);
    return workspace;
}

/* The data folder is the workspace's without "/main". */
static struct str data_directory(struct arena *arena, const struct workspace *workspace)
{
    struct str directory = workspace->directory;
    directory.size -= sizeof("/main") - 1;
    return arena_copy(arena, directory);
}

struct workspace *testing_workspace_reopen(struct workspace *workspace)
{
    struct arena *arena = arena_open();
    struct workspace_settings settings = { .data_directory = data_directory(arena, workspace),
                                           .name = STR("main") };
    workspace_close(workspace);
    struct workspace *opened = NULL;
    enum err err = workspace_open(&settings, &opened);
    assert(!err);
    arena_close(arena);
    return opened;
}

void testing_workspace_close(struct workspace *workspace)
{
    struct arena *arena = arena_open();
    struct str directory = data_directory(arena, workspace);
    workspace_close(workspace);
    int code = nftw(directory.data, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    assert(code == 0);
    arena_close(arena);
}
