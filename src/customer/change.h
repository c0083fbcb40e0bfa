/* One member of a PATCH: not given, null (clears) or a value. Pure. */
#pragma once

#include <stdint.h>

#include "base/json.h"

struct text_change {
    bool is_given;
    struct str text; /* no data: cleared */
};

struct number_change {
    bool is_given;
    int64_t number; /* 0: cleared */
};

/* Faults are noted in the form; then nothing counts as given. */
struct text_change change_text(struct json_form *form, const char *name, size_t size_max);
struct number_change change_id(struct json_form *form, const char *name, enum id_kind kind);
struct number_change change_time(struct json_form *form, const char *name);
