// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

// Prints its arguments and environment, then copies its standard input to its standard output. With an argument
// "exit=N" it ends with that code.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
	char buffer[4096];
	ssize_t count;
	int code = 0;

	printf("Hello from wasm!\n");
	for (int i = 0; i < argc; i++) {
		printf("argument %d: %s\n", i, argv[i]);
		if (strncmp(argv[i], "exit=", 5) == 0)
			code = atoi(argv[i] + 5);
	}
	for (char **variable = environ; *variable; variable++)
		printf("environment: %s\n", *variable);
	fflush(stdout);
	while ((count = read(STDIN_FILENO, buffer, sizeof(buffer))) > 0) {
		for (ssize_t done = 0; done < count;) {
			ssize_t n = write(STDOUT_FILENO, buffer + done, count - done);

			if (n <= 0)
				return 1;
			done += n;
		}
	}
	return code;
}
