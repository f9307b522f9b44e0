/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WASMK_FILES_H
#define WASMK_FILES_H

#include <linux/dcache.h>
#include <linux/path.h>
#include <linux/types.h>

struct audit_context;
struct cred;
struct dir_context;
struct file;
struct filename;
struct fs_struct;

/* Whoever granted a directory, to act as. */
struct wasmk_authority;

/* What a task was before it acted as somebody else. */
struct wasmk_acting {
	const struct cred *cred;
	struct fs_struct *fs;
	struct audit_context *audit;
};

/* The directory of a path's last component, and that component. */
struct wasmk_parent {
	struct filename *name;
	struct path path;
	struct qstr last;
};

/* A time to set. */
struct wasmk_time {
	s64 seconds;
	s64 nanoseconds;
};

struct wasmk_authority *wasmk_authority_new(void);
void wasmk_authority_free(struct wasmk_authority *authority);
bool wasmk_authority_same(const struct wasmk_authority *a, const struct wasmk_authority *b);
void wasmk_act_begin(struct wasmk_authority *authority, struct wasmk_acting *before);
void wasmk_act_end(const struct wasmk_acting *before);
void wasmk_act_as(const struct cred *cred, struct wasmk_acting *before);
void wasmk_act_unaudited(struct wasmk_acting *before);
void wasmk_act_as_opener(const struct file *file, struct wasmk_acting *before);

struct file *wasmk_directory_reopen(struct file *file);
int wasmk_lookup(struct file *dir, const char *name, unsigned int flags, struct path *out);
void wasmk_path_put(const struct path *path);
umode_t wasmk_path_mode(const struct path *path);
bool wasmk_path_sticky(const struct path *path);
int wasmk_parent_get(struct file *dir, const char *name, unsigned int flags, struct wasmk_parent *out);
void wasmk_parent_put(struct wasmk_parent *parent);
int wasmk_stat(const struct path *path, u64 out[8]);
struct file *wasmk_open(const struct path *path, int flags);
struct file *wasmk_create(const struct wasmk_parent *parent, int flags);
int wasmk_mkdir(const struct wasmk_parent *parent);
int wasmk_rmdir(const struct wasmk_parent *parent);
int wasmk_unlink(const struct wasmk_parent *parent);
int wasmk_symlink(const struct wasmk_parent *parent, const char *target);
int wasmk_link(const struct path *from, const struct wasmk_parent *to);
int wasmk_rename(const struct wasmk_parent *from, const struct wasmk_parent *to);
ssize_t wasmk_readlink(const struct path *path, char *into, size_t size);
int wasmk_utimes(const struct path *path, const struct wasmk_time times[2]);
loff_t wasmk_iterate(struct file *dir, loff_t at, struct dir_context *context);
int wasmk_file_truncate(struct file *file, loff_t size);
int wasmk_file_allocate(struct file *file, loff_t at, loff_t size);
const struct path *wasmk_file_path(const struct file *file);
bool wasmk_beyond_limit(loff_t end);

#endif
