/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */

/* Shared libraries: none can be loaded. */

#ifndef WASMK_DLFCN_H
#define WASMK_DLFCN_H

#define RTLD_LOCAL 0
#define RTLD_NOW 2

static inline void *dlopen(const char *file, int flags)
{
	(void)file, (void)flags;
	return NULL;
}

static inline void *dlsym(void *handle, const char *name)
{
	(void)handle, (void)name;
	return NULL;
}

static inline int dlclose(void *handle)
{
	(void)handle;
	return -1;
}

#endif
