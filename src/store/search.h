/* Finding conversations and customers by words. A follower of the event log with a file of its own
 * (search.db beside the store): delete it and it is built again.
 *
 * Words are cut and folded by base/words. All words of a query must match, the last one as a
 * prefix; newest first.
 *
 * Owner: the index, its own thread; reading, any thread with a search_reader of its own.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/feed.h"

struct search;
struct search_reader;

enum search_kind { SEARCH_CONVERSATION = 1, SEARCH_CUSTOMER = 2 };

/* What an event makes findable: the thing it is about and the text to add to it. The capability
 * that owns the text says so; a table of sources stands in main.c. */
struct search_source {
    enum event_kind event;
    enum search_kind kind;
    /* `id` 0: nothing to index. With `replaces` the text takes the place of what was indexed
     * before for this id, else it is added. */
    enum err (*read)(struct reader *reader, struct arena *arena, const struct event *event,
                     int64_t *id, struct str *text, bool *replaces);
};

struct search_settings {
    const char *path;       /* of search.db */
    const char *store_path; /* of the database texts are read from */
    const struct search_source *sources;
    size_t sources_count;
};

/* Starts the follower. */
enum err search_open(struct arena *arena, const struct search_settings *settings, struct feed *feed,
                     struct search **out);
void search_close(struct search *search);
/* The last event the index knows. Any thread. */
int64_t search_seq(const struct search *search);

enum err search_reader_open(struct arena *arena, const char *path, struct search_reader **out);
void search_reader_close(struct search_reader *reader);

/* Ids of that kind with all the words, greatest first, below `before_id` (0: from the top).
 * ERR_INVALID if the text holds no word. */
enum err search_find(struct search_reader *reader, struct arena *arena, enum search_kind kind,
                     struct str text, int64_t before_id, size_t count_max, int64_t **out,
                     size_t *count);
