/*
 * Tests of format/answer on events and on the messages of a pull, push, build or load: answers of Engine 20.10
 * (data/answer), and what newer ones say.
 */
#include "answer_tree.h"

#define WEB "9e3b788d670de1f9015910f3a37fb7a3a959ceb815974fa184d1c01cf23c1c27"
#define BETAS "ec2e8c1e02483475fb05be5f3cb86689166eeb2879232acd36cf81a1c0e4d5b3"
#define NOBODYS "45924d0466420079f550fa0a62d4a40c1a64011c3c3bc6768dde12dc0be1e311"
#define IMAGE_ID "sha256:6da976db1b1c5542d1780f5276932c7f1677a2a575335d741c89e9dc66700db5"

static const struct image_space images = { .tenant = { "acme", 4 },
	.images = (char *const[]){ (char[]){ "alpine" }, NULL } };

static enum answer_owner
owner_of(const void *arg, struct span id)
{
	(void)arg;
	if (span_eq(id, SPAN(BETAS)))
		return ANSWER_OWNER_OTHER;
	return span_eq(id, SPAN(WEB)) ? ANSWER_OWNER_SELF : ANSWER_OWNER_UNKNOWN;
}

static const struct answer_view view = { .tenant = { "acme", 4 },
	.owner_label = "fairlead.tenant",
	.images = &images,
	.owner = owner_of };

static void
shows(answer_show_fn *fn, const char *in, enum answer_verdict verdict, const char *want)
{
	struct json_doc doc = parse(in);

	assert_int_equal(fn(&view, &doc, doc.root), verdict);
	if (want)
		assert_json(doc.root, want);
	json_free(&doc);
}

/* "container create web", or "image tag app:1". */
static void
add_event(const struct json *event, struct text *out)
{
	const struct json *actor = json_get_exact(event, "Actor");
	const struct json *name = json_get_exact(json_get_exact(actor, "Attributes"), "name");

	if (!name)
		name = json_get_exact(actor, "ID");
	text_addf(out, "%.*s %.*s %.*s\n", SPAN_ARG(json_get_exact(event, "Type")->text),
		SPAN_ARG(json_get_exact(event, "Action")->text), SPAN_ARG(name->text));
}

static void
a_tenant_hears_of_its_own(void **state)
{
	(void)state;
	static const char *const words[] = { "acme--", "beta", "fairlead", BETAS, NULL };
	struct json_doc doc = load("events");
	struct text heard;

	text_init(&heard, 0);
	for (struct json *v = doc.root->first; v; v = v->next) {
		if (answer_event(&view, &doc, v) != ANSWER_SHOWN)
			continue;
		assert_lacks(v, words);
		add_event(v, &heard);
	}
	assert_string_equal(heard.p,
		"volume create data\n"
		"container create web\n"
		"network connect net1\n"
		"volume mount data\n"
		"container start web\n"
		"container exec_create: true  web\n"
		"container exec_start: true  web\n"
		"container exec_die web\n"
		"container rename front\n"
		"container kill front\n"
		"container kill front\n"
		"container die front\n"
		"network disconnect net1\n"
		"volume unmount data\n"
		"container stop front\n"
		"image tag snap:latest\n"
		"container commit front\n"
		"image tag team/app:2\n"
		"image tag built:1\n"
		"image tag built:2\n"
		"container destroy front\n"
		"network destroy net1\n"
		"image untag sha256:cf73cd29f422d0a0b99a8d3c55dd3b3d35a5f7769a52e6e5c8e95afdf365cb3b\n");
	text_free(&heard);
	json_free(&doc);
}

static void
events_are_in_the_tenants_words(void **state)
{
	(void)state;
	shows(answer_event,
		"{\"status\":\"rename\",\"id\":\"" WEB
		"\",\"from\":\"sha256:1\",\"Type\":\"container\",\"Action\":\"rename\",\"Actor\":{\"ID\":\"" WEB
		"\",\"Attributes\":{\"fairlead.tenant\":\"acme\",\"fairlead.tenant.memory\":\"0\","
		"\"fairlead.tenant.ref\":\"app\",\"image\":\"sha256:1\",\"imageRef\":\"acme--snap:1\",\"mine\":\"x\",\"name\":\"acme--front\","
		"\"oldName\":\"/acme--web\"}},\"scope\":\"local\",\"time\":1,\"timeNano\":2}",
		ANSWER_SHOWN,
		"{\"status\":\"rename\",\"id\":\"" WEB
		"\",\"from\":\"app\",\"Type\":\"container\",\"Action\":\"rename\",\"Actor\":{\"ID\":\"" WEB
		"\",\"Attributes\":{\"image\":\"app\",\"imageRef\":\"snap:1\",\"mine\":\"x\",\"name\":\"front\",\"oldName\":\"/web\"}},"
		"\"scope\":\"local\",\"time\":1,\"timeNano\":2}");
	/* Made by the operator, of an image that the tenant may see. */
	shows(answer_event,
		"{\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":\"" WEB
		"\",\"Attributes\":{\"fairlead.tenant\":\"acme\",\"image\":\"acme--x:1\",\"name\":\"given\"}}}",
		ANSWER_SHOWN,
		"{\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":\"" WEB
		"\",\"Attributes\":{\"image\":\"x:1\",\"name\":\"given\"}}}");
}

#define NETWORK(name, container)                                                                   \
	"{\"Type\":\"network\",\"Action\":\"connect\",\"Actor\":{\"ID\":\"" NOBODYS                \
	"\",\"Attributes\":{\"container\":\"" container "\",\"name\":\"" name "\"}}}"
#define VOLUME(name, container)                                                                    \
	"{\"Type\":\"volume\",\"Action\":\"mount\",\"Actor\":{\"ID\":\"" name                      \
	"\",\"Attributes\":{\"container\":\"" container "\"}}}"

static void
networks_and_volumes_are_known_by_name_or_member(void **state)
{
	(void)state;
	shows(answer_event, NETWORK("acme--net", NOBODYS), ANSWER_SHOWN, NETWORK("net", NOBODYS));
	shows(answer_event, NETWORK("none", WEB), ANSWER_SHOWN, NETWORK("none", WEB));
	shows(answer_event, NETWORK("none", NOBODYS), ANSWER_FOREIGN, NULL);
	shows(answer_event, NETWORK("acme--net", BETAS), ANSWER_FOREIGN, NULL);
	shows(answer_event, NETWORK("beta--net", WEB), ANSWER_FOREIGN, NULL);
	shows(answer_event, NETWORK("acme--", NOBODYS), ANSWER_FOREIGN, NULL);
	shows(answer_event, VOLUME("acme--data", NOBODYS), ANSWER_SHOWN, VOLUME("data", NOBODYS));
	shows(answer_event, VOLUME("given", WEB), ANSWER_SHOWN, VOLUME("given", WEB));
	shows(answer_event, VOLUME("given", NOBODYS), ANSWER_FOREIGN, NULL);
	shows(answer_event, VOLUME("acme--data", BETAS), ANSWER_FOREIGN, NULL);
	shows(answer_event, VOLUME("beta--data", WEB), ANSWER_FOREIGN, NULL);
}

#define IMAGE(id, attributes)                                                                      \
	"{\"id\":\"" id "\",\"Type\":\"image\",\"Action\":\"x\",\"Actor\":{\"ID\":\"" id           \
	"\",\"Attributes\":{" attributes "}}}"

static void
images_are_known_by_name_or_builder(void **state)
{
	(void)state;
	shows(answer_event, IMAGE("alpine:3", "\"name\":\"alpine\""), ANSWER_SHOWN,
		IMAGE("alpine:3", "\"name\":\"alpine\""));
	shows(answer_event, IMAGE("acme--app:1", "\"name\":\"acme--app\""), ANSWER_SHOWN,
		IMAGE("app:1", "\"name\":\"app\""));
	shows(answer_event,
		IMAGE(IMAGE_ID, "\"fairlead.tenant.image\":\"acme\",\"name\":\"" IMAGE_ID "\""),
		ANSWER_SHOWN, IMAGE(IMAGE_ID, "\"name\":\"" IMAGE_ID "\""));
	shows(answer_event, IMAGE(IMAGE_ID, "\"name\":\"" IMAGE_ID "\""), ANSWER_FOREIGN, NULL);
	shows(answer_event,
		IMAGE(IMAGE_ID, "\"fairlead.tenant.image\":\"acme\",\"name\":\"beta--x:1\""),
		ANSWER_FOREIGN, NULL);
	shows(answer_event, IMAGE("beta--x:1", "\"name\":\"beta--x\""), ANSWER_FOREIGN, NULL);
	shows(answer_event, IMAGE("private:1", "\"name\":\"private\""), ANSWER_FOREIGN, NULL);
}

static void
other_events_are_not_heard(void **state)
{
	(void)state;
	static const char *const foreign[] = {
		"{}",
		"{\"status\":\"start\",\"id\":\"" WEB "\",\"from\":\"x\"}", /* API < 1.22 */
		"{\"Type\":\"daemon\",\"Action\":\"reload\",\"Actor\":{\"ID\":\"x\",\"Attributes\":{\"fairlead.tenant\":\"acme\"}}}",
		"{\"Type\":\"container\",\"Action\":\"prune\",\"Actor\":{\"ID\":\"\",\"Attributes\":{\"reclaimed\":\"5\"}}}",
		"{\"Type\":\"container\",\"Actor\":{\"ID\":\"" WEB "\"}}",
		"{\"Type\":\"container\",\"Actor\":{\"Attributes\":{\"fairlead.tenant\":\"acme\"}}}",
		"{\"Type\":\"container\",\"Actor\":{\"ID\":\"" WEB
		"\",\"Attributes\":{\"fairlead.tenant\":\"beta\"}}}",
		"{\"Type\":[\"container\"],\"Actor\":{\"ID\":\"" WEB
		"\",\"Attributes\":{\"fairlead.tenant\":\"acme\"}}}",
	};

	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		shows(answer_event, foreign[i], ANSWER_FOREIGN, NULL);
	shows(answer_event, "[]", ANSWER_UNREADABLE, NULL);
}

static void
owners_are_learned_from_events(void **state)
{
	(void)state;
	struct answer_container found;
	struct json_doc doc = parse("{\"Type\":\"container\",\"Actor\":{\"ID\":\"" WEB
				    "\",\"Attributes\":{\"fairlead.tenant\":\"beta\"}}}");

	assert_int_equal(answer_event_read(doc.root, "fairlead.tenant", &found), 0);
	assert_true(span_eq(found.id, SPAN(WEB)));
	assert_true(span_eq(found.owner, SPAN("beta")));
	assert_int_equal(answer_event_read(doc.root, "other", &found), -1);
	json_free(&doc);
	doc = parse("{\"Type\":\"network\",\"Actor\":{\"ID\":\"" WEB
		    "\",\"Attributes\":{\"fairlead.tenant\":\"beta\"}}}");
	assert_int_equal(answer_event_read(doc.root, "fairlead.tenant", &found), -1);
	json_free(&doc);
}

static void
builds_tell_of_the_tenants_names(void **state)
{
	(void)state;
	struct json_doc doc = load("build");
	struct text out;

	text_init(&out, 0);
	for (struct json *v = doc.root->first; v; v = v->next) {
		const struct json *stream = json_get_exact(v, "stream");

		assert_int_equal(answer_progress(&view, &doc, v), ANSWER_SHOWN);
		if (stream &&
			(span_starts(stream->text, SPAN("S")) ||
				span_starts(stream->text, SPAN("hello"))))
			text_addf(&out, "%.*s|", SPAN_ARG(stream->text));
	}
	assert_string_equal(out.p,
		"Step 1/5 : FROM app:1|Step 2/5 : LABEL |Step 3/5 : RUN echo hello x|hello acme--x\n|Step 4/5 : ENV A=b|"
		"Step 5/5 : CMD [\"x\"]|Successfully built cf73cd29f422\n|Successfully tagged built:1\n|");
	text_free(&out);
	json_free(&doc);
}

static void
progress_is_in_the_tenants_words(void **state)
{
	(void)state;
	static const char *const same[] = {
		"{\"status\":\"Pulling from library/alpine\",\"id\":\"3.19\"}",
		"{\"status\":\"Downloading\",\"progressDetail\":{\"current\":5,\"total\":9},\"progress\":\"[=>]\",\"id\":\"4f2a9c0de1b3\"}",
		"{\"aux\":{\"ID\":\"" IMAGE_ID "\"}}",
		"{\"stream\":\"\\u001b[1m fairlead.tenant=x acme--y\\n\"}",
		"{}",
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		shows(answer_progress, same[i], ANSWER_SHOWN, same[i]);
	shows(answer_progress,
		"{\"status\":\"The push refers to repository [docker.io/library/acme--app]\"}",
		ANSWER_SHOWN,
		"{\"status\":\"The push refers to repository [docker.io/library/app]\"}");
	shows(answer_progress, "{\"stream\":\"Loaded image: acme--team/app:1\\n\"}", ANSWER_SHOWN,
		"{\"stream\":\"Loaded image: team/app:1\\n\"}");
	shows(answer_progress,
		"{\"errorDetail\":{\"code\":1,\"message\":\"no acme--app, beta--x\"},\"error\":\"no acme--app, beta--x\"}",
		ANSWER_SHOWN,
		"{\"errorDetail\":{\"code\":1,\"message\":\"no app, <hidden>\"},\"error\":\"no app, <hidden>\"}");
	shows(answer_progress, "[]", ANSWER_UNREADABLE, NULL);
}

static void
assert_error(const char *message, const char *want)
{
	struct text out;

	text_init(&out, 0);
	answer_error_sentence(&view, span_of(message), &out);
	assert_string_equal(out.p, want);
	text_free(&out);
}

static void
errors_tell_of_the_tenants_images(void **state)
{
	(void)state;
	assert_error("No such image: acme--app:1", "No such image: app:1");
	assert_error("No such image: acme--team/app:1", "No such image: team/app:1");
	assert_error(
		"pull access denied for acme--x, repository does not exist or may require 'docker login'",
		"pull access denied for x, repository does not exist or may require 'docker login'");
	assert_error("conflict: unable to remove repository reference \"beta--x:1\"",
		"conflict: unable to remove repository reference \"<hidden>:1\"");
	assert_error("An image does not exist locally with the tag: acme--app",
		"An image does not exist locally with the tag: app");
}

/* Where the engine has its files is told by their names. */
static void
errors_tell_no_folder_of_the_host(void **state)
{
#define DIGITS "4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a4f2a"
	(void)state;
	assert_error("source /srv/docker-1/vfs/dir/" DIGITS "/etc/resolv.conf is not directory",
		"source <hidden>/etc/resolv.conf is not directory");
	assert_error("/srv/docker/overlay2/" DIGITS "/merged: no space left",
		"<hidden>/merged: no space left");
	assert_error("open \"/etc/x\": " DIGITS ", /" DIGITS " a/b/" DIGITS,
		"open \"/etc/x\": <hidden>, <hidden> a/b/<hidden>");
}

static void
assert_asked(const char *message, const char *want)
{
	struct text out;

	text_init(&out, 0);
	text_add_str(&out, "");
	answer_error_as_asked(span_of(message), SPAN(WEB), SPAN("web"), &out);
	assert_string_equal(out.p, want);
	text_free(&out);
}

static void
errors_repeat_what_was_asked_for(void **state)
{
	(void)state;
	assert_asked("Container " WEB " is paused, unpause the container before exec",
		"Container web is paused, unpause the container before exec");
	assert_asked("container " WEB " is paused, unpause the container before attach",
		"container web is paused, unpause the container before attach");
	assert_asked("Cannot kill container: " WEB ": Container " WEB " is not running",
		"Cannot kill container: web: Container " WEB " is not running");
	assert_asked("Could not find the file /x in container " WEB,
		"Could not find the file /x in container web");
	assert_asked("cannot remove container \"" WEB "\": it is running",
		"cannot remove container \"web\": it is running");
	assert_asked("Container " WEB " is not running", "Container " WEB " is not running");
	assert_asked("You cannot remove a running container " WEB ". Stop it",
		"You cannot remove a running container " WEB ". Stop it");
	assert_asked(WEB, WEB);
	assert_asked("", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tenant_hears_of_its_own),
		cmocka_unit_test(events_are_in_the_tenants_words),
		cmocka_unit_test(networks_and_volumes_are_known_by_name_or_member),
		cmocka_unit_test(images_are_known_by_name_or_builder),
		cmocka_unit_test(other_events_are_not_heard),
		cmocka_unit_test(owners_are_learned_from_events),
		cmocka_unit_test(builds_tell_of_the_tenants_names),
		cmocka_unit_test(progress_is_in_the_tenants_words),
		cmocka_unit_test(errors_tell_of_the_tenants_images),
		cmocka_unit_test(errors_tell_no_folder_of_the_host),
		cmocka_unit_test(errors_repeat_what_was_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
