/* Surveys and answers over HTTP, reading only: answers come in with interactions. */
#pragma once

#include "http/route.h"

extern const struct routes SURVEY_ROUTES;
