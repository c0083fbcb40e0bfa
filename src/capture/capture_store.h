/* Capturing: one interaction becomes rows, events and, for a message, part of a conversation.
 *
 * The same external_id on the same channel is the same interaction, however often it is sent. A
 * message joins the running conversation of its customer and channel or begins one; other kinds
 * join only the conversation they name.
 */
#pragma once

#include "capture/capture.h"
#include "store/store.h"

enum { CAPTURE_WARNINGS_MAX = 4 };

struct capture_out {
    int64_t interaction_id;
    int64_t customer_id;     /* 0: none */
    int64_t conversation_id; /* 0: none */
    bool is_new;             /* false: it was known already and nothing changed */
    const char *warnings[CAPTURE_WARNINGS_MAX]; /* words for people */
    size_t warnings_count;
};

/* Takes a struct capture_in, fills a struct capture_out. ERR_NOT_FOUND if a con_ or age_ id that
 * was named does not exist; ERR_INVALID if an identity is malformed. */
extern const struct command INTERACTION_CAPTURE;

struct capture_many_in {
    const struct capture_in *items;
    size_t count;
};
/* For each item its result and, if that is OK, what was made. */
struct capture_many_out {
    enum err *results;
    struct capture_out *items;
};
/* One transaction for many: an item that fails harms no other. */
extern const struct command INTERACTION_CAPTURE_MANY;
