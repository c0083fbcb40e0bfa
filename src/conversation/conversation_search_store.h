/* What makes conversations findable by words: their subjects and the texts of their interactions.
 */
#pragma once

#include "store/search.h"

extern const struct search_source CONVERSATION_SEARCH_SOURCES[];
extern const size_t CONVERSATION_SEARCH_SOURCES_COUNT;
