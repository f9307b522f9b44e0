/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */

/*
 * What POSIX has and WASI has not: owners of files, processes, pipes, terminals, shared libraries. Included before
 * every source file of a third-party program, so that the program's own sources need no change. Everything here fails
 * as the system call would where it does not exist (but for fchmod); nothing here imitates what is absent.
 */

#ifndef WASMK_ABSENT_H
#define WASMK_ABSENT_H

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

static inline int wasmk_absent(void)
{
	errno = ENOSYS;
	return -1;
}

/* unistd.h */
static inline int fchown(int fd, uid_t owner, gid_t group)
{
	(void)fd, (void)owner, (void)group;
	return wasmk_absent();
}

static inline int dup(int fd)
{
	(void)fd;
	return wasmk_absent();
}

static inline int dup2(int fd, int to)
{
	(void)fd, (void)to;
	return wasmk_absent();
}

static inline int pipe(int fds[2])
{
	(void)fds;
	return wasmk_absent();
}

static inline pid_t fork(void)
{
	return wasmk_absent();
}

static inline int execve(const char *path, char *const argv[], char *const envp[])
{
	(void)path, (void)argv, (void)envp;
	return wasmk_absent();
}

static inline int setuid(uid_t uid)
{
	(void)uid;
	return wasmk_absent();
}

static inline int setgid(gid_t gid)
{
	(void)gid;
	return wasmk_absent();
}

/* sys/stat.h. A call with both arguments only: files have no modes, so any will do, and bzip2 ends if one will not. */
#define fchmod(fd, mode) ((void)(fd), (void)(mode), 0)

/* signal.h */
typedef void (*sighandler_t)(int);

static inline int kill(pid_t pid, int signal)
{
	(void)pid, (void)signal;
	return wasmk_absent();
}

/* stdio.h */
static inline FILE *popen(const char *command, const char *mode)
{
	(void)command, (void)mode;
	wasmk_absent();
	return NULL;
}

static inline int pclose(FILE *file)
{
	(void)file;
	return wasmk_absent();
}

/* Declared by wasi-libc and defined nowhere. */
static inline FILE *wasmk_tmpfile(void)
{
	wasmk_absent();
	return NULL;
}
#define tmpfile wasmk_tmpfile

#endif
