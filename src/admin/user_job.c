#include "access/agent_store.h"
#include "access/password.h"
#include "admin/jobs_job.h"

static const struct actor SYSTEM = { .kind = ACTOR_SYSTEM };

static enum admin_exit refuse(struct admin_call *call, const char *words)
{
    admin_print(call->err_out, "%s\n", words);
    return ADMIN_USAGE;
}

static bool role_of(struct str name, enum role *out)
{
    for (int i = 0; ROLE_NAMES[i]; i++) {
        if (!str_equal(name, str_from(ROLE_NAMES[i]))) continue;
        *out = (enum role)(i + 1);
        return true;
    }
    return false;
}

/* The first line of the file. */
static enum admin_exit take_password(struct admin_call *call, struct agent_create_in *in)
{
    struct str rest = call->text;
    struct str password = str_cut(&rest, '\n');
    const char *fault = password_fault(password, in->email);
    if (fault) return refuse(call, fault);
    struct password_gate gate = { 0 };
    enum err err = password_hash(&gate, call->arena, password, &in->password_hash);
    return admin_exit_of(err);
}

enum admin_exit admin_user_add(struct admin_call *call)
{
    struct agent_create_in in = { .wants_link = !call->text.data };
    struct str name = arguments_value(&call->given, "--name");
    if (agent_email_normalise(call->arena, str_from(call->given.words[0]), &in.email)) {
        return refuse(call, "That is no e-mail address.");
    }
    if (agent_name_normalise(name.data ? name : in.email, AGENT_NAME_MAX, &in.name)) {
        return refuse(call, "That name cannot be used.");
    }
    if (!role_of(arguments_value(&call->given, "--role"), &in.role)) {
        return refuse(call, "--role is admin, supervisor, agent or analyst.");
    }
    if (call->text.data) {
        enum admin_exit exit = take_password(call, &in);
        if (exit) return exit;
    }
    struct agent_out out = { 0 };
    enum err err =
        writer_call(call->workspace->writer, call->arena, &AGENT_CREATE, SYSTEM, &in, &out);
    if (out.fault == AGENT_EMAIL_TAKEN) {
        admin_print(call->err_out, "Somebody has that address already.\n");
        return ADMIN_CONFLICT;
    }
    if (err) {
        admin_print(call->err_out, "The person could not be added: %s.\n", err_name(err));
        return admin_exit_of(err);
    }
    if (out.link.data) {
        admin_print(call->out, "%.*s/?link=%.*s\n", STR_ARG(call->workspace->url),
                    STR_ARG(out.link));
    } else {
        admin_print(call->out, "%.*s\n", STR_ARG(id_text(call->arena, ID_AGENT, out.agent.id)));
    }
    return ADMIN_OK;
}
