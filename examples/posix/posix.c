// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

// An ordinary C program: files and directories by the C library's functions, in the directory that is its argument.
// It tells what it does line by line, and ends with status 1 at the first thing that is not as POSIX has it.

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "posix: line %d: not so: %s (errno %d, %s)\n", __LINE__, #condition, errno, \
				strerror(errno)); \
			exit(1); \
		} \
	} while (0)

// Names below the directory.
static char *in(const char *dir, const char *name)
{
	char *path;

	CHECK(asprintf(&path, "%s/%s", dir, name) > 0);
	return path;
}

static void stdio(const char *file)
{
	FILE *f = fopen(file, "w+x");
	char word[16], line[64];
	int number;

	CHECK(f);
	for (int i = 0; i < 1000; i++)
		CHECK(fprintf(f, "line %d\n", i) > 0);
	CHECK(fseek(f, 0, SEEK_SET) == 0);
	for (int i = 0; i < 1000; i++)
		CHECK(fscanf(f, "%15s %d", word, &number) == 2 && number == i);
	CHECK(fseek(f, -9, SEEK_END) == 0 && fgets(line, sizeof(line), f) && strcmp(line, "line 999\n") == 0);
	CHECK(ftell(f) == 8890 && !fgets(line, sizeof(line), f) && feof(f));
	CHECK(fclose(f) == 0);
	CHECK(!fopen(file, "wx") && errno == EEXIST);
	puts("stdio: a thousand lines");
}

static void descriptors(const char *file)
{
	struct timespec times[2] = { { 1000000000, 123456789 }, { 1100000000, 987654321 } };
	struct stat st;
	char buffer[8] = "";
	int fd = open(file, O_RDWR);

	CHECK(fd >= 0);
	CHECK(pwrite(fd, "LINE", 4, 7) == 4 && pread(fd, buffer, 6, 7) == 6 && strcmp(buffer, "LINE 1") == 0);
	CHECK(lseek(fd, 0, SEEK_CUR) == 0);
	CHECK(ftruncate(fd, 14) == 0 && fstat(fd, &st) == 0 && st.st_size == 14);
	CHECK(ftruncate(fd, 4096) == 0 && pread(fd, buffer, 1, 4095) == 1 && buffer[0] == 0);
	CHECK(posix_fallocate(fd, 0, 8192) == 0 && fstat(fd, &st) == 0 && st.st_size == 8192);
	CHECK(fsync(fd) == 0 && fdatasync(fd) == 0);
	CHECK(fcntl(fd, F_SETFL, O_APPEND) == 0 && write(fd, "end", 3) == 3);
	CHECK(fstat(fd, &st) == 0 && st.st_size == 8195 && S_ISREG(st.st_mode) && st.st_nlink == 1);
	CHECK(close(fd) == 0 && close(fd) == -1 && errno == EBADF);
	CHECK(utimensat(AT_FDCWD, file, times, 0) == 0 && stat(file, &st) == 0);
	CHECK(st.st_atim.tv_sec == 1000000000 && st.st_mtim.tv_sec == 1100000000 && st.st_mtim.tv_nsec == 987654321);
	puts("descriptors: positions, lengths, appending, times");
}

static void links(const char *dir, const char *file)
{
	char *name = in(dir, "link"), *hard = in(dir, "hard"), *loop = in(dir, "loop"), *out = in(dir, "out");
	struct stat st, target;
	char text[64];
	ssize_t length;

	CHECK(symlink("file", name) == 0 && symlink("file", name) == -1 && errno == EEXIST);
	length = readlink(name, text, sizeof(text));
	CHECK(length == 4 && memcmp(text, "file", 4) == 0);
	CHECK(lstat(name, &st) == 0 && S_ISLNK(st.st_mode));
	CHECK(stat(name, &st) == 0 && stat(file, &target) == 0 && st.st_ino == target.st_ino && S_ISREG(st.st_mode));
	CHECK(open(name, O_RDONLY | O_NOFOLLOW) == -1 && errno == ELOOP);
	CHECK(link(file, hard) == 0 && stat(file, &st) == 0 && st.st_nlink == 2);
	CHECK(unlink(name) == 0 && rename(hard, name) == 0 && access(hard, F_OK) == -1);
	CHECK(lstat(name, &st) == 0 && S_ISREG(st.st_mode));
	CHECK(symlink("loop", loop) == 0 && open(loop, O_RDONLY) == -1 && errno == ELOOP);
	CHECK(symlink("../../etc/passwd", out) == 0 && open(out, O_RDONLY) == -1 && errno == EPERM);
	CHECK(unlink(loop) == 0 && unlink(out) == 0 && unlink(name) == 0);
	puts("links: symbolic, hard, looping, leading out");
	free(name), free(hard), free(loop), free(out);
}

static void directories(const char *dir)
{
	char *sub = in(dir, "sub"), *entry;
	unsigned char seen[300] = { 0 };
	struct dirent *d;
	int count = 0, dots = 0;
	DIR *stream;

	CHECK(mkdir(sub, 0777) == 0 && mkdir(sub, 0777) == -1 && errno == EEXIST);
	for (int i = 0; i < 300; i++) {
		CHECK(asprintf(&entry, "%s/%d", sub, i) > 0);
		CHECK(close(open(entry, O_WRONLY | O_CREAT | O_EXCL, 0666)) == 0);
		free(entry);
	}
	CHECK((stream = opendir(sub)));
	while ((d = readdir(stream))) {
		if (d->d_name[0] == '.') {
			dots++;
			continue;
		}
		CHECK(atoi(d->d_name) < 300 && seen[atoi(d->d_name)]++ == 0);
		count++;
	}
	CHECK(count == 300 && dots <= 2);
	rewinddir(stream);
	for (count = 0; (d = readdir(stream)); count++)
		;
	CHECK(count == 300 + dots);
	CHECK(closedir(stream) == 0);
	CHECK(rmdir(sub) == -1 && errno == ENOTEMPTY && unlink(sub) == -1);
	for (int i = 0; i < 300; i++) {
		CHECK(asprintf(&entry, "%s/%d", sub, i) > 0);
		CHECK(unlink(entry) == 0);
		free(entry);
	}
	CHECK(rmdir(sub) == 0 && !opendir(sub) && errno == ENOENT);
	puts("directories: 300 entries, each once, and again");
	free(sub);
}

int main(int argc, char **argv)
{
	char *file;

	if (argc != 2) {
		fprintf(stderr, "usage: posix DIR\n");
		return 2;
	}
	file = in(argv[1], "file");
	stdio(file);
	descriptors(file);
	links(argv[1], file);
	directories(argv[1]);
	CHECK(remove(file) == 0 && access(file, F_OK) == -1 && errno == ENOENT);
	free(file);
	puts("all as it should be");
	return 0;
}
