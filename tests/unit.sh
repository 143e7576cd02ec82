#!/bin/sh
# Runs the unit tests that are built in a folder, each program on its own.
#   tests/unit.sh BUILD
# Ends with the line `unit: N passed, N failed`.
set -u
build=${1:-build-san}
guard=300 # seconds: a program that takes longer hangs
passed=0
failed=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT

count() { # what cmocka says that it did: PASSED or FAILED
	sed -n "s/^\[  $1  \] \([0-9]*\) test(s).*/\1/p" "$out" | awk '{ n += $1 } END { print n + 0 }'
}

for source in "$(dirname "$0")"/unit/*.c; do
	name=$(basename "$source" .c)
	ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1 \
		timeout -k 5 $guard "$build/tests/unit/$name" >"$out" 2>&1 </dev/null
	code=$?
	good=$(count PASSED)
	bad=$(count FAILED)
	if [ $code -ne 0 ] || [ "$good" -eq 0 ]; then
		# A program that was cut down by a sanitizer, or ran nothing, counts as a failure of its own.
		[ "$bad" -gt 0 ] || bad=1
		echo "FAIL $name: exit $code, $good passed, $bad failed"
		tail -n 60 "$out" | sed 's/^/     /'
	else
		echo "ok   $name ($good tests)"
	fi
	passed=$((passed + good))
	failed=$((failed + bad))
done
echo "unit: $passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
