/* Dates and times as other programs write them, read by a format like strptime's. Pure.
 *
 * %Y year, %y two digits of it (69 is 1969, 68 is 2068), %m month, %b its English name or the first
 * three letters, %d day, %H hour, %I hour of 12 with %p AM or PM, %M minute, %S second, %f a
 * fraction of it, %z an offset (+0100, +01:00, Z), %s seconds since 1970, %% a percent sign. A
 * space matches any white space; everything else stands for itself. Nothing of a locale matters.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "base/zone.h"

enum { TIME_FORMAT_SIZE_MAX = 64 };

/* NULL if the format is one, with a date in it; else why not, as words for people. */
const char *time_format_fault(struct str format);
/* `format` must be one. Without %z and %s the time is the zone's; what the format does not name is
 * the first month, the first day, and 0. ERR_INVALID if the text does not fit or there is no such
 * time, as on 31 February. */
enum err time_text_read(struct str format, struct str text, const struct zone *zone, int64_t *out);
