/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WASMK_SPLICE_H
#define WASMK_SPLICE_H

#include <linux/types.h>

struct socket;

ssize_t wasmk_splice_pages(struct socket *from, struct socket *to, size_t max, bool *to_failed);
ssize_t wasmk_splice_copy(struct socket *from, struct socket *to, void *buffer, size_t size, bool *to_failed);

#endif
