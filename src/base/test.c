#include "base/test.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"

static struct test *tests;
static atomic_bool test_failed; /* a CHECK may stand in a thread of the test */

void test_register(struct test *test)
{
    test->next = tests;
    tests = test;
}

void test_check(bool passed, const char *condition, const char *file, int line)
{
    if (passed) return;
    atomic_store(&test_failed, true);
    printf("%s:%d: %s\n", file, line, condition);
}

/* An argument runs only the tests whose names contain it. */
int main(int count_args, char **args)
{
    const char *wanted = count_args > 1 ? args[1] : "";
    int passed = 0;
    int failed = 0;
    hash_start();
    for (struct test *test = tests; test; test = test->next) {
        if (!strstr(test->name, wanted)) continue;
        atomic_store(&test_failed, false);
        test->run();
        if (atomic_load(&test_failed)) {
            failed++;
            printf("FAILED %s\n", test->name);
        } else {
            passed++;
        }
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0 || passed == 0;
}
