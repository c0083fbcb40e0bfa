#include "metric/query_api.h"

#include "metric/answer.h"
#include "metric/facts_follow.h"
#include "metric/handlers_api.h"
#include "metric/resolve_store.h"
#include "store/setting.h"

enum { QUERY_BODY_MAX = 512 * 1024 };

struct query_work {
    struct metric_query queries[QUERIES_MAX];
    struct str pointers[QUERIES_MAX];
    size_t count;
    bool is_list;
    struct str zone;
    struct str reply;
};

enum err facts_view_for(struct request *request, struct facts_view *out)
{
    if (!request->workspace->facts) return ERR_BUSY;
    facts_follow_wait(request->workspace, FRESH_WAIT_MS);
    if (!facts_follow_is_ready(request->workspace)) return ERR_BUSY;
    return facts_view_begin(request->workspace->facts, out);
}

enum err zone_of_workspace(struct request *request, struct str *out)
{
    enum err err = setting_read(request->reader, request->arena, SETTING_ZONE, out);
    if (err != ERR_NOT_FOUND) return err;
    *out = STR("UTC");
    return OK;
}

bool asker_is_gone(const void *request)
{
    return request_is_gone(request);
}

static enum err read_labels(struct request *request, struct answer *answer)
{
    for (size_t g = 0; g < answer->groups_count; g++) {
        struct answer_group *group = &answer->groups[g];
        for (size_t i = 0; i < answer->plan.by_count; i++) {
            int dimension = answer->plan.by[i];
            int64_t id = facts_dimension_id(answer->plan.view, dimension, group->row->codes[i]);
            enum err err =
                label_read(request->reader, request->arena, dimension, id, &group->labels[i]);
            if (err) return err;
        }
    }
    return OK;
}

static enum err choose_groups(struct request *request, struct answer *answer)
{
    bool by_label = answer->query->order == ORDER_LABEL;
    answer_choose_groups(answer);
    enum err err = by_label ? read_labels(request, answer) : OK;
    if (err) return err;
    answer_order_groups(answer);
    answer_cut_groups(answer);
    return by_label ? OK : read_labels(request, answer);
}

static enum err too_large(struct request *request, struct str pointer)
{
    struct json_form form = { .problems = &request->problems, .pointer = pointer };
    json_form_fault(&form, NULL, "too_large",
                    "That is more than %d buckets, or %d groups times buckets: take a shorter "
                    "range, a longer interval or fewer dimensions.",
                    QUERY_BUCKETS_MAX, QUERY_CELLS_MAX);
    return ERR_INVALID;
}

static enum err answer_one(struct request *request, const struct query_work *work, size_t index,
                           struct facts_view *view, struct json_writer *writer)
{
    struct answer answer = { .query = &work->queries[index],
                             .prefix = request->workspace->prefix,
                             .arena = request->arena };
    struct resolve resolve = {
        .reader = request->reader,
        .arena = request->arena,
        .view = view,
        .now_ms = request->now_ms,
        .problems = &request->problems,
        .pointer = work->pointers[index],
        .zone = work->zone,
    };
    enum err err = query_resolve(&resolve, answer.query, &answer.plan);
    if (err) return err;
    answer.plan.is_gone = asker_is_gone;
    answer.plan.context = request;
    err = query_run(&answer.plan, request->arena, &answer.result);
    if (err == ERR_LIMIT) return too_large(request, work->pointers[index]);
    if (!err) err = choose_groups(request, &answer);
    if (!err) answer_write(writer, NULL, &answer);
    return err;
}

static enum err answer_all(struct request *request, struct query_work *work,
                           struct facts_view *view)
{
    struct buf buf = buf_open(request->arena, REPLY_MAX);
    struct json_writer writer = { .buf = &buf };
    if (work->is_list) {
        json_object_begin(&writer, NULL);
        json_array_begin(&writer, "results");
    }
    for (size_t i = 0; i < work->count; i++) {
        enum err err = answer_one(request, work, i, view, &writer);
        if (err) return err;
    }
    if (work->is_list) {
        json_array_end(&writer);
        json_object_end(&writer);
    }
    enum err err = buf_done(&buf, &work->reply);
    return err ? too_large(request, work->pointers[0]) : OK;
}

static enum err query_work(struct request *request, void *context)
{
    struct query_work *work = context;
    struct facts_view view;
    enum err err = zone_of_workspace(request, &work->zone);
    if (!err) err = facts_view_for(request, &view);
    if (err) return err;
    err = answer_all(request, work, &view);
    facts_view_end(&view);
    return err;
}

static void query_reply(struct request *request, enum err err)
{
    const struct query_work *work = request->context;
    if (err) {
        reply_err(request, err);
    } else {
        reply_bytes(request, 200, "application/json", work->reply);
    }
}

static void read_one(struct request *request, struct json_form *form, struct query_work *work)
{
    work->pointers[work->count] = form->pointer;
    query_read(form, request->arena, &work->queries[work->count++]);
}

static enum err query_post(struct request *request)
{
    struct query_work *work = arena_new(request->arena, struct query_work);
    struct json_form form;
    enum err err = request_form(request, &form);
    if (err) return err;
    const struct json *items;
    size_t count;
    work->is_list = json_form_array(&form, "queries", QUERIES_MAX, &items, &count);
    for (size_t i = 0; work->is_list && i < count; i++) {
        struct json_form item;
        json_form_begin(&item, &request->problems, &items[i],
                        json_form_item_pointer(&form, "queries", i));
        read_one(request, &item, work);
        json_form_end(&item);
    }
    if (!work->is_list) read_one(request, &form, work);
    err = request_form_end(request, &form);
    if (err) return err;
    return request_work(request, query_work, work, query_reply);
}

static const struct route TABLE[] = {
    { "GET", "/api/v1/metrics", METRIC_READ, .handle = metrics_list },
    { "GET", "/api/v1/dimensions", METRIC_READ, .handle = dimensions_list },
    { "GET", "/api/v1/dimensions/{name}/values", METRIC_READ, .handle = dimension_values_list },
    { "POST", "/api/v1/query", METRIC_READ, .handle = query_post, .body = BODY_WHOLE,
      .body_max = QUERY_BODY_MAX },
    { "GET", "/api/v1/query/drill", METRIC_READ, .handle = drill_show },
};
const struct routes METRIC_ROUTES = { TABLE, sizeof(TABLE) / sizeof(TABLE[0]) };
