/* Conversations over HTTP: lists, begin, change, messages, merge, history; and a customer's. */
#pragma once

#include "http/route.h"

extern const struct routes CONVERSATION_ROUTES;
