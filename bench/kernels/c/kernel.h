/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* What every kernel starts from. A kernel is one function, run(n): n rounds of work on data that it makes itself, so that every
 * call of it gives the same number, on whatever engine. No library: what is measured is the code in this directory. */
#ifndef KERNEL_H
#define KERNEL_H
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int i32;
typedef long long i64;

/* The entry point; the name that wasm exports and the native driver calls. */
#ifdef __wasm__
#define EXPORT __attribute__((export_name("run")))
#else
#define EXPORT
#endif
u32 run(u32 n);

#define NOINLINE __attribute__((noinline))

static inline u32 rotl(u32 x, u32 k) { return x << k | x >> (32 - k); }

/* A xorshift generator: cheap, and the same everywhere. */
static inline u32 next_random(u32 *state)
{
	u32 x = *state;
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return *state = x;
}
#endif
