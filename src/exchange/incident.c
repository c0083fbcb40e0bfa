#include "exchange/incident.h"

#include "base/buf.h"
#include "base/parse.h"
#include "customer/identity.h"
#include "exchange/time_text.h"

enum { COUNT_MAX = 1000000, TOPIC_SIZE_MAX = 1000 };

enum column {
    NUMBER,
    STATE,
    UPDATED_AT,
    OPENED_AT,
    MOD_COUNT,
    RESOLVED_AT,
    CLOSED_AT,
    CALLER,
    TEAM,
    AGENT,
    CHANNEL,
    CATEGORY,
    SUBCATEGORY,
    PRIORITY,
    SLA,
    REASSIGNMENTS,
    REOPENINGS,
    SUBJECT,
    COLUMNS
};

struct column_row {
    const char *name;
    const char *other_name; /* in exports of other makes */
    bool is_needed;
};

static const struct column_row COLUMN_ROWS[COLUMNS] = {
    [NUMBER] = { "number", NULL, true },
    [STATE] = { "incident_state", "state", true },
    [UPDATED_AT] = { "sys_updated_at", "sys_updated_on", true },
    [OPENED_AT] = { "opened_at", NULL, true },
    [MOD_COUNT] = { "sys_mod_count", NULL, false },
    [RESOLVED_AT] = { "resolved_at", NULL, false },
    [CLOSED_AT] = { "closed_at", NULL, false },
    [CALLER] = { "caller_id", NULL, false },
    [TEAM] = { "assignment_group", NULL, false },
    [AGENT] = { "assigned_to", NULL, false },
    [CHANNEL] = { "contact_type", NULL, false },
    [CATEGORY] = { "category", NULL, false },
    [SUBCATEGORY] = { "subcategory", NULL, false },
    [PRIORITY] = { "priority", NULL, false },
    [SLA] = { "made_sla", NULL, false },
    [REASSIGNMENTS] = { "reassignment_count", NULL, false },
    [REOPENINGS] = { "reopen_count", NULL, false },
    [SUBJECT] = { "short_description", NULL, false },
};

struct incident_columns {
    size_t places[COLUMNS]; /* plus 1; 0: the table lacks it */
    size_t count;           /* of the table's columns */
};

struct state_row {
    const char *name;
    enum conversation_state state; /* 0: as before */
};

static const struct state_row STATES[] = {
    { "New", STATE_NEW },
    { "Active", STATE_OPEN },
    { "In Progress", STATE_OPEN },
    { "Awaiting User Info", STATE_PENDING },
    { "Awaiting Evidence", STATE_PENDING },
    { "Awaiting Vendor", STATE_ON_HOLD },
    { "Awaiting Problem", STATE_ON_HOLD },
    { "On Hold", STATE_ON_HOLD },
    { "Resolved", STATE_SOLVED },
    { "Closed", STATE_CLOSED },
    { "-100", 0 },
};

enum err incident_columns_find(struct arena *arena, const struct str *header, size_t count,
                               const struct incident_columns **out, struct str *reason)
{
    struct incident_columns *columns = arena_new(arena, struct incident_columns);
    columns->count = count;
    for (int column = 0; column < COLUMNS; column++) {
        const struct column_row *row = &COLUMN_ROWS[column];
        for (size_t i = 0; i < count; i++) {
            struct str name = str_trim(header[i]);
            bool is_it = str_equal(name, str_from(row->name)) ||
                         (row->other_name && str_equal(name, str_from(row->other_name)));
            if (is_it && columns->places[column] == 0) columns->places[column] = i + 1;
        }
        if (!row->is_needed || columns->places[column] != 0) continue;
        struct buf buf = buf_open(arena, IMPORT_REASON_MAX);
        buf_printf(&buf, "The table has no column \"%s\": is this an incident log?", row->name);
        *reason = buf_view(&buf);
        return ERR_INVALID;
    }
    *out = columns;
    return OK;
}

/* Trimmed; without data if the cell is missing. */
static struct str cell(const struct incident_columns *columns, const struct csv_record *record,
                       enum column column)
{
    size_t place = columns->places[column];
    if (place == 0 || place > record->count) return (struct str){ 0 };
    struct str text = str_trim(record->fields[place - 1]);
    return text.size == 0 || str_equal(text, STR("?")) ? (struct str){ 0 } : text;
}

struct str incident_number(const struct incident_columns *columns, const struct csv_record *record)
{
    struct str number = cell(columns, record, NUMBER);
    return number.data ? number : STR("");
}

/* What one row is read with. */
struct reading {
    const struct incident_columns *columns;
    const struct csv_record *record;
    const struct zone *zone;
    struct arena *arena;
    struct import_refusal *why;
};

static enum err refuse(const struct reading *reading, const char *code, enum column column,
                       const char *words)
{
    struct buf buf = buf_open(reading->arena, IMPORT_DETAIL_MAX);
    buf_printf(&buf, "%s: %s", COLUMN_ROWS[column].name, words);
    reading->why->code = code;
    reading->why->detail = buf_view(&buf);
    return ERR_INVALID;
}

static enum err read_text(const struct reading *reading, enum column column, size_t size_max,
                          struct str *out)
{
    struct str text = cell(reading->columns, reading->record, column);
    if (text.size > size_max) return refuse(reading, "too_long", column, "the text is too long.");
    if (text.data) *out = arena_copy(reading->arena, text);
    return OK;
}

static enum err read_time(const struct reading *reading, enum column column, int64_t *out)
{
    enum { YEAR_SIZE = 4, WITHOUT_SECONDS = 16 };
    struct str text = cell(reading->columns, reading->record, column);
    if (!text.data) return OK;
    bool is_iso = text.size > YEAR_SIZE && text.data[YEAR_SIZE] == '-';
    struct str format = is_iso ? STR("%Y-%m-%d %H:%M:%S") : STR("%d/%m/%Y %H:%M:%S");
    if (text.size <= WITHOUT_SECONDS) format.size -= sizeof(":%S") - 1;
    if (!time_text_read(format, text, reading->zone, out)) return OK;
    return refuse(reading, "invalid_time", column, "there is no such time.");
}

static enum err read_count(const struct reading *reading, enum column column, int64_t *out)
{
    struct str text = cell(reading->columns, reading->record, column);
    *out = -1;
    if (!text.data || !parse_int(text, 0, COUNT_MAX, out)) return OK;
    return refuse(reading, "invalid", column, "this is no count.");
}

static enum err read_state(const struct reading *reading, struct incident_row *row)
{
    struct str text = cell(reading->columns, reading->record, STATE);
    for (size_t i = 0; i < sizeof(STATES) / sizeof(STATES[0]); i++) {
        if (!str_equal(text, str_from(STATES[i].name))) continue;
        row->state = STATES[i].state;
        if (row->state) row->state_label = str_from(STATES[i].name);
        return OK;
    }
    return refuse(reading, text.data ? "unknown_value" : "required", STATE,
                  text.data ? "this state is not known." : "is missing.");
}

static enum err read_priority(const struct reading *reading, struct incident_row *row)
{
    static const enum priority PRIORITIES[] = { PRIORITY_URGENT, PRIORITY_HIGH, PRIORITY_NORMAL,
                                                PRIORITY_LOW, PRIORITY_LOW };
    struct str text = cell(reading->columns, reading->record, PRIORITY);
    if (!text.data) return OK;
    int number = text.data[0] - '1';
    if (number < 0 || number >= (int)(sizeof(PRIORITIES) / sizeof(PRIORITIES[0]))) {
        return refuse(reading, "unknown_value", PRIORITY, "must begin with 1 to 5.");
    }
    row->priority = PRIORITIES[number];
    return OK;
}

static void read_topic(const struct reading *reading, struct incident_row *row)
{
    struct str category = cell(reading->columns, reading->record, CATEGORY);
    struct str subcategory = cell(reading->columns, reading->record, SUBCATEGORY);
    struct buf buf = buf_open(reading->arena, TOPIC_SIZE_MAX);
    if (!category.data && !subcategory.data) return;
    buf_add(&buf, category.data ? category : subcategory);
    if (category.data && subcategory.data) {
        buf_add(&buf, STR(" / "));
        buf_add(&buf, subcategory);
    }
    row->topic = buf_view(&buf);
}

/* Callers become identities, which have a form of their own. */
static enum err read_caller(const struct reading *reading, struct incident_row *row)
{
    struct str text = { 0 };
    enum err err = read_text(reading, CALLER, IDENTITY_TEXT_MAX, &text);
    if (err || !text.data) return err;
    if (!identity_normalise(reading->arena, IDENTITY_EXTERNAL, text, &row->caller)) return OK;
    return refuse(reading, "invalid", CALLER, "this cannot name a customer.");
}

static enum err read_texts(const struct reading *reading, struct incident_row *row)
{
    enum err err = read_text(reading, TEAM, PLACE_NAME_MAX, &row->team);
    if (!err) err = read_text(reading, AGENT, PLACE_NAME_MAX, &row->agent);
    if (!err) err = read_text(reading, CHANNEL, PLACE_NAME_MAX, &row->channel);
    if (!err) err = read_text(reading, SUBJECT, SUBJECT_MAX, &row->subject);
    if (!err) err = read_caller(reading, row);
    if (!err) read_topic(reading, row);
    return err;
}

static enum err read_times(const struct reading *reading, struct incident_row *row)
{
    enum err err = read_time(reading, UPDATED_AT, &row->at_ms);
    if (!err) err = read_time(reading, OPENED_AT, &row->opened_at_ms);
    if (!err) err = read_time(reading, RESOLVED_AT, &row->resolved_at_ms);
    if (!err) err = read_time(reading, CLOSED_AT, &row->closed_at_ms);
    if (err) return err;
    if (row->at_ms == 0) return refuse(reading, "required", UPDATED_AT, "is missing.");
    if (row->opened_at_ms == 0) return refuse(reading, "required", OPENED_AT, "is missing.");
    return OK;
}

static enum err read_numbers(const struct reading *reading, struct incident_row *row)
{
    enum err err = read_count(reading, MOD_COUNT, &row->mod_count);
    if (!err) err = read_count(reading, REASSIGNMENTS, &row->reassignment_count);
    if (!err) err = read_count(reading, REOPENINGS, &row->reopen_count);
    if (err) return err;
    struct str sla = cell(reading->columns, reading->record, SLA);
    bool is_met;
    row->sla_met = parse_bool(sla, &is_met) ? -1 : is_met;
    return OK;
}

static struct import_key key_of(const struct reading *reading)
{
    static const enum column PARTS[] = { NUMBER, MOD_COUNT, UPDATED_AT, STATE };
    enum { PARTS_COUNT = sizeof(PARTS) / sizeof(PARTS[0]) };
    struct str parts[PARTS_COUNT];
    for (size_t i = 0; i < PARTS_COUNT; i++) {
        parts[i] = cell(reading->columns, reading->record, PARTS[i]);
        if (!parts[i].data) parts[i] = STR("");
    }
    return import_key_of(parts, PARTS_COUNT);
}

static enum err check_record(const struct reading *reading)
{
    const struct csv_record *record = reading->record;
    struct import_refusal *why = reading->why;
    why->line = record->line;
    if (!record->fault && record->count == reading->columns->count) return OK;
    struct buf buf = buf_open(reading->arena, IMPORT_DETAIL_MAX);
    if (record->fault) {
        buf_add(&buf, str_from(record->fault));
    } else {
        buf_printf(&buf, "The row has %zu columns, the table %zu.", record->count,
                   reading->columns->count);
    }
    why->code = "invalid_row";
    why->detail = buf_view(&buf);
    return ERR_INVALID;
}

enum err incident_row_read(const struct incident_columns *columns, const struct zone *zone,
                           struct arena *arena, const struct csv_record *record,
                           struct incident_row *out, struct import_refusal *why)
{
    const struct reading reading = { columns, record, zone, arena, why };
    struct incident_row row = { .line = record->line,
                                .has_resolved_at = columns->places[RESOLVED_AT] != 0 };
    enum err err = check_record(&reading);
    if (err) return err;
    struct str number = cell(columns, record, NUMBER);
    if (!number.data) return refuse(&reading, "required", NUMBER, "is missing.");
    if (number.size > EXTERNAL_ID_MAX) {
        return refuse(&reading, "too_long", NUMBER, "the text is too long.");
    }
    err = read_times(&reading, &row);
    if (!err) err = read_state(&reading, &row);
    if (!err) err = read_priority(&reading, &row);
    if (!err) err = read_numbers(&reading, &row);
    if (!err) err = read_texts(&reading, &row);
    if (err) return err;
    row.key = key_of(&reading);
    *out = row;
    return OK;
}
