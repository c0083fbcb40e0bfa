#include "customer/attributes.h"

#include <assert.h>

static bool is_simple(const struct json *value)
{
    switch (value->kind) {
    case JSON_BOOL:
    case JSON_INT:
    case JSON_REAL:
    case JSON_NULL: return true;
    case JSON_TEXT: return value->text.size <= ATTRIBUTE_TEXT_SIZE_MAX;
    case JSON_ARRAY:
    case JSON_OBJECT: break;
    }
    return false;
}

/* Whether the object can be stored; says why not. */
static bool check(struct json_form *form, const char *name, const struct json *value)
{
    if (value->object.count > ATTRIBUTE_NAMES_MAX) {
        json_form_fault(form, name, "too_many", "Give at most %d attributes.", ATTRIBUTE_NAMES_MAX);
        return false;
    }
    for (size_t i = 0; i < value->object.count; i++) {
        const struct json_member *member = &value->object.members[i];
        if (member->name.size == 0 || member->name.size > ATTRIBUTE_NAME_SIZE_MAX) {
            json_form_fault(form, name, "invalid_name",
                            "Give each attribute a name of 1 to %d bytes.",
                            ATTRIBUTE_NAME_SIZE_MAX);
            return false;
        }
        if (!is_simple(&member->value)) {
            json_form_fault(form, name, "wrong_type",
                            "Give text of at most %d bytes, a number, true or false as \"%.*s\".",
                            ATTRIBUTE_TEXT_SIZE_MAX, STR_ARG(member->name));
            return false;
        }
    }
    return true;
}

enum nulls { NULLS_STAY, NULLS_GO };

static size_t write_members(struct json_writer *writer, const struct json *object, enum nulls nulls)
{
    size_t count = 0;
    for (size_t i = 0; i < object->object.count; i++) {
        const struct json_member *member = &object->object.members[i];
        if (nulls == NULLS_GO && member->value.kind == JSON_NULL) continue;
        json_put_name(writer, member->name);
        json_put_json(writer, NULL, &member->value);
        count++;
    }
    return count;
}

static bool read_form(struct json_form *form, const char *name, enum nulls nulls, struct str *out)
{
    struct json_form inner;
    if (!json_form_object(form, name, &inner) || !check(form, name, inner.object)) return false;
    struct buf buf = buf_open(form->problems->arena, ATTRIBUTES_TEXT_MAX);
    struct json_writer writer = { .buf = &buf };
    json_object_begin(&writer, NULL);
    write_members(&writer, inner.object, nulls);
    json_object_end(&writer);
    if (buf_done(&buf, out) != OK) {
        json_form_fault(form, name, "too_long", "Give at most %d bytes of attributes.",
                        ATTRIBUTES_TEXT_MAX);
        return false;
    }
    return true;
}

bool attributes_form(struct json_form *form, const char *name, struct str *out)
{
    return read_form(form, name, NULLS_GO, out);
}

bool attributes_form_change(struct json_form *form, const char *name, struct str *out)
{
    return read_form(form, name, NULLS_STAY, out);
}

static enum err parse(struct arena *arena, struct str text, const struct json **out)
{
    struct str object = text.data ? text : STR("{}");
    enum err err = json_parse(arena, object, ATTRIBUTES_TEXT_MAX, NULL, out);
    return err || (*out)->kind != JSON_OBJECT ? ERR_CORRUPT : OK;
}

static bool has(const struct json *object, struct str name)
{
    for (size_t i = 0; i < object->object.count; i++) {
        if (str_equal(object->object.members[i].name, name)) return true;
    }
    return false;
}

enum err attributes_merge(struct arena *arena, struct str stored, struct str change,
                          struct str *out)
{
    const struct json *before;
    const struct json *changed;
    enum err err = parse(arena, stored, &before);
    if (!err) err = parse(arena, change, &changed);
    if (err) return err;

    struct buf buf = buf_open(arena, ATTRIBUTES_TEXT_MAX);
    struct json_writer writer = { .buf = &buf };
    json_object_begin(&writer, NULL);
    size_t count = 0;
    for (size_t i = 0; i < before->object.count; i++) {
        const struct json_member *member = &before->object.members[i];
        if (has(changed, member->name)) continue;
        json_put_name(&writer, member->name);
        json_put_json(&writer, NULL, &member->value);
        count++;
    }
    count += write_members(&writer, changed, NULLS_GO);
    json_object_end(&writer);
    struct str text;
    if (count > ATTRIBUTE_NAMES_MAX || buf_done(&buf, &text) != OK) return ERR_LIMIT;
    *out = count > 0 ? text : (struct str){ 0 };
    return OK;
}
