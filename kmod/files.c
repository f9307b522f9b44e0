// SPDX-License-Identifier: GPL-2.0
/*
 * Looking up, opening, and what is done to what is there. Declared, with contracts, in src/os/sys/ffi_files.rs.
 */
#include <linux/cred.h>
#include <linux/falloc.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/sched/signal.h>
#include <linux/security.h>

#include "files.h"

/* Rust has these as its own. */
static_assert(sizeof(struct path) == 16 && offsetof(struct path, mnt) == 0);
static_assert(sizeof(struct wasmk_parent) == 40 && offsetof(struct wasmk_parent, last) == 24);
static_assert(sizeof(struct dir_context) == 24 && offsetof(struct dir_context, pos) == 8);

#define BENEATH (LOOKUP_BENEATH | LOOKUP_NO_MAGICLINKS)

/* The places of its entries are told in 32 bits, where the file system can: C programs of 32 bits keep them in a long. */
static struct file *directory(struct file *file)
{
	if (!IS_ERR(file) && d_is_dir(file->f_path.dentry))
		file->f_mode |= FMODE_32BITHASH;
	return file;
}

/* An open file of our own: its position is not the grantor's. What the grantor's file may do has been checked when it was opened. */
struct file *wasmk_directory_reopen(struct file *file)
{
	if (!d_can_lookup(file->f_path.dentry) || !(file->f_mode & FMODE_READ))
		return ERR_PTR(-ENOTDIR);
	return directory(dentry_open(&file->f_path, O_RDONLY | O_DIRECTORY | O_LARGEFILE, current_cred()));
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
	file = directory(dentry_open(path, flags & ~O_TRUNC, current_cred()));
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
