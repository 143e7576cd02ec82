/*
 * issue_cert: makes a client certificate, its files and its entry in the store:
 * all three or none.
 */
#include "cmd/issue.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/client_cert.h"

/* In the order in which they are written. */
enum { FILE_KEY, FILE_CERT, FILE_CA, FILES };
static const char *const names[FILES] = { "key.pem", "cert.pem", "ca.pem" };

/* What is to be undone when a later step fails. */
struct issued {
	const struct issue *issue;
	char *folder; /* absolute */
	bool made_folder;
	unsigned written;
};

static char *
path_of(const char *folder, const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

/* A name that a docker context can carry, and nothing that would be overwritten. */
static int
check_folder(const struct issue *i, const char *folder)
{
	if (strpbrk(folder, ",\"\n") || !*folder)
		return issue_fail(i->command, 2,
			"the folder \"%s\" has a comma, quote or newline in its name; name another",
			folder);
	for (unsigned n = 0; n < FILES; n++) {
		char *path = path_of(folder, names[n]);
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
print_pem(FILE *f, unsigned which, const struct client_cert *made)
{
	switch (which) {
	case FILE_KEY:
		return PEM_write_PKCS8PrivateKey(f, made->key, NULL, NULL, 0, NULL, NULL);
	case FILE_CERT:
		return PEM_write_X509(f, made->cert);
	default:
		for (int n = 0; n < sk_X509_num(made->server_ca); n++) {
			if (PEM_write_X509(f, sk_X509_value(made->server_ca, n)) != 1)
				return 0;
		}
		return 1;
	}
}

static int
write_file(struct issued *x, unsigned which, const struct client_cert *made)
{
	char *path = path_of(x->folder, names[which]);
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
				which == FILE_KEY ? 0600 : 0644)
		      : -1;
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
	bool written = false;

	free(path);
	if (f) {
		x->written = which + 1;
		written = print_pem(f, which, made) == 1 && fflush(f) == 0 && fsync(fd) == 0;
		written = fclose(f) == 0 && written;
	} else if (fd >= 0) {
		close(fd);
	}
	if (written)
		return 0;
	return issue_fail(x->issue->command, 1, "%s/%s cannot be written: %s", x->folder,
		names[which], strerror(errno));
}

static void
undo(struct issued *x)
{
	for (unsigned n = 0; n < x->written && n < FILES; n++) {
		char *path = path_of(x->folder, names[n]);

		if (path)
			unlink(path);
		free(path);
	}
	if (x->made_folder && x->folder)
		rmdir(x->folder);
}

static int
register_made(const struct issue *i, const struct client_cert *made)
{
	struct credential c = { .kind = CREDENTIAL_CERT, .expires = made->not_after };
	int code;

	memcpy(c.digest, made->digest, sizeof(c.digest));
	code = issue_register(i, &c);
	free(c.tenant);
	free(c.name);
	return code;
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
issue_cert(const struct issue *i, const struct issue_cert *want)
{
	struct issued x = { .issue = i };
	struct client_cert made = { 0 };
	int code = client_cert_make(&made, i, want);

	if (code == 0)
		code = make_folder(&x, want->folder);
	for (unsigned n = 0; n < FILES && code == 0; n++)
		code = write_file(&x, n, &made);
	if (code == 0)
		code = register_made(i, &made);
	if (code == 0)
		code = print_lines(&x);
	else
		undo(&x);
	client_cert_free(&made);
	free(x.folder);
	return code;
}
