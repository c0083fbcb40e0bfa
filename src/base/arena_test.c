#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include "base/test.h"

TEST(arena_memory_is_zeroed_and_aligned_even_after_a_reset)
{
    struct arena *arena = arena_open();
    for (int round = 0; round < 3; round++) {
        for (size_t size = 1; size < 200; size += 7) {
            unsigned char *bytes = arena_array(arena, unsigned char, size);
            CHECK((uintptr_t)bytes % alignof(max_align_t) == 0);
            for (size_t i = 0; i < size; i++) CHECK(bytes[i] == 0);
            memset(bytes, 0xA5, size);
        }
        arena_reset(arena);
    }
    arena_close(arena);
}

TEST(arena_keeps_what_was_allocated_before_apart_from_what_comes_later)
{
    struct arena *arena = arena_open();
    int *numbers[1000];
    for (int i = 0; i < 1000; i++) {
        numbers[i] = arena_array(arena, int, 50);
        for (int k = 0; k < 50; k++) numbers[i][k] = i;
    }
    for (int i = 0; i < 1000; i++) {
        for (int k = 0; k < 50; k++) CHECK(numbers[i][k] == i);
    }
    CHECK(arena_size(arena) >= 1000 * 50 * sizeof(int));
    arena_close(arena);
}

TEST(arena_reset_gives_large_blocks_back)
{
    struct arena *arena = arena_open();
    CHECK(arena_array(arena, char, 10 * 1024 * 1024) != NULL);
    arena_reset(arena);
    CHECK(arena_size(arena) <= 64 * 1024);
    CHECK(arena_new(arena, int) != NULL);
    arena_close(arena);
    arena_close(NULL);
}

TEST(arena_copy_ends_with_a_zero_that_is_not_counted)
{
    struct arena *arena = arena_open();
    struct str copy = arena_copy(arena, STR("abc"));
    CHECK(copy.size == 3);
    CHECK(strcmp(copy.data, "abc") == 0);
    struct str empty = arena_copy(arena, (struct str){ 0 });
    CHECK(empty.size == 0 && empty.data && empty.data[0] == '\0');
    arena_close(arena);
}
