#include <string.h>

#include "http/assets.h"
#include "http/inside.h"

static const char CACHE_FOR_EVER[] = "public, max-age=31536000, immutable";
static const char CACHE_ASK_FIRST[] = "no-cache";

/* Whether an Accept-Encoding names the coding without refusing it by q=0. */
static bool accepts(struct str accepted, struct str coding)
{
    while (accepted.size > 0) {
        struct str weight = str_cut(&accepted, ',');
        struct str name = str_trim(str_cut(&weight, ';'));
        if (!str_equal(name, coding)) continue;
        weight = str_trim(weight);
        return !str_equal(weight, STR("q=0")) && !str_starts(weight, STR("q=0.0"));
    }
    return false;
}

/* The tag of a list in If-None-Match, weak or not. */
static bool names_tag(struct str list, struct str etag)
{
    while (list.size > 0) {
        struct str tag = str_trim(str_cut(&list, ','));
        if (str_starts(tag, STR("W/"))) tag = (struct str){ tag.data + 2, tag.size - 2 };
        if (str_equal(tag, etag) || str_equal(tag, STR("*"))) return true;
    }
    return false;
}

static struct str weakened(struct arena *arena, struct str etag)
{
    struct buf buf = buf_open(arena, etag.size + 2);
    buf_add(&buf, STR("W/"));
    buf_add(&buf, etag);
    return buf_view(&buf);
}

static void serve_asset(struct request *request, const struct asset *asset)
{
    struct reply *reply = &inside_of(request)->reply;
    struct str accepted = request_header(request, "Accept-Encoding");
    struct str body = asset->plain;
    struct str coding = { 0 };
    if (asset->brotli.data && accepts(accepted, STR("br"))) {
        body = asset->brotli;
        coding = STR("br");
    } else if (asset->gzip.data && accepts(accepted, STR("gzip"))) {
        body = asset->gzip;
        coding = STR("gzip");
    }
    struct str etag = coding.data ? weakened(request->arena, asset->etag) : asset->etag;
    bool is_known = names_tag(request_header(request, "If-None-Match"), asset->etag);
    if (is_known) {
        reply_empty(request, 304);
    } else {
        reply_bytes(request, 200, asset->content_type, body);
        if (coding.data) reply_header(request, "Content-Encoding", coding);
    }
    reply_header(request, "ETag", etag);
    if (asset->brotli.data || asset->gzip.data) {
        reply_header(request, "Vary", STR("Accept-Encoding"));
    }
    reply->cache_control = asset->is_immutable ? CACHE_FOR_EVER : CACHE_ASK_FIRST;
    reply->is_page = str_starts(str_from(asset->content_type), STR("text/html"));
}

static bool has_dot_in_name(struct str path)
{
    size_t slash = path.size;
    while (slash > 0 && path.data[slash - 1] != '/') slash--;
    return memchr(path.data + slash, '.', path.size - slash) != NULL;
}

/* /docs/api is /docs/api.html or /docs/api/index.html. */
static const struct asset *page_find(struct request *request)
{
    static const char *const ENDINGS[] = { ".html", "/index.html" };
    const struct asset *asset = NULL;
    for (size_t i = 0; !asset && i < sizeof(ENDINGS) / sizeof(ENDINGS[0]); i++) {
        struct buf name = buf_open(request->arena, request->path.size + sizeof("/index.html"));
        buf_add(&name, request->path);
        buf_add(&name, str_from(ENDINGS[i]));
        asset = asset_find(buf_view(&name));
    }
    return asset;
}

bool site_serve(struct request *request)
{
    bool is_read =
        str_equal(request->method, STR("GET")) || str_equal(request->method, STR("HEAD"));
    if (!is_read) return false;
    const struct asset *asset = asset_find(request->path);
    if (!asset && !has_dot_in_name(request->path)) {
        asset = page_find(request);
        /* The application finds its screens by itself. */
        if (!asset) asset = asset_find(STR("/index.html"));
    }
    if (!asset) return false;
    serve_asset(request, asset);
    return true;
}
