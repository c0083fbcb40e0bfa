/* Words out of text for searching: cut by ICU's word boundaries, case folded, in one form where
 * Unicode knows several (NFKC), joined by single spaces. The index and the query are cut by the
 * same function.
 *
 * Only letters, digits and their marks come out: other characters part words ("example.com" is
 * two), but for the apostrophe ("don't" is "dont"). Accents and the points of Hebrew and Arabic are
 * removed; marks that make another letter stay (kana voicing, Indic and Thai signs).
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* At most `size_max` bytes come out: longer text is cut at a word. ERR_INVALID if `text` is not
 * UTF-8. */
enum err words_fold(struct arena *arena, struct str text, size_t size_max, struct str *out);
