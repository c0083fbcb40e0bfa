/* The program's settings: one row each with name, default and a sentence. None is required.
 *
 * In order of weight: the command line, the environment (RAPPORT_LISTEN), rapport.toml in the data
 * directory, /etc/rapport/rapport.toml, the default. The files hold lines `name = "value"`.
 */
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum setting {
    SETTING_DATA_DIR,
    SETTING_LISTEN,
    SETTING_WORKSPACE,
    SETTING_PUBLIC_URL,
    SETTING_THREADS,
    SETTING_LOG_LEVEL,
    SETTING_TRUSTED_PROXIES,
    SETTING_ACCEPT_LOSS,
    SETTINGS
};

struct setting_row {
    const char *name;     /* "listen": --listen, RAPPORT_LISTEN, listen = */
    const char *standard; /* the default */
    const char *meaning;
    int is_flag; /* needs no value on the command line */
};

extern const struct setting_row SETTING_ROWS[SETTINGS];

struct settings_read {
    struct str values[SETTINGS];
    const char *origins[SETTINGS]; /* "command line", "environment", a file's path, "default" */
};

/* Takes the settings out of the command line: what is left of `words` stays in order and `count`
 * tells how many. `fault` gets words for people after ERR_INVALID. */
enum err settings_take(struct arena *arena, int *count, const char *words[],
                       struct settings_read *out, struct str *fault);

/* One file: `name = value` lines, comments after #. Values that stand already are kept. ERR_INVALID
 * with a fault that names the line. */
enum err settings_parse(struct arena *arena, struct str text, const char *origin,
                        struct settings_read *out, struct str *fault);
