// SPDX-License-Identifier: GPL-2.0
/*
 * What src/os/sys needs of the file system: the steps between taking a lock of the VFS and giving it back, a function for each
 * operation, as fs/namei.c has them. Declared, with contracts, in src/os/sys/ffi_files.rs.
 *
 * Lock order, the kernel's own: write access to a mount, s_vfs_rename_mutex, the parents' i_rwsem, the children's. Nothing of
 * wasmk's is held meanwhile. Where a directory's lock is waited for, a fatal signal ends the wait if the kernel exports a function
 * that allows it (all but rename and setting times).
 */
#include <linux/cred.h>
#include <linux/falloc.h>
#include <linux/file.h>
#include <linux/filelock.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/security.h>
#include <linux/slab.h>

#include "files.h"

/* Rust has these as its own. */
static_assert(sizeof(struct path) == 16 && offsetof(struct path, mnt) == 0);
static_assert(sizeof(struct wasmk_parent) == 40 && offsetof(struct wasmk_parent, last) == 24);
static_assert(sizeof(struct dir_context) == 24 && offsetof(struct dir_context, pos) == 8);

#define BENEATH (LOOKUP_BENEATH | LOOKUP_NO_MAGICLINKS)

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

void wasmk_act_begin(struct wasmk_authority *authority, struct wasmk_acting *before)
{
	before->cred = override_creds(authority->cred);
	before->fs = replace_fs(&authority->fs);
}

void wasmk_act_as_opener(const struct file *file, struct wasmk_acting *before)
{
	before->cred = override_creds(file->f_cred);
	before->fs = NULL;
}

void wasmk_act_end(const struct wasmk_acting *before)
{
	if (before->fs)
		replace_fs(before->fs);
	revert_creds(before->cred);
}

/* An open file of our own: its position is not the grantor's. What the grantor's file may do has been checked when it was opened. */
struct file *wasmk_directory_reopen(struct file *file)
{
	if (!d_can_lookup(file->f_path.dentry) || !(file->f_mode & FMODE_READ))
		return ERR_PTR(-ENOTDIR);
	return dentry_open(&file->f_path, O_RDONLY | O_DIRECTORY | O_LARGEFILE, current_cred());
}

int wasmk_lookup(struct file *dir, const char *name, unsigned int flags, struct path *out)
{
	return vfs_path_lookup(dir->f_path.dentry, dir->f_path.mnt, name, flags | BENEATH, out);
}

void wasmk_path_put(const struct path *path)
{
	path_put(path);
}

umode_t wasmk_path_mode(const struct path *path)
{
	return d_inode(path->dentry)->i_mode;
}

/*
 * As may_create_in_sticky() with fs.protected_regular and fs.protected_fifos at 1, what most systems set: modules cannot see the
 * variables. True if an open that would create must be refused.
 */
bool wasmk_path_sticky(const struct path *path)
{
	struct mnt_idmap *idmap = mnt_idmap(path->mnt);
	struct inode *inode = d_inode(path->dentry);
	struct dentry *parent = dget_parent(path->dentry);
	struct inode *dir = d_inode(parent);
	const umode_t open_to_all = S_ISVTX | S_IWOTH;
	vfsuid_t owner = i_uid_into_vfsuid(idmap, inode);
	bool refused = false;

	if ((dir->i_mode & open_to_all) == open_to_all && path->dentry != path->mnt->mnt_root)
		refused = !vfsuid_eq(owner, i_uid_into_vfsuid(idmap, dir)) && !vfsuid_eq_kuid(owner, current_fsuid());
	dput(parent);
	return refused;
}

int wasmk_parent_get(struct file *dir, const char *name, unsigned int flags, struct wasmk_parent *out)
{
	int error;

	out->name = getname_kernel(name);
	if (IS_ERR(out->name))
		return PTR_ERR(out->name);
	error = vfs_path_parent_lookup(out->name, flags | BENEATH, &out->path, &out->last, &dir->f_path);
	if (error)
		putname(out->name);
	return error;
}

void wasmk_parent_put(struct wasmk_parent *parent)
{
	path_put(&parent->path);
	putname(parent->name);
}

static bool has_slash(const struct wasmk_parent *parent)
{
	return parent->last.name[parent->last.len];
}

int wasmk_stat(const struct path *path, u64 out[8])
{
	struct kstat stat;
	int error = vfs_getattr(path, &stat, STATX_BASIC_STATS, AT_STATX_SYNC_AS_STAT);

	if (error)
		return error;
	out[0] = huge_encode_dev(stat.dev);
	out[1] = stat.ino;
	out[2] = stat.nlink;
	out[3] = stat.size;
	out[4] = max_t(s64, timespec64_to_ns(&stat.atime), 0);
	out[5] = max_t(s64, timespec64_to_ns(&stat.mtime), 0);
	out[6] = max_t(s64, timespec64_to_ns(&stat.ctime), 0);
	out[7] = stat.mode;
	return 0;
}

/* What handle_truncate() does; a file that is empty already is modified, too. */
static int make_empty(struct file *file)
{
	struct iattr now = { .ia_valid = ATTR_MTIME | ATTR_CTIME | ATTR_FILE, .ia_file = file };
	struct inode *inode = file_inode(file);
	bool is_empty = !i_size_read(inode);
	int error;

	error = vfs_truncate(&file->f_path, 0);
	if (error || !is_empty)
		return error;
	error = mnt_want_write_file(file);
	if (error)
		return error;
	error = inode_lock_killable(inode);
	if (!error) {
		error = notify_change(file_mnt_idmap(file), file->f_path.dentry, &now, NULL);
		inode_unlock(inode);
	}
	mnt_drop_write_file(file);
	return error;
}

/* As do_open() for what exists; the caller has looked at the inode's type, which is the dentry's for as long as it is held. */
struct file *wasmk_open(const struct path *path, int flags)
{
	struct inode *inode = d_inode(path->dentry);
	int access = 0, error;
	struct file *file;

	if ((flags & O_ACCMODE) != O_WRONLY)
		access |= MAY_READ;
	if ((flags & O_ACCMODE) != O_RDONLY)
		access |= MAY_WRITE;
	if (flags & O_APPEND)
		access |= MAY_APPEND;
	error = inode_permission(mnt_idmap(path->mnt), inode, MAY_OPEN | access);
	if (error)
		return ERR_PTR(error);
	/* Such a file is appended to by the kernel: the flag stays with it. */
	if (IS_APPEND(inode) && (flags & O_TRUNC || ((flags & O_ACCMODE) != O_RDONLY && !(flags & O_APPEND))))
		return ERR_PTR(-EPERM);
	if (!IS_APPEND(inode))
		flags &= ~O_APPEND;
	file = dentry_open(path, flags & ~O_TRUNC, current_cred());
	if (IS_ERR(file))
		return file;
	error = security_file_post_open(file, access);
	if (!error && flags & O_TRUNC)
		error = make_empty(file);
	if (error) {
		__fput_sync(file);
		return ERR_PTR(error);
	}
	return file;
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

/*
 * As do_readlinkat(). What reads itself is a magic link: its text is no path, and its get_link may be called by path walks only.
 */
ssize_t wasmk_readlink(const struct path *path, char *into, size_t size)
{
	DEFINE_DELAYED_CALL(done);
	const char *text;
	size_t len;

	if (!d_is_symlink(path->dentry))
		return -EINVAL;
	if (d_inode(path->dentry)->i_op->readlink)
		return -EPERM;
	touch_atime(path);
	text = vfs_get_link(path->dentry, &done);
	if (IS_ERR(text))
		return PTR_ERR(text);
	if (!text)
		return -EPERM;
	len = min(strlen(text), size);
	memcpy(into, text, len);
	do_delayed_call(&done);
	return len;
}

int wasmk_utimes(const struct path *path, const struct wasmk_time times[2])
{
	struct timespec64 set[2] = {
		{ .tv_sec = times[0].seconds, .tv_nsec = times[0].nanoseconds },
		{ .tv_sec = times[1].seconds, .tv_nsec = times[1].nanoseconds },
	};

	return vfs_utimes(path, set);
}

/* Where the directory was left, or an error. */
loff_t wasmk_iterate(struct file *dir, loff_t at, struct dir_context *context)
{
	loff_t pos = 0;
	int error = mutex_lock_killable(&dir->f_pos_lock);

	if (error)
		return error;
	if (at != dir->f_pos)
		pos = vfs_llseek(dir, at, SEEK_SET);
	if (pos >= 0) {
		error = iterate_dir(dir, context);
		pos = error ?: dir->f_pos;
	}
	mutex_unlock(&dir->f_pos_lock);
	return pos;
}

/* A file that ends there is longer than this process may make one. Asked first, as the kernel sends SIGXFSZ. */
bool wasmk_beyond_limit(loff_t end)
{
	return (u64)end > rlimit(RLIMIT_FSIZE);
}

/* As do_ftruncate() and do_truncate(). */
int wasmk_file_truncate(struct file *file, loff_t size)
{
	struct iattr change = {
		.ia_valid = ATTR_SIZE | ATTR_MTIME | ATTR_CTIME | ATTR_FILE,
		.ia_size = size,
		.ia_file = file,
	};
	struct inode *inode = file_inode(file);
	int error;

	if (!S_ISREG(inode->i_mode) || !(file->f_mode & FMODE_WRITE))
		return -EINVAL;
	if (IS_APPEND(inode))
		return -EPERM;
	if (size > i_size_read(inode) && wasmk_beyond_limit(size))
		return -EFBIG;
	/* Somebody is to fill the file in first, but how to ask is not exported. So truncate(2), which does, and checks the mode. */
	if (FMODE_FSNOTIFY_HSM(file->f_mode))
		return vfs_truncate(&file->f_path, size);
	error = mnt_want_write_file(file);
	if (error)
		return error;
	error = inode_lock_killable(inode);
	if (!error) {
		error = file_remove_privs(file);
		if (!error)
			error = notify_change(file_mnt_idmap(file), file->f_path.dentry, &change, NULL);
		inode_unlock(inode);
	}
	mnt_drop_write_file(file);
	return error;
}

int wasmk_file_allocate(struct file *file, loff_t at, loff_t size)
{
	loff_t end;

	if (check_add_overflow(at, size, &end) || (end > i_size_read(file_inode(file)) && wasmk_beyond_limit(end)))
		return -EFBIG;
	return vfs_fallocate(file, 0, at, size);
}

const struct path *wasmk_file_path(const struct file *file)
{
	return &file->f_path;
}
