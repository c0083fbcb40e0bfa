/* Interactions over HTTP, reading only: POST /interactions is capture's. */
#pragma once

#include "http/request.h"
#include "http/route.h"

extern const struct routes INTERACTION_ROUTES;

/* Handlers of CONVERSATION_ROUTES: the messages of a conversation, the timeline of a customer. */
enum err messages_show(struct request *request);
enum err timeline_show(struct request *request);
