/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */

/* Processes: there are no children to wait for. */

#ifndef WASMK_SYS_WAIT_H
#define WASMK_SYS_WAIT_H

#define WNOHANG 1
#define WIFEXITED(status) ((void)(status), 0)
#define WEXITSTATUS(status) ((void)(status), 0)
#define WIFSIGNALED(status) ((void)(status), 0)
#define WTERMSIG(status) ((void)(status), 0)

static inline pid_t waitpid(pid_t pid, int *status, int options)
{
	(void)pid, (void)status, (void)options;
	errno = ECHILD;
	return -1;
}

#endif
