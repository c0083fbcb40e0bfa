/* What the tests of conversations share: a workspace with a reader, and short ways to make people,
 * places and conversations at a time of one's choice. Test code only. */
#pragma once

#include "conversation/conversation_store.h"
#include "conversation/reach.h"
#include "store/testing.h"

struct scene {
    struct workspace *workspace;
    struct arena *arena;
    struct reader *reader;
};

struct scene scene_open(void);
void scene_close(struct scene *scene);

/* Runs a command as the system. */
enum err scene_run(struct scene *scene, const struct command *command, const void *in, void *out);

int64_t scene_customer(struct scene *scene, const char *email);
int64_t scene_agent(struct scene *scene, const char *name);
int64_t scene_team(struct scene *scene, const char *name);
void scene_join(struct scene *scene, int64_t team_id, int64_t agent_id);
int64_t scene_channel(struct scene *scene, const char *name);
int64_t scene_label(struct scene *scene, const char *name);

/* What is 0 is as conversation_create makes it; without a channel it is "email"'s, without a time
 * it is now. The state is set at the end. */
int64_t scene_conversation(struct scene *scene, const struct conversation *draft);
void scene_put_label(struct scene *scene, int64_t conversation_id, int64_t label_id);
void scene_mention(struct scene *scene, int64_t conversation_id, int64_t agent_id);
/* A message; conversation 0: it stands alone. */
int64_t scene_message(struct scene *scene, int64_t conversation_id, int64_t customer_id,
                      enum direction direction, int64_t at_ms, const char *text);
/* As it is now. */
struct conversation scene_load(struct scene *scene, int64_t conversation_id);
struct reach scene_reach(struct scene *scene, int64_t agent_id); /* 0: sees all */
/* Events of that kind about that conversation (0: about any). */
size_t scene_events(struct scene *scene, int event_kind, int64_t conversation_id);

/* A sequence that is the same in every run. */
uint32_t scene_random(uint32_t *state);
