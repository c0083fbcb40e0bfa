/* Administration commands: what `rapport user add` and its like do.
 *
 * A command runs where the store is open: in the server, which the command line reaches over a Unix
 * socket in the data directory, or in the command's own process when no server runs. It cannot tell
 * the difference: files are opened and secrets read by the command line, and what a command prints
 * goes to the command line's own streams.
 *
 * Owner: a call, the thread that runs it.
 */
#pragma once

#include "admin/arguments.h"
#include "base/arena.h"
#include "store/workspace.h"

/* Exit codes, as scripts know them. */
enum admin_exit {
    ADMIN_OK = 0,
    ADMIN_FAILED = 1,
    ADMIN_USAGE = 2,
    ADMIN_NOT_FOUND = 3,
    ADMIN_REFUSED = 4,
    ADMIN_CONFLICT = 5,
    ADMIN_RETRY = 75
};

struct admin_call {
    struct arena *arena;
    struct workspace *workspace;
    struct arguments_given given;
    int input;       /* the file the command names; -1: none */
    struct str text; /* of the smaller file it names, such as a map or a password; no data: none */
    int out;         /* for data */
    int err_out;     /* for people */
};

struct admin_command {
    const char *noun; /* "user" */
    const char *verb; /* "add"; NULL: the noun alone is the command */
    const char *usage;
    const char *summary;
    const struct option_spec *options;
    size_t words;             /* exactly so many */
    bool first_word_is_input; /* the command line opens it */
    const char *text_option;  /* the option that names the smaller file; NULL: none */
    enum admin_exit (*run)(struct admin_call *call);
};

/* Ends with an entry without noun. */
extern const struct admin_command ADMIN_COMMANDS[];

/* The command of these words, and how many of them name it; NULL if there is none. */
const struct admin_command *admin_find(int count, const char *const words[], int *used);

/* printf to one of the call's streams. A stream that is gone is no error. */
__attribute__((format(printf, 2, 3))) void admin_print(int descriptor, const char *format, ...);
enum admin_exit admin_exit_of(enum err err);

/* Checks the words, opens and reads the files that the command names. On ERR_INVALID or ERR_IO the
 * reason was printed to err_out. `call->workspace` is left alone. */
enum err admin_prepare(const struct admin_command *command, int count, const char *const words[],
                       struct admin_call *call);
