#include "base/id.h"

#include <string.h>

#include "base/test.h"

static const int64_t NOW_MS = 1772357400000; /* 2026-03-01T09:30:00Z */

TEST(ids_grow_within_a_millisecond_and_past_its_last_one)
{
    struct id_source source;
    id_source_init(&source, 7, 0);
    int64_t before = 0;
    for (int i = 0; i < 20000; i++) {
        int64_t id = id_next(&source, NOW_MS);
        CHECK(id > before);
        before = id;
    }
    CHECK(id_time_ms(before) == NOW_MS + 20000 / 4096);
}

TEST(ids_grow_when_the_clock_goes_back)
{
    struct id_source source;
    id_source_init(&source, 0, 0);
    int64_t first = id_next(&source, NOW_MS);
    int64_t second = id_next(&source, NOW_MS - 3600000);
    int64_t third = id_next(&source, NOW_MS + 1);
    CHECK(second > first);
    CHECK(third > second);
    CHECK(id_time_ms(first) == NOW_MS);
    CHECK(id_time_ms(third) == NOW_MS + 1);
}

TEST(ids_continue_after_one_that_exists_whatever_node_made_it)
{
    struct id_source other;
    id_source_init(&other, 1023, 0);
    int64_t existing = id_next(&other, NOW_MS);
    for (int64_t node = 0; node <= 1023; node += 341) {
        struct id_source source;
        id_source_init(&source, node, existing);
        int64_t id = id_next(&source, NOW_MS - 86400000);
        CHECK(id > existing);
        CHECK(id_next(&source, NOW_MS - 86400000) > id);
    }
}

TEST(ids_of_two_nodes_at_the_same_time_differ)
{
    struct id_source a;
    struct id_source b;
    id_source_init(&a, 1, 0);
    id_source_init(&b, 2, 0);
    CHECK(id_next(&a, NOW_MS) != id_next(&b, NOW_MS));
}

TEST(ids_are_never_zero_even_with_a_clock_before_2024)
{
    struct id_source source;
    id_source_init(&source, 0, 0);
    CHECK(id_next(&source, 0) > 0);
    id_source_init(&source, 0, 0);
    CHECK(id_next(&source, 1704067200000) > 0);
}

TEST(id_text_has_a_prefix_and_thirteen_characters_and_reads_back)
{
    struct arena *arena = arena_open();
    CHECK(str_equal(id_text(arena, ID_CONVERSATION, 1), STR("con_0000000000001")));
    CHECK(str_equal(id_text(arena, ID_CUSTOMER, INT64_MAX), STR("cus_7ZZZZZZZZZZZZ")));
    static const int64_t IDS[] = { 1, 31, 32, 1234567890123, INT64_MAX };
    for (int kind = 0; kind < ID_KINDS; kind++) {
        for (size_t i = 0; i < sizeof(IDS) / sizeof(IDS[0]); i++) {
            struct str text = id_text(arena, (enum id_kind)kind, IDS[i]);
            int64_t back = 0;
            CHECK(id_parse((enum id_kind)kind, text, &back) == OK);
            CHECK(back == IDS[i]);
            CHECK(id_parse((enum id_kind)((kind + 1) % ID_KINDS), text, &back) == ERR_INVALID);
        }
    }
    arena_close(arena);
}

TEST(id_text_orders_as_the_ids_do)
{
    struct arena *arena = arena_open();
    int64_t ids[] = { 1, 40, 1 << 20, 1LL << 40, INT64_MAX - 1, INT64_MAX };
    for (size_t i = 1; i < sizeof(ids) / sizeof(ids[0]); i++) {
        CHECK(str_compare(id_text(arena, ID_TEAM, ids[i - 1]), id_text(arena, ID_TEAM, ids[i])) <
              0);
    }
    arena_close(arena);
}

TEST(id_parse_takes_letters_of_either_case)
{
    int64_t id = 0;
    CHECK(id_parse(ID_CUSTOMER, STR("cus_7zzzzzzzzzzzz"), &id) == OK);
    CHECK(id == INT64_MAX);
}

TEST(id_parse_refuses_what_id_write_does_not_make)
{
    static const char *const BAD[] = {
        "",
        "cus_",
        "cus_000000000001",
        "cus_00000000000001",
        "cus-0000000000001",
        "con_0000000000001",
        "cus_0000000000000",
        "cus_8000000000000",
        "cus_ZZZZZZZZZZZZZ",
        "cus_000000000000I",
        "cus_000000000000l",
        "cus_000000000000O",
        "cus_000000000000u",
        "cus_000000000000 ",
        "cus_00000000000-1",
        "cus_00000000000\xC3\xA9",
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        int64_t id = 99;
        CHECK(id_parse(ID_CUSTOMER, str_from(BAD[i]), &id) == ERR_INVALID);
        CHECK(id == 99);
    }
    char with_nul[ID_TEXT_SIZE];
    id_write(ID_CUSTOMER, 1, with_nul);
    with_nul[8] = '\0';
    int64_t id;
    CHECK(id_parse(ID_CUSTOMER, (struct str){ .data = with_nul, .size = ID_TEXT_SIZE }, &id) ==
          ERR_INVALID);
}
