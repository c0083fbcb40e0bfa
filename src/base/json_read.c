#include "base/json.h"

#include <assert.h>
#include <string.h>

/* The library's names for the kinds are ours too. They are renamed while its header is read, so its
 * macros json_is_object, _array, _real and _null must not be used here. */
#define JSON_NULL JANSSON_NULL
#define JSON_REAL JANSSON_REAL
#define JSON_ARRAY JANSSON_ARRAY
#define JSON_OBJECT JANSSON_OBJECT
#include <jansson.h>
#undef JSON_NULL
#undef JSON_REAL
#undef JSON_ARRAY
#undef JSON_OBJECT

static enum err fail(enum err err, struct json_fault *fault, const char *reason, size_t offset)
{
    if (fault) *fault = (struct json_fault){ .reason = reason, .offset = offset };
    return err;
}

/* ---- before parsing: bounds ---- */

enum { SCAN_PLAIN, SCAN_QUOTE, SCAN_OPEN, SCAN_CLOSE };

static const unsigned char SCAN_CLASS[256] = {
    ['"'] = SCAN_QUOTE, ['['] = SCAN_OPEN,  ['{'] = SCAN_OPEN,
    [']'] = SCAN_CLOSE, ['}'] = SCAN_CLOSE,
};

/* The place of the closing quote of the string whose first byte is at `at`, or the end. */
static size_t string_end(struct str text, size_t at)
{
    while (at < text.size && text.data[at] != '"') at += text.data[at] == '\\' ? 2 : 1;
    return at < text.size ? at : text.size;
}

/* Strings come out no longer than they stand in the text, so `texts_size` holds them all. */
static enum err scan(struct str text, struct json_fault *fault, size_t *texts_size)
{
    size_t depth = 0;
    *texts_size = 0;
    for (size_t at = 0; at < text.size; at++) {
        unsigned char class = SCAN_CLASS[(unsigned char)text.data[at]];
        if (class == SCAN_PLAIN) continue;
        if (class == SCAN_QUOTE) {
            size_t end = string_end(text, at + 1);
            *texts_size += end - at - (end < text.size ? 1 : 0);
            at = end;
        } else if (class == SCAN_OPEN) {
            depth++;
            if (depth > JSON_DEPTH_MAX) return fail(ERR_LIMIT, fault, "nested deeper than 64", at);
        } else if (depth > 0) {
            depth--;
        }
    }
    return OK;
}

static size_t utf8_prefix(struct str text)
{
    size_t low = 0;
    size_t high = text.size;
    while (low < high) { /* the longest prefix that is UTF-8, but for a sequence cut in two */
        size_t middle = low + (high - low + 1) / 2;
        bool is_good = false;
        for (size_t cut = 0; cut < 4 && cut <= middle && !is_good; cut++) {
            is_good = str_is_utf8((struct str){ .data = text.data, .size = middle - cut });
        }
        if (is_good) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    while (low > 0 && !str_is_utf8((struct str){ .data = text.data, .size = low })) low--;
    return low;
}

/* ---- after parsing: from the library's tree into the arena ---- */

struct copier {
    struct arena *arena;
    char *texts; /* where the next string goes */
};

static struct str copy_text(struct copier *copier, const char *data, size_t size)
{
    struct str text = { .data = copier->texts, .size = size };
    memcpy(copier->texts, data, size);
    copier->texts += size;
    return text;
}

/* One array or object whose items are being copied. */
struct level {
    json_t *from;
    void *iterator; /* of an object */
    union {
        struct json *items;
        struct json_member *members;
    };
    size_t count;
    size_t index;
};

/* Copies a value but not what is in it. */
static struct json copy_value(struct copier *copier, json_t *from)
{
    switch (json_typeof(from)) {
    case JANSSON_NULL: return (struct json){ .kind = JSON_NULL };
    case JSON_FALSE: return (struct json){ .kind = JSON_BOOL, .boolean = false };
    case JSON_TRUE: return (struct json){ .kind = JSON_BOOL, .boolean = true };
    case JSON_INTEGER:
        return (struct json){ .kind = JSON_INT, .integer = json_integer_value(from) };
    case JANSSON_REAL: return (struct json){ .kind = JSON_REAL, .real = json_real_value(from) };
    case JSON_STRING:
        return (struct json){ .kind = JSON_TEXT,
                              .text = copy_text(copier, json_string_value(from),
                                                json_string_length(from)) };
    case JANSSON_ARRAY: return (struct json){ .kind = JSON_ARRAY };
    case JANSSON_OBJECT: return (struct json){ .kind = JSON_OBJECT };
    }
    assert(false && "a kind the library does not have");
    return (struct json){ 0 };
}

/* Makes room for the items of the array or object `to`; false if there are none. */
static bool level_begin(struct copier *copier, json_t *from, struct json *to, struct level *level)
{
    *level = (struct level){ .from = from };
    if (to->kind == JSON_ARRAY) {
        level->count = json_array_size(from);
        if (level->count == 0) return false;
        level->items = arena_array(copier->arena, struct json, level->count);
        to->array.items = level->items;
        to->array.count = level->count;
        return true;
    }
    if (to->kind != JSON_OBJECT) return false;
    level->count = json_object_size(from);
    if (level->count == 0) return false;
    level->iterator = json_object_iter(from);
    level->members = arena_array(copier->arena, struct json_member, level->count);
    to->object.members = level->members;
    to->object.count = level->count;
    return true;
}

/* The library's next item, and the place where its copy goes. */
static json_t *level_next(struct copier *copier, struct level *level, struct json **to)
{
    size_t index = level->index++;
    if (!level->iterator) {
        *to = &level->items[index];
        return json_array_get(level->from, index);
    }
    struct json_member *member = &level->members[index];
    member->name = copy_text(copier, json_object_iter_key(level->iterator),
                             json_object_iter_key_len(level->iterator));
    json_t *from = json_object_iter_value(level->iterator);
    if (level->index < level->count) {
        level->iterator = json_object_iter_next(level->from, level->iterator);
    }
    *to = &member->value;
    return from;
}

static const struct json *copy_tree(struct copier *copier, json_t *from)
{
    struct level levels[JSON_DEPTH_MAX];
    size_t depth = 0;
    struct json *root = arena_new(copier->arena, struct json);
    *root = copy_value(copier, from);
    if (level_begin(copier, from, root, &levels[0])) depth = 1;
    while (depth > 0) {
        struct level *level = &levels[depth - 1];
        if (level->index == level->count) {
            depth--;
            continue;
        }
        struct json *to;
        json_t *item = level_next(copier, level, &to);
        *to = copy_value(copier, item);
        if (to->kind != JSON_ARRAY && to->kind != JSON_OBJECT) continue;
        assert(depth < JSON_DEPTH_MAX); /* scan counted the same brackets */
        if (level_begin(copier, item, to, &levels[depth])) depth++;
    }
    return root;
}

static const char *reason_of(const json_error_t *error)
{
    enum json_error_code code = json_error_code(error);
    if (code == json_error_duplicate_key) return "duplicate key";
    if (code == json_error_invalid_utf8) return "not UTF-8";
    if (code == json_error_null_character || code == json_error_null_byte_in_key) {
        return "holds NUL";
    }
    if (code == json_error_premature_end_of_input) return "ends too early";
    if (code == json_error_end_of_input_expected) return "goes on after its end";
    if (code == json_error_numeric_overflow) return "number too large";
    return "malformed";
}

enum err json_parse(struct arena *arena, struct str text, size_t size_max, struct json_fault *fault,
                    const struct json **out)
{
    if (text.size > size_max) return fail(ERR_LIMIT, fault, "too long", size_max);
    if (text.size == 0) return fail(ERR_INVALID, fault, "empty", 0);
    size_t texts_size;
    enum err err = scan(text, fault, &texts_size);
    if (err) return err;
    if (!str_is_utf8(text)) {
        size_t at = utf8_prefix(text);
        return fail(ERR_INVALID, fault, text.data[at] ? "not UTF-8" : "holds NUL", at);
    }

    json_error_t error;
    json_t *tree =
        json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!tree) {
        size_t at = error.position > 0 ? (size_t)error.position : 0;
        return fail(ERR_INVALID, fault, reason_of(&error), at);
    }
    struct copier copier = { .arena = arena, .texts = arena_array(arena, char, texts_size + 1) };
    *out = copy_tree(&copier, tree);
    json_decref(tree);
    return OK;
}

const struct json *json_member(const struct json *object, const char *name)
{
    if (!object || object->kind != JSON_OBJECT) return NULL;
    struct str wanted = str_from(name);
    for (size_t i = 0; i < object->object.count; i++) {
        const struct json_member *member = &object->object.members[i];
        if (str_equal(member->name, wanted)) return &member->value;
    }
    return NULL;
}
