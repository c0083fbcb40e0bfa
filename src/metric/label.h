/* How numbers of dimensions and states are called in the API. Pure. */
#pragma once

#include <stdint.h>

#include "base/str.h"

/* Of enum dimension: those that hold numbers of an enum. NULL for any other, or another number. */
const char *label_of_number(int dimension, int64_t number);
/* 0 if there is no such name. */
int64_t label_find_number(int dimension, struct str name);
/* "open": of a conversation; NULL if there is no such state. */
const char *label_of_state(int64_t state);

/* What stands for all values beyond the first FACT_VALUES_MAX. */
#define LABEL_OTHER STR("(other)")
