// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

// Euclidean distance of two vectors that the caller writes into this module's memory: call malloc twice, write
// n little-endian doubles at each of the two addresses, call vec_distance, and free both.

#include <stddef.h>
#include <stdlib.h>

__attribute__((export_name("malloc")))
void *exported_malloc(size_t size)
{
	return malloc(size);
}

__attribute__((export_name("free")))
void exported_free(void *address)
{
	free(address);
}

__attribute__((export_name("vec_distance")))
double vec_distance(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		double d = a[i] - b[i];

		sum += d * d;
	}
	return __builtin_sqrt(sum);
}
