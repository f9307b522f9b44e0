// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

// ucase [INPUT [OUTPUT]]: copies with lower-case ASCII letters made upper-case. Without OUTPUT, or without either, the standard
// streams are used: a filter.
//
// It opens the files by their names, as any program does. What it may open is what it was granted:
//
//	wasmctl run ucase.wasm in.c /tmp/out.c				Input denied!
//	wasmctl run --dir=. ucase.wasm in.c /tmp/out.c			Output denied!
//	wasmctl run --dir=. --dir=/tmp ucase.wasm in.c /tmp/out.c
//	wasmctl run --dir=. --mapdir=/tmp:./x ucase.wasm in.c /tmp/out.c	writes ./x/out.c

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int fail(const char *what, const char *path)
{
	fprintf(stderr, "%s\n%s: %s\n", what, path, strerror(errno));
	return 1;
}

static int write_all(int fd, const char *from, size_t count)
{
	while (count > 0) {
		ssize_t n = write(fd, from, count);

		if (n < 0)
			return -1;
		from += n;
		count -= n;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static char buffer[65536];
	const char *source = argc > 1 ? argv[1] : "standard input";
	const char *target = argc > 2 ? argv[2] : "standard output";
	int in = STDIN_FILENO, out = STDOUT_FILENO;
	ssize_t count;

	if (argc > 3) {
		fprintf(stderr, "usage: ucase [INPUT [OUTPUT]]\n");
		return 2;
	}
	if (argc > 1) {
		in = open(source, O_RDONLY);
		if (in < 0)
			return fail("Input denied!", source);
	}
	if (argc > 2) {
		out = open(target, O_WRONLY | O_CREAT | O_TRUNC, 0666);
		if (out < 0)
			return fail("Output denied!", target);
	}
	while ((count = read(in, buffer, sizeof(buffer))) > 0) {
		for (ssize_t i = 0; i < count; i++)
			if (buffer[i] >= 'a' && buffer[i] <= 'z')
				buffer[i] -= 'a' - 'A';
		if (write_all(out, buffer, count) < 0)
			return fail("Cannot write.", target);
	}
	if (count < 0)
		return fail("Cannot read.", source);
	if (out != STDOUT_FILENO && close(out) < 0)
		return fail("Cannot write.", target);
	return 0;
}
