#include "store/event.h"

#include <string.h>

#include "base/fuzz.h"

/* What decodes encodes to something that decodes to the same. */
FUZZ(data, size)
{
    struct arena *arena = arena_open();
    const struct event_value *values;
    size_t count;
    struct str bytes = { (const char *)data, size };
    if (event_decode(arena, bytes, &values, &count) == OK) {
        struct str again = event_encode(arena, values, count);
        const struct event_value *second;
        size_t second_count;
        if (event_decode(arena, again, &second, &second_count) != OK) __builtin_trap();
        if (second_count != count) __builtin_trap();
        for (size_t i = 0; i < count; i++) {
            if (values[i].field != second[i].field || values[i].number != second[i].number) {
                __builtin_trap();
            }
        }
    }
    arena_close(arena);
    return 0;
}
