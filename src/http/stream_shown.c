#include "http/stream_shown.h"

#include <assert.h>
#include <inttypes.h>

#include "base/buf.h"
#include "base/json.h"

enum { TOPICS_MAX = 63 };

/* Topics are numbered in the order in which the table of kinds first names them. */
static size_t topic_number(const struct event_kind_row *rows, size_t count, struct str topic)
{
    size_t number = 0;
    for (size_t i = 0; i < count; i++) {
        struct str name = str_from(rows[i].topic);
        if (str_equal(name, topic)) return number;
        bool is_first = true;
        for (size_t j = 0; j < i; j++) is_first &= !str_equal(str_from(rows[j].topic), name);
        number += is_first;
    }
    return TOPICS_MAX;
}

void shown_kinds_init(struct shown_kinds *kinds)
{
    size_t count;
    const struct event_kind_row *rows = event_kinds(&count);
    *kinds = (struct shown_kinds){ 0 };
    for (size_t i = 0; i < count; i++) {
        size_t number = topic_number(rows, count, str_from(rows[i].topic));
        assert(number < TOPICS_MAX);
        enum permission permission = permission_find(str_from(rows[i].permission));
        assert(permission != PERMISSION_MISSING);
        kinds->topics[rows[i].kind] = (uint64_t)1 << number;
        kinds->permissions[rows[i].kind] = permission;
        kinds->needs_reach[rows[i].kind] = rows[i].needs_reach;
    }
}

enum err topics_parse(struct str text, uint64_t *out)
{
    size_t count;
    const struct event_kind_row *rows = event_kinds(&count);
    uint64_t topics = 0;
    while (text.size > 0) {
        size_t number = topic_number(rows, count, str_trim(str_cut(&text, ',')));
        if (number == TOPICS_MAX) return ERR_INVALID;
        topics |= (uint64_t)1 << number;
    }
    *out = topics ? topics : UINT64_MAX;
    return OK;
}

void shown_clear(struct shown_block *block, uint64_t topics)
{
    if (block->arena) arena_reset(block->arena);
    block->items = NULL;
    block->count = 0;
    block->topics = topics;
}

void shown_close(struct shown_block *block)
{
    arena_close(block->arena);
    *block = (struct shown_block){ 0 };
}

static struct str write_text(struct arena *arena, const struct event *event)
{
    struct buf buf = buf_open(arena, SHOWN_TEXT_MAX);
    buf_printf(&buf, "id: %" PRId64 "\nevent: %s\ndata: ", event->seq,
               event_kind_row(event->kind)->name);
    struct json_writer writer = { .buf = &buf };
    event_write_json(&writer, event);
    buf_add(&buf, STR("\n\n"));
    assert(!buf.overflowed); /* an event's data are at most EVENT_DATA_MAX bytes */
    return buf_view(&buf);
}

enum err shown_add(struct shown_block *block, const struct shown_kinds *kinds,
                   const struct event *event)
{
    if (block->count == SHOWN_MAX) return ERR_LIMIT;
    if (!block->arena) block->arena = arena_open();
    if (!block->items) block->items = arena_array(block->arena, struct shown, SHOWN_MAX);
    assert(block->count == 0 || block->items[block->count - 1].seq == event->seq - 1);

    struct shown *shown = &block->items[block->count++];
    *shown = (struct shown){ .seq = event->seq, .text = STR_INIT("") };
    if (event->kind < 0 || event->kind > EVENT_KIND_MAX) return OK;
    shown->topic = kinds->topics[event->kind];
    shown->permission = kinds->permissions[event->kind];
    if (kinds->needs_reach[event->kind]) {
        shown->reach_of = event->conversation_id ? event->conversation_id : -1;
    }
    if (shown->topic & block->topics) shown->text = write_text(block->arena, event);
    return OK;
}

size_t shown_span(const struct shown_block *block, int64_t seq, uint64_t topics,
                  const struct shown **out)
{
    if (block->count == 0 || (topics & ~block->topics) != 0) return 0;
    int64_t first = block->items[0].seq;
    if (seq < first || seq >= first + (int64_t)block->count) return 0;
    size_t at = (size_t)(seq - first);
    *out = &block->items[at];
    return block->count - at;
}
