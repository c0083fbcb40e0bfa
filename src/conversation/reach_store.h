/* What an agent reaches, as the database knows it. One conversation: access/grant_store.h. */
#pragma once

#include "conversation/reach.h"
#include "store/store.h"

enum { REACH_TEAMS_MAX = 200 };

/* Of an agent, or of somebody who sees all. ERR_LIMIT in more than REACH_TEAMS_MAX teams. */
enum err reach_read(struct reader *reader, struct arena *arena, bool sees_all, int64_t agent_id,
                    struct reach *out);
/* Whether a conversation exists and is in reach: ERR_NOT_FOUND if not. */
enum err reach_check(struct reader *reader, struct arena *arena, const struct reach *reach,
                     int64_t conversation_id);
