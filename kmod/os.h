/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WASMK_OS_H
#define WASMK_OS_H

#include <linux/types.h>
#include <linux/uio.h>

/* Traits of a file: the type bits of its mode, and these. */
#define WASMK_READABLE (1u << 16)
#define WASMK_WRITABLE (1u << 17)
/* Takes RWF_NOWAIT. */
#define WASMK_NOWAIT (1u << 18)
/* Not to be granted. */
#define WASMK_REFUSED (1u << 19)
/* Has a position. */
#define WASMK_SEEKABLE (1u << 20)

/* Traits of a socket: bits 0-7 its type, bits 8-15 its family, and these. */
#define WASMK_SOCK_LISTENING (1u << 16)
#define WASMK_SOCK_CONNECTING (1u << 17)

struct cred;
struct dentry;
struct file;
struct net;
struct poll_table_struct;
struct poll_wqueues;
struct socket;
struct vfsmount;

struct net *wasmk_net_get(void);
void wasmk_net_put(struct net *net);

/* A root directory; both are null for none. */
struct wasmk_root {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

void wasmk_root_get(struct wasmk_root *root);
void wasmk_root_put(const struct wasmk_root *root);
bool wasmk_root_is_current(const struct wasmk_root *root);
const struct cred *wasmk_cred_get(void);
unsigned int wasmk_file_traits(struct file *file);
ssize_t wasmk_file_io(struct file *file, struct kvec *vec, unsigned int count, size_t len, loff_t *at, bool write,
		      unsigned int flags);
loff_t wasmk_file_seek(struct file *file, loff_t offset, int whence);
__poll_t wasmk_poll(struct file *file, struct poll_table_struct *table);
void wasmk_poll_sleep(struct poll_wqueues *queues, ktime_t *expires);
u64 wasmk_cpu_time(bool process);
unsigned int wasmk_sock_traits(struct socket *sock);
int wasmk_sock_error(struct socket *sock);
void wasmk_sock_nodelay(struct socket *sock);

#endif
