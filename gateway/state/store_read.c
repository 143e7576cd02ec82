/*
 * store_read: from the credential file to a store, or to all of its errors.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "format/json.h"
#include "state/store_impl.h"

/* 65536 credentials of 250 bytes. */
#define FILE_MAX ((size_t)16 << 20)
#define NODES_MAX 700000
#define ERRORS_MAX 100

struct store_reader {
	const char *path;
	struct span in;
	struct text *errors;
	unsigned error_count;
};

__attribute__((format(printf, 3, 4))) static void
report(struct store_reader *r, const struct json *at, const char *fmt, ...)
{
	char message[256];
	unsigned line, column;
	va_list ap;

	if (++r->error_count > ERRORS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	json_where(r->in, at->offset, &line, &column);
	text_addf(r->errors, "%s:%u:%u: %s\n", r->path, line, column, message);
}

/* A copy; NULL when it is not a string of 1 to `most` bytes, reported. */
static char *
read_string(struct store_reader *r, const struct json *v, size_t most)
{
	char *copy = NULL;

	if (v->type == JSON_STRING && v->text.len > 0 && v->text.len <= most)
		copy = span_dup(v->text);
	if (!copy)
		report(r, v, "%.*s: write a string of 1 to %zu bytes without NUL", SPAN_ARG(v->key),
			most);
	return copy;
}

static char *
read_word(struct store_reader *r, const struct json *v, size_t most, bool (*ok)(struct span))
{
	if (v->type != JSON_STRING || !ok(v->text)) {
		report(r, v,
			"%.*s: write 1 to %zu of a-z, A-Z, 0-9, '_', '.', '-', a letter or digit first",
			SPAN_ARG(v->key), most);
		return NULL;
	}
	return span_dup(v->text);
}

static void
read_time(struct store_reader *r, const struct json *v, int64_t *out)
{
	if (v->type != JSON_STRING || !clock_parse(v->text, out) || *out <= 0)
		report(r, v, "%.*s: write a time such as \"2026-01-02T03:04:05Z\"",
			SPAN_ARG(v->key));
}

static void
read_kind(struct store_reader *r, const struct json *v, struct credential *c)
{
	for (int k = CREDENTIAL_CERT; k <= CREDENTIAL_HYPER; k++) {
		if (v->type == JSON_STRING &&
			span_eq(v->text, span_of(credential_kind_name((enum credential_kind)k)))) {
			c->kind = (enum credential_kind)k;
			return;
		}
	}
	report(r, v, "kind: write \"cert\", \"bearer\" or \"hyper\"");
}

/* Each once: the JSON reader refuses an object that has a key twice. */
static void
read_member(struct store_reader *r, const struct json *v, struct credential *c)
{
	if (span_eq(v->key, SPAN("kind")))
		read_kind(r, v, c);
	else if (span_eq(v->key, SPAN("tenant")))
		c->tenant = read_word(r, v, STORE_NAME_MAX, store_name_ok);
	else if (span_eq(v->key, SPAN("name")))
		c->name = read_word(r, v, STORE_NAME_MAX, store_name_ok);
	else if (span_eq(v->key, SPAN("created")))
		read_time(r, v, &c->created);
	else if (span_eq(v->key, SPAN("expires")))
		read_time(r, v, &c->expires);
	else if (span_eq(v->key, SPAN("revoked")))
		read_time(r, v, &c->revoked);
	else if (span_eq(v->key, SPAN("access_key")))
		c->access_key = read_word(r, v, STORE_ACCESS_KEY_MAX, store_access_key_ok);
	else if (span_eq(v->key, SPAN("secret")))
		c->secret = read_string(r, v, STORE_SECRET_MAX);
	else if (!span_eq(v->key, SPAN("sha256")))
		report(r, v, "there is no such member of a credential; take it out");
	else if (v->type != JSON_STRING || !text_unhex(v->text, c->digest, sizeof(c->digest)))
		report(r, v, "sha256: write 64 hex digits");
}

static void
require(struct store_reader *r, const struct json *v, const char *name)
{
	if (!json_get_exact(v, name))
		report(r, v, "%s is missing in this credential; add it", name);
}

static void
refuse(struct store_reader *r, const struct json *v, const char *name, enum credential_kind kind)
{
	if (json_get_exact(v, name))
		report(r, v, "%s has no meaning in a credential of kind %s; take it out", name,
			credential_kind_name(kind));
}

static void
digest_keys(struct credential *c)
{
	struct secret_digest *d;

	if (!c->access_key || !c->secret)
		return;
	d = secret_digest_new();
	secret_digest_add(d, c->access_key, strlen(c->access_key) + 1);
	secret_digest_add(d, c->secret, strlen(c->secret));
	secret_digest_end(d, c->digest);
}

static void
read_credential(struct store_reader *r, const struct json *v, struct credential *c)
{
	static const char *const always[] = { "kind", "tenant", "name", "created" };

	if (v->type != JSON_OBJECT) {
		report(r, v, "a credential is an object; write {\"kind\": ...}");
		return;
	}
	for (const struct json *m = v->first; m; m = m->next)
		read_member(r, m, c);
	for (unsigned i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		require(r, v, always[i]);
	if (c->kind == CREDENTIAL_HYPER) {
		require(r, v, "access_key");
		require(r, v, "secret");
		refuse(r, v, "sha256", c->kind);
		digest_keys(c);
	} else {
		require(r, v, "sha256");
		refuse(r, v, "access_key", c->kind);
		refuse(r, v, "secret", c->kind);
	}
}

static void
read_tree(struct store_reader *r, const struct json *root, struct store *s)
{
	const struct json *list = json_get_exact(root, "credentials");

	if (!list || list->type != JSON_ARRAY || root->count != 1) {
		report(r, root, "the file is not a credential store; write {\"credentials\": []}");
		return;
	}
	s->at = calloc(list->count + 1U, sizeof(*s->at));
	if (!s->at) {
		report(r, root, "no memory for %u credentials", list->count);
		return;
	}
	for (const struct json *v = list->first; v; v = v->next)
		read_credential(r, v, &s->at[s->count++]);
}

struct store *
store_read_bytes(const char *path, struct span in, struct text *errors)
{
	static const struct json_limits limits = { .depth = 4, .nodes = NODES_MAX };
	struct store_reader r = { .path = path, .in = in, .errors = errors };
	struct store *s = calloc(1, sizeof(*s));
	struct json_doc doc;
	struct json_error err;

	if (!s) {
		text_addf(errors, "%s: no memory\n", path);
		return NULL;
	}
	if (json_parse(in, &limits, &doc, &err) != 0) {
		text_addf(errors, "%s:%u:%u: the file is not JSON: %s; mend it there\n", path,
			err.line, err.column, err.message);
		r.error_count++;
	} else {
		read_tree(&r, doc.root, s);
		json_free(&doc);
	}
	if (r.error_count == 0 && store_index(s, path, errors) == 0)
		return s;
	store_free(s);
	return NULL;
}

/* The mode first: a file that others read, or write, is not to be trusted for another second. */
static int
check_mode(int fd, const char *path, struct text *errors)
{
	struct stat st;

	if (fstat(fd, &st) != 0) {
		text_addf(errors, "%s: cannot be looked at: %s\n", path, strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		text_addf(errors, "%s: is not a file; name the credential file\n", path);
	} else if (st.st_mode & (S_IRWXG | S_IRWXO)) {
		text_addf(errors, "%s: others may read or write it (mode %04o); say chmod 600 %s\n",
			path, (unsigned)st.st_mode & 07777, path);
	} else {
		return 0;
	}
	return -1;
}

int
store_read_fd(int fd, const char *path, struct text *bytes, struct text *errors)
{
	text_init(bytes, FILE_MAX);
	if (check_mode(fd, path, errors) != 0)
		return -1;
	if (file_read_all(fd, bytes) == 0)
		return 0;
	if (errno != EFBIG) {
		text_addf(errors, "%s: cannot be read: %s\n", path, strerror(errno));
		return -1;
	}
	/* Not a certificate before its end: its authority still vouches for it, the store alone does not. */
	text_addf(errors,
		"%s: is larger than 16 MiB; take out keys that are revoked, and certificates that have expired\n",
		path);
	return -1;
}

struct store *
store_read(const char *path, struct text *errors)
{
	struct store *s = NULL;
	struct text bytes;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		text_addf(errors,
			"%s: the credentials cannot be read: %s; name a file that can be\n", path,
			strerror(errno));
		return NULL;
	}
	if (store_read_fd(fd, path, &bytes, errors) == 0)
		s = store_read_bytes(path, text_span(&bytes), errors);
	text_free_wiped(&bytes);
	close(fd);
	return s;
}
