#include "admin/arguments.h"

#include <string.h>

static const struct option_spec *spec_find(const struct option_spec *specs, struct str name)
{
    for (const struct option_spec *spec = specs; spec->name; spec++) {
        if (str_equal(name, str_from(spec->name))) return spec;
    }
    return NULL;
}

static enum err fault(struct arguments_given *out, const char *word, const char *reason)
{
    out->fault = word;
    out->reason = reason;
    return ERR_INVALID;
}

static enum err take_option(struct arguments_given *out, const struct option_spec *specs, int count,
                            const char *const words[], int *at)
{
    const char *word = words[*at];
    struct str value = str_from(word);
    struct str name = str_cut(&value, '=');
    bool has_inline = name.size < strlen(word);
    const struct option_spec *spec = spec_find(specs, name);
    if (!spec) return fault(out, word, "is no option of this command");
    if (out->options_count == ARGUMENTS_OPTIONS_MAX) return fault(out, word, "is one too many");
    struct option *option = &out->options[out->options_count++];
    *option = (struct option){ .name = spec->name, .is_given = true };
    if (!spec->has_value) {
        return has_inline ? fault(out, word, "takes no value") : OK;
    }
    if (has_inline) {
        option->value = value.data;
        return OK;
    }
    if (*at + 1 >= count) return fault(out, word, "needs a value");
    option->value = words[++*at];
    return OK;
}

enum err arguments_parse(int count, const char *const words[], const struct option_spec *specs,
                         struct arguments_given *out)
{
    *out = (struct arguments_given){ 0 };
    bool only_words = false;
    for (int at = 0; at < count; at++) {
        const char *word = words[at];
        if (!only_words && strcmp(word, "--") == 0) {
            only_words = true;
            continue;
        }
        if (!only_words && strncmp(word, "--", 2) == 0) {
            enum err err = take_option(out, specs, count, words, &at);
            if (err) return err;
            continue;
        }
        if (out->words_count == ARGUMENTS_WORDS_MAX) {
            return fault(out, word, "is one word too many");
        }
        out->words[out->words_count++] = word;
    }
    return OK;
}

static const struct option *option_find(const struct arguments_given *given, const char *name)
{
    for (size_t i = given->options_count; i > 0; i--) { /* the last one counts */
        if (strcmp(given->options[i - 1].name, name) == 0) return &given->options[i - 1];
    }
    return NULL;
}

bool arguments_has(const struct arguments_given *given, const char *name)
{
    return option_find(given, name) != NULL;
}

struct str arguments_value(const struct arguments_given *given, const char *name)
{
    const struct option *option = option_find(given, name);
    return option ? str_from(option->value) : (struct str){ 0 };
}
