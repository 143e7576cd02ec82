#!/bin/bash
# All tests, one suite after the other, none skipped because another failed.
# Ends with the sum of all suites, `N passed, N failed`, alone on a line.
set -u
cd "$(dirname "$0")/.." || exit 1

unset MAKEFLAGS MFLAGS MAKELEVEL # of the make that called: its job slots do not reach here
MAKE="make --no-print-directory"
build=${BUILD:-build}
san=$build-san
jobs=$(nproc)
export FUZZ_SECONDS=${FUZZ_SECONDS:-5}
passed=0
failed=0
summary=

logs=$build/test
mkdir -p "$logs"

# suite NAME SECONDS COMMAND...: its count is its closing line, `... N passed, N failed`; a command that has
# none counts as one test. The bound is a guard against hanging, far above what it takes.
suite() {
	local name=$1 guard=$2 log=$logs/$1.log code good bad line begun=$SECONDS
	shift 2
	printf '\n== %s\n' "$name"
	timeout -k 30 "$guard" "$@" </dev/null >"$log" 2>&1 &
	wait $!
	code=$?
	line=$(grep -E '(^|[ :])[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
	if [ -n "$line" ]; then
		good=$(sed -E 's/(.*[^0-9])?([0-9]+) passed, ([0-9]+) failed.*/\2/' <<<"$line")
		bad=$(sed -E 's/(.*[^0-9])?([0-9]+) passed, ([0-9]+) failed.*/\3/' <<<"$line")
	elif [ $code -eq 0 ]; then
		good=1 bad=0
	else
		good=0 bad=1
	fi
	# Failed without counting a failure (it crashed, or the guard ended it), or counted nothing at all.
	[ $code -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	[ $((good + bad)) -gt 0 ] || bad=1
	if [ "$bad" -gt 0 ]; then
		grep -vE '^(ok|PASS)\b' "$log" | tail -n 150
		[ $code -ne 124 ] || echo "$name: ended by the guard after $guard s"
	else
		tail -n 3 "$log"
	fi
	passed=$((passed + good))
	failed=$((failed + bad))
	summary+=$(printf '%-12s %5d passed %4d failed %5d s' "$name" "$good" "$bad" $((SECONDS - begun)))$'\n'
}


suite build 900 $MAKE -j"$jobs" BUILD="$build" WERROR=1 all
suite build-san 900 $MAKE -j"$jobs" BUILD="$san" SAN=1 WERROR=1 all unit-build
suite check 900 $MAKE BUILD="$build" check
suite unit 900 tests/unit.sh "$san"
suite fuzz 900 $MAKE -j"$jobs" BUILD="$build" fuzz-smoke
suite credential 300 $MAKE BUILD="$san" SAN=1 WERROR=1 credential-test
suite scenario 900 $MAKE BUILD="$san" SAN=1 WERROR=1 scenario
suite run 600 $MAKE BUILD="$build" WERROR=1 run-test
suite run-san 600 $MAKE BUILD="$san" SAN=1 WERROR=1 run-test
suite clients 900 $MAKE BUILD="$build" WERROR=1 clients

printf '\n%s' "$summary"
echo "logs: $logs"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
