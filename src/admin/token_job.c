#include "access/agent_store.h"
#include "access/key_store.h"
#include "access/token.h"
#include "admin/jobs_job.h"

static const struct actor SYSTEM = { .kind = ACTOR_SYSTEM };

static bool scope_of(struct str name, enum scope *out)
{
    for (int i = 0; SCOPE_NAMES[i]; i++) {
        if (!str_equal(name, str_from(SCOPE_NAMES[i]))) continue;
        *out = (enum scope)(i + 1);
        return true;
    }
    return false;
}

static enum err find_agent(struct admin_call *call, struct str email, int64_t *out)
{
    struct agent_list_filter filter = { 0 };
    enum err err = agent_email_normalise(call->arena, email, &filter.email);
    struct reader *reader = NULL;
    if (!err) err = reader_open(call->arena, call->workspace->store_path, &reader);
    if (err) return err;
    struct agent *agents;
    size_t count;
    err = agent_list(reader, call->arena, &filter, 1, &agents, &count);
    if (!err && count == 0) err = ERR_NOT_FOUND;
    if (!err) *out = agents[0].id;
    reader_close(reader);
    return err;
}

static enum admin_exit refuse(struct admin_call *call, enum admin_exit exit, const char *words)
{
    admin_print(call->err_out, "%s\n", words);
    return exit;
}

enum admin_exit admin_token_create(struct admin_call *call)
{
    struct str name = arguments_value(&call->given, "--name");
    struct str agent = arguments_value(&call->given, "--agent");
    struct key_create_in in = { 0 };
    if (!name.data || agent_name_normalise(name, KEY_NAME_MAX, &in.name)) {
        return refuse(call, ADMIN_USAGE, "--name says what the key is for.");
    }
    if (!scope_of(arguments_value(&call->given, "--scope"), &in.scope)) {
        return refuse(call, ADMIN_USAGE, "--scope is admin, agent, ingest or read.");
    }
    if (agent.data && find_agent(call, agent, &in.agent_id)) {
        return refuse(call, ADMIN_NOT_FOUND, "Nobody has that address.");
    }
    struct token token = token_make(call->arena, TOKEN_KEY);
    in.token = token.hash;
    in.hint = token_hint(&token);
    struct key_create_out out = { 0 };
    enum err err =
        writer_call(call->workspace->writer, call->arena, &KEY_CREATE, SYSTEM, &in, &out);
    if (out.fault == KEY_AGENT_NEEDED) {
        return refuse(call, ADMIN_USAGE,
                      "A key of scope agent acts as somebody: name --agent EMAIL.");
    }
    if (err) {
        admin_print(call->err_out, "The key could not be made: %s.\n", err_name(err));
        return admin_exit_of(err);
    }
    admin_print(call->out, "%.*s\n", STR_ARG(token.text));
    return ADMIN_OK;
}
