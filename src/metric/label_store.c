#include "metric/label_store.h"

#include "column/facts.h"
#include "metric/label.h"
#include "store/dimension.h"
#include "store/store.h"

enum { NAMES_MAX = 10000, NUMBERS_MAX = 64 };

static const struct query CHANNEL_NAME = {
    .sql = "SELECT name FROM channel WHERE id = $1",
    .rows_max = 1,
};
static const struct query TEAM_NAME = {
    .sql = "SELECT name FROM team WHERE id = $1",
    .rows_max = 1,
};
static const struct query AGENT_NAME = {
    .sql = "SELECT name FROM agent WHERE id = $1",
    .rows_max = 1,
};
static const struct query TOUCHPOINT_NAME = {
    .sql = "SELECT name FROM touchpoint WHERE id = $1",
    .rows_max = 1,
};
static const struct query CHANNEL_LIST = {
    .sql = "SELECT id, name FROM channel ORDER BY name, id",
    .rows_max = NAMES_MAX,
};
static const struct query TEAM_LIST = {
    .sql = "SELECT id, name FROM team ORDER BY name, id",
    .rows_max = NAMES_MAX,
};
static const struct query AGENT_LIST = {
    .sql = "SELECT id, name FROM agent ORDER BY name, id",
    .rows_max = NAMES_MAX,
};
static const struct query TOUCHPOINT_LIST = {
    .sql = "SELECT id, name FROM touchpoint ORDER BY name, id",
    .rows_max = NAMES_MAX,
};
static const struct query VALUE_LIST = {
    .sql = "SELECT text FROM dimension_value WHERE dimension = $1 AND text >= $2 AND text < $3"
           " ORDER BY text LIMIT $4",
    .rows_max = NAMES_MAX,
};
static const struct query CONVERSATION_READ = {
    .sql = "SELECT COALESCE(o.merged_into, o.id), o.subject, o.state, o.channel_id, c.name,"
           " o.created_at_ms FROM conversation o JOIN channel c ON c.id = o.channel_id"
           " WHERE o.id = $1",
    .rows_max = 1,
};
static const struct query CUSTOMER_READ = {
    .sql = "SELECT r.id, r.name FROM customer c JOIN customer r ON r.id = c.root_id"
           " WHERE c.id = $1",
    .rows_max = 1,
};

struct named_rows {
    int dimension;
    enum id_kind id_kind;
    const struct query *name;
    const struct query *list;
};

static const struct named_rows NAMED[] = {
    { DIMENSION_CHANNEL, ID_CHANNEL, &CHANNEL_NAME, &CHANNEL_LIST },
    { DIMENSION_TEAM, ID_TEAM, &TEAM_NAME, &TEAM_LIST },
    { DIMENSION_AGENT, ID_AGENT, &AGENT_NAME, &AGENT_LIST },
    { DIMENSION_TOUCHPOINT, ID_TOUCHPOINT, &TOUCHPOINT_NAME, &TOUCHPOINT_LIST },
};

static const struct named_rows *named_rows(int dimension)
{
    for (size_t i = 0; i < sizeof(NAMED) / sizeof(NAMED[0]); i++) {
        if (NAMED[i].dimension == dimension) return &NAMED[i];
    }
    return NULL;
}

static enum err read_row(struct reader *reader, struct arena *arena, const struct named_rows *named,
                         int64_t id, struct label *out)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, named->name, ARGS(value_int(id)), &rows);
    if (err) return err;
    out->value = id_text(arena, named->id_kind, id);
    out->label = rows.count > 0 ? rows_text(&rows, 0, 0) : out->value;
    return OK;
}

enum err label_read(struct reader *reader, struct arena *arena, int dimension, int64_t id,
                    struct label *out)
{
    *out = (struct label){ 0 };
    if (id == 0) return OK;
    if (id == FACT_OTHER_ID) {
        *out = (struct label){ LABEL_OTHER, LABEL_OTHER };
        return OK;
    }
    const struct named_rows *named = named_rows(dimension);
    if (named) return read_row(reader, arena, named, id, out);

    enum err err = OK;
    const char *name = label_of_number(dimension, id);
    if (name) {
        out->value = str_from(name);
    } else {
        err = dimension_value_read(reader, arena, id, &out->value);
    }
    if (err == ERR_NOT_FOUND) {
        out->value = id_text(arena, ID_VALUE, id);
        err = OK;
    }
    out->label = out->value;
    return err;
}

static bool begins_with(struct str text, struct str prefix)
{
    if (prefix.size > text.size) return false;
    for (size_t i = 0; i < prefix.size; i++) {
        char a = text.data[i];
        char b = prefix.data[i];
        if (a >= 'A' && a <= 'Z') a = (char)(a - 'A' + 'a');
        if (b >= 'A' && b <= 'Z') b = (char)(b - 'A' + 'a');
        if (a != b) return false;
    }
    return true;
}

static enum err list_rows(struct reader *reader, struct arena *arena,
                          const struct named_rows *named, const struct label_search *search,
                          struct labels *labels)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, named->list, NO_ARGS, &rows);
    if (err) return err;
    for (size_t i = 0; i < rows.count && labels->count < search->count_max; i++) {
        struct str name = rows_text(&rows, i, 1);
        if (!begins_with(name, search->text)) continue;
        labels->items[labels->count++] =
            (struct label){ id_text(arena, named->id_kind, rows_int(&rows, i, 0)), name };
    }
    return OK;
}

/* The texts that begin with it are those from itself up to the first that is greater than all:
 * U+10FFFF, four bytes, orders behind every other character. */
static enum err list_texts(struct reader *reader, struct arena *arena,
                           const struct label_search *search, struct labels *labels)
{
    static const struct str LAST = STR_INIT("\xF4\x8F\xBF\xBF");
    struct str text = search->text.data ? search->text : STR("");
    struct buf end = buf_open(arena, text.size + LAST.size);
    buf_add(&end, text);
    buf_add(&end, LAST);
    struct rows rows;
    enum err err =
        reader_read(reader, arena, &VALUE_LIST,
                    ARGS(value_int(search->dimension), value_text(text), value_text(buf_view(&end)),
                         value_int((int64_t)search->count_max)),
                    &rows);
    if (err) return err;
    for (size_t i = 0; i < rows.count; i++) {
        struct str value = rows_text(&rows, i, 0);
        labels->items[labels->count++] = (struct label){ value, value };
    }
    return OK;
}

static void list_numbers(const struct label_search *search, struct labels *labels)
{
    for (int64_t number = 1; number < NUMBERS_MAX && labels->count < search->count_max; number++) {
        struct str name = str_from(label_of_number(search->dimension, number));
        if (!name.data || !begins_with(name, search->text)) continue;
        labels->items[labels->count++] = (struct label){ name, name };
    }
}

enum err label_list(struct reader *reader, struct arena *arena, const struct label_search *search,
                    struct labels *out)
{
    struct labels labels = { .items = arena_array(arena, struct label, search->count_max + 1) };
    const struct named_rows *named = named_rows(search->dimension);
    enum err err = OK;
    if (named) {
        err = list_rows(reader, arena, named, search, &labels);
    } else if (dimension_source((enum dimension)search->dimension) == DIMENSION_OF_TEXTS) {
        err = list_texts(reader, arena, search, &labels);
    } else {
        list_numbers(search, &labels);
    }
    if (!err) *out = labels;
    return err;
}

enum err label_find(struct reader *reader, struct arena *arena, int dimension, struct str value,
                    int64_t *out)
{
    const struct named_rows *named = named_rows(dimension);
    if (named && str_equal(value, LABEL_OTHER)) {
        *out = FACT_OTHER_ID;
        return OK;
    }
    if (named) return id_parse(named->id_kind, value, out);
    if (dimension_source((enum dimension)dimension) == DIMENSION_OF_NUMBERS) {
        *out = label_find_number(dimension, value);
        return *out ? OK : ERR_INVALID;
    }
    enum err err = dimension_value_find(reader, arena, (enum dimension)dimension, value, out);
    if (err != ERR_NOT_FOUND) return err;
    *out = 0;
    return OK;
}

enum err label_read_conversation(struct reader *reader, struct arena *arena, int64_t id,
                                 struct conversation_label *out)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &CONVERSATION_READ, ARGS(value_int(id)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    enum { ID, SUBJECT, STATE, CHANNEL_ID, CHANNEL, CREATED_AT };
    *out = (struct conversation_label){
        .id = rows_int(&rows, 0, ID),
        .subject = rows_text_or_none(&rows, 0, SUBJECT),
        .state = rows_int(&rows, 0, STATE),
        .channel_id = rows_int(&rows, 0, CHANNEL_ID),
        .channel_name = rows_text(&rows, 0, CHANNEL),
        .created_at_ms = rows_int(&rows, 0, CREATED_AT),
    };
    return OK;
}

enum err label_read_customer(struct reader *reader, struct arena *arena, int64_t id,
                             struct customer_label *out)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &CUSTOMER_READ, ARGS(value_int(id)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    *out = (struct customer_label){ rows_int(&rows, 0, 0), rows_text_or_none(&rows, 0, 1) };
    return OK;
}
