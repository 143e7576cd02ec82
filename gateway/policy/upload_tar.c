/*
 * upload_tar: archives that clients send, read strictly.
 */
#include "policy/upload_tar.h"

int
upload_tar_init(struct upload_tar *u, struct exchange *x, bool unzips)
{
	*u = (struct upload_tar){ .x = x,
		.reader = tar_reader_new(),
		.gunzip = unzips ? gunzip_new() : NULL };
	if (u->reader && (u->gunzip || !unzips))
		return 0;
	upload_tar_clear(u);
	return -1;
}

void
upload_tar_clear(struct upload_tar *u)
{
	tar_reader_free(u->reader);
	gunzip_free(u->gunzip);
	u->reader = NULL;
	u->gunzip = NULL;
}

/* What the engine would undo before it reads is not what was judged. */
static bool
is_encoded(const struct upload_tar *u)
{
	struct span coding;

	return http_field(&u->x->request.fields, SPAN("Content-Encoding"), &coding) &&
		!span_eq_nocase(coding, SPAN("identity"));
}

static void
refuse(struct upload_tar *u, const char *why)
{
	const char *compressed = tar_compression((struct span){ u->first, u->seen });

	if (compressed)
		exchange_refuse(u->x, 415, "compressed archive",
			"the archive is compressed (%s); send it uncompressed", compressed);
	else
		exchange_refuse(u->x, 400, "bad archive", "the archive cannot be read: %s", why);
}

static void
see(struct upload_tar *u, struct span in)
{
	for (size_t i = 0; i < in.len && u->seen < sizeof(u->first); i++)
		u->first[u->seen++] = in.p[i];
}

static enum tar_event
read_plain(struct upload_tar *u, struct span *in, struct span *piece)
{
	enum tar_event event;

	see(u, *in);
	event = tar_reader_next(u->reader, in, piece);
	if (event == TAR_BAD)
		refuse(u, tar_reader_fault(u->reader));
	return event;
}

static enum tar_event
read_zipped(struct upload_tar *u, struct span *in, struct span *piece)
{
	for (;;) {
		enum tar_event event = read_plain(u, &u->plain, piece);

		if (event != TAR_MORE)
			return event;
		switch (gunzip_next(u->gunzip, in, &u->plain)) {
		case GUNZIP_PIECE:
			break;
		case GUNZIP_MORE:
			return TAR_MORE;
		case GUNZIP_BAD:
			refuse(u, gunzip_fault(u->gunzip));
			return TAR_BAD;
		}
	}
}

enum tar_event
upload_tar_next(struct upload_tar *u, struct span *in, struct span *piece)
{
	*piece = (struct span){ NULL, 0 };
	if (!u->asked && is_encoded(u)) {
		exchange_refuse(u->x, 415, "compressed archive",
			"Content-Encoding: not taken; send the archive without it");
		return TAR_BAD;
	}
	u->asked = true;
	return u->gunzip ? read_zipped(u, in, piece) : read_plain(u, in, piece);
}

enum upload_answer
upload_tar_end(struct upload_tar *u)
{
	if (tar_reader_may_end(u->reader) && (!u->gunzip || gunzip_may_end(u->gunzip)))
		return UPLOAD_MORE;
	refuse(u, "it ends too soon");
	return UPLOAD_REFUSE;
}

enum upload_answer
upload_tar_refuse(struct upload_tar *u, unsigned status, const char *what)
{
	struct text name;

	text_init(&name, 0);
	text_add_json(&name, tar_reader_entry(u->reader)->name);
	exchange_refuse(u->x, status, status == 403 ? "denied" : "bad archive", "entry %.*s: %s",
		SPAN_ARG(text_span(&name)), what);
	text_free(&name);
	return UPLOAD_REFUSE;
}
