#include "access/access.h"
#include "access/access_api.h"
#include "access/form.h"

static const char *const REACHES[] = { "team", "all", NULL };

static void settings_reply(struct request *request, const struct settings *settings)
{
    struct json_writer *writer = reply_json(request, 200);
    json_object_begin(writer, NULL);
    json_put_text_or_null(writer, "workspace_name", settings->workspace_name);
    json_put_text(writer, "zone", settings->zone);
    json_put_text(writer, "reach", settings->reach);
    json_object_end(writer);
    reply_done(request);
}

static enum err settings_show(struct request *request)
{
    struct settings settings;
    enum err err = settings_read(request->reader, request->arena, &settings);
    if (err) return err;
    settings_reply(request, &settings);
    return OK;
}

static void changed(struct request *request, enum err err)
{
    access_changed(request->workspace->access);
    if (err) {
        reply_err(request, err);
        return;
    }
    settings_reply(request, request->out);
}

static enum err settings_edit(struct request *request)
{
    struct json_form form;
    enum err err = request_form(request, &form);
    if (err) return err;
    struct settings *in = arena_new(request->arena, struct settings);
    int reach;
    form_name(&form, "workspace_name", WORKSPACE_TITLE_MAX, &in->workspace_name);
    form_zone(&form, "zone", &in->zone);
    if (json_form_choice(&form, "reach", REACHES, &reach)) in->reach = str_from(REACHES[reach]);
    err = request_form_end(request, &form);
    if (err) return err;
    return request_write(request, &SETTINGS_CHANGE, in, arena_new(request->arena, struct settings),
                         changed);
}

static const struct route TABLE[] = {
    { "GET", "/api/v1/settings", PLACE_READ, .handle = settings_show },
    { "PATCH", "/api/v1/settings", SETTINGS_WRITE, .handle = settings_edit, .body = BODY_WHOLE,
      .body_max = ACCESS_BODY_MAX },
};

const struct routes SETTING_ROUTES = { .items = TABLE, .count = sizeof(TABLE) / sizeof(TABLE[0]) };
