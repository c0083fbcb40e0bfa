#include "base/log.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "base/test.h"
#include "base/thread.h"
#include "base/time.h"

/* What `run` writes to stderr. The pipe holds it, for it is short. */
static struct str captured(struct arena *arena, void (*run)(void *))
{
    enum { CAPTURED_MAX = 60000 };
    int ends[2];
    int saved = dup(STDERR_FILENO);
    CHECK(pipe2(ends, O_CLOEXEC) == 0);
    CHECK(dup2(ends[1], STDERR_FILENO) == STDERR_FILENO);
    close(ends[1]);
    run(NULL);
    CHECK(dup2(saved, STDERR_FILENO) == STDERR_FILENO);
    close(saved);
    char *text = arena_array(arena, char, CAPTURED_MAX);
    size_t size = 0;
    ssize_t got = 1;
    while (got > 0 && size < CAPTURED_MAX) {
        got = read(ends[0], text + size, CAPTURED_MAX - size);
        if (got > 0) size += (size_t)got;
    }
    close(ends[0]);
    return (struct str){ .data = text, .size = size };
}

static const struct json *line_read(struct arena *arena, struct str *lines)
{
    const struct json *line = NULL;
    CHECK(json_parse(arena, str_cut(lines, '\n'), 100000, NULL, &line) == OK);
    return line;
}

static bool says(const struct json *line, const char *name, struct str text)
{
    const struct json *value = json_member(line, name);
    return value && value->kind == JSON_TEXT && str_equal(value->text, text);
}

static void log_one_of_each(void *context)
{
    (void)context;
    log_debug("store", "never=seen");
    log_info("store", "id=%d state=%s", 7, "open");
    log_warn("store", "quote=\" slash=\\ feed=\n tab=\t");
    log_error("store", "bytes=%s", "\xFFz");
}

TEST(log_writes_one_json_object_per_line)
{
    struct arena *arena = arena_open();
    struct str lines = captured(arena, log_one_of_each);
    const struct json *line = line_read(arena, &lines);
    int64_t at_ms = 0;
    const struct json *time = json_member(line, "time");
    CHECK(time && time_parse(time->text, &at_ms) == OK);
    CHECK(at_ms <= time_now_ms() && at_ms > time_now_ms() - 60000);
    CHECK(says(line, "level", STR("info")));
    CHECK(says(line, "topic", STR("store")));
    CHECK(says(line, "text", STR("id=7 state=open")));
    line = line_read(arena, &lines);
    CHECK(says(line, "level", STR("warn")));
    CHECK(says(line, "text", STR("quote=\" slash=\\ feed=\n tab=\t")));
    line = line_read(arena, &lines);
    CHECK(says(line, "level", STR("error")));
    CHECK(says(line, "text", STR("bytes=?z")));
    CHECK(lines.size == 0);
    arena_close(arena);
}

static void log_by_level(void *context)
{
    (void)context;
    log_set_level(LOG_DEBUG);
    log_debug("a", "x=1");
    log_set_level(LOG_ERROR);
    log_warn("b", "x=2");
    log_error("c", "x=3");
    log_set_level(LOG_INFO);
}

TEST(log_drops_what_is_below_its_level)
{
    struct arena *arena = arena_open();
    struct str lines = captured(arena, log_by_level);
    CHECK(says(line_read(arena, &lines), "topic", STR("a")));
    CHECK(says(line_read(arena, &lines), "topic", STR("c")));
    CHECK(lines.size == 0);
    arena_close(arena);
}

static void log_long(void *context)
{
    (void)context;
    char text[5000];
    memset(text, '\x01', sizeof(text)); /* six characters each in JSON */
    text[sizeof(text) - 1] = '\0';
    log_info("long", "%s", text);
}

TEST(log_cuts_what_is_too_long_and_stays_json)
{
    struct arena *arena = arena_open();
    struct str lines = captured(arena, log_long);
    const struct json *text = json_member(line_read(arena, &lines), "text");
    CHECK(text && text->text.size > 500 && text->text.size < 5000);
    CHECK(lines.size == 0);
    arena_close(arena);
}

enum { WRITERS = 4, LINES_EACH = 100 };

static void log_many(void *context)
{
    (void)context;
    for (int i = 0; i < LINES_EACH; i++) log_info("many", "line=%d", i);
}

static void log_from_threads(void *context)
{
    (void)context;
    struct thread threads[WRITERS] = { 0 };
    for (int i = 0; i < WRITERS; i++) {
        CHECK(thread_start(&threads[i], "logger", log_many, NULL) == OK);
    }
    for (int i = 0; i < WRITERS; i++) thread_join(&threads[i]);
}

TEST(log_lines_of_several_threads_do_not_mix)
{
    struct arena *arena = arena_open();
    struct str lines = captured(arena, log_from_threads);
    int count = 0;
    while (lines.size > 0) {
        CHECK(says(line_read(arena, &lines), "topic", STR("many")));
        count++;
    }
    CHECK(count == WRITERS * LINES_EACH);
    arena_close(arena);
}
