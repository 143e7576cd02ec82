#!/bin/sh
# Each header compiles alone, with gcc and with clang.
# usage: headers.sh ROOT
set -u
cd "$1" || exit 2
flags="-std=gnu11 -D_GNU_SOURCE -Igateway -Wall -Wextra -Wpedantic -Werror -fsyntax-only"
flags="$flags $(pkg-config --cflags libevent evhtp yajl openssl libseccomp zlib)"
status=0
count=0
for header in gateway/*/*.h; do
	for cc in gcc clang; do
		# Twice: the guard must work too.
		# shellcheck disable=SC2086
		printf '#include "%s"\n#include "%s"\nextern int none;\n' "${header#gateway/}" "${header#gateway/}" |
			$cc $flags -x c - || { echo "$header: does not compile alone with $cc"; status=1; }
	done
	count=$((count + 1))
done
echo "headers: $count"
[ "$count" -gt 0 ] || status=1
exit $status
