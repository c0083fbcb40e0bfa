#include "exchange/csv_store.h"

static enum err capture_rows(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct capture_many_in *rows = in;
    struct csv_capture_out *result = out;
    int64_t newest_id = tx_id(tx); /* ids grow: what is made here has a greater one */
    enum err err = INTERACTION_CAPTURE_MANY.run(tx, arena, in, &result->captured);
    if (err) return err;
    result->conversations = 0;
    for (size_t i = 0; i < rows->count; i++) {
        if (result->captured.results[i]) continue;
        int64_t id = result->captured.items[i].conversation_id;
        if (id <= newest_id) continue;
        newest_id = id;
        result->conversations++;
    }
    return OK;
}

const struct command CSV_CAPTURE = { .name = "csv_capture", .run = capture_rows };
