/* Lists of conversations, as fast with a million of them as with a thousand.
 *
 * A list is read in two steps. First the keys: a plan chooses the sources that together hold every
 * conversation wanted (an agent's, a team's, a label's, a customer's, or all of some states; for an
 * agent's reach: those without a team, of each own team, assigned, mentioned). Each source gives
 * its first keys from an index in the order of the list, or sorts a set known to be small; they are
 * merged, and what no index knows is compared row by row. Then the page's rows are read by id.
 *
 * So no page costs more than LIST_SCAN_MAX keys: a rare match in a large state may end in a short
 * page with a cursor from which the next one goes on.
 *
 * Owner: the reader's thread.
 */
#pragma once

#include "conversation/conversation_view_store.h"
#include "conversation/reach.h"
#include "store/filter.h"
#include "store/search.h"

enum conversation_order {
    ORDER_ACTIVITY_DOWN, /* last activity first */
    ORDER_ACTIVITY_UP,
    ORDER_CREATED_DOWN, /* newest first */
    ORDER_CREATED_UP,
    CONVERSATION_ORDERS
};

enum { LIST_IDS_MAX = 10, LIST_PAGE_MAX = 200, LIST_SCAN_MAX = 10000, LIST_SMALL_MAX = 10000 };

struct conversation_filter {
    uint32_t states;             /* bit n: enum conversation_state n; 0: any */
    uint32_t priorities;         /* likewise */
    int64_t teams[LIST_IDS_MAX]; /* none: any, for the three */
    size_t teams_count;
    int64_t agents[LIST_IDS_MAX];
    size_t agents_count;
    int64_t channels[LIST_IDS_MAX];
    size_t channels_count;
    bool is_unassigned;       /* only those without an agent */
    int64_t label_id;         /* 0: any */
    const int64_t *customers; /* everybody merged into one */
    size_t customers_count;
    enum conversation_order order;
};

/* A place in a list. */
struct conversation_key {
    int64_t at_ms; /* by the order: activity or creation */
    int64_t id;
};

struct conversation_page {
    struct conversation_view *items;
    size_t count;
    bool has_more;
    struct conversation_key next; /* go on after it */
};

struct conversation_asked {
    const struct conversation_filter *filter;
    const struct reach *reach;
    const struct conversation_key *after; /* NULL: from the beginning */
    size_t limit;                         /* 1 to LIST_PAGE_MAX */
    struct str text;                      /* of conversation_list_text */
};

/* A conversation that was merged is listed only where it went. */
enum err conversation_list(struct reader *reader, struct arena *arena,
                           const struct conversation_asked *asked, struct conversation_page *out);
/* Those with all words of `text` in their subject or messages, newest id first; the order does not
 * count and `after->id` alone does. A merged one is found by what was said in it. ERR_INVALID
 * without a word. */
enum err conversation_list_text(struct reader *reader, struct search_reader *search,
                                struct arena *arena, const struct conversation_asked *asked,
                                struct conversation_page *out);

/* ---- the plan, seen by tests ---- */

enum source_kind {
    SOURCE_STATE,    /* all of the states */
    SOURCE_TEAMLESS, /* without a team */
    SOURCE_TEAM,
    SOURCE_AGENT,
    SOURCE_MENTION, /* a small set, sorted, as are the two below */
    SOURCE_LABEL,
    SOURCE_CUSTOMER,
    SOURCE_KINDS
};

struct source {
    enum source_kind kind;
    int64_t id;
};

enum { SOURCES_MAX = 256 };

struct conversation_plan {
    struct source sources[SOURCES_MAX];
    size_t count;
};

/* Whether the label and the customers have few conversations is for the caller to find out. */
struct conversation_sizes {
    bool label_is_small;
    bool customers_are_small;
};
void conversation_plan(const struct conversation_filter *filter, const struct reach *reach,
                       const struct conversation_sizes *sizes, struct conversation_plan *out);
/* The statement that reads the first `limit` keys of one source after a key, which must be given.
 */
void conversation_source_filter(const struct source *source, const struct conversation_asked *asked,
                                struct filter *out);
