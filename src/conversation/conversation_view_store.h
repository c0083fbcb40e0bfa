/* Conversations and interactions as they are shown: rows with the names of what they refer to. */
#pragma once

#include "conversation/conversation.h"
#include "customer/read_store.h"

struct named {
    int64_t id; /* 0: none */
    struct str name;
};

struct label_view {
    int64_t id;
    struct str name;
    struct str colour; /* no data: none */
};

enum { LABELS_OF_ONE_MAX = 50, PREVIEW_CHARACTERS = 300 };

struct conversation_view {
    int64_t id;
    struct str external_id;
    struct named customer; /* after merges */
    struct named channel;
    struct named touchpoint;
    struct named team;
    struct named agent;
    enum conversation_state state;
    struct str state_label;
    enum priority priority;
    struct str topic;
    struct str subject;
    struct str attributes; /* JSON; no data: none */
    int64_t created_at_ms;
    int64_t activity_at_ms;
    int64_t waiting_since_ms;
    int64_t first_reply_at_ms;
    int64_t first_solved_at_ms;
    int64_t solved_at_ms;
    int64_t closed_at_ms;
    int64_t snoozed_until_ms;
    int64_t interaction_count;
    int64_t reassignment_count;
    int64_t reopen_count;
    int sla_met; /* -1: no promise known */
    int64_t merged_into;
    int64_t version;
    struct { /* of the last interaction; id 0: none */
        int64_t id;
        int64_t at_ms;
        enum interaction_kind kind;
        enum direction direction;
        struct str text; /* its first PREVIEW_CHARACTERS */
    } last;
    const struct label_view *labels;
    size_t labels_count;
};

struct interaction_view {
    int64_t id;
    struct str external_id;
    int64_t at_ms;
    enum interaction_kind kind;
    enum direction direction;
    struct named channel;
    struct named touchpoint;
    int64_t customer_id; /* after merges */
    int64_t conversation_id;
    struct named agent;
    struct named team;
    struct str text;
    int64_t wait_ms; /* -1: unknown, for both */
    int64_t handle_ms;
    enum outcome outcome;
    struct str attributes; /* JSON; no data: none */
    int64_t captured_at_ms;
    int64_t nps; /* -1: not answered, for the three */
    int64_t csat;
    int64_t ces;
};

/* Those of the ids that exist, in the order given. */
enum err conversation_views_read(const struct read_from *from, struct arena *arena,
                                 const int64_t *ids, size_t ids_count,
                                 struct conversation_view **out, size_t *count);
enum err interaction_views_read(const struct read_from *from, struct arena *arena,
                                const int64_t *ids, size_t ids_count, struct interaction_view **out,
                                size_t *count);
/* ERR_NOT_FOUND. */
enum err conversation_view_read(const struct read_from *from, struct arena *arena, int64_t id,
                                struct conversation_view *out);
enum err interaction_view_read(const struct read_from *from, struct arena *arena, int64_t id,
                               struct interaction_view *out);
