/* Lists of interactions: of one conversation, of one customer, of everything.
 *
 * A customer's timeline is merged from many sources, each read from its index for a page at the
 * most: the interactions of each conversation, and those that belong to none.
 *
 * Owner: the reader's thread.
 */
#pragma once

#include "conversation/conversation_view_store.h"
#include "conversation/reach.h"

enum { INTERACTIONS_PAGE_MAX = 200, INTERACTIONS_SCAN_MAX = 20000 };

enum interaction_order { INTERACTIONS_OLDEST_FIRST, INTERACTIONS_NEWEST_FIRST };

/* A place in a list. */
struct interaction_key {
    int64_t at_ms;
    int64_t id;
};

struct interaction_page {
    struct interaction_view *items;
    size_t count;
    bool has_more;
    struct interaction_key next; /* go on after it */
};

struct interaction_asked {
    /* What is not on the channel or out of the time is looked at and left out, at most
     * INTERACTIONS_SCAN_MAX for a page. */
    int64_t channel_id; /* 0: any */
    int64_t from_ms;    /* from <= at < to */
    int64_t to_ms;      /* INT64_MAX: no end */
    enum interaction_order order;
    const struct interaction_key *after; /* NULL: from the beginning */
    size_t limit;                        /* 1 to INTERACTIONS_PAGE_MAX */
    const struct reach *reach;           /* not needed for one conversation */
    const int64_t *customers; /* everybody merged into one, for interactions_of_customers */
    size_t customers_count;
};

/* By time and id, in either order. Whether it is in reach, the caller has checked. */
enum err interactions_of_conversation(struct reader *reader, struct arena *arena,
                                      int64_t conversation_id,
                                      const struct interaction_asked *asked,
                                      struct interaction_page *out);
/* Newest first; conversations out of reach are left out. */
enum err interactions_of_customers(struct reader *reader, struct arena *arena,
                                   const struct interaction_asked *asked,
                                   struct interaction_page *out);
/* Everything, last captured first: by id, `at_ms` of the keys does not count. */
enum err interactions_captured(struct reader *reader, struct arena *arena,
                               const struct interaction_asked *asked, struct interaction_page *out);
/* One, if its conversation is in reach. ERR_NOT_FOUND. */
enum err interaction_read_one(struct reader *reader, struct arena *arena, const struct reach *reach,
                              int64_t id, struct interaction_view *out);
