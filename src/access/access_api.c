#include "access/access_api.h"

#include <assert.h>
#include <strings.h>

#include "access/access.h"
#include "access/grant_store.h"
#include "base/time.h"
#include "store/writer.h"

static const char *cookie_name(const struct request *request)
{
    /* The prefix __Host- makes browsers insist on Secure and Path=/, so only there. */
    bool is_host = request_is_tls(request) && request->workspace->prefix.size == 0;
    return is_host ? "__Host-rapport" : "rapport";
}

struct str session_cookie(const struct request *request)
{
    return request_cookie(request, cookie_name(request));
}

static void cookie_set(struct request *request, struct str token, int64_t seconds)
{
    enum { COOKIE_MAX = 512 };
    struct buf buf = buf_open(request->arena, COOKIE_MAX);
    buf_printf(&buf, "%s=%.*s; Path=%.*s/; Max-Age=%lld; HttpOnly; SameSite=Lax%s",
               cookie_name(request), STR_ARG(token), STR_ARG(request->workspace->prefix),
               (long long)seconds, request_is_tls(request) ? "; Secure" : "");
    reply_header(request, "Set-Cookie", buf_view(&buf));
}

void session_cookie_set(struct request *request, struct str token)
{
    cookie_set(request, token, SESSION_LASTS_MS / MS_PER_SECOND);
}

void session_cookie_clear(struct request *request)
{
    cookie_set(request, STR(""), 0);
}

/* ---- who asks ---- */

struct note {
    struct submission submission;
    struct grant_note_in in;
};

static void note_end(struct submission *submission)
{
    arena_close(submission->arena);
}

/* The request goes on without waiting; a note that fails is made again with a later request. */
static void note_use(struct request *request, struct grant *grant)
{
    int64_t every_ms = grant->kind == GRANT_KEY ? GRANT_KEY_NOTE_MS : GRANT_SESSION_NOTE_MS;
    if (request->now_ms - grant->noted_at_ms < every_ms) return;
    grant->noted_at_ms = request->now_ms;

    struct arena *arena = arena_open();
    struct note *note = arena_new(arena, struct note);
    note->in =
        (struct grant_note_in){ .kind = grant->kind, .id = grant->id, .at_ms = request->now_ms };
    note->submission = (struct submission){ .command = &GRANT_NOTE,
                                            .arena = arena,
                                            .in = &note->in,
                                            .actor = { .kind = ACTOR_SYSTEM },
                                            .resume = note_end };
    if (writer_submit(request->workspace->writer, &note->submission)) arena_close(arena);
}

static void principal_fill(struct request *request, const struct grant *grant)
{
    bool is_session = grant->kind == GRANT_SESSION;
    struct str name = { .data = grant->name, .size = grant->name_size };
    request->principal = (struct principal){
        .kind = is_session ? PRINCIPAL_SESSION : PRINCIPAL_KEY,
        .id = grant->id,
        .agent_id = grant->agent_id,
        .permissions = grant_permissions(grant),
        .sees_all = grant->sees_all,
        .name = arena_copy(request->arena, name),
    };
}

/* From memory if this thread knows it, else from the database. NULL: it gives nothing. */
static enum err grant_of(struct request *request, enum grant_kind kind, const struct hash *token,
                         struct grant *place, struct grant **out)
{
    struct access *access = request->workspace->access;
    /* Before the database is read: a change that comes after it makes the answer old at once. */
    uint64_t generation = atomic_load(&access->generation);
    int64_t now_ms = time_monotonic_ms();
    struct grant_cache *cache = access_cache(access, request->reader);
    *out = cache ? grant_cache_find(cache, token, generation, now_ms) : NULL;
    if (*out) return OK;

    enum err err = grant_read(request->reader, request->arena, kind, token, request->now_ms, place);
    if (err) return err == ERR_NOT_FOUND ? OK : err;
    *out = cache ? grant_cache_put(cache, token, generation, now_ms, place) : place;
    return OK;
}

static enum err recognise(struct request *request, enum grant_kind kind, struct str text)
{
    struct hash token;
    if (token_read(kind == GRANT_KEY ? TOKEN_KEY : TOKEN_SESSION, text, &token)) return OK;
    struct grant place;
    struct grant *grant;
    enum err err = grant_of(request, kind, &token, &place, &grant);
    if (err || !grant || grant->kind != kind) return err;
    if (grant->expires_at_ms && grant->expires_at_ms <= request->now_ms) return OK;
    principal_fill(request, grant);
    note_use(request, grant);
    return OK;
}

static bool cut_bearer(struct str header, struct str *out)
{
    static const char BEARER[] = "Bearer ";
    size_t size = sizeof(BEARER) - 1;
    if (header.size <= size || strncasecmp(header.data, BEARER, size) != 0) return false;
    *out = str_trim((struct str){ .data = header.data + size, .size = header.size - size });
    return true;
}

enum err access_authenticate(struct request *request)
{
    assert(request->workspace->access);
    struct str header = request_header(request, "Authorization");
    struct str text;
    if (header.data) {
        return cut_bearer(header, &text) ? recognise(request, GRANT_KEY, text) : OK;
    }
    text = session_cookie(request);
    return text.size > 0 ? recognise(request, GRANT_SESSION, text) : OK;
}

enum err access_still_allowed(struct workspace *workspace, struct reader *reader,
                              struct principal *principal)
{
    (void)workspace;
    if (principal->kind == PRINCIPAL_LOCAL) return OK;
    if (principal->kind == PRINCIPAL_NOBODY) return ERR_DENIED;
    struct arena *arena = arena_open();
    struct grant grant;
    enum grant_kind kind = principal->kind == PRINCIPAL_KEY ? GRANT_KEY : GRANT_SESSION;
    enum err err = grant_read_id(reader, arena, kind, principal->id, time_now_ms(), &grant);
    arena_close(arena);
    if (err) return err == ERR_NOT_FOUND ? ERR_DENIED : err;
    principal->permissions = grant_permissions(&grant);
    principal->sees_all = grant.sees_all;
    return OK;
}

enum err access_in_reach(struct workspace *workspace, struct reader *reader,
                         const struct principal *principal, int64_t conversation_id, bool *out)
{
    (void)workspace;
    *out = principal->sees_all;
    if (*out || principal->agent_id == 0) return OK;
    struct arena *arena = arena_open();
    enum err err = grant_reaches(reader, arena, principal->agent_id, conversation_id, out);
    arena_close(arena);
    return err;
}

/* ---- shared by the API files of access ---- */

static enum err hash_work(struct request *request, void *context)
{
    struct hashed_write *write = context;
    return password_hash(request->workspace->access->gate, request->arena, write->password,
                         write->password_hash);
}

static void hashed(struct request *request, enum err err)
{
    const struct hashed_write *write = request->context;
    if (!err) err = request_write(request, write->command, write->in, write->out, write->then);
    if (!err) return;
    request->out = write->out;
    write->then(request, err);
}

enum err request_write_hashed(struct request *request, const struct hashed_write *write)
{
    if (!write->password.data) {
        return request_write(request, write->command, write->in, write->out, write->then);
    }
    struct hashed_write *kept = arena_new(request->arena, struct hashed_write);
    *kept = *write;
    return request_work(request, hash_work, kept, hashed);
}

struct str link_url(const struct request *request, struct str token)
{
    enum { URL_MAX = 1024 };
    struct buf buf = buf_open(request->arena, URL_MAX);
    struct str host = request_host(request);
    struct str prefix = request->workspace->prefix;
    buf_printf(&buf, "%s://%.*s%.*s/?link=%.*s", request_is_tls(request) ? "https" : "http",
               STR_ARG(host), STR_ARG(prefix), STR_ARG(token));
    return buf_view(&buf);
}
