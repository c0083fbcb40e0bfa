/* Customers and their identities in the database: what capture and imports need of them, and the
 * steps that commands are made of.
 *
 * Owner: functions with a tx, the writer's thread.
 */
#pragma once

#include "customer/identity.h"
#include "store/store.h"

/* What a sender says about a customer. A str without data is not said. */
struct customer_hint {
    int64_t id; /* 0: not said */
    struct str email;
    struct str phone;
    struct str external_id;
    struct str cookie;
    struct str name;
    struct str attributes; /* JSON object */
};

/* Finds the customer by id, external id, e-mail, phone or cookie, in this order, or makes one;
 * identities that are new are added to it, but never moved from another customer. `out` is the
 * customer after merges (its root). 0 with OK if the hint says nothing. ERR_INVALID if an identity
 * is malformed (the API checks first, with words), ERR_NOT_FOUND if `id` is unknown or erased. An
 * existing customer's name is filled in if it has none. Hot: one prepared read for each identity on
 * the usual path. */
enum err customer_take(struct tx *tx, struct arena *arena, const struct customer_hint *hint,
                       int64_t *out);

enum { CUSTOMER_NAME_MAX = 200, IDENTITIES_MAX = 100, HINT_IDENTITIES_MAX = 4 };

struct identity_said {
    enum identity_kind kind;
    struct str text; /* normalised */
};
/* The identities of a hint, normalised, in the order in which they are tried. ERR_INVALID. */
enum err customer_hint_identities(struct arena *arena, const struct customer_hint *hint,
                                  struct identity_said out[HINT_IDENTITIES_MAX], size_t *count);

/* A new customer without identities; appends customer.created, which stands for the identities it
 * begins with as well. */
enum err customer_insert(struct tx *tx, struct str name, struct str attributes, int64_t *out);
/* Adds an identity that nobody has yet; ERR_LIMIT at IDENTITIES_MAX. No event. */
enum err identity_insert(struct tx *tx, struct arena *arena, int64_t customer_id,
                         const struct identity_said *identity, int64_t *out);
/* Who has that identity, itself and not its root; ERR_NOT_FOUND. */
enum err identity_owner(struct tx *tx, struct arena *arena, const struct identity_said *identity,
                        int64_t *customer_id);
/* Appends an event about one identity. */
void identity_event(struct tx *tx, int event_kind, int64_t customer_id, int64_t identity_id);
