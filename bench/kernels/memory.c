/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* The two functions that a compiler expects of its surroundings, for wasm without a C library. */
typedef __SIZE_TYPE__ size;

void *memset(void *to, int value, size count)
{
	unsigned char *p = to;
	while (count--)
		*p++ = (unsigned char)value;
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size count)
{
	unsigned char *p = to;
	const unsigned char *q = from;
	while (count--)
		*p++ = *q++;
	return to;
}
