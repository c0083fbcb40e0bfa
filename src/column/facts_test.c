#include "column/facts.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/test.h"
#include "base/thread.h"

enum { TABLE = 1, TABLES = 2, ROWS = FACT_SEGMENT_ROWS * 2 + 100 };

static struct fact fact_of(struct facts *facts, int64_t seq)
{
    struct fact fact = {
        .at_ms = 1700000000000 + seq * 1000,
        .seq = seq,
        .value = seq * seq,
        .interaction_id = seq % 3 ? seq << 22 : 0,
        .customer = facts_customer_take(facts, 1000 + seq % 77),
        .conversation = facts_conversation_take(facts, 5000 + seq / 2),
        .sign = seq % 5 ? 1 : -1,
        .state = (enum fact_state)(seq % 3),
    };
    fact.dimensions[2] = facts_dimension_take(facts, 2, 900 + seq % 11);
    fact.dimensions[40] = facts_dimension_take(facts, 40, seq > 6000 ? seq : 0);
    return fact;
}

static struct facts *facts_filled(int64_t rows)
{
    struct facts *facts = facts_open(TABLES);
    for (int64_t seq = 1; seq <= rows; seq++) {
        struct fact fact = fact_of(facts, seq);
        facts_append(facts, TABLE, &fact);
        if (seq % 100 == 0) facts_publish(facts, seq);
    }
    facts_publish(facts, rows);
    return facts;
}

TEST(facts_give_back_every_row_before_and_after_packing)
{
    struct facts *facts = facts_filled(ROWS);
    bool all = true;
    for (int64_t seq = 1; seq <= ROWS; seq++) {
        struct fact expected = fact_of(facts, seq);
        struct fact row;
        facts_row(facts, TABLE, (uint32_t)(seq - 1), &row);
        all = all && row.at_ms == expected.at_ms && row.seq == seq && row.value == seq * seq;
        all = all && row.interaction_id == expected.interaction_id && row.sign == expected.sign;
        all = all && row.customer == expected.customer && row.state == expected.state;
        all = all && row.conversation == expected.conversation;
        all = all && memcmp(row.dimensions, expected.dimensions, sizeof(row.dimensions)) == 0;
    }
    CHECK(all);
    facts_close(facts);
}

TEST(a_view_stays_as_it_was_while_facts_grow)
{
    struct facts *facts = facts_filled(50);
    struct facts_view view;
    CHECK(facts_view_begin(facts, &view) == OK);
    CHECK(view.seq == 50 && view.rows[TABLE] == 50);
    for (int64_t seq = 51; seq <= ROWS; seq++) {
        struct fact fact = fact_of(facts, seq);
        facts_append(facts, TABLE, &fact);
        facts_publish(facts, seq);
    }
    struct fact_segment segment;
    CHECK(facts_segment_count(&view, TABLE) == 1);
    facts_segment(&view, TABLE, 0, &segment);
    CHECK(segment.rows == 50);
    CHECK(column_at(&segment.columns[FACT_SEQ], 49) == 50);
    facts_view_end(&view);

    CHECK(facts_view_begin(facts, &view) == OK);
    CHECK(facts_segment_count(&view, TABLE) == 3);
    CHECK(facts_segment_count(&view, 0) == 0);
    facts_segment(&view, TABLE, 1, &segment);
    CHECK(segment.rows == FACT_SEGMENT_ROWS && segment.first_row == FACT_SEGMENT_ROWS);
    CHECK(segment.at_min == 1700000000000 + (FACT_SEGMENT_ROWS + 1) * 1000LL);
    CHECK(segment.at_max == 1700000000000 + FACT_SEGMENT_ROWS * 2000LL);
    CHECK(segment.seq_max == FACT_SEGMENT_ROWS * 2);
    facts_segment(&view, TABLE, 2, &segment);
    CHECK(segment.rows == 100);
    facts_view_end(&view);
    facts_close(facts);
}

TEST(numbers_and_codes_lead_back_to_their_ids)
{
    struct facts *facts = facts_filled(ROWS);
    struct facts_view view;
    CHECK(facts_view_begin(facts, &view) == OK);
    CHECK(facts_dimension_code(&view, 2, 900 + 5) == facts_dimension_take(facts, 2, 905));
    CHECK(facts_dimension_code(&view, 2, 12345) == 0);
    CHECK(facts_dimension_code(&view, 3, 905) == 0);
    CHECK(facts_dimension_id(&view, 2, facts_dimension_take(facts, 2, 907)) == 907);
    CHECK(facts_dimension_id(&view, 2, 0) == 0);
    CHECK(facts_conversation_id(&view, facts_conversation_take(facts, 5040)) == 5040);
    CHECK(facts_customer_id(&view, facts_customer_take(facts, 1076)) == 1076);
    CHECK(facts_conversation_count(&view) == ROWS / 2 + 1);
    facts_view_end(&view);
    facts_close(facts);
}

TEST(values_beyond_the_dictionary_become_other)
{
    struct facts *facts = facts_open(TABLES);
    for (int64_t id = 1; id <= FACT_VALUES_MAX; id++) {
        if (facts_dimension_take(facts, 7, id * 3) != id) CHECK(false);
    }
    CHECK(facts_dimension_take(facts, 7, 1000000) == FACT_OTHER);
    CHECK(facts_dimension_take(facts, 7, 30) == 10);
    struct facts_view view;
    CHECK(facts_view_begin(facts, &view) == OK);
    CHECK(facts_dimension_id(&view, 7, FACT_OTHER) == -1);
    facts_view_end(&view);
    facts_close(facts);
}

TEST(rows_of_a_conversation_are_found_in_every_segment)
{
    struct facts *facts = facts_filled(ROWS);
    struct fact fact = fact_of(facts, ROWS + 1);
    fact.conversation = facts_conversation_take(facts, 5000 + 10);
    facts_append(facts, TABLE, &fact);
    struct fact_rows rows;
    facts_rows_of(facts, TABLE, fact.conversation, 0, &rows);
    CHECK(rows.count == 3);
    CHECK(rows.items[0] == 19 && rows.items[1] == 20 && rows.items[2] == ROWS);
    facts_rows_of(facts, TABLE, fact.conversation, 20, &rows);
    CHECK(rows.count == 2 && rows.items[0] == 20);
    facts_close(facts);
}

static struct str written(struct arena *arena, struct facts *facts)
{
    struct facts_view view;
    CHECK(facts_view_begin(facts, &view) == OK);
    struct buf buf = buf_open(arena, 64 * 1024 * 1024);
    facts_write(&view, &buf);
    facts_view_end(&view);
    struct str bytes = { 0 };
    CHECK(buf_done(&buf, &bytes) == OK);
    return bytes;
}

TEST(equal_facts_are_written_as_equal_bytes)
{
    struct arena *arena = arena_open();
    struct facts *one = facts_filled(ROWS);
    struct facts *other = facts_filled(ROWS);
    struct facts *shorter = facts_filled(ROWS - 1);
    CHECK(str_equal(written(arena, one), written(arena, other)));
    CHECK(!str_equal(written(arena, one), written(arena, shorter)));
    facts_close(one);
    facts_close(other);
    facts_close(shorter);
    arena_close(arena);
}

TEST(views_are_refused_when_all_places_are_taken_and_come_back)
{
    struct facts *facts = facts_filled(5);
    struct facts_view views[FACT_VIEWS_MAX];
    for (int i = 0; i < FACT_VIEWS_MAX; i++) CHECK(facts_view_begin(facts, &views[i]) == OK);
    struct facts_view one_more;
    CHECK(facts_view_begin(facts, &one_more) == ERR_BUSY);
    facts_view_end(&views[17]);
    CHECK(facts_view_begin(facts, &one_more) == OK);
    facts_view_end(&one_more);
    for (int i = 0; i < FACT_VIEWS_MAX; i++) {
        if (i != 17) facts_view_end(&views[i]);
    }
    facts_close(facts);
}

struct watch {
    struct facts *facts;
    _Atomic bool ends;
    _Atomic int64_t wrong;
    _Atomic int64_t looks;
};

/* Row n of the table belongs to event n + 1, so a view of seq n has at least n rows. */
static void look(struct watch *watch)
{
    struct facts_view view;
    if (facts_view_begin(watch->facts, &view)) return;
    bool right = (int64_t)view.rows[TABLE] >= view.seq;
    size_t count = facts_segment_count(&view, TABLE);
    for (size_t i = 0; i < count; i++) {
        struct fact_segment segment;
        facts_segment(&view, TABLE, i, &segment);
        int64_t numbers[FACT_SEGMENT_ROWS];
        column_read(&segment.columns[FACT_SEQ], 0, segment.rows, numbers);
        for (size_t k = 0; k < segment.rows; k++) {
            right = right && numbers[k] == (int64_t)(segment.first_row + k + 1);
        }
        column_read(&segment.columns[FACT_DIMENSION + 2], 0, segment.rows, numbers);
        for (size_t k = 0; k < segment.rows; k += 97) {
            int64_t id = facts_dimension_id(&view, 2, (uint16_t)numbers[k]);
            right = right && id == 900 + (int64_t)(segment.first_row + k + 1) % 11;
        }
    }
    facts_view_end(&view);
    if (!right) atomic_fetch_add(&watch->wrong, 1);
    atomic_fetch_add(&watch->looks, 1);
}

static void watch_run(void *context)
{
    struct watch *watch = context;
    while (!atomic_load(&watch->ends)) look(watch);
}

TEST(readers_see_whole_rows_while_the_writer_appends)
{
    struct watch watch = { .facts = facts_open(TABLES) };
    struct thread threads[2] = { 0 };
    for (int i = 0; i < 2; i++) {
        CHECK(thread_start(&threads[i], "watch", watch_run, &watch) == OK);
    }
    for (int64_t seq = 1; seq <= 5 * ROWS; seq++) {
        struct fact fact = fact_of(watch.facts, seq);
        facts_append(watch.facts, TABLE, &fact);
        if (seq % 7 == 0) facts_publish(watch.facts, seq);
    }
    while (atomic_load(&watch.looks) < 4) usleep(1000);
    atomic_store(&watch.ends, true);
    for (int i = 0; i < 2; i++) thread_join(&threads[i]);
    CHECK(atomic_load(&watch.wrong) == 0);
    facts_close(watch.facts);
}
