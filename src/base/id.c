#include "base/id.h"

#include <assert.h>
#include <string.h>

enum {
    NODE_BITS = 10,
    COUNTER_BITS = 12,
    MS_SHIFT = NODE_BITS + COUNTER_BITS,
    NODE_MAX = (1 << NODE_BITS) - 1,
    COUNTER_MAX = (1 << COUNTER_BITS) - 1,
    PREFIX_SIZE = 4,
    DIGIT_BITS = 5,
    DIGITS = ID_TEXT_SIZE - PREFIX_SIZE
};

static const int64_t EPOCH_MS = 1704067200000; /* 2024-01-01, UTC */
static const int64_t MS_MAX = ((int64_t)1 << 41) - 1;

static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* no I, L, O, U */

static const char *const PREFIXES[ID_KINDS] = {
    [ID_CUSTOMER] = "cus_",    [ID_IDENTITY] = "ide_",   [ID_CONVERSATION] = "con_",
    [ID_INTERACTION] = "int_", [ID_AGENT] = "age_",      [ID_TEAM] = "tea_",
    [ID_QUEUE] = "que_",       [ID_CHANNEL] = "cha_",    [ID_TOUCHPOINT] = "tou_",
    [ID_LABEL] = "lab_",       [ID_KEY] = "key_",        [ID_SESSION] = "ses_",
    [ID_SURVEY] = "sur_",      [ID_INVITATION] = "inv_", [ID_ANSWER] = "ans_",
    [ID_IMPORT] = "imp_",      [ID_VALUE] = "val_",
};

void id_source_init(struct id_source *source, int64_t node, int64_t after)
{
    assert(node >= 0 && node <= NODE_MAX);
    assert(after >= 0);
    *source = (struct id_source){
        .last_ms = after >> MS_SHIFT,
        .counter = after & COUNTER_MAX,
        .node = node,
    };
    /* Within one millisecond the node outweighs the counter: another node's id may be greater than
     * anything we could still make in it, so begin with the next one. */
    int64_t after_node = (after >> COUNTER_BITS) & NODE_MAX;
    if (after_node != node) source->counter = COUNTER_MAX;
}

int64_t id_next(struct id_source *source, int64_t now_ms)
{
    int64_t ms = now_ms - EPOCH_MS;
    if (ms > source->last_ms) {
        source->last_ms = ms;
        source->counter = 0;
    } else if (source->counter < COUNTER_MAX) {
        source->counter++;
    } else {
        source->last_ms++;
        source->counter = 0;
    }
    assert(source->last_ms <= MS_MAX);

    int64_t id = source->last_ms << MS_SHIFT | source->node << COUNTER_BITS | source->counter;
    assert(id > 0);
    return id;
}

int64_t id_floor(int64_t now_ms)
{
    if (now_ms <= EPOCH_MS) return 0;
    return ((now_ms - EPOCH_MS + 1) << MS_SHIFT) - 1;
}

int64_t id_time_ms(int64_t id)
{
    assert(id >= 0);
    return (id >> MS_SHIFT) + EPOCH_MS;
}

void id_write(enum id_kind kind, int64_t id, char out[ID_TEXT_SIZE])
{
    assert(kind < ID_KINDS);
    assert(id > 0);
    memcpy(out, PREFIXES[kind], PREFIX_SIZE);
    uint64_t rest = (uint64_t)id;
    for (int i = ID_TEXT_SIZE - 1; i >= PREFIX_SIZE; i--) {
        out[i] = ALPHABET[rest % 32];
        rest >>= DIGIT_BITS;
    }
}

struct str id_text(struct arena *arena, enum id_kind kind, int64_t id)
{
    char text[ID_TEXT_SIZE];
    id_write(kind, id, text);
    return arena_copy(arena, (struct str){ .data = text, .size = sizeof(text) });
}

static char upper(char c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
}

enum err id_parse(enum id_kind kind, struct str text, int64_t *out)
{
    assert(kind < ID_KINDS);
    if (text.size != ID_TEXT_SIZE) return ERR_INVALID;
    for (int i = 0; i < PREFIX_SIZE; i++) {
        if (upper(text.data[i]) != upper(PREFIXES[kind][i])) return ERR_INVALID;
    }
    uint64_t id = 0;
    for (int i = PREFIX_SIZE; i < ID_TEXT_SIZE; i++) {
        char c = upper(text.data[i]);
        const char *found = c ? strchr(ALPHABET, c) : NULL;
        if (!found) return ERR_INVALID;
        if (id > (uint64_t)INT64_MAX >> DIGIT_BITS) return ERR_INVALID;
        id = id << DIGIT_BITS | (uint64_t)(found - ALPHABET);
    }
    if (id == 0) return ERR_INVALID;
    *out = (int64_t)id;
    return OK;
}
