#include "http/permission.h"

#include <string.h>

#include "base/test.h"

static bool has(uint64_t permissions, enum permission permission)
{
    return permissions >> permission & 1;
}

TEST(every_permission_has_a_name_that_finds_it)
{
    for (int i = PERMISSION_PUBLIC; i < PERMISSIONS; i++) {
        const char *name = permission_name((enum permission)i);
        CHECK(name && permission_find(str_from(name)) == (enum permission)i);
    }
    CHECK(permission_find(STR("nothing.write")) == PERMISSION_MISSING);
    CHECK(permission_find(STR("missing")) == PERMISSION_MISSING);
}

TEST(an_admin_may_do_everything)
{
    for (int i = PERMISSION_PUBLIC; i < PERMISSIONS; i++) {
        CHECK(has(permissions_of_role(ROLE_ADMIN), (enum permission)i));
    }
    CHECK(!has(permissions_of_role(ROLE_ADMIN), PERMISSION_MISSING));
}

TEST(a_supervisor_lacks_people_keys_and_settings_only)
{
    uint64_t lacks = permissions_of_role(ROLE_ADMIN) & ~permissions_of_role(ROLE_SUPERVISOR);
    CHECK(lacks == (1u << PEOPLE_WRITE | 1u << KEY_WRITE | 1u << SETTINGS_WRITE));
}

TEST(an_analyst_reads_without_names_and_writes_nothing)
{
    uint64_t analyst = permissions_of_role(ROLE_ANALYST);
    CHECK(has(analyst, METRIC_READ) && has(analyst, CUSTOMER_READ) && !has(analyst, CUSTOMER_NAME));
    for (int i = PERMISSION_PUBLIC; i < PERMISSIONS; i++) {
        const char *name = permission_name((enum permission)i);
        if (strstr(name, ".write") || strstr(name, ".erase")) {
            CHECK(!has(analyst, (enum permission)i));
        }
    }
    CHECK(permissions_of_scope(SCOPE_READ) == analyst);
}

TEST(an_ingest_key_writes_interactions_and_reads_nothing)
{
    uint64_t ingest = permissions_of_scope(SCOPE_INGEST);
    CHECK(ingest == (1u << PERMISSION_PUBLIC | 1u << PERMISSION_SELF | 1u << INTERACTION_WRITE));
}

TEST(what_is_no_role_may_do_nothing)
{
    CHECK(permissions_of_role((enum role)0) == 0);
    CHECK(permissions_of_scope((enum scope)99) == 0);
}
