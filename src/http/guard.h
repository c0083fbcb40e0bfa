/* The guard looks at a request's head before anything else does, and refuses every form from which
 * another program, or the library's own parser, might read a second request. Pure.
 *
 * Two Content-Lengths, Content-Length with Transfer-Encoding, any transfer coding but `chunked`, a
 * length that is not plain digits, two Hosts or none, names that are no tokens: 400, and the
 * connection is closed, for nobody knows where the next request begins.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { GUARD_HEADERS_MAX = 64, GUARD_METHOD_MAX = 16 };

/* Zero-initialised, then filled header by header. */
struct guard {
    size_t headers;
    size_t hosts;
    size_t lengths;
    size_t codings;
    int64_t content_length; /* if `lengths` is 1 */
    const char *fault;      /* the first one, as words for people; NULL: none */
};

void guard_header(struct guard *guard, struct str name, struct str value);
/* NULL if the request may be served, else why not, as a sentence. `version` is "HTTP/1.1". */
const char *guard_verdict(const struct guard *guard, struct str method, struct str version);
bool guard_has_body(const struct guard *guard);
