#include "exchange/format_job.h"

const struct import_format *const IMPORT_FORMATS[] = { &FORMAT_SERVICENOW_INCIDENTS, &FORMAT_CSV,
                                                       NULL };

const struct import_format *import_format_find(struct str name)
{
    for (size_t i = 0; IMPORT_FORMATS[i]; i++) {
        if (str_equal(name, str_from(IMPORT_FORMATS[i]->name))) return IMPORT_FORMATS[i];
    }
    return NULL;
}

const struct import_format *import_format_of(int number)
{
    for (size_t i = 0; IMPORT_FORMATS[i]; i++) {
        if (IMPORT_FORMATS[i]->number == number) return IMPORT_FORMATS[i];
    }
    return NULL;
}
