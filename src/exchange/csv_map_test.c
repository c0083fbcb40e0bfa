#include "exchange/csv_map.h"

#include "base/test.h"

static bool read_map(struct arena *arena, const char *json, struct json_problems *problems,
                     struct csv_map *out)
{
    json_problems_init(problems, arena);
    return csv_map_read(arena, str_from(json), problems, out) == OK;
}

/* Whether the map is refused with a problem at that place. */
static bool fails_at(const char *json, const char *pointer)
{
    struct arena *arena = arena_open();
    struct json_problems problems;
    struct csv_map map;
    bool is_there = false;
    if (!read_map(arena, json, &problems, &map)) {
        for (size_t i = 0; i < problems.count && i < JSON_PROBLEMS_MAX; i++) {
            if (str_equal(problems.items[i].pointer, str_from(pointer))) is_there = true;
        }
    }
    arena_close(arena);
    return is_there;
}

#define AT "\"at\":{\"column\":\"when\"}"
#define CHANNEL "\"channel\":{\"value\":\"phone\"}"

TEST(a_map_says_what_its_columns_mean)
{
    struct arena *arena = arena_open();
    struct json_problems problems;
    struct csv_map map;
    CHECK(read_map(arena,
                   "{\"format\":\"csv\",\"separator\":\"\\t\",\"zone\":\"Europe/Berlin\","
                   "\"time_format\":\"%d.%m.%Y\",\"fields\":{"
                   "\"at\":{\"columns\":[\"day\",\"hour\"],\"format\":\"%d.%m.%Y %H:%M\"},"
                   "\"channel\":{\"column\":\"way\",\"values\":{\"T\":\"phone\",\"M\":\"email\"},"
                   "\"else\":\"keep\"},\"external_id\":{\"columns\":[\"a\",\"b\"],\"join\":\"-\"},"
                   "\"agent\":{\"column\":\"who\",\"missing\":[\"NOBODY\",\"-\"]},"
                   "\"attributes.service\":{\"column\":\"type\"}},"
                   "\"skip\":{\"kind\":[\"TEST\"]}}",
                   &problems, &map));
    CHECK(map.separator == '\t' && map.has_header && map.fields_count == 5);
    CHECK(map.fields[0].columns.count == 2 && str_equal(map.fields[0].join, STR(" ")));
    CHECK(str_equal(map_field_format(&map, &map.fields[0]), STR("%d.%m.%Y %H:%M")));
    CHECK(str_equal(map_field_format(&map, &map.fields[1]), STR("%d.%m.%Y")));
    CHECK(map.fields[1].has_values && map.fields[1].otherwise == ELSE_KEEP);
    CHECK(str_equal(map.fields[1].from.items[1], STR("M")));
    CHECK(str_equal(map.fields[1].to.items[1], STR("email")));
    CHECK(str_equal(map.fields[2].join, STR("-")));
    CHECK(map.fields[3].missing.count == 2);
    CHECK(map.skips.count == 1 && str_equal(map.skips.items[0].column, STR("kind")));
    CHECK(map.skips.items[0].texts.count == 1);
    arena_close(arena);
}

TEST(a_short_map_has_commas_and_a_header)
{
    struct arena *arena = arena_open();
    struct json_problems problems;
    struct csv_map map;
    CHECK(read_map(arena, "{\"fields\":{" AT "," CHANNEL "}}", &problems, &map));
    CHECK(map.separator == ',' && map.has_header && !map.zone.data && map.skips.count == 0);
    CHECK(read_map(arena, "{\"header\":[\"when\",\"x\"],\"fields\":{" AT "," CHANNEL "}}",
                   &problems, &map));
    CHECK(!map.has_header && map.header.count == 2);
    arena_close(arena);
}

TEST(a_fault_in_a_map_is_told_with_its_place)
{
    CHECK(fails_at("{", ""));
    CHECK(fails_at("[]", ""));
    CHECK(fails_at("{}", "/fields"));
    CHECK(fails_at("{\"fields\":{" AT "}}", "/fields"));
    CHECK(fails_at("{\"fields\":{" CHANNEL "}}", "/fields"));
    CHECK(fails_at("{\"separator\":\"--\",\"fields\":{" AT "," CHANNEL "}}", "/separator"));
    CHECK(fails_at("{\"separator\":\"\\\"\",\"fields\":{" AT "," CHANNEL "}}", "/separator"));
    CHECK(fails_at("{\"header\":false,\"fields\":{" AT "," CHANNEL "}}", "/header"));
    CHECK(fails_at("{\"time_format\":\"%d\",\"fields\":{" AT "," CHANNEL "}}", "/time_format"));
    CHECK(fails_at("{\"fields\":{" AT "," CHANNEL "},\"more\":1}", "/more"));
    CHECK(fails_at("{\"fields\":{" AT "," CHANNEL ",\"nope\":{\"value\":\"x\"}}}", "/fields/nope"));
    CHECK(fails_at("{\"fields\":{" AT "," CHANNEL ",\"text\":{}}}", "/fields/text"));
    CHECK(fails_at("{\"fields\":{" AT "," CHANNEL ",\"text\":{\"value\":\"x\",\"column\":\"y\"}}}",
                   "/fields/text"));
    CHECK(fails_at("{\"fields\":{" AT "," CHANNEL ",\"attributes.a/b\":{}}}",
                   "/fields/attributes.a~1b"));
    CHECK(fails_at("{\"fields\":{" AT "," CHANNEL
                   ",\"outcome\":{\"column\":\"o\",\"values\":{\"A\":1}}}}",
                   "/fields/outcome/values"));
    CHECK(fails_at("{\"fields\":{" AT "," CHANNEL
                   ",\"outcome\":{\"column\":\"o\",\"else\":\"skip\"}}}",
                   "/fields/outcome/else"));
    CHECK(fails_at("{\"fields\":{" AT "," CHANNEL
                   ",\"text\":{\"column\":\"t\",\"when\":{\"o\":[1]}}}}",
                   "/fields/text/when/o"));
    CHECK(fails_at("{\"skip\":{\"o\":\"x\"},\"fields\":{" AT "," CHANNEL "}}", "/skip/o"));
}
