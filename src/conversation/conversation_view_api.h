/* Conversations and interactions as JSON, and what the routes about them have in common. */
#pragma once

#include "conversation/conversation_view_store.h"
#include "conversation/reach.h"
#include "customer/customer_api.h"
#include "http/request.h"

void conversation_write_json(struct json_writer *writer, const struct conversation_view *view,
                             enum shown shown);
/* `name` NULL inside an array or at the top. */
void interaction_write_json(struct json_writer *writer, const char *name,
                            const struct interaction_view *view, enum shown shown);

/* What the caller reaches. */
enum err request_reach(struct request *request, struct reach *out);
/* The conversation a route names, if the caller reaches it: ERR_NOT_FOUND if not. */
enum err request_conversation(struct request *request, size_t index, int64_t *out);

/* ---- arguments of lists: absent ones leave `out` as it is ---- */

enum err request_argument_id(struct request *request, const char *name, enum id_kind kind,
                             int64_t *out);
/* Ids with commas between them. */
enum err request_argument_ids(struct request *request, const char *name, enum id_kind kind,
                              size_t count_max, int64_t *out, size_t *count);
/* Names with commas between them: bit n + 1 for the n-th of `names`. */
enum err request_argument_choices(struct request *request, const char *name,
                                  const char *const names[], uint32_t *out);
/* RFC 3339. */
enum err request_argument_time(struct request *request, const char *name, int64_t *out);
/* Everybody merged into the customer that the text names. ERR_INVALID with a fault. */
enum err request_argument_customers(struct request *request, const char *name, int64_t **out,
                                    size_t *count);
