/*
 * master_reload: from one generation to the next. The first start is a reload
 * with nothing before it.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "run/master_impl.h"
#include "run/notify.h"

/* Workers start within milliseconds; on a host that swaps it takes longer. */
#define READY_TIMEOUT_MS 30000
/* A start was refused: for those workers that had begun to end. */
#define START_GRACE_MS 5000
/* How often sessions of older generations are judged: an old worker may have been in the middle of a request. */
#define JUDGE_MS 1000

static void
log_lines(const char *event, struct span lines)
{
	while (lines.p && lines.len) {
		struct span line = span_cut(&lines, '\n');
		if (!line.len)
			continue;
		log_begin(LOG_ERROR, event);
		log_span("error", line);
		log_end();
	}
}

/* Standard error, plainly: who starts the gateway by hand reads it. */
static void
refuse_start(struct master *m, const struct text *why, bool bad_input)
{
	if (why->p)
		fputs(why->p, stderr);
	m->exit_code = bad_input ? 2 : 1;
	m->state_ms = clock_mono_ms() + START_GRACE_MS;
	master_enter(m, MASTER_CLOSING);
}

static void
refuse_reload(struct master *m, const struct text *why)
{
	log_lines("reload_refused", text_span(why));
	log_msg(LOG_ERROR, "nothing is changed; the gateway serves on as before");
	board_count(m->board, 0, COUNT_RELOADS_REFUSED, 1);
	master_enter(m, MASTER_SERVING);
	notify_status("reload refused, serving as before; see the log");
}

static int
spawn_all(struct master *m, struct text *errors)
{
	for (unsigned i = 0; i < m->next.config->workers; i++)
		if (fleet_spawn(&m->fleet, &m->next, i, &m->next_sockets, &m->sockets, m->signals,
			    errors) < 0)
			return -1;
	return 0;
}

void
reload_start(struct master *m)
{
	struct text errors;

	if (m->state > MASTER_SERVING) {
		m->reload_wanted = m->state == MASTER_RELOADING;
		return;
	}
	m->reload_wanted = false;
	text_init(&errors, 0);
	if (m->state == MASTER_SERVING)
		master_enter(m, MASTER_RELOADING);
	if (generation_build(&m->next, m->path, m->last_number + 1, &m->board, &errors) < 0) {
		reload_abort(m, &errors);
	} else {
		m->last_number++;
		m->fleet.board = m->board;
		if (listen_prepare(&m->sockets, m->next.config, &m->next_sockets, &errors) < 0 ||
			spawn_all(m, &errors) < 0)
			reload_abort(m, &errors);
		else
			m->state_ms = clock_mono_ms() + READY_TIMEOUT_MS;
	}
	text_free(&errors);
}

void
reload_abort(struct master *m, struct text *why)
{
	if (m->next.number)
		fleet_send(&m->fleet, m->next.number, 0, CONTROL_CLOSE, CONTROL_SHUTDOWN, NULL);
	listen_abandon(&m->next_sockets);
	generation_free(&m->next);
	m->state_ms = 0;
	if (m->state == MASTER_STARTING)
		refuse_start(m, why, m->last_number == 0);
	else
		refuse_reload(m, why);
}

static void
take_settings(struct master *m)
{
	const struct config *c = m->now.config;

	log_setup(c->log_level, c->log_format, STDERR_FILENO);
	m->rotate_ms = c->ticket_rotation_ms ? clock_mono_ms() + c->ticket_rotation_ms : 0;
	memset(m->place, 0, sizeof(m->place));
}

/* Old workers take what is queued where nobody listens from now on. */
static void
leave_old_sockets(struct master *m)
{
	struct listen_set *old = &m->sockets;

	for (unsigned i = 0; i < old->count; i++) {
		if (old->group[i].is_admin ||
			listen_find(&m->next_sockets, old->group[i].name) >= 0)
			continue;
		if (!m->now.number)
			log_msg(LOG_WARN,
				"%s was handed over by the service manager and is not in \"listen\"",
				old->group[i].name);
		fleet_send(&m->fleet, 0, m->next.number, CONTROL_SWEEP, 0, old->group[i].name);
	}
	listen_adopt(old, &m->next_sockets);
}

/* The last thing that can fail. */
static int
begin_listening(struct master *m)
{
	struct text errors;
	int result;

	text_init(&errors, 0);
	result = listen_begin_all(&m->next_sockets, &errors);
	if (result < 0)
		reload_abort(m, &errors);
	text_free(&errors);
	return result;
}

void
reload_commit(struct master *m)
{
	bool first = m->now.number == 0;

	if (begin_listening(m) < 0)
		return;
	fleet_send(&m->fleet, m->next.number, 0, CONTROL_SERVE, 0, NULL);
	leave_old_sockets(m);
	fleet_send(&m->fleet, 0, m->next.number, CONTROL_DRAIN, 0, NULL);
	generation_free(&m->now);
	m->now = m->next;
	memset(&m->next, 0, sizeof(m->next));
	m->state_ms = 0;
	take_settings(m);
	if (!first) {
		board_count(m->board, 0, COUNT_RELOADS, 1);
		m->judged_at = clock_unix();
		reload_judge(m);
	}
	master_enter(m, MASTER_SERVING);
	log_begin(LOG_INFO, first ? "serving" : "reloaded");
	log_u64("generation", m->now.number);
	log_u64("workers", m->now.config->workers);
	for (unsigned i = 0; i < m->sockets.count; i++)
		log_str(m->sockets.group[i].is_admin ? "admin" : "listen",
			m->sockets.group[i].name);
	log_end();
	notify_status("serving with %u workers, generation %u", m->now.config->workers,
		m->now.number);
}

static enum board_kill
judge(void *arg, const struct board_session *s)
{
	const struct master *m = arg;

	return generation_judge(&m->now, m->judged_at, s);
}

void
reload_judge(struct master *m)
{
	unsigned n = board_kill(m->board, judge, m);

	if (n) {
		log_begin(LOG_INFO, "sessions_revoked");
		log_u64("sessions", n);
		log_end();
		fleet_send(&m->fleet, 0, 0, CONTROL_KILLS, 0, NULL);
	}
	/* As long as old workers are there, which know the old credentials only. */
	bool old = fleet_count(&m->fleet, 0, CHILD_STARTING, CHILD_LEAVING) >
		fleet_count(&m->fleet, m->now.number, CHILD_STARTING, CHILD_LEAVING);
	m->judge_ms = old ? clock_mono_ms() + JUDGE_MS : 0;
}
