/* Idempotency-Key: a POST that is sent twice happens once, and both get the same reply.
 *
 * The reply is stored in the transaction of its effect. Kept IDEMPOTENCY_KEPT_MS; the hourly timer
 * calls idempotency_forget.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/time.h"
#include "store/store.h"

enum { IDEMPOTENCY_KEPT_MS = MS_PER_DAY, IDEMPOTENCY_KEY_MAX = 255 };

struct stored_reply {
    int status;
    struct str text; /* fields and body, as work.c writes them */
};

struct idempotency_run_in {
    int64_t principal;
    struct str route;
    struct str name; /* the key */
    struct hash body_hash;
    const struct command *command; /* what is to happen once */
    const void *in;
    void *out;
    /* Makes the reply of the command's result, inside the transaction; may be called again if the
     * writer runs the batch again. */
    struct stored_reply (*reply)(void *context, enum err err);
    void *context;
};

enum idempotency_found { IDEMPOTENCY_NEW, IDEMPOTENCY_KNOWN, IDEMPOTENCY_OTHER_BODY };

struct idempotency_run_out {
    enum idempotency_found found;
    struct stored_reply reply; /* if it was known */
};

/* Runs the command unless its key is known. Errors of the command that a repeat would meet again
 * are stored too, and are no error here; busy, I/O and corruption are returned and not stored. */
extern const struct command IDEMPOTENCY_RUN;

/* Forgets keys made before `before_ms`; a bounded number, so call it again while `out` is not 0. */
enum err idempotency_forget(struct tx *tx, int64_t before_ms, int64_t *out);
