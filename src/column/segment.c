#include "column/segment.h"

#include <assert.h>

static unsigned bits_of(enum fact_column column)
{
    switch (column) {
    case FACT_SIGN:
    case FACT_STATE: return 8;
    case FACT_CUSTOMER:
    case FACT_CONVERSATION: return 32;
    case FACT_AT:
    case FACT_SEQ:
    case FACT_VALUE:
    case FACT_INTERACTION: return 64;
    case FACT_DIMENSION:
    case FACT_COLUMNS: break;
    }
    return 16;
}

struct segment *segment_open(void)
{
    struct arena *arena = arena_open();
    struct segment *segment = arena_new(arena, struct segment);
    segment->arena = arena;
    for (int i = 0; i < FACT_COLUMNS; i++) {
        column_init(&segment->columns[i], bits_of((enum fact_column)i), i == FACT_SIGN ? -1 : 0);
    }
    return segment;
}

static void put(struct segment *segment, int column, size_t row, int64_t number)
{
    column_append(&segment->columns[column], segment->arena, row, FACT_SEGMENT_ROWS, number);
}

void segment_append(struct segment *segment, size_t row, const struct fact *fact)
{
    assert(!segment->is_packed && row < FACT_SEGMENT_ROWS);
    put(segment, FACT_AT, row, fact->at_ms);
    put(segment, FACT_SEQ, row, fact->seq);
    put(segment, FACT_VALUE, row, fact->value);
    put(segment, FACT_SIGN, row, fact->sign);
    put(segment, FACT_STATE, row, (int64_t)fact->state);
    put(segment, FACT_CUSTOMER, row, fact->customer);
    put(segment, FACT_CONVERSATION, row, fact->conversation);
    put(segment, FACT_INTERACTION, row, fact->interaction_id);
    for (int i = 0; i < FACT_DIMENSIONS; i++) {
        put(segment, FACT_DIMENSION + i, row, fact->dimensions[i]);
    }
}

void segment_read(const struct segment *segment, size_t row, struct fact *out)
{
    const struct column *columns = segment->columns;
    *out = (struct fact){
        .at_ms = column_at(&columns[FACT_AT], row),
        .seq = column_at(&columns[FACT_SEQ], row),
        .value = column_at(&columns[FACT_VALUE], row),
        .interaction_id = column_at(&columns[FACT_INTERACTION], row),
        .customer = (uint32_t)column_at(&columns[FACT_CUSTOMER], row),
        .conversation = (uint32_t)column_at(&columns[FACT_CONVERSATION], row),
        .sign = (int32_t)column_at(&columns[FACT_SIGN], row),
        .state = (enum fact_state)column_at(&columns[FACT_STATE], row),
    };
    for (int i = 0; i < FACT_DIMENSIONS; i++) {
        out->dimensions[i] = (uint16_t)column_at(&columns[FACT_DIMENSION + i], row);
    }
}

static void bounds_set(struct segment *segment, const int64_t *at_ms, size_t rows)
{
    segment->at_min = at_ms[0];
    segment->at_max = at_ms[0];
    for (size_t i = 1; i < rows; i++) {
        if (at_ms[i] < segment->at_min) segment->at_min = at_ms[i];
        if (at_ms[i] > segment->at_max) segment->at_max = at_ms[i];
    }
}

_Static_assert(sizeof(struct segment) % sizeof(int64_t) == 0, "columns behind it are aligned");

/* One piece of memory for all of it: an arena's blocks would leave gaps. */
struct segment *segment_pack(const struct segment *segment, size_t rows)
{
    struct arena *scratch = arena_open();
    struct segment *plan = arena_new(scratch, struct segment);
    int64_t *numbers = arena_array(scratch, int64_t, rows);
    size_t sizes[FACT_COLUMNS];
    size_t size = sizeof(*plan);
    for (int i = 0; i < FACT_COLUMNS; i++) {
        column_read(&segment->columns[i], 0, rows, numbers);
        if (i == FACT_AT) bounds_set(plan, numbers, rows);
        sizes[i] = column_plan(&plan->columns[i], numbers, rows);
        size += sizes[i];
    }

    struct arena *arena = arena_open();
    unsigned char *memory = arena_array(arena, unsigned char, size);
    struct segment *packed = (struct segment *)(void *)memory;
    *packed = *plan;
    packed->arena = arena;
    packed->is_packed = true;
    packed->seq_max = column_at(&segment->columns[FACT_SEQ], rows - 1);
    memory += sizeof(*plan);
    for (int i = 0; i < FACT_COLUMNS; i++) {
        column_read(&segment->columns[i], 0, rows, numbers);
        column_pack(&packed->columns[i], numbers, rows, memory);
        memory += sizes[i];
    }
    arena_close(scratch);
    return packed;
}
