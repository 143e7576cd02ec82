/*
 * image_archive: what archives of images (docker save, docker load) say of names and of labels.
 *
 * "manifest.json" tells which images there are: for each the file of its configuration, its names, the files of its
 * layers. "repositories" (before Docker 1.10) and "index.json" (OCI) tell names too. On the way to the engine there
 * is only a manifest.json, made anew; on the way back names are told in the tenant's words, and others' are left out.
 *
 * Sources: moby image/tarexport/load.go and save.go, containerd core/images/archive/importer.go.
 */
#ifndef FAIRLEAD_FORMAT_IMAGE_ARCHIVE_H
#define FAIRLEAD_FORMAT_IMAGE_ARCHIVE_H

#include "format/image_name.h"
#include "format/json.h"

/* Largest file that is held: a manifest, and what may be an image's configuration. */
#define IMAGE_ARCHIVE_HELD ((size_t)1 << 20)
#define IMAGE_LAYER_SUM 32

enum image_config {
	IMAGE_CONFIG_NONE, /* it is no JSON object with one meaning: no configuration */
	IMAGE_CONFIG_FINE,
	IMAGE_CONFIG_SPOOFED, /* it has the gateway's labels, and they do not tell of this tenant */
};

/* Judges what may be an image's configuration. What the tenant saved or committed has the gateway's labels:
 * containers are stamped over them. A fine one's layers are appended to `layers`, IMAGE_LAYER_SUM bytes each:
 * the SHA-256 of what each has unpacked ("rootfs", "diff_ids"). */
enum image_config image_archive_config(struct span json, const char *owner_label,
	struct span tenant, struct text *layers);

/* What is asked of the archive that a manifest is of. */
struct image_archive_asker {
	const struct image_space *space;
	/* Whether there is a file of this name that was judged as a configuration. */
	bool (*is_config)(const void *arg, struct span file);
	/* Whether these files, an array of strings, hold the very layers that the configuration tells. An engine
	 * takes a layer that it has by the configuration's word, whosever it is, and reads no file for it. */
	bool (*are_layers)(const void *arg, struct span config, const struct json *files);
	const void *arg;
};

/* Appends the manifest that the engine gets: every image has names, and they are the tenant's own on the engine.
 * -1 with what is wrong in `why`. */
int image_archive_load(struct span manifest, const struct image_archive_asker *who,
	struct text *out, struct text *why);

/* Whether a file of a saved archive tells names: it goes through image_archive_show. */
bool image_archive_has_names(struct span file);
/* Appends such a file in the tenant's words. -1: it cannot be read. */
int image_archive_show(struct span file, struct span json, const struct image_space *space,
	struct text *out);

#endif
