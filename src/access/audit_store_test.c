#include "access/audit_store.h"

#include "access/session_store.h"
#include "access/setting_store.h"
#include "access/testing_store.h"
#include "base/id.h"
#include "base/test.h"

TEST(the_audit_shows_who_was_concerned_newest_first_in_pages)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    int64_t id = access_testing_agent(&fixture, "ana@example.org", ROLE_ADMIN);
    const struct settings in = { .workspace_name = STR_INIT("Shop") };
    struct settings out;
    struct agent_out agent_out = { 0 };
    const struct agent_state_in state = { .id = id, .state = AGENT_BUSY };
    CHECK(access_testing_run(&fixture, &SETTINGS_CHANGE, &in, &out) == OK);
    CHECK(str_equal(out.workspace_name, STR("Shop")) && str_equal(out.zone, STR("UTC")));
    CHECK(access_testing_run(&fixture, &AGENT_STATE_SET, &state, &agent_out) == OK); /* no audit */
    const struct session_refuse_in refuse = { .agent_id = id };
    CHECK(access_testing_run(&fixture, &SESSION_REFUSE, &refuse, NULL) == OK);

    struct event *events;
    size_t count;
    CHECK(audit_list(fixture.reader, fixture.arena, 0, 2, &events, &count) == OK);
    CHECK(count == 2 && events[0].kind == EVENT_ACCESS_REFUSED);
    CHECK(event_number(&events[0], FIELD_SUBJECT, 0) == id);
    CHECK(event_number(&events[0], FIELD_SUBJECT_KIND, 0) == ID_AGENT);
    CHECK(events[1].kind == EVENT_SETTING_CHANGED);
    CHECK(audit_list(fixture.reader, fixture.arena, events[1].seq, 9, &events, &count) == OK);
    CHECK(count == 1 && events[0].kind == EVENT_ACCESS_PERSON_CHANGED);
    access_testing_close(&fixture);
}

static const struct query PLAN = {
    .sql = "EXPLAIN QUERY PLAN SELECT seq FROM event WHERE kind >= 80 AND seq < $1"
           " ORDER BY seq DESC LIMIT $2",
    .rows_max = 10,
};

TEST(the_audit_is_read_by_its_index_among_millions_of_other_events)
{
    struct access_testing fixture;
    access_testing_open(&fixture);
    struct rows rows;
    CHECK(reader_read(fixture.reader, fixture.arena, &PLAN, ARGS(value_int(9), value_int(9)),
                      &rows) == OK);
    CHECK(rows.count == 1);
    struct str text = rows_text(&rows, 0, 3);
    CHECK(str_starts(text, STR("SEARCH event USING")));
    access_testing_close(&fixture);
}
