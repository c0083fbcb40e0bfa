#include "access/agent.h"

#include <string.h>

const char *const AGENT_STATE_NAMES[] = { "available", "busy", "away", "offline", NULL };

enum { LOCAL_PART_MAX = 64, LAST_CONTROL = 0x1F, DELETE_CHARACTER = 0x7F };

static bool is_control(char c)
{
    return (unsigned char)c <= LAST_CONTROL || c == DELETE_CHARACTER;
}

static bool is_of_address(char c)
{
    return !is_control(c) && !strchr(" ,;:<>()[]\\\"", c);
}

enum err agent_email_normalise(struct arena *arena, struct str text, struct str *out)
{
    text = str_trim(text);
    if (text.size == 0 || text.size > AGENT_EMAIL_MAX) return ERR_INVALID;

    char *lower = arena_array(arena, char, text.size + 1);
    size_t at_count = 0;
    size_t at = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (!is_of_address(c)) return ERR_INVALID;
        if (c == '@') {
            at_count++;
            at = i;
        }
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    if (at_count != 1 || at == 0 || at > LOCAL_PART_MAX || at + 1 == text.size) return ERR_INVALID;
    *out = (struct str){ .data = lower, .size = text.size };
    return OK;
}

enum err agent_name_normalise(struct str text, size_t size_max, struct str *out)
{
    struct str name = str_trim(text);
    if (name.size == 0 || name.size > size_max || !str_is_utf8(name)) return ERR_INVALID;
    for (size_t i = 0; i < name.size; i++) {
        if (is_control(name.data[i])) return ERR_INVALID;
    }
    *out = name;
    return OK;
}

bool role_sees_all(enum role role, struct str reach)
{
    return role != ROLE_AGENT || str_equal(reach, STR("all"));
}
