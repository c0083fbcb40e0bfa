/* Places an interaction can belong to: channels, touchpoints and labels.
 *
 * Owner: functions with a tx, the writer's thread.
 */
#pragma once

#include "conversation/conversation.h"
#include "store/store.h"

/* The row of that name or id text ("cha_…"); made if it is missing, as one that nobody configured.
 * ERR_INVALID if the name is empty or longer than PLACE_NAME_MAX, or if it is an id that nothing
 * has; ERR_LIMIT above PLACES_MAX. One prepared read on the usual path. */
enum err channel_take(struct tx *tx, struct arena *arena, struct str name, int64_t *out);
enum err touchpoint_take(struct tx *tx, struct arena *arena, struct str name, int64_t *out);
enum err label_take(struct tx *tx, struct arena *arena, struct str name, int64_t *out);

enum { PLACES_MAX = 5000, PLACES_PAGE_MAX = 200, COLOUR_MAX = 20 };

enum place_kind { PLACE_CHANNEL, PLACE_TOUCHPOINT, PLACE_LABEL, PLACE_KINDS };

/* A row of any of the three; what a kind does not have stays empty. */
struct place {
    int64_t id;
    struct str name;
    enum channel_kind channel_kind; /* of channels, as is_configured */
    bool is_configured;
    struct str colour; /* of labels: "#d33682"; no data: none */
    int64_t created_at_ms;
    int64_t archived_at_ms; /* 0: in use */
    int64_t version;
};

/* ERR_NOT_FOUND. */
enum err place_read(struct reader *reader, struct arena *arena, enum place_kind kind, int64_t id,
                    struct place *out);
enum place_choice { PLACES_IN_USE, PLACES_ARCHIVED };
struct place_asked {
    enum place_kind kind;
    enum place_choice choice;
    int64_t after_id; /* 0: from the beginning */
    size_t limit;     /* at most PLACES_PAGE_MAX + 1 */
};
/* In the order of their making. */
enum err place_list(struct reader *reader, struct arena *arena, const struct place_asked *asked,
                    struct place **out, size_t *count);

/* Why a command was refused, beside its error: counts then too. */
enum place_fault { PLACE_FINE, PLACE_NAME_TAKEN, PLACE_VERSION };

struct place_out {
    enum place_fault fault;
    struct place place;
};

/* ERR_CONFLICT with a fault, ERR_LIMIT at PLACES_MAX. Appends definition.changed. */
struct place_create_in {
    enum place_kind kind;
    struct str name;
    enum channel_kind channel_kind;
    struct str colour;
};
extern const struct command PLACE_CREATE; /* fills a struct place_out */

/* What is not given stays. A place is never deleted, for interactions name it: it is archived, and
 * its name still finds it. ERR_NOT_FOUND, ERR_CONFLICT with a fault. */
enum place_switch { PLACE_KEEP, PLACE_ARCHIVE, PLACE_RESTORE };
struct place_patch_in {
    enum place_kind kind;
    int64_t id;
    int64_t version;                /* 0: any */
    struct str name;                /* no data: as it is */
    enum channel_kind channel_kind; /* 0: as it is */
    bool sets_colour;
    struct str colour;
    enum place_switch turn;
};
extern const struct command PLACE_PATCH; /* fills a struct place_out */
