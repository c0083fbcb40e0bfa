/* The shape of every estimate in stats/: a value and the interval around it.
 *
 * Limits are closed. A limit that the data cannot give (the upper limit of a median that half of
 * the observations never reached, both limits of a mean of one value) is infinite (-HUGE_VAL or
 * HUGE_VAL); base/json writes it as null. A value is never infinite and never NaN.
 *
 * `level` is the confidence, as in 0.95; outside (0, 1) it is ERR_INVALID everywhere.
 * ERR_NOT_FOUND means that there are no observations: no data is no number, not zero.
 */
#pragma once

#include <stdbool.h>

struct interval {
    double low;
    double high;
    const char *method; /* "wilson", "student_t", ...: a constant, shown to people and in the API */
};

struct estimate {
    double value;
    struct interval interval;
};

static inline bool interval_level_is_valid(double level)
{
    return level > 0 && level < 1;
}
