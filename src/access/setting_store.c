#include "access/setting_store.h"

#include "store/event.h"
#include "store/setting.h"

static enum err read_or(struct reader *reader, struct arena *arena, struct str name,
                        struct str missing, struct str *out)
{
    enum err err = setting_read(reader, arena, name, out);
    if (err != ERR_NOT_FOUND) return err;
    *out = missing;
    return OK;
}

enum err settings_read(struct reader *reader, struct arena *arena, struct settings *out)
{
    struct settings settings;
    enum err err =
        read_or(reader, arena, SETTING_WORKSPACE_NAME, (struct str){ 0 }, &settings.workspace_name);
    if (!err) err = read_or(reader, arena, SETTING_ZONE, STR("UTC"), &settings.zone);
    if (!err) err = read_or(reader, arena, SETTING_REACH, STR("team"), &settings.reach);
    if (!err) *out = settings;
    return err;
}

static enum err change_one(struct tx *tx, struct arena *arena, struct str name, struct str wanted,
                           struct str missing, struct str *out)
{
    if (wanted.data) {
        *out = wanted;
        return setting_write(tx, name, wanted);
    }
    enum err err = setting_read_tx(tx, arena, name, out);
    if (err != ERR_NOT_FOUND) return err;
    *out = missing;
    return OK;
}

static enum err settings_change(struct tx *tx, struct arena *arena, const void *in, void *out)
{
    const struct settings *wanted = in;
    struct settings *changed = out;
    enum err err = change_one(tx, arena, SETTING_WORKSPACE_NAME, wanted->workspace_name,
                              (struct str){ 0 }, &changed->workspace_name);
    if (!err) {
        err = change_one(tx, arena, SETTING_ZONE, wanted->zone, STR("UTC"), &changed->zone);
    }
    if (!err) {
        err = change_one(tx, arena, SETTING_REACH, wanted->reach, STR("team"), &changed->reach);
    }
    if (err) return err;
    tx_event(tx, &(struct event){
                     .kind = EVENT_SETTING_CHANGED, .version = EVENT_VERSION, .actor = tx->actor });
    return OK;
}

const struct command SETTINGS_CHANGE = { .name = "settings_change", .run = settings_change };
