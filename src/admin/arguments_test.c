#include "admin/arguments.h"

#include "base/test.h"

static const struct option_spec SPECS[] = { { "--role", true }, { "--quiet", false }, { NULL, 0 } };

TEST(options_and_words_may_stand_in_any_order)
{
    const char *words[] = { "--role", "admin", "ana@example.org", "--quiet" };
    struct arguments_given given;
    CHECK(arguments_parse(4, words, SPECS, &given) == OK);
    CHECK(given.words_count == 1 && str_equal(str_from(given.words[0]), STR("ana@example.org")));
    CHECK(str_equal(arguments_value(&given, "--role"), STR("admin")));
    CHECK(arguments_has(&given, "--quiet"));
}

TEST(a_value_may_follow_an_equals_sign_and_the_last_one_counts)
{
    const char *words[] = { "--role=agent", "--role=admin", "--", "--quiet" };
    struct arguments_given given;
    CHECK(arguments_parse(4, words, SPECS, &given) == OK);
    CHECK(str_equal(arguments_value(&given, "--role"), STR("admin")));
    CHECK(!arguments_has(&given, "--quiet"));
    CHECK(given.words_count == 1);
}

TEST(unknown_options_and_missing_values_are_named)
{
    const char *unknown[] = { "--rule" };
    const char *missing[] = { "--role" };
    const char *flagged[] = { "--quiet=yes" };
    struct arguments_given given;
    CHECK(arguments_parse(1, unknown, SPECS, &given) == ERR_INVALID);
    CHECK(str_equal(str_from(given.fault), STR("--rule")));
    CHECK(arguments_parse(1, missing, SPECS, &given) == ERR_INVALID);
    CHECK(str_equal(str_from(given.reason), STR("needs a value")));
    CHECK(arguments_parse(1, flagged, SPECS, &given) == ERR_INVALID);
}
