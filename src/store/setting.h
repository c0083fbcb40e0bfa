/* Settings of the workspace: short texts by name. */
#pragma once

#include "store/store.h"

/* ERR_NOT_FOUND if it was never set. */
enum err setting_read(struct reader *reader, struct arena *arena, struct str name, struct str *out);
enum err setting_read_tx(struct tx *tx, struct arena *arena, struct str name, struct str *out);
enum err setting_write(struct tx *tx, struct str name, struct str body);

/* The names in use. */
#define SETTING_WORKSPACE_NAME STR("workspace_name")
#define SETTING_ZONE STR("zone")   /* IANA name; UTC if unset */
#define SETTING_REACH STR("reach") /* "team" or "all" */
