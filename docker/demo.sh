#!/bin/bash
# fairlead at work, on this machine: an engine, the gateway, two tenants, the stock docker CLI.
# Called by `make demo`. KEEP=1 leaves it up and says how to go on. Ends nonzero if anything is not as it should be.
set -eu -o pipefail
cd "$(dirname "$0")/.."
root=$PWD
build=$(realpath -m "${BUILD:-build}")
image=fairlead-test:1
work=
gateway=
private=
engine=
own_image=
acme_box=fairlead-demo-acme
beta_box=fairlead-demo-beta
# What the tenants make, as the engine knows it.
made_boxes="acme--web acme--db beta--web"
made_networks="acme--net1 beta--net1"
made_volumes="acme--data beta--data"

bold=
plain=
if [ -t 1 ]; then
	bold=$(printf '\033[1m')
	plain=$(printf '\033[0m')
fi
heading() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }
say() { echo "   $*"; }
fail() {
	echo "demo: $*" >&2
	[ -z "$work" ] || tail -5 "$work/gateway.log" 2>/dev/null >&2 || :
	exit 1
}
# Shows a command as it would be typed, then runs it.
show() {
	echo "$bold\$ ${*//"$build/"/}$plain"
	"$@"
}
same() { [ "$1" = "$2" ] || fail "$3: '$1' is not '$2'"; }

on_engine() { env -u DOCKER_TLS_VERIFY -u DOCKER_CERT_PATH -u DOCKER_CONTEXT docker -H "unix://$engine" "$@"; }
# TENANT COMMAND...: with the environment that the tenant's user has. The bound is against hanging only.
as() {
	local folder=$work/$1
	shift
	timeout --foreground 120 env -u DOCKER_CONTEXT -u DOCKER_API_VERSION DOCKER_HOST="tcp://127.0.0.1:$port" DOCKER_TLS_VERIFY=1 \
		DOCKER_CERT_PATH="$folder" DOCKER_CONFIG="$folder" "$@"
}
acme() { echo "$bold""acme\$ $*$plain"; as acme "$@"; }
beta() { echo "$bold""beta\$ $*$plain"; as beta "$@"; }

wait_for() { # SECONDS WHAT COMMAND...
	local left=$(($1 * 10)) what=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		[ $left -gt 0 ] || fail "never came: $what"
		left=$((left - 1))
		sleep 0.1
	done
}

ready() {
	kill -0 $gateway || fail "the gateway ended"
	curl -sf --max-time 5 --unix-socket "$work/admin.sock" http://admin/readyz
}

answers() { [ -S "$1" ] && curl -sf --max-time 5 --unix-socket "$1" http://engine/_ping >/dev/null 2>&1; }

write_stop() {
	# What was brought up, taken down again: by this script's end, or by the user after KEEP=1.
	cat >"$work/stop" <<END
#!/bin/sh
${gateway:+kill $gateway 2>/dev/null}
for i in \$(seq 100); do kill -0 ${gateway:-x} 2>/dev/null || break; sleep 0.1; done
${engine:+docker -H unix://$engine rm -f $acme_box $beta_box $made_boxes >/dev/null 2>&1}
${engine:+docker -H unix://$engine network rm $made_networks >/dev/null 2>&1}
${engine:+docker -H unix://$engine volume rm $made_volumes >/dev/null 2>&1}
${own_image:+docker -H unix://$engine rmi $image >/dev/null 2>&1}
${private:+$root/docker/engine.sh stop $work/engine}
rm -rf $work
END
	chmod +x "$work/stop"
}

take_down() {
	[ -n "$work" ] || return 0
	write_stop
	env -u DOCKER_TLS_VERIFY -u DOCKER_CERT_PATH -u DOCKER_CONTEXT "$work/stop" || return 1
	[ ! -e "$work" ] && ! grep -q " $work/" /proc/self/mountinfo
}

clean_up() {
	code=$?
	trap - EXIT INT TERM
	take_down || {
		echo "demo: $work could not be taken down whole" >&2
		[ $code -ne 0 ] || code=1
	}
	exit $code
}

bring_engine() {
	case ${DOCKER_HOST:-} in
	'') engine=/var/run/docker.sock ;;
	unix://*) engine=${DOCKER_HOST#unix://} ;;
	*)
		say "DOCKER_HOST is no unix socket: not used"
		engine=
		;;
	esac
	if [ -n "$engine" ] && answers "$engine"; then
		say "using the engine at $engine"
		for box in $acme_box $beta_box $made_boxes; do
			! on_engine inspect "$box" >/dev/null 2>&1 || fail "the engine has a container $box already; remove it"
		done
		for thing in $made_networks $made_volumes; do
			! on_engine inspect "$thing" >/dev/null 2>&1 || fail "the engine has $thing already; remove it"
		done
		on_engine image inspect $image >/dev/null 2>&1 || own_image=1
		docker/engine.sh image "$engine"
	else
		say "no engine answers: starting a private one"
		private=1
		engine=$work/engine/docker.sock
		docker/engine.sh start "$work/engine"
	fi
	for tenant in acme beta; do
		on_engine run -d --name fairlead-demo-$tenant --label fairlead.tenant=$tenant --network none \
			--stop-signal KILL $image sleep 1000000 >/dev/null
	done
	on_engine ps --format '   {{.Names}}: {{.Image}}, {{.Label "fairlead.tenant"}}'"'s"
}

# Shows a command and keeps what it prints in a file.
keep() { # FILE COMMAND...
	local file=$1
	shift
	echo "$bold\$ ${*//"$build/"/}$plain"
	"$@" >"$file"
}

make_credentials() {
	show certs/make-certs.sh "$work/pki" 127.0.0.1 localhost
	(umask 077 && echo '{"credentials": []}' >"$work/credentials.json")
	write_config
	keep "$work/acme.txt" "$build/fairlead" cert new -c "$work/fairlead.conf" --tenant acme --name acme-laptop \
		--ca "$work/pki" --out "$work/acme"
	keep "$work/beta.txt" "$build/fairlead" key new -c "$work/fairlead.conf" --tenant beta --name beta-ci
	# As the lines that "key new" prints say: the key goes into the CLI's config.json.
	mkdir -m 700 "$work/beta"
	cp "$work/pki/ca.pem" "$work/beta/"
	sed -n '/^cat >/,/^END/p' "$work/beta.txt" | sed '1d;$d' >"$work/beta/config.json"
	show "$build/fairlead" key list -c "$work/fairlead.conf"
}

write_config() {
	port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cat >"$work/fairlead.conf" <<END
{
	"listen": ["127.0.0.1:$port"],
	"engine": "unix:$engine",
	"admin_socket": "$work/admin.sock",
	"credentials": "$work/credentials.json",
	"tenants": {
		"acme": {"quota": {"containers": 3, "memory": "512MiB", "cpus": 1, "pids": 200}},
		"beta": {"quota": {"containers": 2}}
	},
	"tls": {
		"certificates": [{"cert": "$work/pki/server.pem", "key": "$work/pki/server-key.pem"}],
		"client_ca": "$work/pki/ca.pem",
		"client_cert": "optional"
	}
}
END
}

bring_gateway() {
	# In a session of its own: an interrupt at this terminal is for this script, which then ends the gateway.
	setsid "$build/fairlead" serve -c "$work/fairlead.conf" >"$work/gateway.log" 2>&1 &
	gateway=$!
	echo "$bold\$ fairlead serve -c $work/fairlead.conf &$plain"
	wait_for 30 "the gateway's readiness" ready
	say "pid $gateway, port $port; its log is $work/gateway.log"
}

interactive() {
	# script(1) gives the client a terminal; the lines are typed with pauses, as by a hand.
	echo "$bold""acme\$ docker exec -it $acme_box sh$plain"
	set +e
	{
		for line in 'tty' 'ps' 'exit 7'; do
			sleep 0.7
			printf '%s\r' "$line"
		done
		sleep 0.7
	} | as acme script -qec "docker exec -it $acme_box sh" /dev/null | sed 's/\x1b\[6n//g; s/^/   /'
	code=${PIPESTATUS[1]}
	set -e
	same "$code" 7 "the shell's exit code"
	say "exit code $code, as the shell said"
}

piped() {
	head -c 67108864 /dev/urandom >"$work/payload"
	local here there back
	here=$(md5sum <"$work/payload")
	say "64 MiB of random bytes here:       $here"
	echo "$bold""acme\$ docker exec -i $acme_box md5sum < payload$plain"
	there=$(as acme docker exec -i $acme_box md5sum <"$work/payload")
	say "in the container:                  $there"
	echo "$bold""acme\$ docker exec -i $acme_box cat < payload | md5sum$plain"
	back=$(as acme docker exec -i $acme_box cat <"$work/payload" | md5sum)
	say "to the container and back:         $back"
	same "$there" "$here" "the bytes in the container"
	same "$back" "$here" "the bytes that came back"
}

refused() {
	local foreign missing
	foreign=$(beta docker exec $acme_box true 2>&1) && fail "beta reached acme's container"
	echo "$foreign"
	missing=$(beta docker exec no-such-container true 2>&1) && fail "there is a container no-such-container"
	echo "$missing"
	same "$(tail -n +2 <<<"${foreign//$acme_box/NAME}")" "$(tail -n +2 <<<"${missing//no-such-container/NAME}")" \
		"the two refusals"
	say "the same answer: beta cannot tell that acme's container is there"
	beta docker ps --format '{{.Names}}: {{.Status}}'
	same "$(as beta docker ps --format '{{.Names}}')" $beta_box "what beta sees"
}

# Both do the same, with the same names; nothing is labelled or prefixed by hand.
side_by_side() {
	local tenant
	for tenant in acme beta; do
		$tenant docker network create net1 | sed 's/^/   /'
		$tenant docker run -d --name web --network net1 -v data:/data $image \
			sh -c "echo $tenant >/data/who; sleep 1000000" | sed 's/^/   /'
	done
	for tenant in acme beta; do
		wait_for 30 "what $tenant's web writes" as $tenant docker exec web test -s /data/who
		$tenant docker exec web cat /data/who
		same "$(as $tenant docker exec web cat /data/who)" $tenant "what is in $tenant's volume"
		same "$(as $tenant docker ps --format '{{.Names}}' | sort | tr '\n' ' ')" "fairlead-demo-$tenant web " "what $tenant sees"
	done
	acme docker run -d --name db --network net1 $image sleep 1000000 | sed 's/^/   /'
	acme docker exec db ping -c 1 -W 5 web | sed 's/^/   /'
	say "the operator, on the engine's own socket:"
	on_engine ps --format '{{.Names}}' --filter name=-- | sort | sed 's/^/   /'
	say "on the engine each has its tenant's prefix; in the tenant's answers, events and DNS it has not"
}

# COMMAND...: acme's, that must be refused; its message must have these words.
must_refuse() { # WORDS COMMAND...
	local words=$1 said
	shift
	echo "$bold""acme\$ $*$plain"
	said=$(as acme "$@" 2>&1) && fail "not refused: $*"
	echo "   $(grep -m 1 'rror' <<<"$said")"
	grep -q "$words" <<<"$said" || fail "the refusal does not say '$words': $said"
}

the_host_is_out_of_reach() {
	must_refuse 'HostConfig.Privileged: not allowed for tenant acme' docker run --rm --privileged $image true
	must_refuse 'HostConfig.Binds' docker run --rm -v /:/host $image true
	must_refuse 'HostConfig.PidMode: "host" is not allowed for tenant acme' docker run --rm --pid host $image true
	echo "$bold\$ fairlead policy explain POST /v1.41/build --tenant acme -c fairlead.conf$plain"
	"$build/fairlead" policy explain POST /v1.41/build --tenant acme -c "$work/fairlead.conf" >"$work/explained" && fail "build is not refused"
	grep -E '^(endpoint|right|verdict)' "$work/explained" || fail "no explanation"
}

quotas_hold() {
	must_refuse 'quota.containers' docker run -d --name one-more --network net1 $image true
	say "three is what acme may have, running or not"
	acme docker rm -f db >/dev/null
	must_refuse 'quota.memory' docker run -d --name large --network net1 -m 1g $image true
	acme docker inspect --format 'memory {{.HostConfig.Memory}}, cpus {{.HostConfig.NanoCpus}}, pids {{.HostConfig.PidsLimit}}' web
	say "what web got of acme's quota without asking: an eighth"
}

listed() {
	local live rows
	mkfifo "$work/input"
	as acme docker exec -i $acme_box sh -c 'echo started; cat' <"$work/input" >"$work/output" &
	live=$!
	exec 7>"$work/input"
	wait_for 30 "the session's first byte" grep -q started "$work/output"
	show curl -s --unix-socket "$work/admin.sock" http://admin/sessions
	rows=$(curl -s --unix-socket "$work/admin.sock" http://admin/sessions)
	exec 7>&-
	grep -q acme <<<"$rows" || fail "acme's session is not in the list"
	wait $live || fail "the session ended with an error"
}

heading "Build"
docker/install-deps.sh demo
unset MAKEFLAGS MFLAGS MAKELEVEL
make -s -j"$(nproc)" BUILD="$build" all
"$build/fairlead" --version 2>/dev/null | sed 's/^/   /' || :

work=$(mktemp -d /tmp/fairlead-demo.XXXXXX)
trap clean_up EXIT
trap 'exit 130' INT TERM

heading "Engine"
bring_engine

heading "Tenants: acme with a client certificate, beta with a bearer key"
make_credentials

heading "Gateway"
bring_gateway

heading "An interactive exec, through the gateway"
interactive

heading "A piped exec: 64 MiB in, 64 MiB out"
piped

heading "beta asks for acme's container"
refused

heading "Each runs a container named web, on a network net1, with a volume data"
side_by_side

heading "What a tenant may not do"
the_host_is_out_of_reach

heading "Quotas"
quotas_hold

heading "Live sessions, from the admin socket"
listed

if [ -n "${KEEP:-}" ]; then
	trap - EXIT INT TERM
	write_stop
	heading "Left up. Paste this to go on as acme:"
	echo "export DOCKER_HOST=tcp://127.0.0.1:$port DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=$work/acme DOCKER_CONFIG=$work/acme"
	echo "docker exec -it $acme_box sh"
	heading "Or this as beta:"
	echo "export DOCKER_HOST=tcp://127.0.0.1:$port DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=$work/beta DOCKER_CONFIG=$work/beta"
	echo "docker ps"
	heading "And this to look, and to end it:"
	echo "curl -s --unix-socket $work/admin.sock http://admin/sessions"
	echo "curl -s --unix-socket $work/admin.sock http://admin/metrics"
	echo "$work/stop"
else
	trap - EXIT INT TERM
	take_down || fail "$work could not be taken down whole"
	heading "Done: all as it should be; nothing is left behind"
fi
