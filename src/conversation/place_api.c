#include "conversation/place_api.h"

#include "conversation/place_store.h"
#include "http/request.h"

enum { LIST_STANDARD = 50, PLACE_BODY_MAX = 16 * 1024 };

static const enum id_kind ID_KINDS_OF_PLACES[PLACE_KINDS] = {
    [PLACE_CHANNEL] = ID_CHANNEL,
    [PLACE_TOUCHPOINT] = ID_TOUCHPOINT,
    [PLACE_LABEL] = ID_LABEL,
};
static const char *const ORDERS[PLACE_KINDS] = { "channels", "touchpoints", "labels" };

/* The kind of place a route is about stands in its path. */
static enum place_kind kind_of(const struct request *request)
{
    struct str path = str_from(request->route->path);
    if (str_starts(path, STR("/api/v1/channels"))) return PLACE_CHANNEL;
    return str_starts(path, STR("/api/v1/labels")) ? PLACE_LABEL : PLACE_TOUCHPOINT;
}

static void write_place(struct json_writer *writer, enum place_kind kind, const struct place *place)
{
    json_object_begin(writer, NULL);
    json_put_id(writer, "id", ID_KINDS_OF_PLACES[kind], place->id);
    json_put_text(writer, "name", place->name);
    if (kind == PLACE_CHANNEL) {
        json_put_text(writer, "kind", str_from(CHANNEL_KIND_NAMES[place->channel_kind - 1]));
        json_put_bool(writer, "is_configured", place->is_configured);
    }
    if (kind == PLACE_LABEL) json_put_text_or_null(writer, "colour", place->colour);
    json_put_time(writer, "created_at", place->created_at_ms);
    json_put_bool(writer, "archived", place->archived_at_ms != 0);
    json_put_int(writer, "version", place->version);
    json_object_end(writer);
}

static void reply_place(struct request *request, int status, enum place_kind kind,
                        const struct place *place)
{
    write_place(reply_json(request, status), kind, place);
    reply_version(request, place->version);
    reply_done(request);
}

static enum err read_choice(struct request *request, enum place_choice *out)
{
    struct str archived = request_argument(request, "archived");
    *out = PLACES_IN_USE;
    if (!archived.data || str_equal(archived, STR("false"))) return OK;
    if (!str_equal(archived, STR("true"))) {
        return request_fault(request, "archived", "Give true or false.");
    }
    *out = PLACES_ARCHIVED;
    return OK;
}

static enum err places_show(struct request *request)
{
    enum place_kind kind = kind_of(request);
    static const char *const NAMES[] = { "archived", "limit", "cursor", NULL };
    struct page page;
    enum place_choice choice;
    enum err err = request_check_arguments(request, NAMES);
    if (!err) err = read_choice(request, &choice);
    if (!err) err = request_page(request, ORDERS[kind], LIST_STANDARD, PLACES_PAGE_MAX, &page);
    if (err) return err;

    struct place *places;
    size_t count;
    struct place_asked asked = { .kind = kind, .choice = choice, .limit = page.limit + 1 };
    if (page.has_cursor) asked.after_id = page.cursor.id;
    err = place_list(request->reader, request->arena, &asked, &places, &count);
    if (err) return err;
    size_t shown = count > page.limit ? page.limit : count;
    struct json_writer *writer = reply_list_begin(request);
    for (size_t i = 0; i < shown; i++) write_place(writer, kind, &places[i]);
    struct str next = { 0 };
    if (shown < count) {
        next = cursor_write(request->arena, ORDERS[kind],
                            (struct cursor){ .id = places[shown - 1].id });
    }
    reply_list_end(request, next);
    return OK;
}

static enum err place_show(struct request *request)
{
    enum place_kind kind = kind_of(request);
    int64_t id;
    struct place place;
    enum err err = request_id_parameter(request, 0, ID_KINDS_OF_PLACES[kind], &id);
    if (!err) err = place_read(request->reader, request->arena, kind, id, &place);
    if (!err) reply_place(request, 200, kind, &place);
    return err;
}

static void reply_fault(struct request *request, enum err err)
{
    const struct place_out *out = request->out;
    if (out->fault == PLACE_NAME_TAKEN) {
        reply_problem(request, 409, "name_taken",
                      "Another one has this name; an archived one keeps its name.");
    } else if (err == ERR_LIMIT) {
        reply_problem(request, 400, "limit_exceeded", "There can be at most %d.", PLACES_MAX);
    } else {
        reply_err(request, err);
    }
}

static void created(struct request *request, enum err err)
{
    const struct place_create_in *in = request->in;
    const struct place_out *out = request->out;
    if (err) {
        reply_fault(request, err);
    } else {
        reply_place(request, 201, in->kind, &out->place);
    }
}

static void changed(struct request *request, enum err err)
{
    const struct place_patch_in *in = request->in;
    const struct place_out *out = request->out;
    if (err) {
        reply_fault(request, err);
    } else {
        reply_place(request, 200, in->kind, &out->place);
    }
}

static void archived(struct request *request, enum err err)
{
    if (err) {
        reply_fault(request, err);
    } else {
        reply_empty(request, 204);
    }
}

static void read_name(struct json_form *form, struct str *out)
{
    struct str name;
    if (!json_form_text(form, "name", PLACE_NAME_MAX, &name)) return;
    *out = str_trim(name);
    if (out->size == 0) json_form_fault(form, "name", "required", "Give a name.");
}

static void read_channel_kind(struct json_form *form, enum channel_kind *out)
{
    int index;
    if (json_form_choice(form, "kind", CHANNEL_KIND_NAMES, &index)) {
        *out = (enum channel_kind)(index + 1);
    }
}

static bool is_colour(struct str text)
{
    enum { COLOUR_SIZE = 7 };
    if (text.size != COLOUR_SIZE || text.data[0] != '#') return false;
    for (size_t i = 1; i < text.size; i++) {
        char c = text.data[i];
        bool is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (!is_hex) return false;
    }
    return true;
}

static bool read_colour(struct json_form *form, struct str *out)
{
    struct str text;
    if (json_form_is_null(form, "colour")) return true;
    if (!json_form_text(form, "colour", COLOUR_MAX, &text)) return false;
    if (!is_colour(text)) json_form_fault(form, "colour", "invalid", "Give a colour as #rrggbb.");
    *out = text;
    return true;
}

static enum err place_add(struct request *request)
{
    enum place_kind kind = kind_of(request);
    struct json_form form;
    enum err err = request_form(request, &form);
    if (err) return err;
    struct place_create_in *in = arena_new(request->arena, struct place_create_in);
    in->kind = kind;
    read_name(&form, &in->name);
    json_form_require(&form, "name");
    in->channel_kind = channel_kind_of_name(in->name);
    if (kind == PLACE_CHANNEL) read_channel_kind(&form, &in->channel_kind);
    if (kind == PLACE_LABEL) read_colour(&form, &in->colour);
    err = request_form_end(request, &form);
    if (err) return err;
    return request_write(request, &PLACE_CREATE, in, arena_new(request->arena, struct place_out),
                         created);
}

static enum err place_edit(struct request *request)
{
    enum place_kind kind = kind_of(request);
    struct json_form form;
    struct place_patch_in *in = arena_new(request->arena, struct place_patch_in);
    in->kind = kind;
    enum err err = request_id_parameter(request, 0, ID_KINDS_OF_PLACES[kind], &in->id);
    if (!err) err = request_if_match(request, &in->version);
    if (!err) err = request_form(request, &form);
    if (err) return err;
    bool is_archived;
    read_name(&form, &in->name);
    if (kind == PLACE_CHANNEL) read_channel_kind(&form, &in->channel_kind);
    if (kind == PLACE_LABEL) in->sets_colour = read_colour(&form, &in->colour);
    if (json_form_bool(&form, "archived", &is_archived)) {
        in->turn = is_archived ? PLACE_ARCHIVE : PLACE_RESTORE;
    }
    err = request_form_end(request, &form);
    if (err) return err;
    return request_write(request, &PLACE_PATCH, in, arena_new(request->arena, struct place_out),
                         changed);
}

static enum err place_archive(struct request *request)
{
    enum place_kind kind = kind_of(request);
    struct place_patch_in *in = arena_new(request->arena, struct place_patch_in);
    in->kind = kind;
    in->turn = PLACE_ARCHIVE;
    enum err err = request_id_parameter(request, 0, ID_KINDS_OF_PLACES[kind], &in->id);
    if (!err) err = request_if_match(request, &in->version);
    if (err) return err;
    return request_write(request, &PLACE_PATCH, in, arena_new(request->arena, struct place_out),
                         archived);
}

#define BODY .body = BODY_WHOLE, .body_max = PLACE_BODY_MAX

static const struct route TABLE[] = {
    { "GET", "/api/v1/channels", PLACE_READ, .handle = places_show },
    { "POST", "/api/v1/channels", PLACE_WRITE, .handle = place_add, BODY },
    { "GET", "/api/v1/channels/{id}", PLACE_READ, .handle = place_show },
    { "PATCH", "/api/v1/channels/{id}", PLACE_WRITE, .handle = place_edit, BODY },
    { "DELETE", "/api/v1/channels/{id}", PLACE_WRITE, .handle = place_archive },
    { "GET", "/api/v1/touchpoints", PLACE_READ, .handle = places_show },
    { "POST", "/api/v1/touchpoints", PLACE_WRITE, .handle = place_add, BODY },
    { "GET", "/api/v1/touchpoints/{id}", PLACE_READ, .handle = place_show },
    { "PATCH", "/api/v1/touchpoints/{id}", PLACE_WRITE, .handle = place_edit, BODY },
    { "DELETE", "/api/v1/touchpoints/{id}", PLACE_WRITE, .handle = place_archive },
    { "GET", "/api/v1/labels", PLACE_READ, .handle = places_show },
    { "POST", "/api/v1/labels", PLACE_WRITE, .handle = place_add, BODY },
    { "GET", "/api/v1/labels/{id}", PLACE_READ, .handle = place_show },
    { "PATCH", "/api/v1/labels/{id}", PLACE_WRITE, .handle = place_edit, BODY },
    { "DELETE", "/api/v1/labels/{id}", PLACE_WRITE, .handle = place_archive },
};

const struct routes PLACE_ROUTES = { .items = TABLE, .count = sizeof(TABLE) / sizeof(TABLE[0]) };
