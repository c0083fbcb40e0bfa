#include <string.h>

#include "base/test.h"
#include "http/request.h"

TEST(a_cursor_comes_back_as_it_was)
{
    struct arena *arena = arena_open();
    static const struct cursor CURSORS[] = {
        { 0, 0 }, { 1772357400000, 42 }, { -1, INT64_MAX }, { INT64_MIN, -7 }
    };
    for (size_t i = 0; i < sizeof(CURSORS) / sizeof(CURSORS[0]); i++) {
        struct str text = cursor_write(arena, "-activity", CURSORS[i]);
        struct cursor cursor;
        CHECK(cursor_parse(text, "-activity", &cursor) == OK);
        CHECK(cursor.value == CURSORS[i].value && cursor.id == CURSORS[i].id);
    }
    arena_close(arena);
}

TEST(a_cursor_of_another_order_is_refused)
{
    struct arena *arena = arena_open();
    struct str text = cursor_write(arena, "-activity", (struct cursor){ 5, 6 });
    struct cursor cursor;
    CHECK(cursor_parse(text, "activity", &cursor) == ERR_INVALID);
    CHECK(cursor_parse(text, "", &cursor) == ERR_INVALID);
    arena_close(arena);
}

TEST(a_changed_cursor_is_refused)
{
    struct arena *arena = arena_open();
    struct str text = cursor_write(arena, "created", (struct cursor){ 5, 6 });
    struct cursor cursor;
    for (size_t i = 0; i < text.size; i++) {
        struct str changed = arena_copy(arena, text);
        char *data = arena_array(arena, char, changed.size);
        memcpy(data, changed.data, changed.size);
        data[i] = data[i] == '0' ? '1' : '0';
        changed.data = data;
        CHECK(cursor_parse(changed, "created", &cursor) == ERR_INVALID);
    }
    CHECK(cursor_parse((struct str){ text.data, text.size - 1 }, "created", &cursor) ==
          ERR_INVALID);
    CHECK(cursor_parse(STR(""), "created", &cursor) == ERR_INVALID);
    arena_close(arena);
}
