#include "survey/question.h"

#include "base/test.h"

TEST(a_score_must_stand_on_the_scale_of_its_question)
{
    CHECK(question_takes(QUESTION_NPS, 0) && question_takes(QUESTION_NPS, 10));
    CHECK(!question_takes(QUESTION_NPS, -1) && !question_takes(QUESTION_NPS, 11));
    CHECK(question_takes(QUESTION_CSAT, 1) && question_takes(QUESTION_CSAT, 5));
    CHECK(!question_takes(QUESTION_CSAT, 0) && !question_takes(QUESTION_CSAT, 6));
    CHECK(question_takes(QUESTION_CES, 1) && question_takes(QUESTION_CES, 7));
    CHECK(!question_takes(QUESTION_CES, 0) && !question_takes(QUESTION_CES, 8));
    CHECK(!question_takes(QUESTION_TEXT, 1));
}
