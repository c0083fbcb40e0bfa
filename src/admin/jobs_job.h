/* The commands of admin/command_job.c, one file each. */
#pragma once

#include "admin/command_job.h"

enum admin_exit admin_import(struct admin_call *call);       /* import_job.c */
enum admin_exit admin_user_add(struct admin_call *call);     /* user_job.c */
enum admin_exit admin_token_create(struct admin_call *call); /* token_job.c */
enum admin_exit admin_verify(struct admin_call *call);       /* verify_job.c */
