#include "customer/customer_merge_store.h"

#include <string.h>

#include "base/test.h"
#include "store/testing.h"

enum { PEOPLE = 12, STEPS = 60, SEEDS = 12 };

struct world {
    struct workspace *workspace;
    struct arena *arena;
    struct reader *reader;
    int64_t ids[PEOPLE];
};

static enum err run(struct world *world, const struct command *command, const void *in, void *out)
{
    struct actor actor = { .kind = ACTOR_SYSTEM };
    return writer_call(world->workspace->writer, world->arena, command, actor, in, out);
}

static struct world open_world(void)
{
    struct world world = { .workspace = testing_workspace_open(), .arena = arena_open() };
    CHECK(reader_open(world.arena, world.workspace->store_path, &world.reader) == OK);
    for (int i = 0; i < PEOPLE; i++) {
        char cookie[2] = { (char)('a' + i), 0 };
        struct customer_create_in in = { .hint = { .cookie = { cookie, 1 } } };
        struct customer_out out;
        CHECK(run(&world, &CUSTOMER_CREATE, &in, &out) == OK);
        world.ids[i] = out.view.id;
    }
    return world;
}

static void close_world(struct world *world)
{
    reader_close(world->reader);
    testing_workspace_close(world->workspace);
    arena_close(world->arena);
}

static enum err merge(struct world *world, int into, int from, enum customer_fault *fault)
{
    struct customer_merge_in in = { world->ids[into], world->ids[from] };
    struct customer_out out = { 0 };
    enum err err = run(world, &CUSTOMER_MERGE, &in, &out);
    *fault = out.fault;
    return err;
}

static enum err unmerge(struct world *world, int id, enum customer_fault *fault)
{
    struct customer_unmerge_in in = { world->ids[id] };
    struct customer_out out = { 0 };
    enum err err = run(world, &CUSTOMER_UNMERGE, &in, &out);
    *fault = out.fault;
    return err;
}

/* Where somebody stands: one step up, and the root that the database says. */
struct standing {
    int64_t merged_into[PEOPLE];
    int64_t root[PEOPLE];
    size_t members[PEOPLE];
    size_t identities[PEOPLE];
};

static struct standing standing_of(struct world *world)
{
    struct standing standing = { 0 };
    struct read_from from = { .reader = world->reader };
    for (int i = 0; i < PEOPLE; i++) {
        struct customer_view view = { 0 };
        int64_t *members = NULL;
        CHECK(customer_view_read(&from, world->arena, world->ids[i], &view) == OK);
        CHECK(customer_members(&from, world->arena, world->ids[i], &members,
                               &standing.members[i]) == OK);
        standing.merged_into[i] = view.merged_into;
        standing.root[i] = members[0];
        standing.identities[i] = view.identities_count;
    }
    return standing;
}

/* The same by walking a table of single steps: what the database must agree with. */
struct model {
    int up[PEOPLE]; /* -1: a root */
};

static int root_of(const struct model *model, int id)
{
    while (model->up[id] >= 0) id = model->up[id];
    return id;
}

static bool agrees(const struct world *world, const struct model *model,
                   const struct standing *standing)
{
    bool is_so = true;
    for (int i = 0; i < PEOPLE; i++) {
        size_t members = 0;
        int root = root_of(model, i);
        for (int k = 0; k < PEOPLE; k++) members += root_of(model, k) == root;
        int64_t up = model->up[i] < 0 ? 0 : world->ids[model->up[i]];
        is_so = is_so && standing->merged_into[i] == up && standing->root[i] == world->ids[root] &&
                standing->members[i] == members;
        if (model->up[i] < 0) is_so = is_so && standing->identities[i] == members;
    }
    return is_so;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

TEST(any_series_of_merges_and_unmerges_leaves_everybody_where_single_steps_lead)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        struct world world = open_world();
        struct model model;
        memset(&model, -1, sizeof(model));
        uint32_t random = seed;
        for (int step = 0; step < STEPS; step++) {
            int a = (int)(next_random(&random) % PEOPLE);
            int b = (int)(next_random(&random) % PEOPLE);
            enum customer_fault fault;
            if (next_random(&random) % 3 == 0) {
                enum err err = unmerge(&world, a, &fault);
                CHECK(err == (model.up[a] < 0 ? ERR_CONFLICT : OK));
                model.up[a] = -1;
            } else {
                bool may = model.up[b] < 0 && root_of(&model, a) != b;
                CHECK(merge(&world, a, b, &fault) == (may ? OK : ERR_CONFLICT));
                if (may) model.up[b] = a;
            }
        }
        struct standing standing = standing_of(&world);
        CHECK(agrees(&world, &model, &standing));
        close_world(&world);
    }
}

TEST(unmerging_restores_exactly_what_was_before)
{
    struct world world = open_world();
    enum customer_fault fault;
    CHECK(merge(&world, 1, 0, &fault) == OK);
    CHECK(merge(&world, 2, 1, &fault) == OK);
    CHECK(merge(&world, 2, 3, &fault) == OK);
    struct standing before = standing_of(&world);
    CHECK(merge(&world, 5, 2, &fault) == OK);
    struct standing merged = standing_of(&world);
    CHECK(memcmp(&before, &merged, sizeof(before)) != 0);
    CHECK(unmerge(&world, 2, &fault) == OK);
    struct standing after = standing_of(&world);
    CHECK(memcmp(&before, &after, sizeof(before)) == 0);
    close_world(&world);
}

TEST(a_merge_that_makes_no_sense_is_refused_with_its_reason)
{
    struct world world = open_world();
    enum customer_fault fault;
    CHECK(merge(&world, 0, 0, &fault) == ERR_CONFLICT && fault == CUSTOMER_MERGE_ITSELF);
    CHECK(merge(&world, 0, 1, &fault) == OK);
    CHECK(merge(&world, 1, 2, &fault) == OK);
    CHECK(merge(&world, 2, 0, &fault) == ERR_CONFLICT && fault == CUSTOMER_MERGE_ITSELF);
    CHECK(merge(&world, 3, 1, &fault) == ERR_CONFLICT && fault == CUSTOMER_MERGE_AGAIN);
    CHECK(unmerge(&world, 0, &fault) == ERR_CONFLICT && fault == CUSTOMER_NOT_MERGED);

    struct customer_merge_in unknown = { world.ids[0], 4711 };
    struct customer_out out;
    CHECK(run(&world, &CUSTOMER_MERGE, &unknown, &out) == ERR_NOT_FOUND);
    CHECK(out.fault == CUSTOMER_FROM_NOT_FOUND);
    unknown = (struct customer_merge_in){ 4711, world.ids[0] };
    CHECK(run(&world, &CUSTOMER_MERGE, &unknown, &out) == ERR_NOT_FOUND);
    CHECK(out.fault == CUSTOMER_FINE);
    close_world(&world);
}

static int64_t make(struct world *world)
{
    struct customer_create_in in = { .hint = { .name = STR("Somebody") } };
    struct customer_out out = { 0 };
    CHECK(run(world, &CUSTOMER_CREATE, &in, &out) == OK);
    return out.view.id;
}

TEST(merging_ends_at_a_depth_of_64_and_at_200_members)
{
    struct world world = open_world();
    struct customer_out out;
    int64_t top = make(&world);
    int64_t last = top;
    for (int depth = 1; depth <= MERGE_DEPTH_MAX; depth++) {
        struct customer_merge_in in = { last, make(&world) };
        CHECK(run(&world, &CUSTOMER_MERGE, &in, &out) == OK);
        last = in.from_id;
    }
    struct customer_merge_in deeper = { last, make(&world) };
    CHECK(run(&world, &CUSTOMER_MERGE, &deeper, &out) == ERR_LIMIT);
    CHECK(out.fault == CUSTOMER_MERGE_FULL);
    for (int members = MERGE_DEPTH_MAX + 1; members < CUSTOMER_MEMBERS_MAX; members++) {
        struct customer_merge_in in = { top, make(&world) };
        CHECK(run(&world, &CUSTOMER_MERGE, &in, &out) == OK);
    }
    struct customer_merge_in wider = { top, make(&world) };
    CHECK(run(&world, &CUSTOMER_MERGE, &wider, &out) == ERR_LIMIT);
    CHECK(out.fault == CUSTOMER_MERGE_FULL);
    close_world(&world);
}

static enum err take_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    return customer_take(tx, arena, in, out);
}

TEST(whoever_was_merged_is_found_as_the_one_they_went_into)
{
    static const struct command TAKE = { .name = "test_take", .run = take_run };
    struct world world = open_world();
    enum customer_fault fault;
    CHECK(merge(&world, 1, 0, &fault) == OK);
    CHECK(merge(&world, 2, 1, &fault) == OK);
    struct customer_hint hint = { .cookie = STR("a"), .email = STR("new@example.org") };
    int64_t id = 0;
    CHECK(run(&world, &TAKE, &hint, &id) == OK);
    CHECK(id == world.ids[2]);
    struct customer_page page = { 0 };
    CHECK(customer_list_identity(world.reader, world.arena, IDENTITY_COOKIE, STR("a"), &page) ==
          OK);
    CHECK(page.count == 1 && page.items[0].id == world.ids[2]);
    CHECK(page.items[0].identities_count == 4);
    CHECK(customer_list(world.reader, world.arena, &(struct customer_asked){ .limit = 50 },
                        &page) == OK);
    CHECK(page.count == PEOPLE - 2);
    close_world(&world);
}
