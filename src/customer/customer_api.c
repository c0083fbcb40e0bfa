#include "customer/customer_api.h"

#include "customer/attributes.h"
#include "customer/customer_change_store.h"
#include "customer/customer_erase_store.h"
#include "customer/customer_merge_store.h"

enum { LIST_STANDARD = 50, CUSTOMER_BODY_MAX = 256 * 1024, SEARCH_TEXT_MAX = 200 };

static const char ORDER[] = "customers";
static const char ORDER_TEXT[] = "customers/text";

/* ---- showing ---- */

enum shown shown_to(const struct request *request)
{
    return request_may(request, CUSTOMER_NAME) ? SHOWN_WHOLE : SHOWN_MASKED;
}

static void write_identities(struct json_writer *writer, const struct customer_view *view,
                             enum shown shown)
{
    json_array_begin(writer, "identities");
    for (size_t i = 0; shown == SHOWN_WHOLE && i < view->identities_count; i++) {
        const struct identity_view *identity = &view->identities[i];
        json_object_begin(writer, NULL);
        json_put_id(writer, "id", ID_IDENTITY, identity->id);
        json_put_text(writer, "kind", str_from(IDENTITY_KIND_NAMES[identity->kind - 1]));
        json_put_text(writer, "text", identity->text);
        json_put_bool(writer, "is_verified", identity->is_verified);
        json_object_end(writer);
    }
    json_array_end(writer);
}

void customer_write_json(struct json_writer *writer, const struct customer_view *view,
                         enum shown shown)
{
    bool is_whole = shown == SHOWN_WHOLE;
    json_object_begin(writer, NULL);
    json_put_id(writer, "id", ID_CUSTOMER, view->id);
    json_put_text_or_null(writer, "name", is_whole ? view->name : (struct str){ 0 });
    write_identities(writer, view, shown);
    json_put_raw(writer, "attributes",
                 is_whole && view->attributes.data ? view->attributes : STR("{}"));
    json_put_time(writer, "created_at", view->created_at_ms);
    json_put_time(writer, "updated_at", view->updated_at_ms);
    json_put_id(writer, "merged_into", ID_CUSTOMER, view->merged_into);
    json_put_time(writer, "erased_at", view->erased_at_ms);
    json_put_int(writer, "version", view->version);
    json_object_end(writer);
}

static void reply_customer(struct request *request, int status, const struct customer_view *view)
{
    customer_write_json(reply_json(request, status), view, shown_to(request));
    reply_version(request, view->version);
    reply_done(request);
}

/* ---- forms ---- */

static void identity_member(struct json_form *form, const char *name, enum identity_kind kind,
                            struct str *out)
{
    struct str text;
    if (!json_form_text(form, name, CUSTOMER_BODY_MAX, &text)) return;
    if (identity_normalise(form->problems->arena, kind, text, out) != OK) {
        json_form_fault(form, name, "invalid", "%s", identity_advice(kind));
    }
}

void customer_hint_form(struct json_form *form, struct customer_hint *out)
{
    struct str name;
    if (json_form_text(form, "name", CUSTOMER_NAME_MAX, &name)) {
        name = str_trim(name);
        if (name.size > 0) out->name = name;
    }
    identity_member(form, "email", IDENTITY_EMAIL, &out->email);
    identity_member(form, "phone", IDENTITY_PHONE, &out->phone);
    identity_member(form, "external_id", IDENTITY_EXTERNAL, &out->external_id);
    identity_member(form, "cookie", IDENTITY_COOKIE, &out->cookie);
    attributes_form(form, "attributes", &out->attributes);
}

void customer_hint_member(struct json_form *form, const char *name, struct customer_hint *out)
{
    struct json_form inner;
    if (!json_form_object(form, name, &inner)) return;
    json_form_id(&inner, "id", ID_CUSTOMER, &out->id);
    customer_hint_form(&inner, out);
    json_form_end(&inner);
}

/* ---- lists ---- */

static void reply_page(struct request *request, const char *order, const struct customer_page *page)
{
    struct json_writer *writer = reply_list_begin(request);
    for (size_t i = 0; i < page->count; i++) {
        customer_write_json(writer, &page->items[i], shown_to(request));
    }
    struct str next = { 0 };
    if (page->next_before_id != 0) {
        next = cursor_write(request->arena, order, (struct cursor){ .id = page->next_before_id });
    }
    reply_list_end(request, next);
}

/* Who may not see names may not ask for them either: the answer would tell. */
static enum err check_may_ask(const struct request *request)
{
    return shown_to(request) == SHOWN_WHOLE ? OK : ERR_DENIED;
}

static enum err list_by_text(struct request *request, struct str text)
{
    struct page page;
    struct customer_page found;
    enum err err = check_may_ask(request);
    if (!err) {
        err = request_page(request, ORDER_TEXT, LIST_STANDARD, CUSTOMERS_PAGE_MAX, &page);
    }
    if (err) return err;
    if (text.size > SEARCH_TEXT_MAX) {
        return request_fault(request, "text", "Give at most %d bytes.", SEARCH_TEXT_MAX);
    }
    if (!request->search_reader) return ERR_BUSY;
    struct customer_asked asked = { .limit = page.limit, .text = text };
    if (page.has_cursor) asked.before_id = page.cursor.id;
    err =
        customer_list_text(request->reader, request->search_reader, request->arena, &asked, &found);
    if (err == ERR_INVALID) return request_fault(request, "text", "Give at least one word.");
    if (!err) reply_page(request, ORDER_TEXT, &found);
    return err;
}

static enum err list_by_identity(struct request *request, struct str identity)
{
    enum identity_kind kind;
    struct str text;
    struct customer_page found;
    enum err err = check_may_ask(request);
    if (err) return err;
    if (identity_parse(request->arena, identity, &kind, &text) != OK) {
        return request_fault(request, "identity",
                             "Give a kind (email, phone, external_id, cookie, handle), a colon and "
                             "the address, such as email:ana@example.org.");
    }
    err = customer_list_identity(request->reader, request->arena, kind, text, &found);
    if (!err) reply_page(request, ORDER, &found);
    return err;
}

static enum err customers_show(struct request *request)
{
    static const char *const NAMES[] = { "text", "identity", "limit", "cursor", NULL };
    enum err err = request_check_arguments(request, NAMES);
    if (err) return err;
    struct str text = request_argument(request, "text");
    struct str identity = request_argument(request, "identity");
    if (text.size > 0 && identity.size > 0) {
        return request_fault(request, "identity", "Give either text or identity.");
    }
    if (text.size > 0) return list_by_text(request, text);
    if (identity.size > 0) return list_by_identity(request, identity);

    struct page page;
    struct customer_page found;
    err = request_page(request, ORDER, LIST_STANDARD, CUSTOMERS_PAGE_MAX, &page);
    if (err) return err;
    struct customer_asked asked = { .limit = page.limit };
    if (page.has_cursor) asked.before_id = page.cursor.id;
    err = customer_list(request->reader, request->arena, &asked, &found);
    if (!err) reply_page(request, ORDER, &found);
    return err;
}

static enum err customer_show(struct request *request)
{
    int64_t id;
    struct customer_view view;
    enum err err = request_id_parameter(request, 0, ID_CUSTOMER, &id);
    if (!err) {
        err = customer_view_read(&(struct read_from){ .reader = request->reader }, request->arena,
                                 id, &view);
    }
    if (!err) reply_customer(request, 200, &view);
    return err;
}

/* ---- changes ---- */

struct fault_words {
    enum customer_fault fault;
    int status;
    const char *code;
    const char *detail;
};

static const struct fault_words WORDS[] = {
    { CUSTOMER_IDENTITY_TAKEN, 409, "identity_taken",
      "Another customer has one of these addresses or ids. Find that one with ?identity= and "
      "change "
      "or merge it." },
    { CUSTOMER_IDENTITIES_FULL, 400, "limit_exceeded",
      "A customer has at most 100 addresses and ids. Remove one first." },
    { CUSTOMER_ATTRIBUTES_FULL, 400, "limit_exceeded",
      "A customer has at most 64 attributes of 16 KiB together. Remove some with null." },
    { CUSTOMER_IS_ERASED, 409, "customer_erased",
      "This customer was erased; nothing can be changed any more." },
    { CUSTOMER_MERGE_ITSELF, 409, "merge_itself",
      "A customer cannot be merged into itself or into one that was merged into it." },
    { CUSTOMER_MERGE_AGAIN, 409, "already_merged",
      "This customer was merged already. Unmerge it first, or merge the one it went into." },
    { CUSTOMER_MERGE_FULL, 400, "limit_exceeded",
      "At most 200 customers can be merged into one, at most 64 steps deep." },
    { CUSTOMER_NOT_MERGED, 409, "not_merged", "This customer is not merged into another one." },
    { CUSTOMER_FROM_NOT_FOUND, 400, "unknown_customer",
      "There is no customer with the id in from." },
};

static void reply_fault(struct request *request, enum customer_fault fault, enum err err)
{
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
        if (WORDS[i].fault != fault) continue;
        reply_problem(request, WORDS[i].status, WORDS[i].code, "%s", WORDS[i].detail);
        return;
    }
    reply_err(request, err);
}

static void changed(struct request *request, enum err err)
{
    const struct customer_out *out = request->out;
    if (err) {
        reply_fault(request, out->fault, err);
    } else {
        reply_customer(request, 200, &out->view);
    }
}

static void created(struct request *request, enum err err)
{
    const struct customer_out *out = request->out;
    if (err) {
        reply_fault(request, out->fault, err);
    } else {
        reply_customer(request, 201, &out->view);
    }
}

static enum err customer_add(struct request *request)
{
    struct json_form form;
    enum err err = request_form(request, &form);
    if (err) return err;
    struct customer_create_in *in = arena_new(request->arena, struct customer_create_in);
    customer_hint_form(&form, &in->hint);
    err = request_form_end(request, &form);
    if (err) return err;
    return request_write(request, &CUSTOMER_CREATE, in,
                         arena_new(request->arena, struct customer_out), created);
}

/* {"kind": "email", "text": "…", "is_verified": true} */
static void read_add(struct json_form *form, size_t index, const struct json *item,
                     struct identity_add *out)
{
    struct json_form inner;
    int kind;
    struct str text;
    json_form_begin(&inner, form->problems, item, json_form_item_pointer(form, "add", index));
    json_form_require(&inner, "kind");
    json_form_require(&inner, "text");
    json_form_bool(&inner, "is_verified", &out->is_verified);
    bool has_kind = json_form_choice(&inner, "kind", IDENTITY_KIND_NAMES, &kind);
    if (json_form_text(&inner, "text", CUSTOMER_BODY_MAX, &text) && has_kind) {
        out->said.kind = (enum identity_kind)(kind + 1);
        if (identity_normalise(form->problems->arena, out->said.kind, text, &out->said.text)) {
            json_form_fault(&inner, "text", "invalid", "%s", identity_advice(out->said.kind));
        }
    }
    json_form_end(&inner);
}

static void read_identities(struct json_form *form, struct customer_patch_in *in)
{
    struct json_form inner;
    const struct json *items;
    size_t count;
    struct arena *arena = form->problems->arena;
    if (!json_form_object(form, "identities", &inner)) return;
    if (json_form_array(&inner, "add", IDENTITY_CHANGES_MAX, &items, &count)) {
        struct identity_add *adds = arena_array(arena, struct identity_add, count);
        for (size_t i = 0; i < count; i++) read_add(&inner, i, &items[i], &adds[i]);
        in->adds = adds;
        in->adds_count = count;
    }
    if (json_form_array(&inner, "remove", IDENTITY_CHANGES_MAX, &items, &count)) {
        int64_t *removes = arena_array(arena, int64_t, count);
        for (size_t i = 0; i < count; i++) {
            if (items[i].kind == JSON_TEXT &&
                id_parse(ID_IDENTITY, items[i].text, &removes[i]) == OK) {
                continue;
            }
            json_form_fault(&inner, "remove", "invalid_id", "Give ids that begin with ide_.");
        }
        in->removes = removes;
        in->removes_count = count;
    }
    json_form_end(&inner);
}

static enum err customer_edit(struct request *request)
{
    struct json_form form;
    struct customer_patch_in *in = arena_new(request->arena, struct customer_patch_in);
    enum err err = request_id_parameter(request, 0, ID_CUSTOMER, &in->id);
    if (!err) err = request_if_match(request, &in->version);
    if (!err) err = request_form(request, &form);
    if (err) return err;
    in->name = change_text(&form, "name", CUSTOMER_NAME_MAX);
    in->attributes.is_given = attributes_form_change(&form, "attributes", &in->attributes.text) ||
                              json_form_is_null(&form, "attributes");
    read_identities(&form, in);
    err = request_form_end(request, &form);
    if (err) return err;
    return request_write(request, &CUSTOMER_PATCH, in,
                         arena_new(request->arena, struct customer_out), changed);
}

static enum err customer_merge(struct request *request)
{
    struct json_form form;
    struct customer_merge_in *in = arena_new(request->arena, struct customer_merge_in);
    enum err err = request_id_parameter(request, 0, ID_CUSTOMER, &in->into_id);
    if (!err) err = request_form(request, &form);
    if (err) return err;
    json_form_require(&form, "from");
    json_form_id(&form, "from", ID_CUSTOMER, &in->from_id);
    err = request_form_end(request, &form);
    if (err) return err;
    return request_write(request, &CUSTOMER_MERGE, in,
                         arena_new(request->arena, struct customer_out), changed);
}

static enum err customer_unmerge(struct request *request)
{
    struct customer_unmerge_in *in = arena_new(request->arena, struct customer_unmerge_in);
    enum err err = request_id_parameter(request, 0, ID_CUSTOMER, &in->id);
    if (err) return err;
    return request_write(request, &CUSTOMER_UNMERGE, in,
                         arena_new(request->arena, struct customer_out), changed);
}

static void erased(struct request *request, enum err err)
{
    if (err) {
        reply_err(request, err);
        return;
    }
    const struct customer_erased *out = request->out;
    struct json_writer *writer = reply_json(request, 200);
    json_object_begin(writer, NULL);
    json_object_begin(writer, "erased");
    json_put_id(writer, "customer_id", ID_CUSTOMER, out->customer_id);
    json_put_int(writer, "interactions", out->interactions);
    json_put_int(writer, "conversations", out->conversations);
    json_put_int(writer, "identities", out->identities);
    json_put_time(writer, "at", out->at_ms);
    json_object_end(writer);
    json_object_end(writer);
    reply_done(request);
}

static enum err customer_erase(struct request *request)
{
    struct customer_erase_in *in = arena_new(request->arena, struct customer_erase_in);
    enum err err = request_id_parameter(request, 0, ID_CUSTOMER, &in->id);
    if (err) return err;
    return request_write(request, &CUSTOMER_FORGET, in,
                         arena_new(request->arena, struct customer_erased), erased);
}

static const struct route TABLE[] = {
    { "GET", "/api/v1/customers", CUSTOMER_READ, .handle = customers_show },
    { "POST", "/api/v1/customers", CUSTOMER_WRITE, .handle = customer_add, .body = BODY_WHOLE,
      .body_max = CUSTOMER_BODY_MAX },
    { "GET", "/api/v1/customers/{id}", CUSTOMER_READ, .handle = customer_show },
    { "PATCH", "/api/v1/customers/{id}", CUSTOMER_WRITE, .handle = customer_edit,
      .body = BODY_WHOLE, .body_max = CUSTOMER_BODY_MAX },
    { "DELETE", "/api/v1/customers/{id}", CUSTOMER_ERASE, .handle = customer_erase },
    { "POST", "/api/v1/customers/{id}/merge", CUSTOMER_WRITE, .handle = customer_merge,
      .body = BODY_WHOLE, .body_max = CUSTOMER_BODY_MAX },
    { "POST", "/api/v1/customers/{id}/unmerge", CUSTOMER_WRITE, .handle = customer_unmerge,
      .body = BODY_WHOLE, .body_max = CUSTOMER_BODY_MAX },
};

const struct routes CUSTOMER_ROUTES = { .items = TABLE, .count = sizeof(TABLE) / sizeof(TABLE[0]) };
