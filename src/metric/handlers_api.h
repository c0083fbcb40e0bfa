/* The handlers of METRIC_ROUTES, which stand in files of their own. */
#pragma once

#include "column/facts.h"
#include "http/request.h"

/* catalogue_api.c */
enum err metrics_list(struct request *request);
enum err dimensions_list(struct request *request);
enum err dimension_values_list(struct request *request);
/* drill_api.c */
enum err drill_show(struct request *request);

/* For work on a worker: a view that knows all that is committed by now, if it comes within
 * FRESH_WAIT_MS. ERR_BUSY while facts are being rebuilt. */
enum { FRESH_WAIT_MS = 100 };
enum err facts_view_for(struct request *request, struct facts_view *out);
/* The workspace's time zone. */
enum err zone_of_workspace(struct request *request, struct str *out);
/* For query_plan: whether the asker of a `struct request` is gone. */
bool asker_is_gone(const void *request);
