#include "survey/question.h"

#include <stddef.h>

const char *const QUESTION_KIND_NAMES[] = { "nps", "csat", "ces", "text", NULL };

bool question_takes(enum question_kind kind, int64_t score)
{
    int64_t min;
    int64_t max;
    return question_scale(kind, &min, &max) && score >= min && score <= max;
}

bool question_scale(enum question_kind kind, int64_t *min, int64_t *max)
{
    enum { NPS_MAX = 10, CSAT_MAX = 5, CES_MAX = 7 };
    switch (kind) {
    case QUESTION_NPS:
        *min = 0;
        *max = NPS_MAX;
        return true;
    case QUESTION_CSAT:
        *min = 1;
        *max = CSAT_MAX;
        return true;
    case QUESTION_CES:
        *min = 1;
        *max = CES_MAX;
        return true;
    case QUESTION_TEXT: break;
    }
    return false;
}
