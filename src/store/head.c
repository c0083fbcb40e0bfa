#include "store/head.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/time.h"

/* Fixed size, so that writing it never needs room on a full disk. */
struct record {
    char magic[8];
    int64_t seq;
    int64_t known_ms;
    unsigned char hash[HASH_SIZE];
    unsigned char check[HASH_SIZE]; /* BLAKE2b-256 of what stands before */
};

static const char MAGIC[8] = "RAPHEAD";

struct head_file {
    int descriptor; /* -1: none */
    int64_t synced_at_ms;
    bool has_failed;
};

static struct hash check_of(const struct record *record)
{
    return hash_of((struct str){ (const char *)record, offsetof(struct record, check) });
}

static enum err record_read(int descriptor, struct head *out)
{
    struct record record;
    ssize_t size = pread(descriptor, &record, sizeof(record), 0);
    if (size == 0) {
        *out = (struct head){ 0 };
        return OK;
    }
    struct hash check = check_of(&record);
    if (size != (ssize_t)sizeof(record) || memcmp(record.magic, MAGIC, sizeof(MAGIC)) != 0 ||
        memcmp(record.check, check.bytes, HASH_SIZE) != 0) {
        log_error("store", "the head file is damaged");
        return ERR_CORRUPT;
    }
    *out = (struct head){ .seq = record.seq, .known_ms = record.known_ms };
    memcpy(out->hash.bytes, record.hash, HASH_SIZE);
    return OK;
}

enum err head_open(struct arena *arena, const char *path, struct head_file **out,
                   struct head *out_head)
{
    struct head_file *file = arena_new(arena, struct head_file);
    file->descriptor = -1;
    *out_head = (struct head){ 0 };
    if (path) {
        file->descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (file->descriptor < 0) {
            log_error("store", "the head file cannot be opened");
            return ERR_IO;
        }
        enum err err = record_read(file->descriptor, out_head);
        if (err) {
            head_close(file);
            return err;
        }
    }
    *out = file;
    return OK;
}

void head_write(struct head_file *file, const struct head *head, int64_t now_ms)
{
    if (file->descriptor < 0) return;
    struct record record = { .seq = head->seq, .known_ms = head->known_ms };
    memcpy(record.magic, MAGIC, sizeof(MAGIC));
    memcpy(record.hash, head->hash.bytes, HASH_SIZE);
    struct hash check = check_of(&record);
    memcpy(record.check, check.bytes, HASH_SIZE);

    bool is_written = pwrite(file->descriptor, &record, sizeof(record), 0) == sizeof(record);
    if (is_written && now_ms - file->synced_at_ms >= MS_PER_SECOND) {
        is_written = fdatasync(file->descriptor) == 0;
        file->synced_at_ms = now_ms;
    }
    if (!is_written && !file->has_failed) log_error("store", "the head file cannot be written");
    file->has_failed = !is_written;
}

void head_close(struct head_file *file)
{
    if (!file || file->descriptor < 0) return;
    if (fdatasync(file->descriptor) != 0) log_error("store", "the head file cannot be synced");
    close(file->descriptor);
    file->descriptor = -1;
}
