/* The schema's history, embedded from store/sql/NNNN.sql by tools/embed_migrations when the
 * program is built. Constants: no owner. */
#pragma once

#include <stddef.h>

#include "base/str.h"

struct migration {
    int number; /* 1, 2, 3 ... without a gap */
    struct str sql;
};

extern const struct migration MIGRATIONS[]; /* in ascending order */
extern const size_t MIGRATIONS_COUNT;
