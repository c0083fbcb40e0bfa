/* What stands in a request line: paths and arguments, percent-encoded. Pure.
 *
 * A path that two programs could read differently (encoded slashes, dot segments, control
 * characters) is refused, not repaired.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { URL_PATH_MAX = 2048 };

/* Without its percent-encoding. ERR_INVALID for a malformed escape, for NUL and for what is not
 * UTF-8. Without an escape it is `raw` itself. */
enum err url_decode(struct arena *arena, struct str raw, struct str *out);
/* A decoded path: begins with a slash, has no empty, "." or ".." segment but perhaps an empty last
 * one, and held no encoded slash, backslash or control character. ERR_INVALID otherwise. */
enum err url_path(struct arena *arena, struct str raw, struct str *out);
