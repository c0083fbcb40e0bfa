/* What a number's drill-down link holds: the question behind that one number, with its bucket, its
 * group and the event it was answered at, as JSON in base64url. Nothing in it is secret, and
 * nothing in it gives a right. Pure.
 */
#pragma once

#include "metric/query.h"
#include "metric/query_run.h"

enum { TOKEN_SIZE_MAX = 64 * 1024, TOKEN_GROUPS_MAX = QUERY_BY_MAX };

struct token {
    const struct metric *metric;
    const struct metric_statistic *statistic;
    struct period period;
    int64_t seq;
    int64_t now_ms;
    struct query_filter filter;
    struct query_group groups[TOKEN_GROUPS_MAX];
    size_t groups_count;
};

struct str drill_token_write(struct arena *arena, const struct token *token);
/* ERR_INVALID unless it is one; names in it may still be unknown. The groups have then become part
 * of the filter. */
enum err drill_token_read(struct arena *arena, struct str text, struct token *out);
