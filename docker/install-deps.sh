#!/bin/sh
# Installs, by apt-get on Debian 12, what a purpose needs and is not there yet.
#   docker/install-deps.sh build|demo|test|bench ...
# Without root it names the line to run and exits with 2. What is there already, from
# wherever it came, is not touched.
set -eu

# One line a need: how to see that it is there, then the Debian package that brings it.
#   cmd:NAME on PATH, pc:NAME known to pkg-config, file:PATH, py:MODULE of Debian's python3
needs_build() {
	cat <<'END'
cmd:gcc gcc
file:/usr/include/stdlib.h libc6-dev
cmd:make make
cmd:pkg-config pkg-config
pc:libevent libevent-dev
pc:libevent_openssl libevent-dev
pc:evhtp libevhtp-dev
pc:yajl libyajl-dev
pc:openssl libssl-dev
pc:libseccomp libseccomp-dev
pc:zlib zlib1g-dev
END
}

needs_demo() {
	needs_build
	cat <<'END'
cmd:docker docker.io
cmd:dockerd docker.io
cmd:busybox busybox-static
cmd:openssl openssl
cmd:curl curl
cmd:md5sum coreutils
file:/usr/bin/python3 python3
END
}

needs_test() {
	needs_demo
	cat <<'END'
file:/usr/bin/docker docker.io
cmd:git git
cmd:clang clang
cmd:clang-14 clang-14
cmd:clang-tidy clang-tidy
cmd:clang-format clang-format
cmd:cppcheck cppcheck
file:/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.fuzzer-x86_64.a libclang-rt-14-dev
pc:cmocka libcmocka-dev
py:docker python3-docker
cmd:docker-compose docker-compose
cmd:podman podman
cmd:asciinema asciinema
cmd:node nodejs
cmd:npm npm
cmd:nginx nginx
cmd:docker-registry docker-registry
cmd:go golang-go
cmd:ps procps
cmd:man man-db
END
}

needs_bench() {
	needs_demo
	cat <<'END'
cmd:haproxy haproxy
cmd:nginx nginx
file:/usr/lib/nginx/modules/ngx_stream_module.so libnginx-mod-stream
cmd:hitch hitch
END
}

there() {
	case $1 in
	cmd:*) command -v "${1#cmd:}" >/dev/null 2>&1 || [ -x "/usr/sbin/${1#cmd:}" ] ;;
	pc:*) pkg-config --exists "${1#pc:}" 2>/dev/null ;;
	file:*) [ -e "${1#file:}" ] ;;
	py:*) /usr/bin/python3 -c "import ${1#py:}" 2>/dev/null ;;
	esac
}

[ $# -gt 0 ] || set -- build
missing=
for purpose; do
	case $purpose in
	build | demo | test | bench) ;;
	*)
		echo "install-deps: no such purpose '$purpose'; use build, demo, test or bench" >&2
		exit 2
		;;
	esac
	list=$("needs_$purpose")
	while read -r probe package; do
		there "$probe" && continue
		case " $missing " in *" $package "*) continue ;; esac
		missing="${missing:+$missing }$package"
	done <<END
$list
END
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
	echo "install-deps: missing: $missing" >&2
	echo "install-deps: run as root: apt-get update && apt-get install -y --no-install-recommends $missing" >&2
	exit 2
fi
command -v apt-get >/dev/null 2>&1 || {
	echo "install-deps: missing: $missing; there is no apt-get here, so bring them by hand" >&2
	exit 2
}

echo "install-deps: installing $missing" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
	# Another apt may hold the lock for a moment, on a machine that has just been started.
	apt-get -qq -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1 </dev/null
}
# shellcheck disable=SC2086 # a list of words
if ! apt update || ! apt install -y --no-install-recommends $missing; then
	tail -20 "$log" >&2
	echo "install-deps: apt-get failed; its last lines are above" >&2
	exit 1
fi
