#include "admin/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

enum { FILE_SIZE_MAX = 64 * 1024, NAME_SIZE_MAX = 64, PATH_SIZE_MAX = 4096, FAULT_SIZE_MAX = 600 };

const struct setting_row SETTING_ROWS[SETTINGS] = {
    [SETTING_DATA_DIR] = { "data-dir", "./rapport-data", "where everything is kept", 0 },
    [SETTING_LISTEN] = { "listen", "127.0.0.1:8080", "the address and port of the HTTP server", 0 },
    [SETTING_WORKSPACE] = { "workspace", "main", "the workspace a command works on", 0 },
    [SETTING_PUBLIC_URL] = { "public-url", "", "how people reach the server, for links", 0 },
    [SETTING_THREADS] = { "threads", "2", "HTTP threads, 1 to 32", 0 },
    [SETTING_LOG_LEVEL] = { "log-level", "info", "debug, info, warn or error", 0 },
    [SETTING_TRUSTED_PROXIES] = { "trusted-proxies", "",
                                  "networks whose X-Forwarded-For is believed", 0 },
    [SETTING_ACCEPT_LOSS] = { "accept-loss", "no",
                              "open a store that has lost its end, giving up what is missing", 1 },
};

static int row_find(struct str name)
{
    for (int i = 0; i < SETTINGS; i++) {
        if (str_equal(name, str_from(SETTING_ROWS[i].name))) return i;
    }
    return -1;
}

static void set(struct settings_read *out, int row, struct str value, const char *origin)
{
    if (out->origins[row]) return; /* something weightier said it */
    out->values[row] = value;
    out->origins[row] = origin;
}

__attribute__((format(printf, 3, 4))) static enum err fail(struct arena *arena, struct str *fault,
                                                           const char *format, ...)
{
    char text[FAULT_SIZE_MAX];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    *fault = arena_copy(arena, (struct str){ text, size < 0 ? 0 : strlen(text) });
    return ERR_INVALID;
}

/* ---- the command line ---- */

static enum err take_word(struct arena *arena, int count, const char *words[], int *at,
                          struct settings_read *out, struct str *fault, bool *is_taken)
{
    struct str value = str_from(words[*at]);
    struct str name = str_cut(&value, '=');
    bool has_inline = name.size < strlen(words[*at]);
    *is_taken = false;
    if (!str_starts(name, STR("--"))) return OK;
    int row = row_find((struct str){ name.data + 2, name.size - 2 });
    if (row < 0) return OK;
    *is_taken = true;
    if (SETTING_ROWS[row].is_flag && !has_inline) {
        set(out, row, STR("yes"), "command line");
        return OK;
    }
    if (!has_inline) {
        if (*at + 1 >= count) return fail(arena, fault, "%s needs a value.", words[*at]);
        value = str_from(words[++*at]);
    }
    set(out, row, value, "command line");
    return OK;
}

static enum err take_words(struct arena *arena, int *count, const char *words[],
                           struct settings_read *out, struct str *fault)
{
    int kept = 0;
    for (int at = 0; at < *count; at++) {
        bool is_taken = false;
        const char *word = words[at];
        enum err err = take_word(arena, *count, words, &at, out, fault, &is_taken);
        if (err) return err;
        if (!is_taken) words[kept++] = word;
    }
    *count = kept;
    return OK;
}

/* ---- the environment ---- */

/* "data-dir" -> RAPPORT_DATA_DIR */
static void take_environment(struct settings_read *out)
{
    for (int i = 0; i < SETTINGS; i++) {
        char name[NAME_SIZE_MAX] = "RAPPORT_";
        size_t at = strlen(name);
        for (const char *c = SETTING_ROWS[i].name; *c && at + 1 < sizeof(name); c++) {
            name[at++] = (char)(*c == '-' ? '_' : *c - 'a' + 'A');
        }
        const char *value = getenv(name); // NOLINT(concurrency-mt-unsafe): before threads start
        if (value) set(out, i, str_from(value), "environment");
    }
}

/* ---- files ---- */

static struct str unquoted(struct str value)
{
    bool is_quoted = value.size >= 2 && value.data[0] == '"' && value.data[value.size - 1] == '"';
    return is_quoted ? (struct str){ value.data + 1, value.size - 2 } : value;
}

enum err settings_parse(struct arena *arena, struct str text, const char *origin,
                        struct settings_read *out, struct str *fault)
{
    for (int line = 1; text.size > 0; line++) {
        struct str value = str_trim(str_cut(&text, '\n'));
        if (value.size == 0 || value.data[0] == '#') continue;
        bool has_value = memchr(value.data, '=', value.size) != NULL;
        struct str name = str_trim(str_cut(&value, '='));
        char spelt[NAME_SIZE_MAX] = { 0 }; /* data_dir and data-dir are the same */
        for (size_t i = 0; i < name.size && i + 1 < sizeof(spelt); i++) {
            spelt[i] = name.data[i];
            if (spelt[i] == '_') spelt[i] = '-';
        }
        int row = row_find(str_from(spelt));
        if (row < 0 || !has_value) {
            return fail(arena, fault, "%s, line %d: \"%.*s\" is no setting with a value.", origin,
                        line, name.size > NAME_SIZE_MAX ? NAME_SIZE_MAX : (int)name.size,
                        name.data);
        }
        set(out, row, unquoted(str_trim(value)), origin);
    }
    return OK;
}

static enum err take_file(struct arena *arena, const char *path, struct settings_read *out,
                          struct str *fault)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR)) return OK;
    if (descriptor < 0) return fail(arena, fault, "%s cannot be read.", path);
    char *text = arena_array(arena, char, FILE_SIZE_MAX);
    ssize_t size = read(descriptor, text, FILE_SIZE_MAX);
    close(descriptor);
    if (size < 0) return fail(arena, fault, "%s cannot be read.", path);
    return settings_parse(arena, (struct str){ text, (size_t)size }, path, out, fault);
}

static const char *toml_path(struct arena *arena, struct str directory)
{
    struct buf buf = buf_open(arena, PATH_SIZE_MAX);
    buf_add(&buf, directory);
    buf_add(&buf, STR("/rapport.toml"));
    buf_add_char(&buf, '\0');
    return buf_view(&buf).data;
}

enum err settings_take(struct arena *arena, int *count, const char *words[],
                       struct settings_read *out, struct str *fault)
{
    *out = (struct settings_read){ 0 };
    enum err err = take_words(arena, count, words, out, fault);
    if (err) return err;
    take_environment(out);
    bool is_set = out->origins[SETTING_DATA_DIR] != NULL;
    struct str directory =
        is_set ? out->values[SETTING_DATA_DIR] : str_from(SETTING_ROWS[SETTING_DATA_DIR].standard);
    err = take_file(arena, toml_path(arena, directory), out, fault);
    if (!err) err = take_file(arena, "/etc/rapport/rapport.toml", out, fault);
    if (err) return err;
    for (int i = 0; i < SETTINGS; i++) set(out, i, str_from(SETTING_ROWS[i].standard), "default");
    return OK;
}
