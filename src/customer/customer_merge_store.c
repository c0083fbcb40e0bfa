#include "customer/customer_merge_store.h"

#include "store/event.h"

static const struct query CUSTOMER_READ_MERGE = {
    .sql = "SELECT merged_into, root_id, erased_at_ms FROM customer WHERE id = $1",
    .rows_max = 1,
};
/* How many steps there are from a customer to its root. */
static const struct query STEPS_ABOVE = {
    .sql = "WITH RECURSIVE above(merged_into, steps) AS ("
           "SELECT merged_into, 0 FROM customer WHERE id = $1"
           " UNION ALL SELECT c.merged_into, a.steps + 1 FROM above a"
           " JOIN customer c ON c.id = a.merged_into WHERE a.steps < 64)"
           " SELECT max(steps) FROM above",
    .rows_max = 1,
};
/* How deep and how large the tree of a root is. */
static const struct query TREE_BELOW = {
    .sql = "WITH RECURSIVE below(id, steps) AS ("
           "SELECT id, 0 FROM customer WHERE id = $1"
           " UNION ALL SELECT c.id, b.steps + 1 FROM below b"
           " JOIN customer c ON c.merged_into = b.id AND c.root_id = $1"
           " WHERE c.merged_into IS NOT NULL AND b.steps < 64)"
           " SELECT max(steps), count(*) FROM below",
    .rows_max = 1,
};
static const struct query MERGED_SET = {
    .sql = "UPDATE customer SET merged_into = $2, root_id = $3, updated_at_ms = $4,"
           " version = version + 1 WHERE id = $1",
    .changes_one = true,
};
static const struct query TOUCH = {
    .sql = "UPDATE customer SET updated_at_ms = $2, version = version + 1 WHERE id = $1",
    .changes_one = true,
};
static const struct query MEMBERS_MOVE = {
    .sql = "UPDATE customer SET root_id = $2 WHERE root_id = $1 AND merged_into IS NOT NULL",
};
/* $1 becomes the root of all that were merged into it, step by step; $2 was the root. */
static const struct query SUBTREE_MOVE = {
    .sql = "UPDATE customer SET root_id = $1 WHERE id IN ("
           "WITH RECURSIVE below(id, steps) AS ("
           "SELECT id, 0 FROM customer WHERE id = $1"
           " UNION ALL SELECT c.id, b.steps + 1 FROM below b"
           " JOIN customer c ON c.merged_into = b.id AND c.root_id = $2"
           " WHERE c.merged_into IS NOT NULL AND b.steps < 64)"
           " SELECT id FROM below)",
};

struct place {
    int64_t merged_into; /* 0: a root */
    int64_t root_id;
    bool is_erased;
};

static enum err read_place(struct tx *tx, struct arena *arena, int64_t id, struct place *out)
{
    struct rows rows;
    enum err err = tx_read(tx, arena, &CUSTOMER_READ_MERGE, ARGS(value_int(id)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    *out = (struct place){
        .merged_into = rows_int_or_zero(&rows, 0, 0),
        .root_id = rows_int(&rows, 0, 1),
        .is_erased = !rows_is_null(&rows, 0, 2),
    };
    return OK;
}

static enum customer_fault fault_of_places(const struct customer_merge_in *merge,
                                           const struct place *into, const struct place *from)
{
    if (into->is_erased || from->is_erased) return CUSTOMER_IS_ERASED;
    if (merge->into_id == merge->from_id || into->root_id == merge->from_id) {
        return CUSTOMER_MERGE_ITSELF;
    }
    if (from->merged_into != 0) return CUSTOMER_MERGE_AGAIN;
    return CUSTOMER_FINE;
}

/* ERR_LIMIT if the tree that comes about is too large or too deep. */
static enum err check_size(struct tx *tx, struct arena *arena,
                           const struct customer_merge_in *merge, int64_t root_id)
{
    struct rows above;
    struct rows below;
    struct rows tree;
    enum err err = tx_read(tx, arena, &STEPS_ABOVE, ARGS(value_int(merge->into_id)), &above);
    if (!err) err = tx_read(tx, arena, &TREE_BELOW, ARGS(value_int(merge->from_id)), &below);
    if (!err) err = tx_read(tx, arena, &TREE_BELOW, ARGS(value_int(root_id)), &tree);
    if (err) return err;
    int64_t depth = rows_int(&above, 0, 0) + 1 + rows_int(&below, 0, 0);
    int64_t members = rows_int(&below, 0, 1) + rows_int(&tree, 0, 1);
    return depth > MERGE_DEPTH_MAX || members > CUSTOMER_MEMBERS_MAX ? ERR_LIMIT : OK;
}

static void merge_event(struct tx *tx, enum event_kind kind, int64_t id, int64_t other_id)
{
    struct event_values values = { 0 };
    event_put(&values, FIELD_INTO, other_id);
    tx_event(tx, &(struct event){ .kind = kind,
                                  .customer_id = id,
                                  .values = values.items,
                                  .values_count = values.count });
}

static enum err merge_rows(struct tx *tx, const struct customer_merge_in *merge, int64_t root_id)
{
    struct value from_id = value_int(merge->from_id);
    struct value root = value_int(root_id);
    struct value now = value_int(tx->now_ms);
    enum err err = tx_write(tx, &MEMBERS_MOVE, ARGS(from_id, root));
    if (!err) err = tx_write(tx, &MERGED_SET, ARGS(from_id, value_int(merge->into_id), root, now));
    if (!err) err = tx_write(tx, &TOUCH, ARGS(value_int(merge->into_id), now));
    return err;
}

static enum err merge_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    tx_cache_clear(tx, TX_CACHE_IDENTITY);
    tx_cache_clear(tx, TX_CACHE_CONVERSATION);
    const struct customer_merge_in *merge = in;
    struct customer_out *merged = out;
    *merged = (struct customer_out){ 0 };
    struct place into;
    struct place from;
    enum err err = read_place(tx, arena, merge->into_id, &into);
    if (err) return err;
    err = read_place(tx, arena, merge->from_id, &from);
    if (err == ERR_NOT_FOUND) merged->fault = CUSTOMER_FROM_NOT_FOUND;
    if (err) return err;
    merged->fault = fault_of_places(merge, &into, &from);
    if (merged->fault != CUSTOMER_FINE) return ERR_CONFLICT;
    err = check_size(tx, arena, merge, into.root_id);
    if (err == ERR_LIMIT) merged->fault = CUSTOMER_MERGE_FULL;
    if (!err) err = merge_rows(tx, merge, into.root_id);
    if (err) return err;
    merge_event(tx, EVENT_CUSTOMER_MERGED, merge->from_id, merge->into_id);
    return customer_view_read(&(struct read_from){ .tx = tx }, arena, merge->into_id,
                              &merged->view);
}

const struct command CUSTOMER_MERGE = { .name = "customer_merge", .run = merge_run };

static enum err unmerge_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    tx_cache_clear(tx, TX_CACHE_IDENTITY);
    tx_cache_clear(tx, TX_CACHE_CONVERSATION);
    int64_t id = ((const struct customer_unmerge_in *)in)->id;
    struct customer_out *unmerged = out;
    *unmerged = (struct customer_out){ 0 };
    struct place place;
    enum err err = read_place(tx, arena, id, &place);
    if (err) return err;
    if (place.merged_into == 0) unmerged->fault = CUSTOMER_NOT_MERGED;
    if (place.is_erased) unmerged->fault = CUSTOMER_IS_ERASED;
    if (unmerged->fault != CUSTOMER_FINE) return ERR_CONFLICT;

    struct value now = value_int(tx->now_ms);
    err = tx_write(tx, &SUBTREE_MOVE, ARGS(value_int(id), value_int(place.root_id)));
    if (!err) {
        err = tx_write(tx, &MERGED_SET, ARGS(value_int(id), value_null(), value_int(id), now));
    }
    if (!err) err = tx_write(tx, &TOUCH, ARGS(value_int(place.merged_into), now));
    if (err) return err;
    merge_event(tx, EVENT_CUSTOMER_UNMERGED, id, place.merged_into);
    return customer_view_read(&(struct read_from){ .tx = tx }, arena, id, &unmerged->view);
}

const struct command CUSTOMER_UNMERGE = { .name = "customer_unmerge", .run = unmerge_run };
