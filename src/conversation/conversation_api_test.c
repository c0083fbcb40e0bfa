/* The routes of customers, places, conversations and interactions, as a client meets them. */
#include "conversation/conversation_api.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/test.h"
#include "conversation/interaction_api.h"
#include "conversation/place_api.h"
#include "conversation/testing_store.h"
#include "customer/customer_api.h"
#include "http/testing.h"

enum { REQUEST_MAX = 64 * 1024, REPLY_JSON_MAX = 4 * 1024 * 1024 };

struct site {
    struct testing_server *server;
    struct scene scene;
    const char *who; /* "admin", "analyst", "agent:ID" */
};

/* Bearer ROLE or ROLE:AGENT_ID. */
static enum err authenticate(struct request *request)
{
    struct str rest = request_header(request, "Authorization");
    if (!str_starts(rest, STR("Bearer "))) return OK;
    str_cut(&rest, ' ');
    struct str name = str_cut(&rest, ':');
    int64_t agent_id = 0;
    if (rest.size > 0 && parse_int(rest, 0, INT64_MAX, &agent_id) != OK) return OK;
    for (int i = 0; ROLE_NAMES[i]; i++) {
        if (!str_equal(name, str_from(ROLE_NAMES[i]))) continue;
        enum role role = (enum role)(i + 1);
        request->principal = (struct principal){ .kind = PRINCIPAL_SESSION,
                                                 .id = 1,
                                                 .agent_id = agent_id,
                                                 .permissions = permissions_of_role(role),
                                                 .sees_all = role != ROLE_AGENT };
    }
    return OK;
}

static void change(struct server_settings *settings)
{
    static struct route all[64];
    const struct routes tables[] = { CUSTOMER_ROUTES, PLACE_ROUTES, CONVERSATION_ROUTES,
                                     INTERACTION_ROUTES };
    size_t count = 0;
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        for (size_t k = 0; k < tables[i].count; k++) all[count++] = tables[i].items[k];
    }
    settings->routes = (struct routes){ .items = all, .count = count };
    settings->authenticate = authenticate;
}

static struct site site_open(void)
{
    struct site site = { .server = testing_server_open(change), .who = "admin" };
    site.scene = (struct scene){ .workspace = site.server->workspace, .arena = arena_open() };
    CHECK(reader_open(site.scene.arena, site.scene.workspace->store_path, &site.scene.reader) ==
          OK);
    return site;
}

static void site_close(struct site *site)
{
    reader_close(site->scene.reader);
    arena_close(site->scene.arena);
    testing_server_close(site->server);
}

static const struct json NOTHING = { .kind = JSON_NULL };

struct answer {
    int status;
    const struct json *body;
    struct str text;
};

static struct answer ask(struct site *site, const char *method, const char *path,
                         const char *headers, const char *body)
{
    struct arena *arena = site->scene.arena;
    struct buf buf = buf_open(arena, REQUEST_MAX);
    buf_printf(&buf, "%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s", method, path,
               site->who, headers);
    if (body) {
        buf_printf(&buf, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body));
    }
    buf_printf(&buf, "\r\n%s", body ? body : "");
    int fd = testing_connect(site->server);
    testing_send(fd, buf_view(&buf));
    struct str reply = testing_read_reply(arena, fd);
    close(fd);
    struct answer answer = { testing_status(reply), &NOTHING, reply };
    const char *start = memmem(reply.data, reply.size, "\r\n\r\n", 4);
    CHECK(start);
    if (!start) return answer;
    struct str text = { start + 4, reply.size - (size_t)(start + 4 - reply.data) };
    if (text.size > 0) CHECK(json_parse(arena, text, REPLY_JSON_MAX, NULL, &answer.body) == OK);
    return answer;
}

static struct answer get(struct site *site, const char *path)
{
    return ask(site, "GET", path, "", NULL);
}

/* The member at a path such as "customer.name" or "data.0.id"; JSON null if there is none. */
static const struct json *at(struct answer answer, const char *path)
{
    const struct json *json = answer.body;
    struct str rest = str_from(path);
    while (rest.size > 0 && json) {
        struct str name = str_cut(&rest, '.');
        char text[64] = { 0 };
        memcpy(text, name.data, name.size);
        if (json->kind == JSON_ARRAY) {
            int64_t index = 0;
            CHECK(parse_int(name, 0, 1000, &index) == OK);
            json = (size_t)index < json->array.count ? &json->array.items[index] : NULL;
        } else {
            json = json_member(json, text);
        }
    }
    return json ? json : &NOTHING;
}

static bool is_text(struct answer answer, const char *path, const char *expected)
{
    const struct json *json = at(answer, path);
    return json->kind == JSON_TEXT && str_equal(json->text, str_from(expected));
}

static bool is_null(struct answer answer, const char *path)
{
    return at(answer, path)->kind == JSON_NULL;
}

static size_t count_at(struct answer answer, const char *path)
{
    const struct json *json = at(answer, path);
    return json->kind == JSON_ARRAY ? json->array.count : SIZE_MAX;
}

/* A path with an id in it, in the arena. */
__attribute__((format(printf, 2, 3))) static const char *path_of(struct site *site,
                                                                 const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    CHECK(size > 0 && (size_t)size < sizeof(text));
    return arena_copy(site->scene.arena, (struct str){ text, (size_t)size }).data;
}

static const char *id_of(struct answer answer, struct site *site)
{
    const struct json *id = at(answer, "id");
    CHECK(id->kind == JSON_TEXT);
    return id->kind == JSON_TEXT ? arena_copy(site->scene.arena, id->text).data : "";
}

static const char *show_id(struct site *site, enum id_kind kind, int64_t id)
{
    return id_text(site->scene.arena, kind, id).data;
}

TEST(a_customer_is_made_read_changed_and_erased_over_http)
{
    struct site site = site_open();
    struct answer made = ask(&site, "POST", "/api/v1/customers", "",
                             "{\"name\":\"Ana\",\"email\":\"Ana@example.org\","
                             "\"attributes\":{\"tier\":\"gold\"}}");
    CHECK(made.status == 201 && is_text(made, "name", "Ana"));
    CHECK(is_text(made, "identities.0.text", "ana@example.org"));
    CHECK(is_text(made, "attributes.tier", "gold") && testing_holds(made.text, "ETag: \"1\""));
    const char *path = path_of(&site, "/api/v1/customers/%s", id_of(made, &site));
    CHECK(get(&site, path).status == 200);

    struct answer again =
        ask(&site, "POST", "/api/v1/customers", "", "{\"email\":\"ana@example.org\"}");
    CHECK(again.status == 409 && is_text(again, "code", "identity_taken"));
    struct answer wrong = ask(&site, "POST", "/api/v1/customers", "",
                              "{\"email\":\"nobody\",\"phone\":\"x\",\"hat\":1}");
    CHECK(wrong.status == 400 && count_at(wrong, "errors") == 3);
    CHECK(is_text(wrong, "errors.0.pointer", "/email"));

    struct answer patched = ask(&site, "PATCH", path, "If-Match: \"1\"\r\n",
                                "{\"name\":null,\"identities\":{\"add\":[{\"kind\":\"phone\","
                                "\"text\":\"+49 30 1234\",\"is_verified\":true}]}}");
    CHECK(patched.status == 200 && is_null(patched, "name"));
    CHECK(count_at(patched, "identities") == 2);
    CHECK(ask(&site, "PATCH", path, "If-Match: \"1\"\r\n", "{\"name\":\"B\"}").status == 412);
    CHECK(ask(&site, "PATCH", "/api/v1/customers/cus_0000000000001", "", "{}").status == 404);

    struct answer found = get(&site, "/api/v1/customers?identity=phone:0049301234");
    CHECK(found.status == 200 && count_at(found, "data") == 1);
    CHECK(get(&site, "/api/v1/customers?identity=fax:1").status == 400);
    CHECK(get(&site, "/api/v1/customers?hat=1").status == 400);

    struct answer erased = ask(&site, "DELETE", path, "", NULL);
    CHECK(erased.status == 200 && at(erased, "erased.identities")->integer == 2);
    struct answer after = get(&site, path);
    CHECK(after.status == 200 && is_null(after, "name") && !is_null(after, "erased_at"));
    CHECK(ask(&site, "PATCH", path, "", "{\"name\":\"Ana\"}").status == 409);
    CHECK(count_at(get(&site, "/api/v1/customers"), "data") == 0);
    site_close(&site);
}

TEST(customers_are_merged_and_unmerged_over_http)
{
    struct site site = site_open();
    struct answer ana =
        ask(&site, "POST", "/api/v1/customers", "", "{\"email\":\"a@example.org\"}");
    struct answer ben =
        ask(&site, "POST", "/api/v1/customers", "", "{\"email\":\"b@example.org\"}");
    const char *into = path_of(&site, "/api/v1/customers/%s/merge", id_of(ana, &site));
    const char *body = path_of(&site, "{\"from\":\"%s\"}", id_of(ben, &site));
    struct answer merged = ask(&site, "POST", into, "", body);
    CHECK(merged.status == 200 && count_at(merged, "identities") == 2);
    struct answer again = ask(&site, "POST", into, "", body);
    CHECK(again.status == 409 && is_text(again, "code", "already_merged"));
    struct answer nobody = ask(&site, "POST", into, "", "{\"from\":\"cus_0000000000001\"}");
    CHECK(nobody.status == 400 && is_text(nobody, "code", "unknown_customer"));
    CHECK(ask(&site, "POST", into, "", "{}").status == 400);
    const char *out = path_of(&site, "/api/v1/customers/%s/unmerge", id_of(ben, &site));
    CHECK(ask(&site, "POST", out, "", "").status == 200);
    CHECK(ask(&site, "POST", out, "", "").status == 409);
    site_close(&site);
}

TEST(an_analyst_sees_no_name_address_or_text)
{
    struct site site = site_open();
    struct answer made = ask(&site, "POST", "/api/v1/conversations", "",
                             "{\"customer\":{\"name\":\"Ana\",\"email\":\"a@example.org\","
                             "\"attributes\":{\"street\":\"Canary Row\"}},\"channel\":\"email\","
                             "\"subject\":\"A canary\",\"text\":\"Another canary\"}");
    CHECK(made.status == 201 && is_text(made, "customer.name", "Ana"));
    CHECK(is_text(made, "last_interaction.text", "Another canary"));
    const char *id = id_of(made, &site);
    char customer[ID_TEXT_SIZE + 1] = { 0 };
    memcpy(customer, at(made, "customer.id")->text.data, ID_TEXT_SIZE);
    const char *const paths[] = {
        path_of(&site, "/api/v1/conversations/%s", id),
        path_of(&site, "/api/v1/conversations/%s/messages", id),
        path_of(&site, "/api/v1/conversations/%s/events", id),
        path_of(&site, "/api/v1/customers/%s", customer),
        path_of(&site, "/api/v1/customers/%s/timeline", customer),
        path_of(&site, "/api/v1/customers/%s/conversations", customer),
        "/api/v1/conversations",
        "/api/v1/customers",
        "/api/v1/interactions",
    };
    static const char *const CANARIES[] = { "Ana", "a@example.org", "anary" };
    size_t seen = 0;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        for (size_t k = 0; k < sizeof(CANARIES) / sizeof(CANARIES[0]); k++) {
            site.who = "admin";
            seen += testing_holds(get(&site, paths[i]).text, CANARIES[k]);
            site.who = "analyst";
            struct answer masked = get(&site, paths[i]);
            CHECK(masked.status == 200 && !testing_holds(masked.text, CANARIES[k]));
        }
    }
    CHECK(seen > 10);
    CHECK(get(&site, "/api/v1/conversations?text=canary").status == 403);
    CHECK(get(&site, "/api/v1/customers?text=ana").status == 403);
    CHECK(get(&site, "/api/v1/customers?identity=email:a@example.org").status == 403);
    CHECK(ask(&site, "POST", "/api/v1/conversations", "", "{}").status == 403);
    site_close(&site);
}

TEST(what_an_agent_does_not_reach_is_not_there)
{
    struct site site = site_open();
    int64_t agent_id = scene_agent(&site.scene, "Noor");
    int64_t other_id = scene_agent(&site.scene, "Sam");
    struct conversation draft = { .team_id = scene_team(&site.scene, "Others"),
                                  .agent_id = other_id };
    int64_t hidden_id = scene_conversation(&site.scene, &draft);
    int64_t message_id = scene_message(&site.scene, hidden_id, 0, DIRECTION_IN, 1, "A canary");
    struct conversation open = { 0 };
    int64_t open_id = scene_conversation(&site.scene, &open);
    const char *hidden = show_id(&site, ID_CONVERSATION, hidden_id);
    site.who = path_of(&site, "agent:%" PRId64, agent_id);

    static const char *const GETS[] = { "", "/messages", "/events" };
    for (size_t i = 0; i < sizeof(GETS) / sizeof(GETS[0]); i++) {
        CHECK(get(&site, path_of(&site, "/api/v1/conversations/%s%s", hidden, GETS[i])).status ==
              404);
    }
    CHECK(ask(&site, "PATCH", path_of(&site, "/api/v1/conversations/%s", hidden), "",
              "{\"state\":\"closed\"}")
              .status == 404);
    CHECK(ask(&site, "POST", path_of(&site, "/api/v1/conversations/%s/messages", hidden), "",
              "{\"text\":\"Hello\"}")
              .status == 404);
    const char *reached = show_id(&site, ID_CONVERSATION, open_id);
    CHECK(ask(&site, "POST", path_of(&site, "/api/v1/conversations/%s/merge", hidden), "",
              path_of(&site, "{\"from\":\"%s\"}", reached))
              .status == 404);
    struct answer steal =
        ask(&site, "POST", path_of(&site, "/api/v1/conversations/%s/merge", reached), "",
            path_of(&site, "{\"from\":\"%s\"}", hidden));
    CHECK(steal.status == 400 && is_text(steal, "code", "unknown_conversation"));
    CHECK(get(&site,
              path_of(&site, "/api/v1/interactions/%s", show_id(&site, ID_INTERACTION, message_id)))
              .status == 404);
    CHECK(get(&site, path_of(&site, "/api/v1/interactions?conversation=%s", hidden)).status == 400);
    CHECK(count_at(get(&site, "/api/v1/interactions"), "data") == 0);
    CHECK(count_at(get(&site, "/api/v1/conversations"), "data") == 1);
    site.who = path_of(&site, "agent:%" PRId64, other_id);
    CHECK(get(&site, path_of(&site, "/api/v1/conversations/%s", hidden)).status == 200);
    CHECK(count_at(get(&site, "/api/v1/conversations?assigned=me"), "data") == 1);
    site_close(&site);
}

TEST(a_conversation_lives_over_http)
{
    struct site site = site_open();
    int64_t agent_id = scene_agent(&site.scene, "Noor");
    int64_t team_id = scene_team(&site.scene, "Billing");
    site.who = path_of(&site, "agent:%" PRId64, agent_id);
    struct answer made = ask(&site, "POST", "/api/v1/conversations", "",
                             "{\"channel\":\"phone\",\"customer\":{\"phone\":\"+49301234\"},"
                             "\"subject\":\"A kettle\",\"external_id\":\"K-1\"}");
    CHECK(made.status == 201 && is_text(made, "state", "new"));
    const char *path = path_of(&site, "/api/v1/conversations/%s", id_of(made, &site));
    const char *messages = path_of(&site, "%s/messages", path);

    struct answer note = ask(&site, "POST", messages, "", "{\"kind\":\"note\",\"text\":\"Hm.\"}");
    CHECK(note.status == 201 && is_text(note, "direction", "internal"));
    CHECK(is_text(note, "agent.name", "Noor"));
    CHECK(ask(&site, "POST", messages, "", "{\"text\":\"Hello.\",\"state\":\"pending\"}").status ==
          201);
    CHECK(ask(&site, "POST", messages, "", "{\"text\":\"  \"}").status == 400);
    CHECK(ask(&site, "POST", messages, "", "{\"text\":\"x\",\"mentions\":[\"age_0000000000001\"]}")
              .status == 400);
    struct answer listed = get(&site, messages);
    CHECK(count_at(listed, "data") == 2 && is_text(listed, "data.0.text", "Hm."));
    CHECK(is_text(get(&site, path_of(&site, "%s?order=-at", messages)), "data.0.text", "Hello."));

    struct answer patched =
        ask(&site, "PATCH", path, "",
            path_of(&site,
                    "{\"team_id\":\"%s\",\"agent_id\":\"%s\",\"priority\":\"high\","
                    "\"labels\":{\"add\":[\"vip\"]},\"topic\":\"kettles\"}",
                    show_id(&site, ID_TEAM, team_id), show_id(&site, ID_AGENT, agent_id)));
    CHECK(patched.status == 200 && is_text(patched, "team.name", "Billing"));
    CHECK(is_text(patched, "labels.0.name", "vip") && is_text(patched, "topic", "kettles"));
    CHECK(is_text(patched, "state", "pending") && is_text(patched, "priority", "high"));
    CHECK(ask(&site, "PATCH", path, "If-Match: \"1\"\r\n", "{\"state\":\"open\"}").status == 412);
    CHECK(ask(&site, "PATCH", path, "", "{\"state\":\"snoozed\"}").status == 400);
    CHECK(ask(&site, "PATCH", path, "", "{\"state\":\"gone\"}").status == 400);
    CHECK(ask(&site, "PATCH", path, "", "{\"snoozed_until\":\"2000-01-01T00:00:00Z\"}").status ==
          400);
    struct answer snoozed =
        ask(&site, "PATCH", path, "", "{\"snoozed_until\":\"2999-01-01T00:00:00Z\"}");
    CHECK(snoozed.status == 200 && is_text(snoozed, "state", "snoozed"));
    CHECK(is_text(snoozed, "snoozed_until", "2999-01-01T00:00:00Z"));
    struct answer bad = ask(&site, "PATCH", path, "", "{\"team_id\":\"tea_0000000000001\"}");
    CHECK(bad.status == 400 && is_text(bad, "code", "unknown_team"));
    struct answer events = get(&site, path_of(&site, "%s/events?limit=3", path));
    CHECK(count_at(events, "data") == 3 && is_text(events, "data.0.kind", "conversation.created"));
    CHECK(at(events, "has_more")->boolean);
    site_close(&site);
}

TEST(lists_of_conversations_are_filtered_and_paged_over_http)
{
    struct site site = site_open();
    enum { COUNT = 7 };
    for (int i = 0; i < COUNT; i++) {
        struct conversation draft = { .state = i % 2 ? STATE_OPEN : STATE_PENDING,
                                      .created_at_ms = 1700000000000 + i };
        scene_conversation(&site.scene, &draft);
    }
    CHECK(count_at(get(&site, "/api/v1/conversations?state=open,pending"), "data") == COUNT);
    CHECK(count_at(get(&site, "/api/v1/conversations?state=open"), "data") == 3);
    CHECK(count_at(get(&site, "/api/v1/conversations?state=solved"), "data") == 0);
    struct answer page = get(&site, "/api/v1/conversations?order=created&limit=4");
    CHECK(count_at(page, "data") == 4 && at(page, "has_more")->boolean);
    struct str cursor = at(page, "next_cursor")->text;
    struct answer rest = get(&site, path_of(&site,
                                            "/api/v1/conversations?order=created&limit=4"
                                            "&cursor=%.*s",
                                            STR_ARG(cursor)));
    CHECK(count_at(rest, "data") == 3 && is_null(rest, "next_cursor"));
    CHECK(get(&site,
              path_of(&site, "/api/v1/conversations?order=-created&cursor=%.*s", STR_ARG(cursor)))
              .status == 400);
    static const char *const WRONG[] = { "state=gone", "order=up",  "team=cha_1",
                                         "limit=0",    "limit=201", "assigned=nobody",
                                         "hat=1",      "cursor=x",  "customer=cus_0000000000001" };
    for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++) {
        CHECK(get(&site, path_of(&site, "/api/v1/conversations?%s", WRONG[i])).status == 400);
    }
    CHECK(get(&site, "/api/v1/conversations?assigned=me").status == 400);
    site_close(&site);
}

TEST(places_live_over_http)
{
    struct site site = site_open();
    static const char *const PLURALS[] = { "channels", "touchpoints", "labels" };
    for (size_t i = 0; i < sizeof(PLURALS) / sizeof(PLURALS[0]); i++) {
        const char *all = path_of(&site, "/api/v1/%s", PLURALS[i]);
        struct answer made = ask(&site, "POST", all, "", "{\"name\":\" phone \"}");
        CHECK(made.status == 201 && is_text(made, "name", "phone"));
        CHECK((i == 0) == is_text(made, "kind", "voice"));
        CHECK(ask(&site, "POST", all, "", "{\"name\":\"phone\"}").status == 409);
        CHECK(ask(&site, "POST", all, "", "{\"name\":\" \"}").status == 400);
        const char *path = path_of(&site, "%s/%s", all, id_of(made, &site));
        struct answer changed = ask(&site, "PATCH", path, "", "{\"name\":\"calls\"}");
        CHECK(changed.status == 200 && is_text(changed, "name", "calls"));
        CHECK(is_text(get(&site, path), "name", "calls"));
        CHECK(count_at(get(&site, all), "data") == 1);
        CHECK(ask(&site, "DELETE", path, "", NULL).status == 204);
        CHECK(count_at(get(&site, all), "data") == 0);
        CHECK(count_at(get(&site, path_of(&site, "%s?archived=true", all)), "data") == 1);
    }
    CHECK(
        ask(&site, "POST", "/api/v1/labels", "", "{\"name\":\"vip\",\"colour\":\"red\"}").status ==
        400);
    CHECK(ask(&site, "POST", "/api/v1/touchpoints", "", "{\"name\":\"a\",\"colour\":\"#ffffff\"}")
              .status == 400);
    site.who = "agent:5";
    CHECK(ask(&site, "POST", "/api/v1/labels", "", "{\"name\":\"mine\"}").status == 403);
    CHECK(get(&site, "/api/v1/labels").status == 200);
    site_close(&site);
}

TEST(a_repeated_post_with_its_key_begins_one_conversation)
{
    struct site site = site_open();
    site.who = "admin:5";
    static const char BODY[] = "{\"channel\":\"email\",\"subject\":\"Once\"}";
    struct answer first =
        ask(&site, "POST", "/api/v1/conversations", "Idempotency-Key: k-1\r\n", BODY);
    struct answer second =
        ask(&site, "POST", "/api/v1/conversations", "Idempotency-Key: k-1\r\n", BODY);
    CHECK(first.status == 201 && second.status == 201);
    CHECK(str_equal(at(first, "id")->text, at(second, "id")->text));
    CHECK(testing_holds(second.text, "Idempotency-Replayed: true"));
    CHECK(count_at(get(&site, "/api/v1/conversations"), "data") == 1);
    site_close(&site);
}
