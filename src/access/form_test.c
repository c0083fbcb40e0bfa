#include "access/form.h"

#include <string.h>

#include "base/arena.h"
#include "base/test.h"

struct fixture {
    struct arena *arena;
    struct json_problems problems;
    struct json_form form;
};

static void fixture_open(struct fixture *fixture, const char *text)
{
    const struct json *root = NULL;
    fixture->arena = arena_open();
    json_problems_init(&fixture->problems, fixture->arena);
    CHECK(json_parse(fixture->arena, str_from(text), 4096, NULL, &root) == OK);
    json_form_begin(&fixture->form, &fixture->problems, root, STR(""));
}

static bool has_only_fault(const struct fixture *fixture, const char *pointer, const char *code)
{
    return fixture->problems.count == 1 &&
           str_equal(fixture->problems.items[0].pointer, str_from(pointer)) &&
           strcmp(fixture->problems.items[0].code, code) == 0;
}

TEST(right_members_are_read_and_absent_ones_are_no_fault)
{
    struct fixture fixture;
    struct str name;
    struct str email;
    struct str password = { 0 };
    struct form_ids ids = { .kind = ID_TEAM, .count_max = 3 };
    fixture_open(&fixture, "{\"name\":\" Ana \",\"email\":\"Ana@Example.org\",\"team_ids\":[]}");
    CHECK(form_name(&fixture.form, "name", 200, &name) && str_equal(name, STR("Ana")));
    CHECK(form_email(&fixture.form, "email", &email));
    CHECK(str_equal(email, STR("ana@example.org")));
    CHECK(!form_password(&fixture.form, "password", email, &password));
    CHECK(form_ids(&fixture.form, "team_ids", &ids) && ids.count == 0);
    json_form_end(&fixture.form);
    CHECK(fixture.problems.count == 0);
    arena_close(fixture.arena);
}

TEST(null_cannot_clear_what_everybody_needs)
{
    struct fixture fixture;
    struct str text;
    fixture_open(&fixture, "{\"name\":null}");
    CHECK(!form_name(&fixture.form, "name", 200, &text));
    CHECK(has_only_fault(&fixture, "/name", "required"));
    arena_close(fixture.arena);
}

TEST(a_weak_password_is_a_fault_that_does_not_repeat_it)
{
    struct fixture fixture;
    struct str text;
    fixture_open(&fixture, "{\"password\":\"hunter2\"}");
    CHECK(!form_password(&fixture.form, "password", STR(""), &text));
    CHECK(has_only_fault(&fixture, "/password", "weak_password"));
    struct str detail = fixture.problems.items[0].detail;
    CHECK(!memmem(detail.data, detail.size, "hunter2", 7));
    arena_close(fixture.arena);
}

TEST(ids_of_another_kind_are_a_fault)
{
    struct fixture fixture;
    struct form_ids ids = { .kind = ID_TEAM, .count_max = 3 };
    fixture_open(&fixture, "{\"team_ids\":[\"age_0000000000001\"]}");
    CHECK(!form_ids(&fixture.form, "team_ids", &ids));
    CHECK(has_only_fault(&fixture, "/team_ids", "invalid_id"));
    arena_close(fixture.arena);
}

TEST(zones_that_do_not_exist_are_a_fault)
{
    struct fixture fixture;
    struct str zone;
    fixture_open(&fixture, "{\"zone\":\"Europe/Nowhere\"}");
    CHECK(!form_zone(&fixture.form, "zone", &zone));
    CHECK(has_only_fault(&fixture, "/zone", "unknown_value"));
    arena_close(fixture.arena);
    fixture_open(&fixture, "{\"zone\":\"UTC\"}");
    CHECK(form_zone(&fixture.form, "zone", &zone) && fixture.problems.count == 0);
    arena_close(fixture.arena);
}
