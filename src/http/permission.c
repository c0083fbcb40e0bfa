#include "http/permission.h"

#include <assert.h>
#include <stddef.h>

#define BIT(permission) ((uint64_t)1 << (permission))

static const char *const PERMISSION_NAMES[PERMISSIONS] = {
    [PERMISSION_MISSING] = "missing",
    [PERMISSION_PUBLIC] = "public",
    [PERMISSION_SELF] = "self",
    [INTERACTION_READ] = "interaction.read",
    [INTERACTION_WRITE] = "interaction.write",
    [CONVERSATION_READ] = "conversation.read",
    [CONVERSATION_WRITE] = "conversation.write",
    [CUSTOMER_READ] = "customer.read",
    [CUSTOMER_WRITE] = "customer.write",
    [CUSTOMER_ERASE] = "customer.erase",
    [CUSTOMER_NAME] = "customer.name",
    [METRIC_READ] = "metric.read",
    [SURVEY_READ] = "survey.read",
    [SURVEY_WRITE] = "survey.write",
    [PLACE_READ] = "place.read",
    [PLACE_WRITE] = "place.write",
    [PEOPLE_WRITE] = "people.write",
    [KEY_WRITE] = "key.write",
    [IMPORT_WRITE] = "import.write",
    [SETTINGS_WRITE] = "settings.write",
    [AUDIT_READ] = "audit.read",
};

const char *const ROLE_NAMES[] = { "agent", "analyst", "supervisor", "admin", NULL };
const char *const SCOPE_NAMES[] = { "ingest", "read", "agent", "admin", NULL };

static const uint64_t EVERYBODY = BIT(PERMISSION_PUBLIC) | BIT(PERMISSION_SELF);

static const uint64_t READS = BIT(INTERACTION_READ) | BIT(CONVERSATION_READ) | BIT(CUSTOMER_READ) |
                              BIT(METRIC_READ) | BIT(SURVEY_READ) | BIT(PLACE_READ);

#define ANALYSES (READS | BIT(AUDIT_READ))

static const uint64_t SERVES =
    BIT(INTERACTION_WRITE) | BIT(CONVERSATION_WRITE) | BIT(CUSTOMER_WRITE) | BIT(CUSTOMER_NAME);

static const uint64_t SUPERVISES =
    BIT(CUSTOMER_ERASE) | BIT(SURVEY_WRITE) | BIT(PLACE_WRITE) | BIT(IMPORT_WRITE);

static const uint64_t ADMINISTERS = BIT(PEOPLE_WRITE) | BIT(KEY_WRITE) | BIT(SETTINGS_WRITE);

const char *permission_name(enum permission permission)
{
    assert(permission >= 0 && permission < PERMISSIONS);
    return PERMISSION_NAMES[permission];
}

enum permission permission_find(struct str name)
{
    for (int i = PERMISSION_PUBLIC; i < PERMISSIONS; i++) {
        if (str_equal(name, str_from(PERMISSION_NAMES[i]))) return (enum permission)i;
    }
    return PERMISSION_MISSING;
}

uint64_t permissions_of_role(enum role role)
{
    switch (role) {
    case ROLE_AGENT: return EVERYBODY | READS | SERVES;
    case ROLE_ANALYST: return EVERYBODY | ANALYSES;
    case ROLE_SUPERVISOR: return EVERYBODY | ANALYSES | SERVES | SUPERVISES;
    case ROLE_ADMIN: return EVERYBODY | ANALYSES | SERVES | SUPERVISES | ADMINISTERS;
    }
    return 0;
}

uint64_t permissions_of_scope(enum scope scope)
{
    switch (scope) {
    case SCOPE_INGEST: return EVERYBODY | BIT(INTERACTION_WRITE);
    case SCOPE_READ: return permissions_of_role(ROLE_ANALYST);
    case SCOPE_AGENT: return permissions_of_role(ROLE_AGENT);
    case SCOPE_ADMIN: return permissions_of_role(ROLE_ADMIN);
    }
    return 0;
}
