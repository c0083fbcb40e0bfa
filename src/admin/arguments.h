/* The words of a command line: options with values, flags, and what stands alone. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

enum { ARGUMENTS_WORDS_MAX = 8, ARGUMENTS_OPTIONS_MAX = 24 };

struct option {
    const char *name;  /* "--role" */
    const char *value; /* NULL: a flag, or not given */
    bool is_given;
};

/* What a command takes. Ends with an entry without name. */
struct option_spec {
    const char *name;
    bool has_value;
};

struct arguments_given {
    const char *words[ARGUMENTS_WORDS_MAX];
    size_t words_count;
    struct option options[ARGUMENTS_OPTIONS_MAX];
    size_t options_count;
    const char *fault; /* the word at fault, after ERR_INVALID */
    const char *reason;
};

/* `--name value` and `--name=value`, in any order; after `--` everything is a word. Points into
 * `words`. ERR_INVALID for an unknown option, a missing value, too many words. */
enum err arguments_parse(int count, const char *const words[], const struct option_spec *specs,
                         struct arguments_given *out);

bool arguments_has(const struct arguments_given *given, const char *name);
/* No data if it was not given. */
struct str arguments_value(const struct arguments_given *given, const char *name);
