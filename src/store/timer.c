#include "store/timer.h"

#include "store/batch.h"

static const struct query TIMER_SET = {
    .sql = "INSERT INTO timer (id, due_ms, kind, subject_id, epoch) VALUES ($1, $2, $3, $4, 0)"
           " ON CONFLICT (subject_id, kind) DO UPDATE SET due_ms = excluded.due_ms",
    .changes_one = true,
};
static const struct query TIMER_CANCEL = {
    .sql = "DELETE FROM timer WHERE subject_id = $1 AND kind = $2",
};

enum err timer_set(struct tx *tx, enum timer_kind kind, int64_t subject_id, int64_t due_ms)
{
    enum err err = tx_write(
        tx, &TIMER_SET,
        ARGS(value_int(tx_id(tx)), value_int(due_ms), value_int(kind), value_int(subject_id)));
    if (err) return err;
    if (due_ms < tx->batch->timer_due_ms) tx->batch->timer_due_ms = due_ms;
    return OK;
}

enum err timer_cancel(struct tx *tx, enum timer_kind kind, int64_t subject_id)
{
    return tx_write(tx, &TIMER_CANCEL, ARGS(value_int(subject_id), value_int(kind)));
}
