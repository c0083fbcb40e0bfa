/* Who holds a session or key, as the database knows it, and which conversations an agent reaches.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "access/grant.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "store/store.h"

/* By the hash of its token. ERR_NOT_FOUND if there is none or it gives nothing any more: expired,
 * revoked, or its agent disabled. */
enum err grant_read(struct reader *reader, struct arena *arena, enum grant_kind kind,
                    const struct hash *token, int64_t now_ms, struct grant *out);
/* The same by its id. */
enum err grant_read_id(struct reader *reader, struct arena *arena, enum grant_kind kind, int64_t id,
                       int64_t now_ms, struct grant *out);

/* An agent reaches conversations without a team, of their teams, assigned to them, or in which they
 * were mentioned. False too if there is no such conversation. */
enum err grant_reaches(struct reader *reader, struct arena *arena, int64_t agent_id,
                       int64_t conversation_id, bool *out);

/* Notes that a session or key was used at `at_ms`. A session's end moves on with it. Nothing
 * happens if it was noted shortly before or is gone. Writes no event. */
struct grant_note_in {
    enum grant_kind kind;
    int64_t id;
    int64_t at_ms;
};
extern const struct command GRANT_NOTE;

enum {
    GRANT_KEY_NOTE_MS = 60 * 1000,
    GRANT_SESSION_NOTE_MS = 10 * 60 * 1000,
    SESSION_LASTS_MS = 14 * 24 * 60 * 60 * 1000, /* after its last use */
};
