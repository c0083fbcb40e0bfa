#include "capture/capture.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/time.h"
#include "customer/attributes.h"
#include "customer/identity.h"
#include "survey/question.h"

enum { SECONDS_MAX = 20 * 366 * 86400, NPS_MAX = 10, CSAT_MAX = 5, CES_MAX = 7 };

struct capture_in capture_empty(void)
{
    return (struct capture_in){ .kind = KIND_MESSAGE,
                                .direction = DIRECTION_IN,
                                .wait_ms = -1,
                                .handle_ms = -1,
                                .nps = -1,
                                .csat = -1,
                                .ces = -1 };
}

/* ---- from JSON ---- */

static bool read_seconds(struct json_form *form, const char *name, int64_t *out_ms)
{
    double seconds;
    if (!json_form_real(form, name, 0, SECONDS_MAX, &seconds)) return false;
    *out_ms = (int64_t)(seconds * MS_PER_SECOND + 0.5);
    return true;
}

static void read_identity(struct json_form *form, const char *name, enum identity_kind kind,
                          struct arena *arena, struct str *out)
{
    struct str text;
    if (!json_form_text(form, name, IDENTITY_TEXT_MAX, &text)) return;
    if (identity_normalise(arena, kind, text, out)) {
        json_form_fault(form, name, "invalid", "%s", identity_advice(kind));
    }
}

static void read_customer(struct json_form *form, struct arena *arena, struct customer_hint *out)
{
    struct json_form customer;
    if (!json_form_object(form, "customer", &customer)) return;
    int64_t id;
    if (json_form_id(&customer, "id", ID_CUSTOMER, &id)) out->id = id;
    read_identity(&customer, "email", IDENTITY_EMAIL, arena, &out->email);
    read_identity(&customer, "phone", IDENTITY_PHONE, arena, &out->phone);
    read_identity(&customer, "external_id", IDENTITY_EXTERNAL, arena, &out->external_id);
    read_identity(&customer, "cookie", IDENTITY_COOKIE, arena, &out->cookie);
    json_form_text(&customer, "name", PLACE_NAME_MAX, &out->name);
    attributes_form(&customer, "attributes", &out->attributes);
    json_form_end(&customer);
}

static void read_score(struct json_form *form, const char *name, int64_t min, int64_t max, int *out)
{
    int64_t score;
    if (json_form_int(form, name, min, max, &score)) *out = (int)score;
}

static void read_answers(struct json_form *form, struct capture_in *out)
{
    struct json_form answers;
    if (!json_form_object(form, "answers", &answers)) return;
    read_score(&answers, "nps", 0, NPS_MAX, &out->nps);
    read_score(&answers, "csat", 1, CSAT_MAX, &out->csat);
    read_score(&answers, "ces", 1, CES_MAX, &out->ces);
    json_form_end(&answers);
}

static struct str text_of(struct arena *arena, const struct json *value)
{
    if (value->kind == JSON_TEXT) return value->text;
    struct buf buf = buf_open(arena, ATTRIBUTE_TEXT_SIZE_MAX);
    if (value->kind == JSON_BOOL) buf_add(&buf, value->boolean ? STR("true") : STR("false"));
    if (value->kind == JSON_INT) buf_add_int(&buf, value->integer);
    if (value->kind == JSON_REAL) buf_add_real(&buf, value->real);
    return buf_view(&buf);
}

static void read_attributes(struct json_form *form, struct arena *arena, struct capture_in *out)
{
    if (!attributes_form(form, "attributes", &out->attributes_json)) return;
    const struct json *object = json_member(form->object, "attributes");
    struct attribute *items = arena_array(arena, struct attribute, object->object.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < object->object.count; i++) {
        const struct json_member *member = &object->object.members[i];
        if (member->value.kind == JSON_NULL) continue;
        items[count++] =
            (struct attribute){ .name = member->name, .text = text_of(arena, &member->value) };
    }
    out->attributes = items;
    out->attributes_count = count;
}

static void read_choice(struct json_form *form, const char *name, const char *const names[],
                        int *out)
{
    int index;
    if (json_form_choice(form, name, names, &index)) *out = index + 1;
}

static void read_place(struct json_form *form, const char *name, struct str *out)
{
    struct str text;
    if (!json_form_text(form, name, PLACE_NAME_MAX, &text)) return;
    *out = str_trim(text);
    if (out->size == 0) json_form_fault(form, name, "too_short", "Give a name, or leave it out.");
}

void capture_read(struct json_form *form, struct arena *arena, struct capture_in *out)
{
    *out = capture_empty();
    json_form_text(form, "external_id", EXTERNAL_ID_MAX, &out->external_id);
    json_form_time(form, "at", &out->at_ms);
    int kind = (int)out->kind;
    int direction = (int)out->direction;
    int outcome = OUTCOME_NONE;
    read_choice(form, "kind", KIND_NAMES, &kind);
    read_choice(form, "direction", DIRECTION_NAMES, &direction);
    read_choice(form, "outcome", OUTCOME_NAMES, &outcome);
    out->kind = (enum interaction_kind)kind;
    out->direction = (enum direction)direction;
    out->outcome = (enum outcome)outcome;
    json_form_require(form, "channel");
    read_place(form, "channel", &out->channel);
    read_place(form, "touchpoint", &out->touchpoint);
    read_customer(form, arena, &out->customer);
    json_form_text(form, "conversation", EXTERNAL_ID_MAX, &out->conversation);
    read_place(form, "agent", &out->agent);
    read_place(form, "team", &out->team);
    json_form_text(form, "text", TEXT_MAX, &out->text);
    read_seconds(form, "wait_seconds", &out->wait_ms);
    read_seconds(form, "handle_seconds", &out->handle_ms);
    read_answers(form, out);
    read_attributes(form, arena, out);
}

/* ---- from texts ---- */

struct text_field {
    const char *name;
    size_t offset; /* of a struct str in struct capture_in */
    size_t size_max;
    enum identity_kind identity; /* 0: plain text */
};

static const struct text_field TEXT_FIELDS[] = {
    { "external_id", offsetof(struct capture_in, external_id), EXTERNAL_ID_MAX, 0 },
    { "channel", offsetof(struct capture_in, channel), PLACE_NAME_MAX, 0 },
    { "touchpoint", offsetof(struct capture_in, touchpoint), PLACE_NAME_MAX, 0 },
    { "conversation", offsetof(struct capture_in, conversation), EXTERNAL_ID_MAX, 0 },
    { "agent", offsetof(struct capture_in, agent), PLACE_NAME_MAX, 0 },
    { "team", offsetof(struct capture_in, team), PLACE_NAME_MAX, 0 },
    { "text", offsetof(struct capture_in, text), TEXT_MAX, 0 },
    { "customer.name", offsetof(struct capture_in, customer.name), PLACE_NAME_MAX, 0 },
    { "customer.email", offsetof(struct capture_in, customer.email), IDENTITY_TEXT_MAX,
      IDENTITY_EMAIL },
    { "customer.phone", offsetof(struct capture_in, customer.phone), IDENTITY_TEXT_MAX,
      IDENTITY_PHONE },
    { "customer.external_id", offsetof(struct capture_in, customer.external_id), IDENTITY_TEXT_MAX,
      IDENTITY_EXTERNAL },
    { "customer.cookie", offsetof(struct capture_in, customer.cookie), IDENTITY_TEXT_MAX,
      IDENTITY_COOKIE },
};

static enum err set_text(struct capture_in *capture, struct arena *arena,
                         const struct text_field *field, struct str text)
{
    struct str *place = (struct str *)(void *)((char *)capture + field->offset);
    if (text.size == 0 || text.size > field->size_max) return ERR_INVALID;
    if (field->identity) return identity_normalise(arena, field->identity, text, place);
    *place = text;
    return OK;
}

static enum err choice_of(struct str text, const char *const names[], int *out)
{
    for (int i = 0; names[i]; i++) {
        if (!str_equal(text, str_from(names[i]))) continue;
        *out = i + 1;
        return OK;
    }
    return ERR_INVALID;
}

static enum err seconds_of(struct str text, int64_t *out_ms)
{
    double seconds;
    enum err err = parse_real(text, &seconds);
    if (err) return err;
    if (seconds < 0 || seconds > SECONDS_MAX) return ERR_INVALID;
    *out_ms = (int64_t)(seconds * MS_PER_SECOND + 0.5);
    return OK;
}

static enum err score_of(struct str text, int64_t min, int64_t max, int *out)
{
    int64_t score;
    if (parse_int(text, min, max, &score)) return ERR_INVALID;
    *out = (int)score;
    return OK;
}

static enum err set_attribute(struct capture_in *capture, struct arena *arena, struct str name,
                              struct str text)
{
    if (capture->attributes_count == ATTRIBUTE_NAMES_MAX) return ERR_INVALID;
    if (name.size == 0 || name.size > ATTRIBUTE_NAME_SIZE_MAX) return ERR_INVALID;
    if (text.size > ATTRIBUTE_TEXT_SIZE_MAX) return ERR_INVALID;
    size_t count = capture->attributes_count;
    struct attribute *items = arena_array(arena, struct attribute, count + 1);
    for (size_t i = 0; i < count; i++) items[i] = capture->attributes[i];
    items[count] = (struct attribute){ .name = name, .text = text };

    struct buf buf = buf_open(arena, ATTRIBUTES_TEXT_MAX);
    struct json_writer writer = { .buf = &buf };
    json_object_begin(&writer, NULL);
    for (size_t i = 0; i <= count; i++) {
        json_put_name(&writer, items[i].name);
        json_put_text(&writer, NULL, items[i].text);
    }
    json_object_end(&writer);
    struct str json;
    if (buf_done(&buf, &json)) return ERR_INVALID;
    capture->attributes = items;
    capture->attributes_count = count + 1;
    capture->attributes_json = json;
    return OK;
}

/* The enumerations, times and numbers. */
static enum err set_value(struct capture_in *capture, struct str name, struct str text)
{
    int choice = 0;
    enum err err;
    if (str_equal(name, STR("at"))) return time_parse(text, &capture->at_ms);
    if (str_equal(name, STR("wait_seconds"))) return seconds_of(text, &capture->wait_ms);
    if (str_equal(name, STR("handle_seconds"))) return seconds_of(text, &capture->handle_ms);
    if (str_equal(name, STR("answers.nps"))) return score_of(text, 0, NPS_MAX, &capture->nps);
    if (str_equal(name, STR("answers.csat"))) return score_of(text, 1, CSAT_MAX, &capture->csat);
    if (str_equal(name, STR("answers.ces"))) return score_of(text, 1, CES_MAX, &capture->ces);
    if (str_equal(name, STR("kind"))) {
        err = choice_of(text, KIND_NAMES, &choice);
        if (!err) capture->kind = (enum interaction_kind)choice;
        return err;
    }
    if (str_equal(name, STR("direction"))) {
        err = choice_of(text, DIRECTION_NAMES, &choice);
        if (!err) capture->direction = (enum direction)choice;
        return err;
    }
    if (str_equal(name, STR("outcome"))) {
        err = choice_of(text, OUTCOME_NAMES, &choice);
        if (!err) capture->outcome = (enum outcome)choice;
        return err;
    }
    return ERR_NOT_FOUND;
}

enum err capture_set(struct capture_in *capture, struct arena *arena, struct str name,
                     struct str text)
{
    for (size_t i = 0; i < sizeof(TEXT_FIELDS) / sizeof(TEXT_FIELDS[0]); i++) {
        if (str_equal(name, str_from(TEXT_FIELDS[i].name))) {
            return set_text(capture, arena, &TEXT_FIELDS[i], text);
        }
    }
    struct str prefix = STR("attributes.");
    if (str_starts(name, prefix)) {
        struct str attribute = { name.data + prefix.size, name.size - prefix.size };
        return set_attribute(capture, arena, attribute, text);
    }
    return set_value(capture, name, text);
}
