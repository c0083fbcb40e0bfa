#include "access/access_api.h"
#include "access/audit_store.h"

enum { LIST_STANDARD = 50 };

static const char ORDER[] = "audit";

static enum err audit_show(struct request *request)
{
    static const char *const NAMES[] = { "limit", "cursor", NULL };
    struct page page;
    enum err err = request_check_arguments(request, NAMES);
    if (!err) err = request_page(request, ORDER, LIST_STANDARD, AUDIT_LIST_MAX, &page);
    if (err) return err;

    struct event *events;
    size_t count;
    int64_t before_seq = page.has_cursor ? page.cursor.id : 0;
    err = audit_list(request->reader, request->arena, before_seq, page.limit + 1, &events, &count);
    if (err) return err;
    bool has_more = count > page.limit;
    size_t shown = has_more ? page.limit : count;
    struct json_writer *writer = reply_list_begin(request);
    for (size_t i = 0; i < shown; i++) event_write_json(writer, &events[i]);
    struct str next = { 0 };
    if (has_more) {
        next = cursor_write(request->arena, ORDER, (struct cursor){ .id = events[shown - 1].seq });
    }
    reply_list_end(request, next);
    return OK;
}

static const struct route TABLE[] = {
    { "GET", "/api/v1/audit", AUDIT_READ, .handle = audit_show },
};

const struct routes AUDIT_ROUTES = { .items = TABLE, .count = sizeof(TABLE) / sizeof(TABLE[0]) };
