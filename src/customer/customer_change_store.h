/* Making and changing a customer on purpose, not by what somebody sent.
 *
 * Owner: the writer's thread.
 */
#pragma once

#include "customer/change.h"
#include "customer/customer_list_store.h"
#include "customer/customer_store.h"

/* Why a command was refused, beside its error: counts then too. */
enum customer_fault {
    CUSTOMER_FINE,
    CUSTOMER_VERSION,         /* If-Match named another one */
    CUSTOMER_IDENTITY_TAKEN,  /* somebody else has it */
    CUSTOMER_IDENTITIES_FULL, /* IDENTITIES_MAX */
    CUSTOMER_ATTRIBUTES_FULL,
    CUSTOMER_IS_ERASED,
    CUSTOMER_MERGE_ITSELF, /* into itself, or into one that was merged into it */
    CUSTOMER_MERGE_AGAIN,  /* it was merged already */
    CUSTOMER_MERGE_FULL,   /* CUSTOMER_MEMBERS_MAX, or deeper than MERGE_DEPTH_MAX */
    CUSTOMER_NOT_MERGED,
    CUSTOMER_FROM_NOT_FOUND /* the one to be merged */
};

struct customer_out {
    enum customer_fault fault;
    struct customer_view view;
};

/* Makes a customer; the hint's id must be 0. ERR_INVALID if an identity is malformed, ERR_CONFLICT
 * with a fault. */
struct customer_create_in {
    struct customer_hint hint;
};
extern const struct command CUSTOMER_CREATE; /* fills a struct customer_out */

enum { IDENTITY_CHANGES_MAX = 20 };

struct identity_add {
    struct identity_said said; /* normalised */
    bool is_verified;
};

/* ERR_NOT_FOUND; ERR_CONFLICT or ERR_LIMIT with a fault. Adding what the customer has already
 * changes only whether it is verified; removing what it does not have changes nothing. */
struct customer_patch_in {
    int64_t id;
    int64_t version; /* 0: any */
    struct text_change name;
    struct text_change attributes; /* as attributes_form_change makes it; no data: all go */
    const struct identity_add *adds;
    size_t adds_count;
    const int64_t *removes;
    size_t removes_count;
};
extern const struct command CUSTOMER_PATCH; /* fills a struct customer_out */
