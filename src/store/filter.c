#include "store/filter.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "store/connection.h"

enum { FILTERS_MAX = 384 };

struct filter_query {
    struct str sql;
    struct query query;
};

void filter_add(struct filter *filter, const char *sql)
{
    assert(filter->parts_count < FILTER_PARTS_MAX);
    assert(!strchr(sql, '?'));
    filter->parts[filter->parts_count++] = sql;
}

static size_t places_in(const char *sql)
{
    size_t count = 0;
    for (const char *c = sql; *c; c++) count += *c == '?';
    return count;
}

void filter_add_values(struct filter *filter, const char *sql, struct arguments values)
{
    assert(filter->parts_count < FILTER_PARTS_MAX);
    assert(places_in(sql) == values.count);
    assert(filter->arguments_count + values.count <= FILTER_ARGUMENTS_MAX);
    filter->parts[filter->parts_count++] = sql;
    for (size_t i = 0; i < values.count; i++) {
        filter->arguments[filter->arguments_count++] = values.items[i];
    }
}

void filter_add_list(struct filter *filter, const char *before, const struct value *values,
                     size_t count, const char *after)
{
    assert(count > 0);
    filter_add(filter, before);
    for (size_t i = 0; i < count; i++) {
        filter_add_values(filter, i == 0 ? "?" : ", ?", (struct arguments){ &values[i], 1 });
    }
    filter_add(filter, after);
}

struct str filter_sql(struct arena *arena, const struct filter *filter)
{
    struct buf buf = buf_open(arena, FILTER_SQL_MAX);
    int64_t place = 0;
    for (size_t i = 0; i < filter->parts_count; i++) {
        struct str rest = str_from(filter->parts[i]);
        while (rest.size > 0) {
            size_t size_before = rest.size;
            struct str text = str_cut(&rest, '?');
            buf_add(&buf, text);
            if (text.size == size_before) break; /* no further place */
            buf_add_char(&buf, '$');
            buf_add_int(&buf, ++place);
        }
    }
    buf_add_char(&buf, '\0');
    struct str sql;
    enum err err = buf_done(&buf, &sql);
    assert(!err);
    sql.size--;
    return sql;
}

/* NULL if it is new and there is no room to keep it prepared: what clients combine is bounded only
 * by the combinations there are. */
static const struct query *query_of(struct reader *reader, struct str sql, size_t rows_max)
{
    for (size_t i = 0; i < reader->filters_count; i++) {
        struct filter_query *known = &reader->filters[i];
        if (known->query.rows_max == rows_max && str_equal(known->sql, sql)) return &known->query;
    }
    if (reader->filters_count == FILTERS_MAX) return NULL;
    struct arena *arena = reader->connection.arena;
    if (!reader->filters) reader->filters = arena_array(arena, struct filter_query, FILTERS_MAX);
    struct filter_query *made = &reader->filters[reader->filters_count++];
    made->sql = arena_copy(arena, sql);
    made->query = (struct query){ .sql = made->sql.data, .rows_max = rows_max };
    return &made->query;
}

enum err filter_read(struct reader *reader, struct arena *arena, const struct filter *filter,
                     size_t rows_max, struct rows *out)
{
    struct arguments arguments = { filter->arguments, filter->arguments_count };
    struct str sql = filter_sql(arena, filter);
    const struct query *query = query_of(reader, sql, rows_max);
    if (query) return reader_read(reader, arena, query, arguments, out);

    struct query once = { .sql = sql.data, .rows_max = rows_max };
    return connection_read_once(&reader->connection, arena, &once, arguments, out);
}
