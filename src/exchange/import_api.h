/* Imports over HTTP: an upload becomes a job that runs on a worker of its own.
 */
#pragma once

#include "base/err.h"
#include "http/route.h"
#include "store/workspace.h"

/* All of /api/v1/imports. */
extern const struct routes IMPORT_ROUTES;

/* Before the first request: imports that were running when the program stopped have failed, and say
 * so. */
enum err import_recover(struct workspace *workspace);
