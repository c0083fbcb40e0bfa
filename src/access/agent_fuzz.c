#include "access/agent.h"

#include <assert.h>
#include <string.h>

#include "access/limit.h"
#include "base/fuzz.h"

/* What was normalised stays as it is when it is normalised again. */
FUZZ(data, size)
{
    struct str text = { .data = (const char *)data, .size = size };
    struct arena *arena = arena_open();
    struct str once;
    struct str twice;
    if (agent_email_normalise(arena, text, &once) == OK) {
        assert(agent_email_normalise(arena, once, &twice) == OK && str_equal(once, twice));
        assert(memchr(once.data, '@', once.size) && !memchr(once.data, '\n', once.size));
    }
    if (agent_name_normalise(text, AGENT_NAME_MAX, &once) == OK) {
        assert(agent_name_normalise(once, AGENT_NAME_MAX, &twice) == OK);
        assert(str_equal(once, twice) && once.size > 0);
    }
    char key[LIMIT_ADDRESS_KEY_SIZE];
    assert(limit_address_key(text, key).size < LIMIT_ADDRESS_KEY_SIZE);
    arena_close(arena);
    return 0;
}
