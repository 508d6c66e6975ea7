#!/bin/sh
# symbols.sh BUILD - no function of ours may bear the name of one of a library that we link: the
# linker would silently give ours to everybody who calls the library's.
set -eu
build=${1:?usage: tools/symbols.sh build/release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nm -g --defined-only "$build"/lib/*.a "$build"/obj/main/*.o 2>/dev/null | awk 'NF == 3 {print $3}' | sort -u >"$work/ours"
ldd "$build/huanxin" | awk '/=> \// {print $3}' | grep -vE '/(libc|libm)\.so' >"$work/libraries"
xargs -n1 nm -D --defined-only <"$work/libraries" 2>/dev/null | awk 'NF == 3 {sub(/@.*/, "", $3); print $3}' |
    sort -u >"$work/theirs"
comm -12 "$work/ours" "$work/theirs" >"$work/both"
if [ -s "$work/both" ]; then
    echo "these names belong to a library that the program links; choose others:" >&2
    cat "$work/both" >&2
    exit 1
fi
