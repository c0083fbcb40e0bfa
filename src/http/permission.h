/* What one may do: `area.verb`. One table for sessions and keys.
 *
 * admin: all. supervisor: all but people, keys and settings. agent: conversations and customers in
 * reach. analyst and scope read: every read, without customers' names. scope ingest: writes
 * interactions only. scope agent: as the agent it names.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum permission {
    PERMISSION_MISSING, /* a route with this fails the tests */
    PERMISSION_PUBLIC,  /* nobody needs to be signed in */
    PERMISSION_SELF,    /* any signed-in principal */
    INTERACTION_READ,
    INTERACTION_WRITE,
    CONVERSATION_READ,
    CONVERSATION_WRITE,
    CUSTOMER_READ,
    CUSTOMER_WRITE,
    CUSTOMER_ERASE,
    CUSTOMER_NAME, /* see names, addresses and texts of customers */
    METRIC_READ,
    SURVEY_READ,
    SURVEY_WRITE,
    PLACE_READ,  /* teams, agents, channels, touchpoints, labels */
    PLACE_WRITE, /* channels, touchpoints, labels */
    PEOPLE_WRITE,
    KEY_WRITE,
    IMPORT_WRITE,
    SETTINGS_WRITE,
    AUDIT_READ,
    PERMISSIONS
};

enum role { ROLE_AGENT = 1, ROLE_ANALYST, ROLE_SUPERVISOR, ROLE_ADMIN };
enum scope { SCOPE_INGEST = 1, SCOPE_READ, SCOPE_AGENT, SCOPE_ADMIN };

/* "conversation.read" */
const char *permission_name(enum permission permission);
/* PERMISSION_MISSING if no permission has that name. */
enum permission permission_find(struct str name);
/* Bit n is permission n. */
uint64_t permissions_of_role(enum role role);
uint64_t permissions_of_scope(enum scope scope);

extern const char *const ROLE_NAMES[];  /* by enum role, minus 1: agent, ...; ends with NULL */
extern const char *const SCOPE_NAMES[]; /* by enum scope, minus 1; ends with NULL */
