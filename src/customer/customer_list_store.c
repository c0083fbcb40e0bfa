#include "customer/customer_list_store.h"

#include <assert.h>

enum { IDENTITIES_READ_MAX = 4000, SEARCH_STEPS_MAX = 10 };

static const struct query CUSTOMERS_READ = {
    .sql = "SELECT id, name, attributes, created_at_ms, updated_at_ms, merged_into, erased_at_ms,"
           " version FROM customer WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
           " $13, $14, $15, $16) ORDER BY id DESC",
    .rows_max = READ_IDS,
};
/* A customer's own, and those of whoever was merged into it. */
static const struct query IDENTITIES_READ = {
    .sql = "SELECT i.customer_id AS owner_id, i.id AS id, i.kind AS kind, i.text AS text,"
           " i.is_verified AS is_verified FROM identity i WHERE i.customer_id IN ($1, $2, $3, $4,"
           " $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
           " UNION ALL SELECT m.root_id, i.id, i.kind, i.text, i.is_verified"
           " FROM customer m JOIN identity i ON i.customer_id = m.id WHERE m.root_id IN ($1, $2,"
           " $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
           " AND m.merged_into IS NOT NULL LIMIT 4000",
    .rows_max = IDENTITIES_READ_MAX,
};
static const struct query CUSTOMERS_BELOW = {
    .sql = "SELECT id FROM customer WHERE id < $1 AND merged_into IS NULL AND erased_at_ms IS NULL"
           " ORDER BY id DESC LIMIT $2",
    .rows_max = CUSTOMERS_PAGE_MAX + 1,
};
static const struct query IDENTITY_ROOT = {
    .sql = "SELECT c.root_id FROM identity i JOIN customer c ON c.id = i.customer_id"
           " WHERE i.kind = $1 AND i.text = $2",
    .rows_max = 1,
};
static const struct query ROOT_READ = {
    .sql = "SELECT root_id FROM customer WHERE id = $1",
    .rows_max = 1,
};
static const struct query MEMBERS_READ = {
    .sql = "SELECT id FROM customer WHERE root_id = $1 AND merged_into IS NOT NULL ORDER BY id"
           " LIMIT 200",
    .rows_max = CUSTOMER_MEMBERS_MAX,
};

static struct arguments ids_of(struct value values[READ_IDS], const int64_t *ids, size_t count)
{
    assert(count <= READ_IDS);
    for (size_t i = 0; i < READ_IDS; i++) values[i] = value_int(i < count ? ids[i] : 0);
    return (struct arguments){ .items = values, .count = READ_IDS };
}

static void take_identities(struct arena *arena, const struct rows *rows,
                            struct customer_view *view)
{
    struct identity_view *items = arena_array(arena, struct identity_view, rows->count);
    size_t count = 0;
    for (size_t row = 0; row < rows->count; row++) {
        if (rows_int(rows, row, 0) != view->id) continue;
        items[count++] = (struct identity_view){
            .id = rows_int(rows, row, 1),
            .kind = (enum identity_kind)rows_int(rows, row, 2),
            .text = rows_text(rows, row, 3),
            .is_verified = rows_int(rows, row, 4) != 0,
        };
    }
    view->identities = items;
    view->identities_count = count;
}

/* Up to READ_IDS customers, greatest id first. */
static enum err read_some(const struct read_from *from, struct arena *arena, const int64_t *ids,
                          size_t count, struct customer_view *out, size_t *found)
{
    struct value values[READ_IDS];
    struct rows rows;
    struct rows identities;
    enum err err = read_rows(from, arena, &CUSTOMERS_READ, ids_of(values, ids, count), &rows);
    if (!err) {
        err = read_rows(from, arena, &IDENTITIES_READ, ids_of(values, ids, count), &identities);
    }
    if (err) return err;
    for (size_t row = 0; row < rows.count; row++) {
        out[row] = (struct customer_view){
            .id = rows_int(&rows, row, 0),
            .name = rows_text_or_none(&rows, row, 1),
            .attributes = rows_text_or_none(&rows, row, 2),
            .created_at_ms = rows_int(&rows, row, 3),
            .updated_at_ms = rows_int(&rows, row, 4),
            .merged_into = rows_int_or_zero(&rows, row, 5),
            .erased_at_ms = rows_int_or_zero(&rows, row, 6),
            .version = rows_int(&rows, row, 7),
        };
        take_identities(arena, &identities, &out[row]);
    }
    *found = rows.count;
    return OK;
}

/* The page of those ids, which are in falling order; `more` says that another page follows. */
static enum err read_page(struct reader *reader, struct arena *arena, const int64_t *ids,
                          size_t count, struct customer_page *out)
{
    const struct read_from from = { .reader = reader };
    out->items = arena_array(arena, struct customer_view, count);
    out->count = 0;
    for (size_t i = 0; i < count; i += READ_IDS) {
        size_t some = count - i < READ_IDS ? count - i : READ_IDS;
        size_t found;
        enum err err = read_some(&from, arena, ids + i, some, out->items + out->count, &found);
        if (err) return err;
        out->count += found;
    }
    return OK;
}

enum err customer_view_read(const struct read_from *from, struct arena *arena, int64_t id,
                            struct customer_view *out)
{
    struct customer_view views[READ_IDS];
    size_t found;
    enum err err = read_some(from, arena, &id, 1, views, &found);
    if (err) return err;
    if (found == 0) return ERR_NOT_FOUND;
    *out = views[0];
    return OK;
}

enum err customer_list(struct reader *reader, struct arena *arena,
                       const struct customer_asked *asked, struct customer_page *out)
{
    size_t limit = asked->limit;
    assert(limit > 0 && limit <= CUSTOMERS_PAGE_MAX);
    struct rows rows;
    enum err err = reader_read(reader, arena, &CUSTOMERS_BELOW,
                               ARGS(value_int(asked->before_id ? asked->before_id : INT64_MAX),
                                    value_int((int64_t)limit + 1)),
                               &rows);
    if (err) return err;
    size_t count = rows.count < limit ? rows.count : limit;
    int64_t *ids = arena_array(arena, int64_t, count + 1);
    for (size_t i = 0; i < count; i++) ids[i] = rows_int(&rows, i, 0);
    struct customer_page page = { 0 };
    err = read_page(reader, arena, ids, count, &page);
    if (err) return err;
    page.next_before_id = rows.count > limit ? ids[limit - 1] : 0;
    *out = page;
    return OK;
}

/* The index may still know somebody who was merged or erased a moment ago. */
static size_t drop_hidden(struct customer_view *items, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (items[i].merged_into == 0 && items[i].erased_at_ms == 0) items[kept++] = items[i];
    }
    return kept;
}

enum err customer_list_text(struct reader *reader, struct search_reader *search,
                            struct arena *arena, const struct customer_asked *asked,
                            struct customer_page *out)
{
    size_t limit = asked->limit;
    assert(limit > 0 && limit <= CUSTOMERS_PAGE_MAX);
    struct customer_page page = { .items = arena_array(arena, struct customer_view, limit),
                                  .next_before_id = asked->before_id };
    for (int step = 0; step < SEARCH_STEPS_MAX && page.count < limit; step++) {
        int64_t *ids;
        size_t count;
        size_t wanted = limit - page.count;
        enum err err = search_find(search, arena, SEARCH_CUSTOMER, asked->text, page.next_before_id,
                                   wanted, &ids, &count);
        struct customer_page some;
        if (!err) err = read_page(reader, arena, ids, count, &some);
        if (err) return err;
        some.count = drop_hidden(some.items, some.count);
        for (size_t i = 0; i < some.count; i++) page.items[page.count++] = some.items[i];
        page.next_before_id = count < wanted ? 0 : ids[count - 1];
        if (page.next_before_id == 0) break;
    }
    *out = page;
    return OK;
}

enum err customer_list_identity(struct reader *reader, struct arena *arena, enum identity_kind kind,
                                struct str text, struct customer_page *out)
{
    struct rows rows;
    enum err err =
        reader_read(reader, arena, &IDENTITY_ROOT, ARGS(value_int(kind), value_text(text)), &rows);
    if (err) return err;
    struct customer_page page = { 0 };
    if (rows.count > 0) {
        int64_t id = rows_int(&rows, 0, 0);
        err = read_page(reader, arena, &id, 1, &page);
        if (err) return err;
    }
    *out = page;
    return OK;
}

enum err customer_members(const struct read_from *from, struct arena *arena, int64_t id,
                          int64_t **out, size_t *count)
{
    struct rows rows;
    enum err err = read_rows(from, arena, &ROOT_READ, ARGS(value_int(id)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    int64_t root_id = rows_int(&rows, 0, 0);
    err = read_rows(from, arena, &MEMBERS_READ, ARGS(value_int(root_id)), &rows);
    if (err) return err;
    int64_t *ids = arena_array(arena, int64_t, rows.count + 1);
    ids[0] = root_id;
    for (size_t i = 0; i < rows.count; i++) ids[i + 1] = rows_int(&rows, i, 0);
    *out = ids;
    *count = rows.count + 1;
    return OK;
}
