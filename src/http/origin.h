/* Whether a request that a browser sends with its cookies may come from a page of ours. Pure.
 *
 * Browsers say where a request comes from: Sec-Fetch-Site, and Origin with all that is not GET or
 * HEAD. What has neither was not sent by a page.
 */
#pragma once

#include <stdbool.h>

#include "base/str.h"

struct origin {
    struct str method;
    struct str fetch_site; /* no data: the header is absent; likewise below */
    struct str origin;
    struct str host; /* as the client named ours */
};

bool origin_is_ours(const struct origin *request);
