#include "exchange/csv_map.h"

#include "capture/capture.h"
#include "exchange/time_text.h"

static const char *const ELSE_NAMES[] = { "refuse", "skip", "keep", "none", NULL };

/* Columns are as many as a capture can have fields and a form can ask for. */
static bool read_texts(struct json_form *form, struct arena *arena, const char *name,
                       size_t count_max, struct map_texts *out)
{
    const struct json *items;
    size_t count;
    if (!json_form_array(form, name, count_max, &items, &count)) return false;
    struct str *texts = arena_array(arena, struct str, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (items[i].kind != JSON_TEXT || items[i].text.size > MAP_TEXT_SIZE_MAX) {
            json_form_fault(form, name, "wrong_type",
                            "Item %zu must be a text of at most %d bytes.", i + 1,
                            MAP_TEXT_SIZE_MAX);
            return false;
        }
        texts[i] = items[i].text;
    }
    *out = (struct map_texts){ texts, count };
    return true;
}

static void read_separator(struct json_form *form, struct csv_map *out)
{
    struct str text;
    out->separator = ',';
    if (!json_form_text(form, "separator", MAP_TEXT_SIZE_MAX, &text)) return;
    bool is_one =
        text.size == 1 && (unsigned char)text.data[0] < 0x80 && !memchr("\"\r\n", text.data[0], 3);
    if (is_one) {
        out->separator = text.data[0];
    } else {
        json_form_fault(form, "separator", "unknown_value",
                        "Give one character, such as \",\", \";\" or \"\\t\".");
    }
}

static bool read_format(struct json_form *form, const char *name, struct str *out)
{
    struct str text;
    if (!json_form_text(form, name, TIME_FORMAT_SIZE_MAX, &text)) return false;
    const char *fault = time_format_fault(text);
    if (fault) json_form_fault(form, name, "unknown_value", "This time format %s.", fault);
    *out = text;
    return !fault;
}

/* true, or the names. */
static void read_header(struct json_form *form, struct arena *arena, struct csv_map *out)
{
    const struct json *value = json_member(form->object, "header");
    out->has_header = true;
    if (value && value->kind == JSON_ARRAY) {
        out->has_header = false;
        read_texts(form, arena, "header", MAP_HEADER_MAX, &out->header);
        return;
    }
    bool is_there;
    if (json_form_bool(form, "header", &is_there) && !is_there) {
        json_form_fault(form, "header", "unknown_value",
                        "A table without a header needs the columns' names here, as an array.");
    }
}

/* {"column": ["text", ...], ...} */
static void read_column_texts(struct json_form *form, struct arena *arena, const char *name,
                              struct map_columns *out)
{
    struct json_form columns;
    if (!json_form_object(form, name, &columns)) return;
    const struct json *object = columns.object;
    size_t count = object->object.count;
    if (count > MAP_COLUMNS_MAX) {
        json_form_fault(form, name, "too_many", "At most %d columns.", MAP_COLUMNS_MAX);
        return;
    }
    struct map_column *items = arena_array(arena, struct map_column, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct json_member *member = &object->object.members[i];
        const char *column = arena_copy(arena, member->name).data;
        items[i].column = member->name;
        read_texts(&columns, arena, column, MAP_TEXTS_MAX, &items[i].texts);
    }
    *out = (struct map_columns){ items, count };
}

static void read_columns(struct json_form *form, struct arena *arena, struct map_field *out)
{
    struct str column;
    if (read_texts(form, arena, "columns", MAP_COLUMNS_MAX, &out->columns)) {
        out->join = STR(" ");
        json_form_text(form, "join", MAP_TEXT_SIZE_MAX, &out->join);
        if (out->columns.count == 0) {
            json_form_fault(form, "columns", "required", "Name at least one column.");
        }
    } else if (json_form_text(form, "column", MAP_TEXT_SIZE_MAX, &column)) {
        struct str *one = arena_new(arena, struct str);
        *one = column;
        out->columns = (struct map_texts){ one, 1 };
    }
}

static void read_values(struct json_form *form, struct arena *arena, struct map_field *out)
{
    struct json_form values;
    if (!json_form_object(form, "values", &values)) return;
    const struct json *object = values.object;
    size_t count = object->object.count;
    if (count > MAP_TEXTS_MAX) {
        json_form_fault(form, "values", "too_many", "At most %d texts.", MAP_TEXTS_MAX);
        return;
    }
    struct str *from = arena_array(arena, struct str, count + 1);
    struct str *to = arena_array(arena, struct str, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct json_member *member = &object->object.members[i];
        if (member->value.kind != JSON_TEXT || member->value.text.size > MAP_TEXT_SIZE_MAX) {
            json_form_fault(form, "values", "wrong_type", "\"%.*s\" must be given a text.",
                            STR_ARG(member->name));
            return;
        }
        from[i] = member->name;
        to[i] = member->value.text;
    }
    out->from = (struct map_texts){ from, count };
    out->to = (struct map_texts){ to, count };
    out->has_values = true;
}

/* Whether captures have a field of that name; which texts fit is seen row by row. */
static bool is_field(struct arena *arena, struct str name)
{
    struct capture_in probe = capture_empty();
    return capture_set(&probe, arena, name, STR("x")) != ERR_NOT_FOUND;
}

static void read_field(struct json_form *form, struct arena *arena, struct map_field *out)
{
    bool is_fixed = json_form_text(form, "value", MAP_TEXT_SIZE_MAX, &out->value);
    read_columns(form, arena, out);
    if (is_fixed == (out->columns.count > 0)) {
        json_form_fault(form, NULL, "required",
                        "Give either \"value\", \"column\" or \"columns\".");
    }
    read_format(form, "format", &out->format);
    read_texts(form, arena, "missing", MAP_TEXTS_MAX, &out->missing);
    read_column_texts(form, arena, "when", &out->when);
    read_values(form, arena, out);
    int otherwise = ELSE_REFUSE;
    if (json_form_choice(form, "else", ELSE_NAMES, &otherwise) && !out->has_values) {
        json_form_fault(form, "else", "required", "\"else\" belongs to \"values\".");
    }
    out->otherwise = (enum map_else)otherwise;
    json_form_end(form);
}

static void read_fields(struct json_form *form, struct arena *arena, struct csv_map *out)
{
    struct json_form fields;
    if (!json_form_object(form, "fields", &fields)) return;
    const struct json *object = fields.object;
    size_t count = object->object.count;
    if (count > MAP_FIELDS_MAX) {
        json_form_fault(form, "fields", "too_many", "At most %d fields.", MAP_FIELDS_MAX);
        return;
    }
    struct map_field *items = arena_array(arena, struct map_field, count + 1);
    bool has_channel = false;
    bool has_time = false;
    for (size_t i = 0; i < count; i++) {
        const struct json_member *member = &object->object.members[i];
        struct json_form one;
        json_form_begin(&one, form->problems, &member->value,
                        json_form_pointer(&fields, arena_copy(arena, member->name).data));
        items[i].name = member->name;
        read_field(&one, arena, &items[i]);
        if (!is_field(arena, member->name)) {
            json_form_fault(&one, NULL, "unknown_field", "Interactions have no such field.");
        }
        if (str_equal(member->name, STR("channel"))) has_channel = true;
        if (str_equal(member->name, STR("at"))) has_time = true;
    }
    if (!has_channel) {
        json_form_fault(&fields, NULL, "required",
                        "\"channel\" is needed: a column, or {\"value\": \"phone\"}.");
    }
    if (!has_time) {
        json_form_fault(&fields, NULL, "required", "\"at\" is needed: when it happened.");
    }
    out->fields = items;
    out->fields_count = count;
}

enum err csv_map_read(struct arena *arena, struct str json, struct json_problems *problems,
                      struct csv_map *out)
{
    const struct json *root;
    struct json_fault fault = { 0 };
    struct json_form form = { .problems = problems };
    size_t before = problems->count;
    if (json_parse(arena, json, MAP_SIZE_MAX, &fault, &root)) {
        json_form_fault(&form, NULL, "invalid_json", "The map is no JSON: %s at byte %zu.",
                        fault.reason, fault.offset);
        return ERR_INVALID;
    }
    static const char *const FORMATS[] = { "csv", NULL };
    struct csv_map map = { 0 };
    json_form_begin(&form, problems, root, STR(""));
    int format;
    json_form_choice(&form, "format", FORMATS, &format);
    read_separator(&form, &map);
    json_form_text(&form, "zone", MAP_TEXT_SIZE_MAX, &map.zone);
    read_format(&form, "time_format", &map.time_format);
    read_header(&form, arena, &map);
    json_form_require(&form, "fields");
    read_fields(&form, arena, &map);
    read_column_texts(&form, arena, "skip", &map.skips);
    json_form_end(&form);
    if (problems->count > before) return ERR_INVALID;
    *out = map;
    return OK;
}

struct str map_field_format(const struct csv_map *map, const struct map_field *field)
{
    return field->format.data ? field->format : map->time_format;
}
