/*
 * master_stop: the end of the gateway.
 */
#include "base/clock.h"
#include "base/log.h"
#include "run/master_impl.h"
#include "run/notify.h"

/* Besides linger_timeout: then a worker that still lives hangs. */
#define CLOSE_GRACE_MS 5000

/* The master's copies go first, so that a worker's close follows its last accept at once. */
static void
give_sockets_up(struct master *m)
{
	for (unsigned i = 0; i < m->sockets.count; i++)
		if (!m->sockets.group[i].is_admin)
			fleet_send(&m->fleet, 0, 0, CONTROL_SWEEP, 0, m->sockets.group[i].name);
	listen_close_tcp(&m->sockets);
}

static void
forget_reload(struct master *m)
{
	if (!m->next.number)
		return;
	fleet_send(&m->fleet, m->next.number, 0, CONTROL_CLOSE, CONTROL_SHUTDOWN, NULL);
	listen_abandon(&m->next_sockets);
	generation_free(&m->next);
}

void
stop_drain(struct master *m)
{
	if (m->state >= MASTER_STOPPING)
		return;
	forget_reload(m);
	give_sockets_up(m);
	fleet_send(&m->fleet, 0, 0, CONTROL_DRAIN, 1, NULL);
	m->state_ms = clock_mono_ms() + (m->now.config ? m->now.config->drain_timeout_ms : 0);
	master_enter(m, MASTER_STOPPING);
}

void
stop_close(struct master *m, enum control_reason reason)
{
	if (m->state >= MASTER_CLOSING)
		return;
	forget_reload(m);
	give_sockets_up(m);
	fleet_send(&m->fleet, 0, 0, CONTROL_CLOSE, reason, NULL);
	m->state_ms = clock_mono_ms() + CLOSE_GRACE_MS +
		(m->now.config ? m->now.config->linger_timeout_ms : 0);
	master_enter(m, MASTER_CLOSING);
}
