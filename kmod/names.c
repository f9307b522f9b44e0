// SPDX-License-Identifier: GPL-2.0
/*
 * Making, removing and renaming: the steps between taking a directory's lock and giving it back, a function for each operation, as
 * fs/namei.c has them. Declared, with contracts, in src/os/sys/ffi_files.rs.
 *
 * Lock order, the kernel's own: write access to a mount, s_vfs_rename_mutex, the parents' i_rwsem, the children's. Nothing of
 * wasmk's is held meanwhile. Where a directory's lock is waited for, a fatal signal ends the wait, but for rename: the kernel exports
 * no function that allows it.
 */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/filelock.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/security.h>

#include "files.h"

static bool has_slash(const struct wasmk_parent *parent)
{
	return parent->last.name[parent->last.len];
}

/*
 * As filename_create(): locks the parent, looks the last component up, and answers it if there is nothing. A mount that is read-only is
 * told last, to say of other errors first. EEXIST if there is something.
 */
static struct dentry *begin(const struct wasmk_parent *parent, bool directory)
{
	struct qstr last = parent->last;
	int read_only = mnt_want_write(parent->path.mnt);
	struct dentry *dentry;
	int error;

	dentry = start_creating_killable(mnt_idmap(parent->path.mnt), parent->path.dentry, &last);
	error = PTR_ERR_OR_ZERO(dentry);
	if (error)
		goto out;
	if (d_is_positive(dentry))
		error = -EEXIST;
	else if (has_slash(parent) && !directory)
		error = -ENOENT;
	else
		error = read_only;
	if (!error)
		return dentry;
	end_creating(dentry);
out:
	if (!read_only)
		mnt_drop_write(parent->path.mnt);
	return ERR_PTR(error);
}

static void end(const struct wasmk_parent *parent, struct dentry *dentry)
{
	end_creating(dentry);
	mnt_drop_write(parent->path.mnt);
}

/* Waits until nobody has a lease in the way any more; true if the operation is to be tried again. */
static bool again(struct delegated_inode *delegated, int *error)
{
	if (!is_delegated(delegated))
		return false;
	*error = break_deleg_wait(delegated);
	return !*error;
}

/* As lookup_open() and do_open() for what does not exist, without the file systems' atomic_open. */
struct file *wasmk_create(const struct wasmk_parent *parent, int flags)
{
	const umode_t mode = 0666;
	struct delegated_inode delegated = {};
	struct path made = { .mnt = parent->path.mnt };
	struct file *file;
	int error;

	do {
		made.dentry = begin(parent, false);
		if (IS_ERR(made.dentry))
			return ERR_CAST(made.dentry);
		error = security_path_mknod(&parent->path, made.dentry,
					    S_IFREG | mode_strip_umask(d_inode(parent->path.dentry), mode), 0);
		if (!error)
			error = vfs_create(mnt_idmap(made.mnt), made.dentry, mode, &delegated);
		dget(made.dentry);
		end(parent, made.dentry);
		/* A file system may leave it to the next lookup to say what it has made. */
		if (!error && d_is_negative(made.dentry))
			error = -EEXIST;
		if (error)
			dput(made.dentry);
	} while (again(&delegated, &error));
	if (error)
		return ERR_PTR(error);
	/* Who makes a file may open it, whatever its mode. */
	file = dentry_open(&made, flags, current_cred());
	dput(made.dentry);
	if (IS_ERR(file))
		return file;
	error = security_file_post_open(file, 0);
	if (error) {
		__fput_sync(file);
		return ERR_PTR(error);
	}
	return file;
}

int wasmk_mkdir(const struct wasmk_parent *parent)
{
	const umode_t mode = 0777;
	struct delegated_inode delegated = {};
	struct inode *dir = d_inode(parent->path.dentry);
	struct dentry *dentry;
	int error;

	do {
		dentry = begin(parent, true);
		if (IS_ERR(dentry))
			return PTR_ERR(dentry);
		error = security_path_mkdir(&parent->path, dentry, mode_strip_umask(dir, mode));
		if (!error) {
			/* When it fails it has unlocked the parent, and end() does nothing to an error. */
			dentry = vfs_mkdir(mnt_idmap(parent->path.mnt), dir, dentry, mode, &delegated);
			error = PTR_ERR_OR_ZERO(dentry);
		}
		end(parent, dentry);
	} while (again(&delegated, &error));
	return error;
}

int wasmk_symlink(const struct wasmk_parent *parent, const char *target)
{
	struct delegated_inode delegated = {};
	struct dentry *dentry;
	int error;

	do {
		dentry = begin(parent, false);
		if (IS_ERR(dentry))
			return PTR_ERR(dentry);
		error = vfs_symlink(mnt_idmap(parent->path.mnt), d_inode(parent->path.dentry), dentry, target,
				    &delegated);
		end(parent, dentry);
	} while (again(&delegated, &error));
	return error;
}

/* As may_linkat() with fs.protected_hardlinks on, for the same reason as above. */
static int may_link(const struct path *from)
{
	struct mnt_idmap *idmap = mnt_idmap(from->mnt);
	struct inode *inode = d_inode(from->dentry);
	const umode_t setgid = S_ISGID | S_IXGRP;
	umode_t mode = inode->i_mode;

	if (!vfsuid_valid(i_uid_into_vfsuid(idmap, inode)) || !vfsgid_valid(i_gid_into_vfsgid(idmap, inode)))
		return -EOVERFLOW;
	if (S_ISREG(mode) && !(mode & S_ISUID) && (mode & setgid) != setgid &&
	    !inode_permission(idmap, inode, MAY_READ | MAY_WRITE))
		return 0;
	return inode_owner_or_capable(idmap, inode) ? 0 : -EPERM;
}

int wasmk_link(const struct path *from, const struct wasmk_parent *to)
{
	struct delegated_inode delegated = {};
	struct dentry *dentry;
	int error;

	do {
		dentry = begin(to, false);
		if (IS_ERR(dentry))
			return PTR_ERR(dentry);
		error = from->mnt == to->path.mnt ? may_link(from) : -EXDEV;
		if (!error)
			error = vfs_link(from->dentry, mnt_idmap(to->path.mnt), d_inode(to->path.dentry), dentry,
					 &delegated);
		end(to, dentry);
	} while (again(&delegated, &error));
	return error;
}

/* As filename_rmdir(). */
int wasmk_rmdir(const struct wasmk_parent *parent)
{
	struct delegated_inode delegated = {};
	struct vfsmount *mnt = parent->path.mnt;
	int error = mnt_want_write(mnt);

	if (error)
		return error;
	do {
		struct qstr last = parent->last;
		struct dentry *dentry = start_removing_killable(mnt_idmap(mnt), parent->path.dentry, &last);

		error = PTR_ERR_OR_ZERO(dentry);
		if (error)
			break;
		error = vfs_rmdir(mnt_idmap(mnt), d_inode(parent->path.dentry), dentry, &delegated);
		end_removing(dentry);
	} while (again(&delegated, &error));
	mnt_drop_write(mnt);
	return error;
}

/* As filename_unlinkat(): the inode is let go of last, outside of the directory's lock, as that may take long. */
int wasmk_unlink(const struct wasmk_parent *parent)
{
	struct delegated_inode delegated = {};
	struct vfsmount *mnt = parent->path.mnt;
	int error = mnt_want_write(mnt);

	if (error)
		return error;
	do {
		struct qstr last = parent->last;
		struct dentry *dentry = start_removing_killable(mnt_idmap(mnt), parent->path.dentry, &last);
		struct inode *inode;

		error = PTR_ERR_OR_ZERO(dentry);
		if (error)
			break;
		inode = d_inode(dentry);
		ihold(inode);
		if (has_slash(parent))
			error = d_is_dir(dentry) ? -EISDIR : -ENOTDIR;
		else
			error = security_path_unlink(&parent->path, dentry);
		if (!error)
			error = vfs_unlink(mnt_idmap(mnt), d_inode(parent->path.dentry), dentry, &delegated);
		end_removing(dentry);
		iput(inode);
	} while (again(&delegated, &error));
	mnt_drop_write(mnt);
	return error;
}

/* As filename_renameat2(). */
int wasmk_rename(const struct wasmk_parent *from, const struct wasmk_parent *to)
{
	struct delegated_inode delegated = {};
	struct vfsmount *mnt = from->path.mnt;
	int error;

	if (mnt != to->path.mnt)
		return -EXDEV;
	error = mnt_want_write(mnt);
	if (error)
		return error;
	do {
		struct qstr old = from->last, new = to->last;
		struct renamedata data = {
			.mnt_idmap = mnt_idmap(mnt),
			.old_parent = from->path.dentry,
			.new_parent = to->path.dentry,
			.delegated_inode = &delegated,
		};

		error = start_renaming(&data, 0, &old, &new);
		if (error)
			break;
		if (!d_is_dir(data.old_dentry) && (has_slash(from) || has_slash(to)))
			error = -ENOTDIR;
		else
			error = security_path_rename(&from->path, data.old_dentry, &to->path, data.new_dentry, 0);
		if (!error)
			error = vfs_rename(&data);
		end_renaming(&data);
	} while (again(&delegated, &error));
	mnt_drop_write(mnt);
	return error;
}
