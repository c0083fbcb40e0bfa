#include "conversation/conversation_list_api.h"

#include "conversation/conversation_list_store.h"
#include "conversation/conversation_view_api.h"
#include "store/feed.h"

enum { LIST_STANDARD = 50, SEARCH_TEXT_MAX = 200 };

/* What `order` may say, by enum conversation_order; cursors are bound to these. */
static const char *const ORDERS[] = { "-activity", "activity", "-created", "created", NULL };
static const char *const CURSOR_ORDERS[] = { "conversations/-activity", "conversations/activity",
                                             "conversations/-created", "conversations/created" };
static const char ORDER_TEXT[] = "conversations/text";
static const char ORDER_EVENTS[] = "conversations/events";

static enum err read_order(struct request *request, enum conversation_order *out)
{
    struct str text = request_argument(request, "order");
    if (text.size == 0) return OK;
    for (int i = 0; ORDERS[i]; i++) {
        if (!str_equal(text, str_from(ORDERS[i]))) continue;
        *out = (enum conversation_order)i;
        return OK;
    }
    return request_fault(request, "order", "Give -activity, activity, -created or created.");
}

static enum err read_assigned(struct request *request, struct conversation_filter *filter)
{
    struct str text = request_argument(request, "assigned");
    if (text.size == 0) return OK;
    if (str_equal(text, STR("none"))) {
        filter->is_unassigned = true;
        return OK;
    }
    if (!str_equal(text, STR("me"))) return request_fault(request, "assigned", "Give me or none.");
    if (request->principal.agent_id == 0) {
        return request_fault(request, "assigned", "Nobody is signed in as an agent.");
    }
    if (filter->agents_count > 0) {
        return request_fault(request, "assigned", "Give either agent or assigned=me.");
    }
    filter->agents[0] = request->principal.agent_id;
    filter->agents_count = 1;
    return OK;
}

static enum err read_filter(struct request *request, struct conversation_filter *filter)
{
    static const char *const NAMES[] = { "state", "team",     "agent", "assigned", "channel",
                                         "label", "customer", "text",  "priority", "order",
                                         "limit", "cursor",   NULL };
    enum err err = request_check_arguments(request, NAMES);
    if (!err) err = request_argument_choices(request, "state", STATE_NAMES, &filter->states);
    if (!err) {
        err = request_argument_choices(request, "priority", PRIORITY_NAMES, &filter->priorities);
    }
    if (!err) {
        err = request_argument_ids(request, "team", ID_TEAM, LIST_IDS_MAX, filter->teams,
                                   &filter->teams_count);
    }
    if (!err) {
        err = request_argument_ids(request, "agent", ID_AGENT, LIST_IDS_MAX, filter->agents,
                                   &filter->agents_count);
    }
    if (!err) {
        err = request_argument_ids(request, "channel", ID_CHANNEL, LIST_IDS_MAX, filter->channels,
                                   &filter->channels_count);
    }
    if (!err) err = request_argument_id(request, "label", ID_LABEL, &filter->label_id);
    if (!err) err = read_assigned(request, filter);
    if (!err) err = read_order(request, &filter->order);
    if (!err) {
        int64_t *customers = NULL;
        err = request_argument_customers(request, "customer", &customers, &filter->customers_count);
        filter->customers = customers;
    }
    return err;
}

static void reply_page(struct request *request, const char *order,
                       const struct conversation_page *page)
{
    struct json_writer *writer = reply_list_begin(request);
    for (size_t i = 0; i < page->count; i++) {
        conversation_write_json(writer, &page->items[i], shown_to(request));
    }
    struct str next = { 0 };
    if (page->has_more) {
        next =
            cursor_write(request->arena, order, (struct cursor){ page->next.at_ms, page->next.id });
    }
    reply_list_end(request, next);
}

static enum err reply_filter(struct request *request, const struct conversation_filter *filter)
{
    struct page page;
    struct reach reach;
    struct conversation_page found;
    const char *order = CURSOR_ORDERS[filter->order];
    enum err err = request_page(request, order, LIST_STANDARD, LIST_PAGE_MAX, &page);
    if (!err) err = request_reach(request, &reach);
    if (err) return err;
    struct conversation_key after = { page.cursor.value, page.cursor.id };
    struct conversation_asked asked = { .filter = filter,
                                        .reach = &reach,
                                        .after = page.has_cursor ? &after : NULL,
                                        .limit = page.limit };
    err = conversation_list(request->reader, request->arena, &asked, &found);
    if (!err) reply_page(request, order, &found);
    return err;
}

static enum err reply_text(struct request *request, const struct conversation_filter *filter,
                           struct str text)
{
    struct page page;
    struct reach reach;
    struct conversation_page found;
    if (shown_to(request) != SHOWN_WHOLE) return ERR_DENIED; /* the answer would tell the text */
    enum err err = request_page(request, ORDER_TEXT, LIST_STANDARD, LIST_PAGE_MAX, &page);
    if (!err) err = request_reach(request, &reach);
    if (err) return err;
    if (text.size > SEARCH_TEXT_MAX) {
        return request_fault(request, "text", "Give at most %d bytes.", SEARCH_TEXT_MAX);
    }
    if (request_argument(request, "order").size > 0) {
        return request_fault(request, "order", "With text the newest stand first: leave it out.");
    }
    if (!request->search_reader) return ERR_BUSY;
    struct conversation_key after = { page.cursor.value, page.cursor.id };
    struct conversation_asked asked = { .filter = filter,
                                        .reach = &reach,
                                        .after = page.has_cursor ? &after : NULL,
                                        .limit = page.limit,
                                        .text = text };
    err = conversation_list_text(request->reader, request->search_reader, request->arena, &asked,
                                 &found);
    if (err == ERR_INVALID) return request_fault(request, "text", "Give at least one word.");
    if (!err) reply_page(request, ORDER_TEXT, &found);
    return err;
}

enum err conversations_show(struct request *request)
{
    struct conversation_filter filter = { 0 };
    enum err err = read_filter(request, &filter);
    if (err) return err;
    struct str text = request_argument(request, "text");
    return text.size > 0 ? reply_text(request, &filter, text) : reply_filter(request, &filter);
}

enum err customer_conversations_show(struct request *request)
{
    static const char *const NAMES[] = { "order", "limit", "cursor", NULL };
    int64_t id;
    int64_t *customers;
    struct conversation_filter filter = { .order = ORDER_CREATED_DOWN };
    enum err err = request_check_arguments(request, NAMES);
    if (!err) err = request_id_parameter(request, 0, ID_CUSTOMER, &id);
    if (!err) err = read_order(request, &filter.order);
    if (!err) {
        err = customer_members(&(struct read_from){ .reader = request->reader }, request->arena, id,
                               &customers, &filter.customers_count);
    }
    if (err) return err;
    filter.customers = customers;
    return reply_filter(request, &filter);
}

enum err conversation_events_show(struct request *request)
{
    static const char *const NAMES[] = { "limit", "cursor", NULL };
    int64_t id;
    struct page page;
    enum err err = request_check_arguments(request, NAMES);
    if (!err) err = request_conversation(request, 0, &id);
    if (!err) err = request_page(request, ORDER_EVENTS, LIST_STANDARD, LIST_PAGE_MAX, &page);
    if (err) return err;
    const struct event *events;
    size_t count;
    err = feed_read_conversation(request->reader, request->arena, id,
                                 page.has_cursor ? page.cursor.id : 0, page.limit + 1, &events,
                                 &count);
    if (err) return err;
    size_t shown = count > page.limit ? page.limit : count;
    struct json_writer *writer = reply_list_begin(request);
    for (size_t i = 0; i < shown; i++) event_write_json(writer, &events[i]);
    struct str next = { 0 };
    if (shown < count) {
        next = cursor_write(request->arena, ORDER_EVENTS,
                            (struct cursor){ .id = events[shown - 1].seq });
    }
    reply_list_end(request, next);
    return OK;
}
