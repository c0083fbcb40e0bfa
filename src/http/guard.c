#include "http/guard.h"

#include <string.h>

#include "base/parse.h"

static bool is_token_char(char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
    return c != '\0' && strchr("!#$%&'*+-.^_`|~", c);
}

static bool is_token(struct str text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (!is_token_char(text.data[i])) return false;
    }
    return text.size > 0;
}

static bool is_plain_value(struct str text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if ((c < 0x20 && c != '\t') || c == 0x7F) return false;
    }
    return true;
}

static bool equal_in_any_case(struct str text, const char *lower)
{
    if (text.size != strlen(lower)) return false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if (c != lower[i]) return false;
    }
    return true;
}

static void fault(struct guard *guard, const char *reason)
{
    if (!guard->fault) guard->fault = reason;
}

static void take_length(struct guard *guard, struct str value)
{
    guard->lengths++;
    bool is_digits = value.size > 0;
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] < '0' || value.data[i] > '9') is_digits = false;
    }
    if (!is_digits || parse_int(value, 0, INT64_MAX, &guard->content_length)) {
        fault(guard, "Content-Length must be one decimal number.");
    }
}

/* A host and perhaps a port: what a URL may hold there. */
static bool is_host(struct str value)
{
    for (size_t i = 0; i < value.size; i++) {
        char c = value.data[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_plain && (c == '\0' || !strchr("-._~:[]", c))) return false;
    }
    return true;
}

void guard_header(struct guard *guard, struct str name, struct str value)
{
    guard->headers++;
    if (!is_token(name)) fault(guard, "A header's name holds characters that it must not.");
    if (!is_plain_value(value)) fault(guard, "A header holds control characters.");

    if (equal_in_any_case(name, "content-length")) {
        take_length(guard, value);
    } else if (equal_in_any_case(name, "transfer-encoding")) {
        guard->codings++;
        if (!equal_in_any_case(value, "chunked")) {
            fault(guard, "Transfer-Encoding may be `chunked` alone.");
        }
    } else if (equal_in_any_case(name, "host")) {
        guard->hosts++;
        if (!is_host(value)) fault(guard, "Host must be a name or address and perhaps a port.");
    }
}

const char *guard_verdict(const struct guard *guard, struct str method, struct str version)
{
    bool is_1_0 = str_equal(version, STR("HTTP/1.0"));
    if (!is_1_0 && !str_equal(version, STR("HTTP/1.1"))) return "Use HTTP/1.1.";
    if (!is_token(method) || method.size > GUARD_METHOD_MAX) return "The method is malformed.";
    if (guard->fault) return guard->fault;
    if (guard->headers > GUARD_HEADERS_MAX) return "There are more than 64 headers.";
    if (guard->lengths > 1) return "Content-Length stands there twice.";
    if (guard->codings > 1) return "Transfer-Encoding stands there twice.";
    if (guard->lengths > 0 && guard->codings > 0) {
        return "Content-Length and Transfer-Encoding exclude each other.";
    }
    if (guard->codings > 0 && is_1_0) return "HTTP/1.0 has no Transfer-Encoding.";
    if (guard->hosts > 1) return "Host stands there twice.";
    if (guard->hosts == 0 && !is_1_0) return "Host is missing.";
    return NULL;
}

bool guard_has_body(const struct guard *guard)
{
    return guard->codings > 0 || (guard->lengths > 0 && guard->content_length > 0);
}
