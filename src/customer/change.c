#include "customer/change.h"

struct text_change change_text(struct json_form *form, const char *name, size_t size_max)
{
    struct text_change change = { 0 };
    change.is_given = json_form_text(form, name, size_max, &change.text);
    if (change.is_given) {
        change.text = str_trim(change.text);
        if (change.text.size == 0) change.text = (struct str){ 0 };
    } else {
        change.is_given = json_form_is_null(form, name);
    }
    return change;
}

struct number_change change_id(struct json_form *form, const char *name, enum id_kind kind)
{
    struct number_change change = { 0 };
    change.is_given =
        json_form_id(form, name, kind, &change.number) || json_form_is_null(form, name);
    return change;
}

struct number_change change_time(struct json_form *form, const char *name)
{
    struct number_change change = { 0 };
    change.is_given = json_form_time(form, name, &change.number) || json_form_is_null(form, name);
    return change;
}
