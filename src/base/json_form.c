#include "base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"

/* ---- problems ---- */

void json_problems_init(struct json_problems *problems, struct arena *arena)
{
    *problems = (struct json_problems){ .arena = arena };
}

/* RFC 6901: "~" and "/" in a name are written "~0" and "~1". */
static struct str pointer_to(struct arena *arena, struct str parent, struct str name)
{
    char *text = arena_array(arena, char, parent.size + 1 + 2 * name.size);
    size_t size = 0;
    if (parent.size > 0) memcpy(text, parent.data, parent.size);
    size += parent.size;
    text[size++] = '/';
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        if (c == '~' || c == '/') {
            text[size++] = '~';
            c = c == '~' ? '0' : '1';
        }
        text[size++] = c;
    }
    return (struct str){ .data = text, .size = size };
}

struct str json_form_pointer(const struct json_form *form, const char *name)
{
    return pointer_to(form->problems->arena, form->pointer, str_from(name));
}

struct str json_form_item_pointer(const struct json_form *form, const char *name, size_t index)
{
    char number[24];
    int size = snprintf(number, sizeof(number), "%zu", index);
    return pointer_to(form->problems->arena, json_form_pointer(form, name),
                      (struct str){ .data = number, .size = (size_t)size });
}

/* NULL if there are enough of them already. */
static struct json_problem *problem_add(struct json_problems *problems, const char *code)
{
    size_t index = problems->count++;
    if (index >= JSON_PROBLEMS_MAX) return NULL;
    problems->items[index].code = code;
    return &problems->items[index];
}

void json_form_fault(struct json_form *form, const char *name, const char *code, const char *format,
                     ...)
{
    struct json_problem *problem = problem_add(form->problems, code);
    if (!problem) return;
    problem->pointer = name ? json_form_pointer(form, name) : form->pointer;

    char detail[512];
    va_list args;
    va_start(args, format);
    int need = vsnprintf(detail, sizeof(detail), format, args);
    va_end(args);
    assert(need >= 0);
    size_t size = (size_t)need < sizeof(detail) ? (size_t)need : sizeof(detail) - 1;
    problem->detail =
        arena_copy(form->problems->arena, (struct str){ .data = detail, .size = size });
}

/* ---- forms ---- */

void json_form_begin(struct json_form *form, struct json_problems *problems,
                     const struct json *value, struct str pointer)
{
    *form = (struct json_form){ .problems = problems, .pointer = pointer };
    if (value && value->kind == JSON_OBJECT) {
        form->object = value;
    } else {
        json_form_fault(form, NULL, "wrong_type", "Give an object.");
    }
}

static bool is_name(const struct json_form *form, struct str name)
{
    for (size_t i = 0; i < form->names_count; i++) {
        if (str_equal(str_from(form->names[i]), name)) return true;
    }
    return false;
}

void json_form_end(struct json_form *form)
{
    if (!form->object) return;
    for (size_t i = 0; i < form->object->object.count; i++) {
        struct str name = form->object->object.members[i].name;
        if (is_name(form, name)) continue;
        struct json_problem *problem = problem_add(form->problems, "unknown_field");
        if (!problem) continue;
        problem->pointer = pointer_to(form->problems->arena, form->pointer, name);
        problem->detail = STR("There is no such field here: remove it or correct its name.");
    }
}

/* The member, remembered as asked for; NULL if it is absent or null. */
static const struct json *ask(struct json_form *form, const char *name)
{
    if (!is_name(form, str_from(name))) {
        assert(form->names_count < JSON_FORM_NAMES_MAX);
        form->names[form->names_count++] = name;
    }
    const struct json *value = json_member(form->object, name);
    return value && value->kind != JSON_NULL ? value : NULL;
}

/* As `ask`, with a fault if it is of another kind. */
static const struct json *ask_kind(struct json_form *form, const char *name, enum json_kind kind,
                                   const char *detail)
{
    const struct json *value = ask(form, name);
    if (!value || value->kind == kind) return value;
    json_form_fault(form, name, "wrong_type", "%s", detail);
    return NULL;
}

/* ---- getters ---- */

bool json_form_text(struct json_form *form, const char *name, size_t size_max, struct str *out)
{
    const struct json *value = ask_kind(form, name, JSON_TEXT, "Give text.");
    if (!value) return false;
    if (value->text.size > size_max) {
        json_form_fault(form, name, "too_long", "Give at most %zu bytes of text.", size_max);
        return false;
    }
    *out = value->text;
    return true;
}

/* JSON knows one kind of number: 3.0 is as good a whole number as 3. */
static bool whole_number(const struct json *value, int64_t *out)
{
    const double exact_max = 9007199254740992.0; /* 2^53: above it doubles skip whole numbers */
    if (value->kind == JSON_INT) {
        *out = value->integer;
        return true;
    }
    if (value->kind != JSON_REAL || fabs(value->real) > exact_max) return false;
    if (value->real != trunc(value->real)) return false;
    *out = (int64_t)value->real;
    return true;
}

bool json_form_int(struct json_form *form, const char *name, int64_t min, int64_t max, int64_t *out)
{
    const struct json *value = ask(form, name);
    if (!value) return false;
    int64_t number;
    if (!whole_number(value, &number)) {
        json_form_fault(form, name, "wrong_type", "Give a whole number.");
        return false;
    }
    if (number < min || number > max) {
        json_form_fault(form, name, "out_of_range",
                        "Give a whole number from %" PRId64 " to %" PRId64 ".", min, max);
        return false;
    }
    *out = number;
    return true;
}

bool json_form_real(struct json_form *form, const char *name, double min, double max, double *out)
{
    const struct json *value = ask(form, name);
    if (!value) return false;
    if (value->kind != JSON_INT && value->kind != JSON_REAL) {
        json_form_fault(form, name, "wrong_type", "Give a number.");
        return false;
    }
    double number = value->kind == JSON_INT ? (double)value->integer : value->real;
    if (!(number >= min && number <= max)) {
        json_form_fault(form, name, "out_of_range", "Give a number from %g to %g.", min, max);
        return false;
    }
    *out = number;
    return true;
}

bool json_form_bool(struct json_form *form, const char *name, bool *out)
{
    const struct json *value = ask_kind(form, name, JSON_BOOL, "Give true or false.");
    if (!value) return false;
    *out = value->boolean;
    return true;
}

bool json_form_time(struct json_form *form, const char *name, int64_t *out_ms)
{
    const char *detail = "Give a time as in RFC 3339, such as 2026-03-01T09:30:00Z.";
    const struct json *value = ask_kind(form, name, JSON_TEXT, detail);
    if (!value) return false;
    if (time_parse(value->text, out_ms) != OK) {
        json_form_fault(form, name, "invalid_time", "%s", detail);
        return false;
    }
    return true;
}

bool json_form_id(struct json_form *form, const char *name, enum id_kind kind, int64_t *out)
{
    char example[ID_TEXT_SIZE];
    id_write(kind, 1, example);
    const struct json *value = ask_kind(form, name, JSON_TEXT, "Give an id as text.");
    if (!value) return false;
    if (id_parse(kind, value->text, out) != OK) {
        json_form_fault(form, name, "invalid_id",
                        "Give an id that begins with %.4s and has 13 more characters.", example);
        return false;
    }
    return true;
}

static struct str choices(struct arena *arena, const char *const names[])
{
    enum { SIZE_MAX_OF_LIST = 400 };
    struct buf buf = buf_open(arena, SIZE_MAX_OF_LIST);
    for (size_t i = 0; names[i]; i++) {
        if (i > 0) buf_add(&buf, STR(", "));
        buf_add(&buf, str_from(names[i]));
    }
    return buf_view(&buf);
}

bool json_form_choice(struct json_form *form, const char *name, const char *const names[], int *out)
{
    const struct json *value = ask(form, name);
    if (!value) return false;
    for (int i = 0; value->kind == JSON_TEXT && names[i]; i++) {
        if (!str_equal(value->text, str_from(names[i]))) continue;
        *out = i;
        return true;
    }
    struct str list = choices(form->problems->arena, names);
    json_form_fault(form, name, value->kind == JSON_TEXT ? "unknown_value" : "wrong_type",
                    "Give one of: %.*s.", STR_ARG(list));
    return false;
}

bool json_form_object(struct json_form *form, const char *name, struct json_form *out)
{
    const struct json *value = ask_kind(form, name, JSON_OBJECT, "Give an object.");
    if (!value) return false;
    json_form_begin(out, form->problems, value, json_form_pointer(form, name));
    return true;
}

bool json_form_array(struct json_form *form, const char *name, size_t count_max,
                     const struct json **items, size_t *count)
{
    const struct json *value = ask_kind(form, name, JSON_ARRAY, "Give an array.");
    if (!value) return false;
    if (value->array.count > count_max) {
        json_form_fault(form, name, "too_many", "Give at most %zu items.", count_max);
        return false;
    }
    *items = value->array.items;
    *count = value->array.count;
    return true;
}

bool json_form_any(struct json_form *form, const char *name, const struct json **out)
{
    const struct json *value = ask(form, name);
    if (!value) return false;
    *out = value;
    return true;
}

bool json_form_is_null(struct json_form *form, const char *name)
{
    if (ask(form, name)) return false;
    return json_member(form->object, name) != NULL;
}

void json_form_require(struct json_form *form, const char *name)
{
    if (ask(form, name) || !form->object) return;
    json_form_fault(form, name, "required", "This field is required.");
}
