#include "base/fuzz.h"
#include "exchange/csv_row.h"

/* A map that is taken can be used on any table: all its columns are found in a header made of them,
 * or the plan says which one is missing. */
FUZZ(data, size)
{
    struct arena *arena = arena_open();
    struct json_problems problems;
    struct csv_map map;
    json_problems_init(&problems, arena);
    struct str json = { (const char *)data, size };
    if (!csv_map_read(arena, json, &problems, &map)) {
        const struct zone *zone;
        struct csv_plan *plan;
        struct str reason;
        static const struct str NAMES[] = { STR_INIT("a"), STR_INIT("b") };
        static const struct str CELLS[] = { STR_INIT("1"), STR_INIT("2024-03-01 10:00") };
        if (zone_load(arena, STR("UTC"), &zone)) __builtin_trap();
        const struct csv_table table = { NAMES, 2, zone, { { 0 } } };
        if (!csv_plan_make(arena, &map, &table, &plan, &reason)) {
            struct csv_record record = { .fields = CELLS, .count = 2, .line = 2 };
            struct capture_in capture;
            struct import_refusal why = { 0 };
            enum row_verdict verdict = csv_row_read(plan, arena, &record, &capture, &why);
            if (verdict == ROW_REFUSED && !why.code) __builtin_trap();
            if (verdict == ROW_TAKEN && capture.external_id.size == 0) __builtin_trap();
        } else if (reason.size == 0) {
            __builtin_trap();
        }
    } else if (problems.count == 0) {
        __builtin_trap();
    }
    arena_close(arena);
    return 0;
}
