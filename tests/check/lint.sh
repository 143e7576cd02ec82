#!/bin/sh
# Static analysis of the files given: clang-tidy, cppcheck, gcc -fanalyzer. Clean or it fails.
# usage: lint.sh FILE...
set -u
flags="-std=gnu11 -D_GNU_SOURCE -Igateway $(pkg-config --cflags libevent evhtp yajl openssl libseccomp zlib)"
status=0

# One file a run: clang-tidy 14 takes a va_list of the second one for uninitialized.
for file in "$@"; do
	# shellcheck disable=SC2086
	clang-tidy --quiet "$file" -- $flags 2>/dev/null || status=1
done

cppcheck --quiet --std=c11 --language=c --library=gnu,bsd --enable=warning,performance,portability \
	--inline-suppr --suppress=missingInclude --error-exitcode=1 -D_GNU_SOURCE -D__x86_64__ -Igateway "$@" || status=1

for file in "$@"; do
	# -O1: the analyzer follows calls within a file, and takes a bounded time.
	# shellcheck disable=SC2086
	gcc $flags -O1 -fanalyzer -Werror -Wno-analyzer-too-complex -c -o /dev/null "$file" || status=1
done
[ $status -eq 0 ] && echo "lint: $# files"
exit $status
