/* What the forms of access have in common: names, addresses, passwords, zones and lists of ids,
 * each with a fault where something is wrong.
 *
 * Each getter returns true and fills `out` if the member is there and right. A member that is
 * absent returns false without a fault; a null one is a fault, since none of these can be cleared.
 *
 * Pure: no clock, no database.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/json.h"
#include "base/str.h"

/* Normalised (access/agent.h). */
bool form_name(struct json_form *form, const char *name, size_t size_max, struct str *out);
bool form_email(struct json_form *form, const char *name, struct str *out);
/* `email` is the person's, may be empty. */
bool form_password(struct json_form *form, const char *name, struct str email, struct str *out);
/* An IANA zone that this machine knows. */
bool form_zone(struct json_form *form, const char *name, struct str *out);
/* An array of ids of `kind`, `count_max` of them at the most; fills `items` and `count`. */
struct form_ids {
    enum id_kind kind;
    size_t count_max;
    const int64_t *items; /* in the form's arena */
    size_t count;
};
bool form_ids(struct json_form *form, const char *name, struct form_ids *ids);
