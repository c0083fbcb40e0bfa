#include "exchange/import.h"

#include <assert.h>
#include <string.h>

const char *const IMPORT_STATE_NAMES[] = { "running", "finished", "failed", "cancelled", NULL };

struct import_key import_key_of(const struct str *parts, size_t count)
{
    struct hash hash = { 0 };
    for (size_t i = 0; i < count; i++) {
        struct str before = { (const char *)hash.bytes, HASH_SIZE };
        hash = hash_of_two(before, parts[i]);
    }
    struct import_key key;
    static_assert((int)IMPORT_KEY_SIZE <= (int)HASH_SIZE, "a key is the start of a hash");
    memcpy(key.bytes, hash.bytes, IMPORT_KEY_SIZE);
    return key;
}
