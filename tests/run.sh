#!/bin/sh
# Runs TAP programs, two at a time (TEST_LANES; one at a time on PostgreSQL, where they share a
# server), shows what failed, and ends with one line:
#   N passed, N failed
# A program that dies or prints no test counts as one failure. Output is kept in build/test-log/.
logs=build/test-log

# Where a program's output goes: two folders may have a test of one name.
log_of() {
    echo "$logs/$(basename "$(dirname "$1")")-$(basename "$1")"
}

# One program: its output and its exit code go into the logs.
if [ "${1:-}" = --one ]; then
    name=$(basename "$2")
    log=$(log_of "$2").tap
    case $2 in
    *.mjs) CMOCKA_MESSAGE_OUTPUT=TAP timeout 900 node "$2" >"$log" 2>&1 ;;
    *_fuzz) timeout 300 "$2" "fuzz/corpus/$name" >"$log" 2>&1 ;;
    *) CMOCKA_MESSAGE_OUTPUT=TAP timeout 900 "$2" >"$log" 2>&1 ;;
    esac
    echo $? >"$(log_of "$2").code"
    exit 0
fi

lanes=${TEST_LANES:-$([ -n "${TEST_PG:-}" ] && echo 1 || echo 2)}
mkdir -p "$logs"
for program in "$@"; do
    rm -f "$(log_of "$program").code"
done
printf '%s\n' "$@" | xargs -P "$lanes" -n 1 "$0" --one

passed=0
failed=0
for program in "$@"; do
    name=$(basename "$program")
    log=$(log_of "$program").tap
    code=$(cat "$(log_of "$program").code" 2>/dev/null || echo none)
    good=$(grep -c '^ok ' "$log")
    bad=$(grep -c '^not ok ' "$log")
    if [ "$bad" -eq 0 ] && { [ "$code" != 0 ] || [ "$good" -eq 0 ]; }; then
        bad=1
        echo "$name ended with code $code"
        tail -20 "$log"
    elif [ "$bad" -gt 0 ]; then
        echo "$name:"
        grep -A12 '^not ok ' "$log" | head -60
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
