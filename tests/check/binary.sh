#!/bin/sh
# The program has the hardening that the Makefile asks for.
# usage: binary.sh FAIRLEAD
set -u
binary=$1
status=0

# want TEXT PATTERN WHAT: a line of the text has the pattern.
want() {
	printf '%s\n' "$1" | grep -Eq "$2" || { echo "$binary: $3"; status=1; }
}

[ -x "$binary" ] || { echo "$binary: is not there"; exit 1; }
header=$(readelf -hW "$binary")
segments=$(readelf -lW "$binary")
dynamic=$(readelf -dW "$binary")
symbols=$(readelf --dyn-syms -W "$binary")

want "$header" 'Type: +DYN' "is not position-independent"
want "$dynamic" 'FLAGS_1.*PIE' "is not an executable that is position-independent"
want "$segments" 'GNU_RELRO' "has no RELRO"
want "$dynamic" 'BIND_NOW|FLAGS_1.*NOW' "binds lazily, so its RELRO is partial"
want "$symbols" '__stack_chk_fail' "has no stack protector"
want "$symbols" '__(mem|v?sn?printf|str|read|fd|poll)[a-z]*_chk' "is not built with _FORTIFY_SOURCE"
want "$segments" 'GNU_STACK.* RW +0x' "has an executable stack, or does not say"
if echo "$segments" | grep -Eq 'LOAD .* RWE '; then
	echo "$binary: has a segment that is writable and executable"
	status=1
fi
if echo "$dynamic" | grep -Eq 'RPATH|RUNPATH'; then
	echo "$binary: looks for libraries where it was built"
	status=1
fi
case $(uname -m) in
x86_64) want "$(objdump -d "$binary")" 'endbr64' "has no landing pads of -fcf-protection" ;;
esac
[ $status -eq 0 ] && echo "binary: hardened"
exit $status
