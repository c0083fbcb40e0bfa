#include "conversation/place_store.h"

#include "base/buf.h"

#include "store/event.h"

static const struct query CHANNEL_FIND = {
    .sql = "SELECT id FROM channel WHERE name = $1",
    .rows_max = 1,
};
static const struct query TOUCHPOINT_FIND = {
    .sql = "SELECT id FROM touchpoint WHERE name = $1",
    .rows_max = 1,
};
static const struct query LABEL_FIND = {
    .sql = "SELECT id FROM label WHERE name = $1",
    .rows_max = 1,
};
/* The three tables are read as one shape. */
static const struct query CHANNEL_READ = {
    .sql = "SELECT id, name, kind, is_configured, NULL, created_at_ms, archived_at_ms, version"
           " FROM channel WHERE id = $1",
    .rows_max = 1,
};
static const struct query TOUCHPOINT_READ = {
    .sql = "SELECT id, name, 0, 0, NULL, created_at_ms, archived_at_ms, version"
           " FROM touchpoint WHERE id = $1",
    .rows_max = 1,
};
static const struct query LABEL_READ = {
    .sql = "SELECT id, name, 0, 0, colour, created_at_ms, archived_at_ms, version"
           " FROM label WHERE id = $1",
    .rows_max = 1,
};
static const struct query CHANNELS_IN_USE = {
    .sql = "SELECT id, name, kind, is_configured, NULL, created_at_ms, archived_at_ms, version"
           " FROM channel WHERE id > $1 AND archived_at_ms IS NULL ORDER BY id LIMIT $2",
    .rows_max = PLACES_PAGE_MAX + 1,
};
static const struct query TOUCHPOINTS_IN_USE = {
    .sql = "SELECT id, name, 0, 0, NULL, created_at_ms, archived_at_ms, version"
           " FROM touchpoint WHERE id > $1 AND archived_at_ms IS NULL ORDER BY id LIMIT $2",
    .rows_max = PLACES_PAGE_MAX + 1,
};
static const struct query LABELS_IN_USE = {
    .sql = "SELECT id, name, 0, 0, colour, created_at_ms, archived_at_ms, version"
           " FROM label WHERE id > $1 AND archived_at_ms IS NULL ORDER BY id LIMIT $2",
    .rows_max = PLACES_PAGE_MAX + 1,
};
static const struct query CHANNELS_ARCHIVED = {
    .sql = "SELECT id, name, kind, is_configured, NULL, created_at_ms, archived_at_ms, version"
           " FROM channel WHERE id > $1 AND archived_at_ms IS NOT NULL ORDER BY id LIMIT $2",
    .rows_max = PLACES_PAGE_MAX + 1,
};
static const struct query TOUCHPOINTS_ARCHIVED = {
    .sql = "SELECT id, name, 0, 0, NULL, created_at_ms, archived_at_ms, version"
           " FROM touchpoint WHERE id > $1 AND archived_at_ms IS NOT NULL ORDER BY id LIMIT $2",
    .rows_max = PLACES_PAGE_MAX + 1,
};
static const struct query LABELS_ARCHIVED = {
    .sql = "SELECT id, name, 0, 0, colour, created_at_ms, archived_at_ms, version"
           " FROM label WHERE id > $1 AND archived_at_ms IS NOT NULL ORDER BY id LIMIT $2",
    .rows_max = PLACES_PAGE_MAX + 1,
};
static const struct query CHANNEL_COUNT = {
    .sql = "SELECT count(*) FROM channel",
    .rows_max = 1,
};
static const struct query TOUCHPOINT_COUNT = {
    .sql = "SELECT count(*) FROM touchpoint",
    .rows_max = 1,
};
static const struct query LABEL_COUNT = {
    .sql = "SELECT count(*) FROM label",
    .rows_max = 1,
};
static const struct query CHANNEL_INSERT = {
    .sql = "INSERT INTO channel (id, name, created_at_ms, kind, is_configured, version)"
           " VALUES ($1, $2, $3, $4, $5, 1)",
    .changes_one = true,
};
static const struct query TOUCHPOINT_INSERT = {
    .sql = "INSERT INTO touchpoint (id, name, created_at_ms, version) VALUES ($1, $2, $3, 1)",
    .changes_one = true,
};
static const struct query LABEL_INSERT = {
    .sql = "INSERT INTO label (id, name, created_at_ms, colour, version)"
           " VALUES ($1, $2, $3, $4, 1)",
    .changes_one = true,
};
static const struct query CHANNEL_UPDATE = {
    .sql = "UPDATE channel SET name = $2, archived_at_ms = $3, kind = $4, is_configured = 1,"
           " version = version + 1 WHERE id = $1",
    .changes_one = true,
};
static const struct query TOUCHPOINT_UPDATE = {
    .sql = "UPDATE touchpoint SET name = $2, archived_at_ms = $3, version = version + 1"
           " WHERE id = $1",
    .changes_one = true,
};
static const struct query LABEL_UPDATE = {
    .sql = "UPDATE label SET name = $2, archived_at_ms = $3, colour = $4, version = version + 1"
           " WHERE id = $1",
    .changes_one = true,
};

struct place_table {
    enum id_kind id_kind;
    const struct query *find;
    const struct query *read;
    const struct query *in_use;
    const struct query *archived;
    const struct query *count;
};

static const struct place_table TABLES[PLACE_KINDS] = {
    [PLACE_CHANNEL] = {
        .id_kind = ID_CHANNEL,
        .find = &CHANNEL_FIND,
        .read = &CHANNEL_READ,
        .in_use = &CHANNELS_IN_USE,
        .archived = &CHANNELS_ARCHIVED,
        .count = &CHANNEL_COUNT,
    },
    [PLACE_TOUCHPOINT] = {
        .id_kind = ID_TOUCHPOINT,
        .find = &TOUCHPOINT_FIND,
        .read = &TOUCHPOINT_READ,
        .in_use = &TOUCHPOINTS_IN_USE,
        .archived = &TOUCHPOINTS_ARCHIVED,
        .count = &TOUCHPOINT_COUNT,
    },
    [PLACE_LABEL] = {
        .id_kind = ID_LABEL,
        .find = &LABEL_FIND,
        .read = &LABEL_READ,
        .in_use = &LABELS_IN_USE,
        .archived = &LABELS_ARCHIVED,
        .count = &LABEL_COUNT,
    },
};

static struct place place_of(const struct rows *rows, size_t row)
{
    return (struct place){
        .id = rows_int(rows, row, 0),
        .name = rows_text(rows, row, 1),
        .channel_kind = (enum channel_kind)rows_int(rows, row, 2),
        .is_configured = rows_int(rows, row, 3) != 0,
        .colour = rows_text_or_none(rows, row, 4),
        .created_at_ms = rows_int(rows, row, 5),
        .archived_at_ms = rows_int_or_zero(rows, row, 6),
        .version = rows_int(rows, row, 7),
    };
}

/* ---- reading ---- */

enum err place_read(struct reader *reader, struct arena *arena, enum place_kind kind, int64_t id,
                    struct place *out)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, TABLES[kind].read, ARGS(value_int(id)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    *out = place_of(&rows, 0);
    return OK;
}

enum err place_list(struct reader *reader, struct arena *arena, const struct place_asked *asked,
                    struct place **out, size_t *count)
{
    const struct place_table *table = &TABLES[asked->kind];
    bool is_archived = asked->choice == PLACES_ARCHIVED;
    struct rows rows;
    enum err err =
        reader_read(reader, arena, is_archived ? table->archived : table->in_use,
                    ARGS(value_int(asked->after_id), value_int((int64_t)asked->limit)), &rows);
    if (err) return err;
    struct place *items = arena_array(arena, struct place, rows.count);
    for (size_t i = 0; i < rows.count; i++) items[i] = place_of(&rows, i);
    *out = items;
    *count = rows.count;
    return OK;
}

/* ---- changing ---- */

static void tell(struct tx *tx, enum place_kind kind, int64_t id)
{
    struct event_values values = { 0 };
    event_put(&values, FIELD_SUBJECT, id);
    event_put_zero(&values, FIELD_SUBJECT_KIND, TABLES[kind].id_kind);
    tx_event(tx, &(struct event){ .kind = EVENT_DEFINITION_CHANGED,
                                  .values = values.items,
                                  .values_count = values.count });
}

static enum err insert_row(struct tx *tx, enum place_kind kind, const struct place *place)
{
    struct value id = value_int(place->id);
    struct value name = value_text(place->name);
    struct value now = value_int(tx->now_ms);
    if (kind == PLACE_CHANNEL) {
        return tx_write(
            tx, &CHANNEL_INSERT,
            ARGS(id, name, now, value_int(place->channel_kind), value_int(place->is_configured)));
    }
    if (kind == PLACE_TOUCHPOINT) return tx_write(tx, &TOUCHPOINT_INSERT, ARGS(id, name, now));
    return tx_write(tx, &LABEL_INSERT, ARGS(id, name, now, value_text_or_null(place->colour)));
}

static enum err insert(struct tx *tx, struct arena *arena, enum place_kind kind,
                       struct place *place)
{
    struct rows rows;
    enum err err = tx_read(tx, arena, TABLES[kind].count, NO_ARGS, &rows);
    if (err) return err;
    if (rows_int(&rows, 0, 0) >= PLACES_MAX) return ERR_LIMIT;
    place->id = tx_id(tx);
    place->created_at_ms = tx->now_ms;
    place->version = 1;
    err = insert_row(tx, kind, place);
    if (!err) tell(tx, kind, place->id);
    return err;
}

static enum err find(struct tx *tx, struct arena *arena, const struct query *query,
                     struct value value, int64_t *out)
{
    struct rows rows;
    enum err err = tx_read(tx, arena, query, ARGS(value), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    *out = rows_int(&rows, 0, 0);
    return OK;
}

static struct str cache_key(struct arena *arena, enum place_kind kind, struct str name)
{
    struct buf buf = buf_open(arena, PLACE_NAME_MAX + 1);
    buf_add_char(&buf, (char)('0' + (int)kind));
    buf_add(&buf, name);
    return buf_view(&buf);
}

static enum err take(struct tx *tx, struct arena *arena, enum place_kind kind, struct str name,
                     int64_t *out)
{
    struct str trimmed = str_trim(name);
    if (trimmed.size == 0 || trimmed.size > PLACE_NAME_MAX) return ERR_INVALID;
    int64_t id;
    if (id_parse(TABLES[kind].id_kind, trimmed, &id) == OK) {
        enum err err = find(tx, arena, TABLES[kind].read, value_int(id), out);
        return err == ERR_NOT_FOUND ? ERR_INVALID : err;
    }
    struct str key = cache_key(arena, kind, trimmed);
    if (tx_cache_find(tx, TX_CACHE_PLACE, key, out, sizeof(*out))) return OK;
    enum err err = find(tx, arena, TABLES[kind].find, value_text(trimmed), out);
    if (err == ERR_NOT_FOUND) {
        struct place place = { .name = trimmed, .channel_kind = channel_kind_of_name(trimmed) };
        err = insert(tx, arena, kind, &place);
        if (!err) *out = place.id;
    }
    if (!err) tx_cache_put(tx, TX_CACHE_PLACE, key, out, sizeof(*out));
    return err;
}

enum err channel_take(struct tx *tx, struct arena *arena, struct str name, int64_t *out)
{
    return take(tx, arena, PLACE_CHANNEL, name, out);
}

enum err touchpoint_take(struct tx *tx, struct arena *arena, struct str name, int64_t *out)
{
    return take(tx, arena, PLACE_TOUCHPOINT, name, out);
}

enum err label_take(struct tx *tx, struct arena *arena, struct str name, int64_t *out)
{
    return take(tx, arena, PLACE_LABEL, name, out);
}

static enum err create_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct place_create_in *create = in;
    struct place_out *made = out;
    *made = (struct place_out){ 0 };
    int64_t known;
    enum err err = find(tx, arena, TABLES[create->kind].find, value_text(create->name), &known);
    if (!err) {
        made->fault = PLACE_NAME_TAKEN;
        return ERR_CONFLICT;
    }
    if (err != ERR_NOT_FOUND) return err;
    made->place = (struct place){
        .name = create->name,
        .channel_kind = create->channel_kind,
        .is_configured = true,
        .colour = create->colour,
    };
    return insert(tx, arena, create->kind, &made->place);
}

const struct command PLACE_CREATE = { .name = "place_create", .run = create_run };

static enum err update_row(struct tx *tx, enum place_kind kind, const struct place *place)
{
    struct value id = value_int(place->id);
    struct value name = value_text(place->name);
    struct value archived = value_int_or_null(place->archived_at_ms);
    if (kind == PLACE_CHANNEL) {
        return tx_write(tx, &CHANNEL_UPDATE,
                        ARGS(id, name, archived, value_int(place->channel_kind)));
    }
    if (kind == PLACE_TOUCHPOINT) return tx_write(tx, &TOUCHPOINT_UPDATE, ARGS(id, name, archived));
    return tx_write(tx, &LABEL_UPDATE, ARGS(id, name, archived, value_text_or_null(place->colour)));
}

static void change(const struct place_patch_in *patch, int64_t now_ms, struct place *place)
{
    if (patch->name.data) place->name = patch->name;
    if (patch->channel_kind) place->channel_kind = patch->channel_kind;
    if (patch->sets_colour) place->colour = patch->colour;
    if (patch->turn == PLACE_RESTORE) place->archived_at_ms = 0;
    if (patch->turn == PLACE_ARCHIVE && place->archived_at_ms == 0) place->archived_at_ms = now_ms;
    place->is_configured = true;
    place->version++;
}

static enum err patch_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    tx_cache_clear(tx, TX_CACHE_PLACE);
    const struct place_patch_in *patch = in;
    const struct place_table *table = &TABLES[patch->kind];
    struct place_out *changed = out;
    *changed = (struct place_out){ 0 };
    struct rows rows;
    enum err err = tx_read(tx, arena, table->read, ARGS(value_int(patch->id)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    struct place place = place_of(&rows, 0);
    if (patch->version != 0 && patch->version != place.version) {
        changed->fault = PLACE_VERSION;
        return ERR_CONFLICT;
    }
    int64_t owner = place.id;
    if (patch->name.data) err = find(tx, arena, table->find, value_text(patch->name), &owner);
    if (err && err != ERR_NOT_FOUND) return err;
    if (!err && owner != place.id) {
        changed->fault = PLACE_NAME_TAKEN;
        return ERR_CONFLICT;
    }
    change(patch, tx->now_ms, &place);
    err = update_row(tx, patch->kind, &place);
    if (err) return err;
    tell(tx, patch->kind, place.id);
    changed->place = place;
    return OK;
}

const struct command PLACE_PATCH = { .name = "place_patch", .run = patch_run };
