#include "conversation/place_store.h"

#include <string.h>

#include "base/test.h"
#include "conversation/testing_store.h"
#include "store/event.h"

TEST(a_channel_is_found_by_name_and_by_id_and_made_once)
{
    struct scene scene = scene_open();
    int64_t id = scene_channel(&scene, " phone ");
    CHECK(scene_channel(&scene, "phone") == id);
    char text[ID_TEXT_SIZE + 1] = { 0 };
    id_write(ID_CHANNEL, id, text);
    CHECK(scene_channel(&scene, text) == id);
    struct place place = { 0 };
    CHECK(place_read(scene.reader, scene.arena, PLACE_CHANNEL, id, &place) == OK);
    CHECK(str_equal(place.name, STR("phone")) && place.channel_kind == CHANNEL_VOICE);
    CHECK(!place.is_configured && place.version == 1);
    CHECK(place_read(scene.reader, scene.arena, PLACE_LABEL, id, &place) == ERR_NOT_FOUND);
    CHECK(scene_events(&scene, EVENT_DEFINITION_CHANGED, 0) == 1);
    scene_close(&scene);
}

static enum err take_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    return touchpoint_take(tx, arena, *(const struct str *)in, out);
}

TEST(a_touchpoint_without_a_name_and_an_unknown_id_are_refused)
{
    static const struct command TAKE = { .name = "test_take", .run = take_run };
    struct scene scene = scene_open();
    char longer[PLACE_NAME_MAX + 1];
    memset(longer, 'x', sizeof(longer));
    const struct str wrong[] = {
        STR(""), STR("  "), { longer, sizeof(longer) }, STR("tou_0000000000001")
    };
    int64_t id = 0;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK(scene_run(&scene, &TAKE, &wrong[i], &id) == ERR_INVALID);
    }
    struct str fine = { longer, PLACE_NAME_MAX };
    CHECK(scene_run(&scene, &TAKE, &fine, &id) == OK);
    scene_close(&scene);
}

TEST(a_place_is_made_changed_archived_and_restored)
{
    struct scene scene = scene_open();
    struct place_create_in make = { .kind = PLACE_LABEL,
                                    .name = STR("vip"),
                                    .colour = STR("#ff0000") };
    struct place_out out;
    CHECK(scene_run(&scene, &PLACE_CREATE, &make, &out) == OK);
    int64_t id = out.place.id;
    CHECK(str_equal(out.place.colour, STR("#ff0000")) && out.place.version == 1);
    CHECK(scene_run(&scene, &PLACE_CREATE, &make, &out) == ERR_CONFLICT);
    CHECK(out.fault == PLACE_NAME_TAKEN);
    int64_t other = scene_label(&scene, "late");

    struct place_patch_in change = {
        .kind = PLACE_LABEL, .id = id, .version = 1, .name = STR("VIP"), .sets_colour = true
    };
    CHECK(scene_run(&scene, &PLACE_PATCH, &change, &out) == OK);
    CHECK(str_equal(out.place.name, STR("VIP")) && !out.place.colour.data);
    CHECK(scene_run(&scene, &PLACE_PATCH, &change, &out) == ERR_CONFLICT);
    CHECK(out.fault == PLACE_VERSION);
    change = (struct place_patch_in){ .kind = PLACE_LABEL, .id = other, .name = STR("VIP") };
    CHECK(scene_run(&scene, &PLACE_PATCH, &change, &out) == ERR_CONFLICT);
    CHECK(out.fault == PLACE_NAME_TAKEN);

    change = (struct place_patch_in){ .kind = PLACE_LABEL, .id = id, .turn = PLACE_ARCHIVE };
    CHECK(scene_run(&scene, &PLACE_PATCH, &change, &out) == OK && out.place.archived_at_ms != 0);
    struct place *places = NULL;
    size_t count = 0;
    struct place_asked asked = { .kind = PLACE_LABEL, .choice = PLACES_IN_USE, .limit = 10 };
    CHECK(place_list(scene.reader, scene.arena, &asked, &places, &count) == OK);
    CHECK(count == 1 && places[0].id == other);
    asked.choice = PLACES_ARCHIVED;
    CHECK(place_list(scene.reader, scene.arena, &asked, &places, &count) == OK);
    CHECK(count == 1 && places[0].id == id);
    CHECK(scene_label(&scene, "VIP") == id);
    change.turn = PLACE_RESTORE;
    CHECK(scene_run(&scene, &PLACE_PATCH, &change, &out) == OK && out.place.archived_at_ms == 0);
    change.id = 4711;
    CHECK(scene_run(&scene, &PLACE_PATCH, &change, &out) == ERR_NOT_FOUND);
    scene_close(&scene);
}

TEST(every_kind_of_place_can_be_made_and_changed)
{
    struct scene scene = scene_open();
    for (int kind = 0; kind < PLACE_KINDS; kind++) {
        struct place_create_in make = { .kind = (enum place_kind)kind,
                                        .name = STR("A place"),
                                        .channel_kind = CHANNEL_CHAT };
        struct place_out out;
        CHECK(scene_run(&scene, &PLACE_CREATE, &make, &out) == OK);
        struct place_patch_in change = { .kind = (enum place_kind)kind,
                                         .id = out.place.id,
                                         .name = STR("Another name"),
                                         .channel_kind = CHANNEL_SMS };
        CHECK(scene_run(&scene, &PLACE_PATCH, &change, &out) == OK);
        struct place place = { 0 };
        CHECK(place_read(scene.reader, scene.arena, (enum place_kind)kind, change.id, &place) ==
              OK);
        CHECK(str_equal(place.name, STR("Another name")) && place.version == 2);
        CHECK(place.channel_kind == (kind == PLACE_CHANNEL ? CHANNEL_SMS : (enum channel_kind)0));
    }
    scene_close(&scene);
}
