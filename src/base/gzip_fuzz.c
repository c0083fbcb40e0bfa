#include <string.h>
#define ZLIB_CONST /* zlib does not write what it reads */
#include <zlib.h>

#include "base/buf.h"
#include "base/fuzz.h"
#include "base/gzip.h"

enum { SIZE_MAX_HERE = 1 << 20 };

static void must(bool holds)
{
    if (!holds) __builtin_trap();
}

static enum err unpack(struct arena *arena, struct str bytes, size_t chunk_size, struct str *out)
{
    struct gzip *gzip = gzip_open(arena, SIZE_MAX_HERE);
    struct buf buf = buf_open(arena, SIZE_MAX_HERE);
    enum err err = ERR_NOT_FOUND;
    while (bytes.size > 0 && err == ERR_NOT_FOUND) {
        size_t size = bytes.size < chunk_size ? bytes.size : chunk_size;
        struct str rest = { .data = bytes.data, .size = size };
        struct str piece;
        while ((err = gzip_next(gzip, &rest, &piece)) == OK) {
            must(piece.size > 0);
            buf_add(&buf, piece);
        }
        bytes.data += size;
        bytes.size -= size;
    }
    if (err == ERR_NOT_FOUND) err = gzip_end(gzip);
    must(err == OK || err == ERR_LIMIT || err == ERR_CORRUPT);
    must(buf_done(&buf, out) == OK);
    return err;
}

static struct str packed(struct arena *arena, struct str plain)
{
    enum { MEMORY_LEVEL = 8, GZIP_WINDOW = 16 + MAX_WBITS };
    z_stream stream = { 0 };
    must(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
                      Z_DEFAULT_STRATEGY) == Z_OK);
    size_t capacity = deflateBound(&stream, plain.size);
    unsigned char *out = arena_array(arena, unsigned char, capacity);
    stream.next_in = (const unsigned char *)plain.data;
    stream.avail_in = (unsigned)plain.size;
    stream.next_out = out;
    stream.avail_out = (unsigned)capacity;
    must(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    must(deflateEnd(&stream) == Z_OK);
    return (struct str){ .data = (const char *)out, .size = capacity - stream.avail_out };
}

/* What was packed comes out again; cut or damaged it is never taken for something else. */
static void check_packed(struct arena *arena, struct str plain, size_t at, char damage)
{
    struct str bytes = packed(arena, plain);
    struct str out = { 0 };
    must(unpack(arena, bytes, 1 + at % 64, &out) == OK && str_equal(out, plain));

    struct str cut = { .data = bytes.data, .size = 1 + at % (bytes.size - 1) };
    must(unpack(arena, cut, cut.size, &out) == ERR_CORRUPT);

    char *changed = arena_array(arena, char, bytes.size);
    memcpy(changed, bytes.data, bytes.size);
    size_t place = 2 + at % (bytes.size - 2);
    changed[place] = (char)(changed[place] ^ damage);
    enum err err = unpack(arena, (struct str){ .data = changed, .size = bytes.size }, 64, &out);
    must(err || str_equal(out, plain));
}

/* The chunks make no difference, and what is not gzip comes out as it went in. */
FUZZ(data, size)
{
    if (size < 2) return 0;
    struct arena *arena = arena_open();
    struct str bytes = { .data = (const char *)data + 1, .size = size - 1 };
    struct str whole = { 0 };
    struct str pieces = { 0 };
    enum err err = unpack(arena, bytes, size, &whole);
    must(unpack(arena, bytes, 1 + data[0] % 16, &pieces) == err);
    if (!err) must(str_equal(whole, pieces));
    bool is_gzip =
        bytes.size > 0 && bytes.data[0] == '\x1F' && (bytes.size == 1 || bytes.data[1] == '\x8B');
    if (!is_gzip) must(err == OK && str_equal(whole, bytes));
    check_packed(arena, bytes, data[0] | (size_t)data[1] << 8, (char)data[1]);
    arena_close(arena);
    return 0;
}
