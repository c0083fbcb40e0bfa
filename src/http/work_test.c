#include <stdio.h>
#include <unistd.h>

#include "base/test.h"
#include "http/idempotency_store.h"
#include "http/testing.h"
#include "store/fault_test.h"

/* `body` to a route that adds a note; `header` are further lines. */
static struct str post(struct testing_server *testing, const char *route, const char *header,
                       const char *body)
{
    struct buf buf = buf_open(testing->arena, 4000);
    buf_printf(&buf,
               "POST %s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer agent\r\n%s"
               "Connection: close\r\nContent-Length: %zu\r\n\r\n%s",
               route, header, strlen(body), body);
    return testing_exchange(testing, buf_view(&buf));
}

#define NOTES "/api/v1/notes"
#define KEY(name) "Idempotency-Key: " name "\r\n"

TEST(a_write_is_answered_with_what_was_stored)
{
    struct testing_server *testing = testing_server_open(NULL);
    struct str reply = post(testing, NOTES, "", "{\"text\":\"a\"}");
    CHECK(testing_status(reply) == 201 && testing_holds(reply, "{\"count\":1}"));
    CHECK(testing_holds(reply, "ETag: \"1\""));
    testing_server_close(testing);
}

TEST(faults_of_a_body_are_listed)
{
    struct testing_server *testing = testing_server_open(NULL);
    struct str reply = post(testing, NOTES, "", "{\"txt\":1}");
    CHECK(testing_status(reply) == 400);
    CHECK(testing_holds(reply, "{\"pointer\":\"/text\",\"code\":\"required\""));
    CHECK(testing_holds(reply, "{\"pointer\":\"/txt\",\"code\":\"unknown_field\""));
    reply = post(testing, NOTES, "", "{\"text\":");
    CHECK(testing_status(reply) == 400 && testing_holds(reply, "\"code\":\"invalid_json\""));
    reply = post(testing, NOTES, "", "");
    CHECK(testing_status(reply) == 400 && testing_holds(reply, "\"code\":\"invalid_json\""));
    reply = post(testing, NOTES, "", "{\"text\":\"\xff\"}");
    CHECK(testing_status(reply) == 400);
    testing_server_close(testing);
}

TEST(json_100000_deep_is_refused)
{
    enum { DEPTH = 100000 };
    struct testing_server *testing = testing_server_open(NULL);
    char *body = arena_array(testing->arena, char, DEPTH + 1);
    memset(body, '[', DEPTH);
    struct buf buf = buf_open(testing->arena, DEPTH + 1000);
    buf_printf(&buf,
               "POST " NOTES " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer agent\r\n"
               "Connection: close\r\nContent-Length: %d\r\n\r\n",
               DEPTH);
    buf_add(&buf, (struct str){ body, DEPTH });
    struct str reply = testing_exchange(testing, buf_view(&buf));
    CHECK(testing_status(reply) == 400 && testing_holds(reply, "deep"));
    testing_server_close(testing);
}

TEST(errors_of_a_command_become_problems)
{
    struct testing_server *testing = testing_server_open(NULL);
    CHECK(testing_status(post(testing, NOTES, "", "{\"text\":\"conflict\"}")) == 409);
    struct str reply = post(testing, NOTES, "", "{\"text\":\"busy\"}");
    CHECK(testing_status(reply) == 503 && testing_holds(reply, "Retry-After: 1"));
    CHECK(testing_status(post(testing, NOTES, "If-Match: \"3\"\r\n", "{\"text\":\"conflict\"}")) ==
          412);
    CHECK(testing_status(post(testing, NOTES, "If-Match: 3\r\n", "{\"text\":\"a\"}")) == 412);
    CHECK(testing_status(post(testing, NOTES, "If-Match: \"3\"\r\n", "{\"text\":\"a\"}")) == 201);
    CHECK(testing_status(post(testing, NOTES, "If-Match: *\r\n", "{\"text\":\"conflict\"}")) ==
          409);
    testing_server_close(testing);
}

TEST(a_repeated_key_happens_once_and_gets_the_first_reply)
{
    struct testing_server *testing = testing_server_open(NULL);
    struct str first = post(testing, NOTES, KEY("k1"), "{\"text\":\"a\"}");
    CHECK(testing_status(first) == 201 && testing_holds(first, "{\"count\":1}"));
    CHECK(!testing_holds(first, "Idempotency-Replayed"));
    struct str again = post(testing, NOTES, KEY("k1"), "{\"text\":\"a\"}");
    CHECK(testing_status(again) == 201 && testing_holds(again, "{\"count\":1}"));
    CHECK(testing_holds(again, "Idempotency-Replayed: true") &&
          testing_holds(again, "ETag: \"1\"") &&
          testing_holds(again, "Content-Type: application/json"));
    CHECK(testing_holds(post(testing, NOTES, KEY("k2"), "{\"text\":\"a\"}"), "{\"count\":2}"));
    testing_server_close(testing);
}

TEST(a_key_with_another_body_is_refused)
{
    struct testing_server *testing = testing_server_open(NULL);
    CHECK(testing_status(post(testing, NOTES, KEY("k"), "{\"text\":\"a\"}")) == 201);
    struct str reply = post(testing, NOTES, KEY("k"), "{\"text\":\"b\"}");
    CHECK(testing_status(reply) == 422 && testing_holds(reply, "idempotency_mismatch"));
    CHECK(testing_holds(post(testing, NOTES, "", "{\"text\":\"a\"}"), "{\"count\":2}"));
    CHECK(testing_status(post(testing, NOTES, KEY(""), "{\"text\":\"a\"}")) == 400);
    testing_server_close(testing);
}

TEST(a_final_error_is_kept_and_a_passing_one_is_not)
{
    struct testing_server *testing = testing_server_open(NULL);
    CHECK(testing_status(post(testing, NOTES, KEY("k"), "{\"text\":\"conflict\"}")) == 409);
    struct str again = post(testing, NOTES, KEY("k"), "{\"text\":\"conflict\"}");
    CHECK(testing_status(again) == 409 && testing_holds(again, "Idempotency-Replayed"));
    CHECK(testing_holds(again, "application/problem+json"));
    CHECK(testing_status(post(testing, NOTES, KEY("b"), "{\"text\":\"busy\"}")) == 503);
    again = post(testing, NOTES, KEY("b"), "{\"text\":\"busy\"}");
    CHECK(testing_status(again) == 503 && !testing_holds(again, "Idempotency-Replayed"));
    /* What failed left no note behind. */
    CHECK(testing_holds(post(testing, NOTES, "", "{\"text\":\"a\"}"), "{\"count\":1}"));
    testing_server_close(testing);
}

TEST(a_reply_with_a_secret_is_not_kept)
{
    struct testing_server *testing = testing_server_open(NULL);
    CHECK(testing_status(post(testing, "/api/v1/secrets", KEY("k"), "{\"text\":\"a\"}")) == 201);
    struct str again = post(testing, "/api/v1/secrets", KEY("k"), "{\"text\":\"a\"}");
    CHECK(testing_status(again) == 409 && testing_holds(again, "reply_not_kept"));
    CHECK(testing_holds(post(testing, NOTES, "", "{\"text\":\"a\"}"), "{\"count\":2}"));
    testing_server_close(testing);
}

static enum err forget_all(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    (void)in;
    return idempotency_forget(tx, INT64_MAX, out);
}

static const struct command FORGET_ALL = { .name = "forget_all", .run = forget_all };

TEST(forgotten_keys_can_be_used_again)
{
    struct testing_server *testing = testing_server_open(NULL);
    for (int i = 0; i < 2; i++) {
        CHECK(testing_status(post(testing, NOTES, KEY("k"), "{\"text\":\"a\"}")) == 201);
        CHECK(testing_status(post(testing, NOTES, KEY("l"), "{\"text\":\"a\"}")) == 201);
        int64_t forgotten = 0;
        struct actor actor = { .kind = ACTOR_SYSTEM };
        CHECK(writer_call(testing->workspace->writer, testing->arena, &FORGET_ALL, actor, NULL,
                          &forgotten) == OK);
        CHECK(forgotten == 2);
    }
    CHECK(testing_holds(post(testing, NOTES, "", "{\"text\":\"a\"}"), "{\"count\":5}"));
    testing_server_close(testing);
}

TEST(the_same_key_from_many_clients_at_once_happens_once)
{
    enum { CLIENTS = 16 };
    struct testing_server *testing = testing_server_open(NULL);
    int fds[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) fds[i] = testing_connect(testing);
    for (int i = 0; i < CLIENTS; i++) {
        testing_send(fds[i],
                     STR("POST " NOTES " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                         "agent\r\n" KEY("k") "Connection: close\r\n"
                                              "Content-Length: 12\r\n\r\n{\"text\":\"a\"}"));
    }
    int first = 0;
    for (int i = 0; i < CLIENTS; i++) {
        struct str reply = testing_read(testing->arena, fds[i], NULL);
        int status = testing_status(reply);
        CHECK(status == 201 || (status == 409 && testing_holds(reply, "idempotency_running")));
        first += status == 201 && !testing_holds(reply, "Idempotency-Replayed");
        close(fds[i]);
    }
    CHECK(first == 1);
    CHECK(testing_holds(post(testing, NOTES, "", "{\"text\":\"a\"}"), "{\"count\":2}"));
    testing_server_close(testing);
}

TEST(writes_from_many_connections_all_come_back)
{
    enum { CLIENTS = 32, ROUNDS = 20 };
    struct testing_server *testing = testing_server_open(NULL);
    int fds[CLIENTS];
    int created = 0;
    for (int i = 0; i < CLIENTS; i++) fds[i] = testing_connect(testing);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < CLIENTS; i++) {
            testing_send(fds[i], STR("POST " NOTES " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                                     "agent\r\nContent-Length: 12\r\n\r\n{\"text\":\"a\"}"));
        }
        for (int i = 0; i < CLIENTS; i++) {
            created += testing_status(testing_read_reply(testing->arena, fds[i])) == 201;
        }
    }
    CHECK(created == CLIENTS * ROUNDS);
    for (int i = 0; i < CLIENTS; i++) close(fds[i]);
    testing_server_close(testing);
}

TEST(a_failing_commit_is_answered_as_unknown)
{
    struct testing_server *testing = testing_server_open(NULL);
    int status = 0;
    /* The fault hits each step of the write in turn; only the commit itself leaves a doubt. */
    for (int step = 1; step < 40 && status != 500; step++) {
        fault_at_step(step);
        struct str reply = post(testing, NOTES, "", "{\"text\":\"a\"}");
        bool happened = fault_happened();
        fault_at_step(0);
        if (!happened) break;
        status = testing_status(reply);
        if (testing_holds(reply, "outcome_unknown")) break;
        status = 0;
    }
    CHECK(status == 500);
    CHECK(writer_is_broken(testing->workspace->writer));
    struct str ready = testing_exchange(
        testing, STR("GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    CHECK(testing_status(ready) == 503);
    testing_server_close(testing);
}
