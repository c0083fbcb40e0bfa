#include "http/assets.h"

const struct asset *asset_find(struct str path)
{
    size_t low = 0;
    size_t high = ASSETS_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(path, ASSETS[middle].path);
        if (order == 0) return &ASSETS[middle];
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}
