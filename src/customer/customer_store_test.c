#include "customer/customer_store.h"

#include <stdio.h>

#include "base/test.h"
#include "customer/customer_change_store.h"
#include "store/feed.h"
#include "store/testing.h"

struct world {
    struct workspace *workspace;
    struct arena *arena;
    struct reader *reader;
};

static struct world open_world(void)
{
    struct world world = { .workspace = testing_workspace_open(), .arena = arena_open() };
    CHECK(reader_open(world.arena, world.workspace->store_path, &world.reader) == OK);
    return world;
}

static void close_world(struct world *world)
{
    reader_close(world->reader);
    testing_workspace_close(world->workspace);
    arena_close(world->arena);
}

static enum err run(struct world *world, const struct command *command, const void *in, void *out)
{
    struct actor actor = { .kind = ACTOR_SYSTEM };
    return writer_call(world->workspace->writer, world->arena, command, actor, in, out);
}

static enum err take_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    return customer_take(tx, arena, in, out);
}

static const struct command TAKE = { .name = "test_take", .run = take_run };

static int64_t take(struct world *world, struct customer_hint hint)
{
    int64_t id = -1;
    CHECK(run(world, &TAKE, &hint, &id) == OK);
    return id;
}

static struct customer_view view(struct world *world, int64_t id)
{
    struct customer_view view = { 0 };
    CHECK(customer_view_read(&(struct read_from){ .reader = world->reader }, world->arena, id,
                             &view) == OK);
    return view;
}

static size_t events_of(struct world *world, enum event_kind kind)
{
    const struct event *events = NULL;
    size_t count = 0;
    size_t found = 0;
    CHECK(feed_read(world->reader, world->arena, 0, FEED_READ_MAX, &events, &count) == OK);
    for (size_t i = 0; i < count; i++) found += events[i].kind == kind;
    return found;
}

TEST(a_hint_that_says_nothing_leads_to_nobody)
{
    struct world world = open_world();
    CHECK(take(&world, (struct customer_hint){ 0 }) == 0);
    CHECK(take(&world, (struct customer_hint){ .name = STR("") }) == 0);
    CHECK(events_of(&world, EVENT_CUSTOMER_CREATED) == 0);
    close_world(&world);
}

TEST(the_same_address_in_another_spelling_leads_to_the_same_customer)
{
    struct world world = open_world();
    int64_t id = take(&world, (struct customer_hint){ .email = STR("Ana@Example.org") });
    CHECK(id > 0);
    CHECK(take(&world, (struct customer_hint){ .email = STR(" ana@example.ORG") }) == id);
    CHECK(events_of(&world, EVENT_CUSTOMER_CREATED) == 1);
    CHECK(events_of(&world, EVENT_IDENTITY_ADDED) == 0);
    close_world(&world);
}

TEST(what_is_new_is_added_to_the_customer_who_is_known)
{
    struct world world = open_world();
    int64_t id = take(&world, (struct customer_hint){ .email = STR("ana@example.org") });
    struct customer_hint more = { .email = STR("ana@example.org"),
                                  .phone = STR("+49 30 1234"),
                                  .name = STR("Ana") };
    CHECK(take(&world, more) == id);
    struct customer_view seen = view(&world, id);
    CHECK(seen.identities_count == 2);
    CHECK(str_equal(seen.name, STR("Ana")));
    more.name = STR("Somebody else");
    CHECK(take(&world, more) == id);
    CHECK(str_equal(view(&world, id).name, STR("Ana")));
    CHECK(take(&world, (struct customer_hint){ .phone = STR("0049 30 1234") }) == id);
    CHECK(events_of(&world, EVENT_IDENTITY_ADDED) == 1);
    CHECK(events_of(&world, EVENT_CUSTOMER_CHANGED) == 1);
    close_world(&world);
}

TEST(identities_lead_in_their_order_and_are_never_moved)
{
    struct world world = open_world();
    int64_t by_mail = take(&world, (struct customer_hint){ .email = STR("a@example.org") });
    int64_t by_id = take(&world, (struct customer_hint){ .external_id = STR("A-1") });
    CHECK(by_mail != by_id);
    struct customer_hint both = { .email = STR("a@example.org"), .external_id = STR("A-1") };
    CHECK(take(&world, both) == by_id);
    CHECK(view(&world, by_id).identities_count == 1);
    CHECK(view(&world, by_mail).identities_count == 1);
    both.id = by_mail;
    CHECK(take(&world, both) == by_mail);
    close_world(&world);
}

TEST(a_malformed_identity_and_an_unknown_id_are_refused)
{
    struct world world = open_world();
    int64_t id = 0;
    struct customer_hint wrong = { .email = STR("nobody") };
    CHECK(run(&world, &TAKE, &wrong, &id) == ERR_INVALID);
    struct customer_hint unknown = { .id = 4711 };
    CHECK(run(&world, &TAKE, &unknown, &id) == ERR_NOT_FOUND);
    CHECK(events_of(&world, EVENT_CUSTOMER_CREATED) == 0);
    close_world(&world);
}

TEST(a_customer_with_too_many_identities_gets_no_more_and_is_still_found)
{
    struct world world = open_world();
    int64_t id = take(&world, (struct customer_hint){ .external_id = STR("A-1") });
    for (int i = 0; i < IDENTITIES_MAX + 5; i++) {
        char cookie[32];
        int size = snprintf(cookie, sizeof(cookie), "cookie-%d", i);
        struct customer_hint hint = { .external_id = STR("A-1"),
                                      .cookie = { cookie, (size_t)size } };
        CHECK(take(&world, hint) == id);
    }
    CHECK(view(&world, id).identities_count == IDENTITIES_MAX);
    close_world(&world);
}

TEST(a_customer_made_on_purpose_takes_no_address_from_another)
{
    struct world world = open_world();
    struct customer_create_in in = { .hint = { .email = STR("a@example.org"), .name = STR("A") } };
    struct customer_out out;
    CHECK(run(&world, &CUSTOMER_CREATE, &in, &out) == OK);
    CHECK(str_equal(out.view.name, STR("A")) && out.view.identities_count == 1);
    CHECK(run(&world, &CUSTOMER_CREATE, &in, &out) == ERR_CONFLICT);
    CHECK(out.fault == CUSTOMER_IDENTITY_TAKEN);
    close_world(&world);
}

TEST(a_customer_is_changed_member_by_member)
{
    struct world world = open_world();
    int64_t id = take(&world, (struct customer_hint){ .email = STR("a@example.org"),
                                                      .attributes = STR("{\"a\":1,\"b\":2}") });
    int64_t other = take(&world, (struct customer_hint){ .email = STR("b@example.org") });
    struct identity_add adds[] = { { { IDENTITY_HANDLE, STR("ana") }, true },
                                   { { IDENTITY_EMAIL, STR("a@example.org") }, true } };
    struct customer_patch_in patch = { .id = id,
                                       .version = 1,
                                       .name = { true, STR("Ana") },
                                       .attributes = { true, STR("{\"b\":null,\"c\":3}") },
                                       .adds = adds,
                                       .adds_count = 2 };
    struct customer_out out;
    CHECK(run(&world, &CUSTOMER_PATCH, &patch, &out) == OK);
    CHECK(str_equal(out.view.name, STR("Ana")));
    CHECK(str_equal(out.view.attributes, STR("{\"a\":1,\"c\":3}")));
    CHECK(out.view.identities_count == 2 && out.view.version == 2);
    CHECK(out.view.identities[0].is_verified && out.view.identities[1].is_verified);
    CHECK(events_of(&world, EVENT_IDENTITY_VERIFIED) == 2);

    CHECK(run(&world, &CUSTOMER_PATCH, &patch, &out) == ERR_CONFLICT);
    CHECK(out.fault == CUSTOMER_VERSION);

    struct customer_patch_in taken = { .id = other, .adds = adds, .adds_count = 1 };
    CHECK(run(&world, &CUSTOMER_PATCH, &taken, &out) == ERR_CONFLICT);
    CHECK(out.fault == CUSTOMER_IDENTITY_TAKEN);

    int64_t gone = view(&world, id).identities[0].id;
    struct customer_patch_in clear = { .id = id,
                                       .name = { .is_given = true },
                                       .attributes = { .is_given = true },
                                       .removes = &gone,
                                       .removes_count = 1 };
    CHECK(run(&world, &CUSTOMER_PATCH, &clear, &out) == OK);
    CHECK(!out.view.name.data && !out.view.attributes.data && out.view.identities_count == 1);
    struct customer_patch_in nobody = { .id = 12345 };
    CHECK(run(&world, &CUSTOMER_PATCH, &nobody, &out) == ERR_NOT_FOUND);
    close_world(&world);
}

TEST(the_list_shows_the_newest_first_page_by_page)
{
    struct world world = open_world();
    enum { COUNT = 25, PAGE = 10 };
    int64_t ids[COUNT];
    for (int i = 0; i < COUNT; i++) {
        ids[i] = take(&world, (struct customer_hint){ .name = STR("Somebody") });
    }
    struct customer_page page = { 0 };
    int64_t before = 0;
    for (int seen = 0; seen < COUNT;) {
        CHECK(customer_list(world.reader, world.arena,
                            &(struct customer_asked){ .before_id = before, .limit = PAGE },
                            &page) == OK);
        for (size_t i = 0; i < page.count; i++) CHECK(page.items[i].id == ids[COUNT - 1 - seen++]);
        CHECK((page.next_before_id != 0) == (seen < COUNT));
        if (page.count == 0) break;
        before = page.next_before_id;
    }
    close_world(&world);
}

TEST(an_identity_finds_its_customer)
{
    struct world world = open_world();
    int64_t id = take(&world, (struct customer_hint){ .phone = STR("+49301234") });
    struct customer_page page = { 0 };
    CHECK(customer_list_identity(world.reader, world.arena, IDENTITY_PHONE, STR("+49301234"),
                                 &page) == OK);
    CHECK(page.count == 1 && page.items[0].id == id);
    CHECK(customer_list_identity(world.reader, world.arena, IDENTITY_EMAIL, STR("+49301234"),
                                 &page) == OK);
    CHECK(page.count == 0);
    close_world(&world);
}
