#include "exchange/csv_row.h"

#include "base/test.h"

static const char MAP[] =
    "{\"time_format\":\"%d.%m.%Y %H:%M\",\"zone\":\"UTC\",\"fields\":{"
    "\"at\":{\"columns\":[\"day\",\"hour\"]},\"channel\":{\"value\":\"phone\"},"
    "\"external_id\":{\"column\":\"number\"},\"kind\":{\"value\":\"call\"},"
    "\"wait_seconds\":{\"column\":\"wait\"},"
    "\"handle_seconds\":{\"column\":\"wait\",\"when\":{\"end\":[\"OK\"]}},"
    "\"outcome\":{\"column\":\"end\",\"values\":{\"OK\":\"answered\",\"GONE\":\"abandoned\"}},"
    "\"agent\":{\"column\":\"who\",\"missing\":[\"-\"]},"
    "\"attributes.service\":{\"column\":\"what\"}},"
    "\"skip\":{\"end\":[\"TEST\"]}}";
enum { COLUMNS = 7 };
static const struct str HEADER[COLUMNS] = {
    STR_INIT("day"), STR_INIT("hour"), STR_INIT("number"), STR_INIT("wait"),
    STR_INIT("end"), STR_INIT("who"),  STR_INIT("what"),
};

struct table {
    struct arena *arena;
    struct csv_map map;
    struct csv_plan *plan;
    struct hash file;
    struct capture_in capture;
    struct import_refusal why;
};

static struct table table_open(const char *json)
{
    hash_start();
    struct table table = { .arena = arena_open(), .file = hash_of(STR("the file")) };
    struct json_problems problems;
    const struct zone *zone;
    json_problems_init(&problems, table.arena);
    CHECK(zone_load(table.arena, STR("UTC"), &zone) == OK);
    CHECK(csv_map_read(table.arena, str_from(json), &problems, &table.map) == OK);
    struct csv_table *made = arena_new(table.arena, struct csv_table);
    struct csv_map *map = arena_new(table.arena, struct csv_map);
    *made = (struct csv_table){ HEADER, COLUMNS, zone, table.file };
    *map = table.map;
    struct str reason;
    CHECK(csv_plan_make(table.arena, map, made, &table.plan, &reason) == OK);
    return table;
}

/* The cells are separated by bars. */
static enum row_verdict read_line(struct table *table, int64_t line, const char *cells)
{
    struct str fields[COLUMNS + 1];
    struct str rest = str_from(cells);
    size_t count = 0;
    while (count <= COLUMNS && rest.size > 0) fields[count++] = str_cut(&rest, '|');
    struct csv_record record = { .fields = fields, .count = count, .line = line };
    return csv_row_read(table->plan, table->arena, &record, &table->capture, &table->why);
}

TEST(a_row_becomes_an_interaction_as_the_map_says)
{
    struct table table = table_open(MAP);
    CHECK(read_line(&table, 2, "1.3.2024|09:05|C-7|12.5|OK| Ada |loans") == ROW_TAKEN);
    CHECK(table.capture.at_ms == 1709283900000);
    CHECK(str_equal(table.capture.external_id, STR("C-7")));
    CHECK(str_equal(table.capture.channel, STR("phone")) && table.capture.kind == KIND_CALL);
    CHECK(table.capture.wait_ms == 12500 && table.capture.handle_ms == 12500);
    CHECK(table.capture.outcome == OUTCOME_ANSWERED);
    CHECK(str_equal(table.capture.agent, STR("Ada")));
    CHECK(table.capture.attributes_count == 1);
    arena_close(table.arena);
}

TEST(missing_texts_and_empty_cells_stand_for_nothing)
{
    struct table table = table_open(MAP);
    CHECK(read_line(&table, 2, "1.3.2024|09:05|C-7||GONE|-| ") == ROW_TAKEN);
    CHECK(table.capture.wait_ms == -1 && !table.capture.agent.data);
    CHECK(table.capture.attributes_count == 0);
    arena_close(table.arena);
}

TEST(a_field_can_depend_on_what_another_column_says)
{
    struct table table = table_open(MAP);
    CHECK(read_line(&table, 2, "1.3.2024|09:05|C-7|12|GONE|Ada|x") == ROW_TAKEN);
    CHECK(table.capture.wait_ms == 12000 && table.capture.handle_ms == -1);
    arena_close(table.arena);
}

TEST(rows_the_map_skips_are_left_out)
{
    struct table table = table_open(MAP);
    CHECK(read_line(&table, 2, "not|even|a|date|TEST|-|x") == ROW_SKIPPED);
    arena_close(table.arena);
}

TEST(a_refused_row_says_its_line_and_why_but_not_what_stood_there)
{
    struct table table = table_open(MAP);
    CHECK(read_line(&table, 7, "31.2.2024|09:05|C-7|1|OK|Ada|x") == ROW_REFUSED);
    CHECK(table.why.line == 7 && str_equal(str_from(table.why.code), STR("invalid_time")));
    CHECK(read_line(&table, 8, "1.3.2024|09:05|C-7|Ada's|OK|Ada|x") == ROW_REFUSED);
    CHECK(str_equal(table.why.detail, STR("wait_seconds: this cannot stand there.")));
    CHECK(read_line(&table, 9, "1.3.2024|09:05|C-7|-1|OK|Ada|x") == ROW_REFUSED);
    CHECK(read_line(&table, 10, "1.3.2024|09:05|C-7|1|LOST|Ada|x") == ROW_REFUSED);
    CHECK(str_equal(str_from(table.why.code), STR("unknown_value")));
    CHECK(read_line(&table, 11, "1.3.2024|09:05|C-7|1|OK|Ada") == ROW_REFUSED);
    CHECK(str_equal(str_from(table.why.code), STR("invalid_row")));
    CHECK(read_line(&table, 12, " | |C-7|1|OK|Ada|x") == ROW_REFUSED);
    CHECK(str_equal(str_from(table.why.code), STR("required")));
    arena_close(table.arena);
}

TEST(a_row_without_an_id_gets_one_of_its_file_and_line)
{
    struct table table = table_open(MAP);
    CHECK(read_line(&table, 2, "1.3.2024|09:05||1|OK|Ada|x") == ROW_TAKEN);
    struct str first = table.capture.external_id;
    CHECK(read_line(&table, 3, "1.3.2024|09:05||1|OK|Ada|x") == ROW_TAKEN);
    CHECK(first.size > 0 && !str_equal(first, table.capture.external_id));
    CHECK(read_line(&table, 2, "1.3.2024|09:05||1|OK|Ada|x") == ROW_TAKEN);
    CHECK(str_equal(first, table.capture.external_id));
    arena_close(table.arena);
}

TEST(what_values_lack_is_refused_skipped_kept_or_nothing)
{
    static const struct {
        const char *otherwise;
        enum row_verdict verdict;
        enum outcome outcome;
    } CASES[] = { { "refuse", ROW_REFUSED, OUTCOME_NONE },
                  { "skip", ROW_SKIPPED, OUTCOME_NONE },
                  { "none", ROW_TAKEN, OUTCOME_NONE },
                  { "keep", ROW_TAKEN, OUTCOME_BOT } };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        char json[512];
        snprintf(json, sizeof(json),
                 "{\"fields\":{\"at\":{\"column\":\"day\"},\"channel\":{\"value\":\"x\"},"
                 "\"outcome\":{\"column\":\"end\",\"values\":{\"OK\":\"answered\"},"
                 "\"else\":\"%s\"}}}",
                 CASES[i].otherwise);
        struct table table = table_open(json);
        CHECK(read_line(&table, 2, "2024-03-01|-|-|-|bot|-|-") == CASES[i].verdict);
        if (CASES[i].verdict == ROW_TAKEN) CHECK(table.capture.outcome == CASES[i].outcome);
        arena_close(table.arena);
    }
}

TEST(a_column_that_the_table_lacks_is_named)
{
    struct table table = table_open(MAP);
    const struct zone *zone;
    struct csv_plan *plan;
    struct str reason = { 0 };
    CHECK(zone_load(table.arena, STR("UTC"), &zone) == OK);
    const struct csv_table narrow = { HEADER, 2, zone, table.file };
    CHECK(csv_plan_make(table.arena, &table.map, &narrow, &plan, &reason) == ERR_INVALID);
    CHECK(str_equal(reason, STR("The table has no column \"end\", which the map names.")));
    arena_close(table.arena);
}
