#include "base/csv.h"

#include <string.h>

#include "base/buf.h"
#include "base/test.h"

static void tell(struct buf *buf, const struct csv_record *record)
{
    buf_printf(buf, "%d:", (int)record->line);
    for (size_t i = 0; i < record->count; i++) {
        if (i > 0) buf_add_char(buf, '|');
        buf_add(buf, record->fields[i]);
    }
    if (record->fault) buf_printf(buf, "!%s", record->fault);
    buf_add_char(buf, ';');
}

/* Every record as "line:a|b|c;", its fault as "!reason", then how it ended as "=err@line reason".
 */
static struct str told(struct arena *arena, char separator, struct str bytes, size_t chunk_size)
{
    struct buf buf = buf_open(arena, 1 << 22);
    struct csv *csv = csv_open(arena, separator);
    struct csv_record record;
    enum err err = ERR_NOT_FOUND;
    while (bytes.size > 0 && err == ERR_NOT_FOUND) {
        size_t size = bytes.size < chunk_size ? bytes.size : chunk_size;
        struct str rest = { .data = bytes.data, .size = size };
        while ((err = csv_next(csv, &rest, &record)) == OK) tell(&buf, &record);
        bytes.data += size;
        bytes.size -= size;
    }
    if (err == ERR_NOT_FOUND) {
        while ((err = csv_end(csv, &record)) == OK) tell(&buf, &record);
    }
    if (err != ERR_NOT_FOUND) {
        struct csv_fault fault = csv_fault(csv);
        buf_printf(&buf, "=%s@%d %s", err_name(err), (int)fault.line, fault.reason);
    }
    return buf_view(&buf);
}

/* The same whatever the sizes of the chunks are. */
static bool tells(char separator, struct str bytes, const char *wanted)
{
    struct arena *arena = arena_open();
    bool is_right = true;
    for (size_t chunk_size = 1; chunk_size <= bytes.size + 1; chunk_size++) {
        struct str is = told(arena, separator, bytes, chunk_size);
        if (!str_equal(is, str_from(wanted))) {
            printf("in chunks of %zu: %.*s\n", chunk_size, STR_ARG(is));
            is_right = false;
        }
    }
    arena_close(arena);
    return is_right;
}

TEST(csv_gives_records_with_the_line_where_they_begin)
{
    CHECK(tells(',', STR("a,b\nc,d\n"), "1:a|b;2:c|d;"));
    CHECK(tells(',', STR("a,b\nc,d"), "1:a|b;2:c|d;"));
    CHECK(tells(',', STR(""), ""));
    CHECK(tells(',', STR("a"), "1:a;"));
    CHECK(tells(',', STR(",\n"), "1:|;"));
    CHECK(tells(',', STR("a,,b,\n"), "1:a||b|;"));
    CHECK(tells(',', STR(" a , b \n"), "1: a | b ;"));
}

TEST(csv_takes_every_kind_of_line_end)
{
    CHECK(tells(',', STR("a\r\nb\r\n"), "1:a;2:b;"));
    CHECK(tells(',', STR("a\rb\r"), "1:a;2:b;"));
    CHECK(tells(',', STR("a\nb\rc\r\nd"), "1:a;2:b;3:c;4:d;"));
}

TEST(csv_skips_lines_without_a_byte_and_counts_them)
{
    CHECK(tells(',', STR("\n\na\n\n\nb\n\n"), "3:a;6:b;"));
    CHECK(tells(',', STR("\r\n\r\na\r\n\r\nb"), "3:a;5:b;"));
    CHECK(tells(',', STR("\r\ra\r\rb"), "3:a;5:b;"));
    CHECK(tells(',', STR("a\n\"\"\nb"), "1:a;2:;3:b;"));
    CHECK(tells(',', STR(" \n"), "1: ;"));
}

TEST(csv_reads_quoted_fields)
{
    CHECK(tells(',', STR("\"a\",\"b,c\",\"\"\n"), "1:a|b,c|;"));
    CHECK(tells(',', STR("\"say \"\"hello\"\"\",x\n"), "1:say \"hello\"|x;"));
    CHECK(tells(',', STR("\"\"\"\"\n"), "1:\";"));
    CHECK(tells(',', STR("\"a\nb\",c\nd\n"), "1:a\nb|c;3:d;"));
    CHECK(tells(',', STR("\"a\r\nb\rc\",d\r\ne"), "1:a\r\nb\rc|d;4:e;"));
    CHECK(tells(',', STR("\"a\""), "1:a;"));
    CHECK(tells(',', STR("\"a\r\"\nb"), "1:a\r;3:b;"));
}

TEST(csv_takes_quotes_inside_plain_fields_as_text)
{
    CHECK(tells(',', STR("a\"b,5\" disk, \"c\"\n"), "1:a\"b|5\" disk| \"c\";"));
}

TEST(csv_takes_other_separators)
{
    CHECK(tells(';', STR("a,b;c\n"), "1:a,b|c;"));
    CHECK(tells('\t', STR("a,b\tc\t\n"), "1:a,b|c|;"));
}

TEST(csv_drops_a_byte_order_mark_at_the_start_only)
{
    CHECK(tells(',',
                STR("\xEF\xBB\xBF"
                    "a,b\n"),
                "1:a|b;"));
    CHECK(tells(',', STR("\xEF\xBB\xBF\"a\",b\n"), "1:a|b;"));
    CHECK(tells(',',
                STR("a\n\xEF\xBB\xBF"
                    "b\n"),
                "1:a;2:\xEF\xBB\xBF"
                "b;"));
    CHECK(tells(',', STR("\xEF\xBB\xBF"), ""));
    CHECK(tells(',', STR("\xEF\xBC\xA1,b"), "1:\xEF\xBC\xA1|b;"));
    CHECK(tells(',', STR("\xEF\xBB"), "1:\xEF\xBB!not UTF-8;"));
}

TEST(csv_reports_a_record_that_is_not_utf8_and_goes_on)
{
    CHECK(tells(',', STR("a\nb,\xFF\nc\n"), "1:a;2:b|\xFF!not UTF-8;3:c;"));
    struct arena *arena = arena_open();
    struct csv *csv = csv_open(arena, ',');
    struct str rest = { "a\0b\nc\n", 6 };
    struct csv_record record;
    CHECK(csv_next(csv, &rest, &record) == OK && record.fault != NULL);
    CHECK(csv_next(csv, &rest, &record) == OK && record.fault == NULL && record.line == 2);
    arena_close(arena);
}

TEST(csv_reports_text_after_a_closing_quote_and_goes_on)
{
    CHECK(tells(',', STR("\"a\"b,c\nd\n"), "1:ab|c!text after a closing quote;2:d;"));
    CHECK(tells(',', STR("\"a\" \"b\",c\nd\n"), "1:a \"b\"|c!text after a closing quote;2:d;"));
}

TEST(csv_quote_that_is_never_closed_is_an_error_with_its_line)
{
    CHECK(tells(',', STR("a\nb,\"c\nd\n"), "1:a;=invalid@2 a quote that is never closed"));
    CHECK(tells(',', STR("\"x\ny\",\"\n"), "=invalid@2 a quote that is never closed"));
}

static struct str repeated(struct arena *arena, const char *before, char c, size_t count,
                           const char *after)
{
    struct buf buf = buf_open(arena, count + 100);
    buf_add(&buf, str_from(before));
    for (size_t i = 0; i < count; i++) buf_add_char(&buf, c);
    buf_add(&buf, str_from(after));
    return buf_view(&buf);
}

static bool ends(struct arena *arena, struct str bytes, const char *wanted)
{
    struct str is = told(arena, ',', bytes, 60000);
    size_t size = strlen(wanted);
    return is.size >= size && memcmp(is.data + is.size - size, wanted, size) == 0;
}

TEST(csv_records_have_a_size_limit)
{
    struct arena *arena = arena_open();
    const size_t max = CSV_RECORD_SIZE_MAX;
    CHECK(ends(arena, repeated(arena, "a\n", 'x', max, "\nb\n"), "x;3:b;"));
    CHECK(
        ends(arena, repeated(arena, "a\n", 'x', max + 1, "\nb\n"), "1:a;=limit@2 record too long"));
    CHECK(ends(arena, repeated(arena, "a\n\"", 'x', max, "\"\nb\n"), "x;3:b;"));
    CHECK(ends(arena, repeated(arena, "a\n\"", '\n', max + 1, ""),
               "1:a;=invalid@2 a quote that is never closed"));
    CHECK(ends(arena, repeated(arena, "a\n\"", '\n', 5 * max, "\"\n"),
               "1:a;=invalid@2 a quote that is never closed"));
    arena_close(arena);
}

TEST(csv_records_have_at_most_a_thousand_fields)
{
    struct arena *arena = arena_open();
    CHECK(ends(arena, repeated(arena, "a\n", ',', 999, "\nb\n"), ";3:b;"));
    CHECK(ends(arena, repeated(arena, "a\n", ',', 1000, "\nb\n"), "1:a;=limit@2 too many columns"));
    CHECK(ends(arena, repeated(arena, "a\n", ',', 100000, ""), "1:a;=limit@2 too many columns"));
    arena_close(arena);
}

TEST(csv_says_the_same_after_it_failed)
{
    struct arena *arena = arena_open();
    struct csv *csv = csv_open(arena, ',');
    struct csv_record record;
    struct str rest = repeated(arena, "", ',', 2000, "\n");
    CHECK(csv_next(csv, &rest, &record) == ERR_LIMIT);
    rest = STR("a,b\n");
    CHECK(csv_next(csv, &rest, &record) == ERR_LIMIT);
    CHECK(csv_end(csv, &record) == ERR_LIMIT);
    CHECK(csv_fault(csv).line == 1);
    arena_close(arena);
}

TEST(csv_memory_is_flat_over_a_long_table)
{
    struct arena *arena = arena_open();
    struct csv *csv = csv_open(arena, ',');
    struct csv_record record;
    size_t size = 0;
    int64_t count = 0;
    for (int i = 0; i < 100000; i++) {
        struct str rest = STR("one,\"two, quoted\",three,4,5,6,seven\r\n");
        while (csv_next(csv, &rest, &record) == OK) count++;
        if (i == 10) size = arena_size(arena);
    }
    CHECK(count == 100000);
    CHECK(record.line == 100000);
    CHECK(arena_size(arena) == size);
    CHECK(csv_end(csv, &record) == ERR_NOT_FOUND);
    arena_close(arena);
}
