#include "conversation/interaction_api.h"

#include "conversation/conversation_view_api.h"
#include "conversation/interaction_list_store.h"
#include "conversation/reach_store.h"

enum { LIST_STANDARD = 50 };

static const char ORDER_CAPTURED[] = "interactions/captured";
static const char ORDER_DOWN[] = "interactions/-at";
static const char ORDER_UP[] = "interactions/at";

/* Without limits in time; filled in by what is asked. */
static const struct interaction_asked EVERYTHING = { .from_ms = INT64_MIN, .to_ms = INT64_MAX };

static void reply_page(struct request *request, const char *order,
                       const struct interaction_page *page)
{
    struct json_writer *writer = reply_list_begin(request);
    for (size_t i = 0; i < page->count; i++) {
        interaction_write_json(writer, NULL, &page->items[i], shown_to(request));
    }
    struct str next = { 0 };
    if (page->has_more) {
        next =
            cursor_write(request->arena, order, (struct cursor){ page->next.at_ms, page->next.id });
    }
    reply_list_end(request, next);
}

/* Reads `limit` and `cursor` of a list in that order. */
static enum err read_page(struct request *request, const char *order,
                          struct interaction_asked *asked)
{
    struct page page;
    enum err err = request_page(request, order, LIST_STANDARD, INTERACTIONS_PAGE_MAX, &page);
    if (err) return err;
    asked->limit = page.limit;
    if (!page.has_cursor) return OK;
    struct interaction_key *after = arena_new(request->arena, struct interaction_key);
    *after = (struct interaction_key){ page.cursor.value, page.cursor.id };
    asked->after = after;
    return OK;
}

static enum err reply_conversation(struct request *request, int64_t conversation_id,
                                   struct interaction_asked *asked)
{
    struct interaction_page found;
    const char *order = asked->order == INTERACTIONS_OLDEST_FIRST ? ORDER_UP : ORDER_DOWN;
    enum err err = read_page(request, order, asked);
    if (!err) {
        err = interactions_of_conversation(request->reader, request->arena, conversation_id, asked,
                                           &found);
    }
    if (!err) reply_page(request, order, &found);
    return err;
}

static enum err reply_customers(struct request *request, struct interaction_asked *asked)
{
    struct interaction_page found;
    enum err err = read_page(request, ORDER_DOWN, asked);
    if (!err) err = interactions_of_customers(request->reader, request->arena, asked, &found);
    if (!err) reply_page(request, ORDER_DOWN, &found);
    return err;
}

static enum err reply_captured(struct request *request, struct interaction_asked *asked)
{
    struct interaction_page found;
    enum err err = read_page(request, ORDER_CAPTURED, asked);
    if (!err) err = interactions_captured(request->reader, request->arena, asked, &found);
    if (!err) reply_page(request, ORDER_CAPTURED, &found);
    return err;
}

/* The conversation that `?conversation=` names must be in reach; 0: there is none. */
static enum err read_conversation(struct request *request, const struct reach *reach, int64_t *out)
{
    *out = 0;
    enum err err = request_argument_id(request, "conversation", ID_CONVERSATION, out);
    if (err || *out == 0) return err;
    err = reach_check(request->reader, request->arena, reach, *out);
    if (err != ERR_NOT_FOUND) return err;
    return request_fault(request, "conversation", "There is no such conversation.");
}

static enum err interactions_show(struct request *request)
{
    static const char *const NAMES[] = { "customer", "conversation", "channel", "from",
                                         "to",       "limit",        "cursor",  NULL };
    struct interaction_asked asked = EVERYTHING;
    struct reach reach;
    int64_t conversation_id;
    int64_t *customers = NULL;
    enum err err = request_check_arguments(request, NAMES);
    if (!err) err = request_argument_id(request, "channel", ID_CHANNEL, &asked.channel_id);
    if (!err) err = request_argument_time(request, "from", &asked.from_ms);
    if (!err) err = request_argument_time(request, "to", &asked.to_ms);
    if (!err) err = request_reach(request, &reach);
    if (!err) err = read_conversation(request, &reach, &conversation_id);
    if (!err) {
        err = request_argument_customers(request, "customer", &customers, &asked.customers_count);
    }
    if (err) return err;
    asked.order = INTERACTIONS_NEWEST_FIRST;
    asked.reach = &reach;
    asked.customers = customers;
    if (conversation_id != 0 && customers) {
        return request_fault(request, "conversation", "Give either customer or conversation.");
    }
    if (conversation_id != 0) return reply_conversation(request, conversation_id, &asked);
    return customers ? reply_customers(request, &asked) : reply_captured(request, &asked);
}

static enum err interaction_show(struct request *request)
{
    int64_t id;
    struct reach reach;
    struct interaction_view view;
    enum err err = request_id_parameter(request, 0, ID_INTERACTION, &id);
    if (!err) err = request_reach(request, &reach);
    if (!err) err = interaction_read_one(request->reader, request->arena, &reach, id, &view);
    if (err) return err;
    interaction_write_json(reply_json(request, 200), NULL, &view, shown_to(request));
    reply_done(request);
    return OK;
}

enum err messages_show(struct request *request)
{
    static const char *const NAMES[] = { "order", "limit", "cursor", NULL };
    int64_t id;
    enum err err = request_check_arguments(request, NAMES);
    if (!err) err = request_conversation(request, 0, &id);
    if (err) return err;
    struct interaction_asked asked = EVERYTHING;
    struct str order = request_argument(request, "order");
    if (str_equal(order, STR("-at"))) {
        asked.order = INTERACTIONS_NEWEST_FIRST;
    } else if (order.size > 0 && !str_equal(order, STR("at"))) {
        return request_fault(request, "order", "Give at or -at.");
    }
    return reply_conversation(request, id, &asked);
}

enum err timeline_show(struct request *request)
{
    static const char *const NAMES[] = { "limit", "cursor", NULL };
    int64_t id;
    int64_t *customers;
    struct reach reach;
    struct interaction_asked asked = EVERYTHING;
    enum err err = request_check_arguments(request, NAMES);
    if (!err) err = request_id_parameter(request, 0, ID_CUSTOMER, &id);
    if (!err) {
        err = customer_members(&(struct read_from){ .reader = request->reader }, request->arena, id,
                               &customers, &asked.customers_count);
    }
    if (!err) err = request_reach(request, &reach);
    if (err) return err;
    asked.customers = customers;
    asked.reach = &reach;
    return reply_customers(request, &asked);
}

static const struct route TABLE[] = {
    { "GET", "/api/v1/interactions", INTERACTION_READ, .handle = interactions_show },
    { "GET", "/api/v1/interactions/{id}", INTERACTION_READ, .handle = interaction_show },
};

const struct routes INTERACTION_ROUTES = { .items = TABLE,
                                           .count = sizeof(TABLE) / sizeof(TABLE[0]) };
