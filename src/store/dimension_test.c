#include "store/dimension.h"

#include <stdio.h>

#include "base/test.h"
#include "store/testing.h"

static const struct actor SYSTEM = { .kind = ACTOR_SYSTEM };

struct taken {
    enum err err;
    enum dimension dimension;
    int64_t value;
};

struct attribute_in {
    struct str name;
    struct str text;
};

static enum err attribute_take(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    const struct attribute_in *attribute = in;
    struct taken *taken = out;
    taken->err = dimension_take(tx, attribute->name, &taken->dimension);
    if (taken->err) return OK;
    taken->err = dimension_value_take(tx, taken->dimension, attribute->text, &taken->value);
    return OK;
}

static const struct command ATTRIBUTE_TAKE = { .name = "attribute_take", .run = attribute_take };

static struct taken take(struct workspace *workspace, struct str name, struct str text)
{
    struct arena *arena = arena_open();
    struct attribute_in in = { name, text };
    struct taken taken = { 0 };
    CHECK(writer_call(workspace->writer, arena, &ATTRIBUTE_TAKE, SYSTEM, &in, &taken) == OK);
    arena_close(arena);
    return taken;
}

TEST(a_text_has_one_number_for_ever)
{
    struct workspace *workspace = testing_workspace_open();
    struct taken first = take(workspace, STR("product"), STR("Lamp"));
    struct taken same = take(workspace, STR("product"), STR(" Lamp "));
    struct taken other = take(workspace, STR("product"), STR("Chair"));
    struct taken own = take(workspace, STR("plan"), STR("Lamp"));
    CHECK(first.err == OK && first.dimension == DIMENSION_PRODUCT);
    CHECK(same.value == first.value && other.value != first.value && own.value != first.value);
    CHECK(own.dimension == DIMENSION_OWN_FIRST);
    workspace = testing_workspace_reopen(workspace);
    CHECK(take(workspace, STR("product"), STR("Lamp")).value == first.value);
    CHECK(take(workspace, STR("plan"), STR("Lamp")).value == own.value);
    testing_workspace_close(workspace);
}

TEST(values_that_name_somebody_are_refused)
{
    struct workspace *workspace = testing_workspace_open();
    CHECK(take(workspace, STR("plan"), STR("ana@example.org")).err == ERR_INVALID);
    CHECK(take(workspace, STR("plan"), STR("+49 170 1234567")).err == ERR_INVALID);
    CHECK(take(workspace, STR("plan"), STR("")).err == ERR_INVALID);
    CHECK(take(workspace, STR("plan"), STR("Gold 2024")).err == OK);
    CHECK(take(workspace, STR("channel"), STR("email")).err == ERR_INVALID);
    testing_workspace_close(workspace);
}

TEST(there_is_room_for_thirty_two_own_dimensions)
{
    struct workspace *workspace = testing_workspace_open();
    for (int i = 0; i < DIMENSION_OWN_COUNT; i++) {
        char name[16];
        snprintf(name, sizeof(name), "own%d", i);
        CHECK(take(workspace, str_from(name), STR("x")).err == OK);
    }
    CHECK(take(workspace, STR("one more"), STR("x")).err == ERR_LIMIT);
    CHECK(take(workspace, STR("one more"), STR("x")).err == ERR_LIMIT);
    CHECK(take(workspace, STR("own7"), STR("y")).err == OK);
    testing_workspace_close(workspace);
}

TEST(dimensions_survive_their_stored_form)
{
    struct arena *arena = arena_open();
    struct dimensions dimensions = { 0 };
    CHECK(dimensions_encode(arena, &dimensions).data == NULL);
    dimensions.values[DIMENSION_TOPIC] = 1LL << 60;
    dimensions.values[DIMENSIONS - 1] = 5;
    struct dimensions again = { 0 };
    CHECK(dimensions_decode(dimensions_encode(arena, &dimensions), &again) == OK);
    CHECK(again.values[DIMENSION_TOPIC] == 1LL << 60 && again.values[DIMENSIONS - 1] == 5);
    CHECK(dimensions_decode(STR("\x04"), &again) == ERR_CORRUPT);
    CHECK(dimensions_decode(STR("\x7F\x02"), &again) == ERR_CORRUPT);
    arena_close(arena);
}
