#include "base/json.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/time.h"

/* ---- text ---- */

/* How many bytes at the start need no escape. Well-formed UTF-8 goes out as it is. */
static size_t plain_run(struct str text)
{
    const uint64_t ones = 0x0101010101010101u;
    const uint64_t highs = 0x8080808080808080u;
    size_t at = 0;
    while (text.size - at >= sizeof(uint64_t)) { /* eight bytes at once */
        uint64_t eight;
        memcpy(&eight, text.data + at, sizeof(eight));
        uint64_t quote = eight ^ (ones * '"');
        uint64_t slash = eight ^ (ones * '\\');
        uint64_t found = ((eight - ones * 0x20) & ~eight) | ((quote - ones) & ~quote) |
                         ((slash - ones) & ~slash);
        if (found & highs) break;
        at += sizeof(eight);
    }
    while (at < text.size) {
        unsigned char c = (unsigned char)text.data[at];
        if (c < 0x20 || c == '"' || c == '\\') break;
        at++;
    }
    return at;
}

static void add_escape(struct buf *buf, unsigned char c)
{
    static const char HEX[] = "0123456789abcdef";
    static const char SHORT[256] = { ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
                                     ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't' };
    if (SHORT[c]) {
        char text[] = { '\\', SHORT[c] };
        buf_add(buf, (struct str){ .data = text, .size = sizeof(text) });
        return;
    }
    char text[] = { '\\', 'u', '0', '0', HEX[c >> 4], HEX[c & 15] };
    buf_add(buf, (struct str){ .data = text, .size = sizeof(text) });
}

static void add_well_formed(struct buf *buf, struct str text)
{
    while (text.size > 0) {
        size_t run = plain_run(text);
        buf_add(buf, (struct str){ .data = text.data, .size = run });
        if (run == text.size) return;
        add_escape(buf, (unsigned char)text.data[run]);
        text.data += run + 1;
        text.size -= run + 1;
    }
}

/* Bytes of the longest piece at the start that is a character, 0 if there is none. */
static size_t character_size(struct str text)
{
    for (size_t size = 1; size <= 4 && size <= text.size; size++) {
        if (str_is_utf8((struct str){ .data = text.data, .size = size })) return size;
    }
    return 0;
}

/* What is no UTF-8 becomes U+FFFD: a reply is JSON whatever the stored bytes are. */
static void add_mended(struct buf *buf, struct str text)
{
    while (text.size > 0) {
        size_t size = character_size(text);
        if (size > 0) {
            add_well_formed(buf, (struct str){ .data = text.data, .size = size });
        } else if (text.data[0] == '\0') {
            add_escape(buf, 0);
        } else {
            buf_add(buf, STR("\xEF\xBF\xBD"));
        }
        size_t step = size > 0 ? size : 1;
        text.data += step;
        text.size -= step;
    }
}

static void add_quoted(struct buf *buf, struct str text)
{
    buf_add_char(buf, '"');
    if (str_is_utf8(text)) {
        add_well_formed(buf, text);
    } else {
        add_mended(buf, text);
    }
    buf_add_char(buf, '"');
}

/* ---- structure ---- */

static void value_begin(struct json_writer *writer, const char *name)
{
    if (name) {
        json_put_name(writer, str_from(name));
    } else if (writer->needs_comma) {
        buf_add_char(writer->buf, ',');
    }
    writer->needs_comma = true;
}

void json_put_name(struct json_writer *writer, struct str name)
{
    if (writer->needs_comma) buf_add_char(writer->buf, ',');
    add_quoted(writer->buf, name);
    buf_add_char(writer->buf, ':');
    writer->needs_comma = false;
}

void json_object_begin(struct json_writer *writer, const char *name)
{
    value_begin(writer, name);
    buf_add_char(writer->buf, '{');
    writer->needs_comma = false;
}

void json_object_end(struct json_writer *writer)
{
    buf_add_char(writer->buf, '}');
    writer->needs_comma = true;
}

void json_array_begin(struct json_writer *writer, const char *name)
{
    value_begin(writer, name);
    buf_add_char(writer->buf, '[');
    writer->needs_comma = false;
}

void json_array_end(struct json_writer *writer)
{
    buf_add_char(writer->buf, ']');
    writer->needs_comma = true;
}

/* ---- values ---- */

void json_put_text(struct json_writer *writer, const char *name, struct str text)
{
    value_begin(writer, name);
    add_quoted(writer->buf, text);
}

void json_put_text_or_null(struct json_writer *writer, const char *name, struct str text)
{
    if (text.data) {
        json_put_text(writer, name, text);
    } else {
        json_put_null(writer, name);
    }
}

void json_put_int(struct json_writer *writer, const char *name, int64_t number)
{
    value_begin(writer, name);
    buf_add_int(writer->buf, number);
}

void json_put_real(struct json_writer *writer, const char *name, double number)
{
    value_begin(writer, name);
    if (isfinite(number)) {
        /* Readers that take "-0" for a whole number lose its sign: it is not worth having one. */
        buf_add_real(writer->buf, number == 0 ? 0.0 : number);
    } else {
        buf_add(writer->buf, STR("null"));
    }
}

void json_put_bool(struct json_writer *writer, const char *name, bool is_true)
{
    value_begin(writer, name);
    buf_add(writer->buf, is_true ? STR("true") : STR("false"));
}

void json_put_null(struct json_writer *writer, const char *name)
{
    value_begin(writer, name);
    buf_add(writer->buf, STR("null"));
}

void json_put_time(struct json_writer *writer, const char *name, int64_t at_ms)
{
    if (at_ms == 0) {
        json_put_null(writer, name);
        return;
    }
    char text[TIME_TEXT_SIZE];
    size_t size = time_write(at_ms, text);
    value_begin(writer, name);
    buf_add_char(writer->buf, '"');
    buf_add(writer->buf, (struct str){ .data = text, .size = size });
    buf_add_char(writer->buf, '"');
}

void json_put_id(struct json_writer *writer, const char *name, enum id_kind kind, int64_t id)
{
    if (id == 0) {
        json_put_null(writer, name);
        return;
    }
    char text[ID_TEXT_SIZE];
    id_write(kind, id, text);
    value_begin(writer, name);
    buf_add_char(writer->buf, '"');
    buf_add(writer->buf, (struct str){ .data = text, .size = sizeof(text) });
    buf_add_char(writer->buf, '"');
}

void json_put_raw(struct json_writer *writer, const char *name, struct str json)
{
    value_begin(writer, name);
    buf_add(writer->buf, json);
}

/* ---- trees ---- */

/* True if the value has items of its own to write. */
static bool put_opening(struct json_writer *writer, const struct json *value)
{
    switch (value->kind) {
    case JSON_NULL: json_put_null(writer, NULL); return false;
    case JSON_BOOL: json_put_bool(writer, NULL, value->boolean); return false;
    case JSON_INT: json_put_int(writer, NULL, value->integer); return false;
    case JSON_REAL: json_put_real(writer, NULL, value->real); return false;
    case JSON_TEXT: json_put_text(writer, NULL, value->text); return false;
    case JSON_ARRAY: json_array_begin(writer, NULL); return true;
    case JSON_OBJECT: json_object_begin(writer, NULL); return true;
    }
    assert(false && "an enum json_kind outside its range");
    return false;
}

static void put_closing(struct json_writer *writer, const struct json *value)
{
    if (value->kind == JSON_ARRAY) {
        json_array_end(writer);
    } else {
        json_object_end(writer);
    }
}

static size_t items_count(const struct json *value)
{
    return value->kind == JSON_ARRAY ? value->array.count : value->object.count;
}

static const struct json *put_name_of_item(struct json_writer *writer, const struct json *value,
                                           size_t index)
{
    if (value->kind == JSON_ARRAY) return &value->array.items[index];
    json_put_name(writer, value->object.members[index].name);
    return &value->object.members[index].value;
}

struct level {
    const struct json *value;
    size_t index;
};

void json_put_json(struct json_writer *writer, const char *name, const struct json *value)
{
    struct level levels[JSON_DEPTH_MAX];
    size_t depth = 0;
    if (name) json_put_name(writer, str_from(name));
    if (put_opening(writer, value)) levels[depth++] = (struct level){ .value = value };
    while (depth > 0) {
        struct level *level = &levels[depth - 1];
        if (level->index == items_count(level->value)) {
            put_closing(writer, level->value);
            depth--;
            continue;
        }
        const struct json *item = put_name_of_item(writer, level->value, level->index++);
        if (!put_opening(writer, item)) continue;
        assert(depth < JSON_DEPTH_MAX); /* what json_parse made is no deeper */
        levels[depth++] = (struct level){ .value = item };
    }
}
