#include <assert.h>

#include "store/store.h"

static const struct value *cell(const struct rows *rows, size_t row, size_t column)
{
    assert(row < rows->count);
    assert(column < rows->columns);
    return &rows->cells[row * rows->columns + column];
}

bool rows_is_null(const struct rows *rows, size_t row, size_t column)
{
    return cell(rows, row, column)->kind == VALUE_NULL;
}

int64_t rows_int(const struct rows *rows, size_t row, size_t column)
{
    const struct value *value = cell(rows, row, column);
    assert(value->kind == VALUE_INTEGER);
    return value->integer;
}

int64_t rows_int_or_zero(const struct rows *rows, size_t row, size_t column)
{
    return rows_is_null(rows, row, column) ? 0 : rows_int(rows, row, column);
}

double rows_real(const struct rows *rows, size_t row, size_t column)
{
    const struct value *value = cell(rows, row, column);
    assert(value->kind == VALUE_REAL);
    return value->real;
}

struct str rows_text(const struct rows *rows, size_t row, size_t column)
{
    const struct value *value = cell(rows, row, column);
    assert(value->kind == VALUE_TEXT);
    return value->text;
}

struct str rows_text_or_none(const struct rows *rows, size_t row, size_t column)
{
    if (rows_is_null(rows, row, column)) return (struct str){ 0 };
    return rows_text(rows, row, column);
}

struct str rows_bytes(const struct rows *rows, size_t row, size_t column)
{
    const struct value *value = cell(rows, row, column);
    assert(value->kind == VALUE_BYTES);
    return value->text;
}
