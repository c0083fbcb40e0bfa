/* Reads test/vectors.json and asks the functions of stats/ for every number in it.
 *
 * A family that no function here checks must stand in test/vectors.todo with its issue, a single
 * vector that needs data from outside with `eval`; an unknown family or key fails.
 * Paths are those seen from the root of the project, where `make` runs.
 */
#include <inttypes.h>
#include <math.h>

#include "base/json.h"
#include "base/test.h"
#include "stats/mean.h"
#include "stats/normal.h"
#include "stats/nps.h"
#include "stats/proportion.h"
#include "stats/quantile.h"
#include "stats/survival.h"

enum { FILE_SIZE_MAX = 1 << 20, VALUES_MAX = 200 };

struct vector {
    struct arena *arena;
    struct str name;
    const struct json *inputs;
    const struct json *expected;
    double tolerance;
    bool is_relative;
    size_t seen; /* keys of `expected` that were compared */
};

/* Reports under the vector's name. */
static void check_named(bool passed, struct str name, const char *what)
{
    char text[200];
    (void)snprintf(text, sizeof(text), "%.*s: %s", STR_ARG(name), what);
    test_check(passed, text, __FILE__, __LINE__);
}

static struct str file_read(struct arena *arena, const char *path)
{
    char *data = arena_array(arena, char, FILE_SIZE_MAX);
    FILE *file = fopen(path, "rb");
    CHECK(file);
    if (!file) return STR("");
    size_t size = fread(data, 1, FILE_SIZE_MAX, file);
    (void)fclose(file);
    CHECK(size < FILE_SIZE_MAX);
    return (struct str){ .data = data, .size = size };
}

static bool is_number(const struct json *json)
{
    return json && (json->kind == JSON_INT || json->kind == JSON_REAL);
}

static double number(const struct json *json)
{
    CHECK(is_number(json));
    if (!is_number(json)) return 0;
    return json->kind == JSON_INT ? (double)json->integer : json->real;
}

static double input(const struct vector *vector, const char *name)
{
    return number(json_member(vector->inputs, name));
}

static int64_t input_int(const struct vector *vector, const char *name)
{
    return (int64_t)input(vector, name);
}

/* Some vectors leave the level out. */
static double input_level(const struct vector *vector)
{
    const struct json *level = json_member(vector->inputs, "conf");
    return level ? number(level) : 0.95;
}

static int64_t item_int(const struct json *array, size_t index)
{
    CHECK(array && array->kind == JSON_ARRAY && index < array->array.count);
    return (int64_t)number(&array->array.items[index]);
}

static bool agrees(double got, double expected, double tolerance, bool is_relative)
{
    return fabs(got - expected) <= (is_relative ? tolerance * fabs(expected) : tolerance);
}

static void compare(const struct vector *vector, const char *key, const struct json *expected,
                    double got)
{
    bool passed = is_number(expected) &&
                  agrees(got, number(expected), vector->tolerance, vector->is_relative);
    check_named(passed, vector->name, key);
}

/* Compares if the vector has that key. */
static void expect(struct vector *vector, const char *key, double got)
{
    const struct json *expected = json_member(vector->expected, key);
    if (!expected) return;
    vector->seen++;
    compare(vector, key, expected, got);
}

static void compare_list(const struct vector *vector, const char *key, const struct json *expected,
                         const double *got, size_t count)
{
    bool is_list = expected->kind == JSON_ARRAY && expected->array.count == count;
    check_named(is_list, vector->name, key);
    for (size_t i = 0; is_list && i < count; i++) {
        compare(vector, key, &expected->array.items[i], got[i]);
    }
}

static void expect_list(struct vector *vector, const char *key, const double *got, size_t count)
{
    const struct json *expected = json_member(vector->expected, key);
    if (!expected) return;
    vector->seen++;
    compare_list(vector, key, expected, got, count);
}

static void expect_interval(struct vector *vector, const char *key, struct interval got)
{
    expect_list(vector, key, (const double[]){ got.low, got.high }, 2);
}

/* null: the function must answer that there is no number. */
static void expect_none(struct vector *vector, const char *key, enum err err)
{
    const struct json *expected = json_member(vector->expected, key);
    if (!expected) return;
    vector->seen++;
    check_named(expected->kind == JSON_NULL && err == ERR_NOT_FOUND, vector->name, key);
}

static struct proportion proportion_of(const struct json *pair)
{
    return (struct proportion){ .count = item_int(pair, 0), .total = item_int(pair, 1) };
}

static void check_wilson(struct vector *vector)
{
    struct proportion of = { .count = input_int(vector, "successes"),
                             .total = input_int(vector, "n") };
    double level = input_level(vector);
    struct estimate wilson;
    enum err err = proportion_wilson(of, level, &wilson);
    if (err) {
        expect_none(vector, "value", err);
        expect_none(vector, "lo", err);
        expect_none(vector, "hi", err);
        return;
    }
    expect(vector, "p", wilson.value);
    expect(vector, "lo", wilson.interval.low);
    expect(vector, "hi", wilson.interval.high);

    struct estimate other;
    CHECK(proportion_clopper_pearson(of, level, &other) == OK);
    expect_interval(vector, "clopper_pearson", other.interval);
    CHECK(proportion_jeffreys(of, level, &other) == OK);
    expect_interval(vector, "jeffreys", other.interval);
}

static void check_newcombe(struct vector *vector)
{
    struct proportion minuend = { .count = input_int(vector, "x1"),
                                  .total = input_int(vector, "n1") };
    struct proportion taken = { .count = input_int(vector, "x2"),
                                .total = input_int(vector, "n2") };
    struct estimate change;
    CHECK(proportion_change(taken, minuend, input_level(vector), &change) == OK);
    expect(vector, "diff", change.value);
    expect(vector, "lo", change.interval.low);
    expect(vector, "hi", change.interval.high);
}

static struct nps nps_of(const struct json *triple)
{
    return (struct nps){ .promoters = item_int(triple, 0),
                         .passives = item_int(triple, 1),
                         .detractors = item_int(triple, 2) };
}

static void check_nps_change(struct vector *vector)
{
    struct nps before = nps_of(json_member(vector->inputs, "before"));
    struct nps after = nps_of(json_member(vector->inputs, "after"));
    double level = input_level(vector);
    struct nps_adjusted_change change;
    CHECK(nps_change_adjusted(before, after, level, &change) == OK);
    expect(vector, "raw_diff_points", change.estimate.value);
    expect(vector, "adj_diff_points", change.points);
    expect(vector, "adj_se_points", change.se_points);
    expect(vector, "z", change.z);
    expect(vector, "p", change.p);
    expect_interval(vector, "ci", change.estimate.interval);

    struct estimate mover;
    CHECK(nps_change_mover(before, after, level, &mover) == OK);
    expect_interval(vector, "mover_score_ci", mover.interval);
}

/* The t-interval of the answers coded 1, 0 and -1. */
static enum err trinomial_t(struct nps of, double level, struct estimate *out)
{
    struct moments moments = { 0 };
    moments_add(&moments, 100, of.promoters);
    moments_add(&moments, 0, of.passives);
    moments_add(&moments, -100, of.detractors);
    return mean_interval(&moments, level, out);
}

static double coverage(enum err (*interval)(struct nps of, double level, struct estimate *out),
                       int64_t n, const double shares[3])
{
    double score = 100 * (shares[0] - shares[2]);
    double covered = 0;
    for (int64_t promoters = 0; promoters <= n; promoters++) {
        for (int64_t detractors = 0; detractors <= n - promoters; detractors++) {
            struct nps of = { promoters, n - promoters - detractors, detractors };
            struct estimate estimate;
            CHECK(interval(of, 0.95, &estimate) == OK);
            if (estimate.interval.low <= score && score <= estimate.interval.high) {
                covered +=
                    binomial_probability(promoters, n, shares[0]) *
                    binomial_probability(detractors, n - promoters, shares[2] / (1 - shares[0]));
            }
        }
    }
    return covered;
}

static void check_nps_coverage(struct vector *vector)
{
    const struct json *sizes = json_member(vector->inputs, "n");
    const struct json *given = json_member(vector->inputs, "p");
    CHECK(sizes->array.count == 4 && given->array.count == 3);
    double shares[3];
    for (size_t i = 0; i < 3; i++) shares[i] = number(&given->array.items[i]);

    double wald[4];
    double adjusted[4];
    double t[4];
    double score[4];
    for (size_t i = 0; i < 4; i++) {
        int64_t n = item_int(sizes, i);
        wald[i] = coverage(nps_wald, n, shares);
        adjusted[i] = coverage(nps_adjusted_wald, n, shares);
        t[i] = coverage(trinomial_t, n, shares);
        score[i] = coverage(nps_score, n, shares);
    }
    expect_list(vector, "wald", wald, 4);
    expect_list(vector, "adjusted_wald", adjusted, 4);
    expect_list(vector, "trinomial_t", t, 4);
    expect_list(vector, "score", score, 4);
}

static void check_nps_score(struct vector *vector)
{
    struct nps of = { .promoters = input_int(vector, "promoters"),
                      .passives = input_int(vector, "passives"),
                      .detractors = input_int(vector, "detractors") };
    double level = input_level(vector);
    double points;
    enum err err = nps_value(of, &points);
    if (err) {
        expect_none(vector, "nps_points", err);
        struct estimate none;
        err = nps_interval(of, level, &none);
        expect_none(vector, "lo", err);
        expect_none(vector, "hi", err);
        return;
    }
    expect(vector, "nps_points", points);

    struct estimate estimate;
    CHECK(nps_wald(of, level, &estimate) == OK);
    expect_interval(vector, "wald", estimate.interval);
    CHECK(nps_adjusted_wald(of, level, &estimate) == OK);
    expect_interval(vector, "adjusted_wald_clamped", estimate.interval);
    CHECK(nps_score(of, level, &estimate) == OK);
    expect_interval(vector, "score", estimate.interval);
    struct nps_adjusted adjusted;
    CHECK(nps_adjusted(of, &adjusted) == OK);
    expect(vector, "adjusted_wald_centre", adjusted.points);
}

static void check_nps(struct vector *vector)
{
    if (json_member(vector->inputs, "before")) {
        check_nps_change(vector);
    } else if (json_member(vector->inputs, "p")) {
        check_nps_coverage(vector);
    } else {
        check_nps_score(vector);
    }
}

/* Answers on a scale of 1 to 5. */
struct ratings {
    int64_t counts[6];
    int64_t total;
    struct moments moments;
};

static struct ratings ratings_of(const struct vector *vector)
{
    static const char *const names[] = { "", "1", "2", "3", "4", "5" };
    const struct json *counts = json_member(vector->inputs, "counts");
    struct ratings ratings = { 0 };
    for (size_t i = 1; i <= 5; i++) {
        ratings.counts[i] = (int64_t)number(json_member(counts, names[i]));
        ratings.total += ratings.counts[i];
        moments_add(&ratings.moments, (double)i, ratings.counts[i]);
    }
    return ratings;
}

static struct estimate share_from(const struct ratings *ratings, size_t first, size_t last)
{
    struct proportion of = { .total = ratings->total };
    for (size_t i = first; i <= last; i++) of.count += ratings->counts[i];
    struct estimate estimate = { 0 };
    CHECK(proportion_wilson(of, 0.95, &estimate) == OK);
    return estimate;
}

static void expect_ratings(struct vector *vector, const struct ratings *ratings)
{
    struct estimate mean;
    double variance;
    CHECK(mean_interval(&ratings->moments, 0.95, &mean) == OK);
    CHECK(moments_variance(&ratings->moments, &variance) == OK);
    expect(vector, "n", (double)ratings->total);
    expect(vector, "mean", mean.value);
    expect(vector, "sd", sqrt(variance));
    expect_interval(vector, "mean_t95", mean.interval);
}

static void check_csat_change(struct vector *vector)
{
    struct proportion before = proportion_of(json_member(vector->inputs, "before"));
    struct proportion after = proportion_of(json_member(vector->inputs, "after"));
    struct estimate change;
    CHECK(proportion_change(before, after, 0.95, &change) == OK);
    expect(vector, "diff", change.value);
    expect_interval(vector, "newcombe", change.interval);
    struct proportion_test test;
    CHECK(proportion_pooled_z(before, after, &test) == OK);
    expect(vector, "pooled_z", test.z);
    expect(vector, "p_two_sided", test.p);
    double p;
    CHECK(proportion_fisher(before, after, &p) == OK);
    expect(vector, "fisher_two_sided", p);
}

static void check_csat(struct vector *vector)
{
    if (json_member(vector->inputs, "before")) {
        check_csat_change(vector);
        return;
    }
    struct ratings ratings = ratings_of(vector);
    expect_ratings(vector, &ratings);
    struct estimate top2 = share_from(&ratings, 4, 5);
    expect(vector, "top2", top2.value);
    expect_interval(vector, "top2_wilson", top2.interval);
    expect(vector, "top1", share_from(&ratings, 5, 5).value);
    expect(vector, "bottom2", share_from(&ratings, 1, 2).value);
}

static void check_ces1(struct vector *vector)
{
    struct ratings ratings = ratings_of(vector);
    expect_ratings(vector, &ratings);
    struct estimate high = share_from(&ratings, 4, 5);
    expect(vector, "high_effort_share", high.value);
    expect_interval(vector, "high_effort_wilson", high.interval);
}

static void check_goodman(struct vector *vector)
{
    const struct json *list = json_member(vector->inputs, "counts");
    const struct json *expected = json_member(vector->expected, "intervals");
    size_t count = list->array.count;
    CHECK(expected->array.count == count);
    int64_t *counts = arena_array(vector->arena, int64_t, count);
    struct estimate *got = arena_array(vector->arena, struct estimate, count);
    for (size_t i = 0; i < count; i++) counts[i] = item_int(list, i);
    CHECK(proportion_goodman(counts, count, input_level(vector), got) == OK);

    vector->seen++;
    for (size_t i = 0; i < count && i < expected->array.count; i++) {
        compare_list(vector, "intervals", &expected->array.items[i],
                     (const double[]){ got[i].interval.low, got[i].interval.high }, 2);
    }
}

/* The numbers of an input list. */
static size_t input_list(const struct vector *vector, const char *name, double *out)
{
    const struct json *list = json_member(vector->inputs, name);
    CHECK(list && list->kind == JSON_ARRAY && list->array.count <= VALUES_MAX);
    for (size_t i = 0; i < list->array.count; i++) out[i] = number(&list->array.items[i]);
    return list->array.count;
}

static void check_quantiles(struct vector *vector)
{
    static const char *const keys[] = { "inverted_cdf", "linear", "median_unbiased" };
    static const enum quantile_type types[] = { QUANTILE_INVERTED_CDF, QUANTILE_LINEAR,
                                                QUANTILE_MEDIAN_UNBIASED };
    double values[VALUES_MAX];
    double shares[VALUES_MAX];
    size_t count = input_list(vector, "x", values);
    size_t shares_count = input_list(vector, "p", shares);
    quantile_sort(values, count);
    for (size_t i = 0; i < 3; i++) {
        double got[VALUES_MAX];
        for (size_t j = 0; j < shares_count; j++) {
            CHECK(quantile_value(values, count, shares[j], types[i], &got[j]) == OK);
        }
        expect_list(vector, keys[i], got, shares_count);
    }
}

static void check_quantile_ranks(struct vector *vector)
{
    double shares[VALUES_MAX];
    size_t count = input_list(vector, "p", shares);
    for (size_t i = 0; i < count; i++) {
        char key[32];
        (void)snprintf(key, sizeof(key), "%g", shares[i]);
        const struct json *expected = json_member(vector->expected, key);
        CHECK(expected && expected->object.count == 3);
        if (!expected) continue;
        vector->seen++;

        struct quantile_ranks ranks;
        CHECK(quantile_ranks(input_int(vector, "n"), shares[i], 0.95, &ranks) == OK);
        compare(vector, "lower_rank", json_member(expected, "lower_rank"), (double)ranks.lower);
        compare(vector, "upper_rank", json_member(expected, "upper_rank"), (double)ranks.upper);
        compare(vector, "coverage", json_member(expected, "coverage"), ranks.coverage);
    }
}

static void check_step(const struct vector *vector, const struct survival *curve, size_t index,
                       const struct json *expected)
{
    const struct survival_step *step = &curve->steps[index];
    struct survival_point point;
    CHECK(survival_at(curve, step->time, 0.95, &point) == OK);
    CHECK(expected->object.count == 6);
    compare(vector, "t", json_member(expected, "t"), step->time);
    compare(vector, "n", json_member(expected, "n"), (double)step->at_risk);
    compare(vector, "d", json_member(expected, "d"), (double)step->events);
    compare(vector, "S", json_member(expected, "S"), point.survival);
    compare(vector, "se_greenwood", json_member(expected, "se_greenwood"), point.se);
    compare_list(vector, "loglog95", json_member(expected, "loglog95"),
                 (const double[]){ point.interval.low, point.interval.high }, 2);
}

static size_t observe(const struct vector *vector, struct survival_observation *out)
{
    double times[VALUES_MAX];
    size_t events = input_list(vector, "event_times", times);
    for (size_t i = 0; i < events; i++) {
        out[i] = (struct survival_observation){ times[i], .weight = 1, .is_event = true };
    }
    size_t censored = input_list(vector, "censored_times", times);
    for (size_t i = 0; i < censored; i++) {
        out[events + i] = (struct survival_observation){ times[i], .weight = 1 };
    }
    return events + censored;
}

static void check_km(struct vector *vector)
{
    struct survival_observation observations[2 * VALUES_MAX];
    size_t count = observe(vector, observations);
    struct survival curve;
    CHECK(survival_fit(vector->arena, observations, count, &curve) == OK);

    const struct json *steps = json_member(vector->expected, "steps");
    CHECK(steps && steps->array.count == curve.steps_count);
    for (size_t i = 0; i < curve.steps_count && i < steps->array.count; i++) {
        check_step(vector, &curve, i, &steps->array.items[i]);
    }
    vector->seen++;

    struct survival_quantile median;
    CHECK(survival_quantile(&curve, 0.5, 0.95, SURVIVAL_LOG_LOG, &median) == OK &&
          median.is_reached);
    expect(vector, "median", median.time);
    struct estimate mean;
    CHECK(survival_restricted_mean(&curve, 35, 0.95, &mean) == OK);
    expect(vector, "rmst_35", mean.value);
}

static const struct family {
    const char *name;
    void (*check)(struct vector *vector);
} FAMILIES[] = {
    { "wilson", check_wilson },
    { "newcombe", check_newcombe },
    { "nps", check_nps },
    { "csat", check_csat },
    { "ces1", check_ces1 },
    { "goodman", check_goodman },
    { "quantiles", check_quantiles },
    { "quantile", check_quantile_ranks },
    { "km", check_km },
};
enum { FAMILIES_COUNT = sizeof(FAMILIES) / sizeof(*FAMILIES) };

static const struct family *family_find(struct str name)
{
    for (size_t i = 0; i < FAMILIES_COUNT; i++) {
        if (str_equal(name, str_from(FAMILIES[i].name))) return &FAMILIES[i];
    }
    return NULL;
}

static struct str family_of(struct str vector_name)
{
    return str_cut(&vector_name, '_');
}

/* The second word of the line of test/vectors.todo that begins with `name`; empty if none does. */
static struct str todo_find(struct str todo, struct str name)
{
    while (todo.size > 0) {
        struct str line = str_cut(&todo, '\n');
        if (str_equal(str_cut(&line, ' '), name)) return str_cut(&line, ' ');
    }
    return STR("");
}

static struct str text_of(const struct json *vector, const char *name)
{
    const struct json *text = json_member(vector, name);
    CHECK(text && text->kind == JSON_TEXT);
    return text && text->kind == JSON_TEXT ? text->text : STR("");
}

static void check_vector(const struct family *family, struct vector *vector)
{
    CHECK(vector->inputs && vector->expected && vector->expected->kind == JSON_OBJECT);
    if (!vector->inputs || !vector->expected) return;
    family->check(vector);
    check_named(vector->seen == vector->expected->object.count, vector->name,
                "every key of `expected` is known");
}

static const struct json *vectors_read(struct arena *arena)
{
    const struct json *root = NULL;
    struct str text = file_read(arena, "test/vectors.json");
    CHECK(json_parse(arena, text, FILE_SIZE_MAX, NULL, &root) == OK);
    const struct json *vectors = json_member(root, "vectors");
    CHECK(vectors && vectors->kind == JSON_ARRAY);
    return vectors;
}

static void read_vector(struct arena *arena, const struct json *item, struct str todo)
{
    struct str name = text_of(item, "name");
    const struct family *family = family_find(family_of(name));
    if (!family) {
        bool has_issue = str_starts(todo_find(todo, family_of(name)), STR("#"));
        check_named(has_issue, name, "its family is checked here or stands in vectors.todo");
        return;
    }
    struct vector vector = {
        .arena = arena,
        .name = name,
        .inputs = json_member(item, "inputs"),
        .expected = json_member(item, "expected"),
        .tolerance = number(json_member(item, "tolerance")),
        .is_relative = str_equal(text_of(item, "tolerance_type"), STR("rel")),
    };
    bool is_outside = json_member(vector.inputs, "data");
    bool is_eval = str_equal(todo_find(todo, name), STR("eval"));
    check_named(is_outside == is_eval, name, "it names data, or stands in vectors.todo as eval");
    if (!is_outside) check_vector(family, &vector);
}

TEST(stats_gives_every_number_of_the_vectors)
{
    struct arena *arena = arena_open();
    struct str todo = file_read(arena, "test/vectors.todo");
    const struct json *vectors = vectors_read(arena);
    for (size_t i = 0; vectors && i < vectors->array.count; i++) {
        read_vector(arena, &vectors->array.items[i], todo);
    }
    arena_close(arena);
}

/* How many vectors are of that family, or have that name. */
static size_t vectors_named(const struct json *vectors, struct str name)
{
    size_t found = 0;
    for (size_t i = 0; vectors && i < vectors->array.count; i++) {
        struct str vector = text_of(&vectors->array.items[i], "name");
        found += str_equal(family_of(vector), name) || str_equal(vector, name);
    }
    return found;
}

TEST(the_list_of_waiting_vectors_holds_nothing_else)
{
    struct arena *arena = arena_open();
    struct str todo = file_read(arena, "test/vectors.todo");
    const struct json *vectors = vectors_read(arena);
    while (todo.size > 0) {
        struct str line = str_cut(&todo, '\n');
        if (str_starts(line, STR("#")) || line.size == 0) continue;
        struct str name = str_cut(&line, ' ');
        struct str issue = str_cut(&line, ' ');
        check_named(vectors_named(vectors, name) > 0, name, "there are such vectors");
        check_named(!family_find(name), name, "a family that is built is off the list");
        check_named(issue.size > 1 && line.size > 0, name, "an issue and a reason");
    }
    for (size_t i = 0; i < FAMILIES_COUNT; i++) {
        struct str name = str_from(FAMILIES[i].name);
        check_named(vectors_named(vectors, name) > 0, name, "there are such vectors");
    }
    arena_close(arena);
}

TEST(a_number_outside_its_tolerance_does_not_agree)
{
    CHECK(agrees(1.0009, 1, 0.001, false));
    CHECK(!agrees(1.0011, 1, 0.001, false));
    CHECK(!agrees(nan(""), 1, 0.001, false));
    CHECK(agrees(1000.9, 1000, 0.001, true));
    CHECK(!agrees(1001.1, 1000, 0.001, true));
    CHECK(agrees(0, 0, 0, false));
}
