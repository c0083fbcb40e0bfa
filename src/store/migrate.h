/* Brings the schema to this program's version. Known inside store/ only; owner: the writer's
 * thread. */
#pragma once

#include "store/store.h"

/* Applies what is missing, each migration in a transaction of its own with its checksum.
 * ERR_CORRUPT, with the reason logged, if the store was made by a newer program or an applied one
 * has changed. */
enum err migrate(struct store *store, struct arena *arena);
