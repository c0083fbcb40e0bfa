#include "http/guard.h"

#include <assert.h>
#include <string.h>

#include "base/fuzz.h"

/* A second reading of the rules, written in another way: lines of `name:value`. */
FUZZ(data, size)
{
    struct guard guard = { 0 };
    struct str rest = { .data = (const char *)data, .size = size };
    struct str method = str_cut(&rest, '\n');
    size_t bodies = 0;
    while (rest.size > 0) {
        struct str value = str_cut(&rest, '\n');
        struct str name = str_cut(&value, ':');
        guard_header(&guard, name, value);
        bool is_length = name.size == strlen("content-length") &&
                         !strncasecmp(name.data, "content-length", name.size);
        bool is_coding = name.size == strlen("transfer-encoding") &&
                         !strncasecmp(name.data, "transfer-encoding", name.size);
        bodies += is_length || is_coding;
        if (guard.headers == 1 && is_length && !guard.fault) {
            for (size_t i = 0; i < value.size; i++) assert(value.data[i] >= '0');
        }
    }
    if (!guard_verdict(&guard, method, STR("HTTP/1.1"))) {
        assert(bodies <= 1 && guard.hosts == 1 && guard.headers <= GUARD_HEADERS_MAX);
        assert(method.size > 0 && !memchr(method.data, ' ', method.size));
        assert(guard.content_length >= 0);
    }
    return 0;
}
