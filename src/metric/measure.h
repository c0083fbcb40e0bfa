/* What facts measure: one table of facts for each. And the numbers of enumerations that lie on
 * other floors, as events carry them: they are stored, so they never change.
 */
#pragma once

enum measure {
    MEASURE_INTERACTION, /* 1 for each */
    MEASURE_WAIT,        /* of one interaction, ms; censored if the customer gave up */
    MEASURE_HANDLE,      /* of one interaction, ms */
    MEASURE_OPENED,      /* 1 at a conversation's beginning */
    MEASURE_FIRST_REPLY, /* from the customer's first message, at its time; ms */
    MEASURE_RESOLUTION,  /* from the beginning to the first solving, at the beginning; ms */
    MEASURE_BACKLOG,     /* 1 when it begins to wait for work, -1 when that ends */
    MEASURE_SOLVED,      /* 1 each time */
    MEASURE_REOPENED,    /* 1 each time */
    MEASURE_REASSIGNED,  /* 1 each time */
    MEASURE_SLA,         /* 1 kept, 0 broken */
    MEASURE_NPS,         /* 0 to 10 */
    MEASURE_CSAT,        /* 1 to 5 */
    MEASURE_CES,         /* 1 to 7 */
    MEASURES
};

/* enum conversation_state of conversation/conversation.h */
enum {
    MEASURED_NEW = 1,
    MEASURED_SNOOZED = 5, /* the last of those that are unsolved */
    MEASURED_SOLVED = 6,
    MEASURED_CLOSED = 7,
    MEASURED_SPAM = 8
};

enum { MEASURED_ABANDONED = 2 }; /* enum outcome of conversation/conversation.h */

/* enum question_kind of survey/question.h */
enum { MEASURED_NPS = 1, MEASURED_CSAT = 2, MEASURED_CES = 3 };

/* enum dimension of store/dimension.h, those that hold numbers */
enum {
    MEASURED_BY_PRIORITY = 9,
    MEASURED_BY_KIND = 10,
    MEASURED_BY_DIRECTION = 11,
    MEASURED_BY_OUTCOME = 12
};
