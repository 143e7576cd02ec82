#!/bin/sh
# A private Docker engine in a folder: for the demo, the tests and the measurements.
#   docker/engine.sh start DIR      starts it (again); its socket is DIR/docker.sock
#   docker/engine.sh halt DIR       ends its processes, keeps its containers
#   docker/engine.sh stop DIR       ends it and leaves nothing of it behind
#   docker/engine.sh image SOCKET   imports the image fairlead-test:1 into any engine
# It touches no network and no firewall rule: its containers run with --network none.
set -eu

image=fairlead-test:1
pool=base=10.213.0.0/16,size=24 # 256 networks: the engine's own choice ends at 31 for all engines of a machine
wait_start=60 # seconds
wait_stop=30

say() { echo "engine: $*" >&2; }
die() {
	say "$*"
	exit 1
}

# The user's own client settings (a context, TLS, a fixed version) are none of ours.
client() { # SOCKET ARGUMENT...
	sock=$1
	shift
	env -u DOCKER_HOST -u DOCKER_CONTEXT -u DOCKER_TLS_VERIFY -u DOCKER_CERT_PATH \
		-u DOCKER_API_VERSION DOCKER_CONFIG=/nonexistent docker -H "unix://$sock" "$@"
}

answers() {
	[ -S "$1" ] && curl -sf --max-time 5 --unix-socket "$1" http://engine/_ping >/dev/null 2>&1
}

# The processes that name this folder on their command line: the engine, its containerd, its shims.
processes() {
	for p in /proc/[0-9]*; do
		{ tr '\0' '\n' <"$p/cmdline"; } 2>/dev/null | grep -qF -- "$1/exec" || continue
		[ "${p#/proc/}" = $$ ] || echo "${p#/proc/}"
	done
}

gone() { # PID...
	for p; do kill -0 "$p" 2>/dev/null && return 1; done
	return 0
}

# Waits until all of these are gone.
wait_gone() { # seconds PID...
	left=$(($1 * 10))
	shift
	while ! gone "$@"; do
		[ $left -gt 0 ] || return 1
		left=$((left - 1))
		sleep 0.1
	done
}

start() {
	mkdir -p "$1"
	sock=$1/docker.sock
	[ ${#sock} -le 100 ] || die "the path of $sock is too long for a socket; use a shorter folder"
	answers "$sock" && die "an engine runs in $1 already"
	[ "$(id -u)" -eq 0 ] || die "an engine needs root"
	PATH=$PATH:/usr/sbin:/sbin
	for c in dockerd containerd runc docker curl busybox; do
		command -v $c >/dev/null || die "$c is missing; docker/install-deps.sh demo brings it"
	done
	rm -f "$1/pid" "$sock"
	setsid dockerd --host "unix://$sock" --data-root "$1/data" --exec-root "$1/exec" \
		--pidfile "$1/pid" --bridge=none --iptables=false --ip-masq=false \
		--default-address-pool "$pool" --storage-driver=vfs </dev/null >>"$1/log" 2>&1 &
	pid=$!
	left=$((wait_start * 10))
	until answers "$sock"; do
		if ! kill -0 $pid 2>/dev/null || [ $left -eq 0 ]; then
			tail -15 "$1/log" >&2
			kill $pid 2>/dev/null || :
			die "dockerd did not come up; the tail of $1/log is above"
		fi
		left=$((left - 1))
		sleep 0.1
	done
	import "$sock"
}

import() {
	client "$1" image inspect $image >/dev/null 2>&1 && return 0
	root=$(mktemp -d)
	mkdir -m 755 "$root/bin" "$root/etc" "$root/root"
	mkdir -m 1777 "$root/tmp"
	chmod 755 "$root"
	cp "$(command -v busybox)" "$root/bin/busybox"
	for applet in $(busybox --list); do
		[ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"
	done
	echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
	echo 'root:x:0:' >"$root/etc/group"
	code=0
	tar -C "$root" --owner=0 --group=0 -c . | client "$1" import - $image >/dev/null || code=1
	rm -rf "$root"
	[ $code -eq 0 ] || die "importing $image failed"
}

halt() {
	pid=$(cat "$1/pid" 2>/dev/null || :)
	if [ -n "$pid" ] && { tr '\0' '\n' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qF -- "$1/docker.sock"; then
		kill "$pid"
		wait_gone $wait_stop "$pid" || say "dockerd $pid does not end; killing it"
	fi
	# Shims outlive an engine that died; with the folder on their command line they are surely ours.
	left=$(processes "$1")
	if [ -n "$left" ]; then
		# shellcheck disable=SC2086 # a list of words
		kill -9 $left 2>/dev/null || :
		# shellcheck disable=SC2086
		wait_gone $wait_stop $left || die "these processes do not end: $left"
	fi
	rm -f "$1/docker.sock" "$1/pid"
}

stop() {
	[ -d "$1" ] || return 0
	if answers "$1/docker.sock"; then
		ids=$(client "$1/docker.sock" ps -aq)
		# shellcheck disable=SC2086 # a list of words
		[ -z "$ids" ] || client "$1/docker.sock" rm -f $ids >/dev/null 2>&1 || :
		# Bridges of networks would outlive the engine.
		client "$1/docker.sock" network prune -f >/dev/null 2>&1 || :
	fi
	halt "$1"
	# Deepest first. In its own mount table only what lies under this folder is ours.
	awk -v d="$1/" 'index($5, d) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r m; do
		umount "$m" 2>/dev/null || umount -l "$m" || say "cannot unmount $m"
	done
	rm -rf "$1/data" "$1/exec" "$1/log" "$1/docker.sock" "$1/pid"
	rmdir "$1" 2>/dev/null || :
}

[ $# -eq 2 ] || {
	sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
	exit 2
}
case $1 in
image)
	import "$2"
	;;
start | halt | stop)
	mkdir -p "$2" && "$1" "$(cd "$2" && pwd -P)"
	;;
*)
	die "no such command '$1'; use start, halt, stop or image"
	;;
esac
