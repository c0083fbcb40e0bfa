#include "base/gzip.h"

#include <string.h>
#define ZLIB_CONST /* zlib does not write what it reads */
#include <zlib.h>

#include "base/buf.h"
#include "base/test.h"

static struct str packed(struct arena *arena, struct str plain)
{
    z_stream stream = { 0 };
    CHECK(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) ==
          Z_OK);
    size_t capacity = deflateBound(&stream, plain.size);
    unsigned char *out = arena_array(arena, unsigned char, capacity);
    stream.next_in = (const unsigned char *)plain.data;
    stream.avail_in = (unsigned)plain.size;
    stream.next_out = out;
    stream.avail_out = (unsigned)capacity;
    CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    struct str result = { .data = (const char *)out, .size = capacity - stream.avail_out };
    CHECK(deflateEnd(&stream) == Z_OK);
    return result;
}

/* All that comes out of `bytes`, given in chunks. */
static enum err unpack(struct arena *arena, struct str bytes, size_t chunk_size, uint64_t size_max,
                       struct str *out)
{
    struct gzip *gzip = gzip_open(arena, size_max);
    struct buf buf = buf_open(arena, 1 << 26);
    while (bytes.size > 0) {
        size_t size = bytes.size < chunk_size ? bytes.size : chunk_size;
        struct str rest = { .data = bytes.data, .size = size };
        struct str piece;
        enum err err;
        while ((err = gzip_next(gzip, &rest, &piece)) == OK) {
            CHECK(piece.size > 0);
            buf_add(&buf, piece);
        }
        *out = buf_view(&buf);
        if (err != ERR_NOT_FOUND) return err;
        CHECK(rest.size == 0);
        bytes.data += size;
        bytes.size -= size;
    }
    *out = buf_view(&buf);
    return gzip_end(gzip);
}

static struct str some_text(struct arena *arena, int lines)
{
    struct buf buf = buf_open(arena, 1 << 26);
    for (int i = 0; i < lines; i++) buf_printf(&buf, "line %d of a text that packs well\n", i);
    return buf_view(&buf);
}

TEST(gzip_unpacks_whatever_the_chunks_are)
{
    static const size_t CHUNKS[] = { 1, 2, 3, 7, 1000, 65536, 1 << 24 };
    struct arena *arena = arena_open();
    struct str plain = some_text(arena, 20000);
    struct str bytes = packed(arena, plain);
    CHECK(bytes.size < plain.size / 2);
    for (size_t i = 0; i < sizeof(CHUNKS) / sizeof(CHUNKS[0]); i++) {
        struct str out = { 0 };
        CHECK(unpack(arena, bytes, CHUNKS[i], 1 << 24, &out) == OK);
        CHECK(str_equal(out, plain));
    }
    arena_close(arena);
}

TEST(gzip_passes_plain_bytes_through)
{
    struct arena *arena = arena_open();
    static const struct str PLAIN[] = { { "", 0 },     { "a", 1 },      { "a,b\nc,d\n", 8 },
                                        { "\x1F", 0 }, { "\x1F,b", 3 }, { "\x1F\x1F\x8B", 3 } };
    for (size_t i = 0; i < sizeof(PLAIN) / sizeof(PLAIN[0]); i++) {
        for (size_t chunk = 1; chunk < 10; chunk++) {
            struct str out = { 0 };
            CHECK(unpack(arena, PLAIN[i], chunk, 8, &out) == OK);
            CHECK(str_equal(out, PLAIN[i]));
        }
    }
    arena_close(arena);
}

TEST(gzip_files_in_a_row_are_one)
{
    struct arena *arena = arena_open();
    struct str a = packed(arena, STR("first\n"));
    struct str b = packed(arena, STR(""));
    struct str c = packed(arena, STR("third\n"));
    struct buf buf = buf_open(arena, 1000);
    buf_add(&buf, a);
    buf_add(&buf, b);
    buf_add(&buf, c);
    for (size_t chunk = 1; chunk < 100; chunk++) {
        struct str out = { 0 };
        CHECK(unpack(arena, buf_view(&buf), chunk, 12, &out) == OK);
        CHECK(str_equal(out, STR("first\nthird\n")));
        CHECK(unpack(arena, buf_view(&buf), chunk, 11, &out) == ERR_LIMIT);
    }
    buf_add(&buf, STR("garbage"));
    struct str out = { 0 };
    CHECK(unpack(arena, buf_view(&buf), 1000, 100, &out) == ERR_CORRUPT);
    arena_close(arena);
}

TEST(gzip_refuses_more_than_its_maximum)
{
    struct arena *arena = arena_open();
    struct str plain = some_text(arena, 5000);
    struct str out = { 0 };
    CHECK(unpack(arena, packed(arena, plain), 1000, plain.size, &out) == OK);
    CHECK(unpack(arena, packed(arena, plain), 1000, plain.size - 1, &out) == ERR_LIMIT);
    CHECK(out.size < plain.size);
    CHECK(unpack(arena, plain, 1000, plain.size, &out) == OK);
    CHECK(unpack(arena, plain, 1000, plain.size - 1, &out) == ERR_LIMIT);
    arena_close(arena);
}

TEST(gzip_bomb_is_stopped_with_little_memory)
{
    struct arena *arena = arena_open();
    struct arena *scratch = arena_open();
    char *zeros = arena_array(scratch, char, 32 << 20);
    struct str bomb = packed(scratch, (struct str){ .data = zeros, .size = 32 << 20 });
    struct gzip *gzip = gzip_open(arena, 1 << 20);
    struct str piece;
    enum err err;
    while ((err = gzip_next(gzip, &bomb, &piece)) == OK) CHECK(piece.size > 0);
    CHECK(err == ERR_LIMIT);
    CHECK(arena_size(arena) < 200 * 1024);
    arena_close(scratch);
    arena_close(arena);
}

TEST(gzip_cut_anywhere_is_corrupt)
{
    struct arena *arena = arena_open();
    struct str bytes = packed(arena, some_text(arena, 20));
    for (size_t size = 1; size < bytes.size; size++) {
        struct str out = { 0 };
        struct str cut = { .data = bytes.data, .size = size };
        CHECK(unpack(arena, cut, 50, 1 << 20, &out) == ERR_CORRUPT);
    }
    arena_close(arena);
}

TEST(gzip_damaged_anywhere_is_never_taken_for_right)
{
    struct arena *arena = arena_open();
    struct str plain = some_text(arena, 20);
    struct str bytes = packed(arena, plain);
    for (size_t at = 2; at < bytes.size; at++) {
        char *copy = arena_array(arena, char, bytes.size);
        memcpy(copy, bytes.data, bytes.size);
        copy[at] = (char)(copy[at] ^ 0x41);
        struct str out = { 0 };
        enum err err =
            unpack(arena, (struct str){ .data = copy, .size = bytes.size }, 64, 1 << 20, &out);
        /* The time, the system and the flags in the head are not part of the checksum. */
        CHECK(err == ERR_CORRUPT || (at < 10 && str_equal(out, plain)));
    }
    arena_close(arena);
}

TEST(gzip_says_the_same_after_it_failed)
{
    struct arena *arena = arena_open();
    struct gzip *gzip = gzip_open(arena, 100);
    struct str rest = STR("\x1F\x8B garbage that is no head");
    struct str piece;
    CHECK(gzip_next(gzip, &rest, &piece) == ERR_CORRUPT);
    rest = STR("more");
    CHECK(gzip_next(gzip, &rest, &piece) == ERR_CORRUPT);
    CHECK(gzip_end(gzip) == ERR_CORRUPT);
    arena_close(arena);
}
