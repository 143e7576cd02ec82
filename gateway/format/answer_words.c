/*
 * answer_words: names of images, and commands of builds, in the tenant's own words.
 */
#include <stdlib.h>
#include <string.h>

#include "format/answer_rules.h"
#include "format/space.h"

bool
answer_is_no_image(struct span name)
{
	return span_eq(name, SPAN("<none>:<none>")) || span_eq(name, SPAN("<none>@<none>"));
}

int
answer_image_text(const struct answer_view *view, struct json_doc *doc, struct json *v)
{
	struct text out;
	struct span hex;
	int result;

	if (image_name_is_id(v->text, &hex))
		return 0;
	text_init(&out, 0);
	image_space_show(view->images, v->text, &out);
	result = out.failed ? -1 : answer_set_text(doc, v, text_span(&out));
	text_free(&out);
	return result;
}

/* "docker.io/library/alpine:3": engines sort by it, and so does this. */
static void
add_whole_name(struct span name, struct text *out)
{
	struct image_name parts;
	const char *why;

	if (image_name_parse(name, &parts, &why) == -1) {
		text_add_span(out, name);
		return;
	}
	if (!parts.domain.len)
		text_add_str(out, "docker.io/");
	if (!parts.domain.len && !memchr(parts.path.p, '/', parts.path.len))
		text_add_str(out, "library/");
	image_name_add(out, &parts);
}

struct sorted_name {
	struct json *v;
	struct text whole;
};

static int
by_whole_name(const void *a, const void *b)
{
	const struct sorted_name *x = a, *y = b;
	size_t len = x->whole.len < y->whole.len ? x->whole.len : y->whole.len;
	int order = len ? memcmp(x->whole.p, y->whole.p, len) : 0;

	return order ? order : (x->whole.len > y->whole.len) - (x->whole.len < y->whole.len);
}

/* Links the array's elements anew, in the order of `names`. */
static void
link_names(struct json *array, const struct sorted_name *names, size_t count)
{
	array->first = names[0].v;
	array->last = names[count - 1].v;
	for (size_t i = 0; i < count; i++)
		names[i].v->next = i + 1 < count ? names[i + 1].v : NULL;
}

int
answer_sort_images(struct json *array)
{
	size_t count = 0;
	struct sorted_name *names;
	int result = 0;

	if (array->count < 2)
		return 0;
	names = calloc(array->count, sizeof(*names));
	if (!names)
		return -1;
	for (struct json *v = array->first; v; v = v->next, count++) {
		names[count].v = v;
		text_init(&names[count].whole, 0);
		add_whole_name(v->text, &names[count].whole);
		if (names[count].whole.failed)
			result = -1;
	}
	qsort(names, count, sizeof(*names), by_whole_name);
	link_names(array, names, count);
	for (size_t i = 0; i < count; i++)
		text_free(&names[i].whole);
	free(names);
	return result;
}

int
answer_show_image(const struct answer_view *view, struct json_doc *doc, struct json *image,
	const struct json *labels)
{
	struct text key, shown_name;
	struct span name;
	int result = 0;

	if (!image || image->type != JSON_STRING)
		return 0;
	text_init(&key, 0);
	text_init(&shown_name, 0);
	space_add_label(&key, view->owner_label, SPACE_LABEL_REF);
	if (!key.failed && answer_string(labels, key.p, &name))
		image->text = name;
	else if (image_space_show(view->images, image->text, &shown_name) != IMAGE_HIDDEN)
		result = answer_set_text(doc, image, text_span(&shown_name));
	if (key.failed || shown_name.failed)
		result = -1;
	text_free(&key);
	text_free(&shown_name);
	return result;
}

/* "fairlead.tenant.image=acme", with quotes around its parts or without. */
static bool
is_gateway_label(const struct answer_view *view, struct span word)
{
	struct span key = span_cut(&word, '=');

	if (!word.p)
		return false;
	if (key.len > 1 && key.p[0] == '"' && key.p[key.len - 1] == '"') {
		key.p++;
		key.len -= 2;
	}
	return space_is_label(view->owner_label, key);
}

void
answer_command(const struct answer_view *view, struct span command, struct text *out)
{
	while (command.len) {
		const char *space = memchr(command.p, ' ', command.len);
		size_t n = space ? (size_t)(space - command.p) + 1 : command.len;
		struct span word = { command.p, space ? n - 1 : n };

		if (!is_gateway_label(view, word))
			text_add(out, command.p, n);
		command.p += n;
		command.len -= n;
	}
}
