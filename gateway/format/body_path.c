/*
 * body_path: paths and addresses in bodies.
 */
#include <string.h>

#include "format/body_judge.h"

#define PATH_LONGEST 4096

/* path.Clean, but for "..", which is refused: what it leads to may be a link in the container. */
int
body_path(struct body_judge *j, struct span path, struct json **clean)
{
	struct text out;
	struct span rest = path;
	int status = 0;

	if (!path.len || *path.p != '/' || !body_is_plain(path, PATH_LONGEST))
		return body_bad(j, "must be an absolute path");
	text_init(&out, PATH_LONGEST + 2);
	while (rest.p && !status) {
		struct span part = span_cut(&rest, '/');

		if (span_eq(part, SPAN("..")))
			status = body_bad(j, "may not hold \"..\"");
		if (!part.len || span_eq(part, SPAN(".")))
			continue;
		text_add_char(&out, '/');
		text_add_span(&out, part);
	}
	if (!status) {
		*clean = body_string(j, out.len ? text_span(&out) : SPAN("/"));
		status = *clean ? 0 : BODY_MEMORY;
	}
	text_free(&out);
	return status;
}

static bool
is_in(struct span path, const char *folder)
{
	struct span f = span_of(folder);

	return span_starts(path, f) && (path.len == f.len || path.p[f.len] == '/');
}

/* What a volume holds could stand for files by which the runtime hides the host's (CVE-2025-31133). */
int
body_target(struct body_judge *j, struct span path, struct json **clean)
{
	int status = body_path(j, path, clean);
	struct span at;

	if (status || !*clean)
		return status ? status : BODY_MEMORY;
	at = (*clean)->text;
	if (span_eq(at, SPAN("/")))
		return body_bad(j, "may not be \"/\"");
	if (is_in(at, "/dev/shm") || is_in(at, "/dev/mqueue"))
		return 0;
	if (is_in(at, "/proc") || is_in(at, "/sys") || is_in(at, "/dev"))
		return body_denied(j, *clean, "mount it outside of /proc, /sys and /dev");
	return 0;
}

int
body_read_path(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct span text = { NULL, 0 };
	struct json *clean = NULL;
	int status = body_text(j, v, &text);

	if (!status)
		status = body_target(j, text, &clean);
	return status ? status : body_set(j, out, f->name, clean);
}

/* /proc/self/fd/N led out of the container in CVE-2024-21626. */
int
body_read_working_dir(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct span text = { NULL, 0 };
	struct json *clean = NULL;
	int status = body_text(j, v, &text);

	if (!status)
		status = body_path(j, text, &clean);
	if (status || !clean)
		return status ? status : BODY_MEMORY;
	if (is_in(clean->text, "/proc") || is_in(clean->text, "/sys") || is_in(clean->text, "/dev"))
		return body_denied(j, v, "start outside of /proc, /sys and /dev");
	return body_set(j, out, f->name, clean);
}

bool
body_port_range(struct span s, unsigned *first, unsigned *last)
{
	struct span rest = s, begin = span_cut(&rest, '-');
	uint64_t from, to;

	if (!span_u64(begin, &from) || (rest.p && !span_u64(rest, &to)))
		return false;
	if (!rest.p)
		to = from;
	if (from < 1 || to > 65535 || from > to)
		return false;
	*first = (unsigned)from;
	*last = (unsigned)to;
	return true;
}

bool
body_is_port(struct span s)
{
	struct span protocol = s, ports = span_cut(&protocol, '/');
	unsigned first, last;

	return body_port_range(ports, &first, &last) &&
		(!protocol.p || body_is_one_of(protocol, "tcp|udp|sctp"));
}

bool
body_is_address(struct span s)
{
	if (s.len < 2 || s.len > 64)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("0123456789abcdefABCDEF.:", s.p[i]) || !s.p[i])
			return false;
	return memchr(s.p, '.', s.len) || memchr(s.p, ':', s.len);
}
