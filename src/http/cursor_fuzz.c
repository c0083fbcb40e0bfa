#include <assert.h>

#include "base/fuzz.h"
#include "http/request.h"

/* Whatever is accepted is what cursor_write makes. */
FUZZ(data, size)
{
    struct arena *arena = arena_open();
    struct str text = { .data = (const char *)data, .size = size };
    struct cursor cursor;
    if (cursor_parse(text, "-activity", &cursor) == OK) {
        assert(str_equal(cursor_write(arena, "-activity", cursor), text));
    }
    arena_close(arena);
    return 0;
}
