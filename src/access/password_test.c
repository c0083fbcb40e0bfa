#include "access/password.h"

#include <string.h>

#include "base/test.h"
#include "base/thread.h"
#include "base/time.h"

TEST(a_password_is_right_for_its_own_hash_only)
{
    struct arena *arena = arena_open();
    struct password_gate gate = { 0 };
    struct str a;
    struct str b;
    bool is_right = false;
    CHECK(password_hash(&gate, arena, STR("correct horse"), &a) == OK);
    CHECK(password_hash(&gate, arena, STR("correct horse"), &b) == OK);
    CHECK(!str_equal(a, b)); /* salted */
    CHECK(str_starts(a, STR("$argon2id$v=19$m=65536,t=3,p=1$")));
    CHECK(password_verify(&gate, a, STR("correct horse"), &is_right) == OK && is_right);
    CHECK(password_verify(&gate, a, STR("correct hors"), &is_right) == OK && !is_right);
    CHECK(atomic_load(&gate.busy) == 0);
    arena_close(arena);
}

TEST(nobody_s_password_is_never_right_and_takes_as_long)
{
    struct arena *arena = arena_open();
    struct password_gate gate = { 0 };
    struct str stored;
    bool is_right = true;
    CHECK(password_hash(&gate, arena, STR("correct horse"), &stored) == OK);

    int64_t start = time_monotonic_ms();
    CHECK(password_verify(&gate, stored, STR("wrong horse"), &is_right) == OK && !is_right);
    int64_t somebody = time_monotonic_ms() - start;
    start = time_monotonic_ms();
    is_right = true;
    CHECK(password_verify(&gate, (struct str){ 0 }, STR("wrong horse"), &is_right) == OK);
    int64_t nobody = time_monotonic_ms() - start;
    CHECK(!is_right);
    /* Other programs run on this machine too: only a missing computation makes such a difference.
     */
    CHECK(nobody * 5 >= somebody && somebody >= 5);
    arena_close(arena);
}

TEST(sizes_out_of_bounds_are_no_passwords)
{
    struct arena *arena = arena_open();
    struct password_gate gate = { 0 };
    char big[PASSWORD_SIZE_MAX + 1];
    memset(big, 'x', sizeof(big));
    big[0] = 'y';
    struct str long_one = { .data = big, .size = sizeof(big) };
    struct str stored;
    CHECK(password_hash(&gate, arena, long_one, &stored) == ERR_INVALID);
    CHECK(password_hash(&gate, arena, STR("short"), &stored) == ERR_INVALID);
    CHECK(password_fault(long_one, STR("")) != NULL);
    CHECK(password_fault(STR("1234567"), STR("")) != NULL);
    CHECK(password_fault(STR("aaaaaaaaaaaa"), STR("")) != NULL);
    CHECK(password_fault(STR("ana@example.org"), STR("ana@example.org")) != NULL);
    CHECK(password_fault(STR("correct horse"), STR("ana@example.org")) == NULL);
    arena_close(arena);
}

enum { THREADS = 4 };

struct crowd {
    struct password_gate gate;
    atomic_int most;
    atomic_bool is_over;
};

static void watch(void *context)
{
    struct crowd *crowd = context;
    while (!atomic_load(&crowd->is_over)) {
        int busy = atomic_load(&crowd->gate.busy);
        if (busy > atomic_load(&crowd->most)) atomic_store(&crowd->most, busy);
    }
}

static void hash_one(void *context)
{
    struct crowd *crowd = context;
    struct arena *arena = arena_open();
    struct str stored;
    CHECK(password_hash(&crowd->gate, arena, STR("correct horse"), &stored) == OK);
    arena_close(arena);
}

TEST(no_more_than_two_passwords_are_worked_on_at_a_time)
{
    struct crowd crowd = { 0 };
    struct thread watcher = { 0 };
    struct thread threads[THREADS] = { 0 };
    CHECK(thread_start(&watcher, "watch", watch, &crowd) == OK);
    for (size_t i = 0; i < THREADS; i++) {
        CHECK(thread_start(&threads[i], "hash", hash_one, &crowd) == OK);
    }
    for (size_t i = 0; i < THREADS; i++) thread_join(&threads[i]);
    atomic_store(&crowd.is_over, true);
    thread_join(&watcher);
    CHECK(atomic_load(&crowd.most) > 0 && atomic_load(&crowd.most) <= PASSWORDS_AT_ONCE);
}
