// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

// A filter: copies the standard input to the standard output with lower-case ASCII letters made upper-case.

#include <unistd.h>

int main(void)
{
	static char buffer[65536];
	ssize_t count;

	while ((count = read(STDIN_FILENO, buffer, sizeof(buffer))) > 0) {
		for (ssize_t i = 0; i < count; i++)
			if (buffer[i] >= 'a' && buffer[i] <= 'z')
				buffer[i] -= 'a' - 'A';
		for (ssize_t done = 0; done < count;) {
			ssize_t n = write(STDOUT_FILENO, buffer + done, count - done);

			if (n <= 0)
				return 1;
			done += n;
		}
	}
	return count < 0;
}
