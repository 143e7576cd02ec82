/*
 * image_archive: an archive of images on its way to the engine.
 */
#include "format/image_archive.h"

#include "format/json.h"
#include "format/space.h"
#include "format/tar.h"

/* What the gateway stamps, and whether it tells whose it is. */
static const struct {
	const char *what;
	bool owner;
} stamps[] = {
	{ "", true },
	{ SPACE_LABEL_IMAGE, true },
	{ SPACE_LABEL_REF, false },
	{ SPACE_LABEL_MEMORY, false },
	{ SPACE_LABEL_CPUS, false },
	{ SPACE_LABEL_PIDS, false },
};

static bool
label_is_fine(const struct json *v, const char *owner_label, struct span tenant)
{
	struct span own = span_of(owner_label), what;

	if (!space_is_label(owner_label, v->key))
		return true;
	if (v->type != JSON_STRING || v->key.len < own.len)
		return false;
	what = (struct span){ v->key.p + own.len, v->key.len - own.len };
	if (what.len == 1) /* a dot, and nothing behind it */
		return false;
	if (what.len) {
		what.p++;
		what.len--;
	}
	for (size_t i = 0; i < sizeof(stamps) / sizeof(stamps[0]); i++)
		if (span_eq(what, span_of(stamps[i].what)))
			return !stamps[i].owner || span_eq(v->text, tenant);
	return false;
}

/* Wherever a key of it stands: a configuration has labels in two places, and engines fold keys. */
static bool
labels_are_fine(const struct json *v, const char *owner_label, struct span tenant)
{
	for (const struct json *c = v->first; c; c = c->next)
		if ((v->type == JSON_OBJECT && !label_is_fine(c, owner_label, tenant)) ||
			!labels_are_fine(c, owner_label, tenant))
			return false;
	return true;
}

/* The one member that an engine would take; false when there are two. */
static bool
only_member(const struct json *object, const char *name, const struct json **found)
{
	*found = NULL;
	for (const struct json *v = object->first; v; v = v->next) {
		if (object->type != JSON_OBJECT || !json_key_folds_to(v->key, name))
			continue;
		if (*found)
			return false;
		*found = v;
	}
	return true;
}

static bool
read_layers(const struct json *config, struct text *layers)
{
	const struct json *rootfs, *list = NULL;
	unsigned char sum[IMAGE_LAYER_SUM];

	if (!only_member(config, "rootfs", &rootfs) ||
		(rootfs && !only_member(rootfs, "diff_ids", &list)))
		return false;
	for (const struct json *v = list ? list->first : NULL; v; v = v->next) {
		struct span hex = v->text;

		if (v->type != JSON_STRING || !span_starts(hex, SPAN("sha256:")))
			return false;
		hex = (struct span){ hex.p + 7, hex.len - 7 };
		if (!text_unhex(hex, sum, sizeof(sum)))
			return false;
		text_add(layers, (const char *)sum, sizeof(sum));
	}
	return true;
}

enum image_config
image_archive_config(struct span json, const char *owner_label, struct span tenant,
	struct text *layers)
{
	enum image_config found = IMAGE_CONFIG_NONE;
	struct json_error err;
	struct json_doc doc;

	/* Keys of one spelling may differ in case, as in a map of labels: all of them are looked at. */
	if (json_parse(json, &(struct json_limits){ .exact_keys = true }, &doc, &err) == -1)
		return IMAGE_CONFIG_NONE;
	if (doc.root->type == JSON_OBJECT)
		found = labels_are_fine(doc.root, owner_label, tenant) ? IMAGE_CONFIG_FINE
								       : IMAGE_CONFIG_SPOOFED;
	if (found == IMAGE_CONFIG_FINE && !read_layers(doc.root, layers))
		found = IMAGE_CONFIG_NONE;
	json_free(&doc);
	return found;
}

static int
bad(struct text *why, const char *what)
{
	text_add_str(why, what);
	return -1;
}

static int
bad_name(struct text *why, struct span name, const char *what)
{
	text_add_str(why, "image ");
	text_add_json(why, name);
	text_addf(why, ": %s", what);
	return -1;
}

static int
add_name(const struct image_archive_asker *who, const struct json *v, struct text *out,
	struct text *why)
{
	struct image_name name;
	const char *wrong;
	struct text own;
	int rc;

	if (v->type != JSON_STRING)
		return bad(why, "manifest.json: a name is no string");
	if (image_name_parse(v->text, &name, &wrong) == -1)
		return bad_name(why, v->text, wrong);
	if (name.digest.len)
		return bad_name(why, v->text, "has a digest");
	image_name_latest(&name);
	text_init(&own, 0);
	rc = image_space_own(who->space, &name, &own, &wrong);
	if (rc == 0)
		text_add_json(out, text_span(&own));
	else
		bad_name(why, v->text, wrong);
	out->failed |= own.failed;
	text_free(&own);
	return rc;
}

static int
add_names(const struct image_archive_asker *who, const struct json *image, struct text *out,
	struct text *why)
{
	const struct json *names = json_get(image, "RepoTags");

	if (!names || names->type != JSON_ARRAY || !names->first)
		return bad(why,
			"manifest.json: an image has no name; save it by its name, not by its id");
	for (const struct json *v = names->first; v; v = v->next) {
		text_add_char(out, v == names->first ? '[' : ',');
		if (add_name(who, v, out, why) == -1)
			return -1;
	}
	text_add_char(out, ']');
	return 0;
}

static int
add_layers(const struct image_archive_asker *who, const struct json *image, struct span config,
	struct text *out, struct text *why)
{
	static const struct json none = { .type = JSON_ARRAY };
	const struct json *layers = json_get(image, "Layers");
	const struct json *first = layers && layers->type == JSON_ARRAY ? layers->first : NULL;

	text_add_char(out, '[');
	for (const struct json *v = first; v; v = v->next) {
		if (v->type != JSON_STRING || !tar_name_stays(v->text))
			return bad(why, "manifest.json: a layer is no file's name");
		if (v != first)
			text_add_char(out, ',');
		text_add_json(out, v->text);
	}
	text_add_char(out, ']');
	if (!who->are_layers(who->arg, config, first ? layers : &none))
		return bad(why,
			"manifest.json: an image's Layers are not those of its Config, uncompressed or with gzip");
	return 0;
}

/* A parent, and other sources of layers, are not passed on. */
static int
add_image(const struct image_archive_asker *who, const struct json *image, struct text *out,
	struct text *why)
{
	const struct json *config = json_get(image, "Config");

	if (!config || config->type != JSON_STRING || !who->is_config(who->arg, config->text))
		return bad(why,
			"manifest.json: an image's Config is no file of the archive that is JSON of at most 1 MiB");
	text_add_str(out, "{\"Config\":");
	text_add_json(out, config->text);
	text_add_str(out, ",\"RepoTags\":");
	if (add_names(who, image, out, why) == -1)
		return -1;
	text_add_str(out, ",\"Layers\":");
	if (add_layers(who, image, config->text, out, why) == -1)
		return -1;
	text_add_char(out, '}');
	return 0;
}

static int
add_images(const struct json *root, const struct image_archive_asker *who, struct text *out,
	struct text *why)
{
	if (root->type != JSON_ARRAY || !root->first)
		return bad(why, "manifest.json: it names no image");
	for (const struct json *v = root->first; v; v = v->next) {
		text_add_char(out, v == root->first ? '[' : ',');
		if (add_image(who, v, out, why) == -1)
			return -1;
	}
	text_add_char(out, ']');
	return 0;
}

int
image_archive_load(struct span manifest, const struct image_archive_asker *who, struct text *out,
	struct text *why)
{
	struct json_error err;
	struct json_doc doc;
	int rc;

	if (json_parse(manifest, NULL, &doc, &err) == -1) {
		text_addf(why, "manifest.json: %s", err.message);
		return -1;
	}
	rc = add_images(doc.root, who, out, why);
	json_free(&doc);
	return rc;
}
