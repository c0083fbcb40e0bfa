#include "access/form.h"

#include "access/agent.h"
#include "access/password.h"
#include "base/zone.h"

enum { TEXT_MAX = 1024, ZONE_MAX = 64 };

/* The text of a member that must not be null. */
static bool text_of(struct json_form *form, const char *name, size_t size_max, struct str *out)
{
    if (json_form_is_null(form, name)) {
        json_form_fault(form, name, "required", "%s cannot be null.", name);
        return false;
    }
    return json_form_text(form, name, size_max, out);
}

bool form_name(struct json_form *form, const char *name, size_t size_max, struct str *out)
{
    struct str text;
    if (!text_of(form, name, size_max, &text)) return false;
    if (agent_name_normalise(text, size_max, out) == OK) return true;
    json_form_fault(form, name, "invalid_name", "Give 1 to %zu bytes without control characters.",
                    size_max);
    return false;
}

bool form_email(struct json_form *form, const char *name, struct str *out)
{
    struct str text;
    if (!text_of(form, name, AGENT_EMAIL_MAX, &text)) return false;
    if (agent_email_normalise(form->problems->arena, text, out) == OK) return true;
    json_form_fault(form, name, "invalid_email", "Give one address like ana@example.org.");
    return false;
}

bool form_password(struct json_form *form, const char *name, struct str email, struct str *out)
{
    struct str text;
    if (!text_of(form, name, TEXT_MAX, &text)) return false;
    const char *fault = password_fault(text, email);
    if (fault) {
        json_form_fault(form, name, "weak_password", "%s", fault);
        return false;
    }
    *out = text;
    return true;
}

bool form_zone(struct json_form *form, const char *name, struct str *out)
{
    struct str text;
    const struct zone *zone;
    if (!text_of(form, name, ZONE_MAX, &text)) return false;
    if (zone_load(form->problems->arena, text, &zone) != OK) {
        json_form_fault(form, name, "unknown_value", "Give a time zone like Europe/Berlin or UTC.");
        return false;
    }
    *out = text;
    return true;
}

bool form_ids(struct json_form *form, const char *name, struct form_ids *ids)
{
    const struct json *items;
    size_t count;
    if (json_form_is_null(form, name)) {
        json_form_fault(form, name, "required", "%s cannot be null; [] empties it.", name);
        return false;
    }
    if (!json_form_array(form, name, ids->count_max, &items, &count)) return false;
    int64_t *numbers = arena_array(form->problems->arena, int64_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        bool is_text = items[i].kind == JSON_TEXT;
        if (is_text && id_parse(ids->kind, items[i].text, &numbers[i]) == OK) continue;
        json_form_fault(form, name, "invalid_id", "Item %zu is no id of this kind.", i);
        return false;
    }
    ids->items = numbers;
    ids->count = count;
    return true;
}
