#include "http/stream.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/test.h"
#include "base/time.h"
#include "http/stream_shown.h"
#include "http/testing.h"

static int stream_open(struct testing_server *testing, const char *arguments, const char *who,
                       const char *header)
{
    struct buf buf = buf_open(testing->arena, 1000);
    buf_printf(&buf,
               "GET /api/v1/stream%s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n%s\r\n",
               arguments, who, header);
    int fd = testing_connect(testing);
    testing_send(fd, buf_view(&buf));
    return fd;
}

/* Opened, and known to the hub: events from now on reach it. */
static int stream_ready(struct testing_server *testing, const char *arguments, const char *who)
{
    int fd = stream_open(testing, arguments, who, "");
    struct str head = testing_read(testing->arena, fd, "\n:\n\n");
    CHECK(testing_status(head) == 200 && testing_holds(head, "text/event-stream"));
    CHECK(testing_holds(head, "X-Accel-Buffering: no"));
    return fd;
}

TEST(an_event_reaches_every_stream)
{
    enum { STREAMS = 20 };
    struct testing_server *testing = testing_server_open(NULL);
    int fds[STREAMS];
    for (int i = 0; i < STREAMS; i++) fds[i] = stream_ready(testing, "", "admin");
    int64_t start_ms = time_monotonic_ms();
    testing_note(testing, 7);
    for (int i = 0; i < STREAMS; i++) {
        struct str text = testing_read(testing->arena, fds[i], "}\n\n");
        CHECK(testing_holds(text, "id: 1\nevent: conversation.created\ndata: {"));
        CHECK(testing_holds(text, "\"conversation_id\":\"con_"));
    }
    CHECK(time_monotonic_ms() - start_ms < 10000); /* long before the next heartbeat */
    for (int i = 0; i < STREAMS; i++) close(fds[i]);
    testing_server_close(testing);
}

TEST(a_stream_resumes_after_the_last_event_it_had)
{
    enum { NOTES = 700 }; /* more than a block holds */
    struct testing_server *testing = testing_server_open(NULL);
    testing_events(testing, 7, NOTES);
    int fd = stream_open(testing, "", "admin", "Last-Event-ID: 2\r\n");
    struct str text = testing_read(testing->arena, fd, "id: 700\n");
    CHECK(!testing_holds(text, "id: 2\n") && testing_holds(text, "id: 3\n"));
    CHECK(testing_holds(text, "id: 512\n") && testing_holds(text, "id: 513\n"));
    testing_note(testing, 7);
    CHECK(testing_holds(testing_read(testing->arena, fd, "id: 701\n"), "id: 701\n"));
    close(fd);
    fd = stream_open(testing, "?last_event_id=699", "admin", "");
    text = testing_read(testing->arena, fd, "id: 701\n");
    CHECK(testing_holds(text, "id: 700\n") && !testing_holds(text, "id: 699\n"));
    close(fd);
    testing_server_close(testing);
}

TEST(a_place_too_far_back_or_unknown_is_gone)
{
    struct testing_server *testing = testing_server_open(NULL);
    testing_note(testing, 7);
    static const struct {
        const char *header;
        int status;
    } CASES[] = { { "Last-Event-ID: 5\r\n", 410 },
                  { "Last-Event-ID: x\r\n", 400 },
                  { "Last-Event-ID: -1\r\n", 400 },
                  { "Last-Event-ID: 1\r\n", 200 } };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        int fd = stream_open(testing, "", "admin", CASES[i].header);
        CHECK(testing_status(testing_read(testing->arena, fd, "\r\n\r\n")) == CASES[i].status);
        close(fd);
    }
    testing_server_close(testing);
}

TEST(a_stream_shows_only_its_topics)
{
    struct testing_server *testing = testing_server_open(NULL);
    int customers = stream_ready(testing, "?topics=customer", "admin");
    int both = stream_ready(testing, "?topics=customer,conversation", "admin");
    testing_note(testing, 7);
    CHECK(testing_holds(testing_read(testing->arena, both, "}\n\n"), "id: 1\n"));
    char c;
    CHECK(recv(customers, &c, 1, MSG_DONTWAIT) < 0);
    int wrong = stream_open(testing, "?topics=customer,nothing", "admin", "");
    CHECK(testing_status(testing_read(testing->arena, wrong, "\r\n\r\n")) == 400);
    close(customers);
    close(both);
    close(wrong);
    testing_server_close(testing);
}

TEST(a_stream_shows_only_conversations_in_reach)
{
    struct testing_server *testing = testing_server_open(NULL);
    atomic_store(&testing->reached, 7);
    int agent = stream_ready(testing, "", "agent");
    int admin = stream_ready(testing, "", "admin");
    testing_note(testing, 8);
    testing_note(testing, 7);
    struct str text = testing_read(testing->arena, agent, "}\n\n");
    CHECK(!testing_holds(text, "id: 1\n") && testing_holds(text, "id: 2\n"));
    text = testing_read(testing->arena, admin, "id: 2\n");
    CHECK(testing_holds(text, "id: 1\n"));
    close(agent);
    close(admin);
    testing_server_close(testing);
}

TEST(a_stream_needs_somebody_signed_in)
{
    struct testing_server *testing = testing_server_open(NULL);
    int fd = stream_open(testing, "", "nobody", "");
    CHECK(testing_status(testing_read(testing->arena, fd, "\r\n\r\n")) == 401);
    close(fd);
    testing_server_close(testing);
}

TEST(a_stream_ends_within_two_seconds_of_its_rights)
{
    struct testing_server *testing = testing_server_open(NULL);
    int fd = stream_ready(testing, "", "agent");
    int64_t start_ms = time_monotonic_ms();
    atomic_store(&testing->are_rights_ended, true);
    struct str rest = testing_read(testing->arena, fd, NULL);
    CHECK(rest.size == 0 && time_monotonic_ms() - start_ms < 2000);
    close(fd);
    testing_server_close(testing);
}

TEST(one_principal_has_a_bounded_number_of_streams)
{
    enum { ALLOWED = 50 };
    struct testing_server *testing = testing_server_open(NULL);
    int fds[ALLOWED];
    for (int i = 0; i < ALLOWED; i++) fds[i] = stream_ready(testing, "", "agent");
    int fd = stream_open(testing, "", "agent", "");
    CHECK(testing_status(testing_read(testing->arena, fd, "\r\n\r\n")) == 429);
    close(fd);
    fd = stream_ready(testing, "", "admin");
    close(fd);
    /* A place is free again when its client has left. */
    close(fds[0]);
    int status = 0;
    for (int i = 0; i < 30 && status != 200; i++) {
        usleep(100000);
        fd = stream_open(testing, "", "agent", "");
        status = testing_status(testing_read(testing->arena, fd, "\r\n\r\n"));
        close(fd);
    }
    CHECK(status == 200);
    for (int i = 1; i < ALLOWED; i++) close(fds[i]);
    testing_server_close(testing);
}

TEST(a_reader_that_pauses_gets_every_event_once)
{
    enum { NOTES = 6000, BATCHES = 60 };
    struct testing_server *testing = testing_server_open(NULL);
    int fd = testing_connect(testing);
    int small = 32768;
    CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)) == 0);
    testing_send(fd, STR("GET /api/v1/stream HTTP/1.1\r\nHost: a\r\n"
                         "Authorization: Bearer admin\r\n\r\n"));
    testing_read(testing->arena, fd, "\n:\n\n");
    for (int i = 0; i < BATCHES; i++) testing_events(testing, 7, NOTES / BATCHES);
    usleep(200000);
    struct str text = testing_read(testing->arena, fd, "id: 6000\n");
    size_t at = 0;
    int64_t next = 1;
    for (; next <= NOTES; next++) {
        struct buf line = buf_open(testing->arena, 40);
        buf_printf(&line, "id: %d\nevent: ", (int)next);
        struct str want = buf_view(&line);
        if (next == NOTES) want.size -= sizeof("event: ") - 1;
        const char *found = memmem(text.data + at, text.size - at, want.data, want.size);
        if (!found) break;
        at = (size_t)(found - text.data) + want.size;
        CHECK(!memmem(text.data + at, text.size - at, want.data, want.size));
    }
    CHECK(next == NOTES + 1);
    close(fd);
    testing_server_close(testing);
}

TEST(closing_the_hub_ends_every_stream)
{
    struct testing_server *testing = testing_server_open(NULL);
    int fd = stream_ready(testing, "", "admin");
    server_close(testing->server, 2000);
    testing->server = NULL;
    testing_note(testing, 7);
    CHECK(testing_holds(testing_read(testing->arena, fd, "}\n\n"), "id: 1\n"));
    stream_hub_close(testing->workspace->streams);
    testing->workspace->streams = NULL;
    CHECK(testing_read(testing->arena, fd, NULL).size == 0);
    close(fd);
    testing_server_close(testing);
}

TEST(a_block_holds_a_run_of_events)
{
    struct shown_kinds kinds;
    shown_kinds_init(&kinds);
    struct shown_block block = { 0 };
    uint64_t conversations = 0;
    CHECK(topics_parse(STR("conversation"), &conversations) == OK);
    shown_clear(&block, conversations);
    for (int64_t seq = 10; seq < 10 + SHOWN_MAX; seq++) {
        struct event event = { .seq = seq, .kind = EVENT_CONVERSATION_CREATED };
        if (seq == 12) event.kind = EVENT_CUSTOMER_CREATED;
        CHECK(shown_add(&block, &kinds, &event) == OK);
    }
    struct event late = { .seq = 10 + SHOWN_MAX, .kind = EVENT_CONVERSATION_CREATED };
    CHECK(shown_add(&block, &kinds, &late) == ERR_LIMIT);
    const struct shown *run;
    CHECK(shown_span(&block, 9, conversations, &run) == 0);
    CHECK(shown_span(&block, 10 + SHOWN_MAX, conversations, &run) == 0);
    CHECK(shown_span(&block, 10, UINT64_MAX, &run) == 0);
    CHECK(shown_span(&block, 11, conversations, &run) == SHOWN_MAX - 1 && run[0].seq == 11);
    CHECK(run[0].text.size > 0 && run[0].reach_of == -1);
    CHECK(run[1].seq == 12 && run[1].text.size == 0);
    shown_close(&block);
}
