/* POST /api/v1/interactions: one as JSON, many as NDJSON. */
#pragma once

#include "http/route.h"

extern const struct routes CAPTURE_ROUTES;
