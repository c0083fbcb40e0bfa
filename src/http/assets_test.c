#include "http/assets.h"

#include "base/test.h"

/* What the unit tests are linked with instead of the web application. */
const struct asset ASSETS[] = {
    { .path = STR_INIT("/assets/main-4f2a.js"),
      .content_type = "text/javascript; charset=utf-8",
      .plain = STR_INIT("plain script"),
      .gzip = STR_INIT("as gzip"),
      .brotli = STR_INIT("as brotli"),
      .etag = STR_INIT("\"2\""),
      .is_immutable = true },
    { .path = STR_INIT("/index.html"),
      .content_type = "text/html; charset=utf-8",
      .plain = STR_INIT("<!doctype html><title>Test</title>"),
      .etag = STR_INIT("\"1\"") },
    { .path = STR_INIT("/openapi.json"),
      .content_type = "application/json",
      .plain = STR_INIT("{}"),
      .etag = STR_INIT("\"3\"") },
};
const size_t ASSETS_COUNT = sizeof(ASSETS) / sizeof(ASSETS[0]);

TEST(every_asset_is_found_by_its_path)
{
    for (size_t i = 0; i < ASSETS_COUNT; i++) CHECK(asset_find(ASSETS[i].path) == &ASSETS[i]);
}

TEST(a_path_that_only_begins_like_an_asset_is_not_found)
{
    CHECK(asset_find(STR("/index.htm")) == NULL);
    CHECK(asset_find(STR("/index.html/")) == NULL);
    CHECK(asset_find(STR("/")) == NULL);
    CHECK(asset_find(STR("")) == NULL);
    CHECK(asset_find(STR("/zzz")) == NULL);
}
