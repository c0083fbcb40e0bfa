#include <string.h>

#include "base/json.h"
#include "base/test.h"

/* A form over `text`, whose problems land in `problems`. */
static struct json_form form_of(struct arena *arena, const char *text,
                                struct json_problems *problems)
{
    const struct json *value = NULL;
    CHECK(json_parse(arena, str_from(text), 1 << 20, NULL, &value) == OK);
    json_problems_init(problems, arena);
    struct json_form form;
    json_form_begin(&form, problems, value, STR(""));
    return form;
}

static bool has_problem(const struct json_problems *problems, size_t index, const char *pointer,
                        const char *code)
{
    const struct json_problem *problem = &problems->items[index];
    return index < problems->count && str_equal(problem->pointer, str_from(pointer)) &&
           strcmp(problem->code, code) == 0 && problem->detail.size > 0;
}

static const char *const STATES[] = { "open", "solved", NULL };

TEST(form_gives_right_members_and_no_problem)
{
    struct arena *arena = arena_open();
    struct json_problems problems;
    struct json_form form = form_of(
        arena,
        "{\"text\":\"abc\",\"int\":7,\"whole\":7.0,\"real\":2.5,\"as_real\":3,\"bool\":true,"
        "\"time\":\"2026-03-01T09:30:00Z\",\"id\":\"con_0000000000001\",\"state\":\"solved\","
        "\"object\":{\"a\":1},\"array\":[1,2],\"any\":{\"x\":[]},\"nothing\":null}",
        &problems);
    struct str text;
    int64_t number;
    double real;
    bool is_true = false;
    int choice;
    struct json_form inner;
    const struct json *items;
    const struct json *any;
    size_t count;
    CHECK(json_form_text(&form, "text", 3, &text) && str_equal(text, STR("abc")));
    CHECK(json_form_int(&form, "int", 0, 7, &number) && number == 7);
    CHECK(json_form_int(&form, "whole", 7, 9, &number) && number == 7);
    CHECK(json_form_real(&form, "real", 0, 10, &real) && real == 2.5);
    CHECK(json_form_real(&form, "as_real", 0, 10, &real) && real == 3);
    CHECK(json_form_bool(&form, "bool", &is_true) && is_true);
    CHECK(json_form_time(&form, "time", &number) && number == 1772357400000);
    CHECK(json_form_id(&form, "id", ID_CONVERSATION, &number) && number == 1);
    CHECK(json_form_choice(&form, "state", STATES, &choice) && choice == 1);
    CHECK(json_form_object(&form, "object", &inner));
    CHECK(json_form_int(&inner, "a", 0, 7, &number) && number == 1);
    json_form_end(&inner);
    CHECK(json_form_array(&form, "array", 2, &items, &count) && count == 2 &&
          items[1].integer == 2);
    CHECK(json_form_any(&form, "any", &any) && any->kind == JSON_OBJECT);
    CHECK(json_form_is_null(&form, "nothing"));
    CHECK(!json_form_is_null(&form, "text"));
    CHECK(!json_form_is_null(&form, "absent"));
    json_form_require(&form, "text");
    json_form_end(&form);
    CHECK(problems.count == 0);
    arena_close(arena);
}

TEST(form_takes_absent_and_null_members_for_no_fault)
{
    struct arena *arena = arena_open();
    struct json_problems problems;
    struct json_form form = form_of(arena, "{\"a\":null}", &problems);
    struct str text;
    int64_t number;
    double real;
    bool is_true;
    int choice;
    struct json_form inner;
    const struct json *items;
    size_t count;
    static const char *const NAMES[] = { "a", "b" };
    for (int i = 0; i < 2; i++) {
        CHECK(!json_form_text(&form, NAMES[i], 3, &text));
        CHECK(!json_form_int(&form, NAMES[i], 0, 7, &number));
        CHECK(!json_form_real(&form, NAMES[i], 0, 7, &real));
        CHECK(!json_form_bool(&form, NAMES[i], &is_true));
        CHECK(!json_form_time(&form, NAMES[i], &number));
        CHECK(!json_form_id(&form, NAMES[i], ID_TEAM, &number));
        CHECK(!json_form_choice(&form, NAMES[i], STATES, &choice));
        CHECK(!json_form_object(&form, NAMES[i], &inner));
        CHECK(!json_form_array(&form, NAMES[i], 3, &items, &count));
        CHECK(!json_form_any(&form, NAMES[i], &items));
    }
    json_form_end(&form);
    CHECK(problems.count == 0);
    arena_close(arena);
}

TEST(form_reports_each_wrong_member_with_its_pointer)
{
    struct arena *arena = arena_open();
    struct json_problems problems;
    struct json_form form =
        form_of(arena,
                "{\"text\":\"abcd\",\"number\":\"7\",\"big\":8,\"part\":7.5,\"huge\":1e300,"
                "\"real\":true,\"far\":10.5,\"bool\":0,\"time\":\"yesterday\",\"when\":5,"
                "\"id\":\"con_1\",\"state\":\"gone\",\"word\":[],\"object\":[],\"array\":{},"
                "\"many\":[1,2,3]}",
                &problems);
    struct str text;
    int64_t number = 99;
    double real;
    bool is_true;
    int choice;
    struct json_form inner;
    const struct json *items;
    size_t count;
    CHECK(!json_form_text(&form, "text", 3, &text));
    CHECK(!json_form_int(&form, "number", 0, 7, &number));
    CHECK(!json_form_int(&form, "big", 0, 7, &number));
    CHECK(!json_form_int(&form, "part", 0, 9, &number));
    CHECK(!json_form_int(&form, "huge", INT64_MIN, INT64_MAX, &number));
    CHECK(!json_form_real(&form, "real", 0, 10, &real));
    CHECK(!json_form_real(&form, "far", 0, 10, &real));
    CHECK(!json_form_bool(&form, "bool", &is_true));
    CHECK(!json_form_time(&form, "time", &number));
    CHECK(!json_form_time(&form, "when", &number));
    CHECK(!json_form_id(&form, "id", ID_CONVERSATION, &number));
    CHECK(!json_form_choice(&form, "state", STATES, &choice));
    CHECK(!json_form_choice(&form, "word", STATES, &choice));
    CHECK(!json_form_object(&form, "object", &inner));
    CHECK(!json_form_array(&form, "array", 3, &items, &count));
    CHECK(!json_form_array(&form, "many", 2, &items, &count));
    json_form_require(&form, "absent");
    json_form_end(&form);
    CHECK(number == 99);
    CHECK(problems.count == 17);
    CHECK(has_problem(&problems, 0, "/text", "too_long"));
    CHECK(has_problem(&problems, 1, "/number", "wrong_type"));
    CHECK(has_problem(&problems, 2, "/big", "out_of_range"));
    CHECK(has_problem(&problems, 3, "/part", "wrong_type"));
    CHECK(has_problem(&problems, 4, "/huge", "wrong_type"));
    CHECK(has_problem(&problems, 5, "/real", "wrong_type"));
    CHECK(has_problem(&problems, 6, "/far", "out_of_range"));
    CHECK(has_problem(&problems, 7, "/bool", "wrong_type"));
    CHECK(has_problem(&problems, 8, "/time", "invalid_time"));
    CHECK(has_problem(&problems, 9, "/when", "wrong_type"));
    CHECK(has_problem(&problems, 10, "/id", "invalid_id"));
    CHECK(has_problem(&problems, 11, "/state", "unknown_value"));
    CHECK(has_problem(&problems, 12, "/word", "wrong_type"));
    CHECK(has_problem(&problems, 13, "/object", "wrong_type"));
    CHECK(has_problem(&problems, 14, "/array", "wrong_type"));
    CHECK(has_problem(&problems, 15, "/many", "too_many"));
    CHECK(has_problem(&problems, 16, "/absent", "required"));
    CHECK(str_equal(problems.items[11].detail, STR("Give one of: open, solved.")));
    CHECK(str_equal(problems.items[2].detail, STR("Give a whole number from 0 to 7.")));
    arena_close(arena);
}

TEST(form_points_into_nested_objects_and_items)
{
    struct arena *arena = arena_open();
    struct json_problems problems;
    struct json_form form =
        form_of(arena, "{\"customer\":{\"email\":5,\"a/b~c\":1},\"answers\":[{},{\"score\":11}]}",
                &problems);
    struct json_form customer;
    struct str text;
    CHECK(json_form_object(&form, "customer", &customer));
    CHECK(!json_form_text(&customer, "email", 100, &text));
    json_form_end(&customer);
    const struct json *items;
    size_t count = 0;
    CHECK(json_form_array(&form, "answers", 10, &items, &count));
    for (size_t i = 0; i < count; i++) {
        struct json_form item;
        int64_t score;
        json_form_begin(&item, &problems, &items[i], json_form_item_pointer(&form, "answers", i));
        json_form_require(&item, "score");
        CHECK(!json_form_int(&item, "score", 0, 10, &score));
        json_form_end(&item);
    }
    json_form_end(&form);
    CHECK(problems.count == 4);
    CHECK(has_problem(&problems, 0, "/customer/email", "wrong_type"));
    CHECK(has_problem(&problems, 1, "/customer/a~1b~0c", "unknown_field"));
    CHECK(has_problem(&problems, 2, "/answers/0/score", "required"));
    CHECK(has_problem(&problems, 3, "/answers/1/score", "out_of_range"));
    arena_close(arena);
}

TEST(form_of_no_object_reports_that_alone)
{
    struct arena *arena = arena_open();
    struct json_problems problems;
    struct json_form form = form_of(arena, "[1]", &problems);
    struct str text;
    json_form_require(&form, "a");
    CHECK(!json_form_text(&form, "a", 3, &text));
    CHECK(!json_form_is_null(&form, "a"));
    json_form_end(&form);
    CHECK(problems.count == 1);
    CHECK(has_problem(&problems, 0, "", "wrong_type"));
    json_form_begin(&form, &problems, NULL, STR("/x"));
    CHECK(has_problem(&problems, 1, "/x", "wrong_type"));
    arena_close(arena);
}

TEST(form_keeps_twenty_problems_and_counts_the_rest)
{
    struct arena *arena = arena_open();
    struct buf buf = buf_open(arena, 1 << 20);
    buf_add_char(&buf, '{');
    for (int i = 0; i < 5000; i++) buf_printf(&buf, "%s\"field%d\":1", i ? "," : "", i);
    buf_add_char(&buf, '}');
    buf_add_char(&buf, '\0');
    struct json_problems problems;
    struct json_form form = form_of(arena, buf_view(&buf).data, &problems);
    int64_t number;
    CHECK(json_form_int(&form, "field3", 0, 1, &number));
    json_form_end(&form);
    CHECK(problems.count == 4999);
    CHECK(has_problem(&problems, 0, "/field0", "unknown_field"));
    CHECK(has_problem(&problems, 3, "/field4", "unknown_field"));
    CHECK(has_problem(&problems, 19, "/field20", "unknown_field"));
    arena_close(arena);
}

TEST(form_takes_the_callers_own_faults)
{
    struct arena *arena = arena_open();
    struct json_problems problems;
    struct json_form form = form_of(arena, "{}", &problems);
    json_form_fault(&form, "name", "taken", "The name %s is taken.", "x");
    json_form_fault(&form, NULL, "empty", "Give something.");
    CHECK(problems.count == 2);
    CHECK(has_problem(&problems, 0, "/name", "taken"));
    CHECK(str_equal(problems.items[0].detail, STR("The name x is taken.")));
    CHECK(has_problem(&problems, 1, "", "empty"));
    arena_close(arena);
}
