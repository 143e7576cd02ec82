#!/bin/sh
# Makes an authority and a server certificate for fairlead:
#
#   certs/make-certs.sh DIR NAME-or-ADDRESS...
#
# writes to DIR: ca.pem, ca-key.pem, server.pem, server-key.pem (ECDSA P-256). The names and
# addresses are the ones that clients will use for the gateway. Nothing is overwritten.
# ca-key.pem signs client certificates ("fairlead cert new"); the gateway itself needs no ca-key.pem.
set -eu
umask 077

ca_days=3650
server_days=825 # the most that all clients take

say() {
	printf 'make-certs.sh: %s\n' "$1" >&2
}

bad_use() {
	say "$1"
	exit 2
}

# An entry of subjectAltName.
san_of() {
	case $1 in
	'' | *[!0-9a-zA-Z.:*-]*) bad_use "\"$1\" is no name or address; write gw.example.com, 192.0.2.1 or 2001:db8::1" ;;
	*:*) san="IP:$1" ;;
	*[!0-9.]*) san="DNS:$1" ;;
	*) san="IP:$1" ;;
	esac
}

# All of them; with a comma between.
sans_of() {
	sans=
	for name in "$@"; do
		san_of "$name"
		sans=$sans${sans:+,}$san
	done
}

make_key() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"
}

make_ca() {
	make_key "$1/ca-key.pem"
	openssl req -x509 -new -sha256 -days "$ca_days" -key "$1/ca-key.pem" -out "$1/ca.pem" \
		-subj "/CN=fairlead CA" -config /dev/null \
		-addext "basicConstraints=critical,CA:TRUE,pathlen:0" \
		-addext "keyUsage=critical,keyCertSign,cRLSign" \
		-addext "subjectKeyIdentifier=hash"
}

# $1: folder, $2: first name, $3: subjectAltName.
make_server() {
	make_key "$1/server-key.pem"
	cat >"$1/server.ext" <<END
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
subjectAltName=$3
END
	# A common name has 64 characters at most, and clients look at subjectAltName only.
	openssl req -new -sha256 -key "$1/server-key.pem" -out "$1/server.csr" \
		-subj "/CN=$(printf %.64s "$2")" -config /dev/null
	openssl x509 -req -sha256 -days "$server_days" -in "$1/server.csr" -out "$1/server.pem" \
		-CA "$1/ca.pem" -CAkey "$1/ca-key.pem" -set_serial "0x$(openssl rand -hex 16)" \
		-extfile "$1/server.ext"
	rm "$1/server.ext" "$1/server.csr"
}

[ $# -ge 2 ] || bad_use "use: make-certs.sh DIR NAME-or-ADDRESS..."
dir=$1
shift
case $dir in
-*) bad_use "\"$dir\" is no folder; use: make-certs.sh DIR NAME-or-ADDRESS..." ;;
esac
command -v openssl >/dev/null || bad_use "openssl is not there; install it"
sans_of "$@"
for file in ca.pem ca-key.pem server.pem server-key.pem; do
	[ ! -e "$dir/$file" ] || bad_use "$dir/$file is there already; name another folder, or move it away"
done
mkdir -p "$dir" 2>/dev/null || bad_use "$dir cannot be made; name another folder"
# Made apart and moved when all is well, so that a failure leaves nothing half done.
work=$(mktemp -d "$dir/.make-certs.XXXXXX" 2>/dev/null) || bad_use "$dir cannot be written to; name another folder"
trap 'rm -rf "$work"' EXIT
if ! log=$({ make_ca "$work" && make_server "$work" "$1" "$sans"; } 2>&1); then
	case $log in
	*subjectAltName*) bad_use "one of these is no address: $*" ;;
	esac
	say "openssl failed: $(printf '%s' "$log" | tail -n 1)"
	exit 1
fi
chmod 644 "$work/ca.pem" "$work/server.pem"
mv "$work/ca.pem" "$work/ca-key.pem" "$work/server.pem" "$work/server-key.pem" "$dir/"
printf '%s\n' "$dir: ca.pem ca-key.pem server.pem server-key.pem, for $*"
