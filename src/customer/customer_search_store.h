/* What makes customers findable by words: their names and identities. */
#pragma once

#include "store/search.h"

extern const struct search_source CUSTOMER_SEARCH_SOURCES[];
extern const size_t CUSTOMER_SEARCH_SOURCES_COUNT;
