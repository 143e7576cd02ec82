/*
 * upload_load: an archive of images (docker save) that a tenant loads: its names become the tenant's own, its
 * configurations must not carry others' labels.
 *
 * The archive goes on as it comes, headers written anew, but for the files that tell names: "manifest.json" is held
 * and comes last, made anew; "repositories", "index.json" and "oci-layout" are left out, for engines read the manifest
 * alone then. Which files are configurations only the manifest says: every small file is read on its way.
 *
 * Of every file the sum is taken: who loads an image must have all of its layers, or a layer's sum alone, known from
 * elsewhere, would give out another tenant's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "format/image_archive.h"
#include "policy/image_tenant.h"
#include "policy/policy.h"
#include "policy/upload_tar.h"

/* Three a layer, 127 layers an image, in the oldest form. */
#define FILES_MOST 8192

enum load_part {
	PART_SENT,     /* goes on */
	PART_READ,     /* so does it, and is held: it may be a configuration */
	PART_MANIFEST, /* is held */
	PART_LEFT_OUT,
};

struct load_file {
	uint64_t hash;  /* of its name */
	size_t at, len; /* of its name, in `names` */
	bool config;
	size_t layers_at, layers_len; /* of a configuration, in `layers` */
	size_t link_at, link_len;     /* of a link, what it leads to, in `names` */
	bool summed;
	unsigned char sum[IMAGE_LAYER_SUM]; /* of what it holds, unpacked */
};

struct load {
	struct upload_tar tar;
	struct image_tenant images;
	struct load_file *files;
	unsigned count;
	struct text names;
	enum load_part part; /* of the entry */
	struct text held, manifest;
	bool has_manifest;
	struct text layers;
	/* Of the file that is read; NULL: it will have no sum. */
	struct gunzip *gunzip;
	struct secret_digest *digest;
};

static void *
load_start(struct exchange *x)
{
	struct load *l = calloc(1, sizeof(*l));

	if (!l || upload_tar_init(&l->tar, x, true) == -1) {
		free(l);
		return NULL;
	}
	image_tenant_init(&l->images, x->config, x->tenant);
	text_init(&l->names, 0);
	text_init(&l->layers, 0);
	text_init(&l->held, IMAGE_ARCHIVE_HELD);
	text_init(&l->manifest, IMAGE_ARCHIVE_HELD);
	x->content_type = SPAN("application/x-tar");
	return l;
}

static void
sum_clear(struct load *l)
{
	gunzip_free(l->gunzip);
	secret_digest_free(l->digest);
	l->gunzip = NULL;
	l->digest = NULL;
}

static void
load_stop(void *state)
{
	struct load *l = state;

	sum_clear(l);
	upload_tar_clear(&l->tar);
	text_free(&l->layers);
	text_free(&l->names);
	text_free(&l->held);
	text_free(&l->manifest);
	free(l->files);
	free(l);
}

/* FNV-1a: who makes names collide waits longer for itself. */
static uint64_t
hash_of(struct span s)
{
	uint64_t h = 14695981039346656037U;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211U;
	return h;
}

static struct span
name_of(const struct load *l, const struct load_file *f)
{
	return (struct span){ l->names.p + f->at, f->len };
}

static const struct load_file *
find(const struct load *l, struct span name)
{
	uint64_t hash = hash_of(name);

	for (unsigned i = 0; i < l->count; i++)
		if (l->files[i].hash == hash && span_eq(name_of(l, &l->files[i]), name))
			return &l->files[i];
	return NULL;
}

/* NULL, or what is wrong. */
static const char *
remember(struct load *l, struct span name)
{
	if (find(l, name))
		return "it is there twice";
	if (l->count == FILES_MOST)
		return "the archive has too many files";
	if (l->count % 64 == 0) {
		struct load_file *more =
			realloc(l->files, (l->count + 64) * sizeof(struct load_file));

		if (!more)
			return "out of memory";
		l->files = more;
	}
	l->files[l->count++] =
		(struct load_file){ .hash = hash_of(name), .at = l->names.len, .len = name.len };
	text_add_span(&l->names, name);
	return l->names.failed ? "out of memory" : NULL;
}

static bool
is_config(const void *arg, struct span name)
{
	const struct load_file *f = find(arg, name);

	return f && f->config;
}

static void
sum_begin(struct load *l)
{
	sum_clear(l);
	l->gunzip = gunzip_new();
	l->digest = secret_digest_new();
	if (!l->gunzip || !l->digest)
		sum_clear(l);
}

/* Unpacked as engines do; what cannot be is no layer. */
static void
sum_add(struct load *l, struct span data)
{
	struct span piece;

	while (l->digest)
		switch (gunzip_next(l->gunzip, &data, &piece)) {
		case GUNZIP_PIECE:
			secret_digest_add(l->digest, piece.p, piece.len);
			break;
		case GUNZIP_MORE:
			return;
		case GUNZIP_BAD:
			sum_clear(l);
			break;
		}
}

static void
sum_end(struct load *l, struct load_file *f)
{
	if (!l->digest)
		return;
	f->summed = gunzip_may_end(l->gunzip);
	secret_digest_end(l->digest, f->sum);
	l->digest = NULL;
	sum_clear(l);
}

/* A layer's file, or that which the link in its place leads to. */
static const struct load_file *
find_layer(const struct load *l, struct span name)
{
	const struct load_file *f;
	struct text clean;

	text_init(&clean, 0);
	f = tar_name_clean(name, &clean) ? find(l, text_span(&clean)) : NULL;
	text_free(&clean);
	if (f && f->link_len)
		f = find(l, (struct span){ l->names.p + f->link_at, f->link_len });
	return f && f->summed ? f : NULL;
}

static bool
are_layers(const void *arg, struct span config, const struct json *files)
{
	const struct load *l = arg;
	const struct load_file *c = find(l, config);
	size_t at = 0;

	for (const struct json *v = files->first; v; v = v->next, at += IMAGE_LAYER_SUM) {
		const struct load_file *f = find_layer(l, v->text);

		if (!f || at + IMAGE_LAYER_SUM > c->layers_len ||
			memcmp(f->sum, l->layers.p + c->layers_at + at, IMAGE_LAYER_SUM) != 0)
			return false;
	}
	return at == c->layers_len;
}

/* Docker before 25 saves a layer once, and has links to it: "../ID/layer.tar". */
static bool
is_layer_link(const struct tar_entry *e, struct span name)
{
	struct span link = e->link, up = span_cut(&link, '/'), id = span_cut(&link, '/');
	struct span folder = span_cut(&name, '/');

	return e->type == TAR_SYMLINK && span_eq(up, SPAN("..")) && text_is_full_id(id) &&
		text_is_full_id(folder) && link.p && span_eq(link, SPAN("layer.tar")) && name.p &&
		span_eq(name, SPAN("layer.tar"));
}

static enum load_part
part_of(const struct tar_entry *e, struct span name)
{
	if (span_eq(name, SPAN("manifest.json")))
		return PART_MANIFEST;
	if (span_eq(name, SPAN("repositories")) || span_eq(name, SPAN("index.json")) ||
		span_eq(name, SPAN("oci-layout")))
		return PART_LEFT_OUT;
	return e->size <= IMAGE_ARCHIVE_HELD ? PART_READ : PART_SENT;
}

static const char *
file_begin(struct load *l, const struct tar_entry *e, struct span name)
{
	const char *wrong = remember(l, name);

	if (wrong)
		return wrong;
	sum_begin(l);
	l->part = part_of(e, name);
	text_clear(&l->held);
	if (l->part != PART_MANIFEST)
		return NULL;
	l->has_manifest = true;
	return e->size <= IMAGE_ARCHIVE_HELD ? NULL : "it is larger than 1 MiB";
}

/* Its "../" leads to the archive's root. */
static const char *
link_begin(struct load *l, const struct tar_entry *e, struct span name)
{
	const char *wrong = remember(l, name);
	struct load_file *f = wrong ? NULL : &l->files[l->count - 1];

	if (wrong)
		return wrong;
	f->link_at = l->names.len;
	f->link_len = e->link.len - 3;
	text_add(&l->names, e->link.p + 3, f->link_len);
	return l->names.failed ? "out of memory" : NULL;
}

/* What is sent of an entry's header: its name, its kind and its time. */
static void
entry_write(const struct tar_entry *e, struct span name, struct text *out)
{
	const struct tar_entry sent = { .type = e->type,
		.name = name,
		.link = e->link,
		.mode = e->type == TAR_DIRECTORY ? 0755 : 0644,
		.size = e->size,
		.mtime = e->mtime };

	tar_write_entry(out, &sent);
}

static const char *
entry_begin(struct load *l, struct text *name, struct text *out)
{
	const struct tar_entry *e = tar_reader_entry(l->tar.reader);
	const char *wrong = NULL;

	if (!tar_name_clean(e->name, name))
		return "an absolute name, or one with \"..\", is not allowed";
	if (name->failed)
		return "out of memory";
	/* It would be written through a link. */
	if (name->len && memmem(name->p, name->len, "/layer.tar/", 11))
		return "a layer is no folder";
	l->part = PART_SENT;
	if (e->type == TAR_FILE)
		wrong = file_begin(l, e, text_span(name));
	else if (is_layer_link(e, text_span(name)))
		wrong = link_begin(l, e, text_span(name));
	else if (e->type != TAR_DIRECTORY)
		wrong = "an archive of images has files and folders only";
	else if (!name->len || part_of(e, text_span(name)) == PART_MANIFEST)
		l->part = PART_LEFT_OUT;
	if (!wrong && (l->part == PART_SENT || l->part == PART_READ))
		entry_write(e, text_span(name), out);
	return wrong;
}

static const char *
entry_end(struct load *l, struct text *out)
{
	const struct exchange *x = l->tar.x;
	const struct tar_entry *e = tar_reader_entry(l->tar.reader);
	struct load_file *f;
	size_t before = l->layers.len;

	if (l->part == PART_SENT || l->part == PART_READ)
		tar_write_padding(out, e->size);
	if (e->type != TAR_FILE)
		return NULL;
	f = &l->files[l->count - 1];
	sum_end(l, f);
	if (l->part != PART_READ)
		return NULL;
	switch (image_archive_config(text_span(&l->held), x->config->owner_label,
		span_of(x->tenant->name), &l->layers)) {
	case IMAGE_CONFIG_SPOOFED:
		return "it has labels of the gateway that are not this tenant's";
	case IMAGE_CONFIG_FINE:
		if (l->layers.failed)
			return "out of memory";
		f->config = true;
		f->layers_at = before;
		f->layers_len = l->layers.len - before;
		break;
	case IMAGE_CONFIG_NONE:
		break;
	}
	return NULL;
}

static void
entry_data(struct load *l, struct span data, struct text *out)
{
	if (l->part == PART_MANIFEST)
		text_add_span(&l->manifest, data);
	if (l->part == PART_READ)
		text_add_span(&l->held, data);
	if (l->part == PART_SENT || l->part == PART_READ)
		text_add_span(out, data);
	sum_add(l, data);
}

/* The archive is read: the engine gets its manifest. */
static enum upload_answer
load_end(struct load *l, struct text *out)
{
	struct image_archive_asker who = { .space = &l->images.space,
		.is_config = is_config,
		.are_layers = are_layers,
		.arg = l };
	struct text made, why;
	enum upload_answer a = upload_tar_end(&l->tar);

	if (a != UPLOAD_MORE)
		return a;
	text_init(&made, 0);
	text_init(&why, 1000);
	if (!l->has_manifest)
		text_add_str(&why, "it has no manifest.json: what docker save writes is taken");
	else
		(void)image_archive_load(text_span(&l->manifest), &who, &made, &why);
	if (why.len) {
		exchange_refuse(l->tar.x, 403, "denied", "the archive cannot be loaded: %.*s",
			SPAN_ARG(text_span(&why)));
		a = UPLOAD_REFUSE;
	} else {
		const struct tar_entry e = { .name = SPAN("manifest.json"),
			.mode = 0644,
			.size = made.len };

		tar_write_entry(out, &e);
		text_add_span(out, text_span(&made));
		tar_write_padding(out, made.len);
		tar_write_end(out);
		out->failed |= made.failed;
	}
	text_free(&made);
	text_free(&why);
	return a;
}

static enum upload_answer
load_feed(void *state, struct span piece, bool last, struct text *out)
{
	struct load *l = state;
	enum tar_event event;
	struct span data;

	while ((event = upload_tar_next(&l->tar, &piece, &data)) != TAR_MORE) {
		const char *wrong = NULL;
		struct text name;

		if (event == TAR_BAD)
			return UPLOAD_REFUSE;
		text_init(&name, 0);
		if (event == TAR_ENTRY)
			wrong = entry_begin(l, &name, out);
		else if (event == TAR_DATA)
			entry_data(l, data, out);
		else
			wrong = entry_end(l, out);
		text_free(&name);
		if (wrong)
			return upload_tar_refuse(&l->tar, 403, wrong);
	}
	return last ? load_end(l, out) : UPLOAD_MORE;
}

const struct upload_kind upload_load = { "load", load_start, load_feed, load_stop };
