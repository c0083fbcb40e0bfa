/* Text as a pointer and a size: no terminator, no ownership, passed by value. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct str {
    const char *data;
    size_t size;
};

#define STR(literal) ((struct str){ .data = (literal), .size = sizeof(literal) - 1 })

/* The same for the tables at file scope, where C wants a constant. */
#define STR_INIT(literal)                                                                          \
    {                                                                                              \
        .data = (literal), .size = sizeof(literal) - 1                                             \
    }

/* printf("name=%.*s", STR_ARG(name)) */
#define STR_ARG(s) (int)(s).size, (s).data

/* A view of a C string; NULL gives the empty view. */
struct str str_from(const char *text);

bool str_equal(struct str a, struct str b);
/* Order of the bytes, as memcmp: negative, 0, positive. */
int str_compare(struct str a, struct str b);
bool str_starts(struct str text, struct str prefix);

/* Without the ASCII white space at both ends. */
struct str str_trim(struct str text);

/* Cuts `*rest` at the first `separator`: returns what stands before it and leaves what stands
 * after it. Without a separator the whole text is returned and `rest` becomes empty. */
struct str str_cut(struct str *rest, char separator);

/* Well-formed UTF-8 without NUL bytes and surrogates. */
bool str_is_utf8(struct str text);
