#include "store/filter.h"

#include "base/test.h"
#include "store/testing.h"

static const struct query INSERT = { .sql = "INSERT INTO setting (name, body) VALUES ($1, $2)" };

static enum err settings_insert(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    (void)in;
    (void)out;
    static const char *const NAMES[] = { "a", "b", "c", "d" };
    for (size_t i = 0; i < 4; i++) {
        struct value name = value_text(str_from(NAMES[i]));
        enum err err = tx_write(tx, &INSERT, ARGS(name, name));
        if (err) return err;
    }
    return OK;
}

static const struct command SETTINGS_INSERT = { .name = "settings_insert", .run = settings_insert };

struct fixture {
    struct workspace *workspace;
    struct arena *arena;
    struct reader *reader;
};

static struct fixture fixture_open(void)
{
    struct fixture fixture = { .workspace = testing_workspace_open(), .arena = arena_open() };
    struct actor system = { .kind = ACTOR_SYSTEM };
    CHECK(writer_call(fixture.workspace->writer, fixture.arena, &SETTINGS_INSERT, system, NULL,
                      NULL) == OK);
    CHECK(reader_open(fixture.arena, fixture.workspace->store_path, &fixture.reader) == OK);
    return fixture;
}

static void fixture_close(struct fixture *fixture)
{
    reader_close(fixture->reader);
    testing_workspace_close(fixture->workspace);
    arena_close(fixture->arena);
}

TEST(a_filter_numbers_its_values_in_order)
{
    struct arena *arena = arena_open();
    struct filter filter = { 0 };
    struct value values[] = { value_int(1), value_int(2) };
    filter_add(&filter, "SELECT x FROM t WHERE a = 1");
    filter_add_values(&filter, " AND b = ? AND c < ?", ARGS(value_int(3), value_int(4)));
    filter_add_list(&filter, " AND d IN (", values, 2, ")");
    CHECK(str_equal(filter_sql(arena, &filter),
                    STR("SELECT x FROM t WHERE a = 1 AND b = $1 AND c < $2 AND d IN ($3, $4)")));
    CHECK(filter.arguments_count == 4);
    arena_close(arena);
}

TEST(values_are_bound_whatever_they_hold)
{
    struct fixture fixture = fixture_open();
    struct value names[] = { value_text(STR("b")), value_text(STR("x' OR '1'='1")) };
    struct filter filter = { 0 };
    struct rows rows;
    filter_add_list(&filter, "SELECT name FROM setting WHERE name IN (", names, 2,
                    ") ORDER BY name");
    CHECK(filter_read(fixture.reader, fixture.arena, &filter, 10, &rows) == OK);
    CHECK(rows.count == 1 && str_equal(rows_text(&rows, 0, 0), STR("b")));
    CHECK(filter_read(fixture.reader, fixture.arena, &filter, 0, &rows) == ERR_LIMIT);
    fixture_close(&fixture);
}

/* More combinations than are kept prepared: the rest work too. */
TEST(any_number_of_combinations_works)
{
    struct fixture fixture = fixture_open();
    for (size_t count = 1; count <= 240; count++) {
        for (size_t rows_max = 4; rows_max <= 6; rows_max++) {
            struct value *names = arena_array(fixture.arena, struct value, count);
            for (size_t i = 0; i < count; i++) names[i] = value_text(STR("c"));
            struct filter filter = { 0 };
            struct rows rows = { 0 };
            filter_add_list(&filter, "SELECT name FROM setting WHERE name IN (", names, count, ")");
            CHECK(filter_read(fixture.reader, fixture.arena, &filter, rows_max, &rows) == OK);
            CHECK(rows.count == 1);
        }
    }
    fixture_close(&fixture);
}
