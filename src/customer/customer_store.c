#include "customer/customer_store.h"

#include "base/buf.h"
#include "store/event.h"

static const struct query CUSTOMER_FIND = {
    .sql = "SELECT id, root_id, name, erased_at_ms FROM customer WHERE id = $1",
    .rows_max = 1,
};
static const struct query IDENTITY_FIND = {
    .sql = "SELECT c.id, c.root_id, c.name FROM identity i JOIN customer c ON c.id = i.customer_id"
           " WHERE i.kind = $1 AND i.text = $2",
    .rows_max = 1,
};
static const struct query IDENTITIES_OF = {
    .sql = "SELECT id FROM identity WHERE customer_id = $1 LIMIT 100",
    .rows_max = IDENTITIES_MAX,
};
static const struct query CUSTOMER_INSERT = {
    .sql = "INSERT INTO customer (id, name, attributes, created_at_ms, updated_at_ms, root_id,"
           " version) VALUES ($1, $2, $3, $4, $4, $1, 1)",
    .changes_one = true,
};
static const struct query IDENTITY_INSERT = {
    .sql = "INSERT INTO identity (kind, text, customer_id, id, is_verified, created_at_ms)"
           " VALUES ($1, $2, $3, $4, 0, $5)",
    .changes_one = true,
};
static const struct query NAME_FILL = {
    .sql = "UPDATE customer SET name = $2, updated_at_ms = $3, version = version + 1"
           " WHERE id = $1 AND name IS NULL",
};

enum err customer_hint_identities(struct arena *arena, const struct customer_hint *hint,
                                  struct identity_said out[HINT_IDENTITIES_MAX], size_t *count)
{
    const struct identity_said said[HINT_IDENTITIES_MAX] = {
        { IDENTITY_EXTERNAL, hint->external_id },
        { IDENTITY_EMAIL, hint->email },
        { IDENTITY_PHONE, hint->phone },
        { IDENTITY_COOKIE, hint->cookie },
    };
    size_t found = 0;
    for (size_t i = 0; i < HINT_IDENTITIES_MAX; i++) {
        if (!said[i].text.data) continue;
        out[found].kind = said[i].kind;
        enum err err = identity_normalise(arena, said[i].kind, said[i].text, &out[found].text);
        if (err) return err;
        found++;
    }
    *count = found;
    return OK;
}

enum err customer_insert(struct tx *tx, struct str name, struct str attributes, int64_t *out)
{
    int64_t id = tx_id(tx);
    enum err err = tx_write(tx, &CUSTOMER_INSERT,
                            ARGS(value_int(id), value_text_or_null(name),
                                 value_text_or_null(attributes), value_int(tx->now_ms)));
    if (err) return err;
    tx_event(tx, &(struct event){ .kind = EVENT_CUSTOMER_CREATED, .customer_id = id });
    *out = id;
    return OK;
}

static enum err insert_identity(struct tx *tx, int64_t customer_id,
                                const struct identity_said *identity, int64_t *out)
{
    int64_t id = tx_id(tx);
    enum err err = tx_write(tx, &IDENTITY_INSERT,
                            ARGS(value_int(identity->kind), value_text(identity->text),
                                 value_int(customer_id), value_int(id), value_int(tx->now_ms)));
    if (err) return err;
    *out = id;
    return OK;
}

enum err identity_insert(struct tx *tx, struct arena *arena, int64_t customer_id,
                         const struct identity_said *identity, int64_t *out)
{
    struct rows rows;
    enum err err = tx_read(tx, arena, &IDENTITIES_OF, ARGS(value_int(customer_id)), &rows);
    if (err) return err;
    if (rows.count >= IDENTITIES_MAX) return ERR_LIMIT;
    return insert_identity(tx, customer_id, identity, out);
}

enum err identity_owner(struct tx *tx, struct arena *arena, const struct identity_said *identity,
                        int64_t *customer_id)
{
    struct rows rows;
    enum err err = tx_read(tx, arena, &IDENTITY_FIND,
                           ARGS(value_int(identity->kind), value_text(identity->text)), &rows);
    if (err) return err;
    if (rows.count == 0) return ERR_NOT_FOUND;
    *customer_id = rows_int(&rows, 0, 0);
    return OK;
}

void identity_event(struct tx *tx, int event_kind, int64_t customer_id, int64_t identity_id)
{
    struct event_values values = { 0 };
    event_put(&values, FIELD_SUBJECT, identity_id);
    event_put_zero(&values, FIELD_SUBJECT_KIND, ID_IDENTITY);
    tx_event(tx, &(struct event){ .kind = (enum event_kind)event_kind,
                                  .customer_id = customer_id,
                                  .values = values.items,
                                  .values_count = values.count });
}

/* The customer a hint leads to. */
struct found {
    int64_t root_id; /* 0: none yet */
    bool may_lack_name;
};

static void take_row(const struct rows *rows, struct found *found)
{
    found->root_id = rows_int(rows, 0, 1);
    bool is_root = rows_int(rows, 0, 0) == found->root_id;
    found->may_lack_name = !is_root || rows_is_null(rows, 0, 2);
}

static enum err find_id(struct tx *tx, struct arena *arena, int64_t id, struct found *found)
{
    struct rows rows;
    enum err err = tx_read(tx, arena, &CUSTOMER_FIND, ARGS(value_int(id)), &rows);
    if (err) return err;
    if (rows.count == 0 || !rows_is_null(&rows, 0, 3)) return ERR_NOT_FOUND;
    take_row(&rows, found);
    return OK;
}

static struct str cache_key(struct arena *arena, const struct identity_said *identity)
{
    struct buf buf = buf_open(arena, IDENTITY_TEXT_MAX + 1);
    buf_add_char(&buf, (char)('0' + identity->kind));
    buf_add(&buf, identity->text);
    return buf_view(&buf);
}

/* The customer of an identity; root_id 0: nobody has it. */
static enum err find_identity(struct tx *tx, struct arena *arena,
                              const struct identity_said *identity, struct found *found)
{
    struct str key = cache_key(arena, identity);
    if (tx_cache_find(tx, TX_CACHE_IDENTITY, key, found, sizeof(*found))) return OK;
    struct rows rows;
    enum err err = tx_read(tx, arena, &IDENTITY_FIND,
                           ARGS(value_int(identity->kind), value_text(identity->text)), &rows);
    if (err || rows.count == 0) return err;
    take_row(&rows, found);
    tx_cache_put(tx, TX_CACHE_IDENTITY, key, found, sizeof(*found));
    return OK;
}

/* Looks every identity up: the first that is known leads to the customer, the unknown ones are left
 * in `fresh` to be added to it. */
static enum err find_identities(struct tx *tx, struct arena *arena,
                                struct identity_said fresh[HINT_IDENTITIES_MAX], size_t *count,
                                struct found *found)
{
    size_t unknown = 0;
    for (size_t i = 0; i < *count; i++) {
        struct found one = { 0 };
        enum err err = find_identity(tx, arena, &fresh[i], &one);
        if (err) return err;
        if (one.root_id == 0) {
            fresh[unknown++] = fresh[i];
        } else if (found->root_id == 0) {
            *found = one;
        }
    }
    *count = unknown;
    return OK;
}

/* What else the hint says about a customer that is known. A customer with too many identities gets
 * no more: the interaction matters more than the address it came from. */
static enum err add_to(struct tx *tx, struct arena *arena, const struct customer_hint *hint,
                       const struct found *found, const struct identity_said *fresh, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t identity_id;
        enum err err = identity_insert(tx, arena, found->root_id, &fresh[i], &identity_id);
        if (err == ERR_LIMIT) break;
        if (err) return err;
        identity_event(tx, EVENT_IDENTITY_ADDED, found->root_id, identity_id);
    }
    if (!hint->name.data || hint->name.size == 0 || !found->may_lack_name) return OK;
    int64_t changed;
    enum err err = tx_write_count(
        tx, &NAME_FILL,
        ARGS(value_int(found->root_id), value_text(hint->name), value_int(tx->now_ms)), &changed);
    if (err) return err;
    if (changed > 0) {
        tx_event(tx,
                 &(struct event){ .kind = EVENT_CUSTOMER_CHANGED, .customer_id = found->root_id });
    }
    return OK;
}

enum err customer_take(struct tx *tx, struct arena *arena, const struct customer_hint *hint,
                       int64_t *out)
{
    struct identity_said said[HINT_IDENTITIES_MAX];
    size_t count;
    enum err err = customer_hint_identities(arena, hint, said, &count);
    if (err) return err;
    bool says_more = hint->name.size > 0 || hint->attributes.data;
    if (hint->id == 0 && count == 0 && !says_more) {
        *out = 0;
        return OK;
    }

    struct found found = { 0 };
    if (hint->id != 0) err = find_id(tx, arena, hint->id, &found);
    if (!err) err = find_identities(tx, arena, said, &count, &found);
    if (err) return err;
    if (found.root_id != 0) {
        err = add_to(tx, arena, hint, &found, said, count);
        if (!err) *out = found.root_id;
        return err;
    }

    int64_t id;
    struct str name = hint->name.size > 0 ? hint->name : (struct str){ 0 };
    err = customer_insert(tx, name, hint->attributes, &id);
    for (size_t i = 0; !err && i < count; i++) {
        int64_t identity_id;
        err = insert_identity(tx, id, &said[i], &identity_id);
    }
    if (!err) *out = id;
    return err;
}
