/* Numbers over HTTP: the catalogue, the query, and what is behind a number. */
#pragma once

#include "http/route.h"

extern const struct routes METRIC_ROUTES;
