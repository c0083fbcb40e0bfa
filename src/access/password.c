#include "access/password.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/time.h"

enum {
    PASSES = 3,
    MEMORY = 64 * 1024 * 1024,
    WAIT_MS_MAX = 10000,
    WAIT_STEP_MS = 10,
    NS_PER_MS = 1000000
};

/* Of 32 random bytes that nobody kept, with the figures above: what is verified for nobody. */
static const char NOBODY[] = "$argon2id$v=19$m=65536,t=3,p=1$XWoJeqKIqzUo3UvmOQ8ZAw$"
                             "8D1xHwL+IgV4x/wui5knslxnZEVAdZtpJb/207oj/mg";

const char *password_fault(struct str password, struct str email)
{
    if (password.size < PASSWORD_SIZE_MIN) return "Use at least 8 characters.";
    if (password.size > PASSWORD_SIZE_MAX) return "Use at most 256 bytes.";
    if (email.size > 0 && str_equal(password, email)) {
        return "Use something else than the e-mail address.";
    }
    size_t same = 0;
    while (same < password.size && password.data[same] == password.data[0]) same++;
    return same == password.size ? "Use more than one character over and over." : NULL;
}

static bool gate_try(struct password_gate *gate)
{
    int busy = atomic_load(&gate->busy);
    while (busy < PASSWORDS_AT_ONCE) {
        if (atomic_compare_exchange_weak(&gate->busy, &busy, busy + 1)) return true;
    }
    return false;
}

/* Looks again every few milliseconds: short against what it waits for, and no lock is needed. */
static enum err gate_enter(struct password_gate *gate)
{
    int64_t end_ms = time_monotonic_ms() + WAIT_MS_MAX;
    while (!gate_try(gate)) {
        if (time_monotonic_ms() > end_ms) return ERR_BUSY;
        nanosleep(&(struct timespec){ .tv_nsec = WAIT_STEP_MS * NS_PER_MS }, NULL);
    }
    return OK;
}

static void gate_leave(struct password_gate *gate)
{
    int before = atomic_fetch_sub(&gate->busy, 1);
    assert(before > 0 && before <= PASSWORDS_AT_ONCE);
}

enum err password_hash(struct password_gate *gate, struct arena *arena, struct str password,
                       struct str *out)
{
    if (password.size < PASSWORD_SIZE_MIN || password.size > PASSWORD_SIZE_MAX) return ERR_INVALID;
    hash_start();
    enum err err = gate_enter(gate);
    if (err) return err;

    char *text = arena_array(arena, char, crypto_pwhash_STRBYTES);
    int failed = crypto_pwhash_str_alg(text, password.data, password.size, PASSES, MEMORY,
                                       crypto_pwhash_ALG_ARGON2ID13);
    gate_leave(gate);
    if (failed) { /* only for want of memory */
        log_error("password", "reason=memory bytes=%d", MEMORY);
        return ERR_BUSY;
    }
    *out = str_from(text);
    return OK;
}

enum err password_verify(struct password_gate *gate, struct str stored, struct str password,
                         bool *out)
{
    hash_start();
    char text[crypto_pwhash_STRBYTES] = { 0 };
    bool is_somebody = stored.size > 0 && stored.size < sizeof(text);
    struct str compared = is_somebody ? stored : str_from(NOBODY);
    memcpy(text, compared.data, compared.size);

    enum err err = gate_enter(gate);
    if (err) return err;
    bool is_right = password.size <= PASSWORD_SIZE_MAX &&
                    crypto_pwhash_str_verify(text, password.data, password.size) == 0;
    gate_leave(gate);
    *out = is_somebody && is_right;
    return OK;
}
