#include "exchange/csv_row.h"

#include <stdarg.h>

#include "base/buf.h"
#include "base/time.h"
#include "exchange/time_text.h"

enum { TEXT_SIZE_MAX = CSV_RECORD_SIZE_MAX + MAP_COLUMNS_MAX * MAP_TEXT_SIZE_MAX };

/* Where columns stand in a record. */
struct places {
    size_t items[MAP_COLUMNS_MAX];
    size_t count;
};

struct csv_plan {
    const struct csv_map *map;
    const struct csv_table *table;
    struct places *fields;
    struct places *whens; /* of fields */
    struct places skips;
};

/* What a table without a format may hold. */
static const char *const USUAL_FORMATS[] = { "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
                                             "%Y-%m-%d %H:%M", "%Y-%m-%d" };

struct search {
    struct arena *arena;
    const struct str *header;
    size_t count;
    struct str *reason;
};

static enum err find_column(const struct search *search, struct str name, size_t *out)
{
    for (size_t i = 0; i < search->count; i++) {
        if (!str_equal(str_trim(search->header[i]), name)) continue;
        *out = i;
        return OK;
    }
    struct buf buf = buf_open(search->arena, IMPORT_REASON_MAX);
    buf_printf(&buf, "The table has no column \"%.*s\", which the map names.", STR_ARG(name));
    *search->reason = buf_view(&buf);
    return ERR_INVALID;
}

static enum err find_columns(const struct search *search, const struct map_columns *columns,
                             struct places *out)
{
    out->count = columns->count;
    for (size_t i = 0; i < columns->count; i++) {
        enum err err = find_column(search, columns->items[i].column, &out->items[i]);
        if (err) return err;
    }
    return OK;
}

enum err csv_plan_make(struct arena *arena, const struct csv_map *map,
                       const struct csv_table *table, struct csv_plan **out, struct str *reason)
{
    struct csv_plan *plan = arena_new(arena, struct csv_plan);
    *plan = (struct csv_plan){
        .map = map,
        .table = table,
        .fields = arena_array(arena, struct places, map->fields_count + 1),
        .whens = arena_array(arena, struct places, map->fields_count + 1),
    };
    const struct search search = { arena, table->header, table->header_count, reason };
    enum err err = find_columns(&search, &map->skips, &plan->skips);
    for (size_t i = 0; !err && i < map->fields_count; i++) {
        struct map_texts columns = map->fields[i].columns;
        plan->fields[i].count = columns.count;
        for (size_t n = 0; !err && n < columns.count; n++) {
            err = find_column(&search, columns.items[n], &plan->fields[i].items[n]);
        }
        if (!err) err = find_columns(&search, &map->fields[i].when, &plan->whens[i]);
    }
    if (err) return err;
    *out = plan;
    return OK;
}

static bool holds(struct map_texts texts, struct str text, size_t *index)
{
    for (size_t i = 0; i < texts.count; i++) {
        if (!str_equal(texts.items[i], text)) continue;
        if (index) *index = i;
        return true;
    }
    return false;
}

__attribute__((format(printf, 4, 5))) static enum row_verdict
refuse(struct arena *arena, struct import_refusal *why, const char *code, const char *format, ...)
{
    char text[IMPORT_DETAIL_MAX];
    va_list args;
    va_start(args, format);
    int need = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    size_t size = need < 0 ? 0 : (size_t)need;
    if (size >= sizeof(text)) size = sizeof(text) - 1;
    why->code = code;
    why->detail = arena_copy(arena, (struct str){ text, size });
    return ROW_REFUSED;
}

/* How many of the columns have one of their texts. */
static size_t count_matches(const struct map_columns *columns, const struct places *places,
                            const struct csv_record *record)
{
    size_t count = 0;
    for (size_t i = 0; i < columns->count; i++) {
        struct str cell = str_trim(record->fields[places->items[i]]);
        if (holds(columns->items[i].texts, cell, NULL)) count++;
    }
    return count;
}

/* What the columns say; without data if that is nothing. */
static struct str cell_text(const struct csv_plan *plan, struct arena *arena,
                            const struct csv_record *record, size_t field)
{
    const struct map_field *map = &plan->map->fields[field];
    const struct places *places = &plan->fields[field];
    if (count_matches(&map->when, &plan->whens[field], record) < map->when.count) {
        return (struct str){ 0 };
    }
    if (map->value.data) return map->value;
    bool is_empty = true;
    struct buf buf = buf_open(arena, TEXT_SIZE_MAX);
    for (size_t i = 0; i < places->count; i++) {
        struct str cell = str_trim(record->fields[places->items[i]]);
        if (holds(map->missing, cell, NULL)) return (struct str){ 0 };
        if (cell.size > 0) is_empty = false;
        if (i > 0) buf_add(&buf, map->join);
        buf_add(&buf, cell);
    }
    return is_empty ? (struct str){ 0 } : buf_view(&buf);
}

static enum err read_time(const struct csv_plan *plan, struct str format, struct str text,
                          int64_t *out)
{
    if (format.data) return time_text_read(format, text, plan->table->zone, out);
    enum err err = time_parse(text, out);
    for (size_t i = 0; err && i < sizeof(USUAL_FORMATS) / sizeof(USUAL_FORMATS[0]); i++) {
        err = time_text_read(str_from(USUAL_FORMATS[i]), text, plan->table->zone, out);
    }
    return err;
}

/* `*text` becomes what "values" makes of it. */
static enum row_verdict translate(struct arena *arena, const struct map_field *field,
                                  struct str *text, struct import_refusal *why)
{
    size_t index;
    if (!field->has_values) return ROW_TAKEN;
    if (holds(field->from, *text, &index)) {
        *text = field->to.items[index];
        return ROW_TAKEN;
    }
    if (field->otherwise == ELSE_SKIP) return ROW_SKIPPED;
    if (field->otherwise == ELSE_NONE) *text = (struct str){ 0 };
    if (field->otherwise != ELSE_REFUSE) return ROW_TAKEN;
    return refuse(arena, why, "unknown_value", "%.*s: the map's \"values\" lack this text.",
                  STR_ARG(field->name));
}

/* What a row is read with. */
struct reading {
    const struct csv_plan *plan;
    struct arena *arena;
    const struct csv_record *record;
    struct import_refusal *why;
};

static enum row_verdict read_field(const struct reading *reading, size_t index,
                                   struct capture_in *out)
{
    const struct csv_plan *plan = reading->plan;
    struct arena *arena = reading->arena;
    const struct map_field *field = &plan->map->fields[index];
    struct str text = cell_text(plan, arena, reading->record, index);
    if (!text.data) return ROW_TAKEN;
    enum row_verdict verdict = translate(arena, field, &text, reading->why);
    if (verdict != ROW_TAKEN || !text.data) return verdict;
    if (str_equal(field->name, STR("at"))) {
        if (!read_time(plan, map_field_format(plan->map, field), text, &out->at_ms)) {
            return ROW_TAKEN;
        }
        return refuse(arena, reading->why, "invalid_time",
                      "at: there is no such time in this format.");
    }
    if (!capture_set(out, arena, field->name, text)) return ROW_TAKEN;
    return refuse(arena, reading->why, "invalid", "%.*s: this cannot stand there.",
                  STR_ARG(field->name));
}

/* The same row of the same file gets the same id in every run. */
static struct str made_id(const struct csv_plan *plan, struct arena *arena, int64_t line)
{
    struct buf number = buf_open(arena, TIME_TEXT_SIZE);
    buf_add_int(&number, line);
    struct hash hash = hash_of_two((struct str){ (const char *)plan->table->file.bytes, HASH_SIZE },
                                   buf_view(&number));
    enum { DIGITS = 2 * IMPORT_KEY_SIZE };
    struct buf buf = buf_open(arena, sizeof("row_") + DIGITS);
    buf_add(&buf, STR("row_"));
    buf_add(&buf, (struct str){ hash_hex(arena, &hash).data, DIGITS });
    return buf_view(&buf);
}

enum row_verdict csv_row_read(const struct csv_plan *plan, struct arena *arena,
                              const struct csv_record *record, struct capture_in *out,
                              struct import_refusal *why)
{
    why->line = record->line;
    if (record->fault) return refuse(arena, why, "invalid_row", "%s", record->fault);
    if (record->count != plan->table->header_count) {
        return refuse(arena, why, "invalid_row", "The row has %zu columns, the table %zu.",
                      record->count, plan->table->header_count);
    }
    if (count_matches(&plan->map->skips, &plan->skips, record) > 0) return ROW_SKIPPED;
    const struct reading reading = { plan, arena, record, why };
    *out = capture_empty();
    for (size_t i = 0; i < plan->map->fields_count; i++) {
        enum row_verdict verdict = read_field(&reading, i, out);
        if (verdict != ROW_TAKEN) return verdict;
    }
    if (!out->channel.data) return refuse(arena, why, "required", "channel: is missing.");
    if (out->at_ms == 0) return refuse(arena, why, "required", "at: is missing.");
    if (!out->external_id.data) out->external_id = made_id(plan, arena, record->line);
    return ROW_TAKEN;
}
