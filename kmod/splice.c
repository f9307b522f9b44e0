// SPDX-License-Identifier: GPL-2.0
/*
 * Moving bytes from one stream socket to another. Declared, with contracts, in src/os/sys/splice.rs.
 *
 * Nothing is taken before it is sent: pages of what the first socket has received are referenced under its lock, sent by the
 * second with the first one's lock let go, and then as much is taken from the first as the second took. So at no time are two
 * sockets locked, and what could not be sent stays where it was. What has no pages to reference is looked at (MSG_PEEK) instead.
 */
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/uio.h>
#include <net/inet_connection_sock.h>
#include <net/sock.h>
#include <net/tcp.h>
#include <net/tcp_states.h>

#include "splice.h"

/* Most pieces at once: an skb takes 17. */
#define PIECES 34

struct gathered {
	struct bio_vec piece[PIECES];
	unsigned int count;
	size_t len;
};

/* TCP whose received bytes are in its queue as they came: no TLS, no program of sockmap's, nobody else's protocol over it. */
static bool plain_tcp(struct socket *sock)
{
	struct sock *sk = sock->sk;

	return sk_is_tcp(sk) && READ_ONCE(sock->ops)->read_sock == tcp_read_sock && !inet_csk_has_ulp(sk) &&
	       !READ_ONCE(sk->sk_user_data);
}

/* Adds a piece with a reference to its page; false if the page is not to be shared. */
static bool share(struct gathered *to, struct page *page, size_t offset, size_t len)
{
	page += offset >> PAGE_SHIFT;
	offset &= ~PAGE_MASK;
	if (!sendpages_ok(page, len, offset))
		return false;
	get_page(page);
	bvec_set_page(&to->piece[to->count++], page, len, offset);
	to->len += len;
	return true;
}

/* Adds a copy of at most a page of the packet's bytes at an offset. */
static int copy(struct gathered *to, struct sk_buff *skb, unsigned int offset, size_t len)
{
	struct page *page = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_NORETRY);
	int error;

	if (!page)
		return -ENOMEM;
	len = min_t(size_t, len, PAGE_SIZE);
	error = skb_copy_bits(skb, offset, page_address(page), len);
	if (error) {
		put_page(page);
		return error;
	}
	bvec_set_page(&to->piece[to->count++], page, len, 0);
	to->len += len;
	return 0;
}

/* Adds one piece of the packet at an offset: at most len bytes. */
static int gather_piece(struct gathered *to, struct sk_buff *skb, unsigned int offset, size_t len)
{
	struct skb_shared_info *info = skb_shinfo(skb);
	unsigned int start = skb_headlen(skb);
	unsigned int i;

	if (offset < start) {
		void *data = skb->data + offset;

		len = min_t(size_t, len, start - offset);
		/* As splice(2): the head of a packet that nobody else has may be in a page that can be shared. */
		if (!skb_head_is_locked(skb) && share(to, virt_to_page(data), offset_in_page(data), len))
			return 0;
		return copy(to, skb, offset, len);
	}
	for (i = 0; i < info->nr_frags; i++) {
		skb_frag_t *frag = &info->frags[i];
		unsigned int end = start + skb_frag_size(frag);

		if (offset < end) {
			struct page *page = skb_frag_page(frag);
			unsigned int skip = offset - start;

			len = min_t(size_t, len, end - offset);
			if (page && !skb_zcopy_managed(skb) && share(to, page, skb_frag_off(frag) + skip, len))
				return 0;
			return copy(to, skb, offset, len);
		}
		start = end;
	}
	/* In a list of further packets. */
	return copy(to, skb, offset, len);
}

/* References what the socket has received and nobody has read, from the first byte on, without taking it. */
static int gather(struct sock *sk, struct gathered *to, size_t max)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;
	int error = 0;
	u32 seq;

	lock_sock(sk);
	seq = tp->copied_seq;
	/* Urgent bytes are not part of the stream, nor are records of TLS that came in between: recvmsg() knows what to do. */
	if (sk->sk_state == TCP_LISTEN || tp->urg_data || unlikely(tp->repair) || inet_csk_has_ulp(sk))
		goto out;
	skb_queue_walk(&sk->sk_receive_queue, skb) {
		u32 offset = seq - TCP_SKB_CB(skb)->seq;

		if (before(seq, TCP_SKB_CB(skb)->seq) || TCP_SKB_CB(skb)->tcp_flags & TCPHDR_SYN ||
		    !skb_frags_readable(skb))
			break;
		while (offset < skb->len && to->len < max && to->count < PIECES) {
			size_t before = to->len;

			error = gather_piece(to, skb, offset, min_t(size_t, max - to->len, skb->len - offset));
			if (error)
				goto out;
			offset += to->len - before;
			seq += to->len - before;
		}
		if (offset < skb->len || to->len >= max || TCP_SKB_CB(skb)->tcp_flags & TCPHDR_FIN)
			break;
	}
out:
	release_sock(sk);
	/* An error is told only if there is nothing that could be done before. */
	return to->len ? 0 : error;
}

/*
 * Takes bytes that were sent; only somebody else who reads from the same socket can have been there before. Somebody may also have made
 * TLS of it meanwhile, which stores what it receives whatever MSG_TRUNC says: so there is a place for it, where it is dropped.
 */
static void take(struct socket *from, size_t len)
{
	while (len) {
		struct msghdr msg = {};
		int done;

		iov_iter_discard(&msg.msg_iter, ITER_DEST, len);
		done = sock_recvmsg(from, &msg, MSG_DONTWAIT | MSG_TRUNC);
		if (done <= 0)
			break;
		len -= min_t(size_t, done, len);
	}
}

/*
 * By references to pages. Answers how many bytes were moved, 0 if there is nothing that could be referenced; *to_failed says
 * whose error it is.
 */
ssize_t wasmk_splice_pages(struct socket *from, struct socket *to, size_t max, bool *to_failed)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL | MSG_SPLICE_PAGES };
	struct gathered pieces;
	unsigned int i;
	int done;

	*to_failed = false;
	if (!plain_tcp(from) || !plain_tcp(to))
		return 0;
	pieces.count = 0;
	pieces.len = 0;
	done = gather(from->sk, &pieces, max);
	if (done < 0 || !pieces.count)
		return done;
	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, pieces.piece, pieces.count, pieces.len);
	done = sock_sendmsg(to, &msg);
	for (i = 0; i < pieces.count; i++)
		put_page(pieces.piece[i].bv_page);
	if (done > 0)
		take(from, done);
	else
		*to_failed = true;
	return done;
}

/* As wasmk_splice_pages(), through a buffer; 0 is the end of the stream. */
ssize_t wasmk_splice_copy(struct socket *from, struct socket *to, void *buffer, size_t size, bool *to_failed)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	struct kvec vec = { .iov_base = buffer, .iov_len = size };
	int there, sent;
	size_t left;

	*to_failed = false;
	/* Whoever has set an offset for peeking has asked for something else than the next bytes. */
	if (READ_ONCE(from->sk->sk_peek_off) >= 0)
		return -EOPNOTSUPP;
	there = kernel_recvmsg(from, &msg, &vec, 1, size, MSG_DONTWAIT | MSG_PEEK);
	if (there <= 0)
		return there;
	msg = (struct msghdr){ .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	vec = (struct kvec){ .iov_base = buffer, .iov_len = there };
	sent = kernel_sendmsg(to, &msg, &vec, 1, there);
	if (sent <= 0) {
		*to_failed = true;
		return sent ?: -EAGAIN;
	}
	/* Read once more rather than dropped by MSG_TRUNC, which not every kind of socket knows. */
	for (left = sent; left;) {
		struct msghdr taken = {};
		int done;

		vec = (struct kvec){ .iov_base = buffer, .iov_len = left };
		done = kernel_recvmsg(from, &taken, &vec, 1, left, MSG_DONTWAIT);
		if (done <= 0)
			break;
		left -= min_t(size_t, done, left);
	}
	return sent;
}
