/*
 * master: the loop: signals, workers' reports, deadlines.
 */
#include "run/master.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "run/master_impl.h"
#include "run/notify.h"

/* Nothing is due: still look now and then, so that a lost wake-up is never for ever. */
#define LONGEST_SLEEP_MS 60000
#define SIGNALS_A_TURN 16

void
master_enter(struct master *m, enum master_state state)
{
	static const char *const names[] = { "starting", "serving", "reloading", "stopping",
		"closing", "ended" };

	log_msg(LOG_DEBUG, "%s -> %s", names[m->state], names[state]);
	if (state == MASTER_SERVING)
		notify_ready();
	if (state == MASTER_RELOADING)
		notify_reloading();
	if (state >= MASTER_STOPPING && m->state < MASTER_STOPPING)
		notify_stopping();
	if (state == MASTER_STOPPING)
		notify_status("draining");
	m->state = state;
}

static void
set_signals(struct master *m)
{
	static const int wanted[] = { SIGHUP, SIGTERM, SIGINT, SIGUSR1, SIGCHLD };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		sigaddset(&set, wanted[i]);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		fatal("signals cannot be blocked: %s", strerror(errno));
	m->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (m->signals < 0)
		fatal("no descriptor for signals: %s", strerror(errno));
}

static void
on_signal(struct master *m, uint32_t sig)
{
	switch (sig) {
	case SIGHUP:
		/* One that comes while the first start goes on is for what is being read now. */
		if (m->state != MASTER_STARTING)
			reload_start(m);
		break;
	case SIGTERM:
		if (m->state >= MASTER_STOPPING)
			stop_close(m, CONTROL_SHUTDOWN);
		else
			stop_drain(m);
		break;
	case SIGINT:
		stop_close(m, CONTROL_SHUTDOWN);
		break;
	case SIGUSR1:
		fleet_send(&m->fleet, 0, 0, CONTROL_KILLS, 0, NULL);
		break;
	default:
		break; /* SIGCHLD: every turn looks */
	}
}

static void
read_signals(struct master *m)
{
	struct signalfd_siginfo info;

	for (int i = 0; i < SIGNALS_A_TURN &&
		read(m->signals, &info, sizeof(info)) == (ssize_t)sizeof(info);
		i++)
		on_signal(m, info.ssi_signo);
}

static void
on_deadline(struct master *m)
{
	struct text why;

	m->state_ms = 0;
	switch (m->state) {
	case MASTER_STARTING:
	case MASTER_RELOADING:
		text_init(&why, 0);
		text_add_str(&why, "the workers were not ready in time\n");
		reload_abort(m, &why);
		text_free(&why);
		break;
	case MASTER_STOPPING:
		log_msg(LOG_WARN, "timeouts.drain is over; the sessions that are left are ended");
		stop_close(m, CONTROL_DRAIN_TIMEOUT);
		break;
	case MASTER_CLOSING:
		log_msg(LOG_ERROR, "workers that hang are killed");
		fleet_kill(&m->fleet, SIGKILL);
		break;
	case MASTER_SERVING:
	case MASTER_ENDED:
		break;
	}
}

static bool
is_due(uint64_t at, uint64_t now)
{
	return at && now >= at;
}

static void
run_timers(struct master *m, uint64_t now)
{
	if (is_due(m->state_ms, now))
		on_deadline(m);
	if (is_due(m->rotate_ms, now) && m->now.config) {
		board_tickets_rotate(m->board);
		m->rotate_ms = now + m->now.config->ticket_rotation_ms;
	}
	if (is_due(m->judge_ms, now) && m->now.config)
		reload_judge(m);
	if (is_due(m->watchdog_ms, now)) {
		notify_watchdog();
		m->watchdog_ms = now + notify_watchdog_ms();
	}
}

static int
sleep_time(const struct master *m, uint64_t fill_ms, uint64_t now)
{
	const uint64_t due[] = { m->state_ms, m->rotate_ms, m->judge_ms, m->watchdog_ms, fill_ms };
	uint64_t wait = LONGEST_SLEEP_MS;

	for (size_t i = 0; i < sizeof(due) / sizeof(due[0]); i++)
		if (due[i] && (due[i] <= now || due[i] - now < wait))
			wait = due[i] <= now ? 0 : due[i] - now;
	return (int)wait;
}

/* Only those that are there: poll refuses more entries than the process may have descriptors. */
static nfds_t
gather(const struct master *m, struct pollfd p[1 + BOARD_MAX_SLOTS],
	unsigned slot[1 + BOARD_MAX_SLOTS])
{
	nfds_t n = 0;

	p[n++] = (struct pollfd){ .fd = m->signals, .events = POLLIN };
	for (unsigned i = 0; i < BOARD_MAX_SLOTS; i++) {
		if (m->fleet.child[i].control < 0)
			continue;
		slot[n] = i;
		p[n++] = (struct pollfd){ .fd = m->fleet.child[i].control, .events = POLLIN };
	}
	return n;
}

static void
wait_for_news(struct master *m, int timeout)
{
	struct pollfd p[1 + BOARD_MAX_SLOTS];
	unsigned slot[1 + BOARD_MAX_SLOTS];
	nfds_t n = gather(m, p, slot);
	int r = poll(p, n, timeout);

	if (r < 0 && errno != EINTR)
		fatal("the master cannot wait: %s", strerror(errno));
	if (r <= 0)
		return;
	for (nfds_t i = 1; i < n; i++) {
		struct child *c = &m->fleet.child[slot[i]];
		/* A slot may have got another process while this turn went through the ones before it. */
		if (p[i].revents && c->control == p[i].fd)
			children_read(m, c);
	}
	if (p[0].revents)
		read_signals(m);
}

static void
turn(struct master *m)
{
	uint64_t now = clock_mono_ms();
	uint64_t fill_ms = children_fill(m, now);

	wait_for_news(m, sleep_time(m, fill_ms, now));
	children_reap(m);
	run_timers(m, clock_mono_ms());
	if (m->state == MASTER_SERVING && m->reload_wanted)
		reload_start(m);
}

static bool
is_over(const struct master *m)
{
	return m->state >= MASTER_STOPPING &&
		fleet_count(&m->fleet, 0, CHILD_STARTING, CHILD_LEAVING) == 0;
}

static int
inherit_sockets(struct master *m)
{
	struct text errors;
	int n = notify_listen_fds();
	int result = 0;

	if (n < 0) {
		fputs("LISTEN_FDS: the service manager's variables make no sense\n", stderr);
		return -1;
	}
	text_init(&errors, 0);
	if (listen_inherit(&m->sockets, NOTIFY_FIRST_FD, n, &errors) < 0) {
		fputs(errors.p ? errors.p : "", stderr);
		result = -1;
	}
	text_free(&errors);
	return result;
}

int
master_run(const char *config_path)
{
	struct master *m = calloc(1, sizeof(*m));
	int code;

	if (!m)
		fatal("no memory");
	m->path = config_path;
	log_name("master");
	sandbox_hide_memory();
	fleet_init(&m->fleet, NULL);
	if (inherit_sockets(m) < 0) {
		free(m);
		return 2;
	}
	notify_open();
	set_signals(m);
	if (notify_watchdog_ms())
		m->watchdog_ms = clock_mono_ms() + notify_watchdog_ms();
	reload_start(m);
	while (!is_over(m))
		turn(m);
	master_enter(m, MASTER_ENDED);
	code = m->exit_code;
	log_msg(LOG_DEBUG, "ends with %d", code);
	listen_close(&m->sockets, true);
	generation_free(&m->now);
	board_free(m->board);
	notify_close();
	close(m->signals);
	free(m);
	return code;
}
