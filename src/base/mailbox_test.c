#include "base/mailbox.h"

#include "base/test.h"
#include "base/thread.h"
#include "base/time.h"

TEST(mailbox_gives_items_back_in_order_also_around_the_end_of_the_ring)
{
    struct arena *arena = arena_open();
    struct mailbox *mailbox = mailbox_open(arena, 3);
    int numbers[100];
    void *items[3];
    int posted = 0;
    int taken = 0;
    for (int round = 0; round < 30; round++) {
        int batch = 1 + round % 3;
        for (int i = 0; i < batch; i++) {
            CHECK(mailbox_post(mailbox, &numbers[posted]) == OK);
            posted++;
        }
        CHECK(mailbox_count(mailbox) == (size_t)batch);
        CHECK(mailbox_take(mailbox, items, 3, 0) == (size_t)batch);
        for (int i = 0; i < batch; i++) CHECK(items[i] == &numbers[taken++]);
    }
    mailbox_close(mailbox);
    arena_close(arena);
}

TEST(mailbox_that_is_full_refuses_and_loses_nothing)
{
    struct arena *arena = arena_open();
    struct mailbox *mailbox = mailbox_open(arena, 2);
    int numbers[3];
    void *items[3];
    CHECK(mailbox_post(mailbox, &numbers[0]) == OK);
    CHECK(mailbox_post(mailbox, &numbers[1]) == OK);
    CHECK(mailbox_post(mailbox, &numbers[2]) == ERR_BUSY);
    CHECK(mailbox_take(mailbox, items, 1, -1) == 1);
    CHECK(items[0] == &numbers[0]);
    CHECK(mailbox_post(mailbox, &numbers[2]) == OK);
    CHECK(mailbox_take(mailbox, items, 3, -1) == 2);
    CHECK(items[0] == &numbers[1] && items[1] == &numbers[2]);
    mailbox_close(mailbox);
    arena_close(arena);
}

TEST(mailbox_that_is_shut_still_gives_what_is_in_it)
{
    struct arena *arena = arena_open();
    struct mailbox *mailbox = mailbox_open(arena, 2);
    int number;
    void *items[2];
    CHECK(mailbox_post(mailbox, &number) == OK);
    CHECK(!mailbox_is_shut(mailbox));
    mailbox_shut(mailbox);
    CHECK(mailbox_is_shut(mailbox));
    CHECK(mailbox_post(mailbox, &number) == ERR_BUSY);
    CHECK(mailbox_take(mailbox, items, 2, -1) == 1);
    CHECK(mailbox_take(mailbox, items, 2, -1) == 0);
    mailbox_close(mailbox);
    mailbox_close(NULL);
    arena_close(arena);
}

TEST(mailbox_wake_before_the_take_ends_it_once_and_takes_nothing_away)
{
    struct arena *arena = arena_open();
    struct mailbox *mailbox = mailbox_open(arena, 2);
    int number;
    void *items[2];
    mailbox_wake(mailbox);
    mailbox_wake(mailbox);
    CHECK(mailbox_post(mailbox, &number) == OK);
    CHECK(mailbox_take(mailbox, items, 2, -1) == 0);
    CHECK(mailbox_take(mailbox, items, 2, -1) == 1);
    mailbox_close(mailbox);
    arena_close(arena);
}

TEST(mailbox_take_waits_as_long_as_it_was_told)
{
    struct arena *arena = arena_open();
    struct mailbox *mailbox = mailbox_open(arena, 2);
    void *items[2];
    int64_t begin_ms = time_monotonic_ms();
    CHECK(mailbox_take(mailbox, items, 2, 30) == 0);
    CHECK(time_monotonic_ms() - begin_ms >= 29);
    mailbox_close(mailbox);
    arena_close(arena);
}

enum { POSTERS = 4, POSTS_EACH = 5000 };

struct poster {
    struct mailbox *mailbox;
    int numbers[POSTS_EACH];
    int refused;
};

static void post_all(void *context)
{
    struct poster *poster = context;
    for (int i = 0; i < POSTS_EACH; i++) {
        poster->numbers[i] = i;
        while (mailbox_post(poster->mailbox, &poster->numbers[i]) == ERR_BUSY) {
            poster->refused++;
            mailbox_wake(poster->mailbox);
        }
    }
}

TEST(mailbox_between_threads_brings_every_item_once_and_each_thread_s_in_order)
{
    struct arena *arena = arena_open();
    struct mailbox *mailbox = mailbox_open(arena, 16);
    struct poster *posters = arena_array(arena, struct poster, POSTERS);
    struct thread threads[POSTERS];
    for (int i = 0; i < POSTERS; i++) {
        posters[i].mailbox = mailbox;
        CHECK(thread_start(&threads[i], "poster", post_all, &posters[i]) == OK);
    }
    int next[POSTERS] = { 0 };
    int taken = 0;
    while (taken < POSTERS * POSTS_EACH) {
        void *items[8];
        size_t count = mailbox_take(mailbox, items, 8, 1000);
        for (size_t i = 0; i < count; i++) {
            int *number = items[i];
            for (int k = 0; k < POSTERS; k++) {
                bool is_of =
                    number >= posters[k].numbers && number < posters[k].numbers + POSTS_EACH;
                if (is_of) CHECK(*number == next[k]++);
            }
            taken++;
        }
    }
    for (int i = 0; i < POSTERS; i++) {
        thread_join(&threads[i]);
        CHECK(next[i] == POSTS_EACH);
    }
    CHECK(mailbox_count(mailbox) == 0);
    mailbox_close(mailbox);
    arena_close(arena);
}

static void shut_soon(void *context)
{
    mailbox_shut(context);
}

static void wake_soon(void *context)
{
    mailbox_wake(context);
}

TEST(mailbox_wake_and_shut_end_a_take_that_waits_for_ever)
{
    struct arena *arena = arena_open();
    struct mailbox *mailbox = mailbox_open(arena, 1);
    void *items[1];
    struct thread thread = { 0 };
    CHECK(thread_start(&thread, "waker", wake_soon, mailbox) == OK);
    CHECK(mailbox_take(mailbox, items, 1, -1) == 0);
    CHECK(!mailbox_is_shut(mailbox));
    thread_join(&thread);
    CHECK(thread_start(&thread, "shutter", shut_soon, mailbox) == OK);
    CHECK(mailbox_take(mailbox, items, 1, -1) == 0);
    CHECK(mailbox_is_shut(mailbox));
    thread_join(&thread);
    mailbox_close(mailbox);
    arena_close(arena);
}
