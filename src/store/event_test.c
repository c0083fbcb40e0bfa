#include "store/event.h"

#include <string.h>

#include "base/test.h"
#include "base/time.h"
#include "store/varint.h"

TEST(numbers_of_any_size_survive_as_varints)
{
    static const int64_t NUMBERS[] = {
        0, 1, -1, 63, 64, -64, -65, INT32_MAX, INT64_MAX, INT64_MIN
    };
    for (size_t i = 0; i < sizeof(NUMBERS) / sizeof(NUMBERS[0]); i++) {
        unsigned char bytes[VARINT_SIZE_MAX];
        int64_t number = 5;
        size_t size = varint_write(bytes, NUMBERS[i]);
        CHECK(varint_read(bytes, size, &number) == size);
        CHECK(number == NUMBERS[i]);
        CHECK(varint_read(bytes, size - 1, &number) == 0);
    }
}

TEST(the_values_of_an_event_come_back_as_they_were)
{
    struct arena *arena = arena_open();
    struct event_values values = { 0 };
    event_put(&values, DIMENSION_TEAM, 123456789);
    event_put(&values, DIMENSION_OWN_FIRST + 3, 77);
    event_put(&values, FIELD_WAIT_MS, 0);
    event_put_zero(&values, FIELD_SCORE, 0);
    CHECK(values.count == 3);
    struct str data = event_encode(arena, values.items, values.count);
    struct event event = { .kind = EVENT_ANSWER_RECEIVED };
    CHECK(event_decode(arena, data, &event.values, &event.values_count) == OK);
    CHECK(event_number(&event, FIELD_SCORE, -1) == 0);
    CHECK(event_number(&event, FIELD_WAIT_MS, -1) == -1);
    struct dimensions dimensions;
    event_dimensions(&event, &dimensions);
    CHECK(dimensions.values[DIMENSION_TEAM] == 123456789);
    CHECK(dimensions.values[DIMENSION_OWN_FIRST + 3] == 77);
    arena_close(arena);
}

TEST(cut_or_foreign_event_bytes_are_corrupt)
{
    struct arena *arena = arena_open();
    const struct event_value *values;
    size_t count;
    CHECK(event_decode(arena, STR("\x40"), &values, &count) == ERR_CORRUPT);
    CHECK(event_decode(arena, STR("\xFF\x01"), &values, &count) == ERR_CORRUPT);
    CHECK(event_decode(arena, STR(""), &values, &count) == OK && count == 0);
    arena_close(arena);
}

TEST(changing_any_column_of_an_event_changes_its_hash)
{
    struct arena *arena = arena_open();
    struct hash zero = { 0 };
    struct event event = { .seq = 1, .at_ms = 2, .known_ms = 3, .kind = EVENT_CUSTOMER_CREATED };
    struct hash first = event_hash(arena, &event, STR("ab"), &zero);
    event.customer_id = 9;
    struct hash second = event_hash(arena, &event, STR("ab"), &zero);
    struct hash third = event_hash(arena, &event, STR("ac"), &zero);
    struct hash fourth = event_hash(arena, &event, STR("ab"), &first);
    CHECK(!hash_equal(&first, &second));
    CHECK(!hash_equal(&second, &third));
    CHECK(!hash_equal(&second, &fourth));
    arena_close(arena);
}

TEST(every_kind_of_event_has_one_row_with_a_permission)
{
    size_t count;
    const struct event_kind_row *rows = event_kinds(&count);
    for (size_t i = 0; i < count; i++) {
        CHECK(rows[i].name && rows[i].topic && rows[i].permission);
        CHECK(event_kind_row(rows[i].kind) == &rows[i]);
        for (size_t j = 0; j < i; j++) {
            CHECK(!str_equal(str_from(rows[i].name), str_from(rows[j].name)));
        }
    }
}

TEST(an_event_is_shown_with_names_and_ids_of_people_never)
{
    struct arena *arena = arena_open();
    struct event_values values = { 0 };
    event_put(&values, FIELD_STATE_FROM, 2);
    event_put(&values, FIELD_STATE, 6);
    event_put(&values, FIELD_ELAPSED_MS, 90500);
    event_put(&values, FIELD_INTO, 5);
    struct event event = { .seq = 4,
                           .at_ms = 1000,
                           .known_ms = 2000,
                           .kind = EVENT_CONVERSATION_STATE_CHANGED,
                           .version = 1,
                           .conversation_id = 5,
                           .values = values.items,
                           .values_count = values.count };
    struct buf buf = buf_open(arena, 4096);
    struct json_writer writer = { .buf = &buf };
    event_write_json(&writer, &event);
    struct str text = buf_view(&buf);
    CHECK(memmem(text.data, text.size, "\"state_from\":\"open\"", 19) != NULL);
    CHECK(memmem(text.data, text.size, "\"state\":\"solved\"", 16) != NULL);
    CHECK(memmem(text.data, text.size, "\"elapsed_seconds\":90.5", 22) != NULL);
    const struct json *json;
    CHECK(json_parse(arena, text, 4096, NULL, &json) == OK);
    arena_close(arena);
}
