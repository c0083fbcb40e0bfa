#include <string.h>

#include "base/test.h"
#include "conversation/place_store.h"
#include "conversation/reach_store.h"
#include "conversation/testing_store.h"
#include "customer/customer_store.h"
#include "store/event.h"

struct scene scene_open(void)
{
    struct scene scene = { .workspace = testing_workspace_open(), .arena = arena_open() };
    CHECK(reader_open(scene.arena, scene.workspace->store_path, &scene.reader) == OK);
    return scene;
}

void scene_close(struct scene *scene)
{
    reader_close(scene->reader);
    testing_workspace_close(scene->workspace);
    arena_close(scene->arena);
}

enum err scene_run(struct scene *scene, const struct command *command, const void *in, void *out)
{
    struct actor actor = { .kind = ACTOR_SYSTEM };
    return writer_call(scene->workspace->writer, scene->arena, command, actor, in, out);
}

static enum err customer_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    return customer_take(tx, arena, in, out);
}

int64_t scene_customer(struct scene *scene, const char *email)
{
    static const struct command TAKE = { .name = "scene_customer", .run = customer_run };
    struct customer_hint hint = { .email = str_from(email) };
    int64_t id = 0;
    CHECK(scene_run(scene, &TAKE, &hint, &id) == OK);
    return id;
}

static enum err agent_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    static const struct query INSERT = {
        .sql = "INSERT INTO agent (id, name, role, state, state_since_ms, created_at_ms, version)"
               " VALUES ($1, $2, 1, 1, $3, $3, 1)",
    };
    (void)arena;
    int64_t id = tx_id(tx);
    *(int64_t *)out = id;
    return tx_write(
        tx, &INSERT,
        ARGS(value_int(id), value_text(*(const struct str *)in), value_int(tx->now_ms)));
}

int64_t scene_agent(struct scene *scene, const char *name)
{
    static const struct command MAKE = { .name = "scene_agent", .run = agent_run };
    struct str text = str_from(name);
    int64_t id = 0;
    CHECK(scene_run(scene, &MAKE, &text, &id) == OK);
    return id;
}

static enum err team_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    static const struct query INSERT = {
        .sql = "INSERT INTO team (id, name, created_at_ms, version) VALUES ($1, $2, $3, 1)",
    };
    (void)arena;
    int64_t id = tx_id(tx);
    *(int64_t *)out = id;
    return tx_write(
        tx, &INSERT,
        ARGS(value_int(id), value_text(*(const struct str *)in), value_int(tx->now_ms)));
}

int64_t scene_team(struct scene *scene, const char *name)
{
    static const struct command MAKE = { .name = "scene_team", .run = team_run };
    struct str text = str_from(name);
    int64_t id = 0;
    CHECK(scene_run(scene, &MAKE, &text, &id) == OK);
    return id;
}

struct pair {
    int64_t a;
    int64_t b;
};

static enum err join_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    static const struct query INSERT = {
        .sql = "INSERT INTO team_member (team_id, agent_id) VALUES ($1, $2)",
    };
    (void)arena;
    (void)out;
    const struct pair *pair = in;
    return tx_write(tx, &INSERT, ARGS(value_int(pair->a), value_int(pair->b)));
}

void scene_join(struct scene *scene, int64_t team_id, int64_t agent_id)
{
    static const struct command JOIN = { .name = "scene_join", .run = join_run };
    struct pair pair = { team_id, agent_id };
    CHECK(scene_run(scene, &JOIN, &pair, NULL) == OK);
}

static enum err channel_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    return channel_take(tx, arena, *(const struct str *)in, out);
}

int64_t scene_channel(struct scene *scene, const char *name)
{
    static const struct command TAKE = { .name = "scene_channel", .run = channel_run };
    struct str text = str_from(name);
    int64_t id = 0;
    CHECK(scene_run(scene, &TAKE, &text, &id) == OK);
    return id;
}

static enum err label_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    return label_take(tx, arena, *(const struct str *)in, out);
}

int64_t scene_label(struct scene *scene, const char *name)
{
    static const struct command TAKE = { .name = "scene_label", .run = label_run };
    struct str text = str_from(name);
    int64_t id = 0;
    CHECK(scene_run(scene, &TAKE, &text, &id) == OK);
    return id;
}

static enum err conversation_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    struct conversation draft = *(const struct conversation *)in;
    enum conversation_state state = draft.state;
    enum err err = OK;
    if (!draft.channel_id) err = channel_take(tx, arena, STR("email"), &draft.channel_id);
    if (!draft.created_at_ms) draft.created_at_ms = tx->now_ms;
    draft.state = STATE_NEW;
    draft.sla_met = -1;
    if (!err) err = conversation_create(tx, &draft);
    if (!err && state != 0) {
        err = conversation_set_state(tx, &draft, state, draft.created_at_ms);
    }
    if (!err) err = conversation_save(tx, &draft);
    *(int64_t *)out = draft.id;
    return err;
}

int64_t scene_conversation(struct scene *scene, const struct conversation *draft)
{
    static const struct command MAKE = { .name = "scene_conversation", .run = conversation_run };
    int64_t id = 0;
    CHECK(scene_run(scene, &MAKE, draft, &id) == OK);
    return id;
}

static enum err put_label_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    static const struct query INSERT = {
        .sql = "INSERT INTO conversation_label (conversation_id, label_id) VALUES ($1, $2)",
    };
    (void)arena;
    (void)out;
    const struct pair *pair = in;
    return tx_write(tx, &INSERT, ARGS(value_int(pair->a), value_int(pair->b)));
}

void scene_put_label(struct scene *scene, int64_t conversation_id, int64_t label_id)
{
    static const struct command PUT = { .name = "scene_put_label", .run = put_label_run };
    struct pair pair = { conversation_id, label_id };
    CHECK(scene_run(scene, &PUT, &pair, NULL) == OK);
}

static enum err mention_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    static const struct query INSERT = {
        .sql = "INSERT INTO conversation_mention (conversation_id, agent_id) VALUES ($1, $2)",
    };
    (void)arena;
    (void)out;
    const struct pair *pair = in;
    return tx_write(tx, &INSERT, ARGS(value_int(pair->a), value_int(pair->b)));
}

void scene_mention(struct scene *scene, int64_t conversation_id, int64_t agent_id)
{
    static const struct command MENTION = { .name = "scene_mention", .run = mention_run };
    struct pair pair = { conversation_id, agent_id };
    CHECK(scene_run(scene, &MENTION, &pair, NULL) == OK);
}

struct message_in {
    int64_t conversation_id;
    struct interaction interaction;
};

static enum err message_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct message_in *message = in;
    struct interaction interaction = message->interaction;
    struct conversation conversation;
    enum err err = channel_take(tx, arena, STR("email"), &interaction.channel_id);
    bool is_alone = message->conversation_id == 0;
    if (!err && !is_alone) {
        err = conversation_load(tx, arena, message->conversation_id, &conversation);
    }
    if (!err) err = conversation_append(tx, is_alone ? NULL : &conversation, &interaction, NULL);
    if (!err && !is_alone) err = conversation_save(tx, &conversation);
    *(int64_t *)out = interaction.id;
    return err;
}

int64_t scene_message(struct scene *scene, int64_t conversation_id, int64_t customer_id,
                      enum direction direction, int64_t at_ms, const char *text)
{
    static const struct command ADD = { .name = "scene_message", .run = message_run };
    struct message_in in = { .conversation_id = conversation_id,
                             .interaction = { .at_ms = at_ms,
                                              .kind = KIND_MESSAGE,
                                              .direction = direction,
                                              .customer_id = customer_id,
                                              .wait_ms = -1,
                                              .handle_ms = -1,
                                              .text = str_from(text) } };
    int64_t id = 0;
    CHECK(scene_run(scene, &ADD, &in, &id) == OK);
    return id;
}

static enum err load_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    return conversation_load(tx, arena, *(const int64_t *)in, out);
}

struct conversation scene_load(struct scene *scene, int64_t conversation_id)
{
    static const struct command LOAD = { .name = "scene_load", .run = load_run };
    struct conversation conversation = { 0 };
    CHECK(scene_run(scene, &LOAD, &conversation_id, &conversation) == OK);
    return conversation;
}

struct reach scene_reach(struct scene *scene, int64_t agent_id)
{
    struct reach reach = { 0 };
    CHECK(reach_read(scene->reader, scene->arena, agent_id == 0, agent_id, &reach) == OK);
    return reach;
}

size_t scene_events(struct scene *scene, int event_kind, int64_t conversation_id)
{
    size_t found = 0;
    int64_t seq = 0;
    for (;;) {
        const struct event *events = NULL;
        size_t count = 0;
        CHECK(feed_read(scene->reader, scene->arena, seq, FEED_READ_MAX, &events, &count) == OK);
        for (size_t i = 0; i < count; i++) {
            found += (int)events[i].kind == event_kind &&
                     (conversation_id == 0 || events[i].conversation_id == conversation_id);
        }
        if (count < FEED_READ_MAX) return found;
        seq = events[count - 1].seq;
    }
}

uint32_t scene_random(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}
