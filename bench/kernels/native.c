/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* A kernel as a program of this machine, which answers as the engines' runners do: see bench/runner/src/serve.rs. */
#include <stdio.h>
#include <string.h>
#include <time.h>

unsigned run(unsigned n);

static long long now(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

int main(void)
{
	char line[256];
	while (fgets(line, sizeof(line), stdin)) {
		unsigned n;
		if (sscanf(line, "run %u", &n) == 1) {
			long long wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_THREAD_CPUTIME_ID);
			unsigned result = run(n);
			cpu = now(CLOCK_THREAD_CPUTIME_ID) - cpu;
			wall = now(CLOCK_MONOTONIC) - wall;
			printf("ok %lld %lld %u\n", cpu, wall, result);
		} else if (strncmp(line, "load ", 5) == 0) {
			puts("ok");
		} else {
			puts("error not for native programs");
		}
		fflush(stdout);
	}
	return 0;
}
