/*
 * answer_words: names of images, and commands of builds, in the tenant's own words.
 */
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
