/*
 * file: reads and writes that go on until all is done.
 */
#include "base/file.h"

#include <errno.h>
#include <unistd.h>

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
