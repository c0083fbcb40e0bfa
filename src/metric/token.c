#include "metric/token.h"

#include <string.h>

enum { JSON_SIZE_MAX = TOKEN_SIZE_MAX / 4 * 3, NAME_SIZE_MAX = 64, VALUE_SIZE_MAX = 200 };

/* ---- base64url without padding (RFC 4648 section 5) ---- */

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
enum { BITS = 6, BYTE_BITS = 8, DIGIT_MAX = 63, BYTE_MAX = 255 };

static struct str base64_write(struct arena *arena, struct str bytes)
{
    char *out = arena_array(arena, char, bytes.size * 4 / 3 + 4);
    size_t size = 0;
    uint32_t word = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        word = word << BYTE_BITS | (unsigned char)bytes.data[i];
        for (bits += BYTE_BITS; bits >= BITS; bits -= BITS) {
            out[size++] = ALPHABET[word >> (bits - BITS) & DIGIT_MAX];
        }
    }
    if (bits > 0) out[size++] = ALPHABET[word << (BITS - bits) & DIGIT_MAX];
    return (struct str){ out, size };
}

static enum err base64_read(struct arena *arena, struct str text, struct str *out)
{
    char *bytes = arena_array(arena, char, text.size + 1);
    size_t size = 0;
    uint32_t word = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < text.size; i++) {
        const char *place = memchr(ALPHABET, text.data[i], sizeof(ALPHABET) - 1);
        if (!place) return ERR_INVALID;
        word = word << BITS | (uint32_t)(place - ALPHABET);
        bits += BITS;
        if (bits < BYTE_BITS) continue;
        bits -= BYTE_BITS;
        bytes[size++] = (char)(word >> bits & BYTE_MAX);
    }
    if (bits >= BITS || (word & ((1U << bits) - 1))) return ERR_INVALID;
    *out = (struct str){ bytes, size };
    return OK;
}

/* ---- the question ---- */

struct str drill_token_write(struct arena *arena, const struct token *token)
{
    struct buf buf = buf_open(arena, JSON_SIZE_MAX);
    struct json_writer writer = { .buf = &buf };
    json_object_begin(&writer, NULL);
    json_put_text(&writer, "metric", str_from(token->metric->id));
    json_put_int(&writer, "version", token->metric->version);
    json_put_text(&writer, "statistic", str_from(token->statistic->name));
    json_put_int(&writer, "from_ms", token->period.from_ms);
    json_put_int(&writer, "to_ms", token->period.to_ms);
    json_put_int(&writer, "seq", token->seq);
    json_put_int(&writer, "now_ms", token->now_ms);
    query_filter_write(&writer, "filter", &token->filter);
    if (token->groups_count > 0) {
        json_array_begin(&writer, "group");
        for (size_t i = 0; i < token->groups_count; i++) {
            json_object_begin(&writer, NULL);
            json_put_text(&writer, "dim", token->groups[i].dimension);
            json_put_text_or_null(&writer, "value", token->groups[i].value);
            json_object_end(&writer);
        }
        json_array_end(&writer);
    }
    json_object_end(&writer);
    return base64_write(arena, buf_view(&buf));
}

static void read_group(struct json_form *form, struct token *token)
{
    const struct json *items;
    size_t count;
    if (!json_form_array(form, "group", TOKEN_GROUPS_MAX, &items, &count)) return;
    for (size_t i = 0; i < count; i++) {
        struct json_form group;
        struct query_group *into = &token->groups[token->groups_count++];
        json_form_begin(&group, form->problems, &items[i], STR(""));
        json_form_require(&group, "dim");
        json_form_text(&group, "dim", NAME_SIZE_MAX, &into->dimension);
        if (!json_form_text(&group, "value", VALUE_SIZE_MAX, &into->value)) {
            into->value = (struct str){ 0 };
        }
        json_form_end(&group);
    }
}

/* The filter, and each group's value besides. */
static void groups_join(struct arena *arena, struct token *token)
{
    if (token->groups_count == 0) return;
    size_t before = token->filter.count;
    struct filter_step *steps =
        arena_array(arena, struct filter_step, before + token->groups_count + 1);
    steps[0] =
        (struct filter_step){ .op = FILTER_AND, .parts = token->groups_count + (before > 0) };
    if (before > 0) memcpy(steps + 1, token->filter.steps, before * sizeof(*steps));
    for (size_t i = 0; i < token->groups_count; i++) {
        const struct query_group *group = &token->groups[i];
        steps[1 + before + i] = (struct filter_step){
            .op = group->value.data ? FILTER_IS : FILTER_HAS_NONE,
            .dimension = group->dimension,
            .values = &group->value,
            .values_count = group->value.data ? 1 : 0,
        };
    }
    token->filter = (struct query_filter){ steps, 1 + before + token->groups_count };
    token->groups_count = 0;
}

static void read_numbers(struct json_form *form, struct token *token)
{
    static const char *const NAMES[] = { "from_ms", "to_ms", "seq", "now_ms", "version" };
    int64_t version = 0;
    int64_t *const into[] = { &token->period.from_ms, &token->period.to_ms, &token->seq,
                              &token->now_ms, &version };
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        json_form_require(form, NAMES[i]);
        json_form_int(form, NAMES[i], 0, INT64_C(253402300799999), into[i]);
    }
    if (token->metric && version != token->metric->version) {
        json_form_fault(form, "version", "unknown_value", "The metric has another version now.");
    }
}

enum err drill_token_read(struct arena *arena, struct str text, struct token *out)
{
    if (text.size > TOKEN_SIZE_MAX) return ERR_INVALID;
    struct str bytes;
    const struct json *root;
    enum err err = base64_read(arena, text, &bytes);
    if (!err) err = json_parse(arena, bytes, JSON_SIZE_MAX, NULL, &root);
    if (err) return ERR_INVALID;

    struct json_problems problems;
    struct json_form form;
    struct token *token = arena_new(arena, struct token);
    json_problems_init(&problems, arena);
    json_form_begin(&form, &problems, root, STR(""));
    query_read_metric(&form, &token->metric, &token->statistic);
    query_read_filter(&form, arena, &token->filter);
    read_numbers(&form, token);
    read_group(&form, token);
    json_form_end(&form);
    if (problems.count > 0 || token->period.from_ms >= token->period.to_ms) return ERR_INVALID;
    groups_join(arena, token);
    *out = *token;
    return OK;
}
