// SPDX-License-Identifier: GPL-2.0
/*
 * Acting on behalf of whoever granted a directory, or opened a file. Declared, with contracts, in src/os/sys/ffi_files.rs.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/path.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "files.h"

struct wasmk_authority {
	const struct cred *cred;
	/* Root directory and umask; no task's own, and never shared with clone(). */
	struct fs_struct fs;
};

struct wasmk_authority *wasmk_authority_new(void)
{
	struct wasmk_authority *authority = kzalloc(sizeof(*authority), GFP_KERNEL_ACCOUNT);

	if (!authority)
		return NULL;
	authority->cred = get_current_cred();
	authority->fs.users = 1;
	seqlock_init(&authority->fs.seq);
	authority->fs.umask = current_umask();
	get_fs_root(current->fs, &authority->fs.root);
	authority->fs.pwd = authority->fs.root;
	path_get(&authority->fs.pwd);
	return authority;
}

void wasmk_authority_free(struct wasmk_authority *authority)
{
	path_put(&authority->fs.pwd);
	path_put(&authority->fs.root);
	put_cred(authority->cred);
	kfree(authority);
}

bool wasmk_authority_same(const struct wasmk_authority *a, const struct wasmk_authority *b)
{
	return a->cred == b->cred && a->fs.umask == b->fs.umask && path_equal(&a->fs.root, &b->fs.root);
}

/*
 * The umask is looked up in current->fs by the file systems themselves, so it is replaced as a whole, as the kernel's
 * scoped_with_init_fs() does; real_fs stays. Under task_lock, so that who looks at this task from outside is done with it.
 */
static struct fs_struct *replace_fs(struct fs_struct *fs)
{
	struct fs_struct *before;

	task_lock(current);
	before = current->fs;
	WRITE_ONCE(current->fs, fs);
	task_unlock(current);
	return before;
}

/*
 * Where a system call is audited, every path that it looks up is kept until it returns: RUN may look up any number before it does. So
 * these are not recorded.
 */
static struct audit_context *replace_audit(struct audit_context *context)
{
#ifdef CONFIG_AUDITSYSCALL
	swap(current->audit_context, context);
#endif
	return context;
}

void wasmk_act_begin(struct wasmk_authority *authority, struct wasmk_acting *before)
{
	before->audit = replace_audit(NULL);
	before->cred = override_creds(authority->cred);
	before->fs = replace_fs(&authority->fs);
}

void wasmk_act_as(const struct cred *cred, struct wasmk_acting *before)
{
	before->audit = replace_audit(NULL);
	before->cred = override_creds(cred);
	before->fs = NULL;
}

void wasmk_act_unaudited(struct wasmk_acting *before)
{
	wasmk_act_as(current_cred(), before);
}

void wasmk_act_as_opener(const struct file *file, struct wasmk_acting *before)
{
	wasmk_act_as(file->f_cred, before);
}

void wasmk_act_end(const struct wasmk_acting *before)
{
	if (before->fs)
		replace_fs(before->fs);
	revert_creds(before->cred);
	replace_audit(before->audit);
}
