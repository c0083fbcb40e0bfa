/* The kinds of questions and their scales. The numbers are stored: they never change. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum question_kind {
    QUESTION_NPS = 1,  /* 0 to 10 */
    QUESTION_CSAT = 2, /* 1 to 5 */
    QUESTION_CES = 3,  /* 1 to 7, version 2.0: 7 is little effort */
    QUESTION_TEXT = 4
};

/* Whether the score stands on the question's scale. */
bool question_takes(enum question_kind kind, int64_t score);
/* The ends of its scale; false if it has none. */
bool question_scale(enum question_kind kind, int64_t *min, int64_t *max);
extern const char *const QUESTION_KIND_NAMES[]; /* by number minus 1; ends with NULL */
