#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { BLOCK_SIZE = 32 * 1024, ALIGNMENT = alignof(max_align_t) };

struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *blocks; /* newest first */
    size_t size;
};

static void *memory_or_exit(size_t size)
{
    void *memory = malloc(size);
    if (!memory) log_fatal("memory", "out of memory asking for %zu bytes", size);
    return memory;
}

static struct block *block_add(struct arena *arena, size_t size)
{
    struct block *block = memory_or_exit(sizeof(*block) + size);
    block->size = size;
    block->used = 0;
    block->next = arena->blocks;
    arena->blocks = block;
    arena->size += size;
    return block;
}

static void blocks_free(struct block *block)
{
    while (block) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
}

struct arena *arena_open(void)
{
    struct arena *arena = memory_or_exit(sizeof(*arena));
    *arena = (struct arena){ 0 };
    return arena;
}

void arena_reset(struct arena *arena)
{
    struct block *keep = arena->blocks;
    arena->size = 0;
    if (!keep) return;
    blocks_free(keep->next);
    keep->next = NULL;
    keep->used = 0;
    if (keep->size > BLOCK_SIZE) {
        free(keep);
        keep = NULL;
    }
    arena->blocks = keep;
    arena->size = keep ? keep->size : 0;
}

void arena_close(struct arena *arena)
{
    if (!arena) return;
    blocks_free(arena->blocks);
    free(arena);
}

size_t arena_size(const struct arena *arena)
{
    return arena->size;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
    assert(size > 0);
    assert(count <= (SIZE_MAX - ALIGNMENT) / size);

    size_t need = (count * size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    struct block *block = arena->blocks;
    if (!block || block->size - block->used < need) {
        block = block_add(arena, need > BLOCK_SIZE ? need : BLOCK_SIZE);
    }
    void *memory = block->bytes + block->used;
    block->used += need;
    memset(memory, 0, need);
    return memory;
}

struct str arena_copy(struct arena *arena, struct str text)
{
    char *copy = arena_array(arena, char, text.size + 1);
    if (text.size > 0) memcpy(copy, text.data, text.size);
    return (struct str){ .data = copy, .size = text.size };
}
