/* Rows of a ServiceNow incident log: each is one version of one incident. Pure.
 *
 * An empty cell and `?` are missing. Times are d/m/Y H:M or Y-m-d H:M:S, in the importer's zone.
 */
#pragma once

#include "base/arena.h"
#include "base/csv.h"
#include "base/err.h"
#include "base/zone.h"
#include "conversation/conversation.h"
#include "exchange/import.h"

/* 0, -1 and a str without data stand for "missing". */
struct incident_row {
    int64_t line;
    struct import_key key;         /* of number, sys_mod_count, sys_updated_at and incident_state */
    int64_t at_ms;                 /* sys_updated_at: when the incident became like this */
    int64_t mod_count;             /* sys_mod_count: the highest is the newest row */
    enum conversation_state state; /* 0: as before */
    struct str state_label;        /* as the source calls it */
    struct str caller;
    struct str team;
    struct str agent;
    struct str channel;
    struct str topic;
    struct str subject;
    enum priority priority;
    int sla_met;
    int64_t reassignment_count;
    int64_t reopen_count;
    int64_t opened_at_ms;
    int64_t resolved_at_ms;
    int64_t closed_at_ms;
    bool has_resolved_at; /* the table has such a column */
};

struct incident_columns;

/* `header` are the columns' names. ERR_INVALID if one that is needed is missing; then `reason` is a
 * sentence. */
enum err incident_columns_find(struct arena *arena, const struct str *header, size_t count,
                               const struct incident_columns **out, struct str *reason);

/* The incident a record belongs to, inside the record; "" if it cannot be told. */
struct str incident_number(const struct incident_columns *columns, const struct csv_record *record);

/* ERR_INVALID if the row cannot be used: then `why` is filled. Both point into `arena`, not into
 * the record. */
enum err incident_row_read(const struct incident_columns *columns, const struct zone *zone,
                           struct arena *arena, const struct csv_record *record,
                           struct incident_row *out, struct import_refusal *why);
