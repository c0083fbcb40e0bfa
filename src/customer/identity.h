/* What names a customer: the kinds of identities and how each is normalised, so that two ways of
 * writing one address find the same customer. Pure.
 *
 * The numbers are stored: they never change.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum identity_kind {
    IDENTITY_EMAIL = 1,
    IDENTITY_PHONE = 2,
    IDENTITY_EXTERNAL = 3, /* how another system names this customer */
    IDENTITY_COOKIE = 4,
    IDENTITY_HANDLE = 5, /* a name on a social network */
    IDENTITY_KIND_END
};

extern const char *const IDENTITY_KIND_NAMES[]; /* by number minus 1; ends with NULL */

enum { IDENTITY_TEXT_MAX = 254 };

/* The form under which an identity is stored and found; normalising it again changes nothing.
 *
 * e-mail: lower case; one that is no address is refused, an international domain stays as it is.
 * phone: digits, with a plus in front if it is international ("00" and a "(0)" after the country's
 * code are understood); national numbers stay national, for nobody says of which country they are.
 * external id and cookie: as they are. handle: without "@" in front, lower case.
 * All without white space at the ends. ERR_INVALID if the text cannot be such an identity. */
enum err identity_normalise(struct arena *arena, enum identity_kind kind, struct str text,
                            struct str *out);
/* How to mend an identity that was refused: a sentence for people. */
const char *identity_advice(enum identity_kind kind);
/* "email:ana@example.org" as the API writes it: the kind and the normalised text. */
enum err identity_parse(struct arena *arena, struct str text, enum identity_kind *kind,
                        struct str *out);
