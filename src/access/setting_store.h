/* The settings of a workspace that people change: its name, its time zone, and how far agents
 * reach.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

enum { WORKSPACE_TITLE_MAX = 200 };

struct settings {
    struct str workspace_name; /* for people; no data if it was never set */
    struct str zone;           /* IANA name; UTC if it was never set */
    struct str reach;          /* "team" or "all" */
};

enum err settings_read(struct reader *reader, struct arena *arena, struct settings *out);

/* Changes the ones that have data; they must be valid. Fills a struct settings. */
extern const struct command SETTINGS_CHANGE;
