/*
 * image_archive_show: the files of a saved archive that tell names, in the tenant's words.
 */
#include "format/image_archive.h"

#include <string.h>

#include "format/json.h"

static const struct json_limits engine_limits = { .exact_keys = true };

/* The tenant's words for a name; false: it is another's. */
static bool
shown(const struct image_space *space, struct span name, struct text *word)
{
	text_clear(word);
	return image_space_show(space, name, word) != IMAGE_HIDDEN && !word->failed;
}

static int
set_text(struct json_doc *doc, struct json *v, const struct text *t)
{
	const struct json *copy = t->failed ? NULL : json_new_string(doc, text_span(t));

	if (!copy)
		return -1;
	v->text = copy->text;
	return 0;
}

/* [{"Config":...,"RepoTags":["acme--app:1"],...}] */
static int
show_manifest(struct json_doc *doc, const struct image_space *space, struct text *word)
{
	if (doc->root->type != JSON_ARRAY)
		return -1;
	for (struct json *image = doc->root->first; image; image = image->next) {
		struct json *names = json_get_exact(image, "RepoTags"), *next;

		if (image->type != JSON_OBJECT)
			return -1;
		for (struct json *v = names ? names->first : NULL; v; v = next) {
			next = v->next;
			if (v->type != JSON_STRING || !shown(space, v->text, word))
				json_remove(v);
			else if (set_text(doc, v, word) == -1)
				return -1;
		}
	}
	return 0;
}

static int
show_tag(struct json_doc *doc, const struct image_space *space, const struct json *repository,
	struct json *tag, struct text *word)
{
	struct text whole, key;
	struct image_name name;
	const char *why;
	struct json *of, *value;
	int rc = 0;

	text_init(&whole, 0);
	text_init(&key, 0);
	text_add_span(&whole, repository->key);
	text_add_char(&whole, ':');
	text_add_span(&whole, tag->key);
	if (shown(space, text_span(&whole), word) &&
		image_name_parse(text_span(word), &name, &why) == 0) {
		image_name_add_repository(&key, &name);
		of = json_get_exact(doc->root, key.p);
		value = tag->type == JSON_STRING ? json_new_string(doc, tag->text) : NULL;
		if (!of && (of = json_new(doc, JSON_OBJECT)) != NULL)
			rc = json_set(doc, doc->root, key.p, of);
		text_clear(&key);
		text_add_span(&key, tag->key);
		if (!of || !value || rc == -1 || json_set(doc, of, key.p, value) == -1)
			rc = -1;
	}
	text_free(&whole);
	text_free(&key);
	return rc;
}

/* {"acme--app":{"1":"4f2a..."}} */
static int
show_repositories(struct json_doc *doc, const struct image_space *space, struct text *word)
{
	struct json *engines = doc->root;

	if (engines->type != JSON_OBJECT)
		return -1;
	doc->root = json_new(doc, JSON_OBJECT);
	if (!doc->root)
		return -1;
	for (const struct json *r = engines->first; r; r = r->next)
		for (struct json *tag = r->first; tag; tag = tag->next)
			if (r->type != JSON_OBJECT || show_tag(doc, space, r, tag, word) == -1)
				return -1;
	return 0;
}

/* As containerd has it: with the registry, and "library/". */
static int
show_whole(struct json_doc *doc, struct json *v, struct text *word)
{
	struct image_name name;
	const char *why;
	struct text whole;
	int rc;

	text_init(&whole, 0);
	if (image_name_parse(text_span(word), &name, &why) == 0 && !name.domain.len) {
		struct span path = name.path;

		text_add_str(&whole, "docker.io/");
		(void)span_cut(&path, '/');
		if (!path.p)
			text_add_str(&whole, "library/");
	}
	text_add_span(&whole, text_span(word));
	rc = set_text(doc, v, &whole);
	text_free(&whole);
	return rc;
}

/* One that is another's goes. */
static int
show_annotation(struct json_doc *doc, struct json *v, const struct image_space *space,
	struct text *word)
{
	if (v->type == JSON_STRING && shown(space, v->text, word))
		return show_whole(doc, v, word);
	json_remove(v);
	return 0;
}

/* "ref.name" is the name's tag alone, or a whole name. */
static int
show_annotations(struct json_doc *doc, struct json *all, const struct image_space *space,
	struct text *word)
{
	struct json *name = json_get_exact(all, "io.containerd.image.name");
	struct json *ref = json_get_exact(all, "org.opencontainers.image.ref.name");
	bool kept;

	if (name && show_annotation(doc, name, space, word) == -1)
		return -1;
	if (!ref)
		return 0;
	kept = name && name->parent == all && ref->type == JSON_STRING && ref->text.len &&
		!memchr(ref->text.p, ':', ref->text.len) &&
		!memchr(ref->text.p, '/', ref->text.len);
	return kept ? 0 : show_annotation(doc, ref, space, word);
}

/* {"manifests":[{"digest":...,"annotations":{"io.containerd.image.name":"docker.io/library/acme--app:1"}}]} */
static int
show_index(struct json_doc *doc, const struct image_space *space, struct text *word)
{
	struct json *list = json_get_exact(doc->root, "manifests");

	if (doc->root->type != JSON_OBJECT)
		return -1;
	for (struct json *v = list ? list->first : NULL; v; v = v->next) {
		struct json *all = json_get_exact(v, "annotations");

		if (all && all->type == JSON_OBJECT &&
			show_annotations(doc, all, space, word) == -1)
			return -1;
	}
	return 0;
}

static const struct {
	struct span file;
	int (*show)(struct json_doc *doc, const struct image_space *space, struct text *word);
} kinds[] = {
	{ { "manifest.json", 13 }, show_manifest },
	{ { "repositories", 12 }, show_repositories },
	{ { "index.json", 10 }, show_index },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static size_t
kind_of(struct span file)
{
	size_t i = 0;

	while (i < KINDS && !span_eq(file, kinds[i].file))
		i++;
	return i;
}

bool
image_archive_has_names(struct span file)
{
	return kind_of(file) < KINDS;
}

int
image_archive_show(struct span file, struct span json, const struct image_space *space,
	struct text *out)
{
	struct json_error err;
	struct json_doc doc;
	struct text word;
	int rc;

	if (json_parse(json, &engine_limits, &doc, &err) == -1)
		return -1;
	text_init(&word, 0);
	rc = kinds[kind_of(file)].show(&doc, space, &word);
	if (rc == 0)
		json_print(out, doc.root);
	text_free(&word);
	json_free(&doc);
	return rc;
}
