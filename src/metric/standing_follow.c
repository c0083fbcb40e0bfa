#include "metric/standing_follow.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "metric/measure.h"

/* Rows of the facts, plus one; 0 is none. */
struct standing {
    uint32_t rows[STANDING_KINDS];
    bool is_hidden;
};

enum { PAGE_SIZE = 1024, PAGES_FIRST = 64 };

struct standings {
    struct arena *arena;
    struct facts *facts;
    struct standing **pages; /* by the conversation's number */
    size_t pages_capacity;
};

static const enum measure MEASURE_OF[STANDING_KINDS] = {
    [STANDING_OPENED] = MEASURE_OPENED,
    [STANDING_FIRST_REPLY] = MEASURE_FIRST_REPLY,
    [STANDING_RESOLUTION] = MEASURE_RESOLUTION,
    [STANDING_BACKLOG] = MEASURE_BACKLOG,
    [STANDING_SLA] = MEASURE_SLA,
};

/* What a hidden conversation takes back. Its promise and its past backlog were real work. */
static bool is_hideable(enum standing_kind kind)
{
    return kind == STANDING_OPENED || kind == STANDING_FIRST_REPLY || kind == STANDING_RESOLUTION;
}

struct standings *standings_open(struct arena *arena, struct facts *facts)
{
    struct standings *standings = arena_new(arena, struct standings);
    *standings = (struct standings){ .arena = arena, .facts = facts };
    return standings;
}

static struct standing *find(struct standings *standings, uint32_t conversation)
{
    size_t page = conversation / PAGE_SIZE;
    if (page >= standings->pages_capacity) {
        size_t capacity = standings->pages_capacity ? standings->pages_capacity : PAGES_FIRST;
        while (capacity <= page) capacity *= 2;
        struct standing **pages = arena_array(standings->arena, struct standing *, capacity);
        for (size_t i = 0; i < standings->pages_capacity; i++) pages[i] = standings->pages[i];
        standings->pages = pages;
        standings->pages_capacity = capacity;
    }
    if (!standings->pages[page]) {
        standings->pages[page] = arena_array(standings->arena, struct standing, PAGE_SIZE);
    }
    return &standings->pages[page][conversation % PAGE_SIZE];
}

static uint32_t row_of(const struct standings *standings, enum standing_kind kind,
                       uint32_t conversation)
{
    size_t page = conversation / PAGE_SIZE;
    if (page >= standings->pages_capacity || !standings->pages[page]) return 0;
    return standings->pages[page][conversation % PAGE_SIZE].rows[kind];
}

bool standing_get(const struct standings *standings, enum standing_kind kind, uint32_t conversation,
                  struct fact *out)
{
    uint32_t row = row_of(standings, kind, conversation);
    if (row == 0) return false;
    facts_row(standings->facts, MEASURE_OF[kind], row - 1, out);
    return true;
}

static void take_back(struct standings *standings, enum standing_kind kind, struct fact *fact,
                      int64_t seq)
{
    fact->sign = -1;
    fact->seq = seq;
    facts_append(standings->facts, MEASURE_OF[kind], fact);
}

void standing_put(struct standings *standings, enum standing_kind kind, const struct fact *fact)
{
    if (fact->conversation == 0) return;
    struct standing *standing = find(standings, fact->conversation);
    bool is_hidden = standing->is_hidden && is_hideable(kind);
    struct fact before;
    if (!is_hidden && standing_get(standings, kind, fact->conversation, &before)) {
        take_back(standings, kind, &before, fact->seq);
    }
    standing->rows[kind] = facts_append(standings->facts, MEASURE_OF[kind], fact) + 1;
    if (is_hidden) {
        before = *fact;
        take_back(standings, kind, &before, fact->seq);
    }
}

void standing_end(struct standings *standings, enum standing_kind kind, uint32_t conversation,
                  int64_t at_ms, int64_t seq)
{
    struct fact fact;
    if (!standing_get(standings, kind, conversation, &fact)) return;
    fact.at_ms = at_ms;
    take_back(standings, kind, &fact, seq);
    find(standings, conversation)->rows[kind] = 0;
}

void standing_hide(struct standings *standings, uint32_t conversation, int64_t seq)
{
    struct standing *standing = find(standings, conversation);
    if (standing->is_hidden) return;
    standing->is_hidden = true;
    for (int i = 0; i < STANDING_KINDS; i++) {
        enum standing_kind kind = (enum standing_kind)i;
        struct fact fact;
        if (!is_hideable(kind) || !standing_get(standings, kind, conversation, &fact)) continue;
        take_back(standings, kind, &fact, seq);
    }
}

void standing_show(struct standings *standings, uint32_t conversation, int64_t seq)
{
    struct standing *standing = find(standings, conversation);
    if (!standing->is_hidden) return;
    standing->is_hidden = false;
    for (int i = 0; i < STANDING_KINDS; i++) {
        enum standing_kind kind = (enum standing_kind)i;
        struct fact fact;
        if (!is_hideable(kind) || !standing_get(standings, kind, conversation, &fact)) continue;
        fact.seq = seq;
        standing->rows[kind] = facts_append(standings->facts, MEASURE_OF[kind], &fact) + 1;
    }
}

/* Equal facts of one conversation in one table: how often they count, taken-back ones deducted. */
struct net {
    struct fact fact; /* seq and sign are 0 */
    int64_t weight;
};

struct nets {
    struct net *items;
    size_t count;
    size_t capacity;
};

_Static_assert(sizeof(struct fact) == 4 * sizeof(int64_t) + 2 * sizeof(uint32_t) + sizeof(int32_t) +
                                          sizeof(enum fact_state) +
                                          FACT_DIMENSIONS * sizeof(uint16_t),
               "facts are compared as bytes, so there is no padding");

static int net_compare(const void *a, const void *b)
{
    return memcmp(&((const struct net *)a)->fact, &((const struct net *)b)->fact,
                  sizeof(struct fact));
}

static struct fact key_of(const struct fact *fact)
{
    struct fact key = *fact;
    key.seq = 0;
    key.sign = 0;
    return key;
}

static void nets_add(struct nets *nets, struct arena *arena, const struct fact *fact)
{
    if (nets->count == nets->capacity) {
        size_t capacity = nets->capacity ? nets->capacity * 2 : 64;
        struct net *items = arena_array(arena, struct net, capacity);
        for (size_t i = 0; i < nets->count; i++) items[i] = nets->items[i];
        nets->items = items;
        nets->capacity = capacity;
    }
    nets->items[nets->count++] = (struct net){ key_of(fact), fact->sign };
}

static void nets_merge(struct nets *nets)
{
    if (nets->count == 0) return;
    qsort(nets->items, nets->count, sizeof(*nets->items), net_compare);
    size_t kept = 0;
    for (size_t i = 1; i < nets->count; i++) {
        if (net_compare(&nets->items[kept], &nets->items[i]) == 0) {
            nets->items[kept].weight += nets->items[i].weight;
        } else {
            nets->items[++kept] = nets->items[i];
        }
    }
    nets->count = kept + 1;
}

static struct nets nets_read(const struct facts *facts, struct arena *arena, size_t table,
                             uint32_t conversation)
{
    struct nets nets = { 0 };
    struct fact_rows rows = { .count = FACT_ROWS_MAX };
    uint32_t from = 0;
    while (rows.count == FACT_ROWS_MAX) {
        facts_rows_of(facts, table, conversation, from, &rows);
        for (size_t i = 0; i < rows.count; i++) {
            struct fact fact;
            facts_row(facts, table, rows.items[i], &fact);
            nets_add(&nets, arena, &fact);
            from = rows.items[i] + 1;
        }
    }
    nets_merge(&nets);
    return nets;
}

/* Appends `weight` facts, or as many that take one back. Returns the last row's number plus one. */
static uint32_t append_weighted(struct facts *facts, size_t table, struct fact fact, int64_t weight)
{
    uint32_t row = 0;
    fact.sign = weight < 0 ? -1 : 1;
    for (int64_t i = weight < 0 ? -weight : weight; i > 0; i--) {
        row = facts_append(facts, table, &fact) + 1;
    }
    return row;
}

/* `stands` is the row of that table which may still be taken back: it moves along, even if it
 * counts for nothing now, since it is hidden or was taken back at the same time. */
static void correct_table(struct standings *standings, struct arena *scratch, size_t table,
                          uint32_t *stands, const struct standing_correction *correction)
{
    struct nets nets = nets_read(standings->facts, scratch, table, correction->conversation);
    struct fact standing = { 0 };
    if (*stands) facts_row(standings->facts, table, *stands - 1, &standing);
    standing = key_of(&standing);
    bool has_moved = *stands == 0 || standing.dimensions[correction->dimension] == correction->code;
    for (size_t i = 0; i < nets.count; i++) {
        struct fact fact = nets.items[i].fact;
        int64_t weight = nets.items[i].weight;
        if (weight == 0 || fact.dimensions[correction->dimension] == correction->code) continue;
        bool is_standing = memcmp(&fact, &standing, sizeof(standing)) == 0;
        fact.seq = correction->seq;
        append_weighted(standings->facts, table, fact, -weight);
        fact.dimensions[correction->dimension] = correction->code;
        uint32_t row = append_weighted(standings->facts, table, fact, weight);
        if (!is_standing || weight < 0) continue;
        *stands = row;
        has_moved = true;
    }
    if (has_moved) return;
    standing.seq = correction->seq;
    standing.dimensions[correction->dimension] = correction->code;
    *stands = append_weighted(standings->facts, table, standing, 1);
    append_weighted(standings->facts, table, standing, -1);
}

void standing_correct(struct standings *standings, struct arena *scratch,
                      const struct standing_correction *correction)
{
    struct standing *standing = find(standings, correction->conversation);
    for (size_t table = 0; table < MEASURES; table++) {
        uint32_t none = 0;
        uint32_t *stands = &none;
        for (int kind = 0; kind < STANDING_KINDS; kind++) {
            if ((size_t)MEASURE_OF[kind] == table) stands = &standing->rows[kind];
        }
        correct_table(standings, scratch, table, stands, correction);
    }
}
