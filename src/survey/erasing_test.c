/* Erasing reaches every table: so its tests stand on the floor that sees them all. */
#include <string.h>

#include "base/test.h"
#include "conversation/conversation_change_store.h"
#include "conversation/testing_store.h"
#include "customer/customer_erase_store.h"
#include "customer/customer_merge_store.h"
#include "customer/customer_store.h"
#include "store/event.h"
#include "store/migrations.h"
#include "survey/answer_store.h"

/* ---- every TEXT column is accounted for ---- */

static bool names(const char *words, struct str word)
{
    struct str rest = str_from(words);
    while (rest.size > 0) {
        if (str_equal(str_cut(&rest, ' '), word)) return true;
    }
    return false;
}

static bool is_accounted_for(struct str table, struct str column)
{
    size_t count;
    const struct eraser *erasers = customer_erasers(&count);
    for (size_t i = 0; i < count; i++) {
        if (str_equal(str_from(erasers[i].table), table) && names(erasers[i].columns, column)) {
            return true;
        }
    }
    const struct harmless_column *harmless = customer_harmless_columns(&count);
    for (size_t i = 0; i < count; i++) {
        if (str_equal(str_from(harmless[i].table), table) &&
            str_equal(str_from(harmless[i].column), column)) {
            return strlen(harmless[i].reason) > 0;
        }
    }
    return false;
}

/* The text columns of a schema's statements; how many there are. */
static size_t check_columns(struct str sql)
{
    size_t found = 0;
    struct str table = { 0 };
    while (sql.size > 0) {
        struct str line = str_cut(&sql, '\n');
        struct str word = str_cut(&line, ' ');
        if (str_equal(word, STR("CREATE")) && str_starts(line, STR("TABLE "))) {
            str_cut(&line, ' ');
            table = str_cut(&line, ' ');
        }
        if (word.size > 0) continue; /* columns are indented by two */
        str_cut(&line, ' ');
        struct str column = str_cut(&line, ' ');
        if (!str_starts(line, STR("TEXT"))) continue;
        found++;
        bool is_fine = is_accounted_for(table, column);
        CHECK(is_fine);
        if (!is_fine) printf("  %.*s.%.*s\n", STR_ARG(table), STR_ARG(column));
    }
    return found;
}

TEST(every_text_column_is_erased_or_known_to_be_harmless)
{
    size_t found = 0;
    for (size_t i = 0; i < MIGRATIONS_COUNT; i++) found += check_columns(MIGRATIONS[i].sql);
    CHECK(found > 30);
    CHECK(!is_accounted_for(STR("interaction"), STR("unknown")));
    CHECK(!is_accounted_for(STR("unknown"), STR("text")));
}

/* ---- what is left of a customer ---- */

static const struct query CANARIES[] = {
    { .sql = "SELECT count(*) FROM customer WHERE name IS NOT NULL OR attributes IS NOT NULL",
      .rows_max = 1 },
    { .sql = "SELECT count(*) FROM identity", .rows_max = 1 },
    { .sql = "SELECT count(*) FROM conversation WHERE subject IS NOT NULL OR attributes IS NOT NULL"
             " OR external_id IS NOT NULL OR state_label IS NOT NULL",
      .rows_max = 1 },
    { .sql = "SELECT count(*) FROM interaction WHERE text IS NOT NULL OR attributes IS NOT NULL"
             " OR external_id IS NOT NULL",
      .rows_max = 1 },
    { .sql = "SELECT count(*) FROM answer WHERE text IS NOT NULL", .rows_max = 1 },
    { .sql = "SELECT count(*) FROM idempotency WHERE reply <> ''", .rows_max = 1 },
};
enum { CANARIES_COUNT = sizeof(CANARIES) / sizeof(CANARIES[0]) };

static int64_t canaries_of(struct scene *scene, size_t index)
{
    struct rows rows = { 0 };
    CHECK(reader_read(scene->reader, scene->arena, &CANARIES[index], NO_ARGS, &rows) == OK);
    return rows.count == 1 ? rows_int(&rows, 0, 0) : -1;
}

struct speech_in {
    struct customer_hint customer;
    struct str text;
    int64_t conversation_id; /* 0: it stands alone */
    int64_t number;
};

/* An interaction with everything that can hold words, an answer in words, and a reply that an
 * Idempotency-Key kept. */
static enum err speech_run(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    static const struct query ANSWER_TEXT = {
        .sql = "UPDATE answer SET text = $2 WHERE id = $1",
        .changes_one = true,
    };
    static const struct query REPLY = {
        .sql = "INSERT INTO idempotency (principal, route, name, body_hash, status, reply,"
               " created_at_ms) VALUES (1, 'POST', $1, $2, 201, $3, 0)",
        .changes_one = true,
    };
    const struct speech_in *speech = in;
    struct conversation conversation;
    struct dimensions none = { 0 };
    struct interaction said = { .channel_id = 1,
                                .at_ms = tx->now_ms,
                                .kind = KIND_MESSAGE,
                                .direction = DIRECTION_IN,
                                .wait_ms = -1,
                                .handle_ms = -1,
                                .text = speech->text,
                                .external_id = speech->text,
                                .attributes = STR("{\"who\":\"a canary\"}") };
    bool is_alone = speech->conversation_id == 0;
    enum err err = customer_take(tx, arena, &speech->customer, &said.customer_id);
    if (!err && !is_alone) {
        err = conversation_load(tx, arena, speech->conversation_id, &conversation);
    }
    if (!err) err = conversation_append(tx, is_alone ? NULL : &conversation, &said, &none);
    if (!err && !is_alone) err = conversation_save(tx, &conversation);
    int64_t answer_id;
    if (!err) err = answer_add_standard(tx, arena, QUESTION_CSAT, 5, &said, &none, &answer_id);
    if (!err) {
        err = tx_write(tx, &ANSWER_TEXT, ARGS(value_int(answer_id), value_text(speech->text)));
    }
    if (err) return err;
    *(int64_t *)out = said.customer_id;
    return tx_write(tx, &REPLY,
                    ARGS(value_text(speech->text), value_bytes(speech->text),
                         value_text(id_text(arena, ID_CUSTOMER, said.customer_id))));
}

static int64_t speak(struct scene *scene, const char *email, const char *text,
                     int64_t conversation_id)
{
    static const struct command SPEAK = { .name = "test_speak", .run = speech_run };
    struct speech_in in = { .customer = { .email = str_from(email), .name = STR("A canary") },
                            .text = str_from(text),
                            .conversation_id = conversation_id };
    int64_t id = 0;
    CHECK(scene_run(scene, &SPEAK, &in, &id) == OK);
    return id;
}

static int64_t begin(struct scene *scene, const char *email)
{
    struct conversation_create_in in = { .customer = { .email = str_from(email) },
                                         .channel = STR("email"),
                                         .subject = STR("A canary's subject"),
                                         .attributes = STR("{\"who\":\"a canary\"}") };
    struct conversation_out out = { 0 };
    CHECK(scene_run(scene, &CONVERSATION_CREATE, &in, &out) == OK);
    return out.view.id;
}

TEST(nothing_personal_is_left_of_an_erased_customer_and_whoever_was_merged_into_it)
{
    struct scene scene = scene_open();
    int64_t conversation_id = begin(&scene, "ana@example.org");
    int64_t ana = speak(&scene, "ana@example.org", "one", conversation_id);
    CHECK(speak(&scene, "ana@example.org", "two", 0) == ana);
    int64_t alias = speak(&scene, "ana@example.com", "three", begin(&scene, "ana@example.com"));
    struct customer_merge_in merge = { ana, alias };
    struct customer_out merged;
    CHECK(scene_run(&scene, &CUSTOMER_MERGE, &merge, &merged) == OK);
    for (size_t i = 0; i < CANARIES_COUNT; i++) CHECK(canaries_of(&scene, i) > 0);

    struct customer_erase_in in = { alias };
    struct customer_erased out = { 0 };
    CHECK(scene_run(&scene, &CUSTOMER_FORGET, &in, &out) == OK);
    CHECK(out.customer_id == ana && out.at_ms != 0);
    CHECK(out.interactions == 3 && out.conversations == 2 && out.identities == 2);
    for (size_t i = 0; i < CANARIES_COUNT; i++) CHECK(canaries_of(&scene, i) == 0);
    CHECK(scene_events(&scene, EVENT_CUSTOMER_ERASED, 0) == 2);

    CHECK(scene_run(&scene, &CUSTOMER_FORGET, &in, &out) == OK);
    CHECK(out.interactions == 0 && out.conversations == 0 && out.identities == 0);
    in.id = 4711;
    CHECK(scene_run(&scene, &CUSTOMER_FORGET, &in, &out) == ERR_NOT_FOUND);
    scene_close(&scene);
}

TEST(erasing_one_customer_leaves_the_others_alone)
{
    struct scene scene = scene_open();
    speak(&scene, "ben@example.org", "one", begin(&scene, "ben@example.org"));
    speak(&scene, "ben@example.org", "two", 0);
    int64_t before[CANARIES_COUNT];
    for (size_t i = 0; i < CANARIES_COUNT; i++) before[i] = canaries_of(&scene, i);
    struct customer_erase_in in = { speak(&scene, "ana@example.org", "three", 0) };
    struct customer_erased out;
    CHECK(scene_run(&scene, &CUSTOMER_FORGET, &in, &out) == OK);
    for (size_t i = 0; i < CANARIES_COUNT; i++) CHECK(canaries_of(&scene, i) == before[i]);
    scene_close(&scene);
}

TEST(what_a_guest_wrote_in_another_customers_conversation_is_erased_too)
{
    struct scene scene = scene_open();
    int64_t into = begin(&scene, "ana@example.org");
    int64_t from = begin(&scene, "ben@example.org");
    int64_t ben = speak(&scene, "ben@example.org", "one", from);
    speak(&scene, "ana@example.org", "two", into);
    struct conversation_merge_in merge = { into, from };
    struct conversation_out merged;
    CHECK(scene_run(&scene, &CONVERSATION_MERGE, &merge, &merged) == OK);
    struct customer_erase_in in = { ben };
    struct customer_erased out = { 0 };
    CHECK(scene_run(&scene, &CUSTOMER_FORGET, &in, &out) == OK);
    CHECK(out.interactions == 1);
    CHECK(canaries_of(&scene, 3) == 1);
    CHECK(canaries_of(&scene, 4) == 1);
    scene_close(&scene);
}

TEST(a_guest_who_writes_in_a_running_conversation_is_erased_too)
{
    struct scene scene = scene_open();
    int64_t into = begin(&scene, "ana@example.org");
    speak(&scene, "ana@example.org", "one", into);
    struct customer_erase_in in = { speak(&scene, "ben@example.org", "two", into) };
    struct customer_erased out = { 0 };
    CHECK(scene_run(&scene, &CUSTOMER_FORGET, &in, &out) == OK);
    CHECK(out.interactions == 1);
    CHECK(canaries_of(&scene, 3) == 1);
    scene_close(&scene);
}

TEST(an_erased_customer_takes_no_more)
{
    struct scene scene = scene_open();
    int64_t ana = speak(&scene, "ana@example.org", "one", 0);
    struct customer_erase_in in = { ana };
    struct customer_erased erased;
    struct customer_out out;
    CHECK(scene_run(&scene, &CUSTOMER_FORGET, &in, &erased) == OK);
    struct customer_patch_in patch = { .id = ana, .name = { true, STR("Ana") } };
    CHECK(scene_run(&scene, &CUSTOMER_PATCH, &patch, &out) == ERR_CONFLICT);
    CHECK(out.fault == CUSTOMER_IS_ERASED);
    struct customer_merge_in merge = { ana, scene_customer(&scene, "ben@example.org") };
    CHECK(scene_run(&scene, &CUSTOMER_MERGE, &merge, &out) == ERR_CONFLICT);
    CHECK(out.fault == CUSTOMER_IS_ERASED);
    CHECK(scene_customer(&scene, "ana@example.org") != ana);
    scene_close(&scene);
}
