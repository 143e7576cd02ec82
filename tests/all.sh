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
guard=900 # seconds for a suite: against hanging only, far above what it takes
export FUZZ_SECONDS=${FUZZ_SECONDS:-5}
passed=0
failed=0
summary=

logs=$build/test
mkdir -p "$logs"

# What a suite counted: its closing line `... N passed, N failed`; what unittest ran; targets that were fuzzed.
# Nothing of all that: its exit code is its one test. Sets `good` and `bad`.
count() { # LOG EXIT-CODE
	local line ran wrong
	line=$(grep -E '(^|[ :])[0-9]+ passed, [0-9]+ failed' "$1" | tail -n 1)
	ran=$(sed -n 's/^Ran \([0-9]*\) tests\{0,1\} in .*/\1/p' "$1" | paste -sd+ | add_up)
	wrong=$(sed -n 's/^FAILED (\(.*\))$/\1/p' "$1" | grep -oE '(failures|errors)=[0-9]+' | sed 's,.*=,,' | paste -sd+ | add_up)
	if [ -n "$line" ]; then
		good=$(sed -E 's/(.*[^0-9])?([0-9]+) passed, ([0-9]+) failed.*/\2/' <<<"$line")
		bad=$(sed -E 's/(.*[^0-9])?([0-9]+) passed, ([0-9]+) failed.*/\3/' <<<"$line")
	elif [ "$ran" -gt 0 ]; then
		good=$((ran > wrong ? ran - wrong : 0)) bad=$wrong
	elif grep -q '^stat::number_of_executed_units' "$1"; then
		good=$(grep -c '^stat::number_of_executed_units' "$1") bad=0
	else
		good=$(($2 == 0)) bad=0
	fi
	# Failed without counting a failure (it crashed, or the guard ended it), or counted nothing at all.
	[ "$2" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	[ $((good + bad)) -gt 0 ] || bad=1
}

add_up() { # of a line "1+2+3"
	local sum
	read -r sum || :
	echo $((${sum:-0}))
}

suite() { # NAME COMMAND...
	local name=$1 log=$logs/$1.log code good bad begun=$SECONDS
	shift
	printf '\n== %s\n' "$name"
	timeout -k 30 $guard "$@" </dev/null >"$log" 2>&1
	code=$?
	count "$log" $code
	if [ "$bad" -gt 0 ]; then
		grep -vE '^(ok|PASS)\b' "$log" | tail -n 150
		[ $code -ne 124 ] || echo "$name: ended by the guard after $guard s"
	else
		tail -n 3 "$log"
	fi
	passed=$((passed + good))
	failed=$((failed + bad))
	summary+=$(printf '%-12s %6d passed %4d failed %5d s' "$name" "$good" "$bad" $((SECONDS - begun)))$'\n'
}

suite build $MAKE -j"$jobs" BUILD="$build" WERROR=1 all
suite build-san $MAKE -j"$jobs" BUILD="$san" SAN=1 WERROR=1 all unit-build
suite check $MAKE -j"$jobs" BUILD="$build" check
suite unit tests/unit.sh "$san"
suite fuzz $MAKE -k -j"$jobs" BUILD="$build" WERROR=1 fuzz
suite differential $MAKE BUILD="$san" SAN=1 WERROR=1 differential
suite credential $MAKE BUILD="$san" SAN=1 WERROR=1 credential-test
suite scenario $MAKE BUILD="$build" SCENARIO_BUILD="$san" WERROR=1 scenario
suite release $MAKE BUILD="$build" WERROR=1 scenario-release
suite run $MAKE BUILD="$build" WERROR=1 run-test
suite run-san $MAKE BUILD="$san" SAN=1 WERROR=1 run-test
suite clients $MAKE BUILD="$build" WERROR=1 clients
suite tenants $MAKE BUILD="$build" WERROR=1 tenants

printf '\n%s' "$summary"
echo "logs: $logs"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
