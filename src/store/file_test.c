#include "store/file.h"

#include <string.h>
#include <unistd.h>

#include "base/test.h"
#include "store/testing.h"

TEST(a_file_is_found_by_the_hash_of_its_bytes)
{
    struct workspace *workspace = testing_workspace_open();
    struct arena *arena = arena_open();
    struct file_sink *sink;
    struct hash hash;
    int64_t size;
    CHECK(file_begin(arena, workspace->directory, &sink) == OK);
    CHECK(file_append(sink, STR("one ")) == OK);
    CHECK(file_append(sink, STR("two")) == OK);
    CHECK(file_finish(sink, &hash, &size) == OK);
    struct hash expected = hash_of(STR("one two"));
    CHECK(hash_equal(&hash, &expected) && size == 7);

    int descriptor;
    char bytes[16];
    CHECK(file_open(arena, workspace->directory, &hash, &descriptor) == OK);
    CHECK(read(descriptor, bytes, sizeof(bytes)) == 7 && memcmp(bytes, "one two", 7) == 0);
    close(descriptor);
    struct hash other = hash_of(STR("never"));
    CHECK(file_open(arena, workspace->directory, &other, &descriptor) == ERR_NOT_FOUND);
    arena_close(arena);
    testing_workspace_close(workspace);
}

TEST(a_file_given_up_leaves_nothing)
{
    struct workspace *workspace = testing_workspace_open();
    struct arena *arena = arena_open();
    struct file_sink *sink;
    int descriptor;
    CHECK(file_begin(arena, workspace->directory, &sink) == OK);
    CHECK(file_append(sink, STR("half")) == OK);
    file_abandon(sink);
    struct hash hash = hash_of(STR("half"));
    CHECK(file_open(arena, workspace->directory, &hash, &descriptor) == ERR_NOT_FOUND);
    arena_close(arena);
    testing_workspace_close(workspace);
}
