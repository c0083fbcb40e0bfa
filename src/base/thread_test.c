#include "base/thread.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "base/test.h"

struct seen {
    struct owner owner;
    char name[16];
    bool blocks_signals;
    bool owns_at_first;
    bool owns_at_last;
};

static void look(void *context)
{
    struct seen *seen = context;
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    seen->blocks_signals = sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGINT) == 1;
    pthread_getname_np(pthread_self(), seen->name, sizeof(seen->name));
    seen->owns_at_first = owner_is_me(&seen->owner);
    owner_take(&seen->owner);
    seen->owns_at_last = owner_is_me(&seen->owner);
}

TEST(thread_has_its_name_no_signals_and_what_it_takes)
{
    struct seen seen = { 0 };
    struct thread thread = { 0 };
    owner_take(&seen.owner);
    CHECK(owner_is_me(&seen.owner));
    CHECK(thread_start(&thread, "fifteen-letters", look, &seen) == OK);
    CHECK(thread.is_running);
    thread_join(&thread);
    CHECK(!thread.is_running);
    CHECK(strcmp(seen.name, "fifteen-letters") == 0);
    CHECK(seen.blocks_signals);
    CHECK(!seen.owns_at_first);
    CHECK(seen.owns_at_last);
    CHECK(!owner_is_me(&seen.owner));
}

TEST(thread_start_leaves_the_signals_of_its_caller_alone)
{
    struct seen seen = { 0 };
    struct thread thread = { 0 };
    CHECK(thread_start(&thread, "any", look, &seen) == OK);
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    CHECK(sigismember(&mask, SIGTERM) == 0);
    thread_join(&thread);
    thread_join(&thread);
}
