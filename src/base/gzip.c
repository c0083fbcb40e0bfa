#include "base/gzip.h"

#include <assert.h>
#define ZLIB_CONST /* zlib does not write what it reads */
#include <zlib.h>

#include "base/log.h"

enum {
    PIECE_SIZE = 64 * 1024,
    INPUT_MAX = 1 << 30,         /* zlib counts in 32 bits */
    GZIP_WINDOW = 16 + MAX_WBITS /* 16 asks for gzip's head and checksum */
};

enum mode {
    MODE_BEGIN,  /* no byte was seen */
    MODE_MAGIC,  /* the first half of the magic was */
    MODE_PLAIN,  /* not gzip */
    MODE_MEMBER, /* in a gzip file */
    MODE_BETWEEN /* one has ended and another may follow */
};

static const char MAGIC[] = { '\x1F', '\x8B' };

struct gzip {
    z_stream stream;
    enum mode mode;
    uint64_t size_max;
    uint64_t size;
    enum err err;
    unsigned char piece[PIECE_SIZE];
};

static void *take_memory(void *arena, unsigned count, unsigned size)
{
    return arena_alloc(arena, count, size);
}

static void leave_memory(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

struct gzip *gzip_open(struct arena *arena, uint64_t size_max)
{
    struct gzip *gzip = arena_new(arena, struct gzip);
    gzip->size_max = size_max;
    gzip->stream.zalloc = take_memory;
    gzip->stream.zfree = leave_memory;
    gzip->stream.opaque = arena;
    if (inflateInit2(&gzip->stream, GZIP_WINDOW) != Z_OK) log_fatal("gzip", "zlib did not start");
    return gzip;
}

static enum err count_out(struct gzip *gzip, size_t size)
{
    gzip->size += size;
    return gzip->size > gzip->size_max ? ERR_LIMIT : OK;
}

static enum err plain_next(struct gzip *gzip, struct str *rest, struct str *out)
{
    if (rest->size == 0) return ERR_NOT_FOUND;
    enum err err = count_out(gzip, rest->size);
    if (err) return err;
    *out = *rest;
    *rest = (struct str){ .data = rest->data + rest->size, .size = 0 };
    return OK;
}

/* One call of zlib, which takes some bytes, or gives some, or both. */
static enum err inflate_step(struct gzip *gzip, struct str *rest, size_t *out_size)
{
    z_stream *stream = &gzip->stream;
    unsigned given = (unsigned)(rest->size < INPUT_MAX ? rest->size : INPUT_MAX);
    stream->next_in = (const unsigned char *)rest->data;
    stream->avail_in = given;
    stream->next_out = gzip->piece;
    stream->avail_out = PIECE_SIZE;
    int result = inflate(stream, Z_NO_FLUSH);
    size_t taken = given - stream->avail_in;
    rest->data += taken;
    rest->size -= taken;
    *out_size = PIECE_SIZE - stream->avail_out;
    if (result == Z_STREAM_END) {
        gzip->mode = MODE_BETWEEN;
        return OK;
    }
    if (result == Z_BUF_ERROR) return OK; /* nothing to take and nothing left to give */
    return result == Z_OK ? OK : ERR_CORRUPT;
}

static enum err member_next(struct gzip *gzip, struct str *rest, struct str *out)
{
    size_t size = 0;
    while (size == 0) {
        if (gzip->mode == MODE_BETWEEN) {
            if (rest->size == 0) return ERR_NOT_FOUND;
            int result = inflateReset(&gzip->stream);
            assert(result == Z_OK);
            gzip->mode = MODE_MEMBER;
        }
        size_t before = rest->size;
        enum err err = inflate_step(gzip, rest, &size);
        if (err) return err;
        if (size == 0 && before == 0) return ERR_NOT_FOUND;
    }
    enum err err = count_out(gzip, size);
    if (err) return err;
    *out = (struct str){ .data = (const char *)gzip->piece, .size = size };
    return OK;
}

/* Looks at the two bytes of the magic, which may come apart. Half of it that turns out to be no
 * gzip is given out by itself: then `out` is filled. */
static enum err recognize(struct gzip *gzip, struct str *rest, struct str *out)
{
    if (rest->size == 0) return ERR_NOT_FOUND;
    if (gzip->mode == MODE_BEGIN) {
        if (rest->data[0] != MAGIC[0]) {
            gzip->mode = MODE_PLAIN;
            return OK;
        }
        rest->data++;
        rest->size--;
        gzip->mode = MODE_MAGIC;
        if (rest->size == 0) return ERR_NOT_FOUND;
    }
    *out = (struct str){ .data = MAGIC, .size = 1 };
    if (rest->data[0] != MAGIC[1]) {
        gzip->mode = MODE_PLAIN;
        return count_out(gzip, 1);
    }
    gzip->mode = MODE_MEMBER;
    size_t size = 0;
    return inflate_step(gzip, out, &size);
}

enum err gzip_next(struct gzip *gzip, struct str *rest, struct str *out)
{
    if (gzip->err) return gzip->err;
    struct str piece = { 0 };
    enum err err = OK;
    if (gzip->mode == MODE_BEGIN || gzip->mode == MODE_MAGIC) err = recognize(gzip, rest, &piece);
    if (!err && piece.size == 0) {
        err = gzip->mode == MODE_PLAIN ? plain_next(gzip, rest, &piece)
                                       : member_next(gzip, rest, &piece);
    }
    if (!err) *out = piece;
    if (err && err != ERR_NOT_FOUND) gzip->err = err;
    return err;
}

enum err gzip_end(struct gzip *gzip)
{
    if (gzip->err) return gzip->err;
    return gzip->mode == MODE_MEMBER || gzip->mode == MODE_MAGIC ? ERR_CORRUPT : OK;
}
