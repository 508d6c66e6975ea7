#!/bin/sh
# A private PostgreSQL for tests and trials: Debian's server on a free loopback port, its data folder
# below build/, ended by its own process id.
#
#   tools/pg.sh run COMMAND...   starts one, runs COMMAND with HUANXIN_DB, HUANXIN_TEST_DB and TEST_PG
#                                set to its address, ends and removes it whatever COMMAND did
#   tools/pg.sh keep FOLDER COMMAND...   the same, but FOLDER stays and is used again
#
# The server does not run as root: as root it is started as the user postgres. There is no password:
# only loopback is listened on, and the folder is the server's own (0700).
set -eu

fail() {
    echo "pg.sh: $1" >&2
    exit 2
}

usage="usage: tools/pg.sh run COMMAND... | tools/pg.sh keep FOLDER COMMAND..."
[ $# -ge 2 ] || fail "$usage"
case $1 in
run)
    shift
    mkdir -p build
    folder=$(mktemp -d "$PWD/build/pg-XXXXXX")
    is_kept=0
    ;;
keep)
    [ $# -ge 3 ] || fail "$usage"
    mkdir -p "$2"
    folder=$(cd "$2" && pwd)
    is_kept=1
    shift 2
    ;;
*) fail "$usage" ;;
esac

# The newest version that is installed.
bin=
for there in /usr/lib/postgresql/*/bin; do
    [ -x "$there/postgres" ] && bin=$there
done
[ -n "$bin" ] || fail "PostgreSQL is not installed (Debian: apt-get install postgresql)"

as() {
    if [ "$(id -u)" -eq 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

free_port() {
    for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        port=$(($(od -An -N2 -tu2 /dev/urandom) % 20000 + 30000))
        "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" -t 1 && continue
        hex=$(printf '%04X' "$port")
        grep -q "0100007F:$hex " /proc/net/tcp || return 0
    done
    fail "no free port after $try tries"
}

server=
stop() {
    code=$?
    trap - EXIT INT TERM
    # It may have been started again under another number.
    [ ! -f "$folder/postmaster.pid" ] || server=$(as head -1 "$folder/postmaster.pid")
    if [ -n "$server" ] && kill -0 "$server" 2>/dev/null; then
        as kill -INT "$server" # "fast": sessions are ended, what was committed is kept
        for try in $(seq 100); do
            kill -0 "$server" 2>/dev/null || break
            sleep 0.1
        done
        [ "$try" -lt 100 ] || as kill -QUIT "$server"
    fi
    [ "$is_kept" -eq 1 ] || rm -rf "$folder"
    exit "$code"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

[ "$(id -u)" -ne 0 ] || chown postgres: "$folder"
chmod 700 "$folder"
if [ ! -f "$folder/PG_VERSION" ]; then
    (cd / && as "$bin/initdb" -D "$folder" -U huanxin -A trust -E UTF8 --locale=C.UTF-8) \
        >/dev/null 2>"$folder.log" || {
        cat "$folder.log" >&2
        fail "initdb failed"
    }
fi
rm -f "$folder.log"
free_port
# fsync and synchronous_commit stay on: an answer must mean what it means in service.
start="$bin/pg_ctl -D '$folder' -s -w -t 60 -l '$folder/server.log' \
    -o '-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 \
    -c shared_buffers=128MB ${PG_OPTIONS:-}' start"
(cd / && as sh -c "$start") || {
    cat "$folder/server.log" >&2
    fail "the server did not start"
}
PG_PID_FILE=$folder/postmaster.pid
server=$(as head -1 "$PG_PID_FILE")
# For tests that kill the server: starts it again, after the sessions of the dead one have ended.
PG_RESTART="cd / && for try in 1 2 3 4 5 6 7 8 9 10; do $start && exit 0; sleep 1; done; exit 1"
[ "$(id -u)" -ne 0 ] || PG_RESTART="runuser -u postgres -- sh -c \"$PG_RESTART\""
PG_RESTART="{ $PG_RESTART; } >/dev/null 2>&1"
export PG_PID_FILE PG_RESTART

HUANXIN_DB="postgresql://huanxin@127.0.0.1:$port/postgres"
HUANXIN_TEST_DB=$HUANXIN_DB
TEST_PG=$HUANXIN_DB
export HUANXIN_DB HUANXIN_TEST_DB TEST_PG
"$@"
