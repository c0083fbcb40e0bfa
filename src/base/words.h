/* Words out of text for searching: cut by ICU's word boundaries, case folded, marks removed
 * (NFKD), joined by single spaces. The index and the query are cut by the same function.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* At most `size_max` bytes come out: longer text is cut at a word. ERR_INVALID if `text` is not
 * UTF-8. */
enum err words_fold(struct arena *arena, struct str text, size_t size_max, struct str *out);
