#include "http/inside.h"

static void write_status(struct request *request, int status, struct str word)
{
    struct json_writer *writer = reply_json(request, status);
    json_object_begin(writer, NULL);
    json_put_text(writer, "status", word);
    json_object_end(writer);
    reply_done(request);
}

/* The process answers. */
static enum err livez_show(struct request *request)
{
    write_status(request, 200, STR("live"));
    return OK;
}

/* It can be sent work: what happens is stored. */
static enum err readyz_show(struct request *request)
{
    bool is_ready = request->workspace && !writer_is_broken(request->workspace->writer);
    write_status(request, is_ready ? 200 : 503, is_ready ? STR("ready") : STR("not_ready"));
    return OK;
}

static enum err version_show(struct request *request)
{
    struct server *server = loop_server(request->inside->loop);
    const struct server_settings *settings = server_settings(server);
    struct json_writer *writer = reply_json(request, 200);
    json_object_begin(writer, NULL);
    json_put_text(writer, "name", STR("rapport"));
    json_put_text_or_null(writer, "version", str_from(settings->version));
    json_put_text_or_null(writer, "commit", str_from(settings->commit));
    json_object_end(writer);
    reply_done(request);
    return OK;
}

static const struct route TABLE[] = {
    { .method = "GET",
      .path = "/livez",
      .permission = PERMISSION_PUBLIC,
      .handle = livez_show,
      .body = BODY_NONE },
    { .method = "GET",
      .path = "/readyz",
      .permission = PERMISSION_PUBLIC,
      .handle = readyz_show,
      .body = BODY_NONE },
    { .method = "GET",
      .path = "/version",
      .permission = PERMISSION_PUBLIC,
      .handle = version_show,
      .body = BODY_NONE },
};

const struct routes HEALTH_ROUTES = { .items = TABLE, .count = sizeof(TABLE) / sizeof(TABLE[0]) };
