#include "exchange/incident.h"

#include "base/test.h"

enum { COLUMNS = 9 };
static const struct str HEADER[COLUMNS] = {
    STR_INIT("number"),    STR_INIT("incident_state"), STR_INIT("sys_updated_at"),
    STR_INIT("opened_at"), STR_INIT("sys_mod_count"),  STR_INIT("priority"),
    STR_INIT("made_sla"),  STR_INIT("category"),       STR_INIT("subcategory"),
};

struct table {
    struct arena *arena;
    const struct zone *zone;
    const struct incident_columns *columns;
    struct incident_row row;
    struct import_refusal why;
};

static struct table table_open(void)
{
    hash_start();
    struct table table = { .arena = arena_open() };
    struct str reason;
    CHECK(zone_load(table.arena, STR("UTC"), &table.zone) == OK);
    CHECK(incident_columns_find(table.arena, HEADER, COLUMNS, &table.columns, &reason) == OK);
    return table;
}

/* The cells are separated by bars. */
static bool read_line(struct table *table, const char *cells)
{
    struct str fields[COLUMNS + 1];
    struct str rest = str_from(cells);
    size_t count = 0;
    while (count <= COLUMNS && rest.size > 0) fields[count++] = str_cut(&rest, '|');
    struct csv_record record = { .fields = fields, .count = count, .line = 5 };
    return incident_row_read(table->columns, table->zone, table->arena, &record, &table->row,
                             &table->why) == OK;
}

static bool is_refused(struct table *table, const char *cells, const char *code)
{
    return !read_line(table, cells) && table->why.line == 5 &&
           str_equal(str_from(table->why.code), str_from(code));
}

TEST(a_row_of_an_incident_is_read)
{
    struct table table = table_open();
    CHECK(read_line(&table, "T1|Awaiting Vendor|29/2/2016 01:23|28/2/2016 23:00|3|2 - High|true"
                            "|Printers|Paper"));
    CHECK(table.row.at_ms == 1456708980000 && table.row.opened_at_ms == 1456700400000);
    CHECK(table.row.state == STATE_ON_HOLD && table.row.mod_count == 3);
    CHECK(str_equal(table.row.state_label, STR("Awaiting Vendor")));
    CHECK(table.row.priority == PRIORITY_HIGH && table.row.sla_met == 1);
    CHECK(str_equal(table.row.topic, STR("Printers / Paper")));
    CHECK(table.row.reopen_count == -1 && !table.row.caller.data && !table.row.has_resolved_at);
    arena_close(table.arena);
}

TEST(a_question_mark_is_missing)
{
    struct table table = table_open();
    CHECK(read_line(&table, "T1|-100|29/2/2016 01:23|28/2/2016 23:00|?|?|?|?|Paper"));
    CHECK(table.row.state == 0 && !table.row.state_label.data);
    CHECK(table.row.mod_count == -1 && table.row.priority == 0 && table.row.sla_met == -1);
    CHECK(str_equal(table.row.topic, STR("Paper")));
    arena_close(table.arena);
}

TEST(times_may_be_written_as_iso_has_them)
{
    struct table table = table_open();
    CHECK(read_line(&table, "T1|New|2016-02-29 01:23:00|2016-02-28 23:00|0|3|false|a|b"));
    CHECK(table.row.at_ms == 1456708980000 && table.row.opened_at_ms == 1456700400000);
    CHECK(read_line(&table, "T1|New|29/02/2016 01:23:30|28/2/2016 23:00|0|3|false|a|b"));
    CHECK(table.row.at_ms == 1456709010000);
    arena_close(table.arena);
}

TEST(a_row_that_cannot_be_used_is_refused_with_its_reason)
{
    struct table table = table_open();
    CHECK(
        is_refused(&table, "T1|New|31/2/2016 01:23|28/2/2016 23:00|0|3|true|a|b", "invalid_time"));
    CHECK(is_refused(&table, "T1|New|?|28/2/2016 23:00|0|3|true|a|b", "required"));
    CHECK(is_refused(&table, "?|New|1/2/2016 01:23|28/2/2016 23:00|0|3|true|a|b", "required"));
    CHECK(
        is_refused(&table, "T1|Lost|1/2/2016 01:23|28/2/2016 23:00|0|3|true|a|b", "unknown_value"));
    CHECK(is_refused(&table, "T1|New|1/2/2016 01:23|28/2/2016 23:00|0|high|true|a|b",
                     "unknown_value"));
    CHECK(is_refused(&table, "T1|New|1/2/2016 01:23|28/2/2016 23:00|many|3|true|a|b", "invalid"));
    CHECK(is_refused(&table, "T1|New|1/2/2016 01:23|28/2/2016 23:00|0|3|true|a", "invalid_row"));
    arena_close(table.arena);
}

TEST(a_rows_key_holds_number_count_time_and_state)
{
    static const char *const OTHERS[] = {
        "T2|New|1/2/2016 01:23|1/2/2016 01:00|0|3|true|a|b",
        "T1|Active|1/2/2016 01:23|1/2/2016 01:00|0|3|true|a|b",
        "T1|New|1/2/2016 01:24|1/2/2016 01:00|0|3|true|a|b",
        "T1|New|1/2/2016 01:23|1/2/2016 01:00|1|3|true|a|b",
    };
    struct table table = table_open();
    CHECK(read_line(&table, "T1|New|1/2/2016 01:23|1/2/2016 01:00|0|3|true|a|b"));
    struct import_key key = table.row.key;
    CHECK(read_line(&table, "T1|New|1/2/2016 01:23|1/2/2016 01:01|0|2|false|c|d"));
    CHECK(memcmp(&key, &table.row.key, sizeof(key)) == 0);
    for (size_t i = 0; i < sizeof(OTHERS) / sizeof(OTHERS[0]); i++) {
        CHECK(read_line(&table, OTHERS[i]));
        CHECK(memcmp(&key, &table.row.key, sizeof(key)) != 0);
    }
    arena_close(table.arena);
}

TEST(a_table_that_is_no_incident_log_is_refused)
{
    struct arena *arena = arena_open();
    const struct incident_columns *columns;
    struct str reason = { 0 };
    CHECK(incident_columns_find(arena, HEADER, 2, &columns, &reason) == ERR_INVALID);
    CHECK(str_equal(reason, STR("The table has no column \"sys_updated_at\": is this an incident "
                                "log?")));
    arena_close(arena);
}
