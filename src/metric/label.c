#include "metric/label.h"

#include <stddef.h>

#include "metric/measure.h"

static const char *const KINDS[] = { "message", "call",  "visit", "purchase", "review",
                                     "answer",  "event", "note",  NULL };
static const char *const DIRECTIONS[] = { "in", "out", "internal", NULL };
static const char *const OUTCOMES[] = { "answered", "abandoned", "transferred",
                                        "callback", "bot",       NULL };
static const char *const PRIORITIES[] = { "low", "normal", "high", "urgent", NULL };
static const char *const STATES[] = { "new",    "open",   "pending", "on_hold", "snoozed",
                                      "solved", "closed", "spam",    NULL };

/* By number minus 1; each ends with NULL. */
static const char *const *names_of(int dimension)
{
    switch (dimension) {
    case MEASURED_BY_KIND: return KINDS;
    case MEASURED_BY_DIRECTION: return DIRECTIONS;
    case MEASURED_BY_OUTCOME: return OUTCOMES;
    case MEASURED_BY_PRIORITY: return PRIORITIES;
    default: return NULL;
    }
}

static const char *name_of(const char *const *names, int64_t number)
{
    if (!names || number < 1) return NULL;
    for (int64_t i = 1; names[i - 1]; i++) {
        if (i == number) return names[i - 1];
    }
    return NULL;
}

const char *label_of_number(int dimension, int64_t number)
{
    return name_of(names_of(dimension), number);
}

int64_t label_find_number(int dimension, struct str name)
{
    const char *const *names = names_of(dimension);
    for (int64_t i = 0; names && names[i]; i++) {
        if (str_equal(str_from(names[i]), name)) return i + 1;
    }
    return 0;
}

const char *label_of_state(int64_t state)
{
    return name_of(STATES, state);
}
