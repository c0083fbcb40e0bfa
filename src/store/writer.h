/* The one place where a transaction begins and commits.
 *
 * The writer is a thread with a mailbox. It takes the commands that wait, runs them one after the
 * other in one transaction, gives their events sequence and hash, commits once, and answers all of
 * them after the commit is on disk: many clients share one fsync. A command that fails is undone
 * alone. The same thread fires due timers and moves the WAL into the database file.
 *
 * Owner: its own thread; any thread may submit.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "store/store.h"
#include "store/timer.h"

struct writer;
struct feed;

/* Lives until `resume` was called; then it is the submitter's again. */
struct submission {
    const struct command *command;
    struct arena *arena; /* the writer's until `resume` */
    const void *in;
    void *out; /* counts after OK only */
    struct actor actor;
    enum err result;
    bool outcome_unknown; /* the commit itself failed: it may be on disk or not */
    /* Called once, on the writer's thread, after the commit. It must not block. */
    void (*resume)(struct submission *submission);
    void *context; /* the submitter's */
};

struct writer_settings {
    const char *path;                  /* of the database */
    const char *head_path;             /* of the head file beside it */
    bool accept_loss;                  /* open although the store is behind its head file */
    const struct timer_action *timers; /* one for each kind in use */
    size_t timers_count;
    int64_t node;
};

/* Opens the store, applies migrations, checks the head file and starts the thread. ERR_BUSY if
 * another process has the store, ERR_CORRUPT if it is behind its head or newer than this program;
 * the reason is logged. `feed` is told of every commit. */
enum err writer_open(struct arena *arena, const struct writer_settings *settings, struct feed *feed,
                     struct writer **out);
/* Finishes what was submitted, then closes. */
void writer_close(struct writer *writer);

/* ERR_BUSY if the mailbox is full: then `resume` is not called. */
enum err writer_submit(struct writer *writer, struct submission *submission);
/* Submits and waits: for jobs and administration, never on an HTTP thread. The command's error;
 * ERR_IO if the outcome is unknown. Waits while the mailbox is full. */
enum err writer_call(struct writer *writer, struct arena *arena, const struct command *command,
                     struct actor actor, const void *in, void *out);

/* The last committed event. */
struct head {
    int64_t seq;
    int64_t known_ms;
    struct hash hash;
};
/* Any thread. */
int64_t writer_seq(const struct writer *writer);
/* True once a commit ended in an I/O error: the process must stop. */
bool writer_is_broken(const struct writer *writer);
/* False while the disk is full; becomes true by itself when writing works again. */
bool writer_has_room(const struct writer *writer);
