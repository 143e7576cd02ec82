/*
 * cmd_serve: `fairlead serve -c FILE`, the gateway itself.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "run/master.h"

static int
run(int argc, char **argv)
{
	if (argc == 3 && (strcmp(argv[1], "-c") == 0 || strcmp(argv[1], "--config") == 0))
		return master_run(argv[2]);
	fputs("fairlead serve: give the configuration file: \"fairlead serve -c FILE\"\n", stderr);
	return 2;
}

const struct command command_serve = {
	.name = "serve",
	.usage = "serve -c FILE",
	.summary = "Serve the gateway in the foreground.",
	.help = "Options:\n"
		"  -c, --config FILE  the configuration\n"
		"\n"
		"Signals:\n"
		"  SIGHUP   read the configuration, the credentials and the certificates anew; on any error\n"
		"           nothing changes. Sessions live on, unless their credential or tenant is gone.\n"
		"  SIGTERM  take no more connections, wait for the sessions up to timeouts.drain, end.\n"
		"           A second one ends the sessions at once, as SIGINT does.\n"
		"\n"
		"Under a service manager, sockets may be handed over (LISTEN_FDS) and readiness is\n"
		"reported (NOTIFY_SOCKET, Type=notify-reload).",
	.run = run,
};
