#include "http/origin.h"

bool origin_is_ours(const struct origin *request)
{
    if (str_equal(request->method, STR("GET")) || str_equal(request->method, STR("HEAD"))) {
        return true;
    }
    if (request->fetch_site.data) {
        return str_equal(request->fetch_site, STR("same-origin")) ||
               str_equal(request->fetch_site, STR("none"));
    }
    if (!request->origin.data) return true;
    struct str host = request->origin;
    struct str scheme = str_cut(&host, ':');
    bool is_web = str_equal(scheme, STR("http")) || str_equal(scheme, STR("https"));
    if (!is_web || !str_starts(host, STR("//"))) return false;
    host = (struct str){ .data = host.data + 2, .size = host.size - 2 };
    return host.size > 0 && str_equal(host, request->host);
}
