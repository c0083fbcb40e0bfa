#include "access/access.h"
#include "access/access_api.h"
#include "access/form.h"
#include "access/key_store.h"
#include "base/time.h"

static void write_permissions(struct json_writer *writer, uint64_t permissions)
{
    json_array_begin(writer, "permissions");
    for (int i = PERMISSION_SELF + 1; i < PERMISSIONS; i++) {
        if (!(permissions >> i & 1)) continue;
        json_put_text(writer, NULL, str_from(permission_name((enum permission)i)));
    }
    json_array_end(writer);
}

static void write_workspace(struct json_writer *writer, const struct workspace *workspace,
                            const struct settings *settings)
{
    json_object_begin(writer, "workspace");
    json_put_text(writer, "name", workspace->name);
    json_put_text_or_null(writer, "display_name", settings->workspace_name);
    json_put_text(writer, "zone", settings->zone);
    json_object_end(writer);
}

/* What a principal is called: the agent's role, else the key's scope. */
struct me {
    const struct agent *agent; /* NULL: none */
    const char *role;          /* NULL: none */
    const char *scope;         /* NULL: not a key */
};

static enum err me_read(struct request *request, struct me *out)
{
    const struct principal *principal = &request->principal;
    struct me me = { .role =
                         principal->kind == PRINCIPAL_LOCAL ? ROLE_NAMES[ROLE_ADMIN - 1] : NULL };
    if (principal->kind == PRINCIPAL_KEY) {
        struct key key;
        enum err err = key_read(request->reader, request->arena, principal->id, &key);
        if (err) return err;
        me.scope = SCOPE_NAMES[key.scope - 1];
    }
    if (principal->agent_id) {
        struct agent *agent = arena_new(request->arena, struct agent);
        enum err err = agent_read(request->reader, request->arena, principal->agent_id, agent);
        if (err) return err;
        me.agent = agent;
        me.role = ROLE_NAMES[agent->role - 1];
    }
    *out = me;
    return OK;
}

static void write_kind(struct json_writer *writer, enum principal_kind kind)
{
    static const char *const KINDS[] = { [PRINCIPAL_NOBODY] = "nobody",
                                         [PRINCIPAL_SESSION] = "session",
                                         [PRINCIPAL_KEY] = "key",
                                         [PRINCIPAL_LOCAL] = "local" };
    json_put_text(writer, "kind", str_from(KINDS[kind]));
}

static enum err me_show(struct request *request)
{
    struct settings settings;
    struct me me;
    enum err err = settings_read(request->reader, request->arena, &settings);
    if (!err) err = me_read(request, &me);
    if (err) return err;

    struct json_writer *writer = reply_json(request, 200);
    json_object_begin(writer, NULL);
    write_kind(writer, request->principal.kind);
    if (me.agent) {
        agent_write_json(writer, "agent", me.agent);
    } else {
        json_put_null(writer, "agent");
    }
    json_put_text_or_null(writer, "role", str_from(me.role));
    json_put_text_or_null(writer, "scope", str_from(me.scope));
    write_permissions(writer, request->principal.permissions);
    write_workspace(writer, request->workspace, &settings);
    json_object_end(writer);
    /* The session's end slides in the database; here the cookie's slides with it. */
    if (request->principal.kind == PRINCIPAL_SESSION) {
        session_cookie_set(request, session_cookie(request));
    }
    reply_done(request);
    return OK;
}

/* ---- changing oneself ---- */

struct me_change {
    struct agent_change_in in;
    struct agent_out out;
    struct str password;
    struct str old_password;
    struct str account;
    struct json_form form;
};

static enum err me_work(struct request *request, void *context)
{
    struct me_change *change = context;
    struct password_gate *gate = request->workspace->access->gate;
    struct str stored;
    bool is_right;
    enum err err = agent_read_password_id(request->reader, request->arena, change->in.id, &stored);
    if (!err) err = password_verify(gate, stored, change->old_password, &is_right);
    if (err) return err;
    if (!is_right) return ERR_DENIED;
    return password_hash(gate, request->arena, change->password, &change->in.password_hash);
}

static void me_changed(struct request *request, enum err err)
{
    const struct agent_out *made = request->out;
    access_changed(request->workspace->access);
    if (err) {
        agent_reply_fault(request, err, made->fault);
        return;
    }
    agent_write_json(reply_json(request, 200), NULL, &made->agent);
    reply_version(request, made->agent.version);
    reply_done(request);
}

static void password_checked(struct request *request, enum err err)
{
    struct me_change *change = request->context;
    struct limit *accounts = request->workspace->access->accounts;
    if (err == ERR_DENIED) {
        json_form_fault(&change->form, "old_password", "wrong_password", "This is not it.");
        reply_err(request, ERR_INVALID);
        return;
    }
    limit_clear(accounts, change->account, time_monotonic_ms());
    if (!err) err = request_write(request, &AGENT_CHANGE, &change->in, &change->out, me_changed);
    if (err) reply_err(request, err);
}

/* A stolen session must not be a way to guess the password behind it. */
static enum err password_change(struct request *request, struct me_change *change)
{
    struct limit *accounts = request->workspace->access->accounts;
    int64_t wait_ms;
    change->account = id_text(request->arena, ID_AGENT, change->in.id);
    if (limit_begin(accounts, change->account, time_monotonic_ms(), &wait_ms)) {
        reply_problem(request, 429, "sign_in_limited", "Too many wrong passwords. Wait a while.");
        return ERR_DENIED;
    }
    enum err err = request_work(request, me_work, change, password_checked);
    if (err) limit_forgive(accounts, change->account, time_monotonic_ms());
    return err;
}

static enum err me_edit(struct request *request)
{
    if (!request->principal.agent_id) {
        reply_problem(request, 400, "no_agent", "Only a person can be changed here.");
        return ERR_INVALID;
    }
    struct me_change *change = arena_new(request->arena, struct me_change);
    struct json_form *form = &change->form;
    enum err err = request_form(request, form);
    if (err) return err;
    change->in.id = request->principal.agent_id;
    change->in.session_id =
        request->principal.kind == PRINCIPAL_SESSION ? request->principal.id : 0;
    form_name(form, "name", AGENT_NAME_MAX, &change->in.name);
    bool sets_password = form_password(form, "password", STR(""), &change->password);
    json_form_text(form, "old_password", PASSWORD_SIZE_MAX, &change->old_password);
    if (sets_password) json_form_require(form, "old_password");
    err = request_form_end(request, form);
    if (err) return err;
    if (sets_password) return password_change(request, change);
    return request_write(request, &AGENT_CHANGE, &change->in, &change->out, me_changed);
}

/* ---- state ---- */

static void state_reply(struct request *request, const struct agent *agent)
{
    struct json_writer *writer = reply_json(request, 200);
    json_object_begin(writer, NULL);
    json_put_text(writer, "state", str_from(AGENT_STATE_NAMES[agent->state - 1]));
    json_put_time(writer, "since", agent->state_since_ms);
    json_object_end(writer);
    reply_done(request);
}

static enum err state_show(struct request *request)
{
    struct agent agent;
    if (!request->principal.agent_id) return ERR_NOT_FOUND;
    enum err err = agent_read(request->reader, request->arena, request->principal.agent_id, &agent);
    if (err) return err;
    state_reply(request, &agent);
    return OK;
}

static void state_set(struct request *request, enum err err)
{
    const struct agent_out *made = request->out;
    if (err) {
        reply_err(request, err);
        return;
    }
    state_reply(request, &made->agent);
}

static enum err state_edit(struct request *request)
{
    struct json_form form;
    int state = 0;
    if (!request->principal.agent_id) return ERR_NOT_FOUND;
    enum err err = request_form(request, &form);
    if (err) return err;
    json_form_choice(&form, "state", AGENT_STATE_NAMES, &state);
    json_form_require(&form, "state");
    err = request_form_end(request, &form);
    if (err) return err;
    struct agent_state_in *in = arena_new(request->arena, struct agent_state_in);
    *in = (struct agent_state_in){ .id = request->principal.agent_id,
                                   .state = (enum agent_state)(state + 1) };
    return request_write(request, &AGENT_STATE_SET, in, arena_new(request->arena, struct agent_out),
                         state_set);
}

static const struct route TABLE[] = {
    { "GET", "/api/v1/me", PERMISSION_SELF, .handle = me_show },
    { "PATCH", "/api/v1/me", PERMISSION_SELF, .handle = me_edit, .body = BODY_WHOLE,
      .body_max = ACCESS_BODY_MAX },
    { "GET", "/api/v1/me/state", PERMISSION_SELF, .handle = state_show },
    { "PUT", "/api/v1/me/state", PERMISSION_SELF, .handle = state_edit, .body = BODY_WHOLE,
      .body_max = ACCESS_BODY_MAX },
};

const struct routes ME_ROUTES = { .items = TABLE, .count = sizeof(TABLE) / sizeof(TABLE[0]) };
