#include "admin/jobs_job.h"

enum admin_exit admin_verify(struct admin_call *call)
{
    struct reader *reader = NULL;
    enum err err = reader_open(call->arena, call->workspace->store_path, &reader);
    if (err) {
        admin_print(call->err_out, "The store cannot be read: %s.\n", err_name(err));
        return ADMIN_FAILED;
    }
    struct feed_check check = { 0 };
    err = feed_verify(reader, &check);
    reader_close(reader);
    if (err) {
        admin_print(call->err_out, "The event log cannot be read: %s.\n", err_name(err));
        return ADMIN_FAILED;
    }
    if (check.first_bad_seq) {
        admin_print(call->err_out, "The chain is broken at event %lld.\n",
                    (long long)check.first_bad_seq);
        return ADMIN_FAILED;
    }
    admin_print(call->out, "%lld events, the chain holds\n", (long long)check.count);
    return ADMIN_OK;
}
