#include "base/time.h"
#include "metric/handlers_api.h"
#include "metric/label.h"
#include "metric/label_store.h"
#include "metric/resolve_store.h"
#include "metric/token.h"

enum { ROWS_STANDARD = 50, ROWS_MAX = 200 };

static const char DRILL_ORDER[] = "drill";

struct drill_work {
    struct token token;
    struct drill_page page;
    bool is_too_few;
    struct str reply;
};

/* ---- rows ---- */

static void write_value(struct json_writer *writer, const struct query_plan *plan,
                        const struct drill_row *row)
{
    bool is_time = plan->metric->statistics[0].unit == UNIT_SECONDS;
    int64_t value = row->value;
    if (is_time && row->state == FACT_OPEN) value = plan->now_ms - row->value;
    if (is_time) {
        json_put_real(writer, "value", (double)(value > 0 ? value : 0) / MS_PER_SECOND);
    } else {
        json_put_int(writer, "value", value);
    }
    enum metric_unit unit = is_time                    ? UNIT_SECONDS
                            : plan->metric->people_min ? UNIT_SCORE
                                                       : UNIT_COUNT;
    json_put_text(writer, "unit", str_from(UNIT_NAMES[unit]));
}

static enum err write_conversation(struct request *request, int64_t id, struct json_writer *writer)
{
    struct conversation_label conversation;
    enum err err = ERR_NOT_FOUND;
    if (id != 0) {
        err = label_read_conversation(request->reader, request->arena, id, &conversation);
    }
    if (err == ERR_NOT_FOUND) {
        json_put_null(writer, "conversation");
        return OK;
    }
    if (err) return err;
    bool sees_text = request_may(request, CUSTOMER_NAME);
    json_object_begin(writer, "conversation");
    json_put_id(writer, "id", ID_CONVERSATION, conversation.id);
    json_put_text_or_null(writer, "subject", sees_text ? conversation.subject : (struct str){ 0 });
    json_put_text_or_null(writer, "state", str_from(label_of_state(conversation.state)));
    json_object_begin(writer, "channel");
    json_put_id(writer, "id", ID_CHANNEL, conversation.channel_id);
    json_put_text(writer, "name", conversation.channel_name);
    json_object_end(writer);
    json_put_time(writer, "created_at", conversation.created_at_ms);
    json_object_end(writer);
    return OK;
}

static enum err write_customer(struct request *request, int64_t id, struct json_writer *writer)
{
    struct customer_label customer;
    enum err err = ERR_NOT_FOUND;
    if (id != 0) err = label_read_customer(request->reader, request->arena, id, &customer);
    if (err == ERR_NOT_FOUND) {
        json_put_null(writer, "customer");
        return OK;
    }
    if (err) return err;
    bool sees_name = request_may(request, CUSTOMER_NAME);
    json_object_begin(writer, "customer");
    json_put_id(writer, "id", ID_CUSTOMER, customer.id);
    json_put_text_or_null(writer, "name", sees_name ? customer.name : (struct str){ 0 });
    json_object_end(writer);
    return OK;
}

static enum err row_read(struct request *request, const struct query_plan *plan,
                         const struct drill_row *row, struct json_writer *writer)
{
    json_object_begin(writer, NULL);
    json_put_id(writer, "interaction_id", ID_INTERACTION, row->interaction_id);
    json_put_id(writer, "conversation_id", ID_CONVERSATION, row->conversation_id);
    json_put_id(writer, "customer_id", ID_CUSTOMER, row->customer_id);
    json_put_time(writer, "at", row->at_ms);
    write_value(writer, plan, row);
    json_put_bool(writer, "censored", row->state != FACT_EVENT);
    json_put_int(writer, "sign", 1);
    enum err err = write_conversation(request, row->conversation_id, writer);
    if (!err) err = write_customer(request, row->customer_id, writer);
    json_object_end(writer);
    return err;
}

/* ---- the answer ---- */

/* Parts of a whole with few answers stay closed: they would name people. */
static enum err check_people(struct request *request, struct drill_work *work,
                             const struct query_plan *plan)
{
    if (plan->metric->people_min == 0 || plan->tests_count == 0) return OK;
    struct query_result result;
    enum err err = query_run(plan, request->arena, &result);
    if (err) return err;
    int64_t n = result.whole.total.number.n;
    work->is_too_few = n > 0 && n < plan->metric->people_min;
    return work->is_too_few ? ERR_DENIED : OK;
}

static enum err write_rows(struct request *request, struct drill_work *work,
                           const struct query_plan *plan)
{
    struct drill_rows rows;
    enum err err = query_drill(plan, request->arena, &work->page, &rows);
    if (err) return err;
    struct buf buf = buf_open(request->arena, REPLY_MAX);
    struct json_writer writer = { .buf = &buf };
    json_object_begin(&writer, NULL);
    json_array_begin(&writer, "data");
    for (size_t i = 0; i < rows.count && !err; i++) {
        err = row_read(request, plan, &rows.items[i], &writer);
    }
    json_array_end(&writer);
    if (err) return err;
    size_t end = work->page.offset + rows.count;
    bool has_more = end < rows.total;
    struct str cursor = { 0 };
    if (has_more) {
        cursor =
            cursor_write(request->arena, DRILL_ORDER, (struct cursor){ (int64_t)end, plan->seq });
    }
    json_put_text_or_null(&writer, "next_cursor", cursor);
    json_put_bool(&writer, "has_more", has_more);
    json_put_int(&writer, "total", (int64_t)rows.total);
    json_object_end(&writer);
    return buf_done(&buf, &work->reply);
}

static enum err drill_plan(struct request *request, struct drill_work *work,
                           struct facts_view *view, struct query_plan *out)
{
    struct resolve resolve = {
        .reader = request->reader,
        .arena = request->arena,
        .view = view,
        .problems = &request->problems,
        .pointer = STR(""),
    };
    struct query_plan plan = {
        .metric = work->token.metric,
        .statistic = work->token.statistic,
        .view = view,
        .seq = work->token.seq,
        .now_ms = work->token.now_ms,
        .period = work->token.period,
        .is_gone = asker_is_gone,
        .context = request,
    };
    enum err err = filter_resolve(&resolve, &work->token.filter, &plan.tests, &plan.tests_count);
    if (err) return err;
    /* Facts that restarted a moment ago may not be as far yet as when the number was answered. */
    if (plan.seq > view->seq) return ERR_BUSY;
    *out = plan;
    return OK;
}

static enum err drill_work(struct request *request, void *context)
{
    struct drill_work *work = context;
    struct facts_view view;
    struct query_plan plan;
    enum err err = facts_view_for(request, &view);
    if (err) return err;
    err = drill_plan(request, work, &view, &plan);
    if (!err) err = check_people(request, work, &plan);
    if (!err) err = write_rows(request, work, &plan);
    facts_view_end(&view);
    return err;
}

static void drill_reply(struct request *request, enum err err)
{
    const struct drill_work *work = request->context;
    if (work->is_too_few) {
        reply_problem(request, 404, "too_few",
                      "There are fewer than %d answers: showing them would show who gave them.",
                      (int)work->token.metric->people_min);
    } else if (err) {
        reply_err(request, err);
    } else {
        reply_bytes(request, 200, "application/json", work->reply);
    }
}

static enum err read_numerator(struct request *request, struct drill_work *work)
{
    struct str text = request_argument(request, "numerator");
    if (!text.data || str_equal(text, STR("false"))) return OK;
    if (!str_equal(text, STR("true"))) {
        return request_fault(request, "numerator", "Say true or false.");
    }
    if (!work->token.metric->has_numerator) {
        return request_fault(request, "numerator", "Only shares have a numerator.");
    }
    work->page.numerator = true;
    return OK;
}

enum err drill_show(struct request *request)
{
    static const char *const ARGUMENTS[] = { "q", "numerator", "limit", "cursor", NULL };
    struct drill_work *work = arena_new(request->arena, struct drill_work);
    struct page page;
    enum err err = request_check_arguments(request, ARGUMENTS);
    if (err) return err;
    /* Rows are of the whole workspace; who sees a part of it only has lists for that. */
    if (!request->principal.sees_all) return ERR_DENIED;
    if (drill_token_read(request->arena, request_argument(request, "q"), &work->token)) {
        return request_fault(request, "q", "Take the address from \"drill\" of a number.");
    }
    err = read_numerator(request, work);
    if (!err) err = request_page(request, DRILL_ORDER, ROWS_STANDARD, ROWS_MAX, &page);
    if (err) return err;
    if (page.has_cursor && (page.cursor.value < 0 || page.cursor.id != work->token.seq)) {
        return request_fault(request, "cursor", "It belongs to another number.");
    }
    work->page.offset = page.has_cursor ? (size_t)page.cursor.value : 0;
    work->page.count_max = page.limit;
    return request_work(request, drill_work, work, drill_reply);
}
