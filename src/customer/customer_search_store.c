#include "customer/customer_search_store.h"

#include "base/buf.h"
#include "customer/customer_list_store.h"

enum { TEXT_SIZE_MAX = 256 * 1024 };

static const struct query NAMES_READ = {
    .sql = "SELECT id, root_id, name, erased_at_ms FROM customer WHERE id = $1",
    .rows_max = 1,
};
static const struct query MEMBER_NAMES_READ = {
    .sql = "SELECT name FROM customer WHERE root_id = $1 AND merged_into IS NOT NULL"
           " AND name IS NOT NULL LIMIT 200",
    .rows_max = CUSTOMER_MEMBERS_MAX,
};

/* The text of a root: its own and its members' names and identities. Somebody merged or erased has
 * none, so that a list finds everybody once. */
static enum err text_of(struct reader *reader, struct arena *arena, int64_t id, struct str *out)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &NAMES_READ, ARGS(value_int(id)), &rows);
    if (err) return err;
    *out = STR("");
    if (rows.count == 0 || rows_int(&rows, 0, 1) != id || !rows_is_null(&rows, 0, 3)) return OK;

    struct buf buf = buf_open(arena, TEXT_SIZE_MAX);
    buf_add(&buf, rows_text_or_none(&rows, 0, 2));
    err = reader_read(reader, arena, &MEMBER_NAMES_READ, ARGS(value_int(id)), &rows);
    if (err) return err;
    for (size_t i = 0; i < rows.count; i++) {
        buf_add_char(&buf, '\n');
        buf_add(&buf, rows_text(&rows, i, 0));
    }
    struct customer_view view;
    err = customer_view_read(&(struct read_from){ .reader = reader }, arena, id, &view);
    if (err) return err;
    for (size_t i = 0; i < view.identities_count; i++) {
        buf_add_char(&buf, '\n');
        buf_add(&buf, view.identities[i].text);
    }
    *out = buf_view(&buf);
    return OK;
}

static enum err read_customer(struct reader *reader, struct arena *arena, const struct event *event,
                              int64_t *id, struct str *text, bool *replaces)
{
    *id = event->customer_id;
    *replaces = true;
    return text_of(reader, arena, event->customer_id, text);
}

static const struct query ROOT_OF = {
    .sql = "SELECT root_id FROM customer WHERE id = $1",
    .rows_max = 1,
};

/* The root of the one that an identity belongs to, that was merged into, or that was left. */
static enum err read_root(struct reader *reader, struct arena *arena, const struct event *event,
                          int64_t *id, struct str *text, bool *replaces)
{
    struct rows rows;
    int64_t other_id = event_number(event, FIELD_INTO, event->customer_id);
    enum err err = reader_read(reader, arena, &ROOT_OF, ARGS(value_int(other_id)), &rows);
    if (err) return err;
    *replaces = true;
    *id = rows.count > 0 ? rows_int(&rows, 0, 0) : 0;
    *text = STR("");
    return *id == 0 ? OK : text_of(reader, arena, *id, text);
}

const struct search_source CUSTOMER_SEARCH_SOURCES[] = {
    { EVENT_CUSTOMER_CREATED, SEARCH_CUSTOMER, read_customer },
    { EVENT_CUSTOMER_CHANGED, SEARCH_CUSTOMER, read_root },
    { EVENT_IDENTITY_ADDED, SEARCH_CUSTOMER, read_root },
    { EVENT_CUSTOMER_MERGED, SEARCH_CUSTOMER, read_customer },
    { EVENT_CUSTOMER_MERGED, SEARCH_CUSTOMER, read_root },
    { EVENT_CUSTOMER_UNMERGED, SEARCH_CUSTOMER, read_customer },
    { EVENT_CUSTOMER_UNMERGED, SEARCH_CUSTOMER, read_root },
    { EVENT_CUSTOMER_ERASED, SEARCH_CUSTOMER, read_customer },
};
const size_t CUSTOMER_SEARCH_SOURCES_COUNT =
    sizeof(CUSTOMER_SEARCH_SOURCES) / sizeof(CUSTOMER_SEARCH_SOURCES[0]);
