/* What store tests share: a workspace in a folder of its own that goes away. Test code only. */
#pragma once

#include "store/workspace.h"

/* A fresh workspace named "main" in a new folder below the temporary one. */
struct workspace *testing_workspace_open(void);
/* Closes it and opens the same data again. */
struct workspace *testing_workspace_reopen(struct workspace *workspace);
/* Closes it and removes its folder. */
void testing_workspace_close(struct workspace *workspace);
