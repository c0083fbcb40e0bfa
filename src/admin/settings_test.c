#include "admin/settings.h"

#include <stdlib.h>

#include "base/test.h"

TEST(the_command_line_outweighs_the_environment_and_leaves_the_rest)
{
    struct arena *arena = arena_open();
    struct settings_read settings;
    struct str fault;
    const char *words[] = { "user",  "--listen", "127.0.0.1:1", "add", "--data-dir=/tmp/none",
                            "--role" };
    int count = 6;
    setenv("RAPPORT_LISTEN", "127.0.0.1:2", 1);
    setenv("RAPPORT_LOG_LEVEL", "warn", 1);
    CHECK(settings_take(arena, &count, words, &settings, &fault) == OK);
    unsetenv("RAPPORT_LISTEN");
    unsetenv("RAPPORT_LOG_LEVEL");
    CHECK(count == 3);
    CHECK(str_equal(str_from(words[0]), STR("user")) &&
          str_equal(str_from(words[2]), STR("--role")));
    CHECK(str_equal(settings.values[SETTING_LISTEN], STR("127.0.0.1:1")));
    CHECK(str_equal(settings.values[SETTING_DATA_DIR], STR("/tmp/none")));
    CHECK(str_equal(settings.values[SETTING_LOG_LEVEL], STR("warn")));
    CHECK(str_equal(str_from(settings.origins[SETTING_THREADS]), STR("default")));
    arena_close(arena);
}

TEST(a_file_of_settings_is_read_line_by_line)
{
    struct arena *arena = arena_open();
    struct settings_read settings = { 0 };
    struct str fault;
    struct str text = STR("# ours\n\nlisten = \"0.0.0.0:80\"\r\n data_dir = /srv/rapport \n");
    CHECK(settings_parse(arena, text, "rapport.toml", &settings, &fault) == OK);
    CHECK(str_equal(settings.values[SETTING_LISTEN], STR("0.0.0.0:80")));
    CHECK(str_equal(settings.values[SETTING_DATA_DIR], STR("/srv/rapport")));
    arena_close(arena);
}

TEST(a_setting_nobody_knows_is_named_with_its_line)
{
    struct arena *arena = arena_open();
    struct settings_read settings = { 0 };
    struct str fault = { 0 };
    CHECK(settings_parse(arena, STR("listen = x\nlistne = y\n"), "rapport.toml", &settings,
                         &fault) == ERR_INVALID);
    CHECK(str_equal(fault, STR("rapport.toml, line 2: \"listne\" is no setting with a value.")));
    CHECK(settings_parse(arena, STR("threads"), "rapport.toml", &settings, &fault) == ERR_INVALID);
    arena_close(arena);
}

TEST(an_option_without_its_value_is_refused)
{
    struct arena *arena = arena_open();
    struct settings_read settings;
    struct str fault;
    const char *words[] = { "serve", "--listen" };
    int count = 2;
    CHECK(settings_take(arena, &count, words, &settings, &fault) == ERR_INVALID);
    arena_close(arena);
}
