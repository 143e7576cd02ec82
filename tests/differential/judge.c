/*
 * The gateway's judgement of bodies, for comparison with Go's reading of them.
 *
 * Standard input: "METHOD PATH LENGTH\n" and LENGTH bytes of body, again and again. For each one
 * line goes out: "STATUS LENGTH\n" and LENGTH bytes. Status 0: they are the body that would be sent (with
 * names as the client wrote them); else they are the refusal's message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"

#define MAX_BODY ((size_t)1 << 20)

static char label[] = "fairlead.tenant", acme[] = "acme", every_image[] = "*";
static char *images[] = { every_image, NULL };
static struct config_tenant tenant = { .name = acme, .preset = acme, .images = images };
static struct config config = { .owner_label = label,
	.tenants = &tenant,
	.tenant_count = 1,
	.max_body = MAX_BODY,
	.max_answer = MAX_BODY };

static void
print(unsigned status, struct span s)
{
	printf("%u %zu\n", status, s.len);
	fwrite(s.p, 1, s.len, stdout);
	fflush(stdout);
}

static int
read_head(struct exchange *x, struct text *head, const char *method, const char *path)
{
	static const struct http_limits limits = { 8192, 16384, HTTP_MAX_FIELDS };
	struct http_error err;
	size_t scanned = 0, used;

	text_addf(head,
		"%s %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
		"Content-Length: %zu\r\n\r\n",
		method, path, x->body.len);
	return http_request_parse(text_span(head), &limits, &scanned, &x->request, &used, &err) ==
			HTTP_DONE
		? 0
		: -1;
}

static void
judge(const char *method, const char *path, struct span body)
{
	static const struct gate *const gates[] = { &policy_target, &policy_endpoint,
		&policy_body };
	struct exchange x = { .body = body, .config = &config, .tenant = &tenant, .minor = 51 };
	enum gate_answer a = GATE_PASS;
	struct text head, out;

	text_init(&head, 0);
	text_init(&out, 0);
	(void)span_copy(span_of(acme), x.who.tenant, sizeof(x.who.tenant));
	if (read_head(&x, &head, method, path) == -1)
		abort();
	for (size_t i = 0; a == GATE_PASS && i < sizeof(gates) / sizeof(gates[0]); i++)
		a = gates[i]->check(&x);
	if (a != GATE_PASS) {
		print(x.refusal.status, text_span(&x.refusal.message));
	} else if (x.tree.root) {
		json_print(&out, x.tree.root);
		print(0, text_span(&out));
	} else {
		print(0, text_span(&x.out));
	}
	exchange_clear(&x);
	text_free(&out);
	text_free(&head);
}

int
main(void)
{
	static char line[4096], method[16], path[2048], body[MAX_BODY];
	size_t len;

	tenant.rights = right_preset(SPAN("tenant")) | right_grant(SPAN("commit"));
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "%15s %2047s %zu", method, path, &len) != 3 ||
			len > sizeof(body) || fread(body, 1, len, stdin) != len)
			return 1;
		judge(method, path, (struct span){ body, len });
	}
	return 0;
}
