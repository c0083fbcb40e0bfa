#include "metric/handlers_api.h"
#include "metric/label_store.h"
#include "metric/metric.h"
#include "store/dimension.h"

enum { VALUES_STANDARD = 50, VALUES_MAX = 200 };

static const char *const SOURCES[] = {
    [DIMENSION_OF_ROWS] = "rows", [DIMENSION_OF_NUMBERS] = "numbers", [DIMENSION_OF_TEXTS] = "texts"
};

/* Names of all dimensions, the workspace's own ones last. */
struct names {
    struct dimension_row *own;
    size_t own_count;
};

static enum err read_names(struct request *request, struct names *out)
{
    return dimension_read_own(request->reader, request->arena, &out->own, &out->own_count);
}

static void write_statistics(struct json_writer *writer, const struct metric *metric)
{
    size_t count = metric_statistics_count(metric);
    json_array_begin(writer, "statistics");
    for (size_t i = 0; i < count; i++) {
        json_put_text(writer, NULL, str_from(metric->statistics[i].name));
    }
    json_array_end(writer);
    json_array_begin(writer, "statistic_details");
    for (size_t i = 0; i < count; i++) {
        json_object_begin(writer, NULL);
        json_put_text(writer, "name", str_from(metric->statistics[i].name));
        json_put_text(writer, "meaning", str_from(metric->statistics[i].meaning));
        json_put_text(writer, "unit", str_from(UNIT_NAMES[metric->statistics[i].unit]));
        json_object_end(writer);
    }
    json_array_end(writer);
    json_put_text(writer, "standard_statistic", str_from(metric->statistics[0].name));
}

static void write_dimension_names(struct json_writer *writer, const struct names *names)
{
    json_array_begin(writer, "dimensions");
    for (int i = 0; i < DIMENSION_FIXED_COUNT; i++) {
        json_put_text(writer, NULL, str_from(dimension_name((enum dimension)i)));
    }
    for (size_t i = 0; i < names->own_count; i++) json_put_text(writer, NULL, names->own[i].name);
    json_array_end(writer);
}

static void write_metric(struct json_writer *writer, const struct metric *metric,
                         const struct names *names)
{
    json_object_begin(writer, NULL);
    json_put_text(writer, "id", str_from(metric->id));
    json_put_int(writer, "version", metric->version);
    json_put_text(writer, "name", str_from(metric->name));
    json_put_text(writer, "meaning", str_from(metric->meaning));
    json_put_text(writer, "unit", str_from(UNIT_NAMES[metric->statistics[0].unit]));
    json_put_text(writer, "population", str_from(metric->population));
    json_put_text(writer, "counts", str_from(COUNTS_NAMES[metric->counts]));
    json_put_text(writer, "formula", str_from(metric->formula));
    json_array_begin(writer, "traps");
    for (size_t i = 0; i < METRIC_TEXTS_MAX && metric->traps[i]; i++) {
        json_put_text(writer, NULL, str_from(metric->traps[i]));
    }
    json_array_end(writer);
    write_statistics(writer, metric);
    write_dimension_names(writer, names);
    json_put_text(writer, "better", str_from(BETTER_NAMES[metric->better]));
    json_put_bool(writer, "has_numerator", metric->has_numerator);
    json_object_end(writer);
}

enum err metrics_list(struct request *request)
{
    struct names names;
    enum err err = read_names(request, &names);
    if (err) return err;
    struct json_writer *writer = reply_list_begin(request);
    for (size_t i = 0; i < METRICS_COUNT; i++) write_metric(writer, METRICS[i], &names);
    reply_list_end(request, (struct str){ 0 });
    return OK;
}

static void write_dimension(struct json_writer *writer, struct str name, const char *kind,
                            bool is_own)
{
    json_object_begin(writer, NULL);
    json_put_text(writer, "name", name);
    json_put_text(writer, "kind", str_from(kind));
    json_put_bool(writer, "is_own", is_own);
    json_object_end(writer);
}

enum err dimensions_list(struct request *request)
{
    struct names names;
    enum err err = read_names(request, &names);
    if (err) return err;
    struct json_writer *writer = reply_list_begin(request);
    for (int i = 0; i < DIMENSION_FIXED_COUNT; i++) {
        enum dimension dimension = (enum dimension)i;
        write_dimension(writer, str_from(dimension_name(dimension)),
                        SOURCES[dimension_source(dimension)], false);
    }
    for (size_t i = 0; i < names.own_count; i++) {
        write_dimension(writer, names.own[i].name, SOURCES[DIMENSION_OF_TEXTS], true);
    }
    reply_list_end(request, (struct str){ 0 });
    return OK;
}

enum err dimension_values_list(struct request *request)
{
    static const char *const ARGUMENTS[] = { "text", "limit", NULL };
    struct page page;
    enum dimension dimension;
    enum err err = request_check_arguments(request, ARGUMENTS);
    if (!err) err = request_page(request, "dimension_values", VALUES_STANDARD, VALUES_MAX, &page);
    if (!err) {
        err = dimension_find(request->reader, request->arena, request->parameters[0], &dimension);
    }
    if (err) return err;
    struct str text = request_argument(request, "text");
    if (text.size > DIMENSION_TEXT_MAX) return request_fault(request, "text", "It is too long.");

    struct labels labels;
    struct label_search search = { (int)dimension, text, page.limit };
    err = label_list(request->reader, request->arena, &search, &labels);
    if (err) return err;
    struct json_writer *writer = reply_list_begin(request);
    for (size_t i = 0; i < labels.count; i++) {
        json_object_begin(writer, NULL);
        json_put_text(writer, "value", labels.items[i].value);
        json_put_text(writer, "label", labels.items[i].label);
        json_object_end(writer);
    }
    reply_list_end(request, (struct str){ 0 });
    return OK;
}
