#include "metric/select.h"

#include <assert.h>
#include <string.h>

static bool code_passes(const struct filter_test *test, uint64_t code)
{
    return test->codes[code / 64] >> (code % 64) & 1;
}

static void test_codes(struct selection *selection, const struct filter_test *test,
                       const struct fact_segment *segment, unsigned char *mask)
{
    const struct column *column = &segment->columns[FACT_DIMENSION + test->dimension];
    if (!publish_get(&column->data)) {
        memset(mask, code_passes(test, (uint64_t)column->constant), segment->rows);
        return;
    }
    column_read(column, 0, segment->rows, selection->numbers);
    for (size_t i = 0; i < segment->rows; i++) {
        mask[i] = code_passes(test, (uint64_t)selection->numbers[i]);
    }
}

static void combine(unsigned char *into, const unsigned char *mask, enum filter_op op, size_t rows)
{
    if (op == FILTER_AND) {
        for (size_t i = 0; i < rows; i++) into[i] &= mask[i];
    } else {
        for (size_t i = 0; i < rows; i++) into[i] |= mask[i];
    }
}

/* An AND or OR whose parts are being evaluated; its mask has its place in the stack. */
struct frame {
    enum filter_op op;
    size_t parts;
};

/* The mask of the whole filter. Frame n keeps its mask in masks[n]; a part's mask comes in the
 * place above, and is the frame's if it is the first. */
static unsigned char *filter_mask(struct selection *selection, const struct query_plan *plan,
                                  const struct fact_segment *segment)
{
    struct frame frames[SELECT_MASKS];
    bool is_first[SELECT_MASKS];
    size_t depth = 0;
    for (size_t i = 0; i < plan->tests_count; i++) {
        const struct filter_test *test = &plan->tests[i];
        if (test->op == FILTER_AND || test->op == FILTER_OR) {
            assert(depth < SELECT_MASKS - 1);
            frames[depth] = (struct frame){ test->op, test->parts };
            is_first[depth++] = true;
            continue;
        }
        test_codes(selection, test, segment, selection->masks[depth]);
        while (depth > 0) {
            struct frame *frame = &frames[depth - 1];
            unsigned char *into = selection->masks[depth - 1];
            if (is_first[depth - 1]) {
                memcpy(into, selection->masks[depth], segment->rows);
            } else {
                combine(into, selection->masks[depth], frame->op, segment->rows);
            }
            is_first[depth - 1] = false;
            if (--frame->parts > 0) break;
            depth--;
        }
    }
    return selection->masks[0];
}

/* Leaves the rows whose number is from `low` to `high`. */
struct bounds {
    int column;
    int64_t low;
    int64_t high;
};

static void mask_bounds(struct selection *selection, const struct fact_segment *segment,
                        const struct bounds *bounds, unsigned char *mask)
{
    column_read(&segment->columns[bounds->column], 0, segment->rows, selection->numbers);
    for (size_t i = 0; i < segment->rows; i++) {
        int64_t number = selection->numbers[i];
        mask[i] &= number >= bounds->low && number <= bounds->high;
    }
}

void select_rows(struct selection *selection, const struct query_plan *plan, struct period period,
                 const struct fact_segment *segment)
{
    selection->count = 0;
    selection->is_all = false;
    if (segment->at_max < period.from_ms || segment->at_min >= period.to_ms) return;
    bool in_time = segment->at_min >= period.from_ms && segment->at_max < period.to_ms;
    bool in_seq = segment->seq_max <= plan->seq;
    if (in_time && in_seq && plan->tests_count == 0) {
        selection->is_all = true;
        selection->count = segment->rows;
        return;
    }
    unsigned char *mask = selection->masks[0];
    if (plan->tests_count > 0) {
        mask = filter_mask(selection, plan, segment);
    } else {
        memset(mask, 1, segment->rows);
    }
    struct bounds time = { FACT_AT, period.from_ms, period.to_ms - 1 };
    struct bounds seq = { FACT_SEQ, INT64_MIN, plan->seq };
    if (!in_time) mask_bounds(selection, segment, &time, mask);
    if (!in_seq) mask_bounds(selection, segment, &seq, mask);
    size_t count = 0;
    for (size_t i = 0; i < segment->rows; i++) {
        selection->rows[count] = (uint16_t)i;
        count += mask[i];
    }
    selection->count = count;
}

void select_column(struct selection *selection, const struct fact_segment *segment, int column,
                   int64_t *out)
{
    const struct column *of = &segment->columns[column];
    if (selection->is_all) {
        column_read(of, 0, segment->rows, out);
        return;
    }
    if (!publish_get(&of->data)) {
        for (size_t i = 0; i < selection->count; i++) out[i] = of->constant;
        return;
    }
    column_read(of, 0, segment->rows, selection->numbers);
    for (size_t i = 0; i < selection->count; i++) out[i] = selection->numbers[selection->rows[i]];
}
