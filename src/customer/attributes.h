/* Attributes: what is a sender's own about a customer, a conversation or an interaction. A JSON
 * object of names with texts, numbers, true or false, stored as its JSON text. Pure.
 */
#pragma once

#include "base/arena.h"
#include "base/json.h"

enum {
    ATTRIBUTE_NAMES_MAX = 64,
    ATTRIBUTE_NAME_SIZE_MAX = 64,
    ATTRIBUTE_TEXT_SIZE_MAX = 4000,
    ATTRIBUTES_TEXT_MAX = 16384
};

/* Reads the member `name`: true and its JSON text if it is there and right; a name with null is
 * left out. Faults are noted in the form. */
bool attributes_form(struct json_form *form, const char *name, struct str *out);
/* The same for a change, in which null stands for taking a name away: kept in `out`. */
bool attributes_form_change(struct json_form *form, const char *name, struct str *out);

/* The stored text (no data: none) after a change that attributes_form_change made. No data if
 * nothing is left. ERR_LIMIT if there are too many; ERR_CORRUPT if one of both is no object. */
enum err attributes_merge(struct arena *arena, struct str stored, struct str change,
                          struct str *out);
