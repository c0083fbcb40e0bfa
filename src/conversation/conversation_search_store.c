#include "conversation/conversation_search_store.h"

static const struct query SUBJECT_READ = {
    .sql = "SELECT v.subject, c.erased_at_ms FROM conversation v"
           " LEFT JOIN customer c ON c.id = v.customer_id WHERE v.id = $1",
    .rows_max = 1,
};
static const struct query TEXT_READ = {
    .sql = "SELECT conversation_id, text FROM interaction WHERE id = $1",
    .rows_max = 1,
};

/* Adds the subject as it is now: an earlier one still finds the conversation. Once its customer was
 * erased nothing finds it. */
static enum err read_subject(struct reader *reader, struct arena *arena, const struct event *event,
                             int64_t *id, struct str *text, bool *replaces)
{
    struct rows rows;
    enum err err =
        reader_read(reader, arena, &SUBJECT_READ, ARGS(value_int(event->conversation_id)), &rows);
    if (err) return err;
    *id = rows.count > 0 ? event->conversation_id : 0;
    *replaces = rows.count > 0 && !rows_is_null(&rows, 0, 1);
    *text = STR("");
    if (rows.count > 0 && !*replaces && !rows_is_null(&rows, 0, 0)) {
        *text = rows_text(&rows, 0, 0);
    }
    return OK;
}

/* Under the conversation it belongs to now: it may have been merged since. */
static enum err read_text(struct reader *reader, struct arena *arena, const struct event *event,
                          int64_t *id, struct str *text, bool *replaces)
{
    struct rows rows;
    enum err err =
        reader_read(reader, arena, &TEXT_READ, ARGS(value_int(event->interaction_id)), &rows);
    if (err) return err;
    *replaces = false;
    *id = rows.count > 0 && !rows_is_null(&rows, 0, 1) ? rows_int_or_zero(&rows, 0, 0) : 0;
    *text = *id ? rows_text(&rows, 0, 1) : STR("");
    return OK;
}

const struct search_source CONVERSATION_SEARCH_SOURCES[] = {
    { EVENT_CONVERSATION_CREATED, SEARCH_CONVERSATION, read_subject },
    { EVENT_CONVERSATION_CHANGED, SEARCH_CONVERSATION, read_subject },
    { EVENT_INTERACTION_CAPTURED, SEARCH_CONVERSATION, read_text },
};
const size_t CONVERSATION_SEARCH_SOURCES_COUNT =
    sizeof(CONVERSATION_SEARCH_SOURCES) / sizeof(CONVERSATION_SEARCH_SOURCES[0]);
