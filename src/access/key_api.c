#include "access/key_store.h"

#include "access/access.h"
#include "access/access_api.h"
#include "access/form.h"

enum { LIST_STANDARD = 50 };

static const char ORDER[] = "keys";

/* The members of a key, inside an object that the caller began. */
static void key_write_members(struct json_writer *writer, const struct key *key)
{
    json_put_id(writer, "id", ID_KEY, key->id);
    json_put_text(writer, "name", key->name);
    json_put_text(writer, "scope", str_from(SCOPE_NAMES[key->scope - 1]));
    json_put_id(writer, "agent_id", ID_AGENT, key->agent_id);
    json_put_text(writer, "hint", key->hint);
    json_put_id(writer, "created_by", ID_AGENT, key->created_by);
    json_put_time(writer, "created_at", key->created_at_ms);
    json_put_time(writer, "expires_at", key->expires_at_ms);
    json_put_time(writer, "used_at", key->used_at_ms);
    json_put_time(writer, "revoked_at", key->revoked_at_ms);
}

static enum err keys_show(struct request *request)
{
    static const char *const NAMES[] = { "limit", "cursor", NULL };
    struct page page;
    enum err err = request_check_arguments(request, NAMES);
    if (!err) err = request_page(request, ORDER, LIST_STANDARD, KEYS_LIST_MAX, &page);
    if (err) return err;

    struct key *keys;
    size_t count;
    int64_t before_id = page.has_cursor ? page.cursor.id : 0;
    err = key_list(request->reader, request->arena, before_id, page.limit + 1, &keys, &count);
    if (err) return err;
    bool has_more = count > page.limit;
    size_t shown = has_more ? page.limit : count;
    struct json_writer *writer = reply_list_begin(request);
    for (size_t i = 0; i < shown; i++) {
        json_object_begin(writer, NULL);
        key_write_members(writer, &keys[i]);
        json_object_end(writer);
    }
    struct str next = { 0 };
    if (has_more) {
        next = cursor_write(request->arena, ORDER, (struct cursor){ .id = keys[shown - 1].id });
    }
    reply_list_end(request, next);
    return OK;
}

/* `out` stands first, so that what the writer fills and what the reply needs are one thing. */
struct key_making {
    struct key_create_out out;
    struct key_create_in in;
    struct token token;
};

static void reply_fault(struct request *request, enum err err, enum key_fault fault)
{
    switch (fault) {
    case KEY_AGENT_NEEDED:
        reply_problem(request, 400, "agent_needed",
                      "Scope agent needs agent_id, the other scopes must not have it.");
        return;
    case KEY_AGENT_UNKNOWN:
        reply_problem(request, 400, "unknown_agent", "agent_id is nobody, or is disabled.");
        return;
    case KEY_EXPIRED:
        reply_problem(request, 400, "out_of_range", "expires_at must lie in the future.");
        return;
    case KEY_FINE: break;
    }
    reply_err(request, err);
}

static void created(struct request *request, enum err err)
{
    const struct key_making *making = request->out;
    if (err) {
        reply_fault(request, err, making->out.fault);
        return;
    }
    struct json_writer *writer = reply_json(request, 201);
    json_object_begin(writer, NULL);
    key_write_members(writer, &making->out.key);
    json_put_text(writer, "token", making->token.text);
    json_object_end(writer);
    reply_done(request);
}

static enum err key_add(struct request *request)
{
    struct json_form form;
    enum err err = request_form(request, &form);
    if (err) return err;
    struct key_making *making = arena_new(request->arena, struct key_making);
    struct key_create_in *in = &making->in;
    int scope = 0;
    form_name(&form, "name", KEY_NAME_MAX, &in->name);
    json_form_choice(&form, "scope", SCOPE_NAMES, &scope);
    json_form_id(&form, "agent_id", ID_AGENT, &in->agent_id);
    json_form_time(&form, "expires_at", &in->expires_at_ms);
    json_form_require(&form, "name");
    json_form_require(&form, "scope");
    err = request_form_end(request, &form);
    if (err) return err;

    making->token = token_make(request->arena, TOKEN_KEY);
    in->scope = (enum scope)(scope + 1);
    in->token = making->token.hash;
    in->hint = token_hint(&making->token);
    return request_write(request, &KEY_CREATE, in, making, created);
}

static void revoked(struct request *request, enum err err)
{
    access_changed(request->workspace->access);
    if (err) {
        reply_err(request, err);
        return;
    }
    reply_empty(request, 204);
}

static enum err key_remove(struct request *request)
{
    struct key_revoke_in *in = arena_new(request->arena, struct key_revoke_in);
    enum err err = request_id_parameter(request, 0, ID_KEY, &in->id);
    if (err) return err;
    return request_write(request, &KEY_REVOKE, in, NULL, revoked);
}

static const struct route TABLE[] = {
    { "GET", "/api/v1/keys", KEY_WRITE, .handle = keys_show },
    { "POST", "/api/v1/keys", KEY_WRITE, .handle = key_add, .body = BODY_WHOLE,
      .body_max = ACCESS_BODY_MAX, .reply_is_secret = true },
    { "DELETE", "/api/v1/keys/{id}", KEY_WRITE, .handle = key_remove },
};

const struct routes KEY_ROUTES = { .items = TABLE, .count = sizeof(TABLE) / sizeof(TABLE[0]) };
