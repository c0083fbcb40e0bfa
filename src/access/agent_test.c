#include "access/agent.h"

#include "base/test.h"

static bool is_email(const char *text, const char *wanted)
{
    struct arena *arena = arena_open();
    struct str out = { 0 };
    bool is_right = agent_email_normalise(arena, str_from(text), &out) == OK;
    is_right = is_right && str_equal(out, str_from(wanted));
    arena_close(arena);
    return is_right;
}

static bool is_refused(const char *text)
{
    struct arena *arena = arena_open();
    struct str out;
    bool is_right = agent_email_normalise(arena, str_from(text), &out) == ERR_INVALID;
    arena_close(arena);
    return is_right;
}

TEST(addresses_are_trimmed_and_in_lower_case)
{
    CHECK(is_email(" Ana.Lima@Example.ORG ", "ana.lima@example.org"));
    CHECK(is_email("root@localhost", "root@localhost"));
    CHECK(is_email("a+b@example.org", "a+b@example.org"));
}

TEST(what_is_not_one_address_is_refused)
{
    static const char *const BAD[] = { "",       "ana",         "@example.org",  "ana@",
                                       "a@b@c",  "a b@c.org",   "a@b.org,c@d.o", "<a@b.org>",
                                       "a@b\nc", "a@b\r\nc: d", "\"a\"@b.org",   "a@[::1]" };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) CHECK(is_refused(BAD[i]));
}

TEST(names_are_trimmed_and_hold_no_control_characters)
{
    struct str out;
    CHECK(agent_name_normalise(STR("  Ana Lima "), AGENT_NAME_MAX, &out) == OK);
    CHECK(str_equal(out, STR("Ana Lima")));
    CHECK(agent_name_normalise(STR("  "), AGENT_NAME_MAX, &out) == ERR_INVALID);
    CHECK(agent_name_normalise(STR("a\nb"), AGENT_NAME_MAX, &out) == ERR_INVALID);
    CHECK(agent_name_normalise(STR("abcd"), 3, &out) == ERR_INVALID);
    CHECK(agent_name_normalise(STR("\xff"), AGENT_NAME_MAX, &out) == ERR_INVALID);
}

TEST(only_agents_have_a_bounded_reach_and_a_workspace_can_lift_it)
{
    CHECK(!role_sees_all(ROLE_AGENT, STR("team")));
    CHECK(role_sees_all(ROLE_AGENT, STR("all")));
    CHECK(role_sees_all(ROLE_ANALYST, STR("team")));
    CHECK(role_sees_all(ROLE_SUPERVISOR, STR("team")));
    CHECK(role_sees_all(ROLE_ADMIN, STR("team")));
}
