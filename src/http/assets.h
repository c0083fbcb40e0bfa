/* The web application's files, embedded by tools/embed_assets.mjs when the program is built.
 *
 * Compressed beforehand, so serving one costs no work and needs no file. The unit tests have a
 * table of their own (assets_test.c). Constants: no owner. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct asset {
    struct str path;          /* as in the URL: /index.html, /assets/main-4f2a.js, /openapi.json */
    const char *content_type; /* with its charset */
    struct str plain;
    struct str gzip;   /* without data where compressing gained nothing */
    struct str brotli; /* likewise */
    struct str etag;   /* of the plain bytes, with its quotes: "4f2a..." */
    bool is_immutable; /* its name holds its hash: cache for a year */
};

extern const struct asset ASSETS[]; /* sorted by path, as str_compare does */
extern const size_t ASSETS_COUNT;

/* NULL if there is no such file. The root is /index.html. */
const struct asset *asset_find(struct str path);
