/*
 * body_network: which networks a container is in, and whose names it uses of others: NetworkMode, Links,
 * VolumesFrom, EndpointsConfig.
 */
#include <string.h>

#include "format/body_judge.h"
#include "format/space.h"

/* The engine's default network: a tenant has one of its own, of the name "bridge". */
static bool
is_bridge(struct span mode)
{
	return body_is_one_of(mode, "bridge|default");
}

static bool
is_container(struct span mode)
{
	return span_starts(mode, SPAN("container:"));
}

int
body_read_network_mode(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct span text;
	int status = body_text(j, v, &text);
	bool container = !status && is_container(text);

	if (status)
		return status;
	if (span_eq(text, SPAN("host")) || span_starts(text, SPAN("ns:")))
		return body_denied(j, v, "name a network of its own");
	if (container)
		text = (struct span){ text.p + 10, text.len - 10 };
	if (!endpoint_container_ref_ok(text))
		return body_bad(j, "must be a network's name, none, or container:NAME");
	return body_set_string(j, out, f->name, v->text);
}

/* "name[:rest]" of a container, whose name may have a '/' before it, as an inspect tells it. */
static int
name_container(struct body_judge *j, struct body_ref ref)
{
	struct span rest = ref.node->text;

	ref.kind = BODY_REF_CONTAINER;
	if (rest.len && *rest.p == '/')
		rest = (struct span){ rest.p + 1, rest.len - 1 };
	ref.name = span_cut(&rest, ':');
	if (rest.p)
		ref.tail = (struct span){ rest.p - 1, rest.len + 1 };
	if (!endpoint_container_ref_ok(ref.name))
		return body_bad(j, "must begin with a container's name");
	return body_name(j, &ref);
}

int
body_read_volumes_from(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	int status = body_read_texts(j, f, v, out);
	struct json *item = status ? NULL : json_get_exact(out, f->name)->first;

	for (size_t i = 0; item && !status; item = item->next, i++) {
		size_t before = body_enter_item(j, i);
		struct span mode = item->text;

		span_cut(&mode, ':');
		if (mode.p && !body_is_one_of(mode, "ro|rw|z|Z"))
			return body_denied(j, item, "its mode may be ro or rw");
		status = name_container(j, (struct body_ref){ .node = item });
		if (!status)
			body_leave(j, before);
	}
	return status;
}

/* Clients say the same link in both places. */
static bool
has_link(const struct json *list, struct span link)
{
	for (const struct json *item = list->first; item; item = item->next)
		if (span_eq(item->text, link))
			return true;
	return false;
}

/* Adds a link "web:db" to a list; with `named` it is told whom it names, too. */
static int
add_link(struct body_judge *j, struct span link, struct json *list, bool named)
{
	int status;

	if (has_link(list, link))
		return 0;
	status = body_push(j, list, body_string(j, link));
	return status || !named
		? status
		: name_container(j, (struct body_ref){ .node = list->last, .short_id = true });
}

/* "/web:/own/db", "web:db", "web": what is linked and the name it gets. */
static int
read_link(struct body_judge *j, struct span s, struct json *list, bool named)
{
	struct span alias = s, name = span_cut(&alias, ':');
	struct text whole;
	int status;

	if (name.len && *name.p == '/')
		name = (struct span){ name.p + 1, name.len - 1 };
	while (alias.p && memchr(alias.p, '/', alias.len))
		span_cut(&alias, '/');
	if (!alias.p)
		alias = name;
	if (!endpoint_container_ref_ok(name) || !endpoint_container_ref_ok(alias))
		return body_bad(j, "must be \"container:alias\"");
	text_init(&whole, 0);
	text_addf(&whole, "%.*s:%.*s", SPAN_ARG(name), SPAN_ARG(alias));
	status = add_link(j, text_span(&whole), list, named);
	text_free(&whole);
	return status;
}

static int
read_links(struct body_judge *j, const struct json *v, struct json *list, bool named)
{
	int status = 0;
	size_t i = 0;

	if (v->type != JSON_ARRAY)
		return body_bad(j, "must be an array of strings");
	for (const struct json *item = v->first; item && !status; item = item->next, i++) {
		size_t before = body_enter_item(j, i);
		struct span text;

		status = body_text(j, item, &text);
		if (!status)
			status = read_link(j, text, list, named);
		if (!status)
			body_leave(j, before);
	}
	return status;
}

int
body_read_links(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	(void)f;
	(void)out;
	return read_links(j, v, j->links, false);
}

int
body_read_endpoint_links(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct json *list = body_child(j, out, f->name, JSON_ARRAY);

	return list ? read_links(j, v, list, true) : BODY_MEMORY;
}

int
body_read_aliases(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	int status = body_read_texts(j, f, v, out);
	struct json *item = status ? NULL : json_get_exact(out, f->name)->first;

	for (size_t i = 0; item; item = item->next, i++) {
		if (endpoint_container_ref_ok(item->text))
			continue;
		body_enter_item(j, i);
		return body_bad(j, "must be a name (letters, digits, _.-)");
	}
	return status;
}

int
body_name_member(struct body_judge *j, struct json *container, struct json *aliases)
{
	body_enter(j, SPAN("Container"));
	if (!container)
		return body_bad(j, "must name a container");
	if (!endpoint_container_ref_ok(container->text))
		return body_bad(j, "is no container's name");
	return name_container(j, (struct body_ref){ .node = container, .names = aliases });
}

static int
name_network(struct body_judge *j, struct json *node, bool key)
{
	struct body_ref ref = { .kind = BODY_REF_NETWORK, .key = key, .node = node };

	ref.name = key ? node->key : node->text;
	ref.make = is_bridge(ref.name);
	if (ref.make)
		ref.name = SPAN("bridge");
	return body_name(j, &ref);
}

static int
read_endpoint(struct body_judge *j, const struct json *m, struct json *made)
{
	struct json *one = json_new(j->doc, JSON_OBJECT);
	int status;

	if (span_eq(m->key, SPAN("host")))
		return body_denied(j, NULL, "name a network of its own");
	if (span_eq(m->key, SPAN("none")))
		return json_is_neutral(m) ? 0 : body_bad(j, "must be {}");
	if (!endpoint_container_ref_ok(m->key))
		return body_bad(j, "is no network's name");
	status = body_add(j, made, m->key, one);
	if (!status && !json_is_neutral(m))
		status = body_fields(j, body_endpoint_fields, m, one);
	return status ? status : name_network(j, one, true);
}

int
body_read_endpoints(struct body_judge *j, const struct body_field *f, const struct json *v,
	struct json *out)
{
	struct json *made = json_new(j->doc, JSON_OBJECT);
	int status = body_set(j, out, f->name, made);

	if (v->type != JSON_OBJECT)
		return body_bad(j, "must be an object with networks' names");
	for (const struct json *m = v->first; m && !status; m = m->next) {
		size_t before = body_enter(j, m->key);

		status = read_endpoint(j, m, made);
		if (!status)
			body_leave(j, before);
	}
	if (!status && !made->first)
		json_remove(made);
	return status;
}

int
body_add_alias(struct body_judge *j, struct json *endpoint, struct span alias)
{
	struct json *list = body_child(j, endpoint, "Aliases", JSON_ARRAY);

	for (const struct json *item = list ? list->first : NULL; item; item = item->next)
		if (span_eq(item->text, alias))
			return 0;
	return list ? body_push(j, list, body_string(j, alias)) : BODY_MEMORY;
}

/* The endpoint of the network that NetworkMode names, as it is written there. */
static struct json *
find_endpoint(const struct json *endpoints, struct span mode)
{
	for (struct json *e = endpoints ? endpoints->first : NULL; e; e = e->next)
		if (span_eq(e->key, mode) || (is_bridge(e->key) && is_bridge(mode)))
			return e;
	return NULL;
}

/* Without any endpoint the engine makes one, where nothing could be said of it. */
static int
need_endpoint(struct body_judge *j, struct json *root, struct span mode, struct json **endpoints)
{
	struct json *config = body_child(j, root, "NetworkingConfig", JSON_OBJECT);
	struct json *one = json_new(j->doc, JSON_OBJECT);

	*endpoints = config ? body_child(j, config, "EndpointsConfig", JSON_OBJECT) : NULL;
	if (!*endpoints || body_add(j, *endpoints, mode, one))
		return BODY_MEMORY;
	return name_network(j, one, true);
}

/* A tenant's default network is a user's to the engine: links are the endpoint's there. */
static int
move_links(struct body_judge *j, struct json *endpoint)
{
	struct json *list;
	int status = 0;

	if (!j->links->first)
		return 0;
	list = body_child(j, endpoint, "Links", JSON_ARRAY);
	if (!list)
		return BODY_MEMORY;
	for (const struct json *l = j->links->first; l && !status; l = l->next)
		status = add_link(j, l->text, list, true);
	return status;
}

static int
finish_endpoints(struct body_judge *j, struct json *root, struct span mode)
{
	struct json *endpoints =
		json_get_exact(json_get_exact(root, "NetworkingConfig"), "EndpointsConfig");
	struct json *main_one;
	int status = 0;

	if (!endpoints && !j->links->first && !j->policy->name.len)
		return 0;
	if (!endpoints)
		status = need_endpoint(j, root, mode, &endpoints);
	if (status)
		return status;
	main_one = find_endpoint(endpoints, mode);
	status = move_links(j, main_one ? main_one : endpoints->first);
	for (struct json *e = endpoints->first; e && !status; e = e->next) {
		if (j->policy->name.len)
			status = body_add_alias(j, e, j->policy->name);
		body_order(body_endpoint_fields, e);
	}
	return status;
}

/* With endpoints and no NetworkMode the container is in these networks only. */
static int
choose_mode(struct body_judge *j, struct json *root, struct json *host, struct json **mode)
{
	const struct json *endpoints =
		json_get_exact(json_get_exact(root, "NetworkingConfig"), "EndpointsConfig");
	struct span choice = SPAN("bridge");
	int status;

	*mode = json_get_exact(host, "NetworkMode");
	if (*mode && !span_eq((*mode)->text, SPAN("default")))
		return 0;
	if (endpoints && endpoints->first && !find_endpoint(endpoints, choice))
		choice = endpoints->first->key;
	status = body_set_string(j, host, "NetworkMode", choice);
	*mode = json_get_exact(host, "NetworkMode");
	return status;
}

int
body_finish_network(struct body_judge *j, struct json *root, struct json *host)
{
	struct body_ref ref = { .kind = BODY_REF_CONTAINER, .head = SPAN("container:") };
	int status = choose_mode(j, root, host, &ref.node);
	struct span mode;

	if (status)
		return status;
	mode = ref.node->text;
	if (span_eq(mode, SPAN("none")) || is_container(mode)) {
		if (j->links->first)
			return body_bad(j, "HostConfig.Links: needs a network; name one");
		if (!is_container(mode))
			return 0;
		ref.name = (struct span){ mode.p + 10, mode.len - 10 };
		return body_name(j, &ref);
	}
	status = name_network(j, ref.node, false);
	return status ? status : finish_endpoints(j, root, mode);
}
