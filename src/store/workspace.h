/* One organisation's data and everything that hangs on it. Passed along; there are no globals.
 *
 * Parts of higher floors are known here by name only; main.c opens and joins them.
 */
#pragma once

#include "base/arena.h"
#include "base/str.h"
#include "store/feed.h"
#include "store/search.h"
#include "store/store.h"
#include "store/timer.h"
#include "store/writer.h"

struct facts;        /* column/facts.h */
struct facts_follow; /* metric/facts_follow.h */
struct stream_hub;   /* http/stream.h */
struct jobs;         /* http/job.h: the pool is shared by all workspaces */
struct access;       /* access/access.h: sign-in limits and the like */

struct workspace {
    struct str name;      /* "main", "sample": in URLs and folder names */
    struct str directory; /* without a slash at the end */
    struct str prefix;    /* of URLs: "" or "/w/sample" */
    struct str url;       /* as people reach it, without a slash at the end: for links we print */
    struct arena *arena;  /* lives as long as the workspace */
    const char *store_path;
    const char *search_path;
    struct feed *feed;
    struct writer *writer;
    struct search *search;
    struct facts *facts;
    struct facts_follow *facts_follow;
    struct stream_hub *streams;
    struct access *access;
    int lock; /* a descriptor; -1: not locked */
};

enum { WORKSPACE_NAME_MAX = 32 };

/* Lower-case letters, digits and hyphens, beginning with a letter. */
bool workspace_name_is_valid(struct str name);

struct workspace_settings {
    struct str data_directory;
    struct str name;
    bool accept_loss;
    const struct search_source *search_sources; /* none: no search, for commands without a server */
    size_t search_sources_count;
    const struct timer_action *timers;
    size_t timers_count;
};

/* Makes the folder if needed, locks it against other processes (ERR_BUSY), opens feed, writer and
 * search. Facts, streams and access are left NULL. */
enum err workspace_open(const struct workspace_settings *settings, struct workspace **out);
void workspace_close(struct workspace *workspace);
