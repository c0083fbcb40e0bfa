/* Ids: 64 bits that order by creation. 41 bits of milliseconds since 2024, 10 of node, 12 of
 * counter. People see `con_` and 13 characters of Crockford's base 32.
 *
 * Owner of an id_source: one thread, the writer's.
 */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum id_kind {
    ID_CUSTOMER,     /* cus_ */
    ID_IDENTITY,     /* ide_ */
    ID_CONVERSATION, /* con_ */
    ID_INTERACTION,  /* int_ */
    ID_AGENT,        /* age_ */
    ID_TEAM,         /* tea_ */
    ID_QUEUE,        /* que_ */
    ID_CHANNEL,      /* cha_ */
    ID_TOUCHPOINT,   /* tou_ */
    ID_LABEL,        /* lab_ */
    ID_KEY,          /* key_ */
    ID_SESSION,      /* ses_ */
    ID_SURVEY,       /* sur_ */
    ID_INVITATION,   /* inv_ */
    ID_ANSWER,       /* ans_ */
    ID_IMPORT,       /* imp_ */
    ID_VALUE,        /* val_ a value of a dimension */
    ID_KINDS
};

struct id_source {
    int64_t last_ms; /* since 2024 */
    int64_t counter;
    int64_t node; /* 0 to 1023 */
};

/* `after` is an id that exists already, 0 if none does: the next ones are greater, even if the
 * clock went back. */
void id_source_init(struct id_source *source, int64_t node, int64_t after);
/* Always greater than the one before. Never 0. */
int64_t id_next(struct id_source *source, int64_t now_ms);
/* The greatest id any node can make at that time. */
int64_t id_floor(int64_t now_ms);
/* When the id was made, in ms since 1970, UTC. */
int64_t id_time_ms(int64_t id);

enum { ID_TEXT_SIZE = 17 }; /* four of the prefix and thirteen */

/* `out` holds ID_TEXT_SIZE characters, not terminated. */
void id_write(enum id_kind kind, int64_t id, char out[ID_TEXT_SIZE]);
struct str id_text(struct arena *arena, enum id_kind kind, int64_t id);
/* ERR_INVALID unless it is exactly what id_write makes for this kind (letters of either case). */
enum err id_parse(enum id_kind kind, struct str text, int64_t *out);
