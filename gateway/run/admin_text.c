/*
 * admin_text: prints the board for machines.
 */
#include "run/admin_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

struct tenant_count {
	char name[BOARD_TENANT_SIZE];
	uint64_t sessions, spliced;
};

struct tally {
	struct tenant_count *tenant;
	size_t count, size;
	uint64_t sessions;
	bool failed;
};

static struct tenant_count *
tally_find(struct tally *t, const char *name)
{
	/* A gateway has tens of tenants; the last one found is mostly the next one too. */
	for (size_t i = t->count; i > 0; i--)
		if (strcmp(t->tenant[i - 1].name, name) == 0)
			return &t->tenant[i - 1];
	if (t->count == t->size) {
		size_t size = t->size ? 2 * t->size : 16;
		struct tenant_count *grown = realloc(t->tenant, size * sizeof(*grown));
		if (!grown)
			return NULL;
		t->tenant = grown;
		t->size = size;
	}
	struct tenant_count *n = &t->tenant[t->count++];
	memset(n, 0, sizeof(*n));
	memcpy(n->name, name, strlen(name) + 1);
	return n;
}

static void
tally_add(void *arg, const struct board_session *s)
{
	struct tally *t = arg;
	struct tenant_count *n = tally_find(t, s->tenant);

	t->sessions++;
	if (!n) {
		t->failed = true;
		return;
	}
	n->sessions++;
	if (s->spliced)
		n->spliced++;
}

static void
write_head(struct text *out, const char *name, const char *suffix, const char *type,
	const char *help)
{
	text_addf(out, "# HELP fairlead_%s%s %s\n# TYPE fairlead_%s%s %s\n", name, suffix, help,
		name, suffix, type);
}

static void
write_gauge(struct text *out, const char *name, const char *help, uint64_t value)
{
	write_head(out, name, "", "gauge", help);
	text_addf(out, "fairlead_%s %llu\n", name, (unsigned long long)value);
}

/* The two are read one after the other, so the second may have run ahead. */
static uint64_t
open_now(const struct board *b, enum board_counter opened, enum board_counter closed)
{
	uint64_t ended = board_total(b, closed);
	uint64_t begun = board_total(b, opened);

	return begun > ended ? begun - ended : 0;
}

static void
write_label(struct text *out, const char *value)
{
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			text_add_char(out, '\\');
		if (*value == '\n')
			text_add_str(out, "\\n");
		else
			text_add_char(out, *value);
	}
}

static void
write_tenants(struct text *out, const struct tally *t)
{
	write_head(out, "tenant_sessions", "", "gauge",
		"Live sessions of a tenant, raw streams or not.");
	for (size_t i = 0; i < t->count; i++) {
		const struct tenant_count *n = &t->tenant[i];
		text_add_str(out, "fairlead_tenant_sessions{tenant=\"");
		write_label(out, n->name);
		text_addf(out, "\",kind=\"stream\"} %llu\n", (unsigned long long)n->spliced);
		text_add_str(out, "fairlead_tenant_sessions{tenant=\"");
		write_label(out, n->name);
		text_addf(out, "\",kind=\"request\"} %llu\n",
			(unsigned long long)(n->sessions - n->spliced));
	}
}

void
admin_write_metrics(const struct board *b, struct text *out)
{
	struct tally t = { 0 };

	for (unsigned i = 0; i < BOARD_COUNTERS; i++) {
		enum board_counter c = (enum board_counter)i;
		write_head(out, board_counter_name(c), "_total", "counter", board_counter_help(c));
		text_addf(out, "fairlead_%s_total %llu\n", board_counter_name(c),
			(unsigned long long)board_total(b, c));
	}
	board_sessions(b, tally_add, &t);
	write_gauge(out, "sessions", "Live sessions.", t.sessions);
	write_gauge(out, "sessions_limit", "Live sessions that there is room for.", board_rows(b));
	write_gauge(out, "streams", "Live raw streams.",
		open_now(b, COUNT_SPLICES, COUNT_SPLICES_CLOSED));
	write_gauge(out, "open_connections", "Open connections of clients.",
		open_now(b, COUNT_CONNECTIONS, COUNT_CONNECTIONS_CLOSED));
	write_gauge(out, "workers", "Worker processes, draining ones included.",
		open_now(b, COUNT_WORKERS_STARTED, COUNT_WORKERS_ENDED));
	write_tenants(out, &t);
	if (t.failed)
		out->failed = true;
	free(t.tenant);
}

static void
write_field(struct text *out, const char *key, const char *value)
{
	text_add_char(out, ',');
	text_add_json(out, span_of(key));
	text_add_char(out, ':');
	text_add_json(out, span_of(value));
}

static void
write_session(void *arg, const struct board_session *s)
{
	struct text *out = arg;
	char since[CLOCK_RFC3339_SIZE];

	clock_rfc3339_ms(s->since_ms, since);
	if (out->len > 1)
		text_add_char(out, ',');
	text_addf(out, "{\"id\":%llu", (unsigned long long)s->serial);
	write_field(out, "tenant", s->tenant);
	write_field(out, "key", s->key);
	write_field(out, "endpoint", s->endpoint);
	write_field(out, "container", s->container);
	write_field(out, "exec", s->exec);
	write_field(out, "peer", s->peer);
	write_field(out, "since", since);
	text_addf(out, ",\"up\":%llu,\"down\":%llu,\"spliced\":%s,\"pid\":%d}",
		(unsigned long long)s->up, (unsigned long long)s->down,
		s->spliced ? "true" : "false", (int)s->pid);
}

void
admin_write_sessions(const struct board *b, struct text *out)
{
	text_add_char(out, '[');
	board_sessions(b, write_session, out);
	text_add_str(out, "]\n");
}

void
admin_write_message(const char *message, struct text *out)
{
	text_add_str(out, "{\"message\":");
	text_add_json(out, span_of(message));
	text_add_str(out, "}\n");
}
