#include "http/url.h"

#include <assert.h>
#include <string.h>

#include "base/fuzz.h"

/* What was accepted once is accepted again unchanged, if it holds no percent sign any more. */
FUZZ(data, size)
{
    struct arena *arena = arena_open();
    struct str raw = { .data = (const char *)data, .size = size };
    struct str path;
    if (url_path(arena, raw, &path) == OK) {
        assert(path.size > 0 && path.size <= raw.size && path.data[0] == '/');
        assert(!memchr(path.data, '\0', path.size) && !memchr(path.data, '\\', path.size));
        struct str again;
        if (!memchr(path.data, '%', path.size)) {
            assert(url_path(arena, path, &again) == OK && str_equal(path, again));
        }
    }
    struct str text;
    if (url_decode(arena, raw, &text) == OK) assert(str_is_utf8(text));
    arena_close(arena);
    return 0;
}
