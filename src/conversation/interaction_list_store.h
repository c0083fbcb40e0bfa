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

/* What every list can be narrowed by: what is out of it is looked at and left out, at most
 * INTERACTIONS_SCAN_MAX for a page. */
struct interaction_filter {
    int64_t channel_id; /* 0: any */
    int64_t from_ms;    /* from <= at < to */
    int64_t to_ms;      /* INT64_MAX: no end */
};

/* `after` NULL: from the beginning; for the three. By time and id. */
enum err interactions_of_conversation(struct reader *reader, struct arena *arena,
                                      int64_t conversation_id,
                                      const struct interaction_filter *filter,
                                      enum interaction_order order,
                                      const struct interaction_key *after, size_t limit,
                                      struct interaction_page *out);
/* Newest first, over everybody merged into one; conversations out of reach are left out. */
enum err interactions_of_customers(struct reader *reader, struct arena *arena,
                                   const int64_t *customers, size_t customers_count,
                                   const struct reach *reach,
                                   const struct interaction_filter *filter,
                                   const struct interaction_key *after, size_t limit,
                                   struct interaction_page *out);
/* Everything, last captured first: by id, `at_ms` of the keys does not count. */
enum err interactions_captured(struct reader *reader, struct arena *arena,
                               const struct reach *reach, const struct interaction_filter *filter,
                               const struct interaction_key *after, size_t limit,
                               struct interaction_page *out);
/* One, if its conversation is in reach. ERR_NOT_FOUND. */
enum err interaction_read_one(struct reader *reader, struct arena *arena, const struct reach *reach,
                              int64_t id, struct interaction_view *out);
