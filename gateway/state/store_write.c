/*
 * store_write: changes to the credential file, for the commands: one at a time,
 * whole or not at all, kept over a crash.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "state/store_impl.h"

/* A change takes milliseconds; who waits so long waits for something broken. */
#define LOCK_WAIT_MS 10000
#define LOCK_STEP_US 5000

/* The file under its lock. */
struct store_change {
	char *path; /* no symbolic link: what rename replaces is the file itself */
	int fd;
	struct stat before;
	struct store *store;
};

static void
print_time(struct text *out, const char *name, int64_t when)
{
	char buf[CLOCK_RFC3339_SIZE];

	if (when == 0)
		return;
	clock_rfc3339(when, buf);
	text_addf(out, ", \"%s\": \"%s\"", name, buf);
}

static void
print_string(struct text *out, const char *name, const char *value)
{
	text_addf(out, ", \"%s\": ", name);
	text_add_json(out, span_of(value));
}

static void
print_credential(struct text *out, const struct credential *c)
{
	char hex[2 * SECRET_SHA256_LEN + 1];

	text_addf(out, "\t{\"kind\": \"%s\"", credential_kind_name(c->kind));
	print_string(out, "tenant", c->tenant);
	print_string(out, "name", c->name);
	print_time(out, "created", c->created);
	print_time(out, "expires", c->expires);
	print_time(out, "revoked", c->revoked);
	if (c->kind == CREDENTIAL_HYPER) {
		print_string(out, "access_key", c->access_key);
		print_string(out, "secret", c->secret);
	} else {
		text_hex(hex, c->digest, sizeof(c->digest));
		print_string(out, "sha256", hex);
	}
	text_add_char(out, '}');
}

void
store_print(const struct store *s, struct text *out)
{
	text_add_str(out, "{\"credentials\": [\n");
	for (unsigned i = 0; i < s->count; i++) {
		print_credential(out, &s->at[i]);
		text_add_str(out, i + 1 < s->count ? ",\n" : "\n");
	}
	text_add_str(out, "]}\n");
}

static int
fail(struct text *errors, const char *path, const char *what)
{
	text_addf(errors, "%s: %s: %s\n", path, what, strerror(errno));
	return -1;
}

static int
fail_busy(const char *path, struct text *errors)
{
	text_addf(errors, "%s: another command holds it; try again when that has ended\n", path);
	return -1;
}

static int
lock(int fd, const char *path, uint64_t deadline, struct text *errors)
{
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail(errors, path, "cannot be locked");
		if (clock_mono_ms() > deadline)
			return fail_busy(path, errors);
		usleep(LOCK_STEP_US);
	}
	return 0;
}

/* The file that has the name once we have its lock: whoever held it before may have replaced it. */
static int
open_locked(struct store_change *c, struct text *errors)
{
	uint64_t deadline = clock_mono_ms() + LOCK_WAIT_MS;
	struct stat now;

	while (clock_mono_ms() <= deadline) {
		c->fd = open(c->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (c->fd < 0)
			return fail(errors, c->path, "cannot be opened");
		if (lock(c->fd, c->path, deadline, errors) != 0)
			return -1;
		if (fstat(c->fd, &c->before) != 0 || stat(c->path, &now) != 0)
			return fail(errors, c->path, "cannot be looked at");
		if (c->before.st_ino == now.st_ino && c->before.st_dev == now.st_dev)
			return 0;
		close(c->fd);
		c->fd = -1;
	}
	return fail_busy(c->path, errors);
}

static void
change_end(struct store_change *c)
{
	store_free(c->store);
	if (c->fd >= 0)
		close(c->fd);
	free(c->path);
}

static int
change_begin(struct store_change *c, const char *path, struct text *errors)
{
	struct text bytes = { 0 };

	*c = (struct store_change){ .fd = -1, .path = realpath(path, NULL) };
	if (!c->path)
		fail(errors, path, "the credentials cannot be read");
	else if (open_locked(c, errors) == 0 && store_read_fd(c->fd, path, &bytes, errors) == 0)
		c->store = store_read_bytes(path, text_span(&bytes), errors);
	text_free_wiped(&bytes);
	if (c->store)
		return 0;
	change_end(c);
	return -1;
}

/* The new file belongs to whom the old one did: an administrator's change must not take it from the gateway. */
static int
write_new(const struct store_change *c, const char *name, struct span bytes)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int result = -1;

	if (fd < 0)
		return -1;
	if ((c->before.st_uid == geteuid() && c->before.st_gid == getegid()) ||
		fchown(fd, c->before.st_uid, c->before.st_gid) == 0)
		result = file_write_all(fd, bytes) == 0 && fsync(fd) == 0 ? 0 : -1;
	if (close(fd) != 0)
		result = -1;
	return result;
}

/* A rename is on disk when its folder is. */
static int
sync_folder(const char *path)
{
	char *folder = span_dup((struct span){ path, (size_t)(strrchr(path, '/') - path) + 1 });
	int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int result = fd >= 0 ? fsync(fd) : -1;

	if (fd >= 0)
		close(fd);
	free(folder);
	return result;
}

static int
change_commit(struct store_change *c, struct text *errors)
{
	struct text bytes, name;
	int result = -1;

	text_init(&bytes, 0);
	text_init(&name, 0);
	store_print(c->store, &bytes);
	text_addf(&name, "%s.new", c->path);
	if (bytes.failed || name.failed) {
		text_addf(errors, "%s: no memory for the change\n", c->path);
	} else {
		/* What a command that was killed has left; nobody else writes it while we have the lock. */
		unlink(name.p);
		if (write_new(c, name.p, text_span(&bytes)) != 0 || rename(name.p, c->path) != 0 ||
			sync_folder(c->path) != 0) {
			fail(errors, c->path, "cannot be replaced");
			unlink(name.p);
		} else {
			result = 0;
		}
	}
	text_free(&name);
	text_free_wiped(&bytes);
	return result;
}

static int
check_new(const struct store *s, const struct credential *c, const char *path, struct text *errors)
{
	const struct credential *same = store_find_name(s, span_of(c->name));

	if (!store_name_ok(span_of(c->tenant)) || !store_name_ok(span_of(c->name))) {
		text_addf(errors,
			"%s: a name is 1 to %d of a-z, A-Z, 0-9, '_', '.', '@', '-', a letter or digit first\n",
			path, STORE_NAME_MAX);
		return -1;
	}
	if (same) {
		text_addf(errors, "%s: there is a credential named \"%s\"%s; choose another name\n",
			path, c->name, same->revoked ? " already, revoked" : " already");
		return -1;
	}
	if (c->kind == CREDENTIAL_HYPER)
		same = store_find_access_key(s, span_of(c->access_key));
	else
		same = store_find_digest(s, c->kind, c->digest);
	if (!same)
		return 0;
	text_addf(errors, "%s: it is there already, named \"%s\"\n", path, same->name);
	return -1;
}

static int
append(struct store *s, const struct credential *c, const char *path, struct text *errors)
{
	/* The reader leaves room for one. */
	struct credential *at = &s->at[s->count];

	*at = *c;
	at->tenant = span_dup(span_of(c->tenant));
	at->name = span_dup(span_of(c->name));
	at->access_key = c->access_key ? span_dup(span_of(c->access_key)) : NULL;
	at->secret = c->secret ? span_dup(span_of(c->secret)) : NULL;
	s->count++;
	if (!at->tenant || !at->name || (c->access_key && !at->access_key) ||
		(c->secret && !at->secret)) {
		text_addf(errors, "%s: no memory for the change\n", path);
		return -1;
	}
	return store_index(s, path, errors);
}

int
store_add(const char *path, const struct credential *c, struct text *errors)
{
	struct store_change change;
	int result = -1;

	if (change_begin(&change, path, errors) != 0)
		return -1;
	if (check_new(change.store, c, path, errors) == 0 &&
		append(change.store, c, path, errors) == 0)
		result = change_commit(&change, errors);
	change_end(&change);
	return result;
}

int
store_revoke(const char *path, struct span name, struct text *errors)
{
	struct store_change change;
	const struct credential *found;
	int result = -1;

	if (change_begin(&change, path, errors) != 0)
		return -1;
	found = store_find_name(change.store, name);
	if (!found) {
		text_addf(errors,
			"%s: there is no credential named \"%.*s\"; \"fairlead key list\" shows all\n",
			path, SPAN_ARG(name));
	} else if (found->revoked) {
		result = 0; /* keeps the time of the first */
	} else {
		change.store->at[found - change.store->at].revoked = clock_unix();
		result = change_commit(&change, errors);
	}
	change_end(&change);
	return result;
}
