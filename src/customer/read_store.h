/* Reading for a reply: by a reader, or inside a command by its tx. One of the two is set. */
#pragma once

#include "store/store.h"

struct read_from {
    struct reader *reader;
    struct tx *tx;
};

static inline enum err read_rows(const struct read_from *from, struct arena *arena,
                                 const struct query *query, struct arguments arguments,
                                 struct rows *out)
{
    return from->reader ? reader_read(from->reader, arena, query, arguments, out)
                        : tx_read(from->tx, arena, query, arguments, out);
}

/* Rows by id are read so many at a time: one prepared statement, missing places filled with 0. */
enum { READ_IDS = 16 };
