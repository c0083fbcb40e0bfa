/* Answers to questions. Each is one reply to one question, kept raw with its scale.
 *
 * Owner: functions with a tx, the writer's thread.
 */
#pragma once

#include "conversation/conversation.h"
#include "store/store.h"
#include "survey/question.h"

/* Stores one answer to the standard question of that kind, given through the interaction, and
 * appends answer.received. ERR_INVALID if the score is off the scale. */
enum err answer_add_standard(struct tx *tx, struct arena *arena, enum question_kind kind,
                             int64_t score, const struct interaction *interaction,
                             const struct dimensions *dimensions, int64_t *out);
/* Makes the surveys every workspace has: nps, csat, ces. May run again. */
extern const struct command SURVEY_PREPARE;
