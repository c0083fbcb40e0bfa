#include "admin/command_job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "admin/jobs_job.h"
#include "admin/socket_job.h"

enum { PRINT_SIZE = 8192 };

const struct admin_command *admin_find(int count, const char *const words[], int *used)
{
    for (const struct admin_command *command = ADMIN_COMMANDS; command->noun; command++) {
        int needed = command->verb ? 2 : 1;
        if (count < needed || strcmp(words[0], command->noun) != 0) continue;
        if (command->verb && strcmp(words[1], command->verb) != 0) continue;
        *used = needed;
        return command;
    }
    return NULL;
}

void admin_print(int descriptor, const char *format, ...)
{
    char text[PRINT_SIZE];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (size < 0) return;
    size_t left = (size_t)size < sizeof(text) ? (size_t)size : sizeof(text) - 1;
    const char *at = text;
    while (left > 0) {
        ssize_t written = write(descriptor, at, left);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        at += written;
        left -= (size_t)written;
    }
}

enum admin_exit admin_exit_of(enum err err)
{
    switch (err) {
    case OK: return ADMIN_OK;
    case ERR_INVALID: return ADMIN_USAGE;
    case ERR_NOT_FOUND: return ADMIN_NOT_FOUND;
    case ERR_DENIED: return ADMIN_REFUSED;
    case ERR_CONFLICT: return ADMIN_CONFLICT;
    case ERR_BUSY: return ADMIN_RETRY;
    case ERR_LIMIT:
    case ERR_IO:
    case ERR_CORRUPT: return ADMIN_FAILED;
    }
    return ADMIN_FAILED;
}

static enum err open_input(const char *path, int err_out, int *out)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        admin_print(err_out, "%s cannot be read: %s\n", path, strerror(errno)); // NOLINT
        return ERR_IO;
    }
    *out = descriptor;
    return OK;
}

static enum err read_text(struct admin_call *call, const char *path)
{
    int descriptor;
    enum err err = open_input(path, call->err_out, &descriptor);
    if (err) return err;
    char *text = arena_array(call->arena, char, ADMIN_TEXT_MAX + 1);
    size_t size = 0;
    ssize_t got = 1;
    while (got > 0 && size <= ADMIN_TEXT_MAX) {
        got = read(descriptor, text + size, ADMIN_TEXT_MAX + 1 - size);
        if (got > 0) size += (size_t)got;
    }
    close(descriptor);
    if (got < 0 || size > ADMIN_TEXT_MAX) {
        admin_print(call->err_out, "%s cannot be read or is larger than 1 MiB.\n", path);
        return ERR_IO;
    }
    call->text = (struct str){ text, size };
    return OK;
}

enum err admin_prepare(const struct admin_command *command, int count, const char *const words[],
                       struct admin_call *call)
{
    struct arguments_given *given = &call->given;
    enum err err = arguments_parse(count, words, command->options, given);
    if (err) {
        admin_print(call->err_out, "%s %s.\n%s\n", given->fault, given->reason, command->usage);
        return ERR_INVALID;
    }
    if (given->words_count != command->words) {
        admin_print(call->err_out, "%s\n", command->usage);
        return ERR_INVALID;
    }
    call->input = -1;
    if (command->first_word_is_input) {
        err = open_input(given->words[0], call->err_out, &call->input);
    }
    if (!err && command->text_option && arguments_has(given, command->text_option)) {
        err = read_text(call, arguments_value(given, command->text_option).data);
    }
    return err;
}

static const struct option_spec USER_ADD_OPTIONS[] = {
    { "--role", true }, { "--name", true }, { "--password-file", true }, { NULL, false }
};
static const struct option_spec TOKEN_OPTIONS[] = {
    { "--name", true }, { "--scope", true }, { "--agent", true }, { NULL, false }
};
static const struct option_spec NO_OPTIONS[] = { { NULL, false } };
static const struct option_spec IMPORT_OPTIONS[] = { { "--format", true },
                                                     { "--map", true },
                                                     { "--zone", true },
                                                     { "--dry-run", false },
                                                     { NULL, false } };

const struct admin_command ADMIN_COMMANDS[] = {
    { .noun = "import",
      .usage = "rapport import FILE --format servicenow-incidents|csv [--map MAP.json] [--zone Z]"
               " [--dry-run]",
      .summary = "take over interactions from a file",
      .options = IMPORT_OPTIONS,
      .words = 1,
      .first_word_is_input = true,
      .text_option = "--map",
      .run = admin_import },
    { .noun = "user",
      .verb = "add",
      .usage = "rapport user add EMAIL --role admin|supervisor|agent|analyst [--name N]"
               " [--password-file F]",
      .summary = "add a person; prints a sign-in link, or the id if a password is given",
      .options = USER_ADD_OPTIONS,
      .words = 1,
      .text_option = "--password-file",
      .run = admin_user_add },
    { .noun = "token",
      .verb = "create",
      .usage = "rapport token create --name N --scope admin|agent|ingest|read [--agent EMAIL]",
      .summary = "make an API key and print it, once",
      .options = TOKEN_OPTIONS,
      .run = admin_token_create },
    { .noun = "verify",
      .usage = "rapport verify",
      .summary = "check the hash chain of the event log",
      .options = NO_OPTIONS,
      .run = admin_verify },
    { 0 },
};
