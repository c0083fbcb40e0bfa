#include "access/token.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/id.h"

enum {
    SECRET_BYTES = 32,
    SECRET_SIZE = 43, /* of SECRET_BYTES as base64url without padding */
    PREFIX_SIZE = 4,
    ID_TAIL_SIZE = ID_TEXT_SIZE - 4 /* an id without its own prefix */
};

static const struct str PREFIXES[] = {
    [TOKEN_KEY] = STR_INIT("rap_"),
    [TOKEN_SESSION] = STR_INIT("ras_"),
    [TOKEN_SETUP] = STR_INIT("rat_"),
    [TOKEN_LINK] = STR_INIT("ral_"),
};

static struct token token_join(struct arena *arena, enum token_kind kind, struct str middle)
{
    struct str secret = random_token(arena, SECRET_BYTES);
    assert(secret.size == SECRET_SIZE);

    size_t size = PREFIX_SIZE + middle.size + secret.size;
    char *text = arena_array(arena, char, size + 1);
    memcpy(text, PREFIXES[kind].data, PREFIX_SIZE);
    if (middle.size > 0) memcpy(text + PREFIX_SIZE, middle.data, middle.size);
    memcpy(text + PREFIX_SIZE + middle.size, secret.data, secret.size);

    struct token token = { .text = { .data = text, .size = size } };
    token.hash = hash_of(token.text);
    return token;
}

struct token token_make(struct arena *arena, enum token_kind kind)
{
    assert(kind != TOKEN_LINK);
    return token_join(arena, kind, (struct str){ 0 });
}

struct token token_make_link(struct arena *arena, int64_t agent_id)
{
    char text[ID_TEXT_SIZE];
    id_write(ID_AGENT, agent_id, text);
    struct str tail = { .data = text + ID_TEXT_SIZE - ID_TAIL_SIZE, .size = ID_TAIL_SIZE };
    return token_join(arena, TOKEN_LINK, tail);
}

static bool is_base64url(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

enum err token_read(enum token_kind kind, struct str text, struct hash *out)
{
    size_t size = PREFIX_SIZE + (kind == TOKEN_LINK ? ID_TAIL_SIZE : 0) + SECRET_SIZE;
    if (text.size != size || !str_starts(text, PREFIXES[kind])) return ERR_INVALID;
    for (size_t i = PREFIX_SIZE; i < size; i++) {
        if (!is_base64url(text.data[i])) return ERR_INVALID;
    }
    *out = hash_of(text);
    return OK;
}

enum err token_read_link(struct str text, int64_t *agent_id, struct hash *out)
{
    struct hash hash;
    enum err err = token_read(TOKEN_LINK, text, &hash);
    if (err) return err;

    char id[ID_TEXT_SIZE] = { 'a', 'g', 'e', '_' };
    memcpy(id + ID_TEXT_SIZE - ID_TAIL_SIZE, text.data + PREFIX_SIZE, ID_TAIL_SIZE);
    err = id_parse(ID_AGENT, (struct str){ .data = id, .size = ID_TEXT_SIZE }, agent_id);
    if (err) return err;
    *out = hash;
    return OK;
}

struct str token_hint(const struct token *token)
{
    assert(token->text.size > TOKEN_HINT_SIZE);
    return (struct str){ .data = token->text.data + token->text.size - TOKEN_HINT_SIZE,
                         .size = TOKEN_HINT_SIZE };
}

static int digit(char c)
{
    enum { LETTER_BASE = 10 };
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + LETTER_BASE : -1;
}

bool token_hash_is(const struct hash *hash, struct str hex)
{
    enum { HALF_BYTE = 4 };
    if (hex.size != HASH_HEX_SIZE) return false;
    struct hash stored;
    for (size_t i = 0; i < HASH_SIZE; i++) {
        int high = digit(hex.data[2 * i]);
        int low = digit(hex.data[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        stored.bytes[i] = (unsigned char)((unsigned)high << HALF_BYTE | (unsigned)low);
    }
    return hash_equal(hash, &stored);
}
