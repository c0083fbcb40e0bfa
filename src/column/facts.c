#include "column/facts.h"

#include <assert.h>
#include <stdatomic.h>

#include "base/thread.h"
#include "column/numbering.h"
#include "column/pages.h"
#include "column/segment.h"

struct table {
    struct pages segments;
    _Atomic size_t rows;
};

/* A reader's place: 0 is free, else one more than the generation of what may be retired already. */
struct place {
    _Atomic uint64_t generation;
};

struct facts {
    struct arena *arena;
    struct owner owner;
    size_t tables_count;
    struct table tables[FACT_TABLES_MAX];
    struct numbering dimensions[FACT_DIMENSIONS];
    struct numbering customers;
    struct numbering conversations;
    struct retired retired;
    _Atomic uint64_t generation; /* of `retired`, for readers */
    _Atomic int64_t seq;
    struct place places[FACT_VIEWS_MAX];
};

struct facts *facts_open(size_t tables)
{
    assert(tables <= FACT_TABLES_MAX);
    struct arena *arena = arena_open();
    struct facts *facts = arena_new(arena, struct facts);
    facts->arena = arena;
    facts->tables_count = tables;
    owner_take(&facts->owner);
    return facts;
}

void facts_close(struct facts *facts)
{
    if (!facts) return;
    for (size_t i = 0; i < facts->tables_count; i++) {
        struct pages *segments = &facts->tables[i].segments;
        for (size_t k = 0; k < segments->count; k++) {
            const struct segment *segment = pages_get(segments, k);
            arena_close(segment->arena);
        }
        pages_close(segments);
    }
    for (int i = 0; i < FACT_DIMENSIONS; i++) numbering_close(&facts->dimensions[i]);
    numbering_close(&facts->customers);
    numbering_close(&facts->conversations);
    retired_free(&facts->retired, UINT64_MAX);
    arena_close(facts->arena);
}

void facts_own(struct facts *facts)
{
    owner_take(&facts->owner);
}

uint16_t facts_dimension_take(struct facts *facts, int dimension, int64_t id)
{
    assert(owner_is_me(&facts->owner));
    assert(dimension >= 0 && dimension < FACT_DIMENSIONS);
    return (uint16_t)numbering_take(&facts->dimensions[dimension], facts->arena, &facts->retired,
                                    id, FACT_VALUES_MAX);
}

uint32_t facts_customer_take(struct facts *facts, int64_t id)
{
    return numbering_take(&facts->customers, facts->arena, &facts->retired, id, UINT32_MAX - 1);
}

uint32_t facts_conversation_take(struct facts *facts, int64_t id)
{
    return numbering_take(&facts->conversations, facts->arena, &facts->retired, id, UINT32_MAX - 1);
}

uint32_t facts_append(struct facts *facts, size_t table, const struct fact *fact)
{
    assert(owner_is_me(&facts->owner));
    assert(table < facts->tables_count);
    struct table *into = &facts->tables[table];
    size_t row = atomic_load_explicit(&into->rows, memory_order_relaxed);
    assert(row < UINT32_MAX);
    size_t index = row / FACT_SEGMENT_ROWS;
    size_t place = row % FACT_SEGMENT_ROWS;
    if (place == 0) pages_add(&into->segments, &facts->retired, segment_open());

    struct segment *segment = pages_get(&into->segments, index);
    segment_append(segment, place, fact);
    atomic_store_explicit(&into->rows, row + 1, memory_order_release);
    if (place == FACT_SEGMENT_ROWS - 1) {
        pages_replace(&into->segments, index, segment_pack(segment, FACT_SEGMENT_ROWS));
        retire(&facts->retired, segment->arena);
    }
    return (uint32_t)row;
}

void facts_row(const struct facts *facts, size_t table, uint32_t row, struct fact *out)
{
    assert(owner_is_me(&facts->owner));
    const struct segment *segment =
        pages_get(&facts->tables[table].segments, row / FACT_SEGMENT_ROWS);
    segment_read(segment, row % FACT_SEGMENT_ROWS, out);
}

void facts_rows_of(const struct facts *facts, size_t table, uint32_t conversation, uint32_t from,
                   struct fact_rows *out)
{
    assert(owner_is_me(&facts->owner));
    const struct table *of = &facts->tables[table];
    size_t end = atomic_load_explicit(&((struct table *)(size_t)of)->rows, memory_order_relaxed);
    int64_t numbers[FACT_SEGMENT_ROWS];
    size_t row = from;
    out->count = 0;
    while (row < end && out->count < FACT_ROWS_MAX) {
        size_t index = row / FACT_SEGMENT_ROWS;
        size_t first = row % FACT_SEGMENT_ROWS;
        size_t last = end - index * FACT_SEGMENT_ROWS;
        if (last > FACT_SEGMENT_ROWS) last = FACT_SEGMENT_ROWS;
        const struct segment *segment = pages_get(&of->segments, index);
        const struct column *column = &segment->columns[FACT_CONVERSATION];
        row = index * FACT_SEGMENT_ROWS + last;
        if (segment->is_packed && !column_may_hold(column, conversation)) continue;
        column_read(column, first, last - first, numbers);
        for (size_t i = first; i < last && out->count < FACT_ROWS_MAX; i++) {
            if (numbers[i - first] != conversation) continue;
            out->items[out->count++] = (uint32_t)(index * FACT_SEGMENT_ROWS + i);
        }
    }
}

/* What no reader can hold any more: everything retired before the oldest of them came. Reading a
 * place by exchange pairs with the reader's own: one that comes later sees what replaced it. */
static void reclaim(struct facts *facts)
{
    if (!facts->retired.arenas) return;
    uint64_t generation = facts->retired.generation;
    atomic_store_explicit(&facts->generation, generation, memory_order_release);
    uint64_t unused = generation;
    for (int i = 0; i < FACT_VIEWS_MAX; i++) {
        uint64_t place =
            atomic_fetch_add_explicit(&facts->places[i].generation, 0, memory_order_acq_rel);
        if (place && place - 1 < unused) unused = place - 1;
    }
    retired_free(&facts->retired, unused);
}

void facts_publish(struct facts *facts, int64_t seq)
{
    assert(owner_is_me(&facts->owner));
    assert(seq >= facts_seq(facts));
    atomic_store_explicit(&facts->seq, seq, memory_order_release);
    reclaim(facts);
}

int64_t facts_seq(const struct facts *facts)
{
    return atomic_load_explicit(&((struct facts *)(size_t)facts)->seq, memory_order_acquire);
}

static enum err place_take(struct facts *facts, size_t *out)
{
    uint64_t generation = atomic_load_explicit(&facts->generation, memory_order_acquire);
    for (size_t i = 0; i < FACT_VIEWS_MAX; i++) {
        uint64_t expected = 0;
        if (atomic_compare_exchange_strong_explicit(&facts->places[i].generation, &expected,
                                                    generation + 1, memory_order_acq_rel,
                                                    memory_order_relaxed)) {
            *out = i;
            return OK;
        }
    }
    return ERR_BUSY;
}

enum err facts_view_begin(struct facts *facts, struct facts_view *out)
{
    struct facts_view view = { .facts = facts };
    enum err err = place_take(facts, &view.place);
    if (err) return err;
    view.seq = facts_seq(facts);
    for (size_t i = 0; i < facts->tables_count; i++) {
        view.rows[i] = atomic_load_explicit(&facts->tables[i].rows, memory_order_acquire);
    }
    *out = view;
    return OK;
}

void facts_view_end(struct facts_view *view)
{
    atomic_store_explicit(&view->facts->places[view->place].generation, 0, memory_order_release);
    view->facts = NULL;
}

size_t facts_segment_count(const struct facts_view *view, size_t table)
{
    assert(table < FACT_TABLES_MAX);
    return (view->rows[table] + FACT_SEGMENT_ROWS - 1) / FACT_SEGMENT_ROWS;
}

void facts_segment(const struct facts_view *view, size_t table, size_t index,
                   struct fact_segment *out)
{
    size_t first = index * FACT_SEGMENT_ROWS;
    assert(first < view->rows[table]);
    const struct segment *segment = pages_get(&view->facts->tables[table].segments, index);
    size_t rows = view->rows[table] - first;
    *out = (struct fact_segment){
        .rows = rows < FACT_SEGMENT_ROWS ? rows : FACT_SEGMENT_ROWS,
        .first_row = first,
        .at_min = segment->is_packed ? segment->at_min : INT64_MIN,
        .at_max = segment->is_packed ? segment->at_max : INT64_MAX,
        .seq_max = segment->is_packed ? segment->seq_max : INT64_MAX,
        .columns = segment->columns,
    };
}

int64_t facts_dimension_id(const struct facts_view *view, int dimension, uint16_t code)
{
    if (code == FACT_OTHER) return FACT_OTHER_ID;
    return numbering_id(&view->facts->dimensions[dimension], code);
}

int64_t facts_customer_id(const struct facts_view *view, uint32_t number)
{
    return numbering_id(&view->facts->customers, number);
}

int64_t facts_conversation_id(const struct facts_view *view, uint32_t number)
{
    return numbering_id(&view->facts->conversations, number);
}

uint32_t facts_conversation_count(const struct facts_view *view)
{
    return numbering_count(&view->facts->conversations);
}

uint16_t facts_dimension_code(const struct facts_view *view, int dimension, int64_t id)
{
    if (id == FACT_OTHER_ID) return FACT_OTHER;
    return (uint16_t)numbering_search(&view->facts->dimensions[dimension], id);
}

size_t facts_memory(const struct facts *facts)
{
    assert(owner_is_me(&facts->owner));
    size_t size = arena_size(facts->arena);
    for (size_t i = 0; i < facts->tables_count; i++) {
        const struct pages *segments = &facts->tables[i].segments;
        for (size_t k = 0; k < segments->count; k++) {
            const struct segment *segment = pages_get(segments, k);
            size += arena_size(segment->arena);
        }
    }
    for (int i = 0; i < FACT_DIMENSIONS; i++) size += numbering_memory(&facts->dimensions[i]);
    return size + numbering_memory(&facts->customers) + numbering_memory(&facts->conversations);
}

static void write_word(struct buf *buf, uint64_t word)
{
    buf_add(buf, (struct str){ .data = (const char *)&word, .size = sizeof(word) });
}

/* Rows of the last segment that a growing one has beyond the view's are left out by reading. */
static void write_segment(const struct fact_segment *segment, struct arena *arena, struct buf *buf)
{
    int64_t *numbers = arena_array(arena, int64_t, segment->rows);
    for (int i = 0; i < FACT_COLUMNS; i++) {
        column_read(&segment->columns[i], 0, segment->rows, numbers);
        struct column packed;
        size_t size = column_plan(&packed, numbers, segment->rows);
        unsigned char *memory = arena_array(arena, unsigned char, size + 1);
        column_pack(&packed, numbers, segment->rows, memory);
        write_word(buf, (uint64_t)packed.base);
        write_word(buf, packed.bits);
        buf_add(buf, (struct str){ .data = (const char *)memory, .size = size });
    }
}

void facts_write(const struct facts_view *view, struct buf *buf)
{
    struct arena *scratch = arena_open();
    for (size_t table = 0; table < view->facts->tables_count; table++) {
        write_word(buf, view->rows[table]);
        size_t count = facts_segment_count(view, table);
        for (size_t i = 0; i < count; i++) {
            struct fact_segment segment;
            facts_segment(view, table, i, &segment);
            write_segment(&segment, scratch, buf);
            arena_reset(scratch);
        }
    }
    arena_close(scratch);
}
