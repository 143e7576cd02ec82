/*
 * cmd_cert_files: a client certificate, its files and its entry in the store:
 * all three or none.
 */
#include "cmd/cmd_cert.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static const char *const names[CERT_FILES] = {
	[CERT_FILE_KEY] = "key.pem",
	[CERT_FILE_CERT] = "cert.pem",
	[CERT_FILE_CA] = "ca.pem",
};

/* What is to be undone when a later step fails. */
struct issued {
	const struct issue *issue;
	char *folder; /* absolute */
	bool made_folder;
	unsigned written;
};

char *
cert_path(struct span folder, const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%.*s/%s", SPAN_ARG(folder), name) < 0 ? NULL : path;
}

/* A name that a docker context can carry, and nothing that would be overwritten. */
static int
check_folder(const struct issue *i, const char *folder)
{
	if (strpbrk(folder, ",\"\n") || !*folder)
		return issue_fail(i->command, 2,
			"the folder \"%s\" has a comma, quote or newline in its name; name another",
			folder);
	for (unsigned n = 0; n < CERT_FILES; n++) {
		char *path = cert_path(span_of(folder), names[n]);
		bool there = path && access(path, F_OK) == 0;

		free(path);
		if (there)
			return issue_fail(i->command, 2,
				"%s/%s is there already; name another folder, or move it away",
				folder, names[n]);
	}
	return 0;
}

static int
make_folder(struct issued *x, const char *folder)
{
	x->made_folder = mkdir(folder, 0700) == 0;
	if (!x->made_folder && errno != EEXIST)
		return issue_fail(x->issue->command, 2,
			"%s cannot be made: %s; name another folder", folder, strerror(errno));
	x->folder = realpath(folder, NULL);
	if (!x->folder)
		return issue_fail(x->issue->command, 2,
			"%s cannot be used: %s; name another folder", folder, strerror(errno));
	return check_folder(x->issue, x->folder);
}

static int
write_file(struct issued *x, unsigned which, const struct cert_made *made)
{
	char *path = cert_path(span_of(x->folder), names[which]);
	int mode = which == CERT_FILE_KEY ? 0600 : 0644;
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode) : -1;
	bool written = false;

	free(path);
	if (fd >= 0) {
		x->written = which + 1;
		written = file_write_all(fd, text_span(&made->pem[which])) == 0 && fsync(fd) == 0;
		written = close(fd) == 0 && written;
	}
	if (written)
		return 0;
	return issue_fail(x->issue->command, 1, "%s/%s cannot be written: %s", x->folder,
		names[which], strerror(errno));
}

static void
undo(struct issued *x)
{
	for (unsigned n = 0; n < CERT_FILES && n < x->written; n++) {
		char *path = cert_path(span_of(x->folder), names[n]);

		if (path)
			unlink(path);
		free(path);
	}
	if (x->made_folder && x->folder)
		rmdir(x->folder);
}

static int
register_made(const struct issue *i, const struct cert_made *made)
{
	struct credential c = { .kind = CREDENTIAL_CERT, .expires = made->not_after };

	memcpy(c.digest, made->digest, sizeof(c.digest));
	return issue_register(i, &c);
}

static int
print_lines(const struct issued *x)
{
	struct text out;

	text_init(&out, 0);
	paste_cert(&out, x->issue, x->folder);
	return issue_print(x->issue->command, &out);
}

int
cert_give(const struct issue *i, const struct cert_wish *wish)
{
	struct issued x = { .issue = i };
	struct cert_made made = { 0 };
	int code = cert_make(&made, i, wish);

	if (code == 0)
		code = make_folder(&x, wish->folder);
	for (unsigned n = 0; n < CERT_FILES && code == 0; n++)
		code = write_file(&x, n, &made);
	if (code == 0)
		code = register_made(i, &made);
	if (code == 0)
		code = print_lines(&x);
	else
		undo(&x);
	cert_made_free(&made);
	free(x.folder);
	return code;
}
