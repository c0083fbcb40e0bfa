#include "base/json.h"

#include "base/fuzz.h"

enum { SIZE_MAX_HERE = 1 << 20 };

static void must(bool holds)
{
    if (!holds) __builtin_trap();
}

/* Whole and well-formed all the way down; recursion is bounded by the depth that it checks. */
static void check_tree(const struct json *value, size_t depth)
{
    must(depth <= JSON_DEPTH_MAX);
    if (value->kind == JSON_TEXT) must(str_is_utf8(value->text));
    if (value->kind == JSON_ARRAY) {
        for (size_t i = 0; i < value->array.count; i++) {
            check_tree(&value->array.items[i], depth + 1);
        }
    }
    if (value->kind != JSON_OBJECT) return;
    for (size_t i = 0; i < value->object.count; i++) {
        const struct json_member *member = &value->object.members[i];
        must(str_is_utf8(member->name));
        for (size_t k = 0; i < 50 && k < i; k++) { /* bounded, for it is quadratic */
            must(!str_equal(member->name, value->object.members[k].name));
        }
        check_tree(&member->value, depth + 1);
    }
}

static struct str written(struct arena *arena, const struct json *value)
{
    struct buf buf = buf_open(arena, 16 * SIZE_MAX_HERE);
    struct json_writer writer = { .buf = &buf };
    json_put_json(&writer, NULL, value);
    struct str text = { 0 };
    must(buf_done(&buf, &text) == OK);
    return text;
}

/* Whatever the members are, a form finds each faulty or gives it, and counts every unknown one. */
static void check_form(struct arena *arena, const struct json *value)
{
    struct json_problems problems;
    json_problems_init(&problems, arena);
    struct json_form form;
    json_form_begin(&form, &problems, value, STR(""));
    if (value->kind != JSON_OBJECT) {
        must(problems.count == 1);
        return;
    }
    json_form_end(&form);
    must(problems.count == value->object.count);
    for (size_t i = 0; i < problems.count && i < JSON_PROBLEMS_MAX; i++) {
        must(str_starts(problems.items[i].pointer, STR("/")));
        must(str_is_utf8(problems.items[i].pointer));
    }
}

/* Any bytes come out as JSON; bytes that are UTF-8 come back as they were. */
static void check_text(struct arena *arena, struct str bytes)
{
    struct buf buf = buf_open(arena, 16 * SIZE_MAX_HERE);
    struct json_writer writer = { .buf = &buf };
    json_array_begin(&writer, NULL);
    json_put_text(&writer, NULL, bytes);
    json_array_end(&writer);
    const struct json *back = NULL;
    bool is_utf8 = str_is_utf8(bytes);
    bool holds_nul = false;
    for (size_t i = 0; i < bytes.size; i++) holds_nul = holds_nul || bytes.data[i] == '\0';
    enum err err = json_parse(arena, buf_view(&buf), 16 * SIZE_MAX_HERE, NULL, &back);
    must((err == OK) == !holds_nul); /* our own reader takes no NUL, escaped or not */
    if (err == OK && is_utf8) must(str_equal(back->array.items[0].text, bytes));
}

FUZZ(data, size)
{
    struct arena *arena = arena_open();
    struct str text = { .data = (const char *)data, .size = size };
    const struct json *value = NULL;
    struct json_fault fault = { 0 };
    enum err err = json_parse(arena, text, SIZE_MAX_HERE, &fault, &value);
    if (err) {
        must(err == ERR_INVALID || err == ERR_LIMIT);
        must(fault.reason && fault.offset <= size && !value);
    } else {
        must(str_is_utf8(text));
        check_tree(value, 0);
        check_form(arena, value);
        struct str once = written(arena, value);
        const struct json *again = NULL;
        must(json_parse(arena, once, 16 * SIZE_MAX_HERE, NULL, &again) == OK);
        must(str_equal(once, written(arena, again)));
    }
    check_text(arena, text);
    arena_close(arena);
    return 0;
}
