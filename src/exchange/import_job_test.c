#include "exchange/import_job.h"

#include <unistd.h>

#include "base/test.h"
#include "base/time.h"
#include "conversation/conversation.h"
#include "exchange/import_store.h"
#include "store/testing.h"

enum { TEXT_MAX_OF_TEST = 1 << 20 };

/* A workspace and what an import of it said. */
struct bench {
    struct workspace *workspace;
    struct arena *arena;
    struct reader *reader;
    struct import_result result;
    struct str refused; /* a line for each refused row */
    struct buf refused_buf;
    const char *map;
    bool is_dry;
};

static struct bench bench_open(void)
{
    struct bench bench = { .workspace = testing_workspace_open(), .arena = arena_open() };
    CHECK(reader_open(bench.arena, bench.workspace->store_path, &bench.reader) == OK);
    return bench;
}

static void bench_close(struct bench *bench)
{
    reader_close(bench->reader);
    arena_close(bench->arena);
    testing_workspace_close(bench->workspace);
}

static void note_refusal(void *context, const struct import_refusal *refusal)
{
    struct bench *bench = context;
    buf_printf(&bench->refused_buf, "%lld %s\n", (long long)refusal->line, refusal->code);
}

static int file_of(struct str text)
{
    FILE *file = tmpfile();
    CHECK(file != NULL);
    int descriptor = dup(fileno(file));
    fclose(file);
    CHECK(write(descriptor, text.data, text.size) == (ssize_t)text.size);
    return descriptor;
}

static void import_text(struct bench *bench, const char *format, struct str text)
{
    int descriptor = file_of(text);
    struct json_problems problems;
    struct import_task task = { .descriptor = descriptor,
                                .refused = note_refusal,
                                .context = bench };
    const struct import_order order = { .format = str_from(format),
                                        .map =
                                            bench->map ? str_from(bench->map) : (struct str){ 0 },
                                        .is_dry = bench->is_dry };
    json_problems_init(&problems, bench->arena);
    bench->refused_buf = buf_open(bench->arena, TEXT_MAX_OF_TEST);
    CHECK(import_prepare(bench->arena, &order, &problems, &task.plan) == OK);
    CHECK(import_file_hash(descriptor, &task.file_hash, &task.file_size) == OK);
    if (!bench->is_dry) {
        const struct import_begin_in in = { .format = task.plan.format->number,
                                            .file_name = STR("file"),
                                            .file_hash = task.file_hash,
                                            .file_size = task.file_size,
                                            .settings = task.plan.settings };
        struct import import;
        CHECK(writer_call(bench->workspace->writer, bench->arena, &IMPORT_BEGIN,
                          (struct actor){ .kind = ACTOR_SYSTEM }, &in, &import) == OK);
        task.id = import.id;
    }
    import_run(bench->workspace, bench->reader, bench->arena, &task, &bench->result);
    bench->refused = buf_view(&bench->refused_buf);
    close(descriptor);
}

static void import_incidents(struct bench *bench, const char *text)
{
    import_text(bench, "servicenow-incidents", str_from(text));
}

static int64_t number_of(struct bench *bench, const struct query *query)
{
    struct rows rows;
    CHECK(reader_read(bench->reader, bench->arena, query, NO_ARGS, &rows) == OK);
    return rows.count == 1 ? rows_int_or_zero(&rows, 0, 0) : -1;
}

#define COUNT_OF(name, table)                                                                      \
    static int64_t name(struct bench *bench)                                                       \
    {                                                                                              \
        static const struct query COUNT = { .sql = "SELECT count(*) FROM " table, .rows_max = 1 }; \
        return number_of(bench, &COUNT);                                                           \
    }
COUNT_OF(conversations_of, "conversation")
COUNT_OF(interactions_of, "interaction")
COUNT_OF(events_of, "event")
COUNT_OF(corrections_of, "event WHERE kind = 60")
COUNT_OF(customers_of, "customer")

static const struct query DUMP = {
    .sql = "SELECT c.external_id, i.text, t.name, a.name, h.name, d.text, c.state, c.state_label,"
           " c.priority, c.subject, c.created_at_ms, c.activity_at_ms, c.first_solved_at_ms,"
           " c.solved_at_ms, c.closed_at_ms, c.interaction_count, c.reassignment_count,"
           " c.reopen_count, c.sla_met, c.first_reply_at_ms, c.waiting_since_ms"
           " FROM conversation c LEFT JOIN identity i ON i.customer_id = c.customer_id"
           " LEFT JOIN team t ON t.id = c.team_id LEFT JOIN agent a ON a.id = c.agent_id"
           " LEFT JOIN channel h ON h.id = c.channel_id"
           " LEFT JOIN dimension_value d ON d.id = c.topic_id ORDER BY c.external_id",
    .rows_max = 1000,
};

/* All conversations as text, without ids and versions. */
static struct str dump(struct bench *bench)
{
    struct rows rows;
    struct buf buf = buf_open(bench->arena, TEXT_MAX_OF_TEST);
    CHECK(reader_read(bench->reader, bench->arena, &DUMP, NO_ARGS, &rows) == OK);
    for (size_t i = 0; i < rows.count * rows.columns; i++) {
        const struct value *cell = &rows.cells[i];
        if (cell->kind == VALUE_INTEGER) buf_add_int(&buf, cell->integer);
        if (cell->kind == VALUE_TEXT) buf_add(&buf, cell->text);
        buf_add_char(&buf, (i + 1) % rows.columns == 0 ? '\n' : '|');
    }
    return buf_view(&buf);
}

/* One cell of the dump of a single conversation. */
static int64_t cell(struct bench *bench, size_t column)
{
    struct rows rows;
    CHECK(reader_read(bench->reader, bench->arena, &DUMP, NO_ARGS, &rows) == OK);
    CHECK(rows.count == 1);
    return rows_int_or_zero(&rows, 0, column);
}

enum {
    CELL_STATE = 6,
    CELL_FIRST_SOLVED = 12,
    CELL_CLOSED = 14,
    CELL_INTERACTIONS = 15,
    CELL_REASSIGNED = 16,
    CELL_REOPENED = 17,
    CELL_SLA = 18
};

#define HEADER                                                                                     \
    "number,incident_state,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,"      \
    "opened_at,sys_updated_at,contact_type,category,subcategory,priority,assignment_group,"        \
    "assigned_to,resolved_at,closed_at\n"

#define PRINTER                                                                                    \
    "T1,New,0,0,0,true,Bo,1/3/2016 09:00,1/3/2016 09:05,Phone,Printers,Paper,3 - Moderate,Desk,?," \
    "1/3/2016 12:00,3/3/2016 12:00\n"                                                              \
    "T1,Active,1,0,1,true,Bo,1/3/2016 09:00,1/3/2016 10:00,Phone,Printers,Paper,2 - High,Field,"   \
    "Ada,1/3/2016 12:00,3/3/2016 12:00\n"                                                          \
    "T1,Resolved,1,0,2,true,Bo,1/3/2016 09:00,1/3/2016 12:00,Phone,Printers,Toner,2 - High,Field," \
    "Ada,1/3/2016 12:00,3/3/2016 12:00\n"                                                          \
    "T1,Closed,1,0,3,false,Bo,1/3/2016 09:00,3/3/2016 12:00,Phone,Printers,Toner,2 - High,Field,"  \
    "Ada,1/3/2016 12:00,3/3/2016 12:00\n"

/* Called resolved, but the source withdrew it: no resolved_at. */
#define WITHDRAWN                                                                                  \
    "T2,Resolved,0,0,1,true,Cy,1/3/2016 09:00,1/3/2016 10:00,Email,?,?,4 - Low,?,?,?,"             \
    "9/3/2016 10:00\n"                                                                             \
    "T2,Closed,0,0,2,true,Cy,1/3/2016 09:00,9/3/2016 10:00,Email,?,?,4 - Low,?,?,?,"               \
    "9/3/2016 10:00\n"

/* Resolved twice: the source counts the second time. */
#define REOPENED                                                                                   \
    "T3,Resolved,0,0,1,true,Di,1/3/2016 09:00,1/3/2016 10:00,Phone,Mail,?,1 - Critical,Desk,?,"    \
    "4/3/2016 10:00,5/3/2016 10:00\n"                                                              \
    "T3,Active,0,1,2,true,Di,1/3/2016 09:00,2/3/2016 10:00,Phone,Mail,?,1 - Critical,Desk,?,"      \
    "4/3/2016 10:00,5/3/2016 10:00\n"                                                              \
    "T3,-100,0,1,3,true,Di,1/3/2016 09:00,2/3/2016 11:00,Phone,Mail,?,1 - Critical,Net,?,"         \
    "4/3/2016 10:00,5/3/2016 10:00\n"                                                              \
    "T3,Resolved,4,1,4,true,Di,1/3/2016 09:00,4/3/2016 10:00,Phone,Mail,?,1 - Critical,Net,?,"     \
    "4/3/2016 10:00,5/3/2016 10:00\n"                                                              \
    "T3,Closed,4,1,5,true,Di,1/3/2016 09:00,5/3/2016 10:00,Phone,Mail,?,1 - Critical,Net,?,"       \
    "4/3/2016 10:00,5/3/2016 10:00\n"

enum { MARCH_FIRST_MS_PER_1000 = 1456790400 };
static const int64_t MARCH_MS = (int64_t)MARCH_FIRST_MS_PER_1000 * MS_PER_SECOND;

static int64_t march(int day, int hour)
{
    return MARCH_MS + (int64_t)(day - 1) * MS_PER_DAY + (int64_t)hour * MS_PER_HOUR;
}

TEST(an_incident_becomes_one_conversation_with_its_history)
{
    struct bench bench = bench_open();
    import_incidents(&bench, HEADER PRINTER);
    CHECK(bench.result.state == IMPORT_FINISHED);
    CHECK(bench.result.counts.rows_read == 4 && bench.result.counts.rows_stored == 4);
    CHECK(bench.result.counts.conversations == 1 && bench.result.counts.rows_refused == 0);
    CHECK(str_equal(dump(&bench),
                    STR("T1|Bo|Field|Ada|Phone|Printers / Toner|7|Closed|3|T1|1456822800000|"
                        "1457006400000|1456833600000|1456833600000|1457006400000|1|1|0|0||\n")));
    CHECK(interactions_of(&bench) == 1 && customers_of(&bench) == 1);
    CHECK(corrections_of(&bench) == 0);
    bench_close(&bench);
}

TEST(an_incident_closed_without_resolved_at_was_never_solved)
{
    struct bench bench = bench_open();
    import_incidents(&bench, HEADER WITHDRAWN);
    CHECK(cell(&bench, CELL_STATE) == STATE_CLOSED);
    CHECK(cell(&bench, CELL_FIRST_SOLVED) == 0);
    CHECK(cell(&bench, CELL_CLOSED) == march(9, 10));
    CHECK(corrections_of(&bench) == 1);
    bench_close(&bench);
}

TEST(the_first_solving_is_resolved_at_of_the_newest_row)
{
    struct bench bench = bench_open();
    import_incidents(&bench, HEADER REOPENED);
    CHECK(cell(&bench, CELL_FIRST_SOLVED) == march(4, 10));
    CHECK(corrections_of(&bench) == 1);
    bench_close(&bench);
}

TEST(rows_of_an_incident_keep_the_order_of_the_file)
{
    struct bench bench = bench_open();
    import_incidents(
        &bench,
        HEADER "T8,New,0,0,7,true,Di,1/3/2016 09:00,1/3/2016 11:10,Phone,a,?,3,?,?,?,?\n"
               "T8,New,0,0,1,true,Di,1/3/2016 09:00,1/3/2016 09:52,Phone,a,?,3,?,?,?,?\n"
               "T8,Resolved,0,0,7,true,Di,1/3/2016 09:00,1/3/2016 11:03,Phone,a,?,3,?,?,?,?\n"
               "T8,Closed,2,0,8,false,Di,1/3/2016 09:00,5/3/2016 11:03,Phone,a,?,3,?,?,?,?\n");
    static const struct query CHANGES = {
        .sql = "SELECT count(*) FROM event WHERE kind = 11",
        .rows_max = 1,
    };
    CHECK(cell(&bench, CELL_STATE) == STATE_CLOSED && cell(&bench, CELL_REASSIGNED) == 2);
    CHECK(number_of(&bench, &CHANGES) == 2);
    bench_close(&bench);
}

TEST(counters_are_the_sources_own)
{
    struct bench bench = bench_open();
    import_incidents(&bench, HEADER REOPENED);
    CHECK(cell(&bench, CELL_REASSIGNED) == 4);
    CHECK(cell(&bench, CELL_REOPENED) == 1);
    CHECK(cell(&bench, CELL_SLA) == 1);
    bench_close(&bench);
}

TEST(an_import_that_runs_again_doubles_nothing)
{
    struct bench bench = bench_open();
    import_incidents(&bench, HEADER PRINTER WITHDRAWN REOPENED);
    struct str before = dump(&bench);
    import_incidents(&bench, HEADER PRINTER WITHDRAWN REOPENED);
    CHECK(bench.result.counts.rows_stored == 0 && bench.result.counts.rows_known == 11);
    CHECK(bench.result.counts.conversations == 0);
    CHECK(str_equal(before, dump(&bench)) && interactions_of(&bench) == 3);
    bench_close(&bench);
}

/* Lines of a text by number, the header not counted. */
static struct str lines_of(struct arena *arena, const char *text, const size_t *numbers,
                           size_t count)
{
    struct str lines[64] = { 0 };
    struct str rest = str_from(text);
    size_t lines_count = 0;
    while (rest.size > 0) lines[lines_count++] = str_cut(&rest, '\n');
    struct buf buf = buf_open(arena, TEXT_MAX_OF_TEST);
    buf_add(&buf, str_from(HEADER));
    for (size_t i = 0; i < count; i++) {
        CHECK(numbers[i] < lines_count);
        buf_add(&buf, lines[numbers[i]]);
        buf_add_char(&buf, '\n');
    }
    return buf_view(&buf);
}

static struct str dump_after(const size_t *first, size_t first_count, const size_t *second,
                             size_t second_count, struct arena *arena)
{
    static const char ALL[] = PRINTER WITHDRAWN REOPENED;
    struct bench bench = bench_open();
    import_text(&bench, "servicenow-incidents", lines_of(arena, ALL, first, first_count));
    CHECK(bench.result.state == IMPORT_FINISHED);
    if (second_count > 0) {
        import_text(&bench, "servicenow-incidents", lines_of(arena, ALL, second, second_count));
    }
    CHECK(bench.result.counts.rows_refused == 0);
    struct str text = arena_copy(arena, dump(&bench));
    bench_close(&bench);
    return text;
}

TEST(halves_repeats_and_any_order_of_incidents_give_the_same_conversations)
{
    enum { ROWS = 11 };
    static const size_t ALL[ROWS] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
    static const size_t SHUFFLED[ROWS] = { 6, 7, 8, 9, 10, 0, 1, 2, 3, 4, 5 };
    static const size_t MIXED[ROWS] = { 0, 4, 6, 1, 7, 8, 2, 5, 9, 3, 10 };
    static const size_t BACKWARDS[ROWS] = { 3, 2, 1, 0, 5, 4, 10, 9, 8, 7, 6 };
    struct arena *arena = arena_open();
    struct str whole = dump_after(ALL, ROWS, NULL, 0, arena);
    CHECK(whole.size > 0);
    for (size_t cut = 1; cut < ROWS; cut++) {
        CHECK(str_equal(whole, dump_after(ALL, cut, ALL + cut, ROWS - cut, arena)));
        CHECK(str_equal(whole, dump_after(ALL, cut, ALL, ROWS, arena)));
    }
    CHECK(str_equal(whole, dump_after(SHUFFLED, ROWS, NULL, 0, arena)));
    CHECK(str_equal(whole, dump_after(MIXED, ROWS, NULL, 0, arena)));
    CHECK(str_equal(whole, dump_after(BACKWARDS, ROWS, NULL, 0, arena)));
    arena_close(arena);
}

TEST(a_dry_run_counts_and_writes_nothing)
{
    struct bench bench = bench_open();
    import_incidents(&bench, HEADER PRINTER);
    int64_t events = events_of(&bench);
    bench.is_dry = true;
    import_incidents(&bench, HEADER PRINTER REOPENED "T9,New\n");
    CHECK(bench.result.state == IMPORT_FINISHED && bench.result.counts.rows_read == 10);
    CHECK(bench.result.counts.rows_known == 4 && bench.result.counts.rows_stored == 5);
    CHECK(bench.result.counts.rows_refused == 1 && bench.result.counts.conversations == 1);
    CHECK(events_of(&bench) == events && conversations_of(&bench) == 1);
    bench_close(&bench);
}

TEST(a_refused_row_is_told_and_harms_no_other)
{
    struct bench bench = bench_open();
    import_incidents(&bench, HEADER "T5,New,0,0,0,true,Ed,1/3/2016 09:00,31/2/2016 09:05,Phone,a,b,"
                                    "3 - Moderate,Desk,?,?,?\n" WITHDRAWN);
    CHECK(str_equal(bench.refused, STR("2 invalid_time\n")));
    CHECK(bench.result.counts.rows_stored == 2 && bench.result.counts.rows_refused == 1);
    CHECK(conversations_of(&bench) == 1);
    struct import *imports;
    struct import_refusal *refusals;
    size_t count;
    CHECK(import_list(bench.reader, bench.arena, 0, 10, &imports, &count) == OK && count == 1);
    CHECK(imports[0].state == IMPORT_FINISHED && imports[0].counts.rows_refused == 1);
    CHECK(import_refusal_list(bench.reader, bench.arena, imports[0].id, 0, 10, &refusals, &count) ==
          OK);
    CHECK(count == 1 && refusals[0].line == 2);
    CHECK(str_equal(refusals[0].detail, STR("sys_updated_at: there is no such time.")));
    bench_close(&bench);
}

TEST(an_incident_that_cannot_be_stored_is_refused_with_all_its_lines)
{
    struct bench bench = bench_open();
    import_incidents(&bench,
                     HEADER "T6,New,0,0,0,true,Ed,1/3/2016 09:00,1/3/2016 09:05,Phone,a,b,3,"
                            "tea_0000000000001,?,?,?\n"
                            "T6,Active,0,0,1,true,Ed,1/3/2016 09:00,1/3/2016 09:06,Phone,a,b,3,"
                            "tea_0000000000001,?,?,?\n" WITHDRAWN);
    CHECK(str_equal(bench.refused, STR("2 invalid\n3 invalid\n")));
    CHECK(bench.result.counts.rows_stored == 2 && conversations_of(&bench) == 1);
    bench_close(&bench);
}

TEST(a_quote_that_is_never_closed_ends_the_import_with_its_line)
{
    struct bench bench = bench_open();
    import_incidents(&bench, HEADER WITHDRAWN "T7,\"New,0,0\nand so on\n");
    CHECK(bench.result.state == IMPORT_FAILED);
    CHECK(str_equal(bench.result.reason,
                    STR("Line 4: a quote that is never closed. What follows it was not read.")));
    CHECK(str_equal(bench.refused, STR("4 invalid_row\n")));
    CHECK(bench.result.counts.rows_stored == 2 && conversations_of(&bench) == 1);
    bench_close(&bench);
}

TEST(a_file_that_is_no_incident_log_fails_with_a_reason)
{
    struct bench bench = bench_open();
    import_incidents(&bench, "a,b\n1,2\n");
    CHECK(bench.result.state == IMPORT_FAILED && bench.result.reason.size > 0);
    import_incidents(&bench, "");
    CHECK(str_equal(bench.result.reason, STR("The file is empty.")));
    CHECK(conversations_of(&bench) == 0);
    bench_close(&bench);
}

static const char CALLS_MAP[] =
    "{\"separator\":\";\",\"fields\":{\"at\":{\"column\":\"when\"},\"channel\":{\"value\":"
    "\"phone\"},\"kind\":{\"value\":\"call\"},\"external_id\":{\"column\":\"id\"},"
    "\"customer.external_id\":{\"column\":\"who\"},\"wait_seconds\":{\"column\":\"wait\"}},"
    "\"skip\":{\"who\":[\"nobody\"]}}";

TEST(a_table_of_calls_becomes_interactions_once)
{
    static const char CALLS[] = "id;when;who;wait\n"
                                "1;2024-03-01 09:00;bo;12\n"
                                ";2024-03-01 09:01;bo;0\n"
                                ";2024-03-01 09:01;bo;0\n"
                                "3;2024-03-01 09:02;nobody;0\n"
                                "4;2024-02-31 09:02;bo;0\n";
    struct bench bench = bench_open();
    bench.map = CALLS_MAP;
    import_text(&bench, "csv", str_from(CALLS));
    CHECK(bench.result.state == IMPORT_FINISHED);
    CHECK(bench.result.counts.rows_read == 5 && bench.result.counts.rows_stored == 3);
    CHECK(str_equal(bench.refused, STR("6 invalid_time\n")));
    CHECK(interactions_of(&bench) == 3 && customers_of(&bench) == 1);
    import_text(&bench, "csv", str_from(CALLS));
    CHECK(bench.result.counts.rows_known == 3 && bench.result.counts.rows_stored == 0);
    bench.is_dry = true;
    import_text(&bench, "csv", str_from(CALLS));
    CHECK(bench.result.counts.rows_known == 3 && interactions_of(&bench) == 3);
    bench_close(&bench);
}

static bool stop_at_once(void *context)
{
    (void)context;
    return true;
}

TEST(what_was_running_when_the_program_stopped_has_failed)
{
    struct bench bench = bench_open();
    const struct import_begin_in in = { .format = 1,
                                        .file_name = STR("file"),
                                        .settings = STR("{}") };
    struct import import;
    struct actor system = { .kind = ACTOR_SYSTEM };
    CHECK(writer_call(bench.workspace->writer, bench.arena, &IMPORT_BEGIN, system, &in, &import) ==
          OK);
    CHECK(writer_call(bench.workspace->writer, bench.arena, &IMPORT_RECOVER, system, NULL, NULL) ==
          OK);
    CHECK(import_read(bench.reader, bench.arena, import.id, &import) == OK);
    CHECK(import.state == IMPORT_FAILED);
    CHECK(str_equal(import.reason, STR("interrupted: run it again")));
    bench_close(&bench);
}

TEST(an_import_can_be_stopped_and_cancelled)
{
    struct bench bench = bench_open();
    struct import_task task = { .must_stop = stop_at_once };
    const struct import_order order = { .format = STR("servicenow-incidents") };
    struct json_problems problems;
    json_problems_init(&problems, bench.arena);
    CHECK(import_prepare(bench.arena, &order, &problems, &task.plan) == OK);
    task.descriptor = file_of(str_from(HEADER PRINTER));
    CHECK(import_file_hash(task.descriptor, &task.file_hash, &task.file_size) == OK);
    const struct import_begin_in in = { .format = 1,
                                        .file_name = STR("file"),
                                        .settings = task.plan.settings };
    struct import import;
    struct actor system = { .kind = ACTOR_SYSTEM };
    struct writer *writer = bench.workspace->writer;
    CHECK(writer_call(writer, bench.arena, &IMPORT_BEGIN, system, &in, &import) == OK);
    CHECK(writer_call(writer, bench.arena, &IMPORT_CANCEL, system, &import.id, &import) == OK);
    CHECK(import.state == IMPORT_CANCELLED);
    CHECK(writer_call(writer, bench.arena, &IMPORT_CANCEL, system, &import.id, &import) ==
          ERR_CONFLICT);
    task.id = import.id;
    import_run(bench.workspace, bench.reader, bench.arena, &task, &bench.result);
    CHECK(bench.result.state == IMPORT_FAILED && conversations_of(&bench) == 0);
    CHECK(import_read(bench.reader, bench.arena, task.id, &import) == OK);
    CHECK(import.state == IMPORT_CANCELLED);
    close(task.descriptor);
    bench_close(&bench);
}

TEST(an_order_that_cannot_be_understood_says_where)
{
    static const struct {
        struct import_order order;
        const char *pointer;
    } CASES[] = {
        { { .format = STR_INIT("xes") }, "/format" },
        { { .format = STR_INIT("csv") }, "/map" },
        { { .format = STR_INIT("csv"), .map = STR_INIT("{}") }, "/map/fields" },
        { { .format = STR_INIT("servicenow-incidents"), .map = STR_INIT("{}") }, "/map" },
        { { .format = STR_INIT("servicenow-incidents"), .zone = STR_INIT("Mars/Base") }, "/zone" },
    };
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct json_problems problems;
        struct import_plan plan;
        json_problems_init(&problems, arena);
        CHECK(import_prepare(arena, &CASES[i].order, &problems, &plan) == ERR_INVALID);
        CHECK(problems.count > 0 &&
              str_equal(problems.items[0].pointer, str_from(CASES[i].pointer)));
    }
    arena_close(arena);
}
