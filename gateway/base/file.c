/*
 * file: reads and writes that go on until all is done.
 */
#include "base/file.h"

#include <errno.h>
#include <unistd.h>

#include "base/secret.h"

int
file_write_all(int fd, struct span s)
{
	while (s.len > 0) {
		ssize_t n = write(fd, s.p, s.len);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			s.p += n;
			s.len -= (size_t)n;
		}
	}
	return 0;
}

int
file_read_all(int fd, struct text *bytes)
{
	char piece[16384];
	ssize_t n;
	int fault;

	do {
		n = read(fd, piece, sizeof(piece));
		if (n > 0)
			text_add(bytes, piece, (size_t)n);
	} while (!bytes->failed && (n > 0 || (n < 0 && errno == EINTR)));
	fault = bytes->failed ? EFBIG : n < 0 ? errno : 0;
	/* It may be a file of secrets. */
	secret_wipe(piece, sizeof(piece));
	errno = fault;
	return fault == 0 ? 0 : -1;
}
