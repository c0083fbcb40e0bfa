/* Merging customers who are one person, and taking that back.
 *
 * Merging moves no row but the one merged: `merged_into` is one step, `root_id` where the steps
 * end. So unmerging restores exactly what was there, but for what arrived meanwhile: that belongs
 * to the one who was the root then.
 *
 * Owner: the writer's thread.
 */
#pragma once

#include "customer/customer_change_store.h"

enum { MERGE_DEPTH_MAX = 64 };

/* `from` goes into `into`. ERR_NOT_FOUND if one of both is unknown (a fault says which);
 * ERR_CONFLICT or ERR_LIMIT with a fault. */
struct customer_merge_in {
    int64_t into_id;
    int64_t from_id;
};
extern const struct command CUSTOMER_MERGE; /* fills a struct customer_out with `into` */

/* This one, with whoever was merged into it, leaves its root again. */
struct customer_unmerge_in {
    int64_t id;
};
extern const struct command CUSTOMER_UNMERGE; /* fills a struct customer_out with this one */
