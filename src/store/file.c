#include "store/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"

enum { PATH_SIZE_MAX = 4096, FOLDER_DIGITS = 2, NAME_BYTES = 16 };

static const struct query FILE_TAKE = {
    .sql = "INSERT INTO file (hash, size, stored_at_ms, unused_since_ms) VALUES ($1, $2, $3, NULL)"
           " ON CONFLICT (hash) DO UPDATE SET unused_since_ms = NULL",
    .changes_one = true,
};
static const struct query FILE_DROP = {
    .sql = "UPDATE file SET unused_since_ms = $2 WHERE hash = $1",
};

struct file_sink {
    struct arena *arena;
    struct str directory;
    const char *path; /* the temporary one */
    int descriptor;
    int64_t size;
    crypto_generichash_state *state; /* of the bytes so far */
};

/* A C string of the parts. */
static const char *path_of(struct arena *arena, struct str directory, struct str rest)
{
    struct buf buf = buf_open(arena, PATH_SIZE_MAX);
    buf_add(&buf, directory);
    buf_add(&buf, STR("/files/"));
    buf_add(&buf, rest);
    buf_add_char(&buf, '\0');
    return buf_view(&buf).data;
}

/* files/ab/cd… */
static const char *path_of_hash(struct arena *arena, struct str directory, const struct hash *hash,
                                struct str *folder)
{
    struct str hex = hash_hex(arena, hash);
    struct buf buf = buf_open(arena, PATH_SIZE_MAX);
    buf_add(&buf, (struct str){ hex.data, FOLDER_DIGITS });
    *folder = arena_copy(arena, buf_view(&buf));
    buf_add_char(&buf, '/');
    buf_add(&buf, (struct str){ hex.data + FOLDER_DIGITS, hex.size - FOLDER_DIGITS });
    return path_of(arena, directory, buf_view(&buf));
}

/* The library wants its state on a cache line, an arena gives less. */
static crypto_generichash_state *state_make(struct arena *arena)
{
    enum { LINE = 64 };
    char *bytes = arena_array(arena, char, sizeof(crypto_generichash_state) + LINE);
    size_t over = (uintptr_t)bytes % LINE;
    return (crypto_generichash_state *)(void *)(bytes + (over ? LINE - over : 0));
}

static enum err failure(const char *what)
{
    int code = errno;
    log_error("file", "%s errno=%d", what, code);
    return code == ENOSPC || code == EDQUOT ? ERR_LIMIT : ERR_IO;
}

static enum err folder_make(const char *path)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST) return OK;
    return failure("mkdir");
}

enum err file_begin(struct arena *arena, struct str directory, struct file_sink **out)
{
    struct file_sink *sink = arena_new(arena, struct file_sink);
    sink->arena = arena;
    sink->directory = arena_copy(arena, directory);
    enum err err = folder_make(path_of(arena, directory, STR("")));
    if (err) return err;

    struct buf name = buf_open(arena, PATH_SIZE_MAX);
    buf_add(&name, STR("new-"));
    buf_add(&name, random_token(arena, NAME_BYTES));
    sink->path = path_of(arena, directory, buf_view(&name));
    sink->descriptor = open(sink->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (sink->descriptor < 0) return failure("open");
    sink->state = state_make(arena);
    int code = crypto_generichash_init(sink->state, NULL, 0, HASH_SIZE);
    assert(code == 0);
    *out = sink;
    return OK;
}

enum err file_append(struct file_sink *sink, struct str bytes)
{
    int code =
        crypto_generichash_update(sink->state, (const unsigned char *)bytes.data, bytes.size);
    assert(code == 0);
    sink->size += (int64_t)bytes.size;
    while (bytes.size > 0) {
        ssize_t size = write(sink->descriptor, bytes.data, bytes.size);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return failure("write");
        bytes.data += size;
        bytes.size -= (size_t)size;
    }
    return OK;
}

void file_abandon(struct file_sink *sink)
{
    if (!sink || sink->descriptor < 0) return;
    close(sink->descriptor);
    sink->descriptor = -1;
    if (unlink(sink->path) != 0) log_warn("file", "a temporary file stays errno=%d", errno);
}

/* A file's name is safe only when its folder is synced too. */
static enum err folder_sync(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return failure("open folder");
    enum err err = fsync(descriptor) == 0 ? OK : failure("fsync folder");
    close(descriptor);
    return err;
}

enum err file_finish(struct file_sink *sink, struct hash *out, int64_t *size)
{
    struct hash hash;
    int code = crypto_generichash_final(sink->state, hash.bytes, HASH_SIZE);
    assert(code == 0);
    enum err err = fdatasync(sink->descriptor) == 0 ? OK : failure("fdatasync");
    struct str folder;
    const char *path = path_of_hash(sink->arena, sink->directory, &hash, &folder);
    const char *folder_path = path_of(sink->arena, sink->directory, folder);
    if (!err) err = folder_make(folder_path);
    if (!err && rename(sink->path, path) != 0) err = failure("rename");
    if (!err) err = folder_sync(folder_path);
    if (err) {
        file_abandon(sink);
        return err;
    }
    close(sink->descriptor);
    sink->descriptor = -1;
    *out = hash;
    *size = sink->size;
    return OK;
}

enum err file_open(struct arena *arena, struct str directory, const struct hash *hash, int *out)
{
    struct str folder;
    int descriptor = open(path_of_hash(arena, directory, hash, &folder), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return errno == ENOENT ? ERR_NOT_FOUND : failure("open");
    *out = descriptor;
    return OK;
}

static struct value hash_value(const struct hash *hash)
{
    return value_bytes((struct str){ (const char *)hash->bytes, HASH_SIZE });
}

enum err file_take(struct tx *tx, const struct hash *hash, int64_t size)
{
    return tx_write(tx, &FILE_TAKE, ARGS(hash_value(hash), value_int(size), value_int(tx->now_ms)));
}

enum err file_drop(struct tx *tx, const struct hash *hash)
{
    return tx_write(tx, &FILE_DROP, ARGS(hash_value(hash), value_int(tx->now_ms)));
}
