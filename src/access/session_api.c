#include "access/access.h"
#include "access/access_api.h"
#include "access/form.h"
#include "access/link_store.h"
#include "access/session_store.h"
#include "base/time.h"

/* What one attempt to get in carries from the form to the reply. */
struct sign_in {
    bool is_setup;
    const char *refusal; /* in words */
    struct str email;    /* no data: by link or setup token */
    struct str password;
    struct str account; /* what failures are counted by; no data: by the address alone */
    struct str address;
    struct hash token; /* of the link */
    int64_t agent_id;
    struct str stored; /* what the password was compared with, or of a link the new one's hash */
    struct setup_in setup;
    struct token session;
    struct agent_out out;
};

/* ---- how often ---- */

static void reply_too_often(struct request *request, int64_t retry_after_ms)
{
    int64_t seconds = (retry_after_ms + MS_PER_SECOND - 1) / MS_PER_SECOND;
    enum { SECONDS_SIZE = 24 };
    struct buf buf = buf_open(request->arena, SECONDS_SIZE);
    buf_add_int(&buf, seconds);
    reply_problem(request, 429, "sign_in_limited",
                  "Too many attempts failed. Wait %lld seconds, or ask an administrator for a"
                  " sign-in link.",
                  (long long)seconds);
    reply_header(request, "Retry-After", buf_view(&buf));
}

/* Counts the attempt, or refuses it with a reply. */
static enum err attempt_begin(struct request *request, struct sign_in *sign_in)
{
    struct access *access = request->workspace->access;
    char key[LIMIT_ADDRESS_KEY_SIZE];
    sign_in->address = arena_copy(request->arena, limit_address_key(request->client_address, key));
    int64_t wait_ms;
    int64_t now_ms = time_monotonic_ms();
    if (limit_begin(access->addresses, sign_in->address, now_ms, &wait_ms)) {
        reply_too_often(request, wait_ms);
        return ERR_DENIED;
    }
    if (!sign_in->account.data) return OK;
    if (limit_begin(access->accounts, sign_in->account, now_ms, &wait_ms)) {
        limit_forgive(access->addresses, sign_in->address, now_ms);
        reply_too_often(request, wait_ms);
        return ERR_DENIED;
    }
    return OK;
}

/* Only a refusal stays counted: whoever was right, or was not looked at, starts afresh. */
static void attempt_end(struct request *request, const struct sign_in *sign_in, enum err err)
{
    struct access *access = request->workspace->access;
    int64_t now_ms = time_monotonic_ms();
    if (err == ERR_DENIED) return;
    limit_forgive(access->addresses, sign_in->address, now_ms);
    if (!sign_in->account.data) return;
    if (err) {
        limit_forgive(access->accounts, sign_in->account, now_ms);
    } else {
        limit_clear(access->accounts, sign_in->account, now_ms);
    }
}

/* ---- signing in ---- */

static void signed_in_reply(struct request *request, int status, const struct sign_in *sign_in)
{
    struct json_writer *writer = reply_json(request, status);
    json_object_begin(writer, NULL);
    agent_write_json(writer, "agent", &sign_in->out.agent);
    json_object_end(writer);
    session_cookie_set(request, sign_in->session.text);
    reply_done(request);
}

static enum err start_work(struct request *request, struct sign_in *sign_in,
                           enum err (*work)(struct request *request, void *context),
                           void (*then)(struct request *request, enum err err))
{
    enum err err = attempt_begin(request, sign_in);
    if (err) return err;
    sign_in->session = token_make(request->arena, TOKEN_SESSION);
    err = request_work(request, work, sign_in, then);
    if (err) attempt_end(request, sign_in, err);
    return err;
}

/* Takes the same time for everybody until it is known that the password is right. */
static enum err password_work(struct request *request, void *context)
{
    struct sign_in *sign_in = context;
    bool is_right;
    enum err err = agent_read_password(request->reader, request->arena, sign_in->email,
                                       &sign_in->agent_id, &sign_in->stored);
    if (err) return err;
    err = password_verify(request->workspace->access->gate, sign_in->stored, sign_in->password,
                          &is_right);
    if (err) return err;
    return is_right ? OK : ERR_DENIED;
}

static enum err link_work(struct request *request, void *context)
{
    struct sign_in *sign_in = context;
    bool is_right;
    enum err err = link_check(request->reader, request->arena, sign_in->agent_id, &sign_in->token,
                              request->now_ms, &is_right);
    if (err) return err;
    if (!is_right) return ERR_DENIED;
    return password_hash(request->workspace->access->gate, request->arena, sign_in->password,
                         &sign_in->stored);
}

static void refused(struct request *request, enum err err)
{
    (void)err; /* refused is refused, even where the audit cannot be written */
    const struct sign_in *sign_in = request->context;
    reply_problem(request, 401, sign_in->is_setup ? "setup_refused" : "sign_in_refused", "%s",
                  sign_in->refusal);
}

/* Replies 401 once the audit has it. */
static void refuse(struct request *request, const struct sign_in *sign_in)
{
    struct session_refuse_in *in = arena_new(request->arena, struct session_refuse_in);
    in->agent_id = sign_in->agent_id;
    enum err err = request_write(request, &SESSION_REFUSE, in, NULL, refused);
    if (err) refused(request, err);
}

static void signed_in(struct request *request, enum err err)
{
    const struct sign_in *sign_in = request->context;
    access_changed(request->workspace->access); /* a link ends other sessions */
    if (!err) {
        signed_in_reply(request, 200, sign_in);
    } else if (err == ERR_DENIED) {
        refused(request, err);
    } else {
        reply_err(request, err);
    }
}

/* The events of what follows name the person as their actor. */
static void become(struct request *request, int64_t agent_id)
{
    request->principal = (struct principal){ .kind = PRINCIPAL_SESSION, .agent_id = agent_id };
}

static void password_checked(struct request *request, enum err err)
{
    struct sign_in *sign_in = request->context;
    attempt_end(request, sign_in, err);
    if (err == ERR_DENIED) {
        refuse(request, sign_in);
        return;
    }
    if (!err) {
        struct session_create_in *in = arena_new(request->arena, struct session_create_in);
        *in = (struct session_create_in){ .agent_id = sign_in->agent_id,
                                          .stored = sign_in->stored,
                                          .token = sign_in->session.hash };
        become(request, sign_in->agent_id);
        err = request_write(request, &SESSION_CREATE, in, &sign_in->out, signed_in);
    }
    if (err) reply_err(request, err);
}

static void link_checked(struct request *request, enum err err)
{
    struct sign_in *sign_in = request->context;
    attempt_end(request, sign_in, err);
    if (err == ERR_DENIED) {
        refuse(request, sign_in);
        return;
    }
    if (!err) {
        struct link_use_in *in = arena_new(request->arena, struct link_use_in);
        *in = (struct link_use_in){ .agent_id = sign_in->agent_id,
                                    .token = sign_in->token,
                                    .password_hash = sign_in->stored,
                                    .session_token = sign_in->session.hash };
        become(request, sign_in->agent_id);
        err = request_write(request, &LINK_USE, in, &sign_in->out, signed_in);
    }
    if (err) reply_err(request, err);
}

/* {email, password}, or {link, password} where the password is a new one. */
static enum err sign_in_form(struct request *request, struct sign_in *sign_in, struct str *link)
{
    enum { LINK_MAX = 128 };
    struct json_form form;
    enum err err = request_form(request, &form);
    if (err) return err;
    if (json_form_text(&form, "link", LINK_MAX, link)) {
        form_password(&form, "password", STR(""), &sign_in->password);
    } else {
        json_form_text(&form, "email", AGENT_EMAIL_MAX, &sign_in->email);
        json_form_text(&form, "password", PASSWORD_SIZE_MAX, &sign_in->password);
        json_form_require(&form, "email");
    }
    json_form_require(&form, "password");
    return request_form_end(request, &form);
}

static enum err session_add(struct request *request)
{
    struct sign_in *sign_in = arena_new(request->arena, struct sign_in);
    struct str link = { 0 };
    enum err err = sign_in_form(request, sign_in, &link);
    if (err) return err;

    if (link.data) {
        sign_in->refusal = "This link does not work any more. Ask an administrator for another.";
        if (token_read_link(link, &sign_in->agent_id, &sign_in->token)) {
            reply_problem(request, 401, "sign_in_refused", "%s", sign_in->refusal);
            return ERR_DENIED;
        }
        return start_work(request, sign_in, link_work, link_checked);
    }
    sign_in->refusal = "The e-mail address or the password is not right.";
    /* An address that is none is nobody's: it goes the same way as any other. */
    struct str email;
    if (agent_email_normalise(request->arena, sign_in->email, &email) == OK) {
        sign_in->email = email;
    }
    sign_in->account = sign_in->email;
    return start_work(request, sign_in, password_work, password_checked);
}

/* ---- signing out ---- */

static void signed_out(struct request *request, enum err err)
{
    access_changed(request->workspace->access);
    if (err) {
        reply_err(request, err);
        return;
    }
    reply_empty(request, 204);
    session_cookie_clear(request);
}

static enum err sign_out(struct request *request)
{
    if (request->principal.kind != PRINCIPAL_SESSION) {
        reply_problem(request, 400, "no_session", "Only a session can be signed out of.");
        return ERR_INVALID;
    }
    struct session_end_in *in = arena_new(request->arena, struct session_end_in);
    in->id = request->principal.id;
    in->agent_id = request->principal.agent_id;
    return request_write(request, &SESSION_END, in, NULL, signed_out);
}

/* ---- the first admin ---- */

static enum err setup_show(struct request *request)
{
    bool needs_setup;
    struct settings settings;
    enum err err = access_needs_setup(request->reader, request->arena, &needs_setup);
    if (!err) err = settings_read(request->reader, request->arena, &settings);
    if (err) return err;
    struct json_writer *writer = reply_json(request, 200);
    json_object_begin(writer, NULL);
    json_put_bool(writer, "needs_setup", needs_setup);
    json_put_text(writer, "workspace", request->workspace->name);
    json_put_text_or_null(writer, "workspace_name", settings.workspace_name);
    json_object_end(writer);
    reply_done(request);
    return OK;
}

static enum err setup_work(struct request *request, void *context)
{
    struct sign_in *sign_in = context;
    bool is_right;
    bool needs_setup;
    enum err err = access_needs_setup(request->reader, request->arena, &needs_setup);
    if (!err && !needs_setup) return ERR_CONFLICT;
    if (!err) {
        err = access_setup_token_check(request->reader, request->arena, &sign_in->setup.token,
                                       &is_right);
    }
    if (err) return err;
    if (!is_right) return ERR_DENIED;
    return password_hash(request->workspace->access->gate, request->arena, sign_in->password,
                         &sign_in->setup.password_hash);
}

static void setup_done(struct request *request, enum err err)
{
    const struct sign_in *sign_in = request->context;
    if (!err) {
        signed_in_reply(request, 201, sign_in);
    } else if (err == ERR_DENIED) {
        refused(request, err);
    } else if (err == ERR_CONFLICT && !sign_in->out.fault) {
        reply_problem(request, 409, "already_set_up", "Somebody can sign in already.");
    } else {
        agent_reply_fault(request, err, sign_in->out.fault);
    }
}

static void setup_checked(struct request *request, enum err err)
{
    struct sign_in *sign_in = request->context;
    attempt_end(request, sign_in, err);
    if (err == ERR_DENIED) {
        refuse(request, sign_in);
        return;
    }
    if (!err) {
        sign_in->setup.session_token = sign_in->session.hash;
        err = request_write(request, &SETUP_FINISH, &sign_in->setup, &sign_in->out, setup_done);
    }
    if (err) setup_done(request, err);
}

static enum err setup_finish(struct request *request)
{
    enum { TOKEN_MAX = 128 };
    struct json_form form;
    enum err err = request_form(request, &form);
    if (err) return err;

    struct sign_in *sign_in = arena_new(request->arena, struct sign_in);
    sign_in->is_setup = true;
    sign_in->refusal = "This is not the token that was printed last. Look at the server's output,"
                       " or run `rapport user add`.";
    struct setup_in *setup = &sign_in->setup;
    struct str token = STR("");
    json_form_text(&form, "token", TOKEN_MAX, &token);
    form_name(&form, "name", AGENT_NAME_MAX, &setup->name);
    form_email(&form, "email", &setup->email);
    form_password(&form, "password", setup->email, &sign_in->password);
    form_name(&form, "workspace_name", WORKSPACE_TITLE_MAX, &setup->workspace_name);
    form_zone(&form, "zone", &setup->zone);
    static const char *const NEEDED[] = { "token", "name", "email", "password" };
    for (size_t i = 0; i < sizeof(NEEDED) / sizeof(NEEDED[0]); i++) {
        json_form_require(&form, NEEDED[i]);
    }
    err = request_form_end(request, &form);
    if (err) return err;
    /* What has not the form of a token is looked up as a hash that nothing has. */
    if (token_read(TOKEN_SETUP, token, &setup->token)) random_bytes(&setup->token, HASH_SIZE);
    return start_work(request, sign_in, setup_work, setup_checked);
}

static const struct route TABLE[] = {
    { "POST", "/api/v1/session", PERMISSION_PUBLIC, .handle = session_add, .body = BODY_WHOLE,
      .body_max = ACCESS_BODY_MAX, .reply_is_secret = true },
    { "DELETE", "/api/v1/session", PERMISSION_SELF, .handle = sign_out },
    { "GET", "/api/v1/setup", PERMISSION_PUBLIC, .handle = setup_show },
    { "POST", "/api/v1/setup", PERMISSION_PUBLIC, .handle = setup_finish, .body = BODY_WHOLE,
      .body_max = ACCESS_BODY_MAX, .reply_is_secret = true },
};

const struct routes SESSION_ROUTES = { .items = TABLE, .count = sizeof(TABLE) / sizeof(TABLE[0]) };
