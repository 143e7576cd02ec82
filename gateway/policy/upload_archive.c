/*
 * upload_archive: files that are copied into a container: an archive, judged entry by entry, its headers written anew.
 *
 * The engine unpacks it with the container's files for its root, as root. What must not come in by it is what the
 * container's own processes could not make there: devices, attributes that only the kernel's owner may set, and files
 * that run as another user. A symbolic link may lead anywhere, for it is followed within the container's root only;
 * but names and hard links that lead out of the folder that is unpacked into are refused, as the engine would.
 */
#include <stdlib.h>

#include "policy/policy.h"
#include "policy/upload_tar.h"

struct archive {
	struct upload_tar tar;
	struct tar_attribute attributes[TAR_RECORDS_MAX];
};

static void *
archive_start(struct exchange *x)
{
	struct archive *a = calloc(1, sizeof(*a));

	if (a && upload_tar_init(&a->tar, x, false) == -1) {
		free(a);
		a = NULL;
	}
	x->content_type = SPAN("application/x-tar");
	return a;
}

/* NULL: it may go in. */
static const char *
archive_judge(const struct tar_entry *e)
{
	if (e->type == TAR_CHAR || e->type == TAR_BLOCK)
		return "devices are not allowed";
	if (!tar_name_stays(e->name))
		return "an absolute name, or one with \"..\", is not allowed";
	if (e->type == TAR_LINK && !tar_name_stays(e->link))
		return "a hard link to an absolute name, or one with \"..\", is not allowed";
	/* A folder's only tell new files' group. */
	if (e->type != TAR_DIRECTORY && e->type != TAR_SYMLINK && (e->mode & 06000))
		return "setuid and setgid bits are not allowed";
	return NULL;
}

/* "security.capability" gives rights, "trusted.*" and "user.overlay.*" speak to the storage driver. */
static bool
is_kept(struct span key)
{
	return span_starts(key, SPAN("user.")) && !span_starts(key, SPAN("user.overlay."));
}

static void
archive_write(struct archive *a, struct text *out)
{
	struct tar_entry e = *tar_reader_entry(a->tar.reader);
	unsigned kept = 0;

	for (unsigned i = 0; i < e.attribute_count; i++)
		if (is_kept(e.attributes[i].key))
			a->attributes[kept++] = e.attributes[i];
	e.attributes = a->attributes;
	e.attribute_count = kept;
	tar_write_entry(out, &e);
}

static enum upload_answer
archive_feed(void *state, struct span piece, bool last, struct text *out)
{
	struct archive *a = state;
	enum tar_event event;
	struct span data;

	while ((event = upload_tar_next(&a->tar, &piece, &data)) != TAR_MORE) {
		const struct tar_entry *e = tar_reader_entry(a->tar.reader);
		const char *wrong = event == TAR_ENTRY ? archive_judge(e) : NULL;

		if (event == TAR_BAD)
			return UPLOAD_REFUSE;
		if (wrong)
			return upload_tar_refuse(&a->tar, 403, wrong);
		if (event == TAR_ENTRY)
			archive_write(a, out);
		else if (event == TAR_DATA)
			text_add_span(out, data);
		else
			tar_write_padding(out, e->size);
	}
	if (!last)
		return UPLOAD_MORE;
	tar_write_end(out);
	return upload_tar_end(&a->tar);
}

static void
archive_stop(void *state)
{
	struct archive *a = state;

	upload_tar_clear(&a->tar);
	free(a);
}

const struct upload_kind upload_archive = { "archive", archive_start, archive_feed, archive_stop };
