#include "customer/identity.h"

#include <assert.h>

#include "base/fuzz.h"

/* What is stored must be found again: normalising is its own fixed point. */
FUZZ(data, size)
{
    if (size < 1) return 0;
    struct arena *arena = arena_open();
    enum identity_kind kind = (enum identity_kind)(data[0] % (IDENTITY_KIND_END + 1));
    struct str text = { .data = (const char *)data + 1, .size = size - 1 };
    struct str once;
    if (identity_normalise(arena, kind, text, &once) == OK) {
        struct str twice;
        assert(once.size > 0 && once.size <= IDENTITY_TEXT_MAX);
        enum err err = identity_normalise(arena, kind, once, &twice);
        assert(err == OK && str_equal(once, twice));
    }
    arena_close(arena);
    return 0;
}
