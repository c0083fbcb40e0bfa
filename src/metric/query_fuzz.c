#include "metric/query.h"

#include <assert.h>

#include "base/fuzz.h"
#include "metric/range.h"
#include "metric/token.h"

enum { JSON_MAX = 64 * 1024 };

/* A filter that was read must be readable again, and the same, after it was written. */
static void write_again(struct arena *arena, const struct metric_query *query)
{
    struct token token = {
        .metric = query->metric,
        .statistic = query->statistic,
        .period = { 1, 2 },
        .filter = query->filter,
    };
    struct token got;
    enum err err = drill_token_read(arena, drill_token_write(arena, &token), &got);
    assert(!err && got.filter.count == query->filter.count);
}

static void read_query(struct arena *arena, struct str text)
{
    struct metric_query query;
    const struct json *root;
    struct json_problems problems;
    struct json_form form;
    if (json_parse(arena, text, JSON_MAX, NULL, &root)) return;
    json_problems_init(&problems, arena);
    json_form_begin(&form, &problems, root, STR(""));
    query_read(&form, arena, &query);
    json_form_end(&form);
    if (problems.count == 0) write_again(arena, &query);
}

static void read_time(struct arena *arena, struct str text)
{
    static const int64_t NOW_MS = 1761350400000;
    const struct zone *zone;
    int64_t at_ms;
    if (zone_load(arena, STR("Europe/Berlin"), &zone)) return;
    if (range_time(text, zone, NOW_MS, RANGE_TO, &at_ms) == OK) assert(at_ms >= 0);
}

FUZZ(data, size)
{
    static struct arena *arena;
    struct token token;
    struct str text = { (const char *)data, size };
    if (!arena) arena = arena_open();
    read_query(arena, text);
    read_time(arena, text);
    if (drill_token_read(arena, text, &token) == OK) {
        assert(token.period.from_ms < token.period.to_ms);
    }
    arena_reset(arena);
    return 0;
}
