#include "store/writer.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/test.h"
#include "base/time.h"
#include "store/event.h"
#include "store/fault_test.h"
#include "store/setting.h"
#include "store/testing.h"

static const struct actor SYSTEM = { .kind = ACTOR_SYSTEM };

struct note_in {
    struct str name;
    enum err result; /* what the command returns after it has written */
};

static enum err note_write(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    const struct note_in *note = in;
    enum err err = setting_write(tx, note->name, STR("x"));
    if (err) return err;
    struct event_values values = { 0 };
    event_put(&values, FIELD_SUBJECT, tx_id(tx));
    tx_event(tx, &(struct event){ .kind = EVENT_SETTING_CHANGED,
                                  .values = values.items,
                                  .values_count = values.count });
    *(int64_t *)out = tx->now_ms;
    return note->result;
}

static const struct command NOTE_WRITE = { .name = "note_write", .run = note_write };

/* Three notes in one command; the second fails and is undone alone. */
static enum err notes_write(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)in;
    static const struct note_in NOTES[] = { { { "a", 1 }, OK },
                                            { { "b", 1 }, ERR_DENIED },
                                            { { "c", 1 }, OK } };
    for (size_t i = 0; i < 3; i++) {
        enum err err = tx_try(tx, arena, &NOTE_WRITE, &NOTES[i], out);
        if (err != NOTES[i].result) return err ? err : ERR_CORRUPT;
    }
    return OK;
}

static const struct command NOTES_WRITE = { .name = "notes_write", .run = notes_write };

static bool note_exists(struct workspace *workspace, struct str name)
{
    struct arena *arena = arena_open();
    struct reader *reader = NULL;
    struct str body;
    CHECK(reader_open(arena, workspace->store_path, &reader) == OK);
    enum err err = setting_read(reader, arena, name, &body);
    CHECK(err == OK || err == ERR_NOT_FOUND);
    reader_close(reader);
    arena_close(arena);
    return err == OK;
}

static struct feed_check verify(struct workspace *workspace)
{
    struct arena *arena = arena_open();
    struct reader *reader = NULL;
    struct feed_check check = { .first_bad_seq = -1 };
    CHECK(reader_open(arena, workspace->store_path, &reader) == OK);
    CHECK(feed_verify(reader, &check) == OK);
    reader_close(reader);
    arena_close(arena);
    return check;
}

static enum err note(struct workspace *workspace, struct str name, enum err result)
{
    struct arena *arena = arena_open();
    int64_t at_ms = 0;
    struct note_in in = { name, result };
    enum err err = writer_call(workspace->writer, arena, &NOTE_WRITE, SYSTEM, &in, &at_ms);
    CHECK(err || (at_ms <= time_now_ms() && at_ms > time_now_ms() - MS_PER_MINUTE));
    arena_close(arena);
    return err;
}

TEST(a_command_is_stored_with_its_event_and_survives_reopening)
{
    struct workspace *workspace = testing_workspace_open();
    CHECK(note(workspace, STR("one"), OK) == OK);
    CHECK(writer_seq(workspace->writer) == 1);
    workspace = testing_workspace_reopen(workspace);
    CHECK(note_exists(workspace, STR("one")));
    CHECK(writer_seq(workspace->writer) == 1);
    struct feed_check check = verify(workspace);
    CHECK(check.count == 1 && check.first_bad_seq == 0);
    testing_workspace_close(workspace);
}

TEST(a_command_that_fails_after_writing_leaves_neither_row_nor_event)
{
    struct workspace *workspace = testing_workspace_open();
    CHECK(note(workspace, STR("one"), ERR_DENIED) == ERR_DENIED);
    CHECK(!note_exists(workspace, STR("one")));
    CHECK(writer_seq(workspace->writer) == 0);
    CHECK(note(workspace, STR("two"), OK) == OK);
    CHECK(writer_seq(workspace->writer) == 1);
    testing_workspace_close(workspace);
}

TEST(a_part_of_a_command_that_fails_is_undone_alone)
{
    struct workspace *workspace = testing_workspace_open();
    struct arena *arena = arena_open();
    int64_t at_ms;
    CHECK(writer_call(workspace->writer, arena, &NOTES_WRITE, SYSTEM, NULL, &at_ms) == OK);
    CHECK(note_exists(workspace, STR("a")));
    CHECK(!note_exists(workspace, STR("b")));
    CHECK(note_exists(workspace, STR("c")));
    CHECK(writer_seq(workspace->writer) == 2);
    CHECK(verify(workspace).first_bad_seq == 0);
    arena_close(arena);
    testing_workspace_close(workspace);
}

enum { CROWD = 200 };

struct crowd_note {
    struct submission submission;
    struct note_in in;
    char name[16];
    int64_t at_ms;
    struct arena *arena;
};

static _Atomic int answered;

static void count_answer(struct submission *submission)
{
    (void)submission;
    answered++;
}

/* Every third one fails after writing, in the same batches as the others. */
TEST(many_at_once_share_commits_and_only_the_failing_ones_are_undone)
{
    struct workspace *workspace = testing_workspace_open();
    struct arena *arena = arena_open();
    struct crowd_note *notes = arena_array(arena, struct crowd_note, CROWD);
    answered = 0;
    for (int i = 0; i < CROWD; i++) {
        snprintf(notes[i].name, sizeof(notes[i].name), "n%d", i);
        notes[i].in = (struct note_in){ str_from(notes[i].name), i % 3 == 0 ? ERR_DENIED : OK };
        notes[i].submission = (struct submission){ .command = &NOTE_WRITE,
                                                   .arena = arena_open(),
                                                   .in = &notes[i].in,
                                                   .out = &notes[i].at_ms,
                                                   .actor = SYSTEM,
                                                   .resume = count_answer };
        CHECK(writer_submit(workspace->writer, &notes[i].submission) == OK);
    }
    while (answered < CROWD) usleep(1000);
    for (int i = 0; i < CROWD; i++) {
        CHECK(notes[i].submission.result == notes[i].in.result);
        CHECK(note_exists(workspace, str_from(notes[i].name)) == (i % 3 != 0));
        arena_close(notes[i].submission.arena);
    }
    CHECK(verify(workspace).first_bad_seq == 0);
    arena_close(arena);
    testing_workspace_close(workspace);
}

/* Whichever database step fails, the writer's own among them: whole or not at all, and what was
 * answered with OK is there. A failing COMMIT is "unknown" and the writer stops. */
TEST(a_command_survives_any_single_fault_whole_or_not_at_all)
{
    bool faulted = true;
    for (int step = 1; faulted; step++) {
        struct workspace *workspace = testing_workspace_open();
        fault_at_step(step);
        enum err err = note(workspace, STR("one"), OK);
        faulted = fault_happened();
        fault_at_step(0);
        CHECK(!faulted || err != OK || writer_seq(workspace->writer) == 1);
        workspace = testing_workspace_reopen(workspace);
        bool exists = note_exists(workspace, STR("one"));
        CHECK(exists == (writer_seq(workspace->writer) == 1));
        CHECK(err != OK || exists);
        CHECK(verify(workspace).first_bad_seq == 0);
        testing_workspace_close(workspace);
    }
}

static void corrupt(const char *path, off_t offset)
{
    int descriptor = open(path, O_RDWR);
    CHECK(pwrite(descriptor, "\xFF", 1, offset) == 1);
    close(descriptor);
}

/* An older copy of the database under a newer head file. */
TEST(a_store_that_lost_its_end_is_refused_unless_the_loss_is_accepted)
{
    struct workspace *workspace = testing_workspace_open();
    struct arena *arena = arena_open();
    CHECK(note(workspace, STR("one"), OK) == OK);
    struct str directory = arena_copy(arena, workspace->directory);
    char command[400];
    workspace = testing_workspace_reopen(workspace);
    snprintf(command, sizeof(command), "cp %s/state.db %s/old", directory.data, directory.data);
    workspace_close(workspace);
    CHECK(system(command) == 0);

    struct workspace_settings settings = { .data_directory = { directory.data, directory.size - 5 },
                                           .name = STR("main") };
    CHECK(workspace_open(&settings, &workspace) == OK);
    CHECK(note(workspace, STR("two"), OK) == OK);
    workspace_close(workspace);
    snprintf(command, sizeof(command),
             "cd %s && mv old state.db && rm -f state.db-wal state.db-shm", directory.data);
    CHECK(system(command) == 0);
    CHECK(workspace_open(&settings, &workspace) == ERR_CORRUPT);
    settings.accept_loss = true;
    CHECK(workspace_open(&settings, &workspace) == OK);
    CHECK(note_exists(workspace, STR("one")));
    CHECK(!note_exists(workspace, STR("two")));
    testing_workspace_close(workspace);
    arena_close(arena);
}

TEST(a_damaged_head_file_is_refused)
{
    struct workspace *workspace = testing_workspace_open();
    struct arena *arena = arena_open();
    CHECK(note(workspace, STR("one"), OK) == OK);
    struct str directory = arena_copy(arena, workspace->directory);
    workspace_close(workspace);
    char path[300];
    snprintf(path, sizeof(path), "%s/head", directory.data);
    corrupt(path, 20);
    struct workspace_settings settings = { .data_directory = { directory.data, directory.size - 5 },
                                           .name = STR("main") };
    CHECK(workspace_open(&settings, &workspace) == ERR_CORRUPT);
    CHECK(unlink(path) == 0);
    CHECK(workspace_open(&settings, &workspace) == OK);
    testing_workspace_close(workspace);
    arena_close(arena);
}

TEST(a_second_program_on_the_same_data_is_refused)
{
    struct workspace *workspace = testing_workspace_open();
    struct workspace *second = NULL;
    struct workspace_settings settings = { .data_directory = { workspace->directory.data,
                                                               workspace->directory.size - 5 },
                                           .name = STR("main") };
    CHECK(workspace_open(&settings, &second) == ERR_BUSY);
    testing_workspace_close(workspace);
}

static _Atomic int64_t fired;

static enum err timer_note(struct tx *tx, struct arena *arena, int64_t subject_id)
{
    (void)arena;
    fired += subject_id;
    return setting_write(tx, STR("fired"), STR("x"));
}

static enum err timer_ask(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    (void)arena;
    (void)out;
    return timer_set(tx, TIMER_SNOOZE, *(const int64_t *)in, tx->now_ms + 50);
}

static const struct command TIMER_ASK = { .name = "timer_ask", .run = timer_ask };

TEST(a_timer_fires_once_also_after_a_restart)
{
    static const struct timer_action ACTIONS[] = { { TIMER_SNOOZE, timer_note } };
    struct workspace *workspace = testing_workspace_open();
    struct arena *arena = arena_open();
    int64_t subject = 7;
    CHECK(writer_call(workspace->writer, arena, &TIMER_ASK, SYSTEM, &subject, NULL) == OK);
    struct str directory = arena_copy(arena, workspace->directory);
    workspace_close(workspace);
    fired = 0;
    struct workspace_settings settings = { .data_directory = { directory.data, directory.size - 5 },
                                           .name = STR("main"),
                                           .timers = ACTIONS,
                                           .timers_count = 1 };
    CHECK(workspace_open(&settings, &workspace) == OK);
    for (int i = 0; i < 300 && fired == 0; i++) usleep(10000);
    usleep(100000);
    CHECK(fired == 7);
    CHECK(note_exists(workspace, STR("fired")));
    testing_workspace_close(workspace);
    arena_close(arena);
}
