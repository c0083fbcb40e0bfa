/* The lists of conversations and of a conversation's history: handlers of CONVERSATION_ROUTES. */
#pragma once

#include "http/request.h"

enum err conversations_show(struct request *request);
/* Of one customer, newest first, over everybody merged into it. */
enum err customer_conversations_show(struct request *request);
enum err conversation_events_show(struct request *request);
