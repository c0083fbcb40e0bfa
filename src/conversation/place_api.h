/* Channels, touchpoints and labels over HTTP. */
#pragma once

#include "http/route.h"

extern const struct routes PLACE_ROUTES;
