#include "customer/customer_change_store.h"

#include "customer/attributes.h"
#include "store/event.h"

static const struct query CUSTOMER_READ_ROW = {
    .sql = "SELECT name, attributes, erased_at_ms, version FROM customer WHERE id = $1",
    .rows_max = 1,
};
static const struct query CUSTOMER_UPDATE = {
    .sql = "UPDATE customer SET name = $2, attributes = $3, updated_at_ms = $4,"
           " version = version + 1 WHERE id = $1",
    .changes_one = true,
};
static const struct query IDENTITY_READ = {
    .sql = "SELECT id, is_verified FROM identity WHERE kind = $1 AND text = $2",
    .rows_max = 1,
};
static const struct query IDENTITY_VERIFY = {
    .sql = "UPDATE identity SET is_verified = $2 WHERE customer_id = $1 AND id = $3",
    .changes_one = true,
};
static const struct query IDENTITY_DELETE = {
    .sql = "DELETE FROM identity WHERE customer_id = $1 AND id = $2",
};

static enum err create(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct customer_hint *hint = &((const struct customer_create_in *)in)->hint;
    struct customer_out *made = out;
    *made = (struct customer_out){ 0 };
    struct identity_said said[HINT_IDENTITIES_MAX];
    size_t count;
    enum err err = customer_hint_identities(arena, hint, said, &count);
    if (err) return err;
    for (size_t i = 0; i < count; i++) {
        int64_t owner;
        err = identity_owner(tx, arena, &said[i], &owner);
        if (err == ERR_NOT_FOUND) continue;
        if (err) return err;
        made->fault = CUSTOMER_IDENTITY_TAKEN;
        return ERR_CONFLICT;
    }
    int64_t id;
    err = customer_insert(tx, hint->name, hint->attributes, &id);
    for (size_t i = 0; !err && i < count; i++) {
        int64_t identity_id;
        err = identity_insert(tx, arena, id, &said[i], &identity_id);
    }
    if (err) return err;
    return customer_view_read(&(struct read_from){ .tx = tx }, arena, id, &made->view);
}

const struct command CUSTOMER_CREATE = { .name = "customer_create", .run = create };

static enum err verify(struct tx *tx, struct arena *arena, int64_t customer_id,
                       const struct identity_add *add)
{
    struct rows rows;
    enum err err = tx_read(tx, arena, &IDENTITY_READ,
                           ARGS(value_int(add->said.kind), value_text(add->said.text)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_CORRUPT;
    int64_t identity_id = rows_int(&rows, 0, 0);
    if ((rows_int(&rows, 0, 1) != 0) == add->is_verified) return OK;
    err =
        tx_write(tx, &IDENTITY_VERIFY,
                 ARGS(value_int(customer_id), value_int(add->is_verified), value_int(identity_id)));
    if (err) return err;
    if (add->is_verified) identity_event(tx, EVENT_IDENTITY_VERIFIED, customer_id, identity_id);
    return OK;
}

static enum err add_identity(struct tx *tx, struct arena *arena, int64_t customer_id,
                             const struct identity_add *add, enum customer_fault *fault)
{
    int64_t owner = 0;
    enum err err = identity_owner(tx, arena, &add->said, &owner);
    if (err && err != ERR_NOT_FOUND) return err;
    if (!err && owner != customer_id) {
        *fault = CUSTOMER_IDENTITY_TAKEN;
        return ERR_CONFLICT;
    }
    if (err == ERR_NOT_FOUND) {
        int64_t identity_id;
        err = identity_insert(tx, arena, customer_id, &add->said, &identity_id);
        if (err == ERR_LIMIT) *fault = CUSTOMER_IDENTITIES_FULL;
        if (err) return err;
        identity_event(tx, EVENT_IDENTITY_ADDED, customer_id, identity_id);
    }
    return verify(tx, arena, customer_id, add);
}

static enum err change_identities(struct tx *tx, struct arena *arena,
                                  const struct customer_patch_in *patch, enum customer_fault *fault)
{
    for (size_t i = 0; i < patch->removes_count; i++) {
        enum err err = tx_write(tx, &IDENTITY_DELETE,
                                ARGS(value_int(patch->id), value_int(patch->removes[i])));
        if (err) return err;
    }
    for (size_t i = 0; i < patch->adds_count; i++) {
        enum err err = add_identity(tx, arena, patch->id, &patch->adds[i], fault);
        if (err) return err;
    }
    return OK;
}

/* The row as it will be. */
static enum err change_row(struct arena *arena, const struct customer_patch_in *patch,
                           const struct rows *rows, struct str *name, struct str *attributes,
                           enum customer_fault *fault)
{
    *name = patch->name.is_given ? patch->name.text : rows_text_or_none(rows, 0, 0);
    *attributes = rows_text_or_none(rows, 0, 1);
    if (!patch->attributes.is_given) return OK;
    if (!patch->attributes.text.data) {
        *attributes = (struct str){ 0 };
        return OK;
    }
    enum err err = attributes_merge(arena, *attributes, patch->attributes.text, attributes);
    if (err == ERR_LIMIT) *fault = CUSTOMER_ATTRIBUTES_FULL;
    return err;
}

static enum err check(const struct customer_patch_in *patch, const struct rows *rows,
                      enum customer_fault *fault)
{
    if (rows->count == 0) return ERR_NOT_FOUND;
    if (patch->version != 0 && rows_int(rows, 0, 3) != patch->version) {
        *fault = CUSTOMER_VERSION;
        return ERR_CONFLICT;
    }
    if (!rows_is_null(rows, 0, 2)) {
        *fault = CUSTOMER_IS_ERASED;
        return ERR_CONFLICT;
    }
    return OK;
}

static enum err patch_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    tx_cache_clear(tx, TX_CACHE_IDENTITY);
    tx_cache_clear(tx, TX_CACHE_CONVERSATION);
    const struct customer_patch_in *patch = in;
    struct customer_out *changed = out;
    *changed = (struct customer_out){ 0 };
    struct rows rows;
    enum err err = tx_read(tx, arena, &CUSTOMER_READ_ROW, ARGS(value_int(patch->id)), &rows);
    if (!err) err = check(patch, &rows, &changed->fault);
    if (err) return err;

    struct str name;
    struct str attributes;
    err = change_row(arena, patch, &rows, &name, &attributes, &changed->fault);
    if (!err) err = change_identities(tx, arena, patch, &changed->fault);
    if (err) return err;
    err = tx_write(tx, &CUSTOMER_UPDATE,
                   ARGS(value_int(patch->id), value_text_or_null(name),
                        value_text_or_null(attributes), value_int(tx->now_ms)));
    if (err) return err;
    tx_event(tx, &(struct event){ .kind = EVENT_CUSTOMER_CHANGED, .customer_id = patch->id });
    return customer_view_read(&(struct read_from){ .tx = tx }, arena, patch->id, &changed->view);
}

const struct command CUSTOMER_PATCH = { .name = "customer_patch", .run = patch_run };
