#include "admin/jobs_job.h"
#include "exchange/import_cli.h"

enum admin_exit admin_import(struct admin_call *call)
{
    struct import_cli args = {
        .file_name = str_from(call->given.words[0]),
        .format = arguments_value(&call->given, "--format"),
        .map = call->text,
        .zone = arguments_value(&call->given, "--zone"),
        .dry_run = arguments_has(&call->given, "--dry-run"),
    };
    return admin_exit_of(
        import_cli_run(call->workspace, &args, call->input, call->out, call->err_out));
}
