/*
 * upload_build: a build's context: an archive whose headers are written anew, and whose Dockerfile is held, judged,
 * and written anew with the ids of the images that it names.
 *
 * What the builder reads as the Dockerfile must be what was judged: each file of that name is, and nothing may
 * come to its place by a link: no link has its name or one of its folders', and nothing is unpacked through a
 * link that came before.
 *
 * Source: moby builder/remotecontext/{archive,detect}.go, pkg/archive.
 */
#include <stdlib.h>

#include "policy/build_images.h"
#include "policy/build_links.h"
#include "policy/policy.h"
#include "policy/upload_tar.h"

#define DEFAULT "Dockerfile"
#define FALLBACK "dockerfile" /* when there is none of the default's name */

struct build {
	struct upload_tar tar;
	struct text file; /* the Dockerfile's name, clean */
	bool is_default;
	struct build_links links;
	struct json_doc args;
	struct build_images images;
	bool held; /* the entry is a Dockerfile */
	struct text text;
	struct dockerfile *dockerfile; /* its images are being looked up */
	struct text rest,
		plain; /* of the body, meanwhile; plain: as it is when it came with gzip */
};

static struct span
query_value(const struct exchange *x, const char *key)
{
	struct span value = { NULL, 0 };

	target_query(&x->target, span_of(key), &value);
	return value;
}

/* As the judged query has it. */
static bool
query_says(const struct exchange *x, struct span pair)
{
	struct span query = text_span(&x->query);

	while (query.p)
		if (span_eq(span_cut(&query, '&'), pair))
			return true;
	return false;
}

/* The engine's reading of a boolean. */
static bool
query_pull(const struct exchange *x)
{
	struct span s = span_trim(query_value(x, "pull"));

	return s.len && !span_eq(s, SPAN("0")) && !span_eq_nocase(s, SPAN("no")) &&
		!span_eq_nocase(s, SPAN("false")) && !span_eq_nocase(s, SPAN("none"));
}

static void
build_stop(void *state)
{
	struct build *b = state;

	upload_tar_clear(&b->tar);
	text_free(&b->file);
	build_links_clear(&b->links);
	json_free(&b->args);
	text_free(&b->text);
	dockerfile_free(b->dockerfile);
	text_free(&b->rest);
	text_free(&b->plain);
	free(b);
}

static void
build_names(struct build *b, struct exchange *x)
{
	struct span file = query_value(x, "dockerfile");
	struct json_error err;

	/* The engine's "/" is the context's folder. */
	while (file.len && *file.p == '/')
		file = (struct span){ file.p + 1, file.len - 1 };
	text_init(&b->file, 0);
	if (!file.len || !tar_name_clean(file, &b->file))
		text_clear(&b->file);
	b->is_default =
		!query_value(x, "dockerfile").len || span_eq(text_span(&b->file), SPAN(DEFAULT));
	if (b->is_default && !b->file.len)
		text_add_str(&b->file, DEFAULT);
	/* policy_query has judged it. */
	if (query_value(x, "buildargs").len)
		(void)json_parse(query_value(x, "buildargs"),
			&(struct json_limits){ .exact_keys = true }, &b->args, &err);
}

static void *
build_start(struct exchange *x)
{
	struct build *b = calloc(1, sizeof(*b));

	if (!b || upload_tar_init(&b->tar, x, true) == -1) {
		free(b);
		return NULL;
	}
	build_names(b, x);
	text_init(&b->text, DOCKERFILE_MAX);
	text_init(&b->rest, 0);
	text_init(&b->plain, 0);
	b->images = (struct build_images){ .x = x,
		.rules = { .owner_label = x->config->owner_label,
			.tenant = span_of(x->tenant->name),
			.build_args = b->args.root },
		.pull = query_pull(x),
		.nocache = query_says(x, SPAN("nocache=1")) };
	image_tenant_init(&b->images.tenant, x->config, x->tenant);
	x->content_type = SPAN("application/x-tar");
	if (!b->file.failed)
		return b;
	build_stop(b);
	return NULL;
}

static bool
is_dockerfile(const struct build *b, struct span name)
{
	return span_eq(name, text_span(&b->file)) ||
		(b->is_default && span_eq(name, SPAN(FALLBACK)));
}

static bool
is_folder_of_it(const struct build *b, struct span name)
{
	struct span file = text_span(&b->file);

	return span_starts(file, name) && file.len > name.len && file.p[name.len] == '/';
}

/* NULL, or what is wrong. */
static const char *
judge_link(struct build *b, const struct tar_entry *e, struct span name)
{
	struct text link;
	bool stays;

	if (is_dockerfile(b, name) || is_folder_of_it(b, name))
		return "the Dockerfile and its folders must not be links";
	if (e->type == TAR_LINK) {
		text_init(&link, 0);
		stays = tar_name_clean(e->link, &link) && !link.failed &&
			!build_links_above(&b->links, text_span(&link));
		text_free(&link);
		if (!stays)
			return "a hard link to an absolute name, one with \"..\", or through a link, is not "
			       "allowed";
	}
	/* A hard link to a link is one, too. */
	return build_links_add(&b->links, name) ? NULL : "the context has too many links";
}

static const char *
judge_entry(struct build *b, const struct tar_entry *e, struct span name)
{
	if (e->type == TAR_CHAR || e->type == TAR_BLOCK || e->type == TAR_FIFO)
		return "devices and pipes are not allowed";
	if (build_links_above(&b->links, name))
		return "it would be unpacked through a link";
	if (e->type == TAR_LINK || e->type == TAR_SYMLINK)
		return judge_link(b, e, name);
	if (!is_dockerfile(b, name))
		return NULL;
	b->held = e->type == TAR_FILE;
	text_clear(&b->text);
	if (!b->held)
		return "the Dockerfile must be a file";
	return e->size <= DOCKERFILE_MAX ? NULL : "the Dockerfile is larger than 1 MiB";
}

/* Without attributes: builders do not copy them. */
static void
write_entry(const struct tar_entry *e, struct span name, uint64_t size, struct text *out)
{
	struct tar_entry sent = *e;

	sent.name = name;
	sent.size = size;
	sent.attributes = NULL;
	sent.attribute_count = 0;
	tar_write_entry(out, &sent);
}

static enum upload_answer
entry_begin(struct build *b, struct text *out)
{
	const struct tar_entry *e = tar_reader_entry(b->tar.reader);
	const char *wrong = NULL;
	struct text name;

	b->held = false;
	text_init(&name, 0);
	if (!tar_name_clean(e->name, &name))
		wrong = "an absolute name, or one with \"..\", is not allowed";
	else if (!name.len && e->type != TAR_DIRECTORY)
		wrong = "it has no name";
	else if (name.len)
		wrong = judge_entry(b, e, text_span(&name));
	if (!wrong && name.len && !b->held)
		write_entry(e, text_span(&name), e->size, out);
	out->failed |= name.failed;
	text_free(&name);
	return wrong ? upload_tar_refuse(&b->tar, 403, wrong) : UPLOAD_MORE;
}

/* Its images are known. */
static void
dockerfile_write(struct build *b, struct text *out)
{
	struct span sent[DOCKERFILE_IMAGES_MAX];
	struct text made, name;

	for (unsigned i = 0; i < dockerfile_images(b->dockerfile); i++)
		sent[i] = span_of(b->images.image[i].ref.id);
	text_init(&made, 0);
	text_init(&name, 0);
	dockerfile_print(b->dockerfile, sent, &made);
	(void)tar_name_clean(tar_reader_entry(b->tar.reader)->name, &name);
	write_entry(tar_reader_entry(b->tar.reader), text_span(&name), made.len, out);
	text_add_span(out, text_span(&made));
	tar_write_padding(out, made.len);
	out->failed |= made.failed || name.failed;
	text_free(&made);
	text_free(&name);
	dockerfile_free(b->dockerfile);
	b->dockerfile = NULL;
}

static enum upload_answer
dockerfile_end(struct build *b, struct text *out)
{
	struct exchange *x = b->tar.x;
	enum gate_answer a;
	struct text why;
	int rc;

	text_init(&why, 1000);
	rc = dockerfile_parse(text_span(&b->text), &b->images.rules, &b->dockerfile, &why);
	if (rc)
		exchange_refuse(x, rc == DOCKERFILE_DENIED ? 403 : 400,
			rc == DOCKERFILE_DENIED ? "denied" : "bad Dockerfile", "%.*s",
			SPAN_ARG(text_span(&why)));
	text_free(&why);
	if (rc)
		return UPLOAD_REFUSE;
	a = build_images_find(&b->images, b->dockerfile);
	if (a == GATE_PASS)
		dockerfile_write(b, out);
	return a == GATE_PASS ? UPLOAD_MORE : a == GATE_WAIT ? UPLOAD_WAIT : UPLOAD_REFUSE;
}

static enum upload_answer
entry_end(struct build *b, struct text *out)
{
	if (b->held)
		return dockerfile_end(b, out);
	tar_write_padding(out, tar_reader_entry(b->tar.reader)->size);
	return UPLOAD_MORE;
}

static enum upload_answer
build_event(struct build *b, enum tar_event event, struct span data, struct text *out)
{
	if (event == TAR_BAD)
		return UPLOAD_REFUSE;
	if (event == TAR_ENTRY)
		return entry_begin(b, out);
	if (event == TAR_ENTRY_END)
		return entry_end(b, out);
	text_add_span(b->held ? &b->text : out, data);
	return UPLOAD_MORE;
}

static enum upload_answer
build_read(struct build *b, struct span *in, struct text *out)
{
	enum upload_answer a = UPLOAD_MORE;
	enum tar_event event;
	struct span data;

	while (a == UPLOAD_MORE && (event = upload_tar_next(&b->tar, in, &data)) != TAR_MORE)
		a = build_event(b, event, data, out);
	return a;
}

/* What is not read yet goes when the call ends. */
static void
build_keep(struct build *b, struct span piece, struct text *out)
{
	struct text plain;

	text_add_span(&b->rest, piece);
	text_init(&plain, 0);
	text_add_span(&plain, b->tar.plain);
	out->failed |= b->rest.failed || plain.failed;
	text_free(&b->plain);
	b->plain = plain;
	b->tar.plain = text_span(&b->plain);
}

static enum upload_answer
build_feed(void *state, struct span piece, bool last, struct text *out)
{
	struct build *b = state;
	struct text rest = b->rest;
	enum upload_answer a;

	if (!b->file.len) {
		exchange_refuse(b->tar.x, 400, "bad query",
			"query key \"dockerfile\": must be a path within the context");
		return UPLOAD_REFUSE;
	}
	text_init(&b->rest, 0);
	if (b->dockerfile) {
		dockerfile_write(b, out);
		piece = text_span(&rest);
	}
	a = build_read(b, &piece, out);
	if (a == UPLOAD_WAIT)
		build_keep(b, piece, out);
	text_free(&rest);
	if (a != UPLOAD_MORE || !last)
		return a;
	a = upload_tar_end(&b->tar);
	if (a == UPLOAD_MORE)
		tar_write_end(out);
	return a;
}

const struct upload_kind upload_build = { "build", build_start, build_feed, build_stop };
