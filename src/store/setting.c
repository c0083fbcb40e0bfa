#include "store/setting.h"

static const struct query SETTING_READ = {
    .sql = "SELECT body FROM setting WHERE name = $1",
    .rows_max = 1,
};
static const struct query SETTING_WRITE = {
    .sql = "INSERT INTO setting (name, body) VALUES ($1, $2)"
           " ON CONFLICT (name) DO UPDATE SET body = excluded.body",
    .changes_one = true,
};

static enum err body_of(const struct rows *rows, struct str *out)
{
    if (rows->count == 0) return ERR_NOT_FOUND;
    *out = rows_text(rows, 0, 0);
    return OK;
}

enum err setting_read(struct reader *reader, struct arena *arena, struct str name, struct str *out)
{
    struct rows rows;
    enum err err = reader_read(reader, arena, &SETTING_READ, ARGS(value_text(name)), &rows);
    return err ? err : body_of(&rows, out);
}

enum err setting_read_tx(struct tx *tx, struct arena *arena, struct str name, struct str *out)
{
    struct rows rows;
    enum err err = tx_read(tx, arena, &SETTING_READ, ARGS(value_text(name)), &rows);
    return err ? err : body_of(&rows, out);
}

enum err setting_write(struct tx *tx, struct str name, struct str body)
{
    return tx_write(tx, &SETTING_WRITE, ARGS(value_text(name), value_text(body)));
}
