#include "base/zone_table.h"

#include <string.h>

#include "base/time.h"

enum {
    S_PER_DAY = 86400,
    CHANGES_MAX = 4096,
    EXPANDED_TO_YEAR = 2100,
    EXPANDED_MAX = 1024,
    OFFSET_MIN_S = -89999, /* RFC 8536, 3.2 */
    OFFSET_MAX_S = 93599
};

struct zone_period zone_period_at(const struct zone *zone, int64_t at_s)
{
    if (zone->has_rule && at_s >= zone->rule_from_s) return zone_rule_period(&zone->rule, at_s);

    size_t low = 0; /* how many changes were before */
    size_t high = zone->changes_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->changes[middle].at_s <= at_s) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const struct zone_change *changes = zone->changes;
    return (struct zone_period){
        .begin_s = low > 0 ? changes[low - 1].at_s : INT64_MIN,
        .end_s = low < zone->changes_count ? changes[low].at_s : INT64_MAX,
        .offset_s = low > 0 ? changes[low - 1].offset_s : zone->offset_first_s,
    };
}

/* ---- TZif ---- */

struct counts {
    size_t utc;
    size_t standard;
    size_t leap;
    size_t times;
    size_t types;
    size_t chars;
};

static uint32_t big_32(const char *at)
{
    uint32_t number = 0;
    for (size_t i = 0; i < sizeof(number); i++) number = number << 8 | (unsigned char)at[i];
    return number;
}

static int64_t big_64(const char *at)
{
    return (int64_t)((uint64_t)big_32(at) << 32 | big_32(at + 4));
}

static bool take(struct str *rest, size_t size, const char **out)
{
    if (rest->size < size) return false;
    *out = rest->data;
    rest->data += size;
    rest->size -= size;
    return true;
}

static bool take_header(struct str *rest, char *version, struct counts *out)
{
    enum { HEADER_SIZE = 44, VERSION_AT = 4, COUNTS_AT = 20 };
    const char *header;
    if (!take(rest, HEADER_SIZE, &header) || memcmp(header, "TZif", 4) != 0) return false;
    *version = header[VERSION_AT];
    const char *at = header + COUNTS_AT;
    *out = (struct counts){ .utc = big_32(at),
                            .standard = big_32(at + 4),
                            .leap = big_32(at + 8),
                            .times = big_32(at + 12),
                            .types = big_32(at + 16),
                            .chars = big_32(at + 20) };
    return true;
}

/* Everything is bounded before it is multiplied. */
static bool counts_are_right(const struct counts *counts)
{
    enum { TYPES_MAX = 256, CHARS_MAX = 4096 };
    if (counts->times > CHANGES_MAX || counts->types == 0 || counts->types > TYPES_MAX) {
        return false;
    }
    if (counts->chars == 0 || counts->chars > CHARS_MAX) return false;
    if (counts->utc != 0 && counts->utc != counts->types) return false;
    if (counts->standard != 0 && counts->standard != counts->types) return false;
    return counts->leap == 0; /* our seconds are POSIX's */
}

enum { TYPE_SIZE = 6 };

/* The block for readers of version 1 is as long as its counts say. */
static bool skip_version_1(struct str *rest)
{
    enum { TIME_SIZE = 5, LEAP_SIZE = 8, COUNT_MAX = 1 << 20 };
    char version;
    struct counts counts;
    const char *skipped;
    if (!take_header(rest, &version, &counts) || version < '2') return false;
    if (counts.times > COUNT_MAX || counts.types > COUNT_MAX || counts.chars > COUNT_MAX ||
        counts.leap > COUNT_MAX || counts.standard > COUNT_MAX || counts.utc > COUNT_MAX) {
        return false;
    }
    return take(rest,
                counts.times * TIME_SIZE + counts.types * TYPE_SIZE + counts.chars +
                    counts.leap * LEAP_SIZE + counts.standard + counts.utc,
                &skipped);
}

static bool types_are_right(const char *types, const struct counts *counts)
{
    for (size_t i = 0; i < counts->types; i++) {
        const char *type = types + i * TYPE_SIZE;
        int32_t offset_s = (int32_t)big_32(type);
        if (offset_s < OFFSET_MIN_S || offset_s > OFFSET_MAX_S) return false;
        if ((unsigned char)type[4] > 1 || (unsigned char)type[5] >= counts->chars) return false;
    }
    return true;
}

static void change_add(struct zone *zone, int64_t at_s, int32_t offset_s)
{
    size_t count = zone->changes_count;
    int32_t before_s = count > 0 ? zone->changes[count - 1].offset_s : zone->offset_first_s;
    if (offset_s == before_s) return;
    zone->changes[zone->changes_count++] =
        (struct zone_change){ .at_s = at_s, .offset_s = offset_s };
}

struct table {
    struct counts counts;
    const char *times;
    const char *indices;
    const char *types;
};

static bool changes_read(struct zone *zone, const struct table *table)
{
    static const int64_t BIG_BANG_S = -((int64_t)1 << 59); /* the earliest zic writes */
    zone->offset_first_s = (int32_t)big_32(table->types);
    int64_t before_s = INT64_MIN;
    for (size_t i = 0; i < table->counts.times; i++) {
        int64_t at_s = big_64(table->times + 8 * i);
        size_t type = (unsigned char)table->indices[i];
        if (at_s <= before_s || at_s < BIG_BANG_S || at_s > -BIG_BANG_S) return false;
        if (type >= table->counts.types) return false;
        change_add(zone, at_s, (int32_t)big_32(table->types + type * TYPE_SIZE));
        before_s = at_s;
    }
    zone->rule_from_s = before_s;
    return true;
}

/* Writes the rule's changes into the table up to EXPANDED_TO_YEAR, so that the times people ask
 * about are found by a binary search. At least one: then the rule takes over at a change of its
 * own. */
static void rule_expand(struct zone *zone)
{
    zone->has_rule = zone->rule.has_summer;
    int64_t at_s = zone->rule_from_s;
    if (at_s == INT64_MIN) { /* no table: the rule has always held */
        zone->offset_first_s = zone->rule.standard_s;
        return;
    }
    struct zone_period period = zone_rule_period(&zone->rule, at_s);
    int64_t end_s = time_days_from_civil(EXPANDED_TO_YEAR, 1, 1) * S_PER_DAY;
    change_add(zone, at_s, period.offset_s);
    size_t count_max = zone->changes_count + EXPANDED_MAX;
    do {
        if (period.end_s == INT64_MAX) { /* no change ever again: the table is enough */
            zone->has_rule = false;
            return;
        }
        at_s = period.end_s;
        period = zone_rule_period(&zone->rule, at_s);
        change_add(zone, at_s, period.offset_s);
    } while (at_s < end_s && zone->changes_count < count_max);
    zone->rule_from_s = at_s;
}

static bool footer_read(struct zone *zone, struct str rest)
{
    const char *line_feed;
    if (!take(&rest, 1, &line_feed) || *line_feed != '\n') return false;
    size_t before = rest.size;
    struct str footer = str_cut(&rest, '\n');
    if (footer.size == before) return false; /* no line feed at the end */
    if (footer.size == 0) return true;       /* the last offset stays for ever */
    if (zone_rule_parse(footer, &zone->rule) != OK) return false;
    rule_expand(zone);
    return true;
}

enum err zone_parse(struct arena *arena, struct str bytes, struct str name, const struct zone **out)
{
    struct str rest = bytes;
    struct table table;
    struct counts *counts = &table.counts;
    char version;
    const char *skipped;
    if (!skip_version_1(&rest) || !take_header(&rest, &version, counts)) return ERR_CORRUPT;
    if (!counts_are_right(counts)) return ERR_CORRUPT;
    if (!take(&rest, counts->times * 8, &table.times)) return ERR_CORRUPT;
    if (!take(&rest, counts->times, &table.indices)) return ERR_CORRUPT;
    if (!take(&rest, counts->types * TYPE_SIZE, &table.types)) return ERR_CORRUPT;
    if (!take(&rest, counts->chars + counts->standard + counts->utc, &skipped)) return ERR_CORRUPT;
    if (!types_are_right(table.types, counts)) return ERR_CORRUPT;

    struct zone *zone = arena_new(arena, struct zone);
    zone->name = arena_copy(arena, name);
    zone->changes = arena_array(arena, struct zone_change, counts->times + 1 + EXPANDED_MAX);
    if (!changes_read(zone, &table) || !footer_read(zone, rest)) return ERR_CORRUPT;
    *out = zone;
    return OK;
}
