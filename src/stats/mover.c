#include "stats/mover.h"

#include <math.h>

struct estimate mover_difference(struct estimate before, struct estimate after)
{
    double before_down = fmax(0, before.value - before.interval.low);
    double before_up = fmax(0, before.interval.high - before.value);
    double after_down = fmax(0, after.value - after.interval.low);
    double after_up = fmax(0, after.interval.high - after.value);

    double value = after.value - before.value;
    return (struct estimate){
        .value = value,
        .interval = { .low = value - hypot(after_down, before_up),
                      .high = value + hypot(after_up, before_down),
                      .method = "mover" },
    };
}
