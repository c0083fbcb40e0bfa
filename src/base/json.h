/* JSON in and out. The library behind it is seen by base/json*.c alone.
 *
 * Reading: bytes are scanned for size and depth first, then parsed and copied into the arena.
 * A document is a tree of `struct json`; a `struct json_form` reads one object member by member,
 * collects every fault with its JSON pointer and knows which members nobody asked for.
 * Writing: straight into a buf, without a tree.
 *
 * Owner: one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/id.h"
#include "base/str.h"

enum { JSON_DEPTH_MAX = 64 };

enum json_kind { JSON_NULL, JSON_BOOL, JSON_INT, JSON_REAL, JSON_TEXT, JSON_ARRAY, JSON_OBJECT };

struct json_member;

struct json {
    enum json_kind kind;
    union {
        bool boolean;
        int64_t integer;
        double real;
        struct str text; /* well-formed UTF-8; may hold no NUL */
        struct {
            const struct json *items;
            size_t count;
        } array;
        struct {
            const struct json_member *members; /* in the order of the text */
            size_t count;
        } object;
    };
};

struct json_member {
    struct str name;
    struct json value;
};

/* Why a text is no JSON: words for people and where. */
struct json_fault {
    const char *reason; /* "nested deeper than 64", "duplicate key", "not UTF-8", ... */
    size_t offset;      /* bytes from the start */
};

/* One document, of any kind at the top. ERR_INVALID (malformed, duplicate key, not UTF-8, NUL)
 * or ERR_LIMIT (deeper than JSON_DEPTH_MAX, longer than size_max bytes); then `fault`, if not
 * NULL, says why. */
enum err json_parse(struct arena *arena, struct str text, size_t size_max, struct json_fault *fault,
                    const struct json **out);

/* The member of that name, NULL if there is none or `object` is no object. */
const struct json *json_member(const struct json *object, const char *name);

/* ---- forms ---- */

enum { JSON_PROBLEMS_MAX = 20, JSON_FORM_NAMES_MAX = 48 };

/* One fault in a request: what the reply lists under `errors`. */
struct json_problem {
    struct str pointer; /* RFC 6901: "/customer/email" */
    const char *code;   /* required, wrong_type, too_long, too_many, out_of_range, invalid_time,
                         * invalid_id, unknown_value, unknown_field, or the caller's own */
    struct str detail;  /* a sentence that says how to mend it */
};

struct json_problems {
    struct arena *arena;
    struct json_problem items[JSON_PROBLEMS_MAX]; /* later ones are counted only */
    size_t count;
};

struct json_form {
    struct json_problems *problems;
    const struct json *object;
    struct str pointer; /* of the object itself, "" at the top */
    const char *names[JSON_FORM_NAMES_MAX];
    size_t names_count;
};

void json_problems_init(struct json_problems *problems, struct arena *arena);
/* "/customer/email": the pointer of a member, and of an item of a member that is an array. */
struct str json_form_pointer(const struct json_form *form, const char *name);
struct str json_form_item_pointer(const struct json_form *form, const char *name, size_t index);
/* `name` may be NULL: then the object itself is at fault. */
__attribute__((format(printf, 4, 5))) void json_form_fault(struct json_form *form, const char *name,
                                                           const char *code, const char *format,
                                                           ...);

/* Begins to read `value`; a fault if it is no object. */
void json_form_begin(struct json_form *form, struct json_problems *problems,
                     const struct json *value, struct str pointer);
/* Reports every member that no getter asked for as `unknown_field`. */
void json_form_end(struct json_form *form);

/* Each getter returns true and fills `out` if the member is there and right. A member that is
 * absent or null returns false without a fault; a wrong one returns false with a fault. */
bool json_form_text(struct json_form *form, const char *name, size_t size_max, struct str *out);
bool json_form_int(struct json_form *form, const char *name, int64_t min, int64_t max,
                   int64_t *out);
bool json_form_real(struct json_form *form, const char *name, double min, double max, double *out);
bool json_form_bool(struct json_form *form, const char *name, bool *out);
/* RFC 3339. */
bool json_form_time(struct json_form *form, const char *name, int64_t *out_ms);
/* An id as id_write makes it. */
bool json_form_id(struct json_form *form, const char *name, enum id_kind kind, int64_t *out);
/* One of `names` (ends with NULL): its index. */
bool json_form_choice(struct json_form *form, const char *name, const char *const names[],
                      int *out);
/* A nested object, begun as a form of its own; the caller ends it. */
bool json_form_object(struct json_form *form, const char *name, struct json_form *out);
/* An array of `count_max` items at the most. */
bool json_form_array(struct json_form *form, const char *name, size_t count_max,
                     const struct json **items, size_t *count);
/* Anything, as it is. */
bool json_form_any(struct json_form *form, const char *name, const struct json **out);
/* The member is there and null. Counts as asked for. */
bool json_form_is_null(struct json_form *form, const char *name);
/* A fault `required` if the member is absent or null. Call before the getter or after it. */
void json_form_require(struct json_form *form, const char *name);

/* ---- writing ---- */

/* Zero-initialised but for `buf`. `name` is NULL inside an array and at the top. */
struct json_writer {
    struct buf *buf;
    bool needs_comma;
};

void json_object_begin(struct json_writer *writer, const char *name);
void json_object_end(struct json_writer *writer);
void json_array_begin(struct json_writer *writer, const char *name);
void json_array_end(struct json_writer *writer);
void json_put_text(struct json_writer *writer, const char *name, struct str text);
/* As json_put_text, or null if `text.data` is NULL. */
void json_put_text_or_null(struct json_writer *writer, const char *name, struct str text);
void json_put_int(struct json_writer *writer, const char *name, int64_t number);
/* NaN and infinities become null, negative zero becomes 0. */
void json_put_real(struct json_writer *writer, const char *name, double number);
void json_put_bool(struct json_writer *writer, const char *name, bool is_true);
void json_put_null(struct json_writer *writer, const char *name);
/* RFC 3339; 0 becomes null. */
void json_put_time(struct json_writer *writer, const char *name, int64_t at_ms);
/* 0 becomes null. */
void json_put_id(struct json_writer *writer, const char *name, enum id_kind kind, int64_t id);
/* A member whose name is not a C string: escaped like any text. */
void json_put_name(struct json_writer *writer, struct str name);
/* JSON that is known to be well-formed. */
void json_put_raw(struct json_writer *writer, const char *name, struct str json);
/* A tree that was read. */
void json_put_json(struct json_writer *writer, const char *name, const struct json *value);
