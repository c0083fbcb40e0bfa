/* Surveys and answers as they are shown.
 *
 * Owner: the reader's thread.
 */
#pragma once

#include "conversation/reach.h"
#include "store/store.h"
#include "survey/question.h"

struct question_view {
    int64_t id;
    int64_t survey_id;
    int64_t place; /* 1 is the first */
    enum question_kind kind;
    struct str text;
};

struct survey_view {
    int64_t id;
    struct str name;
    bool is_standard;
    int64_t created_at_ms;
    int64_t archived_at_ms; /* 0: in use */
    int64_t version;
    const struct question_view *questions; /* of this version */
    size_t questions_count;
};

struct answer_view {
    int64_t id;
    int64_t survey_id;
    int64_t question_id;
    enum question_kind kind;
    int64_t score; /* -1: none */
    struct str text;
    int64_t at_ms;
    int64_t interaction_id;
    int64_t customer_id; /* 0: none, for both; the customer is the one after merges */
    int64_t conversation_id;
};

enum { SURVEYS_PAGE_MAX = 200, ANSWERS_PAGE_MAX = 200, ANSWERS_SCAN_MAX = 20000 };

/* In the order of their making, after `after_id`; at most `limit`. */
enum err survey_list(struct reader *reader, struct arena *arena, int64_t after_id, size_t limit,
                     struct survey_view **out, size_t *count);
/* ERR_NOT_FOUND. */
enum err survey_view_read(struct reader *reader, struct arena *arena, int64_t id,
                          struct survey_view *out);

struct answer_asked {
    int64_t survey_id; /* 0: any, for the three */
    int64_t conversation_id;
    enum question_kind kind;
    int64_t from_ms; /* from <= at < to */
    int64_t to_ms;   /* INT64_MAX: no end */
    const struct reach *reach;
    int64_t before_id; /* 0: from the top */
    size_t limit;      /* 1 to ANSWERS_PAGE_MAX */
};

struct answer_page {
    struct answer_view *items;
    size_t count;
    int64_t next_before_id; /* 0: the last page */
};

/* Last received first; answers in conversations out of reach are left out. Looks at
 * ANSWERS_SCAN_MAX answers at the most. */
enum err answer_list(struct reader *reader, struct arena *arena, const struct answer_asked *asked,
                     struct answer_page *out);
