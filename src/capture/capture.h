/* What a sender says about one interaction, before it is known what it belongs to. Pure.
 *
 * The API, imports and channels all fill this struct; `INTERACTION_CAPTURE` makes rows and events
 * of it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "conversation/conversation.h"
#include "customer/customer_store.h"

struct attribute {
    struct str name;
    struct str text; /* numbers and flags as JSON writes them */
};

/* A str without data, 0 and -1 stand for "not said". */
struct capture_in {
    struct str external_id;
    int64_t at_ms; /* 0: now */
    enum interaction_kind kind;
    enum direction direction;
    struct str channel; /* a name or a cha_ id; never empty */
    struct str touchpoint;
    struct customer_hint customer;
    struct str conversation; /* a con_ id or an external reference */
    struct str agent;
    struct str team;
    struct str text;
    int64_t wait_ms;   /* -1: not said */
    int64_t handle_ms; /* -1: not said */
    enum outcome outcome;
    int nps; /* -1: not said, as below */
    int csat;
    int ces;
    const struct attribute *attributes;
    size_t attributes_count;
    struct str attributes_json; /* the same as the object that was sent; no data: none */
};

/* Reads the object of design §8. Faults go to the form's problems; what could be read is in `out`,
 * which points into the document and `arena`. */
void capture_read(struct json_form *form, struct arena *arena, struct capture_in *out);

/* The same, for fields that come as texts (a CSV cell, a form). `name` is a field of the JSON form
 * with a dot for nested ones: "customer.email", "answers.nps", "attributes.product". ERR_INVALID if
 * the text does not fit, ERR_NOT_FOUND if there is no such field; nothing is set then. Durations
 * are seconds. Times are RFC 3339. Attributes go to the arena. */
enum err capture_set(struct capture_in *capture, struct arena *arena, struct str name,
                     struct str text);
/* An empty capture of a message that comes in. */
struct capture_in capture_empty(void);
