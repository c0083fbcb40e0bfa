/* Customers over HTTP: make, find, change, merge, erase. Their timeline and conversations are of
 * the floor above (conversation/). */
#pragma once

#include "customer/customer_list_store.h"
#include "customer/customer_store.h"
#include "http/request.h"
#include "http/route.h"

extern const struct routes CUSTOMER_ROUTES;

/* Who may see names, addresses and texts of customers sees them whole. */
enum shown { SHOWN_MASKED, SHOWN_WHOLE };
enum shown shown_to(const struct request *request);

void customer_write_json(struct json_writer *writer, const struct customer_view *view,
                         enum shown shown);
/* Reads the members that say who a customer is: name, email, phone, external_id, cookie,
 * attributes. Each fault is noted in the form. */
void customer_hint_form(struct json_form *form, struct customer_hint *out);
/* {"name": …, "email": …} or {"id": …} nested under `name`; nothing is said if it is absent. */
void customer_hint_member(struct json_form *form, const char *name, struct customer_hint *out);
