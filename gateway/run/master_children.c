/*
 * master_children: what workers report, and what becomes of those that die.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "run/master_impl.h"

/* A worker that dies at once again and again must not take the machine's time from the others. */
#define BACKOFF_FIRST_MS 100
#define BACKOFF_MAX_MS 5000
/* One that lived this long did not die of what it was born with. */
#define LIVED_MS 10000

static void
on_ready(struct master *m, struct child *c)
{
	if (c->state != CHILD_STARTING)
		return;
	c->state = CHILD_READY;
	if (c->generation == m->now.number) {
		/* One that replaces another: there is nobody to wait for. */
		if (control_send(c->control, CONTROL_SERVE, 0, NULL) == 0)
			c->state = CHILD_SERVING;
		return;
	}
	if (c->generation == m->next.number &&
		fleet_count(&m->fleet, c->generation, CHILD_READY, CHILD_READY) ==
			m->next.config->workers)
		reload_commit(m);
}

static void
obey(struct master *m, struct child *c, const struct control_message *msg)
{
	switch (msg->what) {
	case CONTROL_READY:
		on_ready(m, c);
		break;
	case CONTROL_LEAVING:
		if (!c->told)
			log_msg(LOG_INFO,
				"worker %u (pid %d) was told by a signal to leave; another takes its place",
				c->worker + 1, (int)c->pid);
		c->told = true;
		c->state = CHILD_LEAVING;
		break;
	case CONTROL_KILLS:
		fleet_send(&m->fleet, 0, 0, CONTROL_KILLS, 0, NULL);
		break;
	default:
		break;
	}
}

void
children_read(struct master *m, struct child *c)
{
	struct control_message msg;
	pid_t pid = c->pid;
	int r = 0;

	/* A worker has three things to say; more in one turn is a fault that must not hold the master. */
	for (int i = 0; i < 16 && c->pid == pid && (r = control_read(c->control, &msg)) > 0; i++)
		obey(m, c, &msg);
	if (r < 0 && c->pid == pid && c->control >= 0) {
		/* It is about to end, or hangs in its end; SIGCHLD says. */
		close(c->control);
		c->control = -1;
	}
}

static void
back_off(struct master *m, const struct child *was, uint64_t now)
{
	struct master_place *p = &m->place[was->worker % LISTEN_MAX_SOCKETS];

	p->failures = now - was->born_ms >= LIVED_MS ? 0 : p->failures + 1;
	uint64_t wait = 0;
	if (p->failures)
		wait = (uint64_t)BACKOFF_FIRST_MS << (p->failures < 7 ? p->failures - 1 : 6);
	p->not_before_ms = now + (wait < BACKOFF_MAX_MS ? wait : BACKOFF_MAX_MS);
}

static void
log_death(const struct child *was, int status)
{
	bool failed = !was->told || WIFSIGNALED(status) || WEXITSTATUS(status) != 0;

	log_begin(failed ? LOG_ERROR : LOG_INFO, failed ? "worker_died" : "worker_ended");
	log_u64("worker", was->worker + 1);
	log_u64("generation", was->generation);
	log_i64("pid", was->pid);
	if (WIFSIGNALED(status))
		log_str("signal", sigabbrev_np(WTERMSIG(status)));
	else
		log_i64("status", WEXITSTATUS(status));
	log_end();
}

static void
on_death(struct master *m, const struct child *was, int status)
{
	struct text why;

	log_death(was, status);
	if (was->told || m->state >= MASTER_STOPPING)
		return;
	if (m->next.number && was->generation == m->next.number) {
		text_init(&why, 0);
		text_addf(&why, "worker %u ended before it was ready; see the log line before\n",
			was->worker + 1);
		reload_abort(m, &why);
		text_free(&why);
		return;
	}
	back_off(m, was, clock_mono_ms());
}

void
children_reap(struct master *m)
{
	struct child was;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (fleet_bury(&m->fleet, pid, &was))
			on_death(m, &was, status);
}

static void
replace(struct master *m, unsigned worker, uint64_t now)
{
	struct text errors;

	text_init(&errors, 0);
	if (fleet_spawn(&m->fleet, &m->now, worker, &m->sockets, &m->next_sockets, m->signals,
		    &errors) < 0) {
		log_msg(LOG_ERROR, "worker %u cannot be started: %.*s", worker + 1,
			SPAN_ARG(text_span(&errors)));
		m->place[worker].not_before_ms = now + BACKOFF_MAX_MS;
	}
	text_free(&errors);
}

uint64_t
children_fill(struct master *m, uint64_t now)
{
	uint64_t due = 0;

	if (m->state != MASTER_SERVING && m->state != MASTER_RELOADING)
		return 0;
	for (unsigned i = 0; i < m->now.config->workers; i++) {
		if (fleet_has(&m->fleet, m->now.number, i))
			continue;
		if (m->place[i].not_before_ms <= now)
			replace(m, i, now);
		else if (!due || m->place[i].not_before_ms < due)
			due = m->place[i].not_before_ms;
	}
	return due;
}
