#!/bin/sh
# Runs TAP programs one after another, shows what failed, and ends with one line:
#   N passed, N failed
# A program that dies or prints no test counts as one failure. Output is kept in build/test-log/.
passed=0
failed=0
mkdir -p build/test-log
for program in "$@"; do
    name=$(basename "$program")
    log=build/test-log/$name.tap
    case $program in
    *.mjs) CMOCKA_MESSAGE_OUTPUT=TAP timeout 900 node "$program" >"$log" 2>&1 ;;
    *_fuzz) timeout 300 "$program" "fuzz/corpus/$name" >"$log" 2>&1 ;;
    *) CMOCKA_MESSAGE_OUTPUT=TAP timeout 900 "$program" >"$log" 2>&1 ;;
    esac
    code=$?
    good=$(grep -c '^ok ' "$log")
    bad=$(grep -c '^not ok ' "$log")
    if [ "$bad" -eq 0 ] && { [ "$code" -ne 0 ] || [ "$good" -eq 0 ]; }; then
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
