/* Numbers out of text, with limits. Nothing but the number may stand in the text. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* Decimal, an optional minus. ERR_INVALID if it is none, ERR_LIMIT outside min to max. */
enum err parse_int(struct str text, int64_t min, int64_t max, int64_t *out);
enum { PARSE_REAL_SIZE_MAX = 400 };

/* Decimal with an optional fraction and exponent, a point whatever the locale. ERR_INVALID if it is
 * none, ERR_LIMIT if it is not finite or longer than PARSE_REAL_SIZE_MAX. */
enum err parse_real(struct str text, double *out);
/* "true" or "false". */
enum err parse_bool(struct str text, bool *out);
