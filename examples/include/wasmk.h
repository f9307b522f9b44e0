/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */

/*
 * The "wasmk" import module for guests in C: what WASI preview 1 lacks for network programs. All functions answer an
 * error number of WASI preview 1 (0 for success). docs/abi.md describes each.
 */

#ifndef WASMK_H
#define WASMK_H

#include <stddef.h>
#include <stdint.h>
#include <wasi/api.h>

#define WASMK_IMPORT(name) \
	__attribute__((import_module("wasmk"), import_name(#name), warn_unused_result))

/* Flag of wasmk_sock_connect. */
#define WASMK_CONNECT_NONBLOCK 1

/* Flag of wasmk_sock_splice. */
#define WASMK_SPLICE_NONBLOCK 1

/* Operations of wasmk_queue_control. */
#define WASMK_QUEUE_ADD 1
#define WASMK_QUEUE_MODIFY 2
#define WASMK_QUEUE_REMOVE 3

/* Events. Hang-up and error are told without being asked for. */
#define WASMK_READ 1
#define WASMK_WRITE 2
#define WASMK_HANGUP 4
#define WASMK_ERROR 8
#define WASMK_EDGE 0x100

/* No descriptor, and the most bytes of a message of wasmk_channel_send. */
#define WASMK_NO_FD ((__wasi_fd_t)-1)
#define WASMK_MESSAGE_MAX 1024

/* Levels of wasmk_log. */
#define WASMK_LOG_ERROR 0
#define WASMK_LOG_WARN 1
#define WASMK_LOG_INFO 2
#define WASMK_LOG_DEBUG 3
#define WASMK_LOG_TRACE 4

struct wasmk_event {
	uint64_t userdata;
	uint32_t events;
	uint32_t fd;
};

_Static_assert(sizeof(struct wasmk_event) == 16, "layout of the interface");

WASMK_IMPORT(grant_find)
__wasi_errno_t wasmk_grant_find(const char *name, size_t name_len, __wasi_fd_t *fd);

WASMK_IMPORT(dialer_addresses)
__wasi_errno_t wasmk_dialer_addresses(__wasi_fd_t dialer, uint32_t *count);

WASMK_IMPORT(sock_connect)
__wasi_errno_t wasmk_sock_connect(__wasi_fd_t dialer, uint32_t index, uint32_t flags, __wasi_fd_t *fd);

WASMK_IMPORT(sock_connect_status)
__wasi_errno_t wasmk_sock_connect_status(__wasi_fd_t fd);

WASMK_IMPORT(sock_peer_address)
__wasi_errno_t wasmk_sock_peer_address(__wasi_fd_t fd, char *text, size_t room, size_t *len);

WASMK_IMPORT(sock_local_address)
__wasi_errno_t wasmk_sock_local_address(__wasi_fd_t fd, char *text, size_t room, size_t *len);

WASMK_IMPORT(sock_recv_from)
__wasi_errno_t wasmk_sock_recv_from(__wasi_fd_t fd, const __wasi_iovec_t *list, size_t list_len,
				    __wasi_riflags_t flags, size_t *len, __wasi_roflags_t *flags_out,
				    void *sender, size_t sender_room, size_t *sender_len);

WASMK_IMPORT(sock_send_to)
__wasi_errno_t wasmk_sock_send_to(__wasi_fd_t fd, const __wasi_ciovec_t *list, size_t list_len,
				  const void *receiver, size_t receiver_len, size_t *len);

/*
 * Moves at least one byte, or says that the stream has ended: 0. With AGAIN, moved says what to wait for: WASMK_READ of from
 * or WASMK_WRITE of to.
 */
WASMK_IMPORT(sock_splice)
__wasi_errno_t wasmk_sock_splice(__wasi_fd_t from, __wasi_fd_t to, size_t max, uint32_t flags, size_t *moved);

WASMK_IMPORT(queue_create)
__wasi_errno_t wasmk_queue_create(uint32_t flags, __wasi_fd_t *queue);

WASMK_IMPORT(queue_control)
__wasi_errno_t wasmk_queue_control(__wasi_fd_t queue, uint32_t op, __wasi_fd_t fd, uint32_t events,
				   uint64_t userdata);

/* Waits for at most timeout nanoseconds; -1 waits forever. */
WASMK_IMPORT(queue_wait)
__wasi_errno_t wasmk_queue_wait(__wasi_fd_t queue, struct wasmk_event *events, size_t room,
				int64_t timeout, size_t *count);

/* Passes a duplicate of fd with these rights; WASMK_NO_FD passes none. */
WASMK_IMPORT(channel_send)
__wasi_errno_t wasmk_channel_send(__wasi_fd_t channel, __wasi_fd_t fd, __wasi_rights_t rights_base,
				  __wasi_rights_t rights_inheriting, const void *data, size_t len);

/* The descriptor that came with the message, or WASMK_NO_FD. */
WASMK_IMPORT(channel_recv)
__wasi_errno_t wasmk_channel_recv(__wasi_fd_t channel, void *data, size_t room, size_t *len,
				  __wasi_fd_t *fd);

WASMK_IMPORT(log)
__wasi_errno_t wasmk_log(uint32_t level, const char *text, size_t len);

#undef WASMK_IMPORT

#endif
