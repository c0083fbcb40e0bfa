#include "access/access_api.h"

#include "access/access.h"
#include "access/form.h"
#include "access/link_store.h"

enum { LIST_STANDARD = 50 };

static const char ORDER[] = "agents";

void agent_write_json(struct json_writer *writer, const char *name, const struct agent *agent)
{
    json_object_begin(writer, name);
    json_put_id(writer, "id", ID_AGENT, agent->id);
    json_put_text(writer, "name", agent->name);
    json_put_text_or_null(writer, "email", agent->email);
    json_put_text_or_null(writer, "external_id", agent->external_id);
    json_put_text(writer, "role", str_from(ROLE_NAMES[agent->role - 1]));
    json_put_text(writer, "state", str_from(AGENT_STATE_NAMES[agent->state - 1]));
    json_put_time(writer, "state_since", agent->state_since_ms);
    json_array_begin(writer, "team_ids");
    for (size_t i = 0; i < agent->team_count; i++) {
        json_put_id(writer, NULL, ID_TEAM, agent->team_ids[i]);
    }
    json_array_end(writer);
    json_put_bool(writer, "has_password", agent->has_password);
    json_put_bool(writer, "disabled", agent->disabled_at_ms != 0);
    json_put_time(writer, "created_at", agent->created_at_ms);
    json_put_int(writer, "version", agent->version);
    json_object_end(writer);
}

void agent_reply_fault(struct request *request, enum err err, enum agent_fault fault)
{
    switch (fault) {
    case AGENT_EMAIL_TAKEN:
        reply_problem(request, 409, "email_taken", "Somebody else has this e-mail address.");
        return;
    case AGENT_EXTERNAL_ID_TAKEN:
        reply_problem(request, 409, "external_id_taken", "Somebody else has this external_id.");
        return;
    case AGENT_LAST_ADMIN:
        reply_problem(request, 409, "last_admin",
                      "This is the last admin who can sign in. Make another one first.");
        return;
    case AGENT_EMAIL_NEEDED:
        reply_problem(request, 400, "email_needed",
                      "Whoever signs in needs an e-mail address. Send `email` too.");
        return;
    case AGENT_TEAM_UNKNOWN:
        reply_problem(request, 400, "unknown_team", "One of team_ids is no team.");
        return;
    case AGENT_VERSION:
    case AGENT_FINE: break;
    }
    reply_err(request, err);
}

/* ---- reading ---- */

static enum err list_filter(struct request *request, struct agent_list_filter *out)
{
    static const char *const NAMES[] = { "limit", "cursor", "email", "external_id",
                                         "team",  "role",   NULL };
    enum err err = request_check_arguments(request, NAMES);
    struct str email = request_argument(request, "email");
    if (email.data && agent_email_normalise(request->arena, email, &out->email)) {
        err = request_fault(request, "email", "Give one whole address.");
    }
    out->external_id = request_argument(request, "external_id");
    struct str team = request_argument(request, "team");
    if (team.data && id_parse(ID_TEAM, team, &out->team_id)) {
        err = request_fault(request, "team", "Give a team's id.");
    }
    struct str role = request_argument(request, "role");
    for (int i = 0; role.data && ROLE_NAMES[i]; i++) {
        if (str_equal(role, str_from(ROLE_NAMES[i]))) out->role = (enum role)(i + 1);
    }
    if (role.data && !out->role) {
        err = request_fault(request, "role", "Give agent, analyst, supervisor or admin.");
    }
    return err;
}

static enum err agents_show(struct request *request)
{
    struct agent_list_filter filter = { 0 };
    struct page page;
    enum err err = list_filter(request, &filter);
    if (err) return err;
    err = request_page(request, ORDER, LIST_STANDARD, AGENTS_LIST_MAX, &page);
    if (err) return err;
    if (page.has_cursor) filter.before_id = page.cursor.id;

    struct agent *agents;
    size_t count;
    err = agent_list(request->reader, request->arena, &filter, page.limit + 1, &agents, &count);
    if (err) return err;
    bool has_more = count > page.limit;
    size_t shown = has_more ? page.limit : count;
    struct json_writer *writer = reply_list_begin(request);
    for (size_t i = 0; i < shown; i++) agent_write_json(writer, NULL, &agents[i]);
    struct str next = { 0 };
    if (has_more) {
        next = cursor_write(request->arena, ORDER, (struct cursor){ .id = agents[shown - 1].id });
    }
    reply_list_end(request, next);
    return OK;
}

static void agent_reply(struct request *request, int status, const struct agent *agent)
{
    agent_write_json(reply_json(request, status), NULL, agent);
    reply_version(request, agent->version);
    reply_done(request);
}

static enum err agent_show(struct request *request)
{
    int64_t id;
    struct agent agent;
    enum err err = request_id_parameter(request, 0, ID_AGENT, &id);
    if (!err) err = agent_read(request->reader, request->arena, id, &agent);
    if (err) return err;
    agent_reply(request, 200, &agent);
    return OK;
}

/* ---- making ---- */

static void link_write_json(struct request *request, struct json_writer *writer,
                            const struct agent_out *made)
{
    struct str url = { 0 };
    if (made->link.data) url = link_url(request, made->link);
    json_put_text_or_null(writer, "sign_in_url", url);
    json_put_time(writer, "sign_in_url_expires_at", made->link_expires_ms);
}

static void created(struct request *request, enum err err)
{
    const struct agent_out *made = request->out;
    if (err) {
        agent_reply_fault(request, err, made->fault);
        return;
    }
    struct json_writer *writer = reply_json(request, 201);
    json_object_begin(writer, NULL);
    agent_write_json(writer, "agent", &made->agent);
    link_write_json(request, writer, made);
    json_object_end(writer);
    reply_done(request);
}

static bool form_external_id(struct json_form *form, struct str *out)
{
    if (!json_form_text(form, "external_id", AGENT_NAME_MAX, out)) return false;
    *out = str_trim(*out);
    if (out->size > 0) return true;
    json_form_fault(form, "external_id", "invalid_name", "Give at least one character.");
    return false;
}

static enum err agent_add(struct request *request)
{
    struct json_form form;
    enum err err = request_form(request, &form);
    if (err) return err;
    struct agent_create_in *in = arena_new(request->arena, struct agent_create_in);
    struct hashed_write write = { .command = &AGENT_CREATE,
                                  .password_hash = &in->password_hash,
                                  .in = in,
                                  .out = arena_new(request->arena, struct agent_out) };
    struct form_ids teams = { .kind = ID_TEAM, .count_max = AGENT_TEAMS_MAX };
    int role = 0;
    form_name(&form, "name", AGENT_NAME_MAX, &in->name);
    form_email(&form, "email", &in->email);
    form_external_id(&form, &in->external_id);
    json_form_choice(&form, "role", ROLE_NAMES, &role);
    form_ids(&form, "team_ids", &teams);
    form_password(&form, "password", in->email, &write.password);
    json_form_require(&form, "name");
    json_form_require(&form, "role");
    err = request_form_end(request, &form);
    if (err) return err;

    in->role = (enum role)(role + 1);
    in->team_ids = teams.items;
    in->team_count = teams.count;
    in->wants_link = in->email.data && !write.password.data;
    write.then = created;
    return request_write_hashed(request, &write);
}

/* ---- changing ---- */

static void changed(struct request *request, enum err err)
{
    const struct agent_out *made = request->out;
    access_changed(request->workspace->access);
    if (err) {
        agent_reply_fault(request, err, made->fault);
        return;
    }
    agent_reply(request, 200, &made->agent);
}

static void change_read(struct json_form *form, struct agent_change_in *in, struct str *password)
{
    struct form_ids teams = { .kind = ID_TEAM, .count_max = AGENT_TEAMS_MAX };
    int role;
    bool is_disabled;
    form_name(form, "name", AGENT_NAME_MAX, &in->name);
    form_email(form, "email", &in->email);
    bool is_cleared = json_form_is_null(form, "external_id");
    in->sets_external_id = is_cleared || form_external_id(form, &in->external_id);
    if (json_form_choice(form, "role", ROLE_NAMES, &role)) in->role = (enum role)(role + 1);
    if (form_ids(form, "team_ids", &teams)) {
        in->sets_teams = true;
        in->team_ids = teams.items;
        in->team_count = teams.count;
    }
    if (json_form_bool(form, "disabled", &is_disabled)) {
        in->turn = is_disabled ? AGENT_DISABLE : AGENT_ENABLE;
    }
    form_password(form, "password", in->email, password);
}

static enum err agent_edit(struct request *request)
{
    struct json_form form;
    struct agent_change_in *in = arena_new(request->arena, struct agent_change_in);
    enum err err = request_id_parameter(request, 0, ID_AGENT, &in->id);
    if (!err) err = request_if_match(request, &in->version);
    if (!err) err = request_form(request, &form);
    if (err) return err;

    struct hashed_write write = { .command = &AGENT_CHANGE,
                                  .password_hash = &in->password_hash,
                                  .in = in,
                                  .out = arena_new(request->arena, struct agent_out) };
    change_read(&form, in, &write.password);
    err = request_form_end(request, &form);
    if (err) return err;
    write.then = changed;
    return request_write_hashed(request, &write);
}

static void disabled(struct request *request, enum err err)
{
    const struct agent_out *made = request->out;
    access_changed(request->workspace->access);
    if (err) {
        agent_reply_fault(request, err, made->fault);
        return;
    }
    reply_empty(request, 204);
}

static enum err agent_remove(struct request *request)
{
    struct agent_change_in *in = arena_new(request->arena, struct agent_change_in);
    in->turn = AGENT_DISABLE;
    enum err err = request_id_parameter(request, 0, ID_AGENT, &in->id);
    if (!err) err = request_if_match(request, &in->version);
    if (err) return err;
    struct agent_out *out = arena_new(request->arena, struct agent_out);
    return request_write(request, &AGENT_CHANGE, in, out, disabled);
}

static void link_made(struct request *request, enum err err)
{
    const struct agent_out *made = request->out;
    if (err) {
        agent_reply_fault(request, err, made->fault);
        return;
    }
    struct json_writer *writer = reply_json(request, 201);
    json_object_begin(writer, NULL);
    link_write_json(request, writer, made);
    json_object_end(writer);
    reply_done(request);
}

static enum err link_add(struct request *request)
{
    struct link_make_in *in = arena_new(request->arena, struct link_make_in);
    enum err err = request_id_parameter(request, 0, ID_AGENT, &in->agent_id);
    if (err) return err;
    struct agent_out *out = arena_new(request->arena, struct agent_out);
    return request_write(request, &LINK_MAKE, in, out, link_made);
}

static const struct route TABLE[] = {
    { "GET", "/api/v1/agents", PLACE_READ, .handle = agents_show },
    { "POST", "/api/v1/agents", PEOPLE_WRITE, .handle = agent_add, .body = BODY_WHOLE,
      .body_max = ACCESS_BODY_MAX, .reply_is_secret = true },
    { "GET", "/api/v1/agents/{id}", PLACE_READ, .handle = agent_show },
    { "PATCH", "/api/v1/agents/{id}", PEOPLE_WRITE, .handle = agent_edit, .body = BODY_WHOLE,
      .body_max = ACCESS_BODY_MAX },
    { "DELETE", "/api/v1/agents/{id}", PEOPLE_WRITE, .handle = agent_remove },
    { "POST", "/api/v1/agents/{id}/sign_in_link", PEOPLE_WRITE, .handle = link_add,
      .reply_is_secret = true },
};

const struct routes AGENT_ROUTES = { .items = TABLE, .count = sizeof(TABLE) / sizeof(TABLE[0]) };
