#!/bin/bash
# The lines of OPERATORS.md that go from nothing to two tenants, run as they stand there, on a copy of this machine's /etc and
# /usr/local that nobody else sees; only the port is another. Then both tenants work.
#   ten_lines.sh ENGINE-SOCKET PORT
set -eu
if [ -z "${TEN_LINES_INSIDE:-}" ]; then
	cd "$(dirname "$0")/../.."
	TEN_LINES_INSIDE=1 exec unshare -m bash "$0" "$@" # what is mounted is gone with it
fi
engine=$1 port=$2
work=$(mktemp -d /tmp/fairlead-ten-lines.XXXXXX)
gateway=
made=
clean_up() {
	code=$?
	[ $code -eq 0 ] || docker -H "unix://$engine" rm -f acme--ten-lines beta--ten-lines >/dev/null 2>&1 || :
	[ -z "$gateway" ] || kill "$gateway" 2>/dev/null || :
	[ -z "$gateway" ] || timeout 20 tail --pid="$gateway" -f /dev/null || :
	[ $code -eq 0 ] || tail -n 30 "$work/log" >&2
	cd /
	umount /etc /usr/local /run/fairlead /run/docker.sock 2>/dev/null || :
	# shellcheck disable=SC2086 # a list
	[ -z "$made" ] || rm -df $made
	rm -rf "$work"
	exit $code
}
trap clean_up EXIT

mkdir "$work/home" "$work/run"
cp -a /etc /usr/local "$work"
for place in /run/fairlead /run/docker.sock; do
	[ -e $place ] || made="$made $place"
done
mkdir -p /run/fairlead
[ -e /run/docker.sock ] || : >/run/docker.sock
mount --bind "$engine" /run/docker.sock
mount --bind "$work/etc" /etc
mount --bind "$work/local" /usr/local
mount --bind "$work/run" /run/fairlead
rm -rf /etc/fairlead
export HOME=$work/home PATH=/usr/local/bin:$PATH
unset DOCKER_HOST DOCKER_TLS_VERIFY DOCKER_CERT_PATH DOCKER_CONTEXT DOCKER_CONFIG MAKEFLAGS MFLAGS MAKELEVEL

sed -n '/BEGIN TEN LINES/,/END TEN LINES/p' OPERATORS.md | sed "1d;\$d;s/^    //;s/2376/$port/g" >"$work/lines"
echo 'gateway=$!' >>"$work/lines"
# shellcheck disable=SC1091 # made above
. "$work/lines" >"$work/log" 2>&1

for _ in $(seq 100); do
	curl -sf --unix-socket /run/fairlead/admin.sock http://admin/readyz >/dev/null && break
	sleep 0.1
done
as() { # TENANT COMMAND...
	local tenant=$1
	shift
	DOCKER_HOST=tcp://localhost:$port DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=~/$tenant timeout 60 "$@"
}
for tenant in acme beta; do
	as $tenant docker run -d --name ten-lines --network none fairlead-test:1 sleep 1d
	[ "$(as $tenant docker ps --filter name=ten-lines --format '{{.Names}}')" = ten-lines ]
done
as acme docker inspect --format '{{.HostConfig.Memory}}' ten-lines | grep -qx 268435456 # an eighth
if as beta docker run --rm -m 2g fairlead-test:1 true 2>"$work/refused"; then
	exit 1
fi
grep -q 'quota.memory' "$work/refused"
as acme docker rm -f ten-lines
as beta docker rm -f ten-lines
