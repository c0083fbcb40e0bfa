#include "access/token.h"

#include <assert.h>

#include "base/fuzz.h"
#include "base/id.h"

FUZZ(data, size)
{
    hash_start();
    struct str text = { .data = (const char *)data, .size = size };
    struct hash hash = { { 0 } };
    int64_t id;
    if (token_read_link(text, &id, &hash) == OK) {
        struct hash direct = hash_of(text);
        assert(hash_equal(&hash, &direct));
    }
    for (int kind = TOKEN_KEY; kind <= TOKEN_SETUP; kind++) {
        if (token_read((enum token_kind)kind, text, &hash) == OK) assert(size > 0);
    }
    (void)token_hash_is(&hash, text);
    return 0;
}
