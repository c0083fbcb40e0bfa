/* What an error is to a client: status, stable code and words. One table. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

struct problem {
    int status;
    const char *code;
    const char *detail;
};

/* `err` is not OK. `has_if_match`: the request named a version, so a conflict is 412. */
struct problem problem_of(enum err err, bool has_if_match);
/* "Not found" and so on. */
const char *problem_title(int status);
