#include "access/access.h"
#include "access/access_api.h"
#include "access/form.h"
#include "access/team_store.h"

enum { LIST_STANDARD = 50 };

static const char ORDER[] = "teams";

static void team_write_json(struct json_writer *writer, const struct team *team)
{
    json_object_begin(writer, NULL);
    json_put_id(writer, "id", ID_TEAM, team->id);
    json_put_text(writer, "name", team->name);
    json_array_begin(writer, "agent_ids");
    for (size_t i = 0; i < team->agent_count; i++) {
        json_put_id(writer, NULL, ID_AGENT, team->agent_ids[i]);
    }
    json_array_end(writer);
    json_put_time(writer, "created_at", team->created_at_ms);
    json_put_bool(writer, "archived", team->archived_at_ms != 0);
    json_put_int(writer, "version", team->version);
    json_object_end(writer);
}

static enum err list_filter(struct request *request, struct team_list_filter *out)
{
    static const char *const NAMES[] = { "limit", "cursor", "name", "archived", NULL };
    enum err err = request_check_arguments(request, NAMES);
    out->name = request_argument(request, "name");
    struct str archived = request_argument(request, "archived");
    if (str_equal(archived, STR("true"))) {
        out->choice = TEAMS_ARCHIVED;
    } else if (str_equal(archived, STR("all"))) {
        out->choice = TEAMS_ALL;
    } else if (archived.data && !str_equal(archived, STR("false"))) {
        err = request_fault(request, "archived", "Give true, false or all.");
    }
    return err;
}

static enum err teams_show(struct request *request)
{
    struct team_list_filter filter = { .choice = TEAMS_ACTIVE };
    struct page page;
    enum err err = list_filter(request, &filter);
    if (err) return err;
    err = request_page(request, ORDER, LIST_STANDARD, TEAMS_LIST_MAX, &page);
    if (err) return err;
    if (page.has_cursor) filter.before_id = page.cursor.id;

    struct team *teams;
    size_t count;
    err = team_list(request->reader, request->arena, &filter, page.limit + 1, &teams, &count);
    if (err) return err;
    bool has_more = count > page.limit;
    size_t shown = has_more ? page.limit : count;
    struct json_writer *writer = reply_list_begin(request);
    for (size_t i = 0; i < shown; i++) team_write_json(writer, &teams[i]);
    struct str next = { 0 };
    if (has_more) {
        next = cursor_write(request->arena, ORDER, (struct cursor){ .id = teams[shown - 1].id });
    }
    reply_list_end(request, next);
    return OK;
}

static void team_reply(struct request *request, int status, const struct team *team)
{
    team_write_json(reply_json(request, status), team);
    reply_version(request, team->version);
    reply_done(request);
}

static enum err team_show(struct request *request)
{
    int64_t id;
    struct team team;
    enum err err = request_id_parameter(request, 0, ID_TEAM, &id);
    if (!err) err = team_read(request->reader, request->arena, id, &team);
    if (err) return err;
    team_reply(request, 200, &team);
    return OK;
}

static void reply_fault(struct request *request, enum err err)
{
    const struct team_out *made = request->out;
    switch (made->fault) {
    case TEAM_NAME_TAKEN:
        reply_problem(request, 409, "name_taken",
                      "Another team has this name; an archived one keeps its name.");
        return;
    case TEAM_AGENT_UNKNOWN:
        reply_problem(request, 400, "unknown_agent", "One of agent_ids is nobody.");
        return;
    case TEAM_AGENT_FULL:
        reply_problem(request, 400, "limit_exceeded",
                      "One of agent_ids is in %d other teams already, as many as there can be.",
                      AGENT_TEAMS_MAX);
        return;
    case TEAM_VERSION:
    case TEAM_FINE: break;
    }
    reply_err(request, err);
}

static void created(struct request *request, enum err err)
{
    const struct team_out *made = request->out;
    access_changed(request->workspace->access);
    if (err) {
        reply_fault(request, err);
        return;
    }
    team_reply(request, 201, &made->team);
}

static enum err team_add(struct request *request)
{
    struct json_form form;
    enum err err = request_form(request, &form);
    if (err) return err;
    struct team_create_in *in = arena_new(request->arena, struct team_create_in);
    struct form_ids agents = { .kind = ID_AGENT, .count_max = TEAM_AGENTS_MAX };
    form_name(&form, "name", TEAM_NAME_MAX, &in->name);
    form_ids(&form, "agent_ids", &agents);
    json_form_require(&form, "name");
    err = request_form_end(request, &form);
    if (err) return err;
    in->agent_ids = agents.items;
    in->agent_count = agents.count;
    return request_write(request, &TEAM_CREATE, in, arena_new(request->arena, struct team_out),
                         created);
}

static void changed(struct request *request, enum err err)
{
    const struct team_out *made = request->out;
    access_changed(request->workspace->access);
    if (err) {
        reply_fault(request, err);
        return;
    }
    team_reply(request, 200, &made->team);
}

static enum err team_edit(struct request *request)
{
    struct json_form form;
    struct team_change_in *in = arena_new(request->arena, struct team_change_in);
    enum err err = request_id_parameter(request, 0, ID_TEAM, &in->id);
    if (!err) err = request_if_match(request, &in->version);
    if (!err) err = request_form(request, &form);
    if (err) return err;

    struct form_ids agents = { .kind = ID_AGENT, .count_max = TEAM_AGENTS_MAX };
    bool is_archived;
    form_name(&form, "name", TEAM_NAME_MAX, &in->name);
    in->sets_agents = form_ids(&form, "agent_ids", &agents);
    if (json_form_bool(&form, "archived", &is_archived)) {
        in->turn = is_archived ? TEAM_ARCHIVE : TEAM_RESTORE;
    }
    err = request_form_end(request, &form);
    if (err) return err;
    in->agent_ids = agents.items;
    in->agent_count = agents.count;
    return request_write(request, &TEAM_CHANGE, in, arena_new(request->arena, struct team_out),
                         changed);
}

static void archived(struct request *request, enum err err)
{
    access_changed(request->workspace->access);
    if (err) {
        reply_fault(request, err);
        return;
    }
    reply_empty(request, 204);
}

static enum err team_remove(struct request *request)
{
    struct team_change_in *in = arena_new(request->arena, struct team_change_in);
    in->turn = TEAM_ARCHIVE;
    enum err err = request_id_parameter(request, 0, ID_TEAM, &in->id);
    if (!err) err = request_if_match(request, &in->version);
    if (err) return err;
    return request_write(request, &TEAM_CHANGE, in, arena_new(request->arena, struct team_out),
                         archived);
}

static const struct route TABLE[] = {
    { "GET", "/api/v1/teams", PLACE_READ, .handle = teams_show },
    { "POST", "/api/v1/teams", PEOPLE_WRITE, .handle = team_add, .body = BODY_WHOLE,
      .body_max = ACCESS_BODY_MAX },
    { "GET", "/api/v1/teams/{id}", PLACE_READ, .handle = team_show },
    { "PATCH", "/api/v1/teams/{id}", PEOPLE_WRITE, .handle = team_edit, .body = BODY_WHOLE,
      .body_max = ACCESS_BODY_MAX },
    { "DELETE", "/api/v1/teams/{id}", PEOPLE_WRITE, .handle = team_remove },
};

const struct routes TEAM_ROUTES = { .items = TABLE, .count = sizeof(TABLE) / sizeof(TABLE[0]) };
