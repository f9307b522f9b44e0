// SPDX-License-Identifier: GPL-2.0
/*
 * What src/os needs of the kernel that is a macro or an inline function, or whose types the kernel's Rust bindings leave out.
 * Declared, with contracts, in src/os/sys/ffi.rs.
 */
#include <linux/cred.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/hrtimer.h>
#include <linux/net.h>
#include <linux/nsproxy.h>
#include <linux/path.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/sched/cputime.h>
#include <linux/tcp.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "files.h"
#include "os.h"

struct net *wasmk_net_get(void)
{
	return get_net(current->nsproxy->net_ns);
}

void wasmk_net_put(struct net *net)
{
	put_net(net);
}

void wasmk_root_get(struct wasmk_root *root)
{
	struct path path;

	get_fs_root(current->fs, &path);
	root->mnt = path.mnt;
	root->dentry = path.dentry;
}

void wasmk_root_put(const struct wasmk_root *root)
{
	struct path path = { .mnt = root->mnt, .dentry = root->dentry };

	path_put(&path);
}

bool wasmk_root_is_current(const struct wasmk_root *root)
{
	struct wasmk_root own;
	bool same;

	wasmk_root_get(&own);
	same = own.mnt == root->mnt && own.dentry == root->dentry;
	wasmk_root_put(&own);
	return same;
}

const struct cred *wasmk_cred_get(void)
{
	return get_current_cred();
}

unsigned int wasmk_file_traits(struct file *file)
{
	struct inode *inode = file_inode(file);
	unsigned int traits = inode->i_mode & S_IFMT;
	struct eventfd_ctx *eventfd;

	if (IS_ANON_FILE(inode)) {
		/* Of these, eventfds only: they are streams of counters. */
		traits = 0;
		eventfd = eventfd_ctx_fileget(file);
		if (!IS_ERR(eventfd)) {
			eventfd_ctx_put(eventfd);
			traits = S_IFIFO;
		}
	}
	if (file->f_mode & FMODE_READ && file->f_mode & FMODE_CAN_READ && file->f_op->read_iter)
		traits |= WASMK_READABLE;
	if (file->f_mode & FMODE_WRITE && file->f_mode & FMODE_CAN_WRITE && file->f_op->write_iter)
		traits |= WASMK_WRITABLE;
	if (file->f_mode & FMODE_NOWAIT)
		traits |= WASMK_NOWAIT;
	if (file->f_mode & FMODE_LSEEK)
		traits |= WASMK_SEEKABLE;
	if (file->f_flags & O_DIRECT || file->f_mode & FMODE_PATH)
		traits |= WASMK_REFUSED;
	return traits;
}

/*
 * Takes the lock of a file's position, under which another thread may read or write for long. Fails with -ERESTARTSYS for whom a signal is
 * pending when its turn comes, so that of all who wait when their program is killed none begins; nothing was done, and the call is made again
 * if there is still somebody to make it.
 */
static int lock_position(struct file *file)
{
	if (mutex_trylock(&file->f_pos_lock))
		return 0;
	if (mutex_lock_interruptible(&file->f_pos_lock))
		return -ERESTARTSYS;
	/* The lock is also had without a look at signals, by who spins for it. */
	if (!signal_pending(current))
		return 0;
	mutex_unlock(&file->f_pos_lock);
	return -ERESTARTSYS;
}

/* Positions of files that have them are moved under their lock, as read(2) does. */
ssize_t wasmk_file_io(struct file *file, struct kvec *vec, unsigned int count, size_t len, loff_t *at, bool write,
		      unsigned int flags)
{
	bool own = !at && file->f_mode & FMODE_ATOMIC_POS;
	struct iov_iter iter;
	loff_t pos = 0;
	ssize_t done;

	if (own && lock_position(file))
		return -ERESTARTSYS;
	if (!at && !(file->f_mode & FMODE_STREAM))
		pos = file->f_pos;
	if (write && S_ISREG(file_inode(file)->i_mode)) {
		/* The kernel would send SIGXFSZ to a process that is not to blame. What still fits is written. */
		bool append = file->f_flags & O_APPEND || flags & (__force unsigned int)RWF_APPEND;

		if (wasmk_beyond_limit((append ? i_size_read(file_inode(file)) : at ? *at : pos) + 1)) {
			done = -EFBIG;
			goto out;
		}
	}
	iov_iter_kvec(&iter, write ? ITER_SOURCE : ITER_DEST, vec, count, len);
	if (write)
		done = vfs_iter_write(file, &iter, at ?: &pos, (__force rwf_t)flags);
	else
		done = vfs_iter_read(file, &iter, at ?: &pos, (__force rwf_t)flags);
	if (!at && done >= 0 && !(file->f_mode & FMODE_STREAM))
		file->f_pos = pos;
out:
	if (own)
		mutex_unlock(&file->f_pos_lock);
	return done;
}

loff_t wasmk_file_seek(struct file *file, loff_t offset, int whence)
{
	loff_t pos;

	if (lock_position(file))
		return -ERESTARTSYS;
	pos = vfs_llseek(file, offset, whence);
	mutex_unlock(&file->f_pos_lock);
	return pos;
}

__poll_t wasmk_poll(struct file *file, struct poll_table_struct *table)
{
	return vfs_poll(file, table);
}

/* As poll_schedule_timeout(), which is not exported. */
void wasmk_poll_sleep(struct poll_wqueues *queues, ktime_t *expires)
{
	set_current_state(TASK_INTERRUPTIBLE | TASK_FREEZABLE);
	if (!READ_ONCE(queues->triggered) && !signal_pending(current))
		schedule_hrtimeout_range(expires, 0, HRTIMER_MODE_ABS);
	__set_current_state(TASK_RUNNING);
	smp_store_mb(queues->triggered, 0);
}

u64 wasmk_cpu_time(bool process)
{
	struct task_struct *thread;
	u64 sum;

	if (!process)
		return READ_ONCE(current->se.sum_exec_runtime);
	sum = READ_ONCE(current->signal->sum_sched_runtime);
	rcu_read_lock();
	for_each_thread(current, thread)
		sum += READ_ONCE(thread->se.sum_exec_runtime);
	rcu_read_unlock();
	return sum;
}

unsigned int wasmk_sock_traits(struct socket *sock)
{
	struct sock *sk = sock->sk;
	unsigned int traits = sock->type & 0xff;

	traits |= (unsigned int)sk->sk_family << 8;
	if (sk->sk_state == TCP_LISTEN)
		traits |= WASMK_SOCK_LISTENING;
	if (sk->sk_state == TCP_SYN_SENT)
		traits |= WASMK_SOCK_CONNECTING;
	return traits;
}

int wasmk_sock_error(struct socket *sock)
{
	return sock_error(sock->sk);
}

void wasmk_sock_nodelay(struct socket *sock)
{
	if (sk_is_tcp(sock->sk))
		tcp_sock_set_nodelay(sock->sk);
}
