#include "access/grant.h"

#include "base/test.h"

/* The table of design.md §8, written out: who may do what, by role and by scope. */
enum { NO, YES };

struct line {
    enum permission permission;
    int admin, supervisor, agent, analyst;
    int key_admin, key_read, key_ingest;
};

static const struct line LINES[] = {
    { PERMISSION_MISSING, .admin = NO },
    { PERMISSION_PUBLIC, YES, YES, YES, YES, YES, YES, YES },
    { PERMISSION_SELF, YES, YES, YES, YES, YES, YES, YES },
    { INTERACTION_READ, YES, YES, YES, YES, YES, YES, NO },
    { INTERACTION_WRITE, YES, YES, YES, NO, YES, NO, YES },
    { CONVERSATION_READ, YES, YES, YES, YES, YES, YES, NO },
    { CONVERSATION_WRITE, YES, YES, YES, NO, YES, NO, NO },
    { CUSTOMER_READ, YES, YES, YES, YES, YES, YES, NO },
    { CUSTOMER_WRITE, YES, YES, YES, NO, YES, NO, NO },
    { CUSTOMER_ERASE, YES, YES, NO, NO, YES, NO, NO },
    { CUSTOMER_NAME, YES, YES, YES, NO, YES, NO, NO },
    { METRIC_READ, YES, YES, YES, YES, YES, YES, NO },
    { SURVEY_READ, YES, YES, YES, YES, YES, YES, NO },
    { SURVEY_WRITE, YES, YES, NO, NO, YES, NO, NO },
    { PLACE_READ, YES, YES, YES, YES, YES, YES, NO },
    { PLACE_WRITE, YES, YES, NO, NO, YES, NO, NO },
    { PEOPLE_WRITE, YES, NO, NO, NO, YES, NO, NO },
    { KEY_WRITE, YES, NO, NO, NO, YES, NO, NO },
    { IMPORT_WRITE, YES, YES, NO, NO, YES, NO, NO },
    { SETTINGS_WRITE, YES, NO, NO, NO, YES, NO, NO },
    { AUDIT_READ, YES, YES, NO, YES, YES, YES, NO },
};

static int has(const struct grant *grant, enum permission permission)
{
    return (int)(grant_permissions(grant) >> permission & 1);
}

static int of_role(enum role role, enum permission permission)
{
    struct grant grant = { .kind = GRANT_SESSION, .role = role };
    return has(&grant, permission);
}

static int of_scope(enum scope scope, enum permission permission)
{
    struct grant grant = { .kind = GRANT_KEY, .scope = scope };
    return has(&grant, permission);
}

TEST(every_permission_of_every_role_and_scope_is_as_the_table_says)
{
    CHECK(sizeof(LINES) / sizeof(LINES[0]) == PERMISSIONS);
    for (size_t i = 0; i < PERMISSIONS; i++) {
        const struct line *line = &LINES[i];
        CHECK(line->permission == (enum permission)i);
        CHECK(of_role(ROLE_ADMIN, line->permission) == line->admin);
        CHECK(of_role(ROLE_SUPERVISOR, line->permission) == line->supervisor);
        CHECK(of_role(ROLE_AGENT, line->permission) == line->agent);
        CHECK(of_role(ROLE_ANALYST, line->permission) == line->analyst);
        CHECK(of_scope(SCOPE_ADMIN, line->permission) == line->key_admin);
        CHECK(of_scope(SCOPE_READ, line->permission) == line->key_read);
        CHECK(of_scope(SCOPE_INGEST, line->permission) == line->key_ingest);
    }
}

TEST(a_key_of_scope_agent_has_the_permissions_of_the_agent_it_names)
{
    for (int role = ROLE_AGENT; role <= ROLE_ADMIN; role++) {
        struct grant key = { .kind = GRANT_KEY, .scope = SCOPE_AGENT, .role = (enum role)role };
        CHECK(grant_permissions(&key) == permissions_of_role((enum role)role));
    }
}
