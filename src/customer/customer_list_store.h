/* Customers as they are shown: one, or a page of a list, with their identities. */
#pragma once

#include "customer/identity.h"
#include "customer/read_store.h"
#include "store/search.h"

struct identity_view {
    int64_t id;
    enum identity_kind kind;
    struct str text;
    bool is_verified;
};

struct customer_view {
    int64_t id;
    struct str name;       /* no data: none */
    struct str attributes; /* JSON; no data: none */
    int64_t created_at_ms;
    int64_t updated_at_ms;
    int64_t merged_into; /* 0: not, for these two */
    int64_t erased_at_ms;
    int64_t version;
    const struct identity_view *identities; /* of those merged into it, too */
    size_t identities_count;
};

struct customer_page {
    struct customer_view *items;
    size_t count;
    int64_t next_before_id; /* 0: the last page */
};

enum { CUSTOMER_MEMBERS_MAX = 200, CUSTOMERS_PAGE_MAX = 200 };

/* Merged and erased ones too. ERR_NOT_FOUND. */
enum err customer_view_read(const struct read_from *from, struct arena *arena, int64_t id,
                            struct customer_view *out);
struct customer_asked {
    int64_t before_id; /* 0: from the top */
    size_t limit;      /* 1 to CUSTOMERS_PAGE_MAX */
    struct str text;   /* of customer_list_text */
};

/* Newest first, without those that were merged or erased. */
enum err customer_list(struct reader *reader, struct arena *arena,
                       const struct customer_asked *asked, struct customer_page *out);
/* The same of those in whose names and identities all words stand. ERR_INVALID without a word. */
enum err customer_list_text(struct reader *reader, struct search_reader *search,
                            struct arena *arena, const struct customer_asked *asked,
                            struct customer_page *out);
/* The one with that identity, after merges; an empty page if nobody has it. */
enum err customer_list_identity(struct reader *reader, struct arena *arena, enum identity_kind kind,
                                struct str text, struct customer_page *out);
/* Everybody who was merged into the same one, that one first: at most CUSTOMER_MEMBERS_MAX ids.
 * ERR_NOT_FOUND. */
enum err customer_members(const struct read_from *from, struct arena *arena, int64_t id,
                          int64_t **out, size_t *count);
