#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "access/access.h"
#include "access/access_api.h"
#include "access/grant_store.h"
#include "access/key_store.h"
#include "access/link_store.h"
#include "access/testing_store.h"
#include "base/id.h"
#include "base/parse.h"
#include "base/test.h"
#include "base/time.h"
#include "http/job.h"
#include "http/server.h"
#include "store/event.h"

enum { REPLY_SIZE = 256 * 1024, ROUTES_OF_ACCESS = 40 };

/* A server with the routes of access, and what was made for a test. */
struct site {
    struct access_testing fixture;
    struct password_gate gate;
    struct job_pool *jobs;
    struct server *server;
    struct arena *arena;
    struct route routes[ROUTES_OF_ACCESS];
    size_t routes_count;
    int64_t admin_id;
    struct str admin_key;
};

struct answer {
    int status;
    struct str head;
    struct str body;
    const struct json *json; /* NULL: no JSON */
};

static enum err find_workspace(void *context, struct str host, struct str *path,
                               struct workspace **out)
{
    (void)host;
    (void)path;
    *out = context;
    return OK;
}

static void add_routes(struct site *site, const struct routes *routes)
{
    for (size_t i = 0; i < routes->count; i++) {
        assert(site->routes_count < ROUTES_OF_ACCESS);
        site->routes[site->routes_count++] = routes->items[i];
    }
}

static struct str make_key(struct site *site, enum scope scope, int64_t agent_id)
{
    struct token token = token_make(site->arena, TOKEN_KEY);
    const struct key_create_in in = { .name = STR_INIT("key"),
                                      .scope = scope,
                                      .agent_id = agent_id,
                                      .token = token.hash,
                                      .hint = token_hint(&token) };
    struct key_create_out out = { 0 };
    CHECK(access_testing_run(&site->fixture, &KEY_CREATE, &in, &out) == OK);
    return token.text;
}

static void site_open(struct site *site)
{
    *site = (struct site){ .arena = arena_open() };
    access_testing_open(&site->fixture);
    struct workspace *workspace = site->fixture.workspace;
    workspace->access = access_open(workspace->arena, &site->gate);
    const struct routes *const all[] = { &SESSION_ROUTES, &ME_ROUTES,  &AGENT_ROUTES,
                                         &TEAM_ROUTES,    &KEY_ROUTES, &SETTING_ROUTES,
                                         &AUDIT_ROUTES };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) add_routes(site, all[i]);
    CHECK(job_pool_open(site->arena, 2, 0, &site->jobs) == OK);
    struct server_settings settings = {
        .address = STR("127.0.0.1:0"),
        .threads = 2,
        .routes = { .items = site->routes, .count = site->routes_count },
        .authenticate = access_authenticate,
        .find_workspace = find_workspace,
        .context = workspace,
        .jobs = site->jobs,
        .trusted_proxies = STR("127.0.0.1"),
    };
    CHECK(server_open(site->arena, &settings, &site->server) == OK);
}

/* With an admin, whose password is no real one, and a key of scope admin. */
static void site_open_with_admin(struct site *site)
{
    site_open(site);
    site->admin_id = access_testing_agent(&site->fixture, "root@example.org", ROLE_ADMIN);
    site->admin_key = make_key(site, SCOPE_ADMIN, 0);
}

static void site_close(struct site *site)
{
    server_close(site->server, 1000);
    job_pool_close(site->jobs);
    access_close(site->fixture.workspace->access);
    access_testing_close(&site->fixture);
    arena_close(site->arena);
}

/* ---- a client ---- */

static int dial(struct site *site)
{
    struct str rest = server_address(site->server);
    str_cut(&rest, ':');
    int64_t port = 0;
    CHECK(parse_int(rest, 1, 65535, &port) == OK);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0);
    return fd;
}

static struct str exchange(struct site *site, struct str request)
{
    int fd = dial(site);
    size_t sent = 0;
    while (sent < request.size) {
        ssize_t count = send(fd, request.data + sent, request.size - sent, MSG_NOSIGNAL);
        if (count <= 0) break;
        sent += (size_t)count;
    }
    char *reply = arena_array(site->arena, char, REPLY_SIZE);
    size_t size = 0;
    ssize_t count;
    while ((count = recv(fd, reply + size, REPLY_SIZE - size, 0)) > 0) size += (size_t)count;
    close(fd);
    return (struct str){ .data = reply, .size = size };
}

/* `headers` are whole lines, each ending in \r\n; `body` may be NULL. */
static struct answer ask(struct site *site, const char *method, const char *path,
                         const char *headers, const char *body)
{
    struct buf buf = buf_open(site->arena, REPLY_SIZE);
    buf_printf(&buf, "%s %s HTTP/1.1\r\nHost: desk.example.org\r\nConnection: close\r\n%s", method,
               path, headers);
    if (body) {
        buf_printf(&buf, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body));
    }
    buf_printf(&buf, "\r\n%s", body ? body : "");
    struct str reply = exchange(site, buf_view(&buf));
    struct answer answer = { .head = reply };
    const char *end = memmem(reply.data, reply.size, "\r\n\r\n", 4);
    CHECK(reply.size > 12 && end);
    if (!end) return answer;
    answer.head.size = (size_t)(end - reply.data) + 2;
    answer.body = (struct str){ .data = end + 4, .size = reply.size - answer.head.size - 2 };
    int64_t status = 0;
    CHECK(parse_int((struct str){ reply.data + 9, 3 }, 100, 599, &status) == OK);
    answer.status = (int)status;
    if (answer.body.size > 0) {
        CHECK(json_parse(site->arena, answer.body, REPLY_SIZE, NULL, &answer.json) == OK);
    }
    return answer;
}

static struct answer ask_by_key(struct site *site, struct str key, const char *method,
                                const char *path, const char *body)
{
    struct buf headers = buf_open(site->arena, 1024);
    buf_printf(&headers, "Authorization: Bearer %.*s\r\n", STR_ARG(key));
    buf_add_char(&headers, '\0');
    return ask(site, method, path, buf_view(&headers).data, body);
}

static struct answer ask_admin(struct site *site, const char *method, const char *path,
                               const char *body)
{
    return ask_by_key(site, site->admin_key, method, path, body);
}

/* "" if the answer has no such header. */
static struct str header_of(const struct answer *answer, const char *name)
{
    struct str rest = answer->head;
    while (rest.size > 0) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        struct str key = str_cut(&line, ':');
        if (str_equal(key, str_from(name))) return str_trim(line);
    }
    return STR("");
}

/* The session token of a Set-Cookie. */
static struct str cookie_of(const struct answer *answer)
{
    struct str line = header_of(answer, "Set-Cookie");
    struct str pair = str_cut(&line, ';');
    str_cut(&pair, '=');
    return pair;
}

static const char *cookie_header(struct site *site, const char *name, struct str token)
{
    struct buf headers = buf_open(site->arena, 1024);
    buf_printf(&headers, "Cookie: %s=%.*s\r\nSec-Fetch-Site: same-origin\r\n", name,
               STR_ARG(token));
    buf_add_char(&headers, '\0');
    return buf_view(&headers).data;
}

static struct str text_of(const struct json *object, const char *name)
{
    const struct json *member = json_member(object, name);
    return member && member->kind == JSON_TEXT ? member->text : (struct str){ 0 };
}

/* False for empty texts. */
static bool holds(struct str text, struct str part)
{
    if (!text.data || !part.data || part.size == 0) return false;
    return memmem(text.data, text.size, part.data, part.size) != NULL;
}

static bool is_problem(const struct answer *answer, int status, const char *code)
{
    return answer->status == status && answer->json &&
           str_equal(text_of(answer->json, "code"), str_from(code));
}

static const char *path_of(struct site *site, const char *before, struct str id, const char *after)
{
    struct buf buf = buf_open(site->arena, 1024);
    buf_printf(&buf, "%s%.*s%s", before, STR_ARG(id), after);
    buf_add_char(&buf, '\0');
    return buf_view(&buf).data;
}

/* ---- getting in ---- */

static struct answer set_up(struct site *site)
{
    struct str token = { 0 };
    CHECK(access_setup_token_make(site->fixture.workspace, site->arena, &token) == OK);
    struct buf body = buf_open(site->arena, 1024);
    buf_printf(&body,
               "{\"token\":\"%.*s\",\"name\":\"Ana\",\"email\":\"Ana@Example.org\","
               "\"password\":\"correct horse\"}",
               STR_ARG(token));
    buf_add_char(&body, '\0');
    return ask(site, "POST", "/api/v1/setup", "", buf_view(&body).data);
}

TEST(the_first_admin_is_made_by_the_printed_token_and_is_signed_in)
{
    struct site site;
    site_open(&site);
    struct answer answer = ask(&site, "GET", "/api/v1/setup", "", NULL);
    CHECK(answer.status == 200 && json_member(answer.json, "needs_setup")->boolean);
    answer = ask(&site, "POST", "/api/v1/setup", "",
                 "{\"token\":\"x\",\"name\":\"A\",\"email\":\"a@b.org\","
                 "\"password\":\"correct horse\"}");
    CHECK(is_problem(&answer, 401, "setup_refused"));

    answer = set_up(&site);
    CHECK(answer.status == 201);
    struct str cookie = header_of(&answer, "Set-Cookie");
    CHECK(str_starts(cookie, STR("rapport=ras_")));
    CHECK(holds(cookie, STR("; Path=/; Max-Age=1209600; HttpOnly; SameSite=Lax")));
    struct str token = cookie_of(&answer);
    answer = ask(&site, "GET", "/api/v1/me", cookie_header(&site, "rapport", token), NULL);
    CHECK(answer.status == 200 && str_equal(text_of(answer.json, "role"), STR("admin")));
    CHECK(str_equal(text_of(json_member(answer.json, "agent"), "email"), STR("ana@example.org")));
    CHECK(json_member(answer.json, "permissions")->array.count == PERMISSIONS - 3);

    answer = ask(&site, "GET", "/api/v1/setup", "", NULL);
    CHECK(answer.status == 200 && !json_member(answer.json, "needs_setup")->boolean);
    answer = ask(&site, "POST", "/api/v1/setup", "",
                 "{\"token\":\"x\",\"name\":\"A\",\"email\":\"a@b.org\","
                 "\"password\":\"correct horse\"}");
    CHECK(is_problem(&answer, 409, "already_set_up"));
    site_close(&site);
}

TEST(setup_names_every_field_that_is_wrong)
{
    struct site site;
    site_open(&site);
    struct answer answer = ask(&site, "POST", "/api/v1/setup", "",
                               "{\"email\":\"a\",\"password\":\"short\",\"extra\":1}");
    CHECK(is_problem(&answer, 400, "invalid"));
    CHECK(json_member(answer.json, "errors")->array.count == 5);
    site_close(&site);
}

TEST(signing_in_and_out_again_is_at_once)
{
    struct site site;
    site_open(&site);
    CHECK(set_up(&site).status == 201);
    struct answer answer = ask(&site, "POST", "/api/v1/session", "",
                               "{\"email\":\"ANA@example.org\",\"password\":\"correct horse\"}");
    CHECK(answer.status == 200);
    struct str token = cookie_of(&answer);
    const char *headers = cookie_header(&site, "rapport", token);
    CHECK(ask(&site, "GET", "/api/v1/me", headers, NULL).status == 200);
    answer = ask(&site, "DELETE", "/api/v1/session", headers, NULL);
    CHECK(answer.status == 204);
    struct str cleared = header_of(&answer, "Set-Cookie");
    CHECK(str_starts(cleared, STR("rapport=; Path=/; Max-Age=0")));
    answer = ask(&site, "GET", "/api/v1/me", headers, NULL);
    CHECK(is_problem(&answer, 401, "sign_in_required"));
    site_close(&site);
}

TEST(behind_tls_the_cookie_belongs_to_this_host_alone)
{
    struct site site;
    site_open(&site);
    CHECK(set_up(&site).status == 201);
    struct answer answer = ask(&site, "POST", "/api/v1/session", "X-Forwarded-Proto: https\r\n",
                               "{\"email\":\"ana@example.org\",\"password\":\"correct horse\"}");
    struct str cookie = header_of(&answer, "Set-Cookie");
    CHECK(str_starts(cookie, STR("__Host-rapport=ras_")));
    CHECK(holds(cookie, STR("Path=/;")) && holds(cookie, STR("; Secure")));
    site_close(&site);
}

TEST(a_wrong_password_and_nobody_s_address_get_the_same_answer)
{
    struct site site;
    site_open(&site);
    CHECK(set_up(&site).status == 201);
    static const char *const BODIES[] = {
        "{\"email\":\"ana@example.org\",\"password\":\"wrong horse\"}",
        "{\"email\":\"bo@example.org\",\"password\":\"wrong horse\"}",
        "{\"email\":\"not an address\",\"password\":\"wrong horse\"}",
        "{\"email\":\"ana@example.org\",\"password\":\"\"}",
    };
    struct str first = { 0 };
    for (size_t i = 0; i < sizeof(BODIES) / sizeof(BODIES[0]); i++) {
        struct answer answer = ask(&site, "POST", "/api/v1/session", "", BODIES[i]);
        CHECK(is_problem(&answer, 401, "sign_in_refused"));
        CHECK(header_of(&answer, "Set-Cookie").size == 0);
        struct str detail = text_of(answer.json, "detail");
        if (i == 0) first = detail;
        CHECK(str_equal(detail, first));
    }
    CHECK(access_testing_events(&site.fixture, EVENT_ACCESS_REFUSED, 0) == 4);
    site_close(&site);
}

TEST(an_account_is_closed_to_guessing_after_ten_failures_even_for_the_right_password)
{
    struct site site;
    site_open(&site);
    CHECK(set_up(&site).status == 201);
    struct answer answer;
    for (int i = 0; i < LIMIT_ACCOUNT; i++) {
        char headers[64];
        snprintf(headers, sizeof(headers), "X-Forwarded-For: 192.0.2.%d\r\n", i);
        answer = ask(&site, "POST", "/api/v1/session", headers,
                     "{\"email\":\"ana@example.org\",\"password\":\"wrong horse\"}");
        CHECK(answer.status == 401);
    }
    answer = ask(&site, "POST", "/api/v1/session", "",
                 "{\"email\":\"Ana@example.org\",\"password\":\"correct horse\"}");
    CHECK(is_problem(&answer, 429, "sign_in_limited"));
    int64_t seconds = 0;
    CHECK(parse_int(header_of(&answer, "Retry-After"), 1, 900, &seconds) == OK && seconds > 800);
    site_close(&site);
}

TEST(an_address_is_closed_to_guessing_after_thirty_failures)
{
    struct site site;
    site_open(&site);
    struct limit *addresses = site.fixture.workspace->access->addresses;
    int64_t wait_ms;
    for (int i = 0; i < LIMIT_ADDRESS; i++) {
        CHECK(limit_begin(addresses, STR("192.0.2.7"), time_monotonic_ms(), &wait_ms) == OK);
    }
    const char *body = "{\"email\":\"ana@example.org\",\"password\":\"wrong horse\"}";
    struct answer answer =
        ask(&site, "POST", "/api/v1/session", "X-Forwarded-For: 192.0.2.7\r\n", body);
    CHECK(is_problem(&answer, 429, "sign_in_limited"));
    answer = ask(&site, "POST", "/api/v1/session", "X-Forwarded-For: 192.0.2.8\r\n", body);
    CHECK(answer.status == 401);
    site_close(&site);
}

TEST(somebody_without_a_password_gets_in_by_link_once)
{
    struct site site;
    site_open_with_admin(&site);
    struct answer answer =
        ask_admin(&site, "POST", "/api/v1/agents",
                  "{\"name\":\"Bo\",\"email\":\"bo@example.org\",\"role\":\"agent\"}");
    CHECK(answer.status == 201);
    struct str url = text_of(answer.json, "sign_in_url");
    CHECK(str_starts(url, STR("http://desk.example.org/?link=ral_")));
    str_cut(&url, '=');
    struct buf body = buf_open(site.arena, 512);
    buf_printf(&body, "{\"link\":\"%.*s\",\"password\":\"correct horse\"}", STR_ARG(url));
    buf_add_char(&body, '\0');
    const char *text = buf_view(&body).data;
    answer = ask(&site, "POST", "/api/v1/session", "", text);
    CHECK(answer.status == 200 && cookie_of(&answer).size > 0);
    answer = ask(&site, "POST", "/api/v1/session", "", text);
    CHECK(is_problem(&answer, 401, "sign_in_refused"));
    answer = ask(&site, "POST", "/api/v1/session", "",
                 "{\"email\":\"bo@example.org\",\"password\":\"correct horse\"}");
    CHECK(answer.status == 200);
    answer =
        ask(&site, "POST", "/api/v1/session", "", "{\"link\":\"x\",\"password\":\"12345678\"}");
    CHECK(is_problem(&answer, 401, "sign_in_refused"));
    site_close(&site);
}

/* ---- what a key may, and for how long ---- */

TEST(bad_keys_are_nobody_s)
{
    struct site site;
    site_open_with_admin(&site);
    static const char *const BAD[] = {
        "Authorization: Bearer \r\n",
        "Authorization: Bearer rap_\r\n",
        "Authorization: Basic YTpi\r\n",
        "Authorization: Bearer rap_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n",
        "Cookie: rapport=\r\n",
        "Cookie: rapport=ras_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n",
        "",
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        struct answer answer = ask(&site, "GET", "/api/v1/me", BAD[i], NULL);
        CHECK(is_problem(&answer, 401, "sign_in_required"));
    }
    CHECK(ask_admin(&site, "GET", "/api/v1/me", NULL).status == 200);
    site_close(&site);
}

TEST(a_key_is_shown_once_and_works_until_it_is_revoked)
{
    struct site site;
    site_open_with_admin(&site);
    struct answer made =
        ask_admin(&site, "POST", "/api/v1/keys", "{\"name\":\"till\",\"scope\":\"read\"}");
    CHECK(made.status == 201);
    struct str token = text_of(made.json, "token");
    CHECK(str_starts(token, STR("rap_")));
    CHECK(!access_testing_holds(&site.fixture, token));
    struct answer answer = ask_by_key(&site, token, "GET", "/api/v1/me", NULL);
    CHECK(answer.status == 200 && str_equal(text_of(answer.json, "scope"), STR("read")));
    answer = ask_admin(&site, "GET", "/api/v1/keys", NULL);
    CHECK(answer.status == 200 && !holds(answer.body, token));

    const char *path = path_of(&site, "/api/v1/keys/", text_of(made.json, "id"), "");
    CHECK(ask_admin(&site, "DELETE", path, NULL).status == 204);
    CHECK(ask_by_key(&site, token, "GET", "/api/v1/me", NULL).status == 401);
    CHECK(ask_admin(&site, "DELETE", "/api/v1/keys/key_0000000000001", NULL).status == 404);
    site_close(&site);
}

TEST(a_repeated_making_of_a_key_shows_no_second_token)
{
    struct site site;
    site_open_with_admin(&site);
    struct buf headers = buf_open(site.arena, 512);
    buf_printf(&headers, "Authorization: Bearer %.*s\r\nIdempotency-Key: once\r\n",
               STR_ARG(site.admin_key));
    buf_add_char(&headers, '\0');
    const char *body = "{\"name\":\"till\",\"scope\":\"read\"}";
    struct answer answer = ask(&site, "POST", "/api/v1/keys", buf_view(&headers).data, body);
    CHECK(answer.status == 201);
    struct str token = text_of(answer.json, "token");
    CHECK(token.size > 0 && !access_testing_holds(&site.fixture, token));
    answer = ask(&site, "POST", "/api/v1/keys", buf_view(&headers).data, body);
    CHECK(is_problem(&answer, 409, "reply_not_kept"));
    site_close(&site);
}

TEST(a_disabled_agent_s_session_and_key_end_at_once)
{
    struct site site;
    site_open_with_admin(&site);
    int64_t id = access_testing_agent(&site.fixture, "ana@example.org", ROLE_SUPERVISOR);
    struct token session = token_make(site.arena, TOKEN_SESSION);
    access_testing_session(&site.fixture, id, session.text.data);
    struct str key = make_key(&site, SCOPE_AGENT, id);
    const char *headers = cookie_header(&site, "rapport", session.text);
    CHECK(ask(&site, "GET", "/api/v1/me", headers, NULL).status == 200);
    CHECK(ask_by_key(&site, key, "GET", "/api/v1/me", NULL).status == 200);
    const char *path = path_of(&site, "/api/v1/agents/", id_text(site.arena, ID_AGENT, id), "");
    CHECK(ask_admin(&site, "DELETE", path, NULL).status == 204);
    CHECK(ask(&site, "GET", "/api/v1/me", headers, NULL).status == 401);
    CHECK(ask_by_key(&site, key, "GET", "/api/v1/me", NULL).status == 401);
    site_close(&site);
}

TEST(a_change_by_another_process_is_seen_within_a_second)
{
    struct site site;
    site_open_with_admin(&site);
    struct str key = make_key(&site, SCOPE_READ, 0);
    CHECK(ask_by_key(&site, key, "GET", "/api/v1/me", NULL).status == 200);
    struct key *keys;
    size_t count;
    CHECK(key_list(site.fixture.reader, site.arena, 0, 1, &keys, &count) == OK && count == 1);
    const struct key_revoke_in revoke = { .id = keys[0].id };
    CHECK(access_testing_run(&site.fixture, &KEY_REVOKE, &revoke, NULL) == OK); /* tells nobody */
    int64_t start = time_monotonic_ms();
    int status = 200;
    while (status == 200 && time_monotonic_ms() - start < 1500) {
        status = ask_by_key(&site, key, "GET", "/api/v1/me", NULL).status;
    }
    CHECK(status == 401 && time_monotonic_ms() - start <= 1000);
    site_close(&site);
}

TEST(the_use_of_a_key_is_written_down_without_holding_up_the_request)
{
    struct site site;
    site_open_with_admin(&site);
    struct str key = make_key(&site, SCOPE_READ, 0);
    for (int i = 0; i < 20; i++) {
        CHECK(ask_by_key(&site, key, "GET", "/api/v1/me", NULL).status == 200);
    }
    struct key *keys = NULL;
    size_t count = 0;
    int64_t used_at_ms = 0;
    for (int i = 0; i < 100 && !used_at_ms; i++) {
        CHECK(key_list(site.fixture.reader, site.arena, 0, 1, &keys, &count) == OK && count == 1);
        used_at_ms = keys[0].used_at_ms;
        if (!used_at_ms) usleep(10000);
    }
    CHECK(used_at_ms > time_now_ms() - 60000);
    site_close(&site);
}

TEST(a_foreign_page_cannot_use_somebody_s_session)
{
    struct site site;
    site_open_with_admin(&site);
    struct token session = token_make(site.arena, TOKEN_SESSION);
    access_testing_session(&site.fixture, site.admin_id, session.text.data);
    struct buf headers = buf_open(site.arena, 512);
    buf_printf(&headers, "Cookie: rapport=%.*s\r\nOrigin: https://evil.example\r\n",
               STR_ARG(session.text));
    buf_add_char(&headers, '\0');
    struct answer answer = ask(&site, "PATCH", "/api/v1/settings", buf_view(&headers).data,
                               "{\"workspace_name\":\"Stolen\"}");
    CHECK(answer.status == 403);
    answer = ask(&site, "PATCH", "/api/v1/settings", cookie_header(&site, "rapport", session.text),
                 "{\"workspace_name\":\"Shop\"}");
    CHECK(answer.status == 200);
    site_close(&site);
}

/* ---- people, teams, settings ---- */

TEST(people_are_made_read_changed_and_listed)
{
    struct site site;
    site_open_with_admin(&site);
    struct answer team = ask_admin(&site, "POST", "/api/v1/teams", "{\"name\":\"Billing\"}");
    CHECK(team.status == 201);
    struct buf body = buf_open(site.arena, 512);
    buf_printf(&body,
               "{\"name\":\"Bo\",\"email\":\"bo@example.org\",\"role\":\"agent\","
               "\"password\":\"correct horse\",\"team_ids\":[\"%.*s\"]}",
               STR_ARG(text_of(team.json, "id")));
    buf_add_char(&body, '\0');
    struct answer made = ask_admin(&site, "POST", "/api/v1/agents", buf_view(&body).data);
    CHECK(made.status == 201);
    CHECK(json_member(made.json, "sign_in_url")->kind == JSON_NULL);
    const struct json *agent = json_member(made.json, "agent");
    CHECK(json_member(agent, "team_ids")->array.count == 1);
    const char *path = path_of(&site, "/api/v1/agents/", text_of(agent, "id"), "");
    struct answer answer = ask_admin(&site, "GET", path, NULL);
    CHECK(answer.status == 200 && str_equal(header_of(&answer, "ETag"), STR("\"1\"")));
    answer = ask_admin(&site, "PATCH", path, "{\"name\":\"Bo Li\",\"team_ids\":[]}");
    CHECK(answer.status == 200 && str_equal(text_of(answer.json, "name"), STR("Bo Li")));
    CHECK(json_member(answer.json, "version")->integer == 2);
    CHECK(json_member(answer.json, "team_ids")->array.count == 0);
    answer = ask_admin(&site, "PATCH", path, "{\"role\":\"emperor\"}");
    CHECK(is_problem(&answer, 400, "invalid"));
    answer = ask_admin(&site, "GET", "/api/v1/agents?limit=1", NULL);
    CHECK(json_member(answer.json, "data")->array.count == 1);
    CHECK(json_member(answer.json, "has_more")->boolean);
    const char *next =
        path_of(&site, "/api/v1/agents?limit=1&cursor=", text_of(answer.json, "next_cursor"), "");
    answer = ask_admin(&site, "GET", next, NULL);
    CHECK(answer.status == 200 && !json_member(answer.json, "has_more")->boolean);
    CHECK(ask_admin(&site, "GET", "/api/v1/agents?colour=red", NULL).status == 400);
    CHECK(ask_admin(&site, "GET", "/api/v1/agents/age_0000000000001", NULL).status == 404);
    CHECK(ask_admin(&site, "GET", "/api/v1/agents/nonsense", NULL).status == 404);
    site_close(&site);
}

TEST(an_older_version_is_refused_and_so_is_the_end_of_the_last_admin)
{
    struct site site;
    site_open_with_admin(&site);
    const char *path =
        path_of(&site, "/api/v1/agents/", id_text(site.arena, ID_AGENT, site.admin_id), "");
    struct answer answer = ask_admin(&site, "DELETE", path, NULL);
    CHECK(is_problem(&answer, 409, "last_admin"));
    answer = ask_admin(&site, "PATCH", path, "{\"role\":\"agent\"}");
    CHECK(is_problem(&answer, 409, "last_admin"));
    struct buf headers = buf_open(site.arena, 512);
    buf_printf(&headers, "Authorization: Bearer %.*s\r\nIf-Match: \"7\"\r\n",
               STR_ARG(site.admin_key));
    buf_add_char(&headers, '\0');
    answer = ask(&site, "PATCH", path, buf_view(&headers).data, "{\"name\":\"Root\"}");
    CHECK(is_problem(&answer, 412, "version_changed"));
    site_close(&site);
}

TEST(my_password_changes_only_with_the_old_one_and_ends_my_other_sessions)
{
    struct site site;
    site_open(&site);
    CHECK(set_up(&site).status == 201);
    const char *right = "{\"email\":\"ana@example.org\",\"password\":\"correct horse\"}";
    struct answer here = ask(&site, "POST", "/api/v1/session", "", right);
    struct answer there = ask(&site, "POST", "/api/v1/session", "", right);
    CHECK(here.status == 200 && there.status == 200);
    const char *mine = cookie_header(&site, "rapport", cookie_of(&here));
    const char *other = cookie_header(&site, "rapport", cookie_of(&there));
    struct answer answer =
        ask(&site, "PATCH", "/api/v1/me", mine, "{\"password\":\"battery staple\"}");
    CHECK(is_problem(&answer, 400, "invalid"));
    answer = ask(&site, "PATCH", "/api/v1/me", mine,
                 "{\"password\":\"battery staple\",\"old_password\":\"wrong horse\"}");
    CHECK(is_problem(&answer, 400, "invalid"));
    answer = ask(&site, "PATCH", "/api/v1/me", mine,
                 "{\"password\":\"battery staple\",\"old_password\":\"correct horse\"}");
    CHECK(answer.status == 200);
    CHECK(ask(&site, "GET", "/api/v1/me", mine, NULL).status == 200);
    CHECK(ask(&site, "GET", "/api/v1/me", other, NULL).status == 401);
    answer = ask(&site, "PUT", "/api/v1/me/state", mine, "{\"state\":\"available\"}");
    CHECK(answer.status == 200 && str_equal(text_of(answer.json, "state"), STR("available")));
    CHECK(ask(&site, "GET", "/api/v1/me/state", mine, NULL).status == 200);
    answer = ask(&site, "PATCH", "/api/v1/me", mine, "{\"name\":\"Ana Lima\"}");
    CHECK(answer.status == 200 && str_equal(text_of(answer.json, "name"), STR("Ana Lima")));
    site_close(&site);
}

TEST(settings_are_checked_and_the_audit_tells_of_them)
{
    struct site site;
    site_open_with_admin(&site);
    struct answer answer = ask_admin(&site, "GET", "/api/v1/settings", NULL);
    CHECK(answer.status == 200 && str_equal(text_of(answer.json, "zone"), STR("UTC")));
    answer = ask_admin(&site, "PATCH", "/api/v1/settings", "{\"zone\":\"Mars/Base\"}");
    CHECK(is_problem(&answer, 400, "invalid"));
    answer = ask_admin(&site, "PATCH", "/api/v1/settings", "{\"reach\":\"all\"}");
    CHECK(answer.status == 200 && str_equal(text_of(answer.json, "reach"), STR("all")));
    answer = ask_admin(&site, "GET", "/api/v1/audit?limit=1", NULL);
    CHECK(answer.status == 200);
    const struct json *events = json_member(answer.json, "data");
    CHECK(events->array.count == 1);
    CHECK(str_equal(text_of(&events->array.items[0], "kind"), STR("setting.changed")));
    site_close(&site);
}

/* ---- every route, every role ---- */

enum { ROLE_KINDS = 7 };

/* Every route, asked by every role and scope: 403 exactly where the table says no. */
TEST(every_route_of_access_is_denied_to_exactly_those_without_its_permission)
{
    struct site site;
    site_open_with_admin(&site);
    int64_t agents[5] = { 0 };
    struct str keys[ROLE_KINDS];
    for (int role = ROLE_AGENT; role <= ROLE_ADMIN; role++) {
        char email[] = { (char)('a' + role), '@', 'b', '\0' };
        agents[role] = access_testing_agent(&site.fixture, email, (enum role)role);
        keys[role - 1] = make_key(&site, SCOPE_AGENT, agents[role]);
    }
    keys[4] = make_key(&site, SCOPE_INGEST, 0);
    keys[5] = make_key(&site, SCOPE_READ, 0);
    keys[6] = make_key(&site, SCOPE_ADMIN, 0);
    const uint64_t permissions[ROLE_KINDS] = {
        permissions_of_role(ROLE_AGENT),      permissions_of_role(ROLE_ANALYST),
        permissions_of_role(ROLE_SUPERVISOR), permissions_of_role(ROLE_ADMIN),
        permissions_of_scope(SCOPE_INGEST),   permissions_of_scope(SCOPE_READ),
        permissions_of_scope(SCOPE_ADMIN),
    };
    for (size_t i = 0; i < site.routes_count; i++) {
        const struct route *route = &site.routes[i];
        CHECK(route->permission != PERMISSION_MISSING);
        if (route->permission == PERMISSION_PUBLIC) continue;
        const char *body = route->body == BODY_WHOLE ? "{\"unknown\":1}" : NULL;
        for (size_t k = 0; k < ROLE_KINDS; k++) {
            bool may = permissions[k] >> route->permission & 1;
            struct answer answer = ask_by_key(&site, keys[k], route->method, route->path, body);
            CHECK((answer.status != 403) == may);
            CHECK(answer.status < 500);
        }
        CHECK(ask(&site, route->method, route->path, "", body).status == 401);
    }
    site_close(&site);
}

TEST(no_secret_stands_in_any_reply_event_or_file)
{
    struct site site;
    site_open(&site);
    struct answer answer = set_up(&site);
    struct str session = cookie_of(&answer);
    const char *headers = cookie_header(&site, "rapport", session);
    static const char *const PATHS[] = { "/api/v1/me",    "/api/v1/agents", "/api/v1/keys",
                                         "/api/v1/audit", "/api/v1/setup",  "/api/v1/settings" };
    for (size_t i = 0; i < sizeof(PATHS) / sizeof(PATHS[0]); i++) {
        answer = ask(&site, "GET", PATHS[i], headers, NULL);
        CHECK(answer.status == 200);
        CHECK(!holds(answer.body, STR("argon2")));
        CHECK(!holds(answer.body, session));
        CHECK(!holds(answer.body, STR("hash")));
    }
    CHECK(!access_testing_holds(&site.fixture, session));
    CHECK(!access_testing_holds(&site.fixture, STR("correct horse")));
    site_close(&site);
}

/* ---- streams ---- */

TEST(a_stream_is_told_when_its_principal_loses_or_changes_rights)
{
    struct site site;
    site_open_with_admin(&site);
    struct workspace *workspace = site.fixture.workspace;
    struct reader *reader = site.fixture.reader;
    int64_t id = access_testing_agent(&site.fixture, "ana@example.org", ROLE_AGENT);
    struct principal session = { .kind = PRINCIPAL_SESSION, .agent_id = id };
    session.id = access_testing_session(&site.fixture, id, "a");
    CHECK(access_still_allowed(workspace, reader, &session) == OK);
    CHECK(session.permissions == permissions_of_role(ROLE_AGENT) && !session.sees_all);
    const struct settings all = { .reach = STR_INIT("all") };
    struct settings settings;
    CHECK(access_testing_run(&site.fixture, &SETTINGS_CHANGE, &all, &settings) == OK);
    CHECK(access_still_allowed(workspace, reader, &session) == OK && session.sees_all);
    const struct agent_change_in promote = { .id = id, .role = ROLE_SUPERVISOR };
    struct agent_out out = { 0 };
    CHECK(access_testing_run(&site.fixture, &AGENT_CHANGE, &promote, &out) == OK);
    CHECK(access_still_allowed(workspace, reader, &session) == ERR_DENIED);
    struct principal nobody = { .kind = PRINCIPAL_NOBODY };
    CHECK(access_still_allowed(workspace, reader, &nobody) == ERR_DENIED);

    bool is_reached = false;
    struct principal agent = { .kind = PRINCIPAL_SESSION, .agent_id = id };
    CHECK(access_in_reach(workspace, reader, &agent, 99, &is_reached) == OK && !is_reached);
    agent.sees_all = true;
    CHECK(access_in_reach(workspace, reader, &agent, 99, &is_reached) == OK && is_reached);
    site_close(&site);
}
